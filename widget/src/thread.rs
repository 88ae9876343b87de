//! The shell around [`ConversationLink`]: its wire, dice and disk, and signals for what is shown. No rule of the product lives here.

mod begin;

use std::cell::RefCell;
use std::rc::Rc;

use shared::conversation::{Command, Entry, Lifecycle, Sender, Seq};
use shared::frame::encode_binary;
use shared::id::{CommandId, ConversationId};
#[cfg(feature = "chat")]
use shared::link::Failure;
use shared::link::{
    ConversationLink, Effect as Act, Input, Part, Pending, PendingState, Reactions, State, Words,
};
#[cfg(feature = "chat")]
use shared::refusal::Refusal;
use shared::rights::Side;
#[cfg(feature = "chat")]
use shared::space::Place;
use wasm_bindgen::JsValue;

use crate::files::Chosen;
use crate::tab::Tab;
use crate::task::spawn;
use crate::var::{Bell, Var};
use crate::wire::{News, Wire};
use crate::{js, time};

/// One conversation as this tab has it. A handle: copies are the same thread.
#[derive(Clone, Copy)]
pub struct Thread {
    shell: &'static RefCell<Shell>,
    wire: &'static Wire,
    /// Of the reader.
    pub side: Side,
    state: Bell,
    entries: Bell,
    pending: Bell,
    cursors: Bell,
    typing: Bell,
    place: Bell,
    /// Files that were chosen.
    pub files: Var<Vec<Chosen>>,
}

struct Shell {
    link: ConversationLink,
    /// What the page says of the customer.
    claim: Claim,
    /// What shows that a person writes, once somebody has shown it.
    proof: JsValue,
}

/// What the page says of the customer: texts of JavaScript by the names of [`CLAIMS`], `undefined`
/// where it says nothing.
#[derive(Clone, Default)]
pub struct Claim(pub [JsValue; 6]);

/// What a page can say: what the customer answers, who that is, and where the conversation goes.
pub const CLAIMS: [&str; 6] = ["greeting", "name", "company", "email", "queue", "skills"];

/// How far a message of one's own has come.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Mark {
    /// Not in the log yet.
    Sending,
    /// In the log.
    Sent,
    /// On a screen of the other side.
    Delivered,
    /// Seen by the other side.
    Read,
    /// Not in the log, and not sent again unless asked.
    Failed,
}

impl Thread {
    /// The thread of a conversation, or of the one that the first message will make.
    pub fn new(tab: &Rc<Tab>, side: Side, conversation: Option<ConversationId>) -> Self {
        let connection = conversation.map_or(0, |id| tab.connection(&id.to_string()));
        let pending = tab.outbox.load(conversation);
        let link = ConversationLink::new(tab.device, connection, side, conversation, pending)
            .reloaded_at(tab.reloaded_at());
        let shell: &'static RefCell<Shell> = Box::leak(Box::new(RefCell::new(Shell {
            link,
            claim: Claim::default(),
            proof: JsValue::UNDEFINED,
        })));
        let thread = Self {
            shell,
            wire: Wire::new(tab),
            side,
            state: Bell::new(),
            entries: Bell::new(),
            pending: Bell::new(),
            cursors: Bell::new(),
            typing: Bell::new(),
            place: Bell::new(),
            files: Var::new(Vec::new()),
        };
        thread.wire.listen(move |news| thread.hear(news));
        thread
    }

    /// Whether it is the same thread.
    #[cfg(feature = "chat")]
    pub fn is(self, other: Self) -> bool {
        core::ptr::eq(self.shell, other.shell)
    }

    /// Hands an input to the link and does what it says.
    pub fn input(self, input: Input) {
        let dice = u64::from_le_bytes(js::random());
        let before = self.with(ConversationLink::conversation);
        let effects = self
            .shell
            .borrow_mut()
            .link
            .handle(time::now(), dice, input);
        if let (Some(before), None) = (before, self.with(ConversationLink::conversation)) {
            self.forget(before);
        }
        for effect in effects {
            self.obey(effect);
        }
        self.wire
            .ring_at(self.with(ConversationLink::next_deadline));
    }

    /// Asks for something under a fresh id.
    pub fn submit(self, command: Command) {
        let id = CommandId::fresh(time::now(), js::random());
        self.input(Input::Submit { id, command });
    }

    /// Hangs up for good, and forgets the log.
    pub fn close(self) {
        self.wire.close();
        let device = self.wire.tab().device;
        let nothing = ConversationLink::new(device, 0, self.side, None, Vec::new());
        self.shell.borrow_mut().link = nothing;
    }

    /// Dials again, as whoever the session is of by now.
    #[cfg(feature = "chat")]
    pub fn redial(self) {
        if self.with(ConversationLink::state) == State::Live {
            self.wire.hang_up();
            self.input(Input::Lost { code: 1006 });
        }
    }

    /// Sends again what was refused because nobody vouched for the customer.
    #[cfg(feature = "chat")]
    pub fn retry_barred(self) {
        let barred = |item: &Pending| is_barred(item).then_some(item.id);
        let barred: Vec<_> = self.with(|link| link.pending().iter().filter_map(barred).collect());
        for id in barred {
            self.input(Input::Retry { id });
        }
    }

    /// What the page says of the customer, for the first message.
    #[cfg(feature = "chat")]
    pub fn claim(self, claim: Claim) {
        self.shell.borrow_mut().claim = claim;
    }

    /// Whether somebody has to show that a person writes (K17).
    #[cfg(feature = "chat")]
    pub fn needs_challenge(self) -> bool {
        self.state.hear();
        self.with(ConversationLink::needs_challenge)
    }

    /// Somebody has shown that a person writes.
    #[cfg(feature = "chat")]
    pub fn pass(self, proof: String) {
        self.shell.borrow_mut().proof = proof.into();
        self.input(Input::Passed);
    }

    /// Where files of the conversation are, once there is one.
    pub fn path_of_files(self) -> Option<String> {
        let conversation = self.with(ConversationLink::conversation)?;
        Some(
            [
                "/api/v1/conversations/",
                &conversation.to_string(),
                "/files",
            ]
            .concat(),
        )
    }

    /// The tab that it is open in.
    pub fn tab(self) -> &'static Tab {
        self.wire.tab()
    }

    /// A token that holds, if one is to be had.
    pub async fn token(self) -> Option<String> {
        self.wire.tab().session.ensure().await.ok()
    }

    /// How the link stands.
    pub fn state(self) -> State {
        self.state.hear();
        self.with(ConversationLink::state)
    }

    /// True while what is in the outbox waits because it came too fast.
    pub fn is_slowed(self) -> bool {
        self.state.hear();
        self.with(ConversationLink::slowed_until).is_some()
    }

    /// The conversation, once there is one.
    #[cfg(feature = "chat")]
    pub fn conversation(self) -> Option<ConversationId> {
        self.state.hear();
        self.with(ConversationLink::conversation)
    }

    /// The log so far.
    pub fn entries<T>(self, read: impl FnOnce(&[Entry]) -> T) -> T {
        self.entries.hear();
        self.with(|link| read(link.transcript().entries()))
    }

    /// Where the conversation stands; `None` before the first entry.
    pub fn lifecycle<T>(self, read: impl FnOnce(&Lifecycle) -> T) -> Option<T> {
        self.entries.hear();
        self.with(|link| link.transcript().lifecycle().map(read))
    }

    /// The outbox.
    pub fn pending<T>(self, read: impl FnOnce(&[Pending]) -> T) -> T {
        self.pending.hear();
        self.with(|link| read(link.pending()))
    }

    /// Log and outbox together.
    pub fn all<T>(self, read: impl FnOnce(&[Entry], &[Pending]) -> T) -> T {
        self.entries.hear();
        self.pending.hear();
        self.with(|link| read(link.transcript().entries(), link.pending()))
    }

    /// What a message says by now.
    pub fn words(self, message: CommandId) -> Words {
        self.with(|link| link.words(message))
    }

    /// How people react to a message.
    pub fn reactions(self, message: CommandId, me: Sender) -> Reactions {
        self.with(|link| link.reactions(message, me))
    }

    /// A change of a message that failed.
    pub fn failed_change(self, message: CommandId) -> Option<CommandId> {
        self.with(|link| link.failed_change(message))
    }

    /// Another number as soon as a message looks otherwise.
    pub fn changes(self, message: CommandId) -> Option<u16> {
        self.with(|link| link.changes(message))
    }

    /// True while the other side types.
    pub fn other_is_typing(self) -> bool {
        self.typing.hear();
        self.with(|link| link.other_is_typing(time::now()))
    }

    /// Where the customer stands in line, while that is known.
    #[cfg(feature = "chat")]
    pub fn place<T>(self, read: impl FnOnce(&Place) -> T) -> Option<T> {
        self.place.hear();
        self.with(|link| link.place().map(read))
    }

    /// Texts of the other side that were not on a visible screen yet.
    pub fn unread(self) -> u32 {
        self.entries.hear();
        self.cursors.hear();
        self.with(ConversationLink::unread)
    }

    /// How far a message of one's own has come, and its place in the log once that is known.
    pub fn mark(self, id: CommandId, mut place: Option<Seq>) -> (Mark, Option<Seq>) {
        if place.is_none() {
            let failed = self.pending(|pending| {
                let item = pending.iter().find(|item| item.id == id)?;
                Some(matches!(item.state, PendingState::Failed(_)))
            });
            match failed {
                Some(true) => return (Mark::Failed, None),
                Some(false) => return (Mark::Sending, None),
                None => place = self.entries(|entries| find(entries, id).map(|entry| entry.seq)),
            }
        }
        let Some(seq) = place else {
            return (Mark::Sending, None);
        };
        let other = match self.side {
            Side::Customer => self.with(|link| link.cursors().agent),
            Side::Agent => self.with(|link| link.cursors().customer),
        };
        if other.read >= seq {
            // Cursors only rise: nothing further to wait for.
            return (Mark::Read, place);
        }
        self.cursors.hear();
        let is_delivered = other.delivered >= seq;
        (
            if is_delivered {
                Mark::Delivered
            } else {
                Mark::Sent
            },
            place,
        )
    }

    /// The conversation is unknown: what was not sent begins another one (K8).
    fn forget(self, conversation: ConversationId) {
        let shell = self.shell.borrow();
        let tab = self.wire.tab();
        for item in shell.link.pending() {
            tab.outbox.keep(None, item);
        }
        if tab.local.get("conversation") == Some(conversation.to_string()) {
            tab.local.remove("conversation");
        }
    }

    fn with<T>(self, read: impl FnOnce(&ConversationLink) -> T) -> T {
        read(&self.shell.borrow().link)
    }

    fn obey(self, effect: Act) {
        let wire = self.wire;
        match effect {
            Act::Begin { id, text } => {
                let (claim, proof) = {
                    let shell = self.shell.borrow();
                    (shell.claim.clone(), shell.proof.clone())
                };
                spawn(async move {
                    self.input(begin::begin(wire.tab(), id, text, (claim, proof)).await);
                });
            }
            Act::Dial {
                conversation,
                connection,
            } => {
                let object = conversation.to_string();
                let path = ["/api/v1/conversations/", &object, "/socket"].concat();
                wire.dial(&object, path, connection);
            }
            Act::Transmit(frame) => wire.transmit(encode_binary(&frame)),
            Act::Ping => wire.ping(),
            Act::HangUp => wire.hang_up(),
            Act::Renew => wire.renew(),
            Act::Keep(pending) => {
                let conversation = self.with(ConversationLink::conversation);
                wire.tab().outbox.keep(conversation, &pending);
            }
            Act::Drop(id) => wire.tab().outbox.drop(id),
            Act::Reload => wire.tab().reload(),
            Act::Changed(part) => match part {
                Part::State => self.state.ring(),
                Part::Entries { .. } | Part::Reset => self.entries.ring(),
                Part::Pending => self.pending.ring(),
                Part::Cursors => self.cursors.ring(),
                Part::Typing => self.typing.ring(),
                Part::Place => self.place.ring(),
            },
        }
    }

    fn hear(self, news: News) {
        self.input(match news {
            News::Opened => Input::Opened,
            News::Pong => Input::Pong,
            News::Received(frame) => Input::Received(frame),
            News::Lost(code) => Input::Lost { code },
            News::Renewed(token) => Input::Renewed {
                token_for_frame: Some(token),
            },
            News::RenewFailed => Input::RenewFailed,
            News::RenewUnreachable => Input::RenewUnreachable,
            News::Tick => Input::Tick,
        });
    }
}

/// Whether a message was refused because nobody vouched for the customer.
#[cfg(feature = "chat")]
pub fn is_barred(item: &Pending) -> bool {
    let barred = Failure::Refused(Refusal::VerificationRequired);
    matches!(&item.state, PendingState::Failed(failure) if *failure == barred)
}

/// The entry that a command caused, searched from the newest.
pub fn find(entries: &[Entry], id: CommandId) -> Option<&Entry> {
    entries.iter().rev().find(|entry| entry.id == Some(id))
}
