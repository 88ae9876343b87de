//! What is kept of one customer: taken along as a file, or erased (P12).

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
    id: Var<String>,
    /// `conversation` or `visitor`: what the id is of.
    kind: Var<String>,
    is_sure: Var<bool>,
    done: Var<String>,
}

/// The part.
pub fn part(home: Home, space: &str) -> El {
    let words = words();
    let customer = Customer {
        home,
        space: Var::new(space.to_owned()),
        id: Var::new(String::new()),
        kind: Var::new("conversation".to_owned()),
        is_sure: Var::new(false),
        done: Var::new(String::new()),
    };
    let kinds = [
        ("conversation", words.of_conversation),
        ("visitor", words.of_visitor),
    ];
    let fields = vec![
        form::choice(words.id_of, &kinds, "conversation", move |kind| {
            customer.kind.set(kind)
        }),
        form::field(home, "customer.id", words.id, "text", customer.id),
    ];
    let export = move || spawn(customer.export());
    let form = form::form(home, "customer", fields, words.export, export);
    let erase = form::act(home, words.erase, move || {
        if customer.is_sure.now() {
            spawn(customer.erase());
        } else {
            customer.home.error.set(words.be_sure.to_owned());
        }
    });
    let done = el("p", "home__saved")
        .attr("role", "status")
        .bind_text(move || customer.done.get());
    el("section", "home__part")
        .child(el("h2", "home__subtitle").text(words.customer))
        .child(el("p", "home__none").text(words.customer_text))
        .child(form)
        .child(form::tick(words.sure, customer.is_sure))
        .child(erase)
        .child(done)
}

impl Customer {
    async fn asks(self, what: &str) -> Option<JsValue> {
        self.done.set(String::new());
        let (kind, id) = (self.kind.now(), self.id.now());
        let body = [(kind.as_str(), id.trim().into())];
        let space = self.space.now();
        self.home.asks_in(&space, "POST", what, Some(&body)).await
    }

    async fn export(self) {
        if let Some(answer) = self.asks("/exports").await {
            let text = js_sys::JSON::stringify(&answer).unwrap_or_default();
            let id = js::get_text(&answer, "visitor").unwrap_or_default();
            audit::save(&["customer-", &id, ".json"].concat(), &text);
        }
    }

    async fn erase(self) {
        if let Some(answer) = self.asks("/erasures").await {
            let count = rows(&answer, "conversations").len();
            self.done.set(fill(words().erasing, &count.to_string()));
        }
    }
}
