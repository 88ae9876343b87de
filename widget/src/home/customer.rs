//! What is kept of one customer: found, taken along as a file, or erased (P12).

use wasm_bindgen::JsValue;

use super::{Home, audit, form, rows};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::privacy::words;
use crate::var::Var;

/// What the part shows. A handle.
#[derive(Clone, Copy)]
struct Customer {
    home: Home,
    space: Var<String>,
    /// What is looked for, and by what: `email`, `customer` or `conversation`.
    wanted: Var<String>,
    kind: Var<&'static str>,
    /// Who was found, as the API tells.
    found: Var<Vec<JsValue>>,
    /// Whose erasing has yet to be confirmed.
    asked: Var<String>,
    done: Var<String>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let customer = Customer {
        home,
        space: Var::new(space.to_owned()),
        wanted: Var::new(String::new()),
        kind: Var::new("email"),
        found: Var::new(vec![]),
        asked: Var::new(String::new()),
        done: Var::new(String::new()),
    };
    let kinds = [
        ("email", words.of_email),
        ("customer", words.of_customer),
        ("conversation", words.of_conversation),
    ];
    let choice = form::choice(words.found_by, &kinds, "email", move |chosen| {
        let chosen = kinds.iter().find(|(kind, _)| *kind == chosen);
        customer.kind.set(chosen.map_or("email", |(kind, _)| kind));
    });
    // Called as the server calls it, so that a refusal stands at it.
    let wanted = el("div", "").bind_children(move || {
        let kind = customer.kind.get();
        let label = kinds.iter().find(|(known, _)| *known == kind);
        let label = label.map_or("", |(_, label)| label);
        let path = ["customer.", kind].concat();
        vec![form::field(home, &path, label, "text", customer.wanted)]
    });
    let find = move || spawn(customer.find());
    let form = form::form(home, "customer", vec![choice, wanted], words.find, find);
    let list = el("ul", "rows").bind_children(move || {
        let found = customer.found.get();
        found.iter().map(|known| customer.row(known)).collect()
    });
    let done = el("p", "home__saved")
        .attr("role", "status")
        .bind_text(move || customer.done.get());
    el("section", "home__part customers")
        .child(el("h2", "home__subtitle").text(words.customer))
        .child(el("p", "home__none").text(words.customer_text))
        .child(form)
        .child(list)
        .child(done)
}

impl Customer {
    async fn asks(self, what: &str, name: &str, value: &str) -> Option<JsValue> {
        self.done.set(String::new());
        let body = [(name, value.into())];
        let space = self.space.now();
        self.home.asks_in(&space, "POST", what, Some(&body)).await
    }

    async fn find(self) {
        self.asked.set(String::new());
        self.found.set(vec![]);
        let (kind, wanted) = (self.kind.now(), self.wanted.now());
        let answer = self.asks("/customers/search", kind, wanted.trim()).await;
        if let Some(answer) = answer {
            let found = rows(&answer, "customers");
            if found.is_empty() {
                self.done.set(words().nobody_found.to_owned());
            }
            self.found.set(found);
        }
    }

    fn row(self, known: &JsValue) -> El {
        let words = words();
        let text = |name| js::get_text(known, name).unwrap_or_default();
        let count = js::get(known, "conversations").and_then(|count| count.as_f64());
        let count = js::written(count.unwrap_or_default());
        let visitor = text("visitor");
        let mut told = [text("name"), text("email"), text("customer")]
            .into_iter()
            .filter(|text| !text.is_empty());
        let name = told.next().unwrap_or_else(|| visitor.clone());
        let note = |text: &str| el("span", "rows__note").attr("dir", "auto").text(text);
        let exported = visitor.clone();
        let export = move || spawn(self.export(exported.clone()));
        let asked = visitor.clone();
        let ask = move || self.asked.set(asked.clone());
        let row =
            el("li", "rows__row").child(el("span", "rows__text").attr("dir", "auto").text(&name));
        told.fold(row, |row, text| row.child(note(&text)))
            .child(note(&fill(words.conversations, &count)))
            .child(form::act(self.home, words.export, export))
            .child(form::act(self.home, words.erase, ask))
            .child(self.sure(visitor, fill(words.sure_text, &count)))
    }

    /// What erasing does, and the button that does it.
    fn sure(self, visitor: String, text: String) -> El {
        let words = words();
        let part = el("div", "rows__sure").attr("role", "alert");
        part.bind_children(move || {
            if self.asked.with(|asked| *asked != visitor) {
                return vec![];
            }
            let visitor = visitor.clone();
            let erase = move || spawn(self.erase(visitor.clone()));
            let erase = form::act(self.home, words.sure, erase);
            vec![
                el("p", "").text(&text),
                erase.attr("class", "button button--danger button--small"),
                form::act(self.home, words.keep, move || self.asked.set(String::new())),
            ]
        })
    }

    async fn export(self, visitor: String) {
        if let Some(answer) = self.asks("/exports", "visitor", &visitor).await {
            let text = js_sys::JSON::stringify(&answer).unwrap_or_default();
            audit::save(&["customer-", &visitor, ".json"].concat(), &text);
            self.done.set(words().exported.to_owned());
        }
    }

    async fn erase(self, visitor: String) {
        if let Some(answer) = self.asks("/erasures", "visitor", &visitor).await {
            let count = rows(&answer, "conversations").len();
            self.found.set(vec![]);
            self.done.set(fill(words().erasing, &count.to_string()));
        }
    }
}
