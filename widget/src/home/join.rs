//! An invitation: what it is to, and accepting it.

use super::{Home, form, role};
use crate::dom::{El, el};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::home::words;
use crate::var::Var;

/// The page.
pub fn page(home: Home, invitation: String) -> El {
    let words = words();
    let to: Var<Option<(String, String)>> = Var::new(None);
    let name = Var::new(String::new());
    let held = invitation.clone();
    spawn(async move {
        let body = [("invitation", held.as_str().into())];
        if let Some(answer) = home.asks("POST", "/api/v1/invitations/look", &body).await {
            let text = |name| js::get_text(&answer, name).unwrap_or_default();
            to.set(Some((text("name"), text("role"))));
        }
    });
    let accept = move || {
        let held = invitation.clone();
        spawn(async move {
            let name = name.now();
            let mut body = vec![("invitation", held.as_str().into())];
            if !name.is_empty() {
                body.push(("name", name.as_str().into()));
            }
            if let Some(answer) = home.asks("POST", "/api/v1/invitations/accept", &body).await {
                let space = js::get_text(&answer, "space").unwrap_or_default();
                Home::leaves(&["/agent?space=", &space].concat());
            }
        });
    };
    let accept = std::rc::Rc::new(accept);
    let inside = move || {
        let Some((space, as_what)) = to.get() else {
            return vec![];
        };
        let text = fill(&fill(words.invited, &space), role(&as_what));
        let mut fields = vec![el("p", "card__text").attr("dir", "auto").text(&text)];
        match home.me.get() {
            Some(me) => {
                let text = fill(words.joins_as, &me.name);
                fields.push(el("p", "card__hint").attr("dir", "auto").text(&text));
            }
            None => fields.push(form::field(
                home,
                "join.name",
                words.your_name,
                "text",
                name,
            )),
        }
        let accept = std::rc::Rc::clone(&accept);
        vec![form::form(home, "join", fields, words.accept, move || {
            accept()
        })]
    };
    let card = home.card(words.invitation);
    // Who has accepted already, or finds the link over, goes on from here.
    let on = move || {
        let is_refused = to.get().is_none() && home.error.with(|error| !error.is_empty());
        if is_refused {
            vec![form::link("#", words.sign_in)]
        } else {
            vec![]
        }
    };
    let card = card
        .child(el("div", "card__inside").bind_children(inside))
        .child(home.alert())
        .child(el("div", "home__way").bind_children(on));
    el("main", "home").child(card)
}
