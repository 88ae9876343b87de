//! What is read of the audit log. It stays on the disk: only its newest entry is in memory.

use serde_json::{Value, json};
use shared::id::AgentId;
use shared::space::{AUDIT_PAGE, AuditEntry, AuditQuery};
use worker::Result;

use super::Place;
use crate::ask::SpaceTold;
use crate::object::Awake;
use crate::storage::{Storage, space as rows};

/// Entries looked through for one page, so that a filter that nothing passes still answers soon.
const LOOKED_AT: usize = 2_000;
/// Entries checked in one call: 5,000 hashes take about 20 ms.
const CHECKED: u64 = 5_000;
/// Greater than any number of an entry.
const END: u64 = 1 << 53;

impl Awake<Place> {
    /// A page of the log, for admins.
    pub(super) fn acts(&mut self, agent: AgentId, query: &AuditQuery) -> Result<SpaceTold> {
        Ok(match self.core.machine.may_read_acts(agent) {
            Ok(()) => SpaceTold::Json(page(&self.storage, query)?.to_string()),
            Err(refusal) => SpaceTold::Denied(refusal),
        })
    }

    /// Whether the log is whole, for admins.
    pub(super) fn check_acts(&mut self, agent: AgentId, after: u64) -> Result<SpaceTold> {
        let machine = &self.core.machine;
        let newest = machine.newest_act().map_or(0, |act| act.n);
        Ok(match machine.may_read_acts(agent) {
            Ok(()) => SpaceTold::Json(check(&self.storage, after, newest)?.to_string()),
            Err(refusal) => SpaceTold::Denied(refusal),
        })
    }
}

/// A page, the newest first; `next` is the `before` of the page after it.
fn page(storage: &Storage, query: &AuditQuery) -> Result<Value> {
    let mut before = query.before.unwrap_or(END).min(END);
    let (mut entries, mut looked_at) = (Vec::new(), 0);
    while entries.len() < AUDIT_PAGE && looked_at < LOOKED_AT && before > 1 {
        let some = rows::acts_before(storage, before)?;
        before = some.last().map_or(1, |entry| entry.n);
        looked_at += some.len();
        let wanted = some.into_iter().filter(|entry| query.wants(entry));
        entries.extend(wanted);
    }
    if entries.len() > AUDIT_PAGE {
        entries.truncate(AUDIT_PAGE);
        before = entries.last().map_or(1, |entry| entry.n);
    }
    let next = (before > 1).then_some(before);
    Ok(json!({ "entries": entries, "next": next }))
}

/// Whether the entries after one are whole and follow each other; `next` is the `after` of the
/// call that goes on.
fn check(storage: &Storage, after: u64, newest: u64) -> Result<Value> {
    let mut before: Option<AuditEntry> = None;
    let mut broken_at = None;
    let mut expected = after.max(1);
    let until = after.saturating_add(CHECKED);
    for entry in rows::acts_from(storage, after, until)? {
        // The one that was checked last is what the next has to follow.
        let is_known = entry.n == after;
        if entry.n != expected || !is_known && !entry.follows(before.as_ref()) {
            broken_at = Some(expected);
            break;
        }
        expected += 1;
        before = Some(entry);
    }
    let checked = expected - 1;
    let is_short = checked < newest.min(until);
    let broken_at = broken_at.or_else(|| is_short.then_some(expected));
    let next = (broken_at.is_none() && checked < newest).then_some(checked);
    Ok(
        json!({ "whole": broken_at.is_none(), "broken_at": broken_at, "checked": checked, "next": next }),
    )
}
