//! Finding one customer (P12).
//!
//! - **R191** An admin finds a customer by an address, whether signed or claimed, or by the visitor to whom the
//!   site's own id or a conversation leads: in work items, in what is past
//!   ([`Past`](super::Past)), and in sessions that have begun nothing. What was erased is found by no
//!   address. Who may not erase finds nobody.
//! - **R193** At most [`FOUND_MAX`] customers are told: an address that more share is nobody's.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::erasure::Erasing;
use super::ledger::Ledger;
use crate::id::{AgentId, VisitorId};
use crate::refusal::Refusal;
use crate::rights;
use crate::session::{Family, Subject};
use crate::text::{EmailAddress, PersonName};

/// Most customers in one answer.
pub const FOUND_MAX: usize = 50;

/// A customer whom an admin has found (R191).
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Known {
    /// Who.
    pub visitor: VisitorId,
    /// What the customer is called, if that is in the books still.
    pub name: Option<PersonName>,
    /// The customer's address.
    pub email: Option<EmailAddress>,
    /// How many conversations are kept.
    pub conversations: usize,
}

/// Whom an admin has found.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Found {
    /// Each once.
    pub customers: Vec<Known>,
}

impl Found {
    /// A customer among them, or one more.
    fn know(&mut self, visitor: VisitorId) -> Option<&mut Known> {
        let customers = &mut self.customers;
        if !customers.iter().any(|known| known.visitor == visitor) && customers.len() < FOUND_MAX {
            customers.push(Known {
                visitor,
                name: None,
                email: None,
                conversations: 0,
            });
        }
        let mut customers = customers.iter_mut();
        customers.find(|known| known.visitor == visitor)
    }
}

impl Ledger {
    /// The customers whom an admin looks for: `wanted` is an address or a visitor's id, `past` and
    /// `sessions` are the rows on the disk that may be theirs (R191). Looks at every work item: an index would
    /// cost every conversation.
    pub fn customers(
        &self,
        by: AgentId,
        wanted: &str,
        past: &[Erasing],
        sessions: &[(String, Family)],
    ) -> Result<Found, Refusal> {
        rights::may_handle_personal_data(self.role_of(by)?)?;
        let visitor: Option<VisitorId> = wanted.parse().ok();
        let fits = |who: VisitorId, email: Option<&EmailAddress>| {
            Some(who) == visitor || email.is_some_and(|email| email.as_str() == wanted)
        };
        let mut found = Found::default();
        let reports = self.items.values().map(|item| &item.report);
        for report in reports.filter(|it| fits(it.visitor, it.email.as_ref())) {
            if let Some(known) = found.know(report.visitor) {
                known.conversations = known.conversations.saturating_add(1);
                if !report.erased {
                    known.name = Some(report.name.clone());
                    known.email.clone_from(&report.email);
                }
            }
        }
        for key in past {
            if !self.items.contains_key(&key.conversation)
                && let Some(known) = found.know(key.visitor)
            {
                known.conversations = known.conversations.saturating_add(1);
            }
        }
        for (_, family) in sessions {
            let verified = family.verified.as_ref().map(|(_, it)| &it.identity);
            let email = verified.and_then(|identity| identity.email.as_ref());
            if let Subject::Visitor(visitor) = family.subject
                && fits(visitor, email)
                && let (Some(known), Some(identity)) = (found.know(visitor), verified)
            {
                known.name.clone_from(&identity.name);
                known.email.clone_from(&identity.email);
            }
        }
        Ok(found)
    }
}
