//! The customer's app.

pub mod challenge;
pub mod confirm;
mod earlier;
pub mod ended;
mod frame;
mod header;
mod identity;
mod language;
pub mod menu;
mod rating;
mod screen;
pub mod sign_in;
mod take;
pub mod waiting;
mod welcome;

use std::rc::Rc;

use reactive_graph::owner::Owner;
use shared::conversation::{Command, Stage};
use shared::id::ConversationId;
use shared::link::{Input, PendingState};
use shared::rights::Side;
use wasm_bindgen::JsValue;

use crate::config::{self, Config};
use crate::dom::effect;
use crate::session::Session;
use crate::store::Store;
use crate::tab::Tab;
use crate::task::spawn;
use crate::thread::{CLAIMS, Claim, Thread, is_barred};
use crate::var::{Bell, Var};
use crate::{device, js, later, text, ui};

/// The customer's app. A handle: copies are the same app.
#[derive(Clone, Copy)]
pub struct Chat {
    tab: Var<Rc<Tab>>,
    /// The visitor's own conversation.
    pub thread: Var<Thread>,
    /// The conversation on the screen: that one, or an earlier one.
    pub shown: Var<Thread>,
    /// What is written and not sent; outlives the composer and a reload.
    pub draft: Var<String>,
    /// Whether the person can see the chat.
    pub is_shown: Var<bool>,
    /// What the browser says about the network.
    pub is_online: Var<bool>,
    /// Rings when another language is shown.
    pub language: Bell,
    /// What the page has named the launcher.
    launcher: Var<String>,
    /// Whether the menu is open.
    is_choosing: Var<bool>,
    /// Whether the site vouches for the person.
    pub is_known: Var<bool>,
    /// By what the page has said so last.
    said: Var<String>,
    /// What the page says of the person.
    claim: Var<Claim>,
}

/// What the screen is about.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Screen {
    /// Nothing is written yet.
    Welcome,
    /// A conversation is there and its log is not.
    Loading,
    /// Waiting for an agent.
    Waiting,
    /// An agent has it.
    Active,
    /// The conversation is over.
    Ended,
}

/// Starts the app in the document.
pub fn start() {
    let config = Config::read();
    spawn(async move {
        let (local, own) = (Store::local(&config.space), Store::tab(&config.space));
        let is_told = language::tell(&config, &local, language::SHORT_MS).await;
        if !is_told {
            text::english("");
        }
        let device = device::id(&own).await;
        let session = Session::of_visitor(local.clone(), &config.space);
        let tab = Tab::new(config, local, own, session, device);
        tab.outbox.adopt().await;
        let Some(root) = config::root() else { return };
        let owner = Owner::new();
        owner.with(|| {
            let chat = Chat::new(&tab);
            effect(move || {
                chat.language.hear();
                let has_focus = ui::has_focus();
                root.fill(&[screen::screen(chat)]);
                // Whoever types goes on typing, as soon as the effects inside have drawn.
                if has_focus {
                    spawn(async { ui::focus_composer() });
                }
            });
            frame::attach(chat);
            if !is_told {
                language::again(chat);
            }
        });
        // Lives as long as the page.
        std::mem::forget(owner);
    });
}

impl Chat {
    fn new(tab: &Rc<Tab>) -> Self {
        let conversation = tab.local.get("conversation").and_then(|id| id.parse().ok());
        let thread = Thread::new(tab, Side::Customer, conversation);
        let chat = Self {
            tab: Var::new(Rc::clone(tab)),
            thread: Var::new(thread),
            shown: Var::new(thread),
            draft: Var::new(tab.own.get("draft").unwrap_or_default()),
            is_shown: Var::new(false),
            is_online: Var::new(js::is_online()),
            language: Bell::new(),
            launcher: Var::new(String::new()),
            is_choosing: Var::new(false),
            is_known: Var::new(tab.session.is_known()),
            said: Var::new(String::new()),
            claim: Var::new(Claim::default()),
        };
        chat.thread.now().input(Input::Start);
        effect(move || {
            chat.draft.with(|draft| chat.tab().own.set("draft", draft));
        });
        effect(move || chat.follow());
        // Whoever talks will need the rest; who only looks loads none of it.
        effect(move || {
            if chat.is_shown.get() && chat.is_busy() {
                later::prepare();
            }
        });
        chat
    }

    /// This tab of the browser.
    pub fn tab(self) -> Rc<Tab> {
        self.tab.now()
    }

    /// What the screen is about.
    pub fn screen(self) -> Screen {
        self.screen_of(self.shown.get())
    }

    /// What it would be about with that conversation on it.
    pub fn screen_of(self, thread: Thread) -> Screen {
        let screen = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::Waiting { .. } => Screen::Waiting,
            Stage::Active { .. } => Screen::Active,
            Stage::WrappingUp { .. } | Stage::Closed { .. } => Screen::Ended,
        });
        screen.unwrap_or_else(|| match thread.conversation() {
            Some(_) => Screen::Loading,
            None => Screen::Welcome,
        })
    }

    /// Whether the visitor's own conversation is open.
    pub fn is_busy(self) -> bool {
        let screen = self.screen_of(self.thread.get());
        matches!(screen, Screen::Waiting | Screen::Active)
    }

    /// The screen name of the agent who has the conversation.
    pub fn agent(self) -> Option<String> {
        let name = self.shown.get().lifecycle(|lifecycle| {
            lifecycle
                .assignee()
                .map(|assignee| assignee.name.to_string())
        });
        name.flatten()
    }

    /// Whether the person has to sign in before writing (F16).
    pub fn must_sign_in(self) -> bool {
        if self.is_known.get() {
            return false;
        }
        let thread = self.thread.get();
        let here = thread.lifecycle(|lifecycle| lifecycle.needs_verified);
        here.unwrap_or(self.tab().config.verifies)
            || thread.pending(|pending| pending.iter().any(is_barred))
    }

    /// Goes on with a conversation that another tab has begun.
    pub fn open(self, conversation: ConversationId) {
        if self.thread.now().conversation() != Some(conversation) {
            self.replace(Some(conversation));
        }
    }

    /// Leaves a conversation that is over; the new one names it. What could not be sent goes back
    /// into the composer.
    pub fn start_new(self) {
        let tab = self.tab();
        tab.local.remove("conversation");
        if let Some(conversation) = self.thread.now().conversation() {
            tab.own.set("follows", &conversation.to_string());
        }
        self.thread.now().pending(|pending| {
            for item in pending {
                tab.outbox.drop(item.id);
                if let Command::Post { text, .. } = &item.command {
                    self.write_again(text.as_str());
                }
            }
        });
        self.replace(None);
    }

    /// Adds a text to what is in the composer.
    pub fn write_again(self, text: &str) {
        self.draft.update(|draft| {
            if !draft.is_empty() {
                draft.push('\n');
            }
            draft.push_str(text);
        });
    }

    /// Takes what the page says of the person; what it does not name stays.
    pub fn claim(self, message: &JsValue) {
        let mut claim = self.claim.now();
        for (value, name) in claim.0.iter_mut().zip(CLAIMS) {
            if let Some(text) = js::get(message, name).filter(JsValue::is_string) {
                *value = text;
            }
        }
        self.thread.now().claim(claim.clone());
        self.claim.set(claim);
    }

    /// Whether that is the visitor's own conversation, and not an earlier one.
    pub fn is_own(self, thread: Thread) -> bool {
        thread.is(self.thread.now())
    }

    fn replace(self, conversation: Option<ConversationId>) {
        self.shown.now().close();
        self.thread.now().close();
        // What was chosen and is not sent goes along.
        let files = self.thread.now().files;
        let mut thread = Thread::new(&self.tab(), Side::Customer, conversation);
        thread.files = files;
        thread.claim(self.claim.now());
        thread.input(Input::Start);
        self.thread.set(thread);
        self.shown.set(thread);
    }

    /// What a change of the thread means for the app around it.
    fn follow(self) {
        let thread = self.thread.get();
        // An end that came too late needs no word.
        let refused = thread.pending(|pending| {
            let is_end = |command: &Command| matches!(command, Command::End);
            let mut ends = pending.iter().filter(|item| is_end(&item.command));
            ends.find(|item| matches!(item.state, PendingState::Failed(_)))
                .map(|item| item.id)
        });
        if let Some(id) = refused {
            thread.input(Input::Discard { id });
        }
    }
}
