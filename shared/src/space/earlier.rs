//! A visitor's own conversations (D4, F13, F15).
//!
//! - **R270** A visitor reads the list of its own conversations, and nobody else's: those that have a work item,
//!   and what is past (R185): what is open, then the newest first, each with when it began, who answered last and its
//!   first words. Whoever is known to the site has the same list in every browser, because the visitor is the same. A page
//!   has at most [`EARLIER`] rows; the next begins after the [`Mark`] of its last one.
//! - **R271** Every work item stands under its visitor in the index, which follows it to another one (ID5 of
//!   `conversation`), so that a page costs what it shows, and so does an erasure.
//! - **R272** What was erased, or has yet to erase itself, is not listed; neither is what went past before rows
//!   said what the list shows.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound::{Excluded, Unbounded};

use serde::Serialize;

use super::erasure::Past;
use super::ledger::Ledger;
use super::lists::Mark;
use super::machine::Space;
use super::row::Item;
use crate::id::{ConversationId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::text::PersonName;
use crate::time::Timestamp;

/// Most rows of one page: more than a phone shows.
pub const EARLIER: usize = 20;

/// A conversation in the list of its visitor.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Earlier {
    /// Which one.
    pub conversation: ConversationId,
    /// When it began.
    pub began_at: Timestamp,
    /// Whether its visitor can still write in it.
    pub open: bool,
    /// The screen name of the agent who had it last.
    pub agent: Option<PersonName>,
    /// First words of the first message.
    pub first_words: String,
}

/// A part of the list of a visitor.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EarlierPage {
    /// The rows.
    pub conversations: Vec<Earlier>,
    /// What to read after, when there is more.
    pub next: Option<Mark>,
}

impl Item {
    /// Its place among its visitor's.
    pub(super) fn mark_of_visitor(&self) -> Mark {
        let conversation = self.report.conversation;
        if self.is_open() {
            Mark::open(conversation)
        } else {
            Mark::back(self.waiting_since, conversation)
        }
    }

    fn earlier(&self) -> Earlier {
        let report = &self.report;
        Earlier {
            conversation: report.conversation,
            began_at: self.waiting_since,
            open: self.is_open(),
            agent: report.answered_by.clone(),
            first_words: report.first_words.clone(),
        }
    }
}

impl From<Past> for Earlier {
    fn from(past: Past) -> Self {
        Self {
            conversation: past.conversation,
            began_at: past.began_at,
            open: false,
            agent: past.agent,
            first_words: past.first_words,
        }
    }
}

impl Ledger {
    /// The conversations of a visitor that have a work item, or its tombstone, and one that was let in and
    /// has not reported.
    pub fn conversations_of(&self, visitor: VisitorId) -> Vec<ConversationId> {
        let own = self.own.get(&visitor).into_iter().flatten();
        let own = own.map(|mark| mark.conversation());
        own.chain(self.reservations.of(visitor)).collect()
    }

    /// Those that have a work item and that the visitor can still write in.
    pub fn listed_open(&self, visitor: VisitorId) -> impl Iterator<Item = ConversationId> {
        let own = self.own.get(&visitor).into_iter().flatten();
        own.take_while(|mark| mark.is_open())
            .map(|mark| mark.conversation())
    }

    /// A page of the list of a visitor (R270); `past` are the rows on the disk, of those after that mark the
    /// newest, one more than a page.
    pub fn earlier(&self, visitor: VisitorId, after: Option<Mark>, past: Vec<Past>) -> EarlierPage {
        let is_listed = |conversation: ConversationId| {
            self.erasing(conversation).is_none() || mutant::is(Mutant::ErasingListed)
        };
        let own = self.own.get(&visitor);
        let begin = after.map_or(Unbounded, Excluded);
        let own = own.map(|own| own.range((begin, Unbounded)));
        let mut items = own.into_iter().flatten().peekable();
        let past = past.into_iter();
        let mut past = past
            .filter(|past| !self.items.contains_key(&past.conversation))
            .peekable();
        let mut page = EarlierPage {
            conversations: Vec::new(),
            next: None,
        };
        let mut last = None;
        for count in 0..=EARLIER {
            let older = past
                .peek()
                .map(|past| Mark::back(past.began_at, past.conversation));
            let own = items.peek().copied().copied();
            let Some(mark) = own.into_iter().chain(older).min() else {
                break;
            };
            if count == EARLIER {
                page.next = last;
                break;
            }
            last = Some(mark);
            let row = if own == Some(mark) {
                items.next();
                let item = self.items.get(&mark.conversation());
                let item = item.filter(|item| !item.report.erased);
                item.map(Item::earlier)
            } else {
                let past = past.next().filter(|past| !past.first_words.is_empty());
                past.map(Earlier::from)
            };
            let row = row.filter(|row| is_listed(row.conversation));
            page.conversations.extend(row);
        }
        page
    }
}

impl Space {
    /// A page of the list of a visitor; see [`Ledger::earlier`].
    ///
    /// # Errors
    /// When the space was not made.
    pub fn earlier(
        &self,
        visitor: VisitorId,
        after: Option<Mark>,
        past: Vec<Past>,
    ) -> Result<EarlierPage, Refusal> {
        let ledger = self.ledger.as_ref().ok_or(Refusal::SpaceUnknown)?;
        Ok(ledger.earlier(visitor, after, past))
    }
}
