//! The audit log: what was done to the space and by whom, in a chain that shows when it was
//! tampered with.
//!
//! - **R180** Every administrative act that changes something appends one entry, in the turn of the
//!   change: the space and its settings, agents, invitations, API tokens, blocked visitors, and people who sign in
//!   or out. What routes work is none: neither offers nor availability nor anything of a talk.
//! - **R181** An entry names the hash of the one before it. Its own hash is the SHA-256 of its canonical
//!   form: the JSON array `[n, at, who, what, object, before, after, prev]`, without spaces, as
//!   `JSON.stringify` writes it, too. So nothing in the middle can be changed, taken out or put in.
//! - **R182** A turn that has changed settings, an agent's role or place, or a way in, and has appended
//!   nothing, is a broken promise.
//! - **R183** The log is kept as long as the space. It holds ids of people, and what admins wrote into
//!   settings and names of agents; never what a customer wrote or is called, nor an address.
//! - **R184** Only admins read it, and nobody changes it.
//! - **R192** What is hard to take back is mailed to the admins, too: who exported or erased a customer, changed
//!   where the chat is shown, or made a key by which the site vouches (SECURITY.md R1-04). Where to, R230 says.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ledger::Ledger;
use super::row::Row;
use super::turn::Turn;
use crate::id::AgentId;
use crate::json::Tree;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights;
use crate::time::Timestamp;

/// Most entries in one answer.
pub const AUDIT_PAGE: usize = 50;
/// Longest text of what was before or after, in scalar values: a list of thirty origins.
const SHORT: usize = 2_000;
/// What stands in rows and is nobody's act: counters, and what agents set for themselves.
const NOT_ACTS: [&str; 7] = [
    "version",
    "lists",
    "available",
    "available_for",
    "unseen",
    "tenure",
    "last_offer",
];

/// One administrative act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditEntry {
    /// Its number: 1, 2, 3 …
    pub n: u64,
    /// When.
    pub at: Timestamp,
    /// Who; `None` when nobody of the space did.
    pub who: Option<AgentId>,
    /// What.
    pub what: Deed,
    /// The id of what it was done to.
    pub object: String,
    /// What changed, as JSON in short: as it was.
    pub before: Option<String>,
    /// As it became.
    pub after: Option<String>,
    /// Hash of the entry before it, in hex; zeros in the first.
    pub prev: String,
    /// Its own hash (R181).
    pub hash: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The space was made.
    SpaceCreated,
    /// Settings were changed: origins, queues, resolutions, whether one can chat …
    SettingsChanged,
    /// An agent was added.
    AgentAdded,
    /// An agent became something else, or gets other work.
    AgentChanged,
    /// An agent has left.
    AgentRemoved,
    /// An agent is back.
    AgentRestored,
    /// Somebody was invited.
    Invited,
    /// An invitation was accepted.
    InvitationAccepted,
    /// An API token was made.
    TokenMade,
    /// An identity key was made.
    IdentityKeyMade,
    /// An invitation, API token or identity key was taken back.
    Revoked,
    /// The transcriber was set, or taken away.
    TranscriberSet,
    /// A visitor was blocked.
    VisitorBlocked,
    /// A block was taken back.
    VisitorUnblocked,
    /// A person signed in.
    SignedIn,
    /// A person signed out everywhere.
    SignedOut,
    /// What is kept of a customer was handed out.
    Exported,
    /// A customer was to be erased.
    ErasureAsked,
    /// Nothing of the customer is left.
    Erased,
}

/// What of the log is asked for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditQuery {
    /// Only what that agent did.
    pub who: Option<AgentId>,
    /// Only acts of that kind.
    pub what: Option<Deed>,
    /// Only what is older than the entry of that number.
    pub before: Option<u64>,
}

impl AuditQuery {
    /// Whether an entry is asked for.
    #[must_use]
    pub fn wants(&self, entry: &AuditEntry) -> bool {
        self.who.is_none_or(|who| entry.who == Some(who))
            && self.what.is_none_or(|what| entry.what == what)
    }
}

/// The canonical form (R181).
#[derive(Serialize)]
struct Canonical<'a>(
    u64,
    Timestamp,
    Option<AgentId>,
    Deed,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    &'a str,
);

impl AuditEntry {
    /// The hash that the entry must have (R181).
    #[must_use]
    pub fn digest(&self) -> String {
        let form = Canonical(
            self.n,
            self.at,
            self.who,
            self.what,
            &self.object,
            self.before.as_deref(),
            self.after.as_deref(),
            &self.prev,
        );
        let form = serde_json::to_vec(&form).unwrap_or_default();
        hex(&Sha256::digest(form))
    }

    /// Whether it is whole, and follows that one.
    #[must_use]
    pub fn follows(&self, before: Option<&Self>) -> bool {
        let link = match before {
            Some(before) => self.prev == before.hash && self.n == before.n.saturating_add(1),
            None => self.n == 1 && self.prev == nothing(),
        };
        link && self.hash == self.digest()
    }
}

/// The hash before the first entry.
fn nothing() -> String {
    "0".repeat(64)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |at: u8| DIGITS.get(usize::from(at & 15)).copied();
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    digits.flatten().collect()
}

/// A row as text, for what it was and became.
pub(super) fn text(row: &impl Serialize) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

/// What an act is about.
#[derive(Debug)]
pub(super) struct About<'a> {
    pub object: String,
    /// As JSON.
    pub before: Option<&'a str>,
    /// As JSON.
    pub after: Option<&'a str>,
}

impl<'a> About<'a> {
    /// What has no before and after.
    pub fn of(object: impl ToString) -> Self {
        Self {
            object: object.to_string(),
            before: None,
            after: None,
        }
    }

    /// What is new.
    pub fn new(object: impl ToString, after: &'a str) -> Self {
        Self {
            after: Some(after),
            ..Self::of(object)
        }
    }

    /// What has changed.
    pub fn changed(object: impl ToString, before: &'a str, after: &'a str) -> Self {
        Self {
            before: Some(before),
            ..Self::new(object, after)
        }
    }
}

impl AuditEntry {
    /// Whether the admins are mailed that it was done (R192).
    #[must_use]
    pub fn is_mailed(&self) -> bool {
        match self.what {
            Deed::Exported | Deed::ErasureAsked | Deed::IdentityKeyMade => true,
            Deed::SettingsChanged => {
                let after = self.after.as_deref().unwrap_or_default();
                after.contains("\"origins\":")
            }
            Deed::SpaceCreated
            | Deed::AgentAdded
            | Deed::AgentChanged
            | Deed::AgentRemoved
            | Deed::AgentRestored
            | Deed::Invited
            | Deed::InvitationAccepted
            | Deed::TokenMade
            | Deed::TranscriberSet
            | Deed::Revoked
            | Deed::VisitorBlocked
            | Deed::VisitorUnblocked
            | Deed::SignedIn
            | Deed::SignedOut
            | Deed::Erased => false,
        }
    }
}

impl Ledger {
    /// Appends an act (R180).
    pub fn note_act(
        &mut self,
        turn: &mut Turn,
        who: Option<AgentId>,
        what: Deed,
        about: About<'_>,
    ) {
        if mutant::is(Mutant::ActForgotten) && what == Deed::SettingsChanged {
            return;
        }
        let (before, after) = (about.before, about.after);
        let short = |text: Option<&str>, other: Option<&str>| {
            let text = differing(text?, other);
            Some(shortened(&text))
        };
        let newest = self.newest_act.as_ref();
        let mut entry = AuditEntry {
            n: newest.map_or(0, |newest| newest.n).saturating_add(1),
            at: turn.now,
            who,
            what,
            object: about.object,
            before: short(before, after),
            after: short(after, before),
            prev: newest.map_or_else(nothing, |newest| newest.hash.clone()),
            hash: String::new(),
        };
        entry.hash = entry.digest();
        turn.acts.push(entry.clone());
        self.newest_act = Some(entry);
    }

    /// Whether somebody may read the log (R184).
    pub fn may_read_acts(&self, agent: AgentId) -> Result<(), Refusal> {
        rights::may_read_audit(self.role_of(agent)?)
    }

    /// R181, of what was appended last.
    pub fn check_acts(&self, acts: &[AuditEntry]) -> Result<(), &'static str> {
        let pairs = acts.iter().zip(acts.iter().skip(1));
        let is_chain = pairs
            .into_iter()
            .all(|(before, after)| after.follows(Some(before)));
        if !is_chain || acts.last() != self.newest_act.as_ref() && !acts.is_empty() {
            return Err("the audit log is no chain");
        }
        Ok(())
    }
}

/// Of a JSON object the fields that another one has not, or has another value of; anything else
/// as it is.
fn differing(text: &str, other: Option<&str>) -> String {
    let fields = |text| match Tree::read(text) {
        Ok(Tree::Object(fields)) => Some(fields),
        Ok(_) | Err(_) => None,
    };
    let Some(own) = fields(text) else {
        return text.to_string();
    };
    let others = other.and_then(fields).unwrap_or_default();
    let is_different = |field: &(_, _)| !others.contains(field);
    let own = own.into_iter().filter(|(name, value)| {
        let is_act = !NOT_ACTS.contains(&name.as_ref());
        let says = other.is_some() || *value != Tree::Null;
        is_act && says && is_different(&(name.clone(), value.clone()))
    });
    serde_json::to_string(&Tree::Object(own.collect())).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}

/// The newest of the acts among some rows.
pub(super) fn newest(rows: Vec<AuditEntry>) -> Option<AuditEntry> {
    rows.into_iter().max_by_key(|entry| entry.n)
}

/// The rows of the acts of a turn.
pub(super) fn rows(acts: &[AuditEntry]) -> impl Iterator<Item = Row> + '_ {
    acts.iter().cloned().map(Row::Audit)
}
