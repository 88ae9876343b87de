//! Sockets: who gets one. A browser cannot see why an upgrade was refused, so all but a wrong
//! Origin is accepted and closed at once with a code (PROTOCOL.md §5).

use shared::frame::CloseCode;
use shared::id::{ConversationId, SpaceId};
use shared::rights::Person;
use worker::{Response, Stub};

use crate::ask::{self, SpaceAsk, SpaceTold};
use crate::auth::{self, jwt::Pass};
use crate::errors::Problem;
use crate::router::Call;
use crate::sockets::{Entrance, turn_away};

/// `GET conversations/{conversation}/socket`
pub async fn conversation(call: &Call) -> Result<Response, Problem> {
    let conversation = call.place.parse().ok();
    enter(call, conversation, |pass| {
        let Some(conversation) = conversation else {
            return Ok(Err(CloseCode::Unknown));
        };
        ask::conversation_stub(&call.env, &pass.space, conversation).map(Ok)
    })
    .await
}

/// `GET spaces/{space}/socket`: for agents of that space.
pub async fn space(call: &Call) -> Result<Response, Problem> {
    enter(call, None, |pass| {
        let is_theirs = call.place.parse::<SpaceId>().as_ref() == Ok(&pass.space);
        match pass.person {
            Person::Agent { .. } if is_theirs => ask::space_stub(&call.env, &pass.space).map(Ok),
            Person::Visitor { .. } if is_theirs => Ok(Err(CloseCode::Forbidden)),
            Person::Agent { .. } | Person::Visitor { .. } => Ok(Err(CloseCode::Unknown)),
        }
    })
    .await
}

async fn enter(
    call: &Call,
    conversation: Option<ConversationId>,
    find: impl FnOnce(&Pass) -> worker::Result<Result<Stub, CloseCode>>,
) -> Result<Response, Problem> {
    let headers = call.request.headers();
    let is_upgrade = headers
        .get("upgrade")?
        .is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"));
    if !is_upgrade {
        let message = "this address is for WebSockets";
        return Err(Problem::new(426, "upgrade_required", message));
    }
    auth::require_origin(&call.request, &call.url)?;
    let protocols = headers.get("sec-websocket-protocol")?.unwrap_or_default();
    let offer = auth::offer(&protocols);
    let key = auth::key(&call.env)?;
    let away = |code: CloseCode| Ok(turn_away(offer.protocol, code, code.word())?);
    let pass = match auth::pass(&key, &offer) {
        Ok(pass) => pass,
        Err(word) => return Ok(turn_away(offer.protocol, CloseCode::Unauthorized, word)?),
    };
    let (Some(encoding), Some(protocol)) = (offer.encoding, offer.protocol) else {
        return away(CloseCode::Version);
    };
    // The space remembers which conversations let an agent in; customers cost nothing here.
    if let (Person::Agent { agent, era, .. }, Some(conversation)) = (&pass.person, conversation) {
        let (asked, bearer) = (SpaceAsk::Enter(conversation), Some((*agent, *era)));
        let told = ask::space_as(&call.env, &pass.space, bearer, &asked).await?;
        if !matches!(told, SpaceTold::Vouched) {
            return away(CloseCode::Revoked);
        }
    }
    match find(&pass)? {
        Ok(stub) => {
            let space = pass.space.clone();
            let entrance = Entrance {
                pass,
                encoding,
                protocol: protocol.to_owned(),
            };
            Ok(ask::upgrade(stub, &space, &entrance).await?)
        }
        Err(code) => away(code),
    }
}
