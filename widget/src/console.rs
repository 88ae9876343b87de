//! The agent's app.

mod bar;
mod conversation;
mod details;
mod empty;
mod item;
mod lists;
mod offer;
mod picker;
mod ring;
mod sign_in;
mod toasts;
mod writing;

use std::rc::Rc;

use reactive_graph::owner::Owner;
use shared::conversation::{Command, Stage};
use shared::id::{AgentId, ConversationId};
use shared::link::{Failure, Input, PendingState, SpaceInput, State, StopReason};
use shared::refusal::Refusal;
use shared::rights::Side;
use shared::space;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::config::{self, Config};
use crate::desk::Desk;
use crate::dom::{El, effect, el};
use crate::rows::Reader;
use crate::session::Session;
use crate::store::Store;
use crate::tab::Tab;
use crate::task::spawn;
use crate::text::console::words;
use crate::thread::Thread;
use crate::timer::Timer;
use crate::ui::{Line, banner, focus_composer};
use crate::var::{Bell, Var};
use crate::{device, js, text, time};

/// How often the clocks of offers move.
const TICK: std::time::Duration = std::time::Duration::from_millis(250);

/// The agent's app, signed in. A handle: copies are the same app.
#[derive(Clone, Copy)]
pub struct Console {
    tab: Var<Rc<Tab>>,
    /// Who the agent is.
    pub me: AgentId,
    /// What the agent sees of the space.
    pub desk: Desk,
    /// Conversations that this console is connected to.
    threads: Var<Vec<Talk>>,
    /// The conversation in the centre.
    pub selected: Var<Option<ConversationId>>,
    /// Accepted, and not on the desk yet.
    accepting: Var<Option<ConversationId>>,
    /// What a narrow screen shows.
    pub pane: Var<&'static str>,
    /// What went wrong lately.
    pub toasts: Var<Vec<(u32, String)>>,
    /// What the browser says about the network.
    is_online: Var<bool>,
    /// Rings while offers run out.
    pub clock: Bell,
    /// Rings when the agent signs out.
    left: Var<bool>,
}

/// A conversation that this console is connected to, with what the agent has begun to write.
#[derive(Clone, Copy)]
pub struct Talk {
    /// Which one.
    pub conversation: ConversationId,
    /// Its thread.
    pub thread: Thread,
    /// The reply.
    pub reply: Var<String>,
    /// The internal note.
    pub note: Var<String>,
}

/// What the centre is about.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Phase {
    /// An offer's preview, or a log on its way.
    Waiting,
    /// The agent has it.
    Active,
    /// The customer's side is over.
    WrappingUp,
    /// Final.
    Closed,
}

/// Starts the app in the document.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
    }));
    let config = Config::read();
    text::choose(&config.lang);
    spawn(async move {
        let own = Store::tab(&config.space);
        let device = device::id(&own).await;
        let session = Session::of_agent(own.clone(), &config.space);
        let asked = sign_in::asked();
        if let Some(name) = &asked {
            // A reload stays signed in; another name is another person.
            if own.get("as").as_ref() != Some(name) {
                session.forget();
            }
        }
        let mut is_refused = false;
        if let (false, Some(name)) = (session.exists(), &asked) {
            is_refused = sign_in::sign_in(&session, &own, &config.space, name)
                .await
                .is_err();
        }
        let Some(root) = config::root() else { return };
        let owner = Owner::new();
        owner.with(|| {
            let agent = Var::new(session.agent());
            let start = (config, own, session, device);
            let _ = root.bind_children(move || {
                let (config, own, session, device) = start.clone();
                vec![match agent.get() {
                    Some(me) => {
                        let local =
                            Store::local(&[&config.space, ".agent.", &me.to_string()].concat());
                        let tab = Tab::new(config, local, own, session, device);
                        Console::open(&tab, me, move || agent.set(None))
                    }
                    None => sign_in::screen(config, own, session, is_refused, agent),
                }]
            });
        });
        // Lives as long as the page.
        std::mem::forget(owner);
    });
}

impl Console {
    fn open(tab: &Rc<Tab>, me: AgentId, leave: impl Fn() + 'static) -> El {
        let toasts = Var::new(Vec::new());
        let accepting = Var::new(None);
        let desk = Desk::new(tab, move |_, refusal| {
            accepting.set(None);
            toasts::add(toasts, words().refusal(&refusal));
        });
        let console = Self {
            tab: Var::new(Rc::clone(tab)),
            me,
            desk,
            threads: Var::new(Vec::new()),
            selected: Var::new(None),
            accepting,
            pane: Var::new("lists"),
            toasts,
            is_online: Var::new(js::is_online()),
            clock: Bell::new(),
            left: Var::new(false),
        };
        effect(move || console.follow_desk());
        effect(move || console.see());
        effect(move || console.title());
        console.watch_browser();
        console.run_clock();
        effect(move || {
            if console.left.get() {
                leave();
            }
        });
        let adopt = Rc::clone(tab);
        spawn(async move {
            adopt.outbox.adopt().await;
            desk.input(SpaceInput::Start);
        });
        console.screen()
    }

    fn screen(self) -> El {
        let line = move || Line {
            // The bar says so in a word; a strip would push everything down.
            state: match self.desk.state() {
                State::Waiting { .. } | State::Connecting { .. } => State::Idle,
                state @ (State::Idle
                | State::CatchingUp
                | State::Live
                | State::Updating { .. }
                | State::Stopped(_)) => state,
            },
            is_online: self.is_online.get(),
            is_at_risk: self.is_at_risk(),
        };
        let main = el("main", "console")
            .bind_attr("data-pane", move || self.pane.get().to_owned())
            .on("keydown", move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                if event.key() == "Escape" && !event.is_composing() {
                    self.step_back();
                }
            })
            .child(bar::bar(self));
        banner(main, line, move || self.desk.input(SpaceInput::Start))
            .child(lists::lists(self))
            .each(
                move || vec![self.selected.get()],
                |selected| selected.as_ref().map_or(0, lists::number),
                move |_| match self.talk() {
                    Some(talk) => conversation::conversation(self, talk),
                    None => empty::empty(self),
                },
            )
            .each(
                move || self.selected.get().into_iter().collect(),
                lists::number,
                move |_| match self.talk() {
                    Some(talk) => details::details(self, talk),
                    None => el("section", "details"),
                },
            )
            .child(toasts::toasts(self.toasts))
    }

    /// The conversation in the centre, with its thread.
    pub fn talk(self) -> Option<Talk> {
        self.talk_of(self.selected.get()?)
    }

    /// The thread of a conversation, while this console is connected to it.
    pub fn talk_of(self, conversation: ConversationId) -> Option<Talk> {
        let is_it = |talk: &&Talk| talk.conversation == conversation;
        self.threads.with(|talks| talks.iter().find(is_it).copied())
    }

    /// What the centre is about.
    pub fn phase(self, talk: Talk) -> Phase {
        let phase = talk.thread.lifecycle(|lifecycle| match &lifecycle.stage {
            Stage::Active { assignee, .. } if assignee.agent == self.me => Phase::Active,
            Stage::Waiting { .. } | Stage::Active { .. } => Phase::Waiting,
            Stage::WrappingUp { .. } => Phase::WrappingUp,
            Stage::Closed { .. } => Phase::Closed,
        });
        phase.unwrap_or(Phase::Waiting)
    }

    /// Who reads here.
    pub fn reader(self) -> Reader {
        Reader::Agent(self.me)
    }

    /// Shows a conversation in the centre.
    pub fn select(self, conversation: ConversationId) {
        self.pane.set("conversation");
        self.connect(conversation);
        if self.selected.now() != Some(conversation) {
            self.selected.set(Some(conversation));
        }
        js::next_frame(focus_composer);
    }

    /// Takes an offered conversation, and shows it.
    pub fn accept(self, conversation: ConversationId) {
        if let Some(offer) = self.desk.offer(conversation) {
            self.accepting.set(Some(conversation));
            self.select(conversation);
            let fence = offer.fence;
            self.desk.submit(space::Command::Accept {
                conversation,
                fence,
            });
        }
    }

    /// Leaves an offered conversation to somebody else.
    pub fn decline(self, conversation: ConversationId) {
        if let Some(offer) = self.desk.offer(conversation) {
            let fence = offer.fence;
            self.desk.submit(space::Command::Decline {
                conversation,
                fence,
            });
        }
    }

    /// Forgets the session.
    pub fn sign_out(self) {
        self.desk.close();
        self.threads
            .peek(|talks| talks.iter().for_each(|talk| talk.thread.close()));
        let tab = self.tab.now();
        tab.session.forget();
        tab.own.remove("as");
        self.left.set(true);
    }

    fn step_back(self) {
        match self.pane.now() {
            "details" => self.pane.set("conversation"),
            "conversation" => self.pane.set("lists"),
            _ => (),
        }
    }

    fn connect(self, conversation: ConversationId) {
        if self.talk_of(conversation).is_some() {
            return;
        }
        let thread = Thread::new(&self.tab.now(), Side::Agent, Some(conversation));
        thread.input(Input::Start);
        let own = &self.tab.now().own;
        let draft = |kind| Var::new(own.get(&draft_name(conversation, kind)).unwrap_or_default());
        let talk = Talk {
            conversation,
            thread,
            reply: draft("reply"),
            note: draft("note"),
        };
        self.threads.update(|talks| talks.push(talk));
    }

    /// Connects to what is held, hangs up on what is gone.
    fn follow_desk(self) {
        let here = self.desk.see(|desk| {
            let held: Vec<_> = desk.items.iter().map(|item| item.conversation).collect();
            let offered: Vec<_> = desk.offers.iter().map(|offer| offer.conversation).collect();
            (held, offered)
        });
        let Some((held, offered)) = here else { return };
        if self.desk.state() == State::Stopped(StopReason::Unauthorized) {
            return self.sign_out();
        }
        for conversation in &held {
            self.connect(*conversation);
        }
        let accepting = self
            .accepting
            .now()
            .filter(|accepted| !held.contains(accepted));
        if self.accepting.now() != accepting {
            self.accepting.set(accepting);
        }
        let selected = self.selected.get();
        // What was just closed stays on the screen until the agent turns to something else.
        let stays = |conversation: ConversationId| {
            held.contains(&conversation)
                || offered.contains(&conversation)
                || accepting == Some(conversation)
                || self
                    .talk_of(conversation)
                    .is_some_and(|talk| self.phase(talk) == Phase::Closed)
        };
        let shown = selected.filter(|conversation| stays(*conversation));
        let gone: Vec<Talk> = self.threads.peek(|talks| {
            let is_gone = |talk: &&Talk| {
                !held.contains(&talk.conversation) && shown != Some(talk.conversation)
            };
            talks.iter().filter(is_gone).copied().collect()
        });
        if shown != selected {
            self.selected.set(shown);
            self.pane.set("lists");
        }
        for talk in gone {
            self.threads
                .update(|talks| talks.retain(|other| other.conversation != talk.conversation));
            talk.thread.close();
        }
        self.report_refusals();
    }

    /// What a conversation refused: a message shows it itself, anything else as a toast.
    fn report_refusals(self) {
        for talk in self.threads.get() {
            let refused = talk.thread.pending(|pending| {
                pending
                    .iter()
                    .find_map(|item| match (&item.command, &item.state) {
                        (Command::End | Command::Resolve { .. }, PendingState::Failed(failure)) => {
                            Some((item.id, failure.clone()))
                        }
                        _ => None,
                    })
            });
            if let Some((id, failure)) = refused {
                talk.thread.input(Input::Discard { id });
                let refusal = match failure {
                    Failure::Refused(refusal) => refusal,
                    Failure::TooLarge | Failure::Stale => Refusal::CommandConflict,
                };
                toasts::add(self.toasts, words().refusal(&refusal));
            }
        }
    }

    fn is_at_risk(self) -> bool {
        let is_busy = |talk: &Talk| talk.thread.pending(|pending| !pending.is_empty());
        !self.tab.now().outbox.is_kept() && self.threads.with(|talks| talks.iter().any(is_busy))
    }

    /// What is in the centre of a visible page is read.
    fn see(self) {
        if let Some(talk) = self.talk() {
            talk.thread.entries(|_| ());
            if !js::document().hidden() && self.phase(talk) != Phase::Waiting {
                talk.thread.input(Input::Seen);
            }
        }
    }

    fn title(self) {
        let name = self.tab.now().config.name.clone();
        let offers = self.desk.see(|desk| desk.offers.len()).unwrap_or(0);
        let title = match offers {
            0 => [&name, " · Bellhop"].concat(),
            offers => ["(", &offers.to_string(), ") ", &name, " · Bellhop"].concat(),
        };
        js::document().set_title(&title);
    }

    fn watch_browser(self) {
        js::on_window(&["pagehide"], move |_| self.keep_drafts());
        js::on_window(&["online", "offline", "visibilitychange"], move |_| {
            let is_online = js::is_online();
            self.is_online.set(is_online);
            let input = || {
                if is_online {
                    Input::Online
                } else {
                    Input::Offline
                }
            };
            self.desk.input(if is_online {
                SpaceInput::Online
            } else {
                SpaceInput::Offline
            });
            self.threads
                .now()
                .into_iter()
                .for_each(|talk| talk.thread.input(input()));
            self.see();
        });
    }

    /// What is begun outlives a reload.
    fn keep_drafts(self) {
        let own = &self.tab.now().own;
        for talk in self.threads.now() {
            for (kind, draft) in [("reply", talk.reply), ("note", talk.note)] {
                let name = draft_name(talk.conversation, kind);
                draft.peek(|draft| match draft.is_empty() {
                    true => own.remove(&name),
                    false => {
                        own.set(&name, draft);
                    }
                });
            }
        }
    }

    fn run_clock(self) {
        let timer = Var::new(None::<Timer>);
        let ring = move || {
            self.clock.ring();
            timer.peek_mut(|timer| {
                if let Some(timer) = timer {
                    timer.set(Some(time::now() + TICK));
                }
            });
        };
        timer.peek_mut(|slot| *slot = Some(Timer::new(ring)));
        ring();
    }
}

fn draft_name(conversation: ConversationId, kind: &str) -> String {
    ["draft.", &conversation.to_string(), ".", kind].concat()
}
