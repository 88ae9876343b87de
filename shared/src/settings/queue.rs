//! A support queue, as a space sets it.
//!
//! - **S6** A queue stands once. `GENERAL` may stand for its settings and cannot be closed. An
//!   overflow leads to another queue of the space, and no chain of them leads back.

use alloc::format;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::fault::{SettingError, SettingFault};
use super::{DURATION_S, GENERAL, Hours, QUEUES_MAX, RATE, SKILLS_MAX, check_length, check_names};
use crate::text::{Label, MessageText, Title};

/// A support queue of a space.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Queue {
    /// The word for it, which stays.
    pub name: Label,
    /// What agents read in its place; `None` for the word.
    #[serde(default)]
    pub title: Option<Title>,
    /// Closed to new work; what waits in it drains.
    #[serde(default)]
    pub closed: bool,
    /// When its work is offered (P5); `None` for always.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Where work goes that it cannot take, or not soon.
    #[serde(default)]
    pub overflow: Option<Overflow>,
    /// Most conversations that wait in it; `None` for any number.
    #[serde(default)]
    pub max_waiting: Option<u32>,
    /// What a customer reads who finds it full; `None` for the translated text of the chat.
    #[serde(default)]
    pub full_text: Option<MessageText>,
    /// Skills that an agent needs for whatever waits in it.
    #[serde(default)]
    pub skills: Vec<Label>,
}

/// Where the work of a queue goes otherwise.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Overflow {
    /// The other queue.
    pub to: Label,
    /// Once a conversation has waited in the queue for so long, in seconds; `None` for never.
    #[serde(default)]
    pub after_s: Option<u32>,
    /// When a conversation would begin while the queue is full.
    #[serde(default)]
    pub when_full: bool,
    /// When a conversation would begin outside the hours of the queue.
    #[serde(default)]
    pub when_closed: bool,
}

impl Queue {
    /// A queue that is always open to any number of conversations, for agents of any skill.
    #[must_use]
    pub const fn new(name: Label) -> Self {
        Self {
            name,
            title: None,
            closed: false,
            hours: None,
            overflow: None,
            max_waiting: None,
            full_text: None,
            skills: Vec::new(),
        }
    }
}

/// Whether a space can have these queues (S6).
///
/// # Errors
/// Names the first field that cannot be.
pub(super) fn check(queues: &[Queue]) -> Result<(), SettingError> {
    check_length("queues", queues.len(), QUEUES_MAX)?;
    check_names("queues", queues.iter().map(|queue| queue.name.as_str()))?;
    for (at, queue) in queues.iter().enumerate() {
        let field = format!("queues[{at}]");
        if queue.closed && queue.name.as_str() == GENERAL {
            return Err(SettingFault::BuiltIn.of(&format!("{field}.closed")));
        }
        if let Some(hours) = &queue.hours {
            hours.check(&format!("{field}.hours"))?;
        }
        check_number(&format!("{field}.max_waiting"), queue.max_waiting, RATE)?;
        check_length(&format!("{field}.skills"), queue.skills.len(), SKILLS_MAX)?;
        if let Some(overflow) = &queue.overflow {
            let field = format!("{field}.overflow");
            check_number(&format!("{field}.after_s"), overflow.after_s, DURATION_S)?;
            check_chain(queues, queue, &overflow.to)
                .map_err(|fault| fault.of(&format!("{field}.to")))?;
        }
    }
    Ok(())
}

/// Follows the overflow of a queue as long as there are queues.
fn check_chain(queues: &[Queue], queue: &Queue, to: &Label) -> Result<(), SettingFault> {
    let find = |name: &Label| queues.iter().find(|queue| queue.name == *name);
    if find(to).is_none() && to.as_str() != GENERAL {
        return Err(SettingFault::QueueUnknown);
    }
    let mut next = Some(to);
    for _ in 0..=queues.len() {
        match next {
            Some(name) if *name == queue.name => return Err(SettingFault::Cycle),
            Some(name) => {
                let overflow = find(name).and_then(|queue| queue.overflow.as_ref());
                next = overflow.map(|overflow| &overflow.to);
            }
            None => return Ok(()),
        }
    }
    // A cycle further on, which is that of another queue.
    Ok(())
}

fn check_number(
    field: &str,
    value: Option<u32>,
    (min, max): (u32, u32),
) -> Result<(), SettingError> {
    match value {
        Some(value) if !(min..=max).contains(&value) => {
            Err(SettingFault::OutOfRange { min, max }.of(field))
        }
        Some(_) | None => Ok(()),
    }
}
