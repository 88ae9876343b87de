//! The way into the console, and what is set up around it: signing in, the spaces of a person,
//! invitations, and the people and settings of a space. A third build, so that neither customers
//! nor agents at work download it.

mod audit;
mod blocks;
mod customer;
mod form;
mod identity;
mod join;
mod open;
mod people;
mod settings;
mod sheet;
mod sign_in;
mod spaces;
mod status;
mod story;
mod tokens;
mod transcriber;

use reactive_graph::owner::Owner;
use wasm_bindgen::JsValue;

use self::sheet::Sheet;
use crate::config::{self, Config};
use crate::dom::{El, decor, el};
use crate::http::{self, HttpError};
use crate::js;
use crate::session::Session;
use crate::store::Store;
use crate::task::spawn;
use crate::text;
use crate::text::home::words;
use crate::var::Var;

/// The app. A handle: copies are the same app.
#[derive(Clone, Copy)]
pub struct Home {
    /// What the document says.
    config: Var<Config>,
    /// What stands behind `#`: the page, and what it is about.
    route: Var<(String, String)>,
    /// Who is signed in; `None` while nobody is.
    me: Var<Option<Me>>,
    /// True while something is asked.
    busy: Var<bool>,
    /// What went wrong.
    error: Var<String>,
    /// What was refused last: the path of the field, and why.
    fault: Var<(String, String)>,
    /// The form that was sent last.
    form: Var<&'static str>,
}

/// Who is signed in.
#[derive(Clone)]
pub struct Me {
    name: String,
    /// Empty while none is known.
    email: String,
    may_create: bool,
    session: String,
    is_bound: bool,
    spaces: Vec<Space>,
    sessions: Vec<(String, f64)>,
}

/// A space of the person.
#[derive(Clone)]
pub struct Space {
    space: String,
    name: String,
    role: String,
}

/// Starts the app in the document.
pub fn start() {
    let config = Config::read();
    text::choose(&config.lang);
    let Some(root) = config::root() else { return };
    let owner = Owner::new();
    owner.with(|| {
        let has_session = config.has_session;
        let home = Home {
            config: Var::new(config),
            route: Var::new(route()),
            me: Var::new(None),
            busy: Var::new(has_session),
            error: Var::new(String::new()),
            fault: Var::new(Default::default()),
            form: Var::new(""),
        };
        js::on_window(&["hashchange"], move |_| {
            home.forgive();
            home.route.set(route());
        });
        let _ = root.bind_children(move || vec![home.screen()]);
        if has_session {
            spawn(async move { home.look().await });
        }
    });
    // Lives as long as the page.
    std::mem::forget(owner);
}

/// `#join=bhi_…` is `join` and `bhi_…`.
fn route() -> (String, String) {
    let hash = js::window().location().hash().unwrap_or_default();
    let hash = hash.trim_start_matches('#');
    let (page, about) = hash.split_once('=').unwrap_or((hash, ""));
    let plain = js_sys::decode_uri_component(about).map(String::from);
    (page.to_owned(), plain.unwrap_or_default())
}

impl Home {
    fn screen(self) -> El {
        let (page, about) = self.route.get();
        match page.as_str() {
            "in" => open::link(self, about),
            "first" => open::first(self, about),
            "address" => open::address(self, about),
            "join" => join::page(self, about),
            "people" => people::page(self, about),
            "settings" => settings::page(self, about),
            "audit" => audit::page(self, about),
            "status" => status::page(self, about),
            "failed" => sign_in::failed(self, &about),
            _ => match self.me.get() {
                Some(me) => spaces::page(self, &me),
                None => sign_in::page(self),
            },
        }
    }

    /// Leads to a page of the app.
    fn goes(hash: &str) {
        let _ = js::window().location().set_hash(hash);
    }

    /// Leads to another document.
    fn leaves(address: &str) {
        let _ = js::window().location().assign(address);
    }

    /// Reads who is signed in.
    async fn look(self) {
        let answer = http::send("GET", "/api/v1/session", &[], None).await;
        self.busy.set(false);
        match answer {
            Ok(answer) => self.me.set(Some(Me::read(&answer))),
            Err(HttpError::Refused(401, _)) => self.me.set(None),
            Err(error) => self.error.set(say(&error)),
        }
    }

    /// Asks as the person of the session; what is refused is shown.
    async fn asks(self, method: &str, path: &str, body: &[(&str, JsValue)]) -> Option<JsValue> {
        self.busy.set(true);
        self.forgive();
        let body = (method != "DELETE").then_some(body);
        let answer = http::send(method, path, &[("X-Bellhop", "1")], body).await;
        self.busy.set(false);
        self.hears(answer)
    }

    /// Asks as an agent of a space; what is refused is shown.
    async fn asks_in(
        self,
        space: &str,
        method: &str,
        what: &str,
        body: Option<&[(&str, JsValue)]>,
    ) -> Option<JsValue> {
        let answer = self.answers_in(space, method, what, body).await;
        self.hears(answer)
    }

    /// Asks as an agent of a space; the caller says what is refused.
    async fn answers_in(
        self,
        space: &str,
        method: &str,
        what: &str,
        body: Option<&[(&str, JsValue)]>,
    ) -> Result<JsValue, HttpError> {
        self.busy.set(true);
        self.forgive();
        let session = Session::of_agent(Store::tab(space), space);
        let path = ["/api/v1/spaces/", space, what].concat();
        let mut token = session.ensure().await;
        let mut is_renewed = false;
        let answer = loop {
            let answer = match token {
                Ok(token) => {
                    let bearer = ["Bearer ", &token].concat();
                    http::send(method, &path, &[("Authorization", &bearer)], body).await
                }
                Err(error) => break Err(error),
            };
            // With a new role a token is void, and the session behind it is not.
            if is_renewed || !matches!(answer, Err(HttpError::Refused(401, _))) {
                break answer;
            }
            is_renewed = true;
            token = session.renew().await;
        };
        self.busy.set(false);
        answer
    }

    fn hears(self, answer: Result<JsValue, HttpError>) -> Option<JsValue> {
        answer.map_err(|error| self.is_refused(&error)).ok()
    }

    /// Says what was refused at its field of the form that was sent, else over everything.
    fn is_refused(self, error: &HttpError) {
        let (field, why) = settings::refused::say(error);
        let path = [self.form.now(), ".", &field].concat();
        if !Sheet::new(self).refuse(&path, &why) {
            self.error.set(why);
        }
    }

    /// Nothing is refused any more.
    fn forgive(self) {
        self.error.set(String::new());
        self.fault.set(Default::default());
    }

    /// A card in the middle of the page.
    fn card(self, title: &str) -> El {
        el("div", "card")
            .child(decor("card__bell icon icon--bell"))
            .child(el("h1", "card__title").attr("dir", "auto").text(title))
    }

    /// A page with a card.
    fn page(self, card: El) -> El {
        el("main", "home").child(card.child(self.alert()))
    }

    /// What went wrong, where everybody hears of it.
    fn alert(self) -> El {
        el("p", "home__error")
            .attr("role", "alert")
            .bind_text(move || self.error.get())
    }

    /// The head of a page of a space.
    fn head(self, title: &str, space: &str, other: (&str, &str)) -> El {
        let console = ["/agent?space=", space].concat();
        el("header", "home__head")
            .child(decor("card__bell icon icon--bell"))
            .child(el("h1", "home__title").text(title))
            .child(
                el("nav", "home__nav")
                    .attr("aria-label", words().pages)
                    .child(form::link(&["#", other.0, "=", space].concat(), other.1))
                    .child(form::link(&console, words().console))
                    .child(form::link("#", words().spaces)),
            )
    }
}

impl Me {
    fn read(answer: &JsValue) -> Self {
        let text = |value: &JsValue, name| js::get_text(value, name).unwrap_or_default();
        let spaces = rows(answer, "spaces").into_iter().map(|row| Space {
            space: text(&row, "space"),
            name: text(&row, "name"),
            role: text(&row, "role"),
        });
        let sessions = rows(answer, "sessions").into_iter().map(|row| {
            let used_at = js::get(&row, "used_at").and_then(|at| at.as_f64());
            (text(&row, "session"), used_at.unwrap_or_default())
        });
        Self {
            name: text(answer, "name"),
            email: text(answer, "email"),
            may_create: js::get(answer, "may_create").is_some_and(|may| may.is_truthy()),
            session: text(answer, "session"),
            is_bound: js::get(answer, "only").is_some(),
            spaces: spaces.collect(),
            sessions: sessions.collect(),
        }
    }
}

/// The rows of a list in an answer.
fn rows(answer: &JsValue, name: &str) -> Vec<JsValue> {
    let list = js::get(answer, name).unwrap_or_default();
    let list: js_sys::Array = wasm_bindgen::JsCast::unchecked_into(list);
    if js_sys::Array::is_array(&list) {
        list.iter().collect()
    } else {
        Vec::new()
    }
}

/// The letter that stands for a name; css makes it a capital.
fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}

/// What a role is called.
fn role(role: &str) -> &'static str {
    let words = words();
    match role {
        "admin" => words.admin,
        "supervisor" => words.supervisor,
        _ => words.agent,
    }
}

/// What went wrong, in the words of a person.
fn say(error: &HttpError) -> String {
    let words = words();
    let HttpError::Refused(_, body) = error else {
        return words.unreachable.to_owned();
    };
    let error = js::get(body, "error").unwrap_or_default();
    let code = js::get_text(&error, "code").unwrap_or_default();
    match word(&code) {
        // The rest names a field and its value, in the server's words.
        "" => js::get_text(&error, "message").unwrap_or_default(),
        known => known.to_owned(),
    }
}

/// A refusal in the words of a person; empty for one that has none.
fn word(code: &str) -> &'static str {
    let words = words();
    match code {
        "link_over" => words.link_over,
        "session_over" | "token_revoked" | "token_expired" => words.session_over,
        "forbidden" => words.forbidden,
        "not_invited" => words.not_invited,
        "last_admin" => words.last_admin,
        "seal_key_missing" => words.seal_key_missing,
        "no_access" => words.no_access,
        _ if code.ends_with("_not_configured") => text::status::words().not_set_up,
        _ => "",
    }
}
