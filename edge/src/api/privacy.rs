//! What is kept of one customer: handed out, or erased (P12).

use core::str::FromStr;

use serde_json::{Value, json};
use shared::conversation::Seq;
use shared::id::{ConversationId, IdError, SpaceId, VisitorId};
use shared::refusal::Refusal;
use shared::text::CustomerId;
use worker::Response;

use super::fields::Fields;
use crate::ask::{ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};
use crate::auth::secret;
use crate::errors::Problem;
use crate::router::Call;

/// `POST spaces/{space}/exports`: everything that is kept of a visitor, in the answer and nowhere
/// else.
pub async fn export(call: &mut Call) -> Result<Response, Problem> {
    let (visitor, conversations) = find(call, false).await?;
    let (space, _) = super::agent_of(call)?;
    let mut found = Vec::new();
    for conversation in conversations {
        let events = log(call, &space, conversation).await?;
        found.push(json!({ "conversation": conversation, "events": events }));
    }
    super::json(200, &json!({ "visitor": visitor, "conversations": found }))
}

/// `POST spaces/{space}/erasures`
pub async fn erase(call: &mut Call) -> Result<Response, Problem> {
    let (visitor, conversations) = find(call, true).await?;
    super::json(
        202,
        &json!({ "visitor": visitor, "conversations": conversations }),
    )
}

/// `POST spaces/{space}/customers/search`: who has an address, an id of the site's, or a conversation.
/// Neither stands in an address, where logs would keep it.
pub async fn search(call: &mut Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let wanted = wanted(call, &space, true).await?;
    super::read_space(call, &space, &SpaceAsk::Customers(wanted)).await
}

/// The visitor whom a body names, and the visitor's conversations.
async fn find(call: &mut Call, erases: bool) -> Result<(VisitorId, Vec<ConversationId>), Problem> {
    let (space, by) = super::agent_of(call)?;
    let visitor = wanted(call, &space, false).await?;
    let visitor = visitor.parse().map_err(Problem::internal)?;
    let asked = SpaceAsk::Personal {
        by,
        visitor,
        erases,
    };
    let SpaceTold::Conversations(conversations) = super::ask_space(call, &space, &asked).await?
    else {
        return Err(super::unexpected());
    };
    Ok((visitor, conversations))
}

/// Whom a body names: a visitor's id, or an address, where that may be.
async fn wanted(call: &mut Call, space: &SpaceId, is_search: bool) -> Result<String, Problem> {
    let mut fields = Fields::read(&mut call.request).await?;
    let email = if is_search {
        fields.email("email")?
    } else {
        None
    };
    let customer = fields.parsed("customer", CustomerId::parse)?;
    let visitor: Option<VisitorId> = id(&mut fields, "visitor")?;
    let conversation: Option<ConversationId> = id(&mut fields, "conversation")?;
    fields.end()?;
    let customer = customer.map(|customer| secret::of_customer(space, &customer));
    match (email, customer, visitor, conversation) {
        (Some(email), None, None, None) => Ok(email.into()),
        (None, Some(visitor), None, None) | (None, None, Some(visitor), None) => {
            Ok(visitor.to_string())
        }
        (None, None, None, Some(conversation)) => {
            Ok(visitor_of(call, space, conversation).await?.to_string())
        }
        (Some(_) | None, Some(_) | None, Some(_) | None, Some(_) | None) => {
            let message = "name one customer, in one way";
            Err(Problem::field("value_malformed", "visitor", message))
        }
    }
}

fn id<T: FromStr<Err = IdError>>(
    fields: &mut Fields,
    name: &'static str,
) -> Result<Option<T>, Problem> {
    let id = fields.text(name)?.map(|text| text.parse());
    id.transpose()
        .map_err(|error| Problem::field("id_malformed", name, error))
}

/// Whose a conversation is, for who may handle what is kept of customers.
async fn visitor_of(
    call: &Call,
    space: &SpaceId,
    conversation: ConversationId,
) -> Result<VisitorId, Problem> {
    super::ask_space(call, space, &SpaceAsk::MayLetIn).await?;
    let log = log(call, space, conversation).await?;
    // It is the customer's for whom the site has vouched last, or else whose it was at first.
    let visitor = log.iter().rev().find_map(|entry| {
        let event = entry.get("event")?;
        let named = event
            .get("customer_identified")
            .or_else(|| event.get("opened"));
        named?.get("visitor")?.as_str()?.parse().ok()
    });
    visitor.ok_or_else(|| Refusal::ConversationUnknown.into())
}

/// A whole log, as it is kept: with what messages said before they were changed.
async fn log(
    call: &Call,
    space: &SpaceId,
    conversation: ConversationId,
) -> Result<Vec<Value>, Problem> {
    let mut log = Vec::new();
    let mut after = 0;
    loop {
        let asked = ConversationAsk::Read {
            person: call.pass()?.person,
            after: Seq(after),
            stored: true,
        };
        let told = super::ask_conversation(call, space, conversation, &asked).await?;
        let ConversationTold::Json(body) = told else {
            return Err(super::unexpected());
        };
        let view: Value = serde_json::from_str(&body).map_err(Problem::internal)?;
        let Value::Object(mut view) = view else {
            return Err(super::unexpected());
        };
        let head = view.get("head").and_then(Value::as_u64).unwrap_or_default();
        let Some(Value::Array(events)) = view.remove("events") else {
            return Err(super::unexpected());
        };
        let last = events.last().and_then(|entry| entry.get("seq")?.as_u64());
        log.extend(events);
        match last {
            Some(last) if last < head => after = last,
            Some(_) | None => return Ok(log),
        }
    }
}
