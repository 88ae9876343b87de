//! A support queue, as a space sets it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Hours;
use crate::text::{Label, MessageText};

/// A support queue of a space.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Queue {
    /// What it is called.
    pub name: Label,
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
            closed: false,
            hours: None,
            overflow: None,
            max_waiting: None,
            full_text: None,
            skills: Vec::new(),
        }
    }
}
