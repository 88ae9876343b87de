//! What browsers report about our content security policy: which rule was broken is logged, and nothing
//! else of it, since anybody sends what they like. On one's own machine tests read the whole.

use core::cell::RefCell;

use serde_json::{Value, json};
use worker::{Response, console_warn};

use crate::body;
use crate::errors::Problem;
use crate::router::Call;

/// Reports that are kept in memory for `GET dev/reports`.
const KEPT: usize = 100;
/// Names of rules, as reports of either form call them.
const RULES: [&str; 3] = [
    "effectiveDirective",
    "effective-directive",
    "violated-directive",
];

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
    let rule = rule(&report).unwrap_or("another");
    console_warn!("edge: content security policy: {rule} was broken");
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

/// The rule that was broken: a word like `img-src` and nothing else (K-02).
fn rule(report: &Value) -> Option<&str> {
    let first = report.get(0).unwrap_or(report);
    let body = ["body", "csp-report"]
        .iter()
        .find_map(|name| first.get(name))?;
    let rule = RULES.iter().find_map(|name| body.get(name)?.as_str())?;
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    let is_rule = (1..=40).contains(&rule.len()) && rule.bytes().all(is_word);
    is_rule.then_some(rule)
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
    fn sec_k_02_of_a_report_the_rule_alone_is_told() {
        for (report, told) in [
            (
                r#"{"csp-report":{"effective-directive":"img-src"}}"#,
                Some("img-src"),
            ),
            (
                r#"[{"type":"csp-violation","body":{"effectiveDirective":"script-src-elem"}}]"#,
                Some("script-src-elem"),
            ),
            (
                r#"{"csp-report":{"violated-directive":"require-trusted-types-for"}}"#,
                Some("require-trusted-types-for"),
            ),
            (
                r#"{"csp-report":{"effective-directive":"img-src\nedge: forged"}}"#,
                None,
            ),
            (
                r#"{"csp-report":{"effective-directive":"what somebody wrote"}}"#,
                None,
            ),
            (
                r#"{"csp-report":{"effective-directive":["img-src"]}}"#,
                None,
            ),
            (r#"{"body":"img-src"}"#, None),
            ("[]", None),
        ] {
            let value: Value = shared::json::read(report).unwrap();
            assert_eq!(rule(&value), told, "{report}");
        }
    }

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
