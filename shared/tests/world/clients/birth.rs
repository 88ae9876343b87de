//! The first message over HTTP, from the tabs of a visitor through the Worker to a new object.

use shared::conversation::{self, Standing};
use shared::id::{CommandId, ConversationId, EpochId, VisitorId};
use shared::link::{BeginFailure, Input};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::settings::{Challenge, Terms};
use shared::space::{self, ItemState};
use shared::text::{EmailAddress, Label, MessageText, PersonName};

use crate::checks::erasure::ADDRESS;
use crate::world::{End, Event, Ms, World};

/// How long a browser waits for an answer over HTTP, in milliseconds.
const HTTP: Ms = 15_000;

/// What the space says to a visitor who may begin.
#[derive(Clone, Debug)]
pub struct Admission {
    conversation: ConversationId,
    settings: Terms,
    queue: Label,
}

impl World {
    pub(super) fn ask_to_begin(&mut self, number: usize, id: CommandId, text: MessageText) {
        self.note("begin", [number as u64, 0], |_| id.to_string());
        self.clients[number].asked = Some(id);
        self.take_lock(number, id, text);
    }

    /// The tabs of a visitor take turns, by a Web Lock; a conversation that another tab has made
    /// meanwhile is theirs, too.
    pub fn take_lock(&mut self, number: usize, id: CommandId, text: MessageText) {
        if self.clients[number].asked != Some(id) || !self.clients[number].is_there {
            return;
        }
        let visitor = self.visitor_of(number);
        let browser = self.browsers.entry(visitor).or_default();
        // Without locks each tab is for itself, and the space alone keeps them together.
        if !browser.has_no_lock {
            if let Some(conversation) = browser.conversation {
                return self.after(1, Event::BeginAnswered(number, id, Ok(conversation)));
            }
            if *browser.lock.get_or_insert(number) != number {
                return self.after(200, Event::TakeLock(number, id, text));
            }
        }
        self.checks.sent_over_http(id);
        if self.fault(self.swarm.dial_lost) {
            let answer = Err(BeginFailure::Unreachable);
            self.after(HTTP, Event::BeginAnswered(number, id, answer));
            return;
        }
        let way = if self.fault(self.swarm.slow_frame) {
            self.random.range(200, 30_000)
        } else {
            20
        };
        self.after(way, Event::Begin(number, id, text));
    }

    pub(super) fn release_lock(&mut self, number: usize) {
        if let Person::Visitor { visitor, .. } = &self.clients[number].person {
            let browser = self.browsers.entry(*visitor).or_default();
            browser.lock = browser.lock.filter(|holder| *holder != number);
        }
    }

    /// The Worker derives the conversation from visitor and message and asks the space.
    pub fn begin_arrives(&mut self, number: usize, id: CommandId, text: MessageText) {
        if self.is_token_stale(End::Client(number)) {
            let answer = Err(BeginFailure::Unauthorized);
            self.after(20, Event::BeginAnswered(number, id, answer));
            return;
        }
        let visitor = self.visitor_of(number);
        let mut bytes = id.bytes();
        for (byte, of_visitor) in bytes.iter_mut().zip(visitor.bytes()) {
            *byte ^= of_visitor;
        }
        let conversation = ConversationId::from_bytes(bytes);
        // A repeat asks for the same.
        let queue = match id.bytes() {
            [0..=79, ..] => "returns",
            _ => "GENERAL",
        };
        let mut input = space::Input::Admit {
            visitor,
            conversation,
            queue: Label::parse(queue).unwrap(),
            // Two offices and a few homes.
            address: match visitor.bytes() {
                [0..=63, ..] => Some(1),
                [64..=127, ..] => Some(2),
                [home @ 128..=200, ..] => Some(u64::from(home)),
                _ => None,
            },
            verified: false,
            passed: false,
        };
        // What the same turn settles afterwards may fill a queue, too.
        let full: Vec<Label> = self.full_queues();
        let mut effects = self.space_turn(input.clone());
        let mut has_passed = false;
        let is_challenged = |effects: &Option<Vec<_>>| {
            let effects = effects.iter().flatten();
            effects
                .clone()
                .any(|effect| *effect == space::Effect::Denied(Refusal::ChallengeRequired))
        };
        // A challenge is passed for one message and its repeats.
        if is_challenged(&effects)
            && let Some(proof) = self.clients[number].proof
            && *self.checks.proofs.entry(proof).or_insert(id) == id
            && let space::Input::Admit { passed, .. } = &mut input
        {
            (*passed, has_passed) = (true, true);
            effects = self.space_turn(input);
        }
        let mut event = Event::BeginAnswered(number, id, Err(BeginFailure::Unreachable));
        for effect in effects.into_iter().flatten() {
            match effect {
                space::Effect::Admitted { settings, queue } => {
                    let before = self.checks.admitted.insert(conversation, self.now);
                    let is_listed = self.space.disk.items.contains_key(&conversation);
                    let queues = &self.settings_now().queues;
                    let is_closed = queues
                        .iter()
                        .any(|known| known.name == queue && known.closed);
                    if before.is_none() && !is_listed && full.contains(&queue) {
                        self.violate("R53", || format!("{conversation} begins in {queue}: full"));
                    }
                    if before.is_none() && !is_listed && self.is_blocked(visitor) {
                        self.violate("R124", || format!("{visitor} is blocked, and begins"));
                    }
                    let always = self.settings_now().challenge == Challenge::Always;
                    if always && !has_passed && before.is_none() && !is_listed {
                        self.violate("R126", || format!("{conversation} begins unchallenged"));
                    }
                    if is_closed && before.is_none() && !is_listed {
                        self.violate("R39", || format!("{conversation} begins in {queue}"));
                    }
                    let admission = Admission {
                        conversation,
                        settings,
                        queue,
                    };
                    let text = text.clone();
                    event = Event::BeginAdmitted(number, id, text, Box::new(admission));
                }
                space::Effect::Denied(refusal) => {
                    if let Refusal::RateLimited { retry_after } = refusal
                        && !(1..=3_600).contains(&retry_after)
                    {
                        self.violate("R120", || format!("{visitor} waits {retry_after} s"));
                    }
                    event = Event::BeginAnswered(number, id, Err(BeginFailure::Refused(refusal)));
                }
                space::Effect::Save(_)
                | space::Effect::Remove(_)
                | space::Effect::ForgetPast(_)
                | space::Effect::Found(_)
                | space::Effect::Send { .. }
                | space::Effect::Keep { .. }
                | space::Effect::Close { .. }
                | space::Effect::Instruct { .. }
                | space::Effect::Confirmed { .. }
                | space::Effect::Created
                | space::Effect::Replied { .. }
                | space::Effect::Configured { .. }
                | space::Effect::AgentSet(_)
                | space::Effect::Register { .. }
                | space::Effect::Opened(_)
                | space::Effect::Vouched => (),
            }
        }
        let way = self.random.pick(&[5, 20, 50]);
        self.after(way, event);
    }

    /// The queues that take nobody more (R53).
    fn full_queues(&self) -> Vec<Label> {
        let queues = self.settings_now().queues.iter();
        let full = queues.filter(|queue| self.is_full_by_rows(&queue.name));
        full.map(|queue| queue.name.clone()).collect()
    }

    /// Whether as many wait in a queue, or are on their way to it, as it takes (R53).
    fn is_full_by_rows(&self, queue: &Label) -> bool {
        let known = self.settings_now().queues.iter();
        let mut known = known.filter(|known| known.name == *queue);
        let Some(most) = known.next().and_then(|known| known.max_waiting) else {
            return false;
        };
        let items = self.space.disk.items.values();
        let length = items.filter(|item| match &item.state {
            ItemState::Gone { .. } => false,
            ItemState::Assigning {
                to: None,
                queue: Some(to),
                ..
            } => to == queue,
            ItemState::Waiting { .. }
            | ItemState::Offered { .. }
            | ItemState::Assigning { .. }
            | ItemState::Held
            | ItemState::Transferring { .. } => {
                item.report.standing == Standing::Waiting && item.report.queue == *queue
            }
        });
        length.count() >= most as usize
    }

    /// The visitor's newest conversation that is over.
    fn earlier(&self, visitor: VisitorId) -> Option<ConversationId> {
        let mut objects = self.conversations.iter().rev();
        let earlier = objects.find(|object| {
            let lifecycle = object.disk.lifecycle.as_ref();
            object.disk.is_of(visitor) && lifecycle.is_some_and(|it| !it.is_open())
        });
        earlier.map(|object| object.id)
    }

    pub fn begin_admitted(
        &mut self,
        number: usize,
        id: CommandId,
        text: MessageText,
        admission: Admission,
    ) {
        let Admission {
            conversation,
            settings,
            queue,
        } = admission;
        let object = self.object_of(conversation);
        let birth = conversation::Birth {
            conversation,
            space: self.space_id(),
            visitor: self.visitor_of(number),
            name: PersonName::parse("Zo\u{eb}").unwrap(),
            queue,
            skills: match id.bytes() {
                [.., 0..=40] => vec![Label::parse("german").unwrap()],
                _ => Vec::new(),
            },
            source: match id.bytes() {
                [.., 0..=40, _] => conversation::Source::VirtualAgent,
                _ => conversation::Source::Widget,
            },
            company: PersonName::parse("Larch & Sons").ok(),
            follows: self.earlier(self.visitor_of(number)),
            greeting: None,
            email: EmailAddress::parse(ADDRESS).ok(),
            identity: None,
            epoch: EpochId::from_bytes(conversation.bytes()),
            settings,
            at: self.clock(self.conversations[object].shell.skew),
        };
        let input = conversation::Input::Begin { birth, id, text };
        let is_begun = self.conversation_turn(object, input).is_some();
        let is_answered = is_begun && !self.fault(self.swarm.dial_lost);
        let (way, answer) = if is_answered {
            (20, Ok(conversation))
        } else {
            (HTTP, Err(BeginFailure::Unreachable))
        };
        self.after(way, Event::BeginAnswered(number, id, answer));
    }

    pub fn begin_answered(
        &mut self,
        number: usize,
        id: CommandId,
        answer: Result<ConversationId, BeginFailure>,
    ) {
        if self.clients[number].asked != Some(id) {
            return;
        }
        self.release_lock(number);
        self.note("begin answered", [number as u64, 0], |_| {
            format!("{answer:?}")
        });
        let input = match answer {
            Ok(conversation) => Input::Begun { conversation },
            Err(failure) => Input::BeginFailed { failure },
        };
        self.tell(number, input);
        if self.clients[number].link.needs_challenge() {
            let most = if self.is_healed { 1_000 } else { 20_000 };
            let span = self.random.range(500, most);
            self.after(span, Event::Passed(number));
        }
    }

    /// Somebody shows that a person writes.
    pub fn passes(&mut self, number: usize) {
        self.note("passes", [number as u64, 0], |_| String::new());
        self.clients[number].proof = Some(self.random.next());
        self.tell(number, Input::Passed);
    }

    pub fn visitor_of(&self, number: usize) -> VisitorId {
        match &self.clients[number].person {
            Person::Visitor { visitor, .. } => *visitor,
            Person::Agent { .. } => unreachable!("an agent begins no conversation"),
        }
    }
}
