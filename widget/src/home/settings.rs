//! The settings of a space: every duration, limit and text, how it looks, its queues, and the
//! snippet (F26, F32, P31).

mod ends;
mod greetings;
mod hours;
mod look;
mod queues;
pub mod refused;
mod snippet;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use super::sheet::{self, At, Sheet};
use super::{Home, blocks, form, identity, tokens, transcriber};
use crate::dom::{El, button, el};
use crate::http::HttpError;
use crate::js;
use crate::task::spawn;
use crate::text::settings::{Words, words};
use crate::text::{fill, privacy, status};
use crate::var::{Bell, Var};

/// The page. A handle.
#[derive(Clone, Copy)]
pub struct Page {
    home: Home,
    space: Var<String>,
    /// The settings as the server has them.
    base: Var<JsValue>,
    /// The settings as they are on the screen; `undefined` until they have come.
    draft: Var<JsValue>,
    sheet: Sheet,
    /// Rings when queues, hours or entries of a list come and go.
    shape: Bell,
    /// The agents of the space, who serve its queues.
    agents: Var<Vec<queues::Server>>,
    /// The queue that is open on the screen.
    opened: Var<String>,
    /// What was said about the last save.
    said: Var<String>,
    is_dirty: Var<bool>,
}

/// What the form edits, in its order, with what each is called. A journey holds this against what
/// the server has.
pub fn names(words: &'static Words) -> [(&'static str, &'static str); 33] {
    [
        ("live_chat", words.live_chat),
        ("name", words.name),
        ("origins", words.origins),
        ("require_verification", words.require_verification),
        ("sign_in_url", words.sign_in_url),
        ("transcripts", words.transcripts),
        ("files_off", words.files_off),
        ("dictation", words.dictation),
        ("file_check_url", words.file_check),
        ("theme", words.look),
        ("proactive", words.greetings),
        ("offer_mode", words.offer_mode),
        ("routing", words.routing),
        ("conversation_limit", words.conversation_limit),
        ("offer_s", words.offer_s),
        ("wait_s", words.wait_s),
        ("fallback_text", words.fallback_text),
        ("idle_s", words.idle_s),
        ("idle_end_s", words.idle_end_s),
        ("max_s", words.max_s),
        ("wrap_up_s", words.wrap_up_s),
        ("retention_s", privacy::words().retention),
        ("queues", words.queues),
        ("resolutions", words.resolutions),
        ("reasons", words.reasons),
        ("messages_burst", words.messages_burst),
        ("messages_per_10s", words.messages_per_10s),
        ("messages_per_hour", words.messages_per_hour),
        ("conversations_per_10min", words.conversations_per_10min),
        ("conversations_per_hour", words.conversations_per_hour),
        ("dictations_per_hour", words.dictations_per_hour),
        ("challenge", words.challenge),
        ("version", ""),
    ]
}

/// The page.
pub fn page(home: Home, space: String) -> El {
    let words = words();
    let page = Page {
        home,
        space: Var::new(space.clone()),
        base: Var::new(JsValue::UNDEFINED),
        draft: Var::new(JsValue::UNDEFINED),
        sheet: Sheet::new(home),
        shape: Bell::new(),
        agents: Var::new(vec![]),
        opened: Var::new(String::new()),
        said: Var::new(String::new()),
        is_dirty: Var::new(false),
    };
    let people = crate::text::home::words();
    let head = home.head(people.settings, &space, ("people", people.people));
    spawn(async move {
        let asked = page.asks("GET", "/settings", None).await;
        if let Some(answer) = asked {
            page.takes(&js::get(&answer, "settings").unwrap_or_default());
            if lacks_keys(&answer) {
                page.sheet.refuse("challenge", words.challenge_missing);
            }
            page.read_agents().await;
        }
    });
    let inside = move || {
        let draft = page.draft.get();
        if draft.is_undefined() {
            return vec![];
        }
        vec![page.form(&At::root(&draft))]
    };
    el("main", "home home--wide")
        .child(head)
        .child(home.alert())
        .child(snippet::part(page))
        .child(el("div", "settings__inside").bind_children(inside))
        .child(identity::part(home, &space))
        .child(transcriber::part(home, &space))
        .child(tokens::part(home, &space))
        .child(blocks::part(home, &space))
        .child(form::link(
            &["#audit=", &space].concat(),
            privacy::words().audit,
        ))
        .child(form::link(
            &["#status=", &space].concat(),
            status::words().status,
        ))
        .attr("aria-label", words.settings)
}

impl Page {
    async fn asks(
        self,
        method: &str,
        what: &str,
        body: Option<&[(&str, JsValue)]>,
    ) -> Option<JsValue> {
        let space = self.space.now();
        self.home.asks_in(&space, method, what, body).await
    }

    /// Shows settings that came from the server.
    fn takes(self, settings: &JsValue) {
        complete(settings);
        self.is_dirty.set(false);
        self.base.set(settings.clone());
        self.draft.set(sheet::copy(settings));
    }

    fn form(self, at: &At) -> El {
        let words = words();
        let sheet = self.sheet;
        let empty = || JsValue::from("");
        let modes = [
            ("offer", words.mode_offer),
            ("auto_accept", words.mode_auto),
            ("manual", words.mode_manual),
        ];
        let turns = [
            ("round_robin", words.round_robin),
            ("least_busy", words.least_busy),
        ];
        let challenges = [
            ("never", words.challenge_never),
            ("when_fast", words.challenge_when_fast),
            ("always", words.challenge_always),
        ];
        let sources = [
            ("widget", "Widget"),
            ("virtual_agent", words.virtual_agent),
            ("console", words.console),
            ("api", "API"),
            ("whatsapp", "WhatsApp"),
            ("slack", "Slack"),
            ("teams", "Teams"),
        ];
        let time = |name, label, hint| sheet.duration(at, name, label, hint);
        let parts = [
            part("chat", words.chat, "").child(fields(vec![
                sheet.tick(at, "live_chat", words.live_chat),
                sheet.line(at, "name", words.name, words.name_hint, empty()),
                sheet.list(at, "origins", words.origins, words.origins_hint, "textarea"),
                sheet.tick(at, "transcripts", words.transcripts),
                sheet.ticks(at, "files_off", words.files_off, &sources),
                sheet.tick(at, "dictation", words.dictation),
                sheet.line(
                    at,
                    "file_check_url",
                    words.file_check,
                    words.file_check_hint,
                    empty(),
                ),
            ])),
            part("customers", words.customers, words.customers_text).child(fields(vec![
                sheet.tick(at, "require_verification", words.require_verification),
                sheet.line(
                    at,
                    "sign_in_url",
                    words.sign_in_url,
                    words.sign_in_hint,
                    empty(),
                ),
            ])),
            look::part(self, at),
            greetings::part(self, at),
            part("work", words.work, "").child(fields(vec![
                sheet.choice(at, "offer_mode", words.offer_mode, &modes),
                sheet.choice(at, "routing", words.routing, &turns),
                sheet.number(
                    at,
                    "conversation_limit",
                    words.conversation_limit,
                    words.up_to_100,
                ),
                time("offer_s", words.offer_s, ""),
            ])),
            part("times", words.times, "").child(fields(vec![
                time("wait_s", words.wait_s, ""),
                sheet.lines(
                    at,
                    "fallback_text",
                    words.fallback_text,
                    words.usual,
                    empty(),
                ),
                time("idle_s", words.idle_s, ""),
                time("idle_end_s", words.idle_end_s, ""),
                time("max_s", words.max_s, ""),
                time("wrap_up_s", words.wrap_up_s, ""),
                time(
                    "retention_s",
                    privacy::words().retention,
                    privacy::words().for_ever,
                ),
            ])),
            queues::part(self, at),
            ends::part(self, at),
            part("limits", words.limits, words.limits_text).child(fields(vec![
                sheet.number(at, "messages_burst", words.messages_burst, ""),
                sheet.number(at, "messages_per_10s", words.messages_per_10s, ""),
                sheet.number(at, "messages_per_hour", words.messages_per_hour, ""),
                sheet.number(
                    at,
                    "conversations_per_10min",
                    words.conversations_per_10min,
                    "",
                ),
                sheet.number(
                    at,
                    "conversations_per_hour",
                    words.conversations_per_hour,
                    "",
                ),
                sheet.number(at, "dictations_per_hour", words.dictations_per_hour, ""),
                sheet.choice(at, "challenge", words.challenge, &challenges),
            ])),
        ];
        let home = self.home;
        let said = move || {
            sheet.changed.hear();
            self.said.get()
        };
        let bar = el("div", "settings__bar")
            .child(
                el("p", "settings__said")
                    .attr("role", "status")
                    .bind_text(said),
            )
            .child(
                el("button", "button button--primary")
                    .attr("type", "submit")
                    .bind_flag("disabled", move || home.busy.get())
                    .text(words.save),
            );
        let form = el("form", "settings")
            .attr("novalidate", "")
            .on("submit", move |event| {
                event.prevent_default();
                if !home.busy.now() {
                    spawn(self.save());
                }
            });
        let form = form.on("input", move |_| {
            if !self.is_dirty.now() {
                self.is_dirty.set(true);
                self.said.set(words.unsaved.to_owned());
            }
        });
        parts.into_iter().fold(form, El::child).child(bar)
    }

    /// The fields that are not as the server has them.
    fn differences(self) -> Vec<(&'static str, JsValue)> {
        let (base, draft) = (self.base.now(), self.draft.now());
        let field = |(name, _): (&'static str, _)| {
            let value = |of: &JsValue| js::get(of, name).unwrap_or_default();
            let (before, after) = (value(&base), value(&draft));
            (sheet::json(&before) != sheet::json(&after)).then_some((name, after))
        };
        names(words()).into_iter().filter_map(field).collect()
    }

    async fn save(self) {
        let words = words();
        self.said.set(String::new());
        let mut body = self.differences();
        for (name, value) in &mut body {
            if *name == "queues" {
                *value = queues::as_sent(value);
            }
        }
        // Whoever saves says which version that was made for: nobody's change is undone.
        let version = js::get(&self.base.now(), "version").unwrap_or_default();
        body.push(("version", version));
        let space = self.space.now();
        let answer = self
            .home
            .answers_in(&space, "PATCH", "/settings", Some(&body))
            .await;
        match answer {
            Ok(answer) => {
                self.takes(&js::get(&answer, "settings").unwrap_or_default());
                let said = if ends::in_use(&answer) > 0 {
                    words.saved_in_use
                } else {
                    words.saved
                };
                self.said.set(said.to_owned());
            }
            Err(HttpError::Refused(409, ref body)) if refused::code(body) == "settings_changed" => {
                self.meets_others().await;
            }
            Err(error) => self.is_refused(&error),
        }
    }

    /// Somebody else has saved meanwhile: what they changed is shown, and what was typed stays.
    async fn meets_others(self) {
        let words = words();
        let Some(answer) = self.asks("GET", "/settings", None).await else {
            return;
        };
        let theirs = js::get(&answer, "settings").unwrap_or_default();
        complete(&theirs);
        let mine = self.differences();
        let (base, draft) = (self.base.now(), sheet::copy(&self.draft.now()));
        let mut changed = Vec::new();
        for (name, label) in names(words) {
            let value = js::get(&theirs, name).unwrap_or_default();
            let before = js::get(&base, name).unwrap_or_default();
            if sheet::json(&value) == sheet::json(&before) {
                continue;
            }
            if !label.is_empty() {
                changed.push(label);
            }
            if !mine.iter().any(|(known, _)| *known == name) {
                let _ = Reflect::set(&draft, &name.into(), &sheet::copy(&value));
            }
        }
        self.base.set(theirs);
        self.draft.set(draft);
        let text = fill(words.others_changed, &changed.join(", "));
        self.home.error.set(text);
        js::window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn is_refused(self, error: &HttpError) {
        let (path, why) = refused::say(error);
        if path.is_empty() || !self.sheet.refuse(&path, &why) {
            self.home.error.set(why);
            js::window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }
}

/// Whether what is set needs something that this installation does not have.
fn lacks_keys(answer: &JsValue) -> bool {
    let missing: Array = js::get(answer, "missing").unwrap_or_default().into();
    missing.length() > 0
}

/// A part of the page.
fn part(name: &str, title: &str, text: &str) -> El {
    let section = el("section", "panel")
        .attr("data-part", name)
        .attr("aria-label", title)
        .child(el("h2", "panel__title").text(title));
    if text.is_empty() {
        section
    } else {
        section.child(el("p", "panel__text").text(text))
    }
}

fn fields(fields: Vec<El>) -> El {
    let all = el("div", "fields");
    fields.into_iter().fold(all, El::child)
}

/// A button that adds an entry or takes one away.
fn small(text: &str, act: impl FnMut() + 'static) -> El {
    button("button button--quiet button--small", act).text(text)
}

/// A cross that takes away what it names.
fn cross(label: &str, act: impl FnMut() + 'static) -> El {
    button("button button--quiet button--icon icon icon--close", act).attr("aria-label", label)
}

/// What the server leaves empty, in the form in which it is edited.
fn complete(settings: &JsValue) {
    let at = At::root(settings);
    for text in ["fallback_text", "sign_in_url", "file_check_url"] {
        if at.text(text).is_empty() {
            at.write(text, &"".into());
        }
    }
    if at.read("theme").is_undefined() {
        at.write("theme", &Object::new());
    }
    let theme = at.inner("theme");
    for (name, usual) in [
        ("color", ""),
        ("side", "end"),
        ("text", ""),
        ("logo", ""),
        ("scheme", "auto"),
    ] {
        if theme.text(name).is_empty() {
            theme.write(name, &usual.into());
        }
    }
    for list in ["origins", "proactive", "queues", "resolutions", "reasons"] {
        if at.read(list).is_undefined() {
            at.write(list, &Array::new());
        }
    }
    queues::complete(&at);
}
