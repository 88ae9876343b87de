//! Conversations: how one begins, and its entries.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;
use shared::conversation::{Birth, Seq, Source};
use shared::id::{ConversationId, EpochId};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::settings::{GENERAL, SKILLS_MAX, Terms};
use shared::sorted::SortedSet;
use shared::text::{EmailAddress, Label, MessageText, PersonName, TextError};
use worker::Response;

use super::acts::command_id;
use crate::ask::{self, ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::auth::jwt::Pass;
use crate::errors::Problem;
use crate::router::Call;
use crate::{auth, body, challenge, clock, random};

/// A place that no log reaches.
pub const END: Seq = Seq((1 << 53) - 1);

#[derive(Deserialize)]
struct Body {
    text: String,
    name: Option<String>,
    company: Option<String>,
    email: Option<String>,
    queue: Option<String>,
    #[serde(default)]
    skills: Vec<String>,
    follows: Option<String>,
    challenge: Option<String>,
    greeting: Option<String>,
}

/// `POST conversations`: the first message makes the conversation.
pub async fn begin(call: &mut Call) -> Result<Response, Problem> {
    let key = auth::key(&call.env)?;
    let pass = call.pass()?;
    let Person::Visitor { visitor, .. } = pass.person else {
        return Err(Refusal::Forbidden.into());
    };
    let id = command_id(call, true)?;
    let body: Body = body::json(&mut call.request).await?;
    let text = MessageText::parse(&body.text).map_err(|error| text_problem("text", error))?;
    let signed = pass.person.verified().map(|verified| &verified.identity);
    let signed_name = signed.and_then(|identity| identity.name.clone());
    let name = match &body.name {
        Some(name) => PersonName::parse(name).map_err(|error| text_problem("name", error))?,
        None => PersonName::guest(visitor),
    };
    let company = body.company.as_deref().map(PersonName::parse).transpose();
    let company = company.map_err(|error| text_problem("company", error))?;
    let email = body.email.as_deref().map(EmailAddress::parse).transpose();
    let email = email.map_err(|error| text_problem("email", error))?;
    let follows = body.follows.as_deref().map(str::parse).transpose();
    let follows = follows.map_err(|error| Problem::field("id_malformed", "follows", error))?;
    let conversation = key.conversation(&pass.space, visitor, id);
    let queue = match &body.queue {
        Some(queue) => Label::parse(queue).map_err(|_| Refusal::QueueUnknown)?,
        None => Label::parse(GENERAL).map_err(Problem::internal)?,
    };
    let skills = skills(&body.skills)?;
    let challenge = body
        .challenge
        .as_deref()
        .map(challenge::proof)
        .transpose()?;
    let follows = readable(call, &pass, follows).await?;
    let (settings, queue) = admit(call, &pass, conversation, (queue, challenge)).await?;
    let greeting = match body.greeting.as_deref().map(MessageText::parse) {
        Some(Ok(text)) if greets(call, &pass, &text).await? => Some(text),
        Some(_) | None => None,
    };
    let birth = Birth {
        conversation,
        space: pass.space.clone(),
        visitor,
        name: signed_name.unwrap_or(name),
        queue,
        skills,
        source: Source::Widget,
        company,
        follows,
        email,
        identity: signed.cloned().map(Box::new),
        greeting,
        epoch: random::fresh(EpochId::fresh)?,
        settings,
        at: clock::now(),
    };
    let birth = Box::new(birth);
    let asked = ConversationAsk::Begin { birth, id, text };
    let told = super::ask_conversation(call, &pass.space, conversation, &asked).await?;
    let ConversationTold::Begun { is_new } = told else {
        return Err(super::unexpected());
    };
    let status = if is_new { 201 } else { 200 };
    super::json(
        status,
        &json!({ "conversation": conversation, "follows": follows }),
    )
}

/// `GET conversations?after=`: the visitor's own.
pub async fn earlier(call: &Call) -> Result<Response, Problem> {
    let pass = call.pass()?;
    let Person::Visitor { visitor, .. } = pass.person else {
        return Err(Refusal::Forbidden.into());
    };
    let after = super::items::after(|name| call.parameter(name))?;
    let asked = SpaceAsk::Earlier { visitor, after };
    super::read_space(call, &pass.space, &asked).await
}

/// `GET conversations/{conversation}/events?after=`
pub async fn events(call: &Call) -> Result<Response, Problem> {
    let pass = call.pass()?;
    let conversation = super::named(&call.place, Refusal::ConversationUnknown)?;
    let asked = ConversationAsk::Read {
        person: pass.person,
        after: after(call)?,
        stored: false,
    };
    let told = super::ask_conversation(call, &pass.space, conversation, &asked).await?;
    let ConversationTold::Json(body) = told else {
        return Err(super::unexpected());
    };
    super::raw(200, body)
}

/// `GET conversations/{conversation}/transcript`: its words, as a file of text.
pub async fn transcript(call: &Call) -> Result<Response, Problem> {
    let pass = call.pass()?;
    let conversation: ConversationId = super::named(&call.place, Refusal::ConversationUnknown)?;
    let told = super::ask_space(call, &pass.space, &SpaceAsk::Look).await?;
    let SpaceTold::Settings(settings, _) = told else {
        return Err(super::unexpected());
    };
    let asked = ConversationAsk::Text {
        person: pass.person,
        house: settings.name,
    };
    let told = super::ask_conversation(call, &pass.space, conversation, &asked).await?;
    let ConversationTold::Json(text) = told else {
        return Err(super::unexpected());
    };
    let response = Response::ok(text)?;
    let headers = response.headers();
    headers.set("content-type", "text/plain; charset=utf-8")?;
    let name = format!("attachment; filename=\"{conversation}.txt\"");
    headers.set("content-disposition", &name)?;
    Ok(response)
}

/// The conversation that a new one follows: one that its visitor can read (BI1).
///
/// # Errors
/// 404 for any other one.
async fn readable(
    call: &Call,
    pass: &Pass,
    conversation: Option<ConversationId>,
) -> Result<Option<ConversationId>, Problem> {
    let Some(conversation) = conversation else {
        return Ok(None);
    };
    let asked = ConversationAsk::Read {
        person: pass.person.clone(),
        after: END,
        stored: false,
    };
    let told = ask::conversation(&call.env, &pass.space, conversation, &asked).await?;
    if matches!(told, ConversationTold::Json(_)) {
        return Ok(Some(conversation));
    }
    // Another one's, or none at all: one answer (T5).
    Err(Problem::from(Refusal::ConversationUnknown).at("follows"))
}

/// Whether pages of the space say that by themselves (HA5).
async fn greets(call: &Call, pass: &Pass, text: &MessageText) -> Result<bool, Problem> {
    let told = super::ask_space(call, &pass.space, &SpaceAsk::Look).await?;
    let SpaceTold::Settings(settings, _) = told else {
        return Err(super::unexpected());
    };
    Ok(settings.greets(text))
}

async fn admit(
    call: &Call,
    pass: &Pass,
    conversation: ConversationId,
    (queue, challenge): (Label, Option<&str>),
) -> Result<(Terms, Label), Problem> {
    let Person::Visitor { visitor, .. } = pass.person else {
        return Err(Refusal::Forbidden.into());
    };
    let address = auth::address::number(call, &pass.space);
    let ask = async |passed| {
        let asked = SpaceAsk::Admit {
            visitor,
            conversation,
            queue: queue.clone(),
            address,
            verified: pass.person.verified().is_some(),
            passed,
        };
        super::ask_space(call, &pass.space, &asked).await
    };
    let told = match (ask(false).await, challenge) {
        // What nobody asks for is not spent.
        (Err(problem), _) if !problem.is(Refusal::ChallengeRequired.code()) => Err(problem),
        (Err(problem), challenge) => {
            let keys = challenge::Keys::of(&call.env)?;
            match challenge {
                Some(proof) if keys.verify(call, proof, conversation).await? => ask(true).await,
                Some(_) | None => Err(problem),
            }
        }
        (told @ Ok(_), _) => told,
    };
    let SpaceTold::Admitted(settings, queue) = told? else {
        return Err(super::unexpected());
    };
    Ok((*settings, queue))
}

/// Skills that a conversation asks for, in the order of the alphabet and each once.
fn skills(words: &[String]) -> Result<Vec<Label>, Problem> {
    if words.len() > SKILLS_MAX as usize {
        let message = format!("a conversation asks for at most {SKILLS_MAX} skills");
        return Err(Problem::field("too_many", "skills", message));
    }
    let skills = words.iter().enumerate().map(|(at, word)| {
        Label::parse(word).map_err(|error| text_problem(format!("skills[{at}]"), error))
    });
    let skills: SortedSet<_> = skills.collect::<Result<_, _>>()?;
    Ok(skills.into_iter().collect())
}

fn after(call: &Call) -> Result<Seq, Problem> {
    let Some(value) = call.parameter("after") else {
        return Ok(Seq(0));
    };
    // SQLite and JavaScript agree on whole numbers up to 2^53.
    match value.parse() {
        Ok(seq) if seq < 1 << 53 => Ok(Seq(seq)),
        _ => Err(Problem::field(
            "number_malformed",
            "after",
            "after is a whole number",
        )),
    }
}

pub fn text_problem(field: impl Into<Cow<'static, str>>, error: TextError) -> Problem {
    let code = match error {
        TextError::Empty => "text_empty",
        TextError::TooLong { .. } => "text_too_long",
        TextError::Forbidden => "text_forbidden",
    };
    Problem::field(code, field, error)
}
