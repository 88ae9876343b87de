//! The audit log of a space, for its admins.

use serde_json::Value;
use shared::id::AgentId;
use shared::json;
use shared::space::AuditQuery;
use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/audit?who=&what=&before=`
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(call)?;
    let who = call.parameter("who").map(|who| who.parse::<AgentId>());
    let what = call.parameter("what").map(|what| {
        let word = Value::from(what).to_string();
        json::read(&word)
    });
    let query = AuditQuery {
        who: who
            .transpose()
            .map_err(|error| Problem::field("id_malformed", "who", error))?,
        what: what.transpose().map_err(|_| {
            Problem::field("value_malformed", "what", "there is no act of that name")
        })?,
        before: number(call, "before")?,
    };
    super::read_space(call, &space, &SpaceAsk::Acts { agent, query }).await
}

/// `GET spaces/{space}/audit/check?after=`
pub async fn check(call: &Call) -> Result<Response, Problem> {
    let (space, agent) = super::agent_of(call)?;
    let after = number(call, "after")?.unwrap_or(0);
    super::read_space(call, &space, &SpaceAsk::CheckActs { agent, after }).await
}

fn number(call: &Call, name: &'static str) -> Result<Option<u64>, Problem> {
    let number = call.parameter(name).map(|value| match value.parse() {
        // SQLite and JavaScript agree on whole numbers up to 2^53.
        Ok(number) if number < 1 << 53 => Ok(number),
        _ => {
            let message = format!("{name} is a whole number");
            Err(Problem::field("number_malformed", name, message))
        }
    });
    number.transpose()
}
