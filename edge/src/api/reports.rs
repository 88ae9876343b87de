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

/// `GET dev/reports`
pub fn list() -> Result<Response, Problem> {
    let reports = REPORTS.with_borrow(Clone::clone);
    super::json(200, &json!({ "reports": reports }))
}
