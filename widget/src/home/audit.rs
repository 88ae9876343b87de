//! The audit log of a space: filtered, checked, and taken along as a file (P25).

use js_sys::Array;
use shared::text::PersonName;
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlElement, Url};

use super::{Home, customer, form, rows, story};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::home;
use crate::text::privacy::{deed, words};
use crate::time::{self, Form};
use crate::var::Var;

/// An act, as this page shows one.
#[derive(Clone)]
struct Act {
    at: f64,
    who: String,
    what: String,
    object: String,
    before: String,
    after: String,
}

/// What the page shows. A handle.
#[derive(Clone, Copy)]
struct Audit {
    home: Home,
    space: Var<String>,
    /// Ids and names.
    agents: Var<Vec<(String, String)>>,
    who: Var<String>,
    what: Var<String>,
    acts: Var<Vec<Act>>,
    /// Where the next page begins; `None` at the end.
    next: Var<Option<f64>>,
    verdict: Var<String>,
}

/// The page.
pub fn page(home: Home, space: String) -> El {
    let words = words();
    let head = home.head(words.audit, &space, ("settings", home::words().settings));
    let customer = customer::part(home, &space);
    let audit = Audit {
        home,
        space: Var::new(space),
        agents: Var::new(vec![]),
        who: Var::new(String::new()),
        what: Var::new(String::new()),
        acts: Var::new(vec![]),
        next: Var::new(None),
        verdict: Var::new(String::new()),
    };
    spawn(async move {
        audit.read_agents().await;
        audit.read().await;
    });
    let list = el("ul", "rows").bind_children(move || {
        let acts = audit.acts.get();
        acts.iter().map(|act| audit.row(act)).collect()
    });
    let more = el("div", "home__more").bind_children(move || {
        let older = move || spawn(audit.read_on());
        let next = audit.next.get();
        next.map(|_| form::act(home, words.older, older))
            .into_iter()
            .collect()
    });
    let verdict = el("p", "home__saved")
        .attr("role", "status")
        .bind_text(move || audit.verdict.get());
    let acts = el("div", "home__nav")
        .child(form::act(home, words.check, move || spawn(audit.check())))
        .child(form::act(home, words.download, move || {
            spawn(audit.download())
        }));
    el("main", "home home--wide")
        .child(head)
        .child(home.alert())
        .child(el("p", "home__none").text(words.audit_text))
        .child(el("div", "filters").bind_children(move || vec![audit.people(), audit.kinds()]))
        .child(acts)
        .child(verdict)
        .child(list)
        .child(more)
        .child(customer)
}

impl Audit {
    async fn asks(self, what: &str) -> Option<JsValue> {
        self.home
            .asks_in(&self.space.now(), "GET", what, None)
            .await
    }

    async fn read_agents(self) {
        let Some(answer) = self.asks("/agents").await else {
            return;
        };
        let text = |row: &JsValue, name| js::get_text(row, name).unwrap_or_default();
        let agents = rows(&answer, "agents").into_iter();
        let agents = agents.map(|row| (text(&row, "agent"), text(&row, "name")));
        self.agents.set(agents.collect());
    }

    /// The rows of a page, as they came; `next` is where it begins.
    async fn page(
        self,
        next: Option<f64>,
        is_filtered: bool,
    ) -> Option<(Vec<JsValue>, Option<f64>)> {
        let mut path = "/audit?".to_owned();
        let (who, what) = (self.who.now(), self.what.now());
        for (name, value) in [("who", who), ("what", what)] {
            if is_filtered && !value.is_empty() {
                path = [&path, "&", name, "=", &value].concat();
            }
        }
        if let Some(next) = next {
            path = [&path, "&before=", &js::written(next)].concat();
        }
        let answer = self.asks(&path).await?;
        let next = js::get(&answer, "next").and_then(|next| next.as_f64());
        Some((rows(&answer, "entries"), next))
    }

    async fn read(self) {
        self.acts.set(vec![]);
        self.next.set(None);
        self.read_on().await;
    }

    async fn read_on(self) {
        let Some((page, next)) = self.page(self.next.now(), true).await else {
            return;
        };
        let text = |row: &JsValue, name| js::get_text(row, name).unwrap_or_default();
        let acts = page.iter().map(|row| Act {
            at: js::get(row, "at")
                .and_then(|at| at.as_f64())
                .unwrap_or_default(),
            who: text(row, "who"),
            what: text(row, "what"),
            object: text(row, "object"),
            before: text(row, "before"),
            after: text(row, "after"),
        });
        let acts = self.acts.now().into_iter().chain(acts);
        self.acts.set(acts.collect());
        self.next.set(next);
    }

    async fn check(self) {
        self.verdict.set(String::new());
        let mut after = 0.0;
        loop {
            let path = ["/audit/check?after=", &js::written(after)].concat();
            let Some(answer) = self.asks(&path).await else {
                return;
            };
            let number = |name| js::get(&answer, name).and_then(|value| value.as_f64());
            let verdict = match (number("broken_at"), number("next"), number("checked")) {
                (None, Some(next), _) => {
                    after = next;
                    continue;
                }
                (Some(at), ..) => fill(words().broken, &js::written(at)),
                (None, None, checked) => {
                    fill(words().whole, &js::written(checked.unwrap_or_default()))
                }
            };
            return self.verdict.set(verdict);
        }
    }

    /// The whole log, as a file.
    async fn download(self) {
        let log = Array::new();
        let mut next = None;
        loop {
            let Some((page, older)) = self.page(next, false).await else {
                return;
            };
            page.iter().for_each(|row| {
                log.push(row);
            });
            next = older;
            if next.is_none() {
                break;
            }
        }
        let text = js_sys::JSON::stringify(&log).unwrap_or_default();
        save("audit-log.json", &text);
    }

    fn people(self) -> El {
        let agents = self.agents.get();
        let all = [(String::new(), words().everybody.to_owned())];
        let choices: Vec<_> = all.into_iter().chain(agents).collect();
        let choices: Vec<(&str, &str)> = choices
            .iter()
            .map(|(id, name)| (id.as_str(), name.as_str()))
            .collect();
        form::choice(words().who, &choices, "", move |who| {
            self.who.set(who);
            spawn(self.read());
        })
    }

    fn kinds(self) -> El {
        let all = [("", words().everything)];
        let choices: Vec<_> = all.into_iter().chain(words().deeds).collect();
        form::choice(words().what, &choices, "", move |what| {
            self.what.set(what);
            spawn(self.read());
        })
    }

    /// What an act was done to, as people know it.
    fn about(self, act: &Act) -> String {
        match act.what.as_str() {
            _ if act.object == act.who => String::new(),
            "settings_changed" | "space_created" => String::new(),
            "visitor_blocked" | "visitor_unblocked" | "exported" | "erasure_asked" | "erased" => {
                // As the console calls whoever has no name; the log says none.
                let visitor = act.object.parse().ok();
                visitor.map_or_else(String::new, |visitor| {
                    PersonName::guest(visitor).to_string()
                })
            }
            "agent_added" | "agent_changed" | "agent_removed" | "agent_restored" => {
                self.name(&act.object)
            }
            // A way in is known by the name that it was given, which the entry of its making says.
            _ => {
                let acts = self.acts.now();
                let mut known = acts.iter().filter(|known| known.object == act.object);
                known
                    .find_map(|known| story::name(&known.after))
                    .unwrap_or_default()
            }
        }
    }

    /// What an agent is called; an id that is nobody's any more as it is.
    fn name(self, id: &str) -> String {
        let agents = self.agents.get();
        let mut agents = agents.iter();
        let known = agents.find(|(agent, _)| agent == id);
        known.map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }

    fn row(self, act: &Act) -> El {
        let who = match act.who.as_str() {
            "" => words().nobody.to_owned(),
            who => self.name(who),
        };
        let at = time::write(Timestamp::from_millis(act.at as u64), Form::Full);
        let object = self.about(act);
        let note = |text: &str| el("span", "rows__note").attr("dir", "auto").text(text);
        let row = el("li", "rows__row")
            .child(el("span", "rows__text").text(deed(&act.what)))
            .child(note(&object))
            .child(note(&who))
            .child(note(&at));
        let lines = story::lines(&act.before, &act.after);
        lines.iter().fold(row, |row, line| {
            row.child(el("p", "rows__change").attr("dir", "auto").text(line))
        })
    }
}

/// Hands a text to the browser as a file.
pub fn save(name: &str, text: &js_sys::JsString) {
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(text)) else {
        return;
    };
    let Ok(address) = Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Ok(link) = js::document().create_element("a") {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", name);
        link.unchecked_into::<HtmlElement>().click();
    }
    let _ = Url::revoke_object_url(&address);
}
