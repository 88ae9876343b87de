//! The customer's app.

mod confirm;
mod ended;
mod frame;
mod header;
mod screen;
mod welcome;

use std::rc::Rc;

use leptos::prelude::*;
use shared::conversation::{Command, Stage};
use shared::id::ConversationId;
use shared::link::{Input, State, StopReason};
use shared::rights::Side;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::StorageEvent;

use crate::config::{self, Config};
use crate::session::Session;
use crate::store::Store;
use crate::tab::Tab;
use crate::thread::Thread;
use crate::{device, js, text, ui};

/// The customer's app. A handle: copies are the same app.
#[derive(Clone, Copy)]
pub struct Chat {
    tab: StoredValue<Rc<Tab>, LocalStorage>,
    /// The conversation on the screen.
    pub thread: RwSignal<Thread>,
    /// What is written and not sent; outlives the composer and a reload.
    pub draft: RwSignal<String>,
    /// Whether the person can see the chat.
    pub is_shown: RwSignal<bool>,
    /// What the browser says about the network.
    pub is_online: RwSignal<bool>,
    /// Told when the page has asked for another language.
    pub language: Trigger,
    /// What the page says that the person is called.
    name: RwSignal<Option<String>>,
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
    text::choose(&config.lang);
    spawn_local(async move {
        let (local, own) = (Store::local(&config.space), Store::tab(&config.space));
        let device = device::id(&own).await;
        let session = Session::new(local.clone(), &config.space);
        let tab = Tab::new(config, local, own, session, device);
        tab.outbox.adopt().await;
        let Some(root) = config::root() else { return };
        let chat = tab.owner.with(|| Chat::new(&tab));
        mount_to(root, move || {
            move || {
                chat.language.track();
                screen::screen(chat)
            }
        })
        .forget();
        frame::attach(chat);
    });
}

impl Chat {
    fn new(tab: &Rc<Tab>) -> Self {
        let conversation = tab.local.get("conversation").and_then(|id| id.parse().ok());
        let chat = Self {
            tab: StoredValue::new_local(Rc::clone(tab)),
            thread: RwSignal::new(Thread::new(tab, Side::Customer, conversation)),
            draft: RwSignal::new(tab.own.get("draft").unwrap_or_default()),
            is_shown: RwSignal::new(false),
            is_online: RwSignal::new(js::is_online()),
            language: Trigger::new(),
            name: RwSignal::new(None),
        };
        chat.thread.get_untracked().input(Input::Start);
        Effect::new(move |_| chat.draft.with(|draft| chat.tab().own.set("draft", draft)));
        Effect::new(move |_| chat.follow());
        chat
    }

    /// This tab of the browser.
    pub fn tab(self) -> Rc<Tab> {
        self.tab.get_value()
    }

    /// What the screen is about.
    pub fn screen(self) -> Screen {
        let thread = self.thread.get();
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

    /// Goes on with a conversation that another tab has begun.
    pub fn open(self, conversation: ConversationId) {
        if self.thread.get_untracked().conversation() != Some(conversation) {
            self.replace(Some(conversation));
        }
    }

    /// Leaves a conversation that is over. What could not be sent goes back into the composer.
    pub fn start_new(self) {
        let tab = self.tab();
        tab.local.remove("conversation");
        self.thread.get_untracked().pending(|pending| {
            for item in pending {
                tab.outbox.drop(item.id);
                if let Command::Post { text } = &item.command {
                    self.write_again(text.as_str());
                }
            }
        });
        self.replace(None);
        request_animation_frame(ui::focus_composer);
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

    /// Takes the name that the page claims for the person.
    pub fn claim_name(self, name: String) {
        self.thread.get_untracked().claim_name(name.clone());
        self.name.set(Some(name));
    }

    fn replace(self, conversation: Option<ConversationId>) {
        self.thread.get_untracked().close();
        let thread = Thread::new(&self.tab(), Side::Customer, conversation);
        if let Some(name) = self.name.get_untracked() {
            thread.claim_name(name);
        }
        thread.input(Input::Start);
        self.thread.set(thread);
    }

    /// What a change of the thread means for the app around it.
    fn follow(self) {
        let thread = self.thread.get();
        let tab = self.tab();
        if let Some(conversation) = thread.conversation() {
            tab.local.set("conversation", &conversation.to_string());
        }
        if thread.state() == State::Stopped(StopReason::Unknown) {
            // Erased, or another person's: what was not sent begins a new one.
            thread.pending(|pending| pending.iter().for_each(|item| tab.outbox.keep(None, item)));
            tab.local.remove("conversation");
            self.replace(None);
        }
    }
}

/// Follows the browser: network, visibility, other tabs.
fn watch_browser(chat: Chat) {
    let forever = |listener: WindowListenerHandle| std::mem::forget(listener);
    for event in ["online", "offline", "visibilitychange"] {
        forever(window_event_listener_untyped(event, move |_| {
            let is_online = js::is_online();
            chat.is_online.set(is_online);
            let input = if is_online { Input::Online } else { Input::Offline };
            chat.thread.get_untracked().input(input);
            frame::see(chat);
        }));
    }
    forever(window_event_listener_untyped("storage", move |event| {
        let Some(event) = event.dyn_ref::<StorageEvent>() else { return };
        if event.key() == Some(chat.tab().local.key("conversation")) {
            if let Some(conversation) = event.new_value().and_then(|id| id.parse().ok()) {
                chat.open(conversation);
            }
        }
    }));
}
