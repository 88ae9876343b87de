//! Erasing one person, and which conversations a visitor has had (P12).
//!
//! - **R185** A work item whose tombstone has served its time leaves a [`Past`] behind: the visitor, the
//!   conversation, when it was over, the customer's address and what the customer's own list shows of it (R270),
//!   as one row under the visitor's id that nothing loads. It goes when its conversation says that it was erased, so the space forgets a visitor with the
//!   last conversation (ER4).
//! - **R186** An admin has a visitor erased. The space's own rows lose name, company and first words in the
//!   same turn; every conversation of the visitor, open or past, is told to erase itself, again and
//!   again until a report says that it has (OB1, OB2). Asked again, only what is new is added. Whoever
//!   has begun a session and no conversation can be erased, too; then nothing is owed. A customer for whom the
//!   site has vouched may have been other visitors before: all of them go in one turn (R232).
//! - **R187** A report never brings back what was erased: while it is owed, reports are blanked as they
//!   come and nothing is transferred, since a transfer brings its note; afterwards theirs is the newest.
//! - **R190** What was erased is not begun again: a repeat of its first message finds nothing, for as long as
//!   its tombstone stays.
//! - **R188** The audit log says that it was asked for and that it is done, with the visitor's id, which leads
//!   to nothing any more.
//! - **R232** However many visitors a person was, it is one act: one entry says that it was asked for, with
//!   every conversation counted and the visitor that the admin named, one that all of it is done, and
//!   admins get one mail.
//! - **R189** An export is everything that is kept of one visitor, notes of agents included, since they are about
//!   the person. It is the answer to an admin's own call and stands nowhere else; that it was made
//!   stands in the audit log.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Effect;
use super::audit_log::{About, Deed};
use super::ledger::Ledger;
use super::row::{Item, ItemState};
use super::turn::Turn;
use crate::conversation::{BLANK, Instruction, Report};
use crate::id::{AgentId, ConversationId, VisitorId};
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights;
use crate::sorted::{SortedMap, SortedSet};
use crate::text::{EmailAddress, MessageText, PersonName, Title};
use crate::time::Timestamp;

/// Most conversations that are told at a time.
const WINDOW: usize = 20;

/// A conversation of a visitor that the space keeps no work item of any more (R185).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Past {
    /// Whose.
    pub visitor: VisitorId,
    /// Which one.
    pub conversation: ConversationId,
    /// When the space heard that it was closed, or later.
    pub closed_at: Timestamp,
    /// The customer's address, by which an admin finds it.
    #[serde(default)]
    pub email: Option<EmailAddress>,
    /// When it began.
    #[serde(default)]
    pub began_at: Timestamp,
    /// The screen name of the agent who had it last.
    #[serde(default)]
    pub agent: Option<PersonName>,
    /// First words of the first message; none in a row that is not listed (R272).
    #[serde(default)]
    pub first_words: String,
}

impl Past {
    /// What is left of a row whose conversation has yet to erase itself (R186).
    const fn blank(key: Erasing, now: Timestamp) -> Self {
        Self {
            visitor: key.visitor,
            conversation: key.conversation,
            closed_at: now,
            email: None,
            began_at: Timestamp::ZERO,
            agent: None,
            first_words: String::new(),
        }
    }
}

/// A conversation that has yet to erase itself (R186).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Erasing {
    /// Whose.
    pub visitor: VisitorId,
    /// Which one.
    pub conversation: ConversationId,
    /// The visitor whom the admin named, where the person was another one here (R232).
    #[serde(default)]
    pub person: Option<VisitorId>,
}

impl Erasing {
    /// As whom the person was named.
    fn named(&self) -> VisitorId {
        self.person.unwrap_or(self.visitor)
    }
}

impl Report {
    /// Takes out what the customer wrote and is called.
    fn blank(&mut self) {
        // Naming each field makes the compiler ask about a new one.
        let Self {
            conversation: _,
            revision: _,
            standing: _,
            fence: _,
            visitor,
            name,
            first_words,
            queue: _,
            skills: _,
            source: _,
            company,
            email,
            verified,
            needs_verified: _,
            ticket,
            rating,
            answered_by: _,
            lists: _,
            erased: _,
            age_ms: _,
            waits_ms: _,
        } = self;
        *name = PersonName::guest(*visitor);
        *company = None;
        if !mutant::is(Mutant::AddressOutlivesErasure) {
            *email = None;
        }
        *first_words = BLANK.into();
        *verified = false;
        if let Some(ticket) = ticket {
            ticket.title = Title::built_in(BLANK);
        }
        if let Some(rating) = rating {
            rating.blank();
        }
    }
}

impl Item {
    /// Takes out what is about the customer, the note of a transfer included.
    fn blank(&mut self) {
        self.report.blank();
        match &mut self.state {
            ItemState::Transferring { note, .. } => *note = MessageText::built_in(BLANK),
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Gone { .. } => (),
        }
    }
}

impl Ledger {
    /// Erases a person, or lists the person's conversations for an export: as the visitor that was named,
    /// and as those that the person was before; `past` are those of the rows on the disk (R186, R189).
    pub fn personal(
        &mut self,
        turn: &mut Turn,
        by: AgentId,
        (visitor, before): (VisitorId, &[VisitorId]),
        (past, is_known, erases): (Vec<Erasing>, bool, bool),
    ) {
        let may = self.role_of(by).and_then(rights::may_handle_personal_data);
        let visitors: Vec<VisitorId> = [visitor].iter().chain(before).copied().collect();
        let own: Vec<Erasing> = visitors
            .iter()
            .flat_map(|whose| {
                let conversations = self.conversations_of(*whose).into_iter();
                conversations.map(|conversation| Erasing {
                    visitor: *whose,
                    conversation,
                    person: None,
                })
            })
            .collect();
        let keys: SortedMap<ConversationId, VisitorId> = past
            .iter()
            .chain(&own)
            .map(|key| (key.conversation, key.visitor))
            .collect();
        let all: Vec<ConversationId> = keys.keys().copied().collect();
        let effect = match may {
            Err(refusal) => Effect::Denied(refusal),
            Ok(()) if all.is_empty() && !is_known => Effect::Denied(Refusal::ConversationUnknown),
            Ok(()) => {
                if erases {
                    for key in &own {
                        self.change_item(turn, key.conversation, Item::blank);
                    }
                    let rows = past.iter().map(|key| Past::blank(*key, turn.now));
                    turn.past.extend(rows);
                    self.erase(turn, &visitors, &keys);
                }
                turn.is_act = true;
                let after = format!("{{\"conversations\":{}}}", all.len());
                let about = About::new(visitor, &after);
                let deed = if erases {
                    Deed::ErasureAsked
                } else {
                    Deed::Exported
                };
                self.note_act(turn, Some(by), deed, about);
                if erases && all.is_empty() {
                    self.note_act(turn, None, Deed::Erased, About::of(visitor));
                }
                Effect::Found(all)
            }
        };
        turn.effects.push(effect);
    }

    fn erase(
        &mut self,
        turn: &mut Turn,
        visitors: &[VisitorId],
        keys: &SortedMap<ConversationId, VisitorId>,
    ) {
        // Who is blocked stays so, without a name.
        let blocks = self.doors.blocks.iter_mut();
        for block in blocks.filter(|block| visitors.contains(&block.visitor)) {
            block.name = PersonName::guest(block.visitor);
            block.reason = None;
            turn.saves_doors = true;
        }
        let owed = self.erasures.owed().iter();
        let owed: SortedSet<ConversationId> = owed.map(|key| key.conversation).collect();
        for (conversation, whose) in keys {
            if !owed.contains(conversation) {
                let named = visitors.first().filter(|named| *named != whose);
                self.erasures.owe(Erasing {
                    visitor: *whose,
                    conversation: *conversation,
                    person: named.copied(),
                });
            }
        }
        turn.saves_erasures = true;
    }

    /// Tells conversations to erase themselves (R186). Asked at the end of every turn.
    pub fn tell_to_erase(&mut self, turn: &mut Turn) {
        for key in self.erasures.take(turn.now, WINDOW) {
            if mutant::is(Mutant::ErasureToldOnce) {
                self.has_erased(turn, key);
            }
            self.instruct(turn, key.conversation, Instruction::Erase);
        }
    }

    /// A report comes: what it must not bring along is taken out (R187), and what it says of an
    /// erasure is noted. True when the space keeps nothing of that conversation.
    pub fn sift(&mut self, turn: &mut Turn, report: &mut Report) -> bool {
        let owed = self.erasing(report.conversation);
        let key = owed.unwrap_or(Erasing {
            visitor: report.visitor,
            conversation: report.conversation,
            person: None,
        });
        let is_theirs = owed.is_some() || report.erased;
        if is_theirs && !mutant::is(Mutant::LateReportRevives) {
            report.blank();
        }
        if !report.erased {
            return false;
        }
        self.has_erased(turn, key);
        match self.items.get(&report.conversation) {
            Some(item) => {
                if matches!(item.state, ItemState::Gone { .. }) && !item.report.erased {
                    self.change_item(turn, report.conversation, |item| {
                        item.report.blank();
                        item.report.erased = true;
                    });
                }
                false
            }
            // What was asked for leaves a tombstone, so that a late report finds it erased.
            None => {
                turn.effects.push(Effect::ForgetPast(key));
                owed.is_none()
            }
        }
    }

    /// A work item whose conversation is not there.
    pub fn clear_item(&mut self, turn: &mut Turn, conversation: ConversationId) {
        self.change_item(turn, conversation, |item| {
            item.blank();
            item.report.erased = true;
        });
    }

    /// A conversation has erased itself, or is not there.
    pub fn has_erased(&mut self, turn: &mut Turn, key: Erasing) {
        if !self.erasures.owed().contains(&key) {
            return;
        }
        self.erasures.settle(&key);
        turn.saves_erasures = true;
        let mut rest = self.erasures.owed().iter();
        if !rest.any(|owed| owed.named() == key.named()) {
            self.note_act(turn, None, Deed::Erased, About::of(key.named()));
        }
    }

    /// What is owed of a conversation, whose customer may have become another since (ID5 of
    /// `conversation::customer`). Nearly always nothing is owed at all.
    pub fn erasing(&self, conversation: ConversationId) -> Option<Erasing> {
        let mut owed = self.erasures.owed().iter();
        owed.find(|owed| owed.conversation == conversation).copied()
    }

    /// A conversation that was to erase itself is not there (R186).
    pub fn has_none_to_erase(&mut self, turn: &mut Turn, conversation: ConversationId) {
        if let Some(key) = self.erasing(conversation) {
            self.has_erased(turn, key);
            turn.effects.push(Effect::ForgetPast(key));
        }
    }
}
