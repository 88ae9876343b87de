//! Files: announced, sent in parts, and read (`shared::file::way`).

use serde::Deserialize;
use serde_json::json;
use shared::features::Feature;
use shared::file::{self, Check, FileError, FileName, HEAD, Kind, Sent, way};
use shared::headers;
use shared::id::{ConversationId, FileId, SpaceId};
use shared::refusal::Refusal;
use worker::{Headers, Response};

use super::acts::command_id;
use crate::ask::{ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::auth::jwt::Pass;
use crate::errors::Problem;
use crate::files::{self, Link, Place, Store, Ticket};
use crate::router::Call;
use crate::{auth, body, clock, features};

/// The header that brings a ticket.
const TICKET: &str = "upload-ticket";

#[derive(Deserialize)]
struct Announced {
    name: String,
    size: u64,
    sha256: String,
}

/// `POST conversations/{conversation}/files`: what is to be sent (FW1).
pub async fn announce(call: &mut Call) -> Result<Response, Problem> {
    let (pass, conversation, store) = way_in(call)?;
    let id = command_id(call, true)?;
    let Announced { name, size, sha256 } = body::json(&mut call.request).await?;
    file::check_size(size).map_err(|error| refused(error).at("size"))?;
    if !way::is_sha256(&sha256) {
        let message = "sha256 is 64 hexadecimal digits in lower case";
        return Err(Problem::field("value_malformed", "sha256", message));
    }
    let name = FileName::clean(&name);
    let person = pass.person.clone();
    let asked = ConversationAsk::OfferFile { person, size };
    super::ask_conversation(call, &pass.space, conversation, &asked).await?;
    let key = auth::key(&call.env)?;
    let place = place(&pass, conversation);
    let ticket = Ticket {
        file: Ticket::file(&key, place, id, (size, &sha256)),
        id,
        name,
        size,
        sha256,
    };
    let now = clock::now();
    let answer = json!({
        "file": ticket.file,
        "ticket": ticket.sign(&key, place, now),
        "expires_at": now + way::TICKET_LIFE,
        "part_bytes": way::PART,
        "parts": way::parts(size),
        "present": store.present(&ticket).await?,
    });
    super::json(201, &answer)
}

/// `PUT conversations/{conversation}/files/{file}?part=`: a part (FW2).
pub async fn put(call: &mut Call) -> Result<Response, Problem> {
    let (pass, conversation, store) = way_in(call)?;
    body::check_length(&call.request, way::PART)?;
    let ticket = ticket(call, &pass, conversation)?;
    let part = call.parameter("part").and_then(|part| part.parse().ok());
    let part = part.and_then(|part: u32| Some((part, way::part_size(ticket.size, part)?)));
    let (part, length) = part.ok_or_else(|| {
        let message = format!("part is a number below {}", way::parts(ticket.size));
        Problem::field("number_malformed", "part", message)
    })?;
    if !store
        .put_part(ticket.file, part, &call.request, length)
        .await?
    {
        let message = format!("part {part} of this file has {length} bytes");
        return Err(Problem::new(422, "part_size_wrong", message));
    }
    super::json(200, &json!({ "part": part }))
}

/// `POST conversations/{conversation}/files/{file}`: the file is there (FW3).
pub async fn complete(call: &mut Call) -> Result<Response, Problem> {
    let (pass, conversation, store) = way_in(call)?;
    body::nothing(&mut call.request).await?;
    let origin = files::origin(&call.env, &call.url);
    if call.request.headers().get(TICKET)?.is_none() {
        let (person, file) = (pass.person.clone(), file_of(call)?);
        let asked = ConversationAsk::CheckFile {
            person,
            file,
            origin,
        };
        super::ask_conversation(call, &pass.space, conversation, &asked).await?;
        return super::json(202, &json!({ "file": file }));
    }
    let ticket = ticket(call, &pass, conversation)?;
    let mut sent = match keep(&store, &ticket).await {
        Ok(Some(sent)) => sent,
        told => {
            // What is no such file never becomes one: its sender begins anew.
            if told.is_err() {
                store.remove_parts(&ticket).await?;
            }
            let problem = told.err().unwrap_or_else(missing);
            // Of a call whose answer got lost, and of one at the same time, the parts are gone.
            let sent = find(call, &pass, conversation, ticket.file).await;
            sent.map_err(|_| problem)?
        }
    };
    let told = super::ask_space(call, &pass.space, &SpaceAsk::Look).await?;
    if let SpaceTold::Settings(settings, _) = told
        && settings.file_check_url.is_some()
    {
        sent.check = Check::Checking;
    }
    let asked = ConversationAsk::SendFile {
        person: pass.person.clone(),
        id: ticket.id,
        sent: Box::new(sent),
        origin,
    };
    let state = super::acts::in_conversation(call, &pass, conversation, &asked).await?;
    store.remove_parts(&ticket).await?;
    super::json(201, &json!({ "id": ticket.id, "state": state }))
}

/// `GET conversations/{conversation}/files/{file}`: an address to read it by (FW4).
pub async fn link(call: &mut Call) -> Result<Response, Problem> {
    let (pass, conversation, _) = way_in(call)?;
    let file = file_of(call)?;
    let sent = find(call, &pass, conversation, file).await?;
    if sent.check != Check::Passed {
        return Err(Refusal::FileHeld.into());
    }
    let (key, now) = (auth::key(&call.env)?, clock::now());
    let whose = files::holder(&pass.person);
    let address = Link::sign(&key, (&pass.space, conversation), file, &whose, now);
    let origin = files::origin(&call.env, &call.url);
    let answer = json!({
        "url": format!("{origin}{address}"),
        "expires_at": now + way::LINK_LIFE,
    });
    super::json(200, &answer)
}

/// `GET /f/{conversation}/{file}` at the origin of files: the file, for whoever has its address (FW4).
pub async fn read(call: &mut Call) -> Result<Response, Problem> {
    let conversation = super::named(&call.place, Refusal::ConversationUnknown)?;
    let file = file_of(call)?;
    let value = |name| call.parameter(name).unwrap_or_default();
    let [space, whose, until, by] = ["in", "of", "until", "by"].map(value);
    let place = space.parse::<SpaceId>().ok().zip(until.parse::<u64>().ok());
    let (space, until) = place.ok_or_else(super::id_unknown)?;
    let key = auth::key(&call.env)?;
    let words = (whose.as_str(), until, by.as_str());
    if !Link::is_good(&key, (&space, conversation, file), words, clock::now()) {
        return Err(super::id_unknown());
    }
    let store = store_of(call, conversation)?;
    let headers = Headers::new();
    for (name, value) in headers::of(headers::Kind::File, &call.url.origin) {
        headers.set(name, &value)?;
    }
    let sent = store.send(file, &call.request, headers).await?;
    sent.ok_or_else(super::id_unknown)
}

/// Who asks, where, and the store of the conversation.
fn way_in(call: &Call) -> Result<(Pass, ConversationId, Store), Problem> {
    let pass = call.pass()?;
    let conversation = super::named(&call.place, Refusal::ConversationUnknown)?;
    let store = store_of(call, conversation)?;
    Ok((pass, conversation, store))
}

fn store_of(call: &Call, conversation: ConversationId) -> Result<Store, Problem> {
    features::check(&call.env, Feature::Files)?;
    Store::of(&call.env, conversation).ok_or_else(|| features::missing(Feature::Files))
}

fn place(pass: &Pass, conversation: ConversationId) -> Place<'_> {
    Place {
        space: &pass.space,
        conversation,
        person: &pass.person,
    }
}

/// The file that the path names; what is no name, names nothing.
fn file_of(call: &Call) -> Result<FileId, Problem> {
    call.inner.parse().map_err(|_| super::id_unknown())
}

/// The ticket that the call brings, for the file of its path.
fn ticket(call: &Call, pass: &Pass, conversation: ConversationId) -> Result<Ticket, Problem> {
    let (file, key) = (file_of(call)?, auth::key(&call.env)?);
    let text = call.request.headers().get(TICKET)?.unwrap_or_default();
    let ticket = Ticket::read(&key, place(pass, conversation), clock::now(), &text);
    // Another one's is as good as none (T5); one that is over is had again by announcing again.
    let ticket = ticket.filter(|ticket| ticket.file == file);
    ticket.ok_or_else(|| {
        let message = "the ticket of this file is over, or there is none: announce the file again";
        Problem::new(404, "ticket_unknown", message)
    })
}

/// A file that stands in the conversation, for somebody who sees it there.
async fn find(
    call: &Call,
    pass: &Pass,
    conversation: ConversationId,
    file: FileId,
) -> Result<Sent, Problem> {
    let person = pass.person.clone();
    let asked = ConversationAsk::FindFile { person, file };
    let told = super::ask_conversation(call, &pass.space, conversation, &asked).await?;
    let ConversationTold::File(Some(sent)) = told else {
        return Err(super::id_unknown());
    };
    Ok(*sent)
}

/// Tells what has come, cleans it and keeps it; `None` when it has not come whole.
async fn keep(store: &Store, ticket: &Ticket) -> Result<Option<Sent>, Problem> {
    if store.present(ticket).await?.len() < way::parts(ticket.size) as usize {
        return Ok(None);
    }
    let head = store.head(ticket.file, HEAD).await?.ok_or_else(changed)?;
    let kind = Kind::tell(&ticket.name, ticket.size, &head).map_err(refused)?;
    let mut sent = Sent {
        file: ticket.file,
        name: ticket.name.clone(),
        kind,
        size: ticket.size,
        width: None,
        height: None,
        check: Check::Passed,
    };
    if kind.shows() != file::Shows::Picture {
        let is_whole = store
            .join(ticket, kind, &sent.name.disposition(kind))
            .await?;
        return if is_whole {
            Ok(Some(sent))
        } else {
            Err(changed())
        };
    }
    let whole = store.whole(ticket).await?.ok_or_else(changed)?;
    if let Some(picture) = file::clean(kind, &whole).map_err(refused)? {
        let shown = sent.name.disposition(kind);
        store.put(ticket.file, &picture.bytes, kind, &shown).await?;
        sent.size = picture.bytes.len() as u64;
        sent.width = Some(picture.width);
        sent.height = Some(picture.height);
    }
    Ok(Some(sent))
}

fn refused(error: FileError) -> Problem {
    let code = match error {
        FileError::Empty => "file_empty",
        FileError::TooLarge => "file_too_large",
        FileError::NotTaken => "file_not_taken",
        FileError::NotItsName => "file_not_its_name",
        FileError::Damaged => "picture_damaged",
        FileError::TooManyPixels => "picture_too_large",
    };
    Problem::new(422, code, error.to_string())
}

fn changed() -> Problem {
    let message = "what has come is not what was announced: send it again";
    Problem::new(422, "file_changed", message)
}

fn missing() -> Problem {
    let message = "parts of the file are missing: announce it again, and send what is not present";
    Problem::new(409, "file_incomplete", message)
}
