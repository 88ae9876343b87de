//! What a space keeps of one customer: the rules are in [`shared::space`], the rows are here.

use std::rc::Rc;

use shared::id::{AgentId, VisitorId};
use shared::refusal::Refusal;
use shared::session::{Family, Subject};
use shared::space::{Erasing, Input};
use worker::Result;

use super::{Place, told};
use crate::ask::SpaceTold;
use crate::object::{Awake, Shell};
use crate::storage::space as rows;

impl Shell<Place> {
    /// Erases a customer, or lists what is kept for an export: as the visitor that was named, and as
    /// every visitor that one of the sessions was before the site vouched (ID5). The sessions of an
    /// erased one end (F10).
    pub(super) fn personal(
        self: &Rc<Self>,
        by: AgentId,
        visitor: VisitorId,
        erases: bool,
    ) -> Result<SpaceTold> {
        let mut visitors = vec![visitor];
        let mut found = Vec::new();
        let mut done = 0;
        while let Some(visitor) = visitors.get(done).copied() {
            let name = visitor.to_string();
            let (past, mut sessions) = self.with(|awake| awake.kept_of(&name))??;
            sessions.retain(|(_, family)| family.subject == Subject::Visitor(visitor));
            let input = Input::Personal {
                by,
                visitor,
                past,
                is_known: !sessions.is_empty(),
                erases,
            };
            match self.turn(input)?.told {
                Some(SpaceTold::Conversations(more)) => found.extend(more),
                // Who has become a customer may have left nothing behind.
                Some(SpaceTold::Denied(Refusal::ConversationUnknown)) if done > 0 => (),
                told => return Ok(told.unwrap_or(SpaceTold::Denied(Refusal::SpaceUnknown))),
            }
            for (_, family) in &sessions {
                let before = family.verified.as_ref().and_then(|(_, it)| it.before);
                visitors.extend(before.filter(|before| !visitors.contains(before)));
            }
            if erases {
                self.with(|awake| awake.end(sessions))??;
            }
            done += 1;
        }
        Ok(SpaceTold::Conversations(found))
    }
}

/// The conversations that are past, and the sessions by the names of their rows.
type Kept = (Vec<Erasing>, Vec<(String, Family)>);

impl Awake<Place> {
    /// The customers whom an admin looks for (R191).
    pub(super) fn customers(&self, by: AgentId, wanted: &str) -> Result<SpaceTold> {
        let (past, sessions) = self.kept_of(wanted)?;
        let machine = &self.core.machine;
        told(machine.customers(by, wanted, &past, &sessions))
    }

    /// The rows of a visitor, or of an address.
    fn kept_of(&self, wanted: &str) -> Result<Kept> {
        let sessions = rows::sessions_with(&self.storage, wanted)?;
        Ok((rows::past(&self.storage, wanted)?, sessions))
    }

    fn end(&self, sessions: Vec<(String, Family)>) -> Result<()> {
        for (id, mut family) in sessions {
            family.erase();
            rows::put_session(&self.storage, &id, &family)?;
        }
        Ok(())
    }
}
