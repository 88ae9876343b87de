//! What a space's own server says of a file before anybody sees it ([`shared::file::hook`]). Whatever goes wrong
//! here is no verdict: the file is not shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared::conversation::Verdict;
use shared::file::hook::{self, Answer, Replacement};
use shared::file::{self, Check, HEAD, Kind, SIZE_MAX, Sent};
use shared::id::{ConversationId, SpaceId};
use shared::identity::Algorithm;
use worker::Env;

use super::{Link, Store};
use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::auth::{self, identity, key};
use crate::errors::Problem;
use crate::{clock, outside};

/// Asks the space's server about a file; `origin` is where it can be read.
pub async fn judge(
    env: &Env,
    place: (&SpaceId, ConversationId),
    origin: &str,
    sent: Box<Sent>,
) -> Verdict {
    let judged = asked(env, place, origin, sent).await;
    judged.ok().flatten().unwrap_or(Verdict::Failed)
}

async fn asked(
    env: &Env,
    (space, conversation): (&SpaceId, ConversationId),
    origin: &str,
    sent: Box<Sent>,
) -> Result<Option<Verdict>, Problem> {
    let SpaceTold::Settings(settings, _) = ask::space(env, space, &SpaceAsk::Look).await? else {
        return Ok(None);
    };
    let Some(address) = settings.file_check_url else {
        return Ok(Some(Verdict::Accepted));
    };
    let told = ask::space(env, space, &SpaceAsk::IdentityKeys).await?;
    let SpaceTold::IdentityKeys(keys) = told else {
        return Ok(None);
    };
    let (own, now) = (auth::key(env)?, clock::now());
    let path = Link::sign(&own, (space, conversation), sent.file, "check", now);
    let body = hook::question((space, conversation), &sent, &[origin, &path].concat());
    let seconds = now.millis() / 1_000;
    let signed = hook::signed(seconds, &body);
    let mut signature = format!("t={seconds}");
    let mut is_signed = false;
    for known in &keys {
        if known.algorithm == Algorithm::FileCheck {
            let secret = identity::secret(env, space, known).await?;
            signature += ",v1=";
            signature += &key::hmac(&secret, &signed);
            is_signed = true;
        }
    }
    // Nobody is asked without a signature (H1 of SECURITY.md).
    if !is_signed {
        return Ok(None);
    }
    let id = sent.file.to_string();
    let headers = [
        ("content-type", "application/json"),
        ("x-bellhop-signature", signature.as_str()),
        ("x-bellhop-delivery", id.as_str()),
    ];
    let (status, answer) = outside::post(env, address.as_str(), &headers, &body).await?;
    Ok(match hook::read(status, &answer) {
        None => None,
        Some(Answer::Accept) => Some(Verdict::Accepted),
        Some(Answer::Refuse(reason)) => Some(Verdict::Refused(reason)),
        Some(Answer::Replace(replacement)) => {
            replace(env, conversation, *sent, replacement).await?
        }
    })
}

/// Puts other bytes in the place of a file; `None` when they are not taken (FH3).
async fn replace(
    env: &Env,
    conversation: ConversationId,
    sent: Sent,
    replacement: Replacement,
) -> Result<Option<Verdict>, Problem> {
    let bytes = match replacement {
        Replacement::At(address) => {
            let (status, bytes) = outside::bytes(env, &address, SIZE_MAX as usize).await?;
            (status == 200).then_some(bytes)
        }
        Replacement::Here(text) => STANDARD.decode(text).ok(),
    };
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let kind = Kind::tell(&sent.name, bytes.len() as u64, head);
    let cleaned = kind.and_then(|kind| Ok((kind, file::clean(kind, &bytes)?)));
    let (Ok((kind, picture)), Some(store)) = (cleaned, Store::of(env, conversation)) else {
        return Ok(None);
    };
    let (width, height) = (
        picture.as_ref().map(|picture| picture.width),
        picture.as_ref().map(|picture| picture.height),
    );
    let bytes = picture.map_or(bytes, |picture| picture.bytes);
    let shown = sent.name.disposition(kind);
    store.put(sent.file, &bytes, kind, &shown).await?;
    let sent = Sent {
        kind,
        size: bytes.len() as u64,
        width,
        height,
        check: Check::Passed,
        ..sent
    };
    Ok(Some(Verdict::Replaced(Box::new(sent))))
}
