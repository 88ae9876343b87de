//! What a space keeps of one customer: the rules are in [`shared::space`], the rows are here.

use std::rc::Rc;

use shared::id::{AgentId, VisitorId};
use shared::refusal::Refusal;
use shared::session::{Family, Subject};
use shared::space::{Erasing, Input, Mark};
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
        let mut before: Vec<VisitorId> = Vec::new();
        let (mut past, mut sessions) = (Vec::new(), Vec::new());
        let mut next = Some(visitor);
        let mut read = 0;
        while let Some(whose) = next {
            let name = whose.to_string();
            let (older, mut own) = self.with(|awake| awake.kept_of(&name))??;
            past.extend(older);
            own.retain(|(_, family)| family.subject == Subject::Visitor(whose));
            for (_, family) in &own {
                let was = family.verified.as_ref().and_then(|(_, it)| it.before);
                before.extend(was.filter(|was| *was != visitor && !before.contains(was)));
            }
            sessions.extend(own);
            next = before.get(read).copied();
            read += 1;
        }
        let input = Input::Personal {
            by,
            visitor,
            before,
            past,
            is_known: !sessions.is_empty(),
            erases,
        };
        let told = self.turn(input)?.told;
        if erases && matches!(told, Some(SpaceTold::Conversations(_))) {
            self.with(|awake| awake.end(sessions))??;
        }
        Ok(told.unwrap_or(SpaceTold::Denied(Refusal::SpaceUnknown)))
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

    /// A page of a visitor's own conversations (R270).
    pub(super) fn earlier(&self, visitor: VisitorId, after: Option<Mark>) -> Result<SpaceTold> {
        let past = rows::past_of(&self.storage, visitor, after)?;
        told(self.core.machine.earlier(visitor, after, past))
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
