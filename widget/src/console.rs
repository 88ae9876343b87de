//! The agent's app.

mod abandon;
mod ask;
mod availability;
mod bar;
mod block;
mod conversation;
mod details;
mod dialog;
mod empty;
mod follow;
mod item;
mod lists;
mod menu;
mod offer;
mod page;
mod passing;
mod people;
mod picker;
mod queue;
mod ring;
mod shelf;
mod sign_in;
mod strip;
mod ticket;
mod toasts;
mod transfer;
mod writing;

use std::rc::Rc;

use reactive_graph::owner::Owner;
use shared::conversation::Stage;
use shared::id::{AgentId, CommandId, ConversationId};
use shared::link::{Input, SpaceInput, State};
use shared::rights::{Role, Side};
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
use crate::ui::{self, Aim, Line, banner, focus_composer_soon};
use crate::var::{Bell, Var};
use crate::{device, http, js, text};

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
    /// What is being read: an earlier conversation of a customer, a colleague's, or a closed one.
    visiting: Var<Option<ConversationId>>,
    /// What a narrow screen shows.
    pub pane: Var<&'static str>,
    /// What is asked over everything else.
    pub asks: Var<Option<dialog::Asks>>,
    /// What a dialog has asked of a conversation: it says itself what becomes of it.
    asking: Var<Option<CommandId>>,
    /// The colleagues, as they were read last.
    pub colleagues: Var<people::Page<people::Colleague>>,
    /// The queues, as they were read last.
    pub queues: Var<people::Page<people::Queue>>,
    /// What went wrong or well lately.
    pub toasts: toasts::Toasts,
    /// What the browser says about the network.
    is_online: Var<bool>,
    /// Rings while offers run out.
    pub clock: Bell,
    /// Set when the agent is out: why, where the agent did not ask for it.
    left: Var<Option<&'static str>>,
    /// The role that the agent had a moment ago.
    role: Var<Option<Role>>,
}

/// Why an agent is out.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Out {
    /// By a click.
    Asked,
    /// The session is over.
    Over,
    /// The agent has no place in this space any more.
    NoAccess,
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
    /// Whether the agent writes a note.
    pub wants_note: Var<bool>,
    /// What reply and note are about.
    pub aims: ui::actions::Talk,
    /// The note of a transfer.
    pub pass_note: Var<String>,
    /// The transfer that this tab has asked for last.
    pub passing: Var<Option<passing::Passing>>,
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
        let mut why = "";
        if let (false, Some(name)) = (session.exists(), &asked)
            && sign_in::sign_in(&session, &own, &config.space, name)
                .await
                .is_err()
        {
            why = words().sign_in_failed;
        }
        if session.agent().is_none() && asked.is_none() && config.has_session {
            // Who has no place in this space is shown the spaces.
            let _ = session.ensure().await;
        }
        if session.agent().is_none() && !config.is_dev {
            let address = ["/agent#to=", &config.space].concat();
            let _ = js::window().location().assign(&address);
            return;
        }
        let Some(root) = config::root() else { return };
        let owner = Owner::new();
        owner.with(|| {
            let agent = Var::new(session.agent());
            let why = Var::new(why);
            let start = (config, own, session, device);
            let _ = root.bind_children(move || {
                let (config, own, session, device) = start.clone();
                vec![match agent.get() {
                    Some(me) => {
                        let local =
                            Store::local(&[&config.space, ".agent.", &me.to_string()].concat());
                        let tab = Tab::new(config, local, own, session, device);
                        Console::open(&tab, me, move |reason| {
                            why.set(reason);
                            agent.set(None);
                        })
                    }
                    None => sign_in::screen(config, own, session, why.now(), agent),
                }]
            });
        });
        // Lives as long as the page.
        std::mem::forget(owner);
    });
}

impl Console {
    fn open(tab: &Rc<Tab>, me: AgentId, leave: impl Fn(&'static str) + 'static) -> El {
        let toasts = Var::new(Vec::new());
        let accepting = Var::new(None);
        let on_answer: Var<Option<Self>> = Var::new(None);
        let desk = Desk::new(tab, move |id, answer| {
            if let Some(console) = on_answer.now() {
                console.hear_answer(id, &answer);
            }
        });
        let console = Self {
            tab: Var::new(Rc::clone(tab)),
            me,
            desk,
            threads: Var::new(Vec::new()),
            selected: Var::new(None),
            accepting,
            visiting: Var::new(None),
            pane: Var::new("lists"),
            asks: Var::new(None),
            asking: Var::new(None),
            colleagues: Var::new(None),
            queues: Var::new(None),
            toasts,
            is_online: Var::new(js::is_online()),
            clock: Bell::new(),
            left: Var::new(None),
            role: Var::new(None),
        };
        on_answer.peek_mut(|slot| *slot = Some(console));
        effect(move || console.follow_desk());
        effect(move || console.follow_passing());
        effect(move || console.follow_role());
        effect(move || console.see());
        effect(move || console.title());
        let has_read = Var::new(false);
        effect(move || {
            if console.has_queues() && !has_read.now() {
                has_read.set(true);
                console.read_queues();
            }
        });
        console.watch_browser();
        console.run_clock();
        effect(move || {
            if let Some(why) = console.left.get() {
                leave(why);
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
            is_slowed: self.is_slowed(),
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
        let main = banner(main, line, move || self.desk.input(SpaceInput::Start))
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
            .child(toasts::toasts(self.toasts));
        dialog::dialogs(main, self)
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
        focus_composer_soon(&[]);
    }

    /// Shows a conversation that the agent does not have, to read it.
    pub fn visit(self, conversation: ConversationId) {
        self.visiting.set(Some(conversation));
        self.select(conversation);
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

    /// Forgets the session; the screen to sign in says why.
    pub fn sign_out(self, out: Out) {
        self.desk.close();
        self.threads
            .peek(|talks| talks.iter().for_each(|talk| talk.thread.close()));
        let tab = self.tab.now();
        let is_demo = tab.config.is_dev && !tab.config.has_session;
        let is_of_tab = is_demo || tab.session.exists();
        tab.session.forget();
        tab.own.remove("as");
        if is_of_tab {
            return self.left.set(Some(match out {
                Out::Asked => "",
                Out::Over => words().session_over,
                Out::NoAccess => words().no_access,
            }));
        }
        spawn(async move {
            // Who lost one space is still signed in for the others.
            let address = match out {
                Out::Asked => {
                    let headers = [("X-Bellhop", "1")];
                    let _ = http::send("DELETE", "/api/v1/session", &headers, None).await;
                    "/agent"
                }
                Out::Over => "/agent#failed=session_over",
                Out::NoAccess => "/agent#failed=no_access",
            };
            let _ = js::window().location().assign(address);
        });
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
        let draft = |kind| {
            Var::new(
                own.get(&follow::draft_name(conversation, kind))
                    .unwrap_or_default(),
            )
        };
        let pass_note = draft("pass");
        let passing = own.get(&follow::draft_name(conversation, "transfer"));
        let passing = passing.and_then(|row| pass_note.peek(|note| passing::read(&row, note)));
        let (reply, note) = (draft("reply"), draft("note"));
        let wants_note = Var::new(false);
        let aim = |draft, notes| Aim {
            notes,
            ..Aim::new(thread, self.reader(), draft)
        };
        let talk = Talk {
            conversation,
            thread,
            reply,
            note,
            wants_note,
            aims: ui::actions::Talk {
                replies: aim(reply, None),
                notes: aim(note, Some(wants_note)),
            },
            pass_note,
            passing: Var::new(passing),
        };
        self.threads.update(|talks| talks.push(talk));
    }
}
