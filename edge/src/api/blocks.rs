//! Blocked visitors (P21).

use serde_json::json;
use shared::id::{CommandId, ConversationId, VisitorId};
use shared::refusal::Refusal;
use shared::space::{BLOCK_MAX_S, Door, Opened, is_block_span};
use shared::text::Title;
use worker::Response;

use super::fields::Fields;
use super::invitations::open;
use crate::ask::{self, ConversationAsk, SpaceAsk};
use crate::errors::Problem;
use crate::router::Call;
use crate::{body, random};

/// `POST spaces/{space}/items/{conversation}/block`: the visitor of that conversation. What still
/// stands is ended (R124); when that comes to nothing, the call may be repeated.
pub async fn block(call: &mut Call) -> Result<Response, Problem> {
    let (pass, by) = super::agent_pass(call)?;
    let conversation: ConversationId = super::named(&call.inner, Refusal::ConversationUnknown)?;
    let mut fields = Fields::read(&mut call.request).await?;
    let reason = fields.parsed("reason", Title::parse)?;
    let for_s = fields.number("for_s")?;
    fields.end()?;
    let is_span = is_block_span(for_s);
    let for_s = for_s.map(u32::try_from).transpose();
    let (true, Ok(for_s)) = (is_span, for_s) else {
        let message = format!("for_s is 1 to {BLOCK_MAX_S}");
        return Err(Problem::field("setting_out_of_range", "for_s", message));
    };
    let door = Door::Block {
        by,
        conversation,
        reason,
        for_s,
    };
    open(call, &pass.space, door).await?;
    let end = ConversationAsk::Act {
        person: pass.person.clone(),
        id: random::fresh(CommandId::fresh)?,
        command: json!({ "end": null }).to_string(),
    };
    // What has ended already says no, and that is as good.
    ask::conversation(&call.env, &pass.space, conversation, &end).await?;
    super::json(200, &json!({}))
}

/// `GET spaces/{space}/blocks`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    super::read_space(call, &space, &SpaceAsk::Blocks).await
}

/// `DELETE spaces/{space}/blocks/{visitor}`
pub async fn unblock(call: &mut Call) -> Result<Response, Problem> {
    let (space, by) = super::agent_of(call)?;
    body::nothing(&mut call.request).await?;
    // What is no visitor was never blocked.
    let Ok(visitor) = call.inner.parse::<VisitorId>() else {
        super::ask_space(call, &space, &SpaceAsk::Blocks).await?;
        return Err(super::id_unknown());
    };
    let Opened::Nothing = open(call, &space, Door::Unblock { by, visitor }).await? else {
        return super::json(200, &json!({}));
    };
    Err(super::id_unknown())
}
