//! What browsers report about our content security policy: logged, and kept for tests to read.

use core::cell::RefCell;

use serde_json::{Value, json};
use worker::{Response, console_warn};

use crate::body;
use crate::errors::Problem;
use crate::router::Call;

/// Reports that are kept in memory for `GET dev/reports`.
const KEPT: usize = 100;
/// Longest report that is logged whole.
const LOGGED: usize = 1_000;

thread_local! {
    static REPORTS: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// `POST reports/csp`
pub async fn take(call: &mut Call) -> Result<Response, Problem> {
    let report: Value = body::json(&mut call.request).await?;
    if !is_report(&report) {
        let why = "a report is an object, or a list of objects";
        return Err(Problem::new(400, "body_malformed", why));
    }
    let text: String = report.to_string().chars().take(LOGGED).collect();
    console_warn!("edge: content security policy: {text}");
    if call.is_dev {
        REPORTS.with_borrow_mut(|reports| {
            if reports.len() < KEPT {
                reports.push(report);
            }
        });
    }
    Ok(Response::empty()?.with_status(204))
}

/// Browsers send one violation as an object, or several in a list.
fn is_report(report: &Value) -> bool {
    match report {
        Value::Object(_) => true,
        Value::Array(reports) => reports.iter().all(Value::is_object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// `GET dev/reports`
pub fn list() -> Result<Response, Problem> {
    let reports = REPORTS.with_borrow(Clone::clone);
    super::json(200, &json!({ "reports": reports }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_an_object_or_a_list_of_them() {
        for (report, is_one) in [
            (r#"{"csp-report":{}}"#, true),
            (r#"[{"type":"csp-violation"}]"#, true),
            ("[]", true),
            ("[[null]]", false),
            ("[{},1]", false),
            (r#""text""#, false),
            ("null", false),
        ] {
            let value: Value = shared::json::read(report).unwrap();
            assert_eq!(is_report(&value), is_one, "{report}");
        }
    }
}
