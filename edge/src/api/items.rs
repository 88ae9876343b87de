//! Work items: the lists that agents read page by page.

use shared::refusal::Refusal;
use shared::space::{Mark, MarkError, Query};
use shared::text::Label;
use worker::Response;

use crate::ask::SpaceAsk;
use crate::errors::Problem;
use crate::router::Call;

/// `GET spaces/{space}/items?list=&queue=&after=`: for agents of that space.
pub async fn list(call: &Call) -> Result<Response, Problem> {
    let (space, _) = super::agent_of(call)?;
    let query = query(|name| call.parameter(name))?;
    super::read_space(call, &space, &SpaceAsk::Page(query)).await
}

fn query(parameter: impl Fn(&str) -> Option<String>) -> Result<Query, Problem> {
    let Some(list) = parameter("list").and_then(|word| word.parse().ok()) else {
        let message = "list is waiting, active, wrapping_up, closed or mine";
        return Err(Problem::field("list_unknown", "list", message));
    };
    // What is no name of a queue, names none.
    let queue = parameter("queue").map(|name| Label::parse(&name));
    Ok(Query {
        list,
        queue: queue.transpose().map_err(|_| Refusal::QueueUnknown)?,
        after: after(parameter)?,
    })
}

/// The mark after which a page begins.
///
/// # Errors
/// 422 for what is none.
pub fn after(parameter: impl Fn(&str) -> Option<String>) -> Result<Option<Mark>, Problem> {
    let mark = parameter("after").map(|mark| mark.parse());
    let malformed = |error: MarkError| Problem::field("mark_malformed", "after", error);
    mark.transpose().map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_a_list_and_what_narrows_it() {
        let mark = "17.0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f";
        let cases = [
            (Some("waiting"), None, None, "ok"),
            (Some("mine"), Some("GENERAL"), Some(mark), "ok"),
            (None, None, None, "422 list_unknown"),
            (Some("Waiting"), None, None, "422 list_unknown"),
            (Some("closed"), Some("no queue!"), None, "422 queue_unknown"),
            (Some("closed"), None, Some("7"), "422 mark_malformed"),
        ];
        for (list, queue, after, expected) in cases {
            let read = query(|name| {
                let value = match name {
                    "list" => list,
                    "queue" => queue,
                    "after" => after,
                    _ => None,
                };
                value.map(str::to_owned)
            });
            let read = read.map_or_else(
                |problem| format!("{} {}", problem.status(), problem.code()),
                |_| "ok".to_owned(),
            );
            assert_eq!(read, expected, "{list:?} {queue:?} {after:?}");
        }
    }
}
