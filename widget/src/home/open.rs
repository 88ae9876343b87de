//! Links that open the door: a one-time link, and that of a deployment's first admin. And the one that shows
//! whose an address is.

use super::{Home, form, sign_in};
use crate::dom::{El, el};
use crate::task::spawn;
use crate::text::home::words;
use crate::var::Var;

/// A one-time link. A person presses the button: what opens links to look at them uses none up.
pub fn link(home: Home, link: String) -> El {
    let words = words();
    let go = move || {
        let link = link.clone();
        spawn(async move {
            let body = [("link", link.as_str().into())];
            if home.asks("POST", "/api/v1/session", &body).await.is_some() {
                sign_in::enter(home).await;
            }
        });
    };
    let card = home
        .card("Bellhop")
        .child(el("p", "card__text").text(words.link_text));
    home.page(card.child(form::form(home, "", vec![], words.sign_in, go)))
}

/// Whose an address is: the person who is signed in says so by the same press of a button.
pub fn address(home: Home, proof: String) -> El {
    let words = words();
    let go = move || {
        let proof = proof.clone();
        spawn(async move {
            let body = [("proof", proof.as_str().into())];
            let path = "/api/v1/session/address";
            if home.asks("POST", path, &body).await.is_some() {
                home.look().await;
                Home::goes("");
            }
        });
    };
    let card = home
        .card(words.your_address)
        .child(el("p", "card__text").text(words.address_text));
    let form = form::form(home, "", vec![], words.address_confirm, go);
    home.page(card.child(form).child(form::link("#", words.spaces)))
}

/// The first admin; or one who was locked out, with space and name behind `&`.
pub fn first(home: Home, about: String) -> El {
    let words = words();
    let mut parts = about.splitn(3, '&').map(str::to_owned);
    let secret = parts.next().unwrap_or_default();
    let back = parts.next().zip(parts.next());
    let is_back = back.is_some();
    let (space, name) = back.unzip();
    let name = Var::new(name.unwrap_or_default());
    let go = move || {
        let (secret, space) = (secret.clone(), space.clone());
        spawn(async move {
            let mut body = vec![
                ("bootstrap", secret.as_str().into()),
                ("name", name.now().as_str().into()),
            ];
            body.extend(space.map(|space| ("space", space.as_str().into())));
            if home.asks("POST", "/api/v1/session", &body).await.is_some() {
                sign_in::enter(home).await;
            }
        });
    };
    if is_back {
        let card = home
            .card("Bellhop")
            .child(el("p", "card__text").text(words.link_text));
        return home.page(card.child(form::form(home, "", vec![], words.sign_in, go)));
    }
    let fields = vec![form::field(
        home,
        "first.name",
        words.your_name,
        "text",
        name,
    )];
    let card = home
        .card(words.welcome)
        .child(el("p", "card__text").text(words.first_text));
    home.page(card.child(form::form(home, "first", fields, words.begin, go)))
}
