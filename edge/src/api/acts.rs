//! Acts: every command of both machines as a call (issue 3, point 10).
//!
//! One table says how each is called; what becomes of it, and who may, the machines say. A call
//! gets the answer that a socket would get: done, or the same word of refusal.

use serde_json::{Map, Value, json};
use shared::conversation::Stars;
use shared::features::Feature;
use shared::id::{AgentId, CommandId, ConversationId};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::text::{Label, MessageText, TextError};
use worker::Response;

use super::conversations::text_problem;
use crate::ask::{ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::auth::jwt::Pass;
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, features, random};

/// A command of a machine, as it is called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// `PUT spaces/{space}/availability`
    SetAvailable,
    /// `POST spaces/{space}/items/{conversation}/accept`
    Accept,
    /// `POST spaces/{space}/items/{conversation}/decline`
    Decline,
    /// `POST spaces/{space}/items/{conversation}/take`
    Take,
    /// `POST spaces/{space}/items/{conversation}/unassign`
    Unassign,
    /// `POST spaces/{space}/items/{conversation}/transfer`
    Transfer,
    /// `POST spaces/{space}/items/{conversation}/block`
    Block,
    /// `POST conversations/{conversation}/messages`
    Post,
    /// `PUT conversations/{conversation}/messages/{message}`
    Edit,
    /// `DELETE conversations/{conversation}/messages/{message}`
    Delete,
    /// `POST conversations/{conversation}/messages/{message}/reactions`
    React,
    /// `POST conversations/{conversation}/notes`
    Note,
    /// `POST conversations/{conversation}/end`
    End,
    /// `POST conversations/{conversation}/cancel`: what customers call the same command.
    Cancel,
    /// `POST conversations/{conversation}/resolve`
    Resolve,
    /// `POST conversations/{conversation}/abandon`
    Abandon,
    /// `POST conversations/{conversation}/tickets`
    CreateTicket,
    /// `PUT conversations/{conversation}/rating`
    Rate,
    /// `POST conversations/{conversation}/transcript`
    MailTranscript,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    /// True or false.
    Flag,
    /// A whole number up to this one.
    Number(u64),
    /// A message or note.
    Text,
    /// The note of a transfer: a blank one is none, which the space refuses.
    Note,
    /// One emoji.
    Emoji,
    /// The id of a message.
    Message,
    /// The name of a queue.
    Queue,
    /// The word of a resolution.
    Resolution,
    /// The word of a reason.
    Reason,
    /// A tag of a language.
    Language,
    /// One to five.
    Stars,
    /// What a ticket is about.
    Title,
    /// What a ticket is.
    Ticket,
    /// `{"agent": …}` or `{"queue": …}`.
    Target,
}

/// A field: its name, what it holds, whether it may be left out.
type Field = (&'static str, Kind, Need);

#[derive(Clone, Copy, PartialEq)]
enum Need {
    Must,
    May,
}

impl Act {
    /// The machine's word for the command, and the fields of the body.
    const fn shape(self) -> (&'static str, &'static [Field]) {
        use Kind::{
            Emoji, Flag, Language, Message, Note, Number, Queue, Reason, Resolution, Stars, Target,
            Text, Ticket, Title,
        };
        use Need::{May, Must};
        // Numbers up to 2^53, where JavaScript still counts right.
        const FENCE: Field = ("fence", Number(1 << 53), Must);
        match self {
            Self::SetAvailable => (
                "set_available",
                &[("available", Flag, Must), ("for_chats", Number(255), May)],
            ),
            Self::Accept => ("accept", &[FENCE]),
            Self::Decline => ("decline", &[FENCE]),
            Self::Take => ("take", &[]),
            Self::Unassign => ("unassign", &[]),
            Self::Transfer => (
                "transfer",
                &[
                    ("to", Target, Must),
                    ("queue", Queue, May),
                    ("note", Note, May),
                ],
            ),
            Self::Post => ("post", &[("text", Text, Must), ("reply_to", Message, May)]),
            Self::Edit => ("change", &[("text", Text, Must)]),
            Self::Delete => ("change", &[]),
            Self::React => ("change", &[("emoji", Emoji, Must), ("on", Flag, Must)]),
            Self::Block => (
                "block",
                &[
                    ("reason", Title, May),
                    ("for_s", Number(u32::MAX as u64), May),
                ],
            ),
            Self::Note => ("note", &[("text", Text, Must)]),
            Self::End | Self::Cancel => ("end", &[]),
            Self::Resolve => (
                "resolve",
                &[("resolution", Resolution, Must), ("reason", Reason, May)],
            ),
            Self::Abandon => ("abandon", &[("reason", Reason, May), ("note", Text, May)]),
            Self::CreateTicket => (
                "create_ticket",
                &[("kind", Ticket, Must), ("title", Title, Must)],
            ),
            Self::MailTranscript => ("mail_transcript", &[("language", Language, May)]),
            Self::Rate => ("rate", &[("stars", Stars, Must), ("comment", Text, May)]),
        }
    }

    /// Whether its id comes from the client: a repeat of it would otherwise write twice.
    const fn is_keyed(self) -> bool {
        matches!(self, Self::Post | Self::Note | Self::Transfer)
    }

    /// Whether the path names a message, which it changes.
    const fn is_change(self) -> bool {
        matches!(self, Self::Edit | Self::Delete | Self::React)
    }

    /// The command as JSON of the machine's vocabulary; `of` is what the path names.
    fn command(self, of: Option<String>, body: Value) -> Result<String, Problem> {
        let Value::Object(mut body) = body else {
            return Err(Problem::new(400, "body_malformed", "the body is an object"));
        };
        let (word, fields) = self.shape();
        let mut command = Map::new();
        for (name, kind, need) in fields {
            match body.remove(*name) {
                None | Some(Value::Null) if *need == Need::May => (),
                None => return Err(malformed(name, "is missing")),
                Some(value) => {
                    command.insert((*name).into(), kind.read(name, value)?);
                }
            }
        }
        if let Some((name, _)) = body.into_iter().next() {
            return Err(Problem::unknown(name));
        }
        if let Self::Transfer = self {
            let queue = command.remove("queue");
            match command.get_mut("to").and_then(|to| to.get_mut("agent")) {
                Some(agent) => *agent = json!({ "agent": agent.take(), "queue": queue }),
                None if queue.is_some() => return Err(malformed("queue", "goes with an agent")),
                None => {
                    if let Some(queue) = command.get_mut("to").and_then(|to| to.get_mut("queue")) {
                        *queue = json!({ "queue": queue.take() });
                    }
                }
            }
        }
        let is_bare = fields.is_empty() && of.is_none();
        if let (true, Some(message)) = (self.is_change(), &of) {
            let change = if let Self::Delete = self {
                json!("deletion")
            } else if let Self::React = self {
                json!({ "reaction": command })
            } else {
                command.into()
            };
            command = Map::new();
            command.insert("message".into(), message.as_str().into());
            command.insert("change".into(), change);
        } else if let Some(conversation) = of {
            command.insert("conversation".into(), conversation.into());
        }
        // A command without any field is a word alone.
        let command = if is_bare {
            Value::Null
        } else {
            Value::Object(command)
        };
        Ok(json!({ word: command }).to_string())
    }
}

impl Kind {
    /// The value, as the machine takes it.
    fn read(self, name: &'static str, value: Value) -> Result<Value, Problem> {
        let text = || value.as_str().ok_or_else(|| malformed(name, "is a text"));
        match self {
            Self::Flag if !value.is_boolean() => return Err(malformed(name, "is true or false")),
            Self::Number(most) if value.as_u64().is_none_or(|number| number > most) => {
                let message = format!("is a whole number up to {most}");
                return Err(malformed(name, &message));
            }
            Self::Flag | Self::Number(_) => (),
            Self::Text | Self::Note => {
                if let Err(error) = MessageText::parse(text()?) {
                    if let (Self::Note, TextError::Empty) = (self, error) {
                        return Ok(Value::Null);
                    }
                    return Err(text_problem(name, error));
                }
            }
            Self::Emoji if shared::text::Emoji::parse(text()?).is_err() => {
                return Err(malformed(name, "is one emoji"));
            }
            Self::Message if text()?.parse::<CommandId>().is_err() => {
                return Err(Refusal::MessageUnknown.into());
            }
            Self::Emoji | Self::Message => (),
            // What is no word at all is none of the space's words.
            Self::Queue if Label::parse(text()?).is_err() => {
                return Err(Refusal::QueueUnknown.into());
            }
            Self::Resolution if Label::parse(text()?).is_err() => {
                return Err(Refusal::ResolutionUnknown.into());
            }
            Self::Reason if Label::parse(text()?).is_err() => {
                return Err(Refusal::ReasonUnknown.into());
            }
            Self::Queue | Self::Resolution | Self::Reason => (),
            Self::Language if Label::parse(text()?).is_err() => {
                return Err(malformed(name, "is a tag of a language"));
            }
            Self::Language => (),
            Self::Stars => {
                let stars = value.as_u64().and_then(|stars| u8::try_from(stars).ok());
                if stars
                    .and_then(|stars| Stars::try_from(stars).ok())
                    .is_none()
                {
                    return Err(malformed(name, "is 1 to 5"));
                }
            }
            Self::Title => {
                if let Err(error) = shared::text::Title::parse(text()?) {
                    return Err(text_problem(name, error));
                }
            }
            Self::Ticket if !matches!(text()?, "incident" | "work_order") => {
                return Err(malformed(name, "is incident or work_order"));
            }
            Self::Ticket => (),
            Self::Target => return target(name, value),
        }
        Ok(value)
    }
}

fn target(name: &'static str, value: Value) -> Result<Value, Problem> {
    let to = value.as_object();
    let mut unknown = to.into_iter().flatten().map(|(kind, _)| kind);
    if let Some(kind) = unknown.find(|kind| !matches!(kind.as_str(), "agent" | "queue")) {
        return Err(Problem::unknown(format!("{name}.{kind}")));
    }
    let to = to.filter(|to| to.len() == 1);
    let to = to.and_then(|to| to.iter().next());
    match to.map(|(kind, whom)| (kind.as_str(), whom.as_str())) {
        Some(("agent", Some(agent))) if agent.parse::<AgentId>().is_err() => {
            Err(Refusal::AgentUnknown.into())
        }
        Some(("queue", Some(queue))) if Label::parse(queue).is_err() => {
            Err(Refusal::QueueUnknown.into())
        }
        Some(("agent" | "queue", Some(_))) => Ok(value),
        Some(_) | None => Err(malformed(name, r#"is {"agent": …} or {"queue": …}"#)),
    }
}

fn malformed(name: &'static str, is: &str) -> Problem {
    Problem::field("value_malformed", name, format!("{name} {is}"))
}

/// An act of an agent in a space.
pub async fn of_space(act: Act, call: &mut Call) -> Result<Response, Problem> {
    let (pass, _) = super::agent_pass(call)?;
    let is_of_item = act != Act::SetAvailable;
    let conversation = is_of_item.then(|| super::named(&call.inner, Refusal::ConversationUnknown));
    let conversation: Option<ConversationId> = conversation.transpose()?;
    let id = command_id(call, act.is_keyed())?;
    let body: Value = body::json(&mut call.request).await?;
    let note = body.get("note").cloned();
    let command = act.command(conversation.map(|id| id.to_string()), body)?;
    if let (Act::Transfer, Some(conversation)) = (act, conversation) {
        write_note(call, (&pass, id), conversation, &command, note).await?;
    }
    let prefer = call.request.headers().get("prefer")?;
    // RFC 7240.
    let waits = prefer.is_none_or(|prefer| !prefer.contains("respond-async"));
    let asked = SpaceAsk::Act { id, command, waits };
    let told = super::ask_space(call, &pass.space, &asked).await?;
    if let SpaceTold::Pending = told {
        return super::json(202, &json!({ "state": "pending" }));
    }
    let SpaceTold::Json(now) = told else {
        return Err(super::unexpected());
    };
    super::raw(200, now)
}

/// The note of a transfer goes first, once the space would obey (R35).
async fn write_note(
    call: &Call,
    (pass, id): (&Pass, CommandId),
    conversation: ConversationId,
    command: &str,
    note: Option<Value>,
) -> Result<(), Problem> {
    let asked = SpaceAsk::Would(command.to_owned());
    let told = super::ask_space(call, &pass.space, &asked).await?;
    let SpaceTold::Would {
        is_to_be_done: true,
    } = told
    else {
        return Ok(());
    };
    let asked = ConversationAsk::Act {
        person: pass.person.clone(),
        id,
        command: json!({ "note": { "text": note } }).to_string(),
    };
    in_conversation(call, pass, conversation, &asked)
        .await
        .map(|_| ())
}

/// An act in a conversation.
pub async fn of_conversation(act: Act, call: &mut Call) -> Result<Response, Problem> {
    let pass = call.pass()?;
    let conversation = super::named(&call.place, Refusal::ConversationUnknown)?;
    let message = || super::named(&call.inner, Refusal::MessageUnknown);
    let message: Option<CommandId> = act.is_change().then(message).transpose()?;
    let id = command_id(call, act.is_keyed())?;
    let body = body::json(&mut call.request).await?;
    let command = act.command(message.map(|id| id.to_string()), body)?;
    if let (Person::Agent { .. }, Act::Cancel) = (&pass.person, act) {
        // Who may not, is told so of what is there alone.
        let asked = ConversationAsk::Read {
            person: pass.person.clone(),
            after: super::conversations::END,
            stored: false,
        };
        super::ask_conversation(call, &pass.space, conversation, &asked).await?;
        return Err(Refusal::Forbidden.into());
    }
    if act == Act::MailTranscript && pass.person.verified().is_some() {
        features::check(&call.env, Feature::Mail)?;
    }
    let asked = ConversationAsk::Act {
        person: pass.person.clone(),
        id,
        command,
    };
    let state = in_conversation(call, &pass, conversation, &asked).await?;
    let has_written = matches!(act, Act::Post | Act::Note | Act::CreateTicket);
    let status = if has_written { 201 } else { 200 };
    super::json(status, &json!({ "id": id, "state": state }))
}

/// Asks a conversation to obey; where it stands then.
pub async fn in_conversation(
    call: &Call,
    pass: &Pass,
    conversation: ConversationId,
    asked: &ConversationAsk,
) -> Result<String, Problem> {
    let told = super::ask_conversation(call, &pass.space, conversation, asked).await?;
    if let ConversationTold::Slowed { retry_ms } = told {
        let retry_after = retry_ms.div_ceil(1_000);
        return Err(Refusal::RateLimited { retry_after }.into());
    }
    let ConversationTold::Acted { state } = told else {
        return Err(super::unexpected());
    };
    Ok(state)
}

/// The id of the command that a call gives.
pub fn command_id(call: &Call, is_required: bool) -> Result<CommandId, Problem> {
    let header = call.request.headers().get("idempotency-key")?;
    match header.as_deref().map(str::parse) {
        Some(Ok(id)) => Ok(id),
        Some(Err(error)) => Err(Problem::field("id_malformed", "Idempotency-Key", error)),
        None if is_required => {
            let message = "send the id of what you ask as Idempotency-Key";
            Err(Problem::new(400, "idempotency_key_missing", message))
        }
        None => random::fresh(CommandId::fresh),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f";

    /// The command as the machine reads it, or the status, word and field of the problem.
    fn read(act: Act, body: &str) -> String {
        let is_of_space = matches!(
            act,
            Act::Accept | Act::Decline | Act::Take | Act::Unassign | Act::Transfer | Act::Block
        );
        let of = (is_of_space || act.is_change()).then(|| ID.to_owned());
        let body = serde_json::from_str(body).unwrap();
        let json = match act.command(of, body) {
            Ok(json) => json,
            Err(problem) => {
                let (status, code) = (problem.status(), problem.code());
                let field = problem.field_name().unwrap_or_default();
                return format!("{status} {code} {field}").trim().to_owned();
            }
        };
        if is_of_space || act == Act::SetAvailable {
            let command: shared::space::Command = serde_json::from_str(&json).unwrap();
            format!("{command:?}").replace(ID, "ID")
        } else {
            let command: shared::conversation::Command = serde_json::from_str(&json).unwrap();
            format!("{command:?}").replace(ID, "ID")
        }
    }

    #[test]
    fn a_body_is_a_command_of_the_machine() {
        let long = format!(r#"{{"text": "{}"}}"#, "x".repeat(10_001));
        let to_agent = format!(r#"{{"to": {{"agent": "{ID}"}}, "note": "N"}}"#);
        let with_queue = format!(r#"{{"to": {{"agent": "{ID}"}}, "queue": "a", "note": " "}}"#);
        let cases = [
            (
                Act::Post,
                r#"{"text": " Hi "}"#,
                "Post { text: MessageText(\"Hi\"), reply_to: None }",
            ),
            (
                Act::Post,
                r#"{"text": "Hi", "reply_to": "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f"}"#,
                "Post { text: MessageText(\"Hi\"), reply_to: Some(ID) }",
            ),
            (
                Act::Post,
                r#"{"text": "Hi", "reply_to": "the first"}"#,
                "404 message_unknown",
            ),
            (
                Act::Edit,
                r#"{"text": "Hi"}"#,
                "Change { message: ID, change: Text(MessageText(\"Hi\")) }",
            ),
            (Act::Edit, r#"{"text": " "}"#, "422 text_empty text"),
            (
                Act::Delete,
                "{}",
                "Change { message: ID, change: Deletion }",
            ),
            (Act::Delete, r#"{"text": "Hi"}"#, "422 field_unknown text"),
            (
                Act::React,
                r#"{"emoji": "👍", "on": true}"#,
                "Change { message: ID, change: Reaction { emoji: Emoji(\"👍\"), on: true } }",
            ),
            (
                Act::React,
                r#"{"emoji": "ok", "on": true}"#,
                "422 value_malformed emoji",
            ),
            (Act::React, r#"{"emoji": "👍"}"#, "422 value_malformed on"),
            (Act::Post, r#"{"text": " "}"#, "422 text_empty text"),
            (Act::Post, &long, "422 text_too_long text"),
            (Act::Post, r#"{"text": 1}"#, "422 value_malformed text"),
            (Act::Post, r#"{"text": null}"#, "422 value_malformed text"),
            (Act::Post, "{}", "422 value_malformed text"),
            (
                Act::Post,
                r#"{"text": "Hi", "colour": 1}"#,
                "422 field_unknown colour",
            ),
            (Act::Post, "[]", "400 body_malformed"),
            (
                Act::Note,
                r#"{"text": "Hm"}"#,
                "Note { text: MessageText(\"Hm\") }",
            ),
            (Act::End, "{}", "End"),
            (Act::Cancel, "{}", "End"),
            (Act::End, r#"{"text": "Hi"}"#, "422 field_unknown text"),
            (
                Act::Resolve,
                r#"{"resolution": "resolved"}"#,
                "Resolve { resolution: Label(\"resolved\"), reason: None }",
            ),
            (
                Act::Resolve,
                r#"{"resolution": "not a word"}"#,
                "422 resolution_unknown",
            ),
            (
                Act::Resolve,
                r#"{"resolution": []}"#,
                "422 value_malformed resolution",
            ),
            (Act::Abandon, "{}", "Abandon { reason: None, note: None }"),
            (
                Act::Abandon,
                r#"{"reason": null}"#,
                "Abandon { reason: None, note: None }",
            ),
            (
                Act::Abandon,
                r#"{"reason": "spam", "note": "Gone"}"#,
                "Abandon { reason: Some(Label(\"spam\")), note: Some(MessageText(\"Gone\")) }",
            ),
            (
                Act::Abandon,
                r#"{"reason": "no word"}"#,
                "422 reason_unknown",
            ),
            (Act::Abandon, r#"{"note": ""}"#, "422 text_empty note"),
            (
                Act::CreateTicket,
                r#"{"kind": "work_order", "title": "Lamp"}"#,
                "CreateTicket { kind: WorkOrder, title: Title(\"Lamp\") }",
            ),
            (
                Act::CreateTicket,
                r#"{"kind": "x", "title": "Lamp"}"#,
                "422 value_malformed kind",
            ),
            (
                Act::CreateTicket,
                r#"{"kind": "incident", "title": " "}"#,
                "422 text_empty title",
            ),
            (
                Act::Rate,
                r#"{"stars": 4, "comment": " Quick "}"#,
                "Rate(Rating { stars: Stars(4), comment: Some(MessageText(\"Quick\")) })",
            ),
            (
                Act::Rate,
                r#"{"stars": 1}"#,
                "Rate(Rating { stars: Stars(1), comment: None })",
            ),
            (
                Act::MailTranscript,
                "{}",
                "MailTranscript { language: None }",
            ),
            (
                Act::MailTranscript,
                r#"{"language": "pt-BR"}"#,
                "MailTranscript { language: Some(Label(\"pt-BR\")) }",
            ),
            (
                Act::MailTranscript,
                r#"{"language": "no tag"}"#,
                "422 value_malformed language",
            ),
            (Act::Rate, r#"{"stars": 6}"#, "422 value_malformed stars"),
            (Act::Rate, r#"{"stars": 4.5}"#, "422 value_malformed stars"),
            (
                Act::Rate,
                r#"{"stars": 4, "comment": " "}"#,
                "422 text_empty comment",
            ),
            (
                Act::Accept,
                r#"{"fence": 7}"#,
                "Accept { conversation: ID, fence: Fence(7) }",
            ),
            (
                Act::Decline,
                r#"{"fence": 7}"#,
                "Decline { conversation: ID, fence: Fence(7) }",
            ),
            (Act::Accept, "{}", "422 value_malformed fence"),
            (Act::Accept, r#"{"fence": -1}"#, "422 value_malformed fence"),
            (
                Act::Accept,
                r#"{"fence": 1.5}"#,
                "422 value_malformed fence",
            ),
            (
                Act::Accept,
                r#"{"fence": 18446744073709551615}"#,
                "422 value_malformed fence",
            ),
            (Act::Take, "{}", "Take { conversation: ID }"),
            (Act::Unassign, "{}", "Unassign { conversation: ID }"),
            (
                Act::Transfer,
                &to_agent,
                "Transfer { conversation: ID, to: Agent { agent: ID, queue: None }, \
                 note: Some(MessageText(\"N\")) }",
            ),
            (
                Act::Transfer,
                &with_queue,
                "Transfer { conversation: ID, to: Agent { agent: ID, queue: Some(Label(\"a\")) }, \
                 note: None }",
            ),
            (
                Act::Transfer,
                r#"{"to": {"queue": "a"}}"#,
                "Transfer { conversation: ID, to: Queue { queue: Label(\"a\") }, note: None }",
            ),
            (
                Act::Transfer,
                r#"{"to": {"queue": "a"}, "queue": "b"}"#,
                "422 value_malformed queue",
            ),
            (
                Act::Transfer,
                r#"{"to": {"agent": "Jack"}}"#,
                "404 agent_unknown",
            ),
            (
                Act::Transfer,
                r#"{"to": {"queue": "a b"}}"#,
                "422 queue_unknown",
            ),
            (Act::Transfer, r#"{"to": {}}"#, "422 value_malformed to"),
            (
                Act::Transfer,
                r#"{"to": {"queue": "a", "agent": "b"}}"#,
                "422 value_malformed to",
            ),
            (
                Act::Transfer,
                r#"{"to": {"queue": "a", "colour": "b"}}"#,
                "422 field_unknown to.colour",
            ),
            (
                Act::Transfer,
                r#"{"to": "GENERAL"}"#,
                "422 value_malformed to",
            ),
            (Act::Transfer, r#"{"note": "N"}"#, "422 value_malformed to"),
            (
                Act::Block,
                "{}",
                "Block { conversation: ID, reason: None, for_s: None }",
            ),
            (
                Act::Block,
                r#"{"reason": "Insults", "for_s": 60}"#,
                "Block { conversation: ID, reason: Some(Title(\"Insults\")), for_s: Some(60) }",
            ),
            (Act::Block, r#"{"for_s": -1}"#, "422 value_malformed for_s"),
            (
                Act::SetAvailable,
                r#"{"available": true, "for_chats": 3}"#,
                "SetAvailable { available: true, for_chats: Some(3) }",
            ),
            (
                Act::SetAvailable,
                r#"{"available": false}"#,
                "SetAvailable { available: false, for_chats: None }",
            ),
            (
                Act::SetAvailable,
                r#"{"available": "yes"}"#,
                "422 value_malformed available",
            ),
            (
                Act::SetAvailable,
                r#"{"available": true, "for_chats": 256}"#,
                "422 value_malformed for_chats",
            ),
        ];
        for (act, body, expected) in cases {
            assert_eq!(read(act, body), expected, "{act:?} {body:.80}");
        }
    }
}
