//! The shell around [`SpaceLink`]: its wire and dice, and signals for what is shown.
//! No rule of the product lives here.

use std::cell::RefCell;
use std::rc::Rc;

use shared::frame::encode_binary;
use shared::id::{CommandId, ConversationId};
use shared::link::{SpaceEffect, SpaceInput, SpaceLink, SpacePart, State};
use shared::refusal::Refusal;
use shared::space::{Command, Counts, Desk as Sight, Offer, Transferred, WorkItem};
use shared::time::Timestamp;

use crate::tab::Tab;
use crate::var::Bell;
use crate::wire::{News, Wire};
use crate::{js, time};

/// What this agent sees of the space. A handle: copies are the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    shell: &'static RefCell<Shell>,
    wire: &'static Wire,
    state: Bell,
    sight: Bell,
    counts: Bell,
}

struct Shell {
    link: SpaceLink,
    on_answer: Rc<dyn Fn(CommandId, Result<(), Refusal>)>,
}

impl Desk {
    /// A desk at rest. `on_answer` hears what the space says to what was asked.
    pub fn new(
        tab: &Rc<Tab>,
        on_answer: impl Fn(CommandId, Result<(), Refusal>) + 'static,
    ) -> Self {
        let link =
            SpaceLink::new(tab.device, tab.connection("space")).reloaded_at(tab.reloaded_at());
        let shell: &'static RefCell<Shell> = Box::leak(Box::new(RefCell::new(Shell {
            link,
            on_answer: Rc::new(on_answer),
        })));
        let desk = Self {
            shell,
            wire: Wire::new(tab),
            state: Bell::new(),
            sight: Bell::new(),
            counts: Bell::new(),
        };
        desk.wire.listen(move |news| desk.hear(news));
        desk
    }

    /// Hands an input to the link and does what it says.
    pub fn input(self, input: SpaceInput) {
        let dice = u64::from_le_bytes(js::random());
        let effects = self
            .shell
            .borrow_mut()
            .link
            .handle(time::now(), dice, input);
        for effect in effects {
            self.obey(effect);
        }
        self.wire.ring_at(self.shell.borrow().link.next_deadline());
    }

    /// Asks for something under a fresh id.
    pub fn submit(self, command: Command) -> CommandId {
        let id = CommandId::fresh(time::now(), js::random());
        self.input(SpaceInput::Submit { id, command });
        id
    }

    /// Hangs up for good.
    pub fn close(self) {
        self.wire.close();
    }

    /// How the link stands.
    pub fn state(self) -> State {
        self.state.hear();
        self.shell.borrow().link.state()
    }

    /// The desk as the space sent it last; `None` before the first.
    pub fn see<T>(self, read: impl FnOnce(&Sight) -> T) -> Option<T> {
        self.sight.hear();
        self.shell.borrow().link.desk().map(read)
    }

    /// An offer, of the rotation or of a colleague, while it is open.
    pub fn offer(self, conversation: ConversationId) -> Option<Offer> {
        let is_it = |offer: &&Offer| offer.conversation == conversation;
        self.see(|desk| {
            let passed_on = desk
                .transferred
                .iter()
                .map(|transferred| &transferred.offer);
            desk.offers.iter().chain(passed_on).find(is_it).cloned()
        })
        .flatten()
    }

    /// Who passes an offered conversation on, and the note.
    pub fn transferred(self, conversation: ConversationId) -> Option<Transferred> {
        let is_it = |transferred: &&Transferred| transferred.offer.conversation == conversation;
        self.see(|desk| desk.transferred.iter().find(is_it).cloned())
            .flatten()
    }

    /// A work item on this desk.
    pub fn item(self, conversation: ConversationId) -> Option<WorkItem> {
        let is_it = |item: &&WorkItem| item.conversation == conversation;
        self.see(|desk| desk.items.iter().find(is_it).cloned())
            .flatten()
    }

    /// The newest counts.
    pub fn counts(self) -> Counts {
        self.counts.hear();
        self.shell.borrow().link.counts()
    }

    /// The moment by the space's clock.
    pub fn space_time(self) -> Timestamp {
        self.shell.borrow().link.space_time(time::now())
    }

    /// What Available will be once the space has answered everything.
    pub fn is_available(self) -> bool {
        let known = self.see(|desk| desk.me.available).unwrap_or(false);
        let shell = self.shell.borrow();
        let asked = shell
            .link
            .unanswered()
            .filter_map(|(_, command)| match command {
                Command::SetAvailable { available, .. } => Some(*available),
                Command::Accept { .. }
                | Command::Decline { .. }
                | Command::Take { .. }
                | Command::Unassign { .. }
                | Command::Transfer { .. }
                | Command::Block { .. }
                | Command::Unblock { .. } => None,
            });
        asked.last().unwrap_or(known)
    }

    fn obey(self, effect: SpaceEffect) {
        let wire = self.wire;
        match effect {
            SpaceEffect::Dial { connection } => {
                let path = ["/api/v1/spaces/", &wire.tab().config.space, "/socket"].concat();
                wire.dial("space", path, connection);
            }
            SpaceEffect::Transmit(frame) => wire.transmit(encode_binary(&frame)),
            SpaceEffect::Ping => wire.ping(),
            SpaceEffect::HangUp => wire.hang_up(),
            SpaceEffect::Renew => wire.renew(),
            SpaceEffect::Reload => wire.tab().reload(),
            SpaceEffect::Done { id } => self.answer(id, Ok(())),
            SpaceEffect::Refused { id, refusal } => self.answer(id, Err(refusal)),
            SpaceEffect::Changed(part) => match part {
                SpacePart::State => self.state.ring(),
                SpacePart::Desk => self.sight.ring(),
                SpacePart::Counts => self.counts.ring(),
            },
        }
    }

    fn answer(self, id: CommandId, answer: Result<(), Refusal>) {
        let on_answer = Rc::clone(&self.shell.borrow().on_answer);
        on_answer(id, answer);
        self.sight.ring();
    }

    fn hear(self, news: News) {
        self.input(match news {
            News::Opened => SpaceInput::Opened,
            News::Pong => SpaceInput::Pong,
            News::Received(frame) => SpaceInput::Received(frame),
            News::Lost(code) => SpaceInput::Lost { code },
            News::Renewed(token) => SpaceInput::Renewed {
                token_for_frame: Some(token),
            },
            News::RenewFailed => SpaceInput::RenewFailed,
            News::RenewUnreachable => SpaceInput::RenewUnreachable,
            News::Tick => SpaceInput::Tick,
        });
    }
}
