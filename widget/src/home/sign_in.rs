//! The sign-in page: the ways that this installation has.

use super::{Home, form, word};
use crate::dom::{El, el};
use crate::task::spawn;
use crate::text::home::words;
use crate::text::text;
use crate::var::Var;

/// The page.
pub fn page(home: Home) -> El {
    let words = words();
    let config = home.config.now();
    let has = |way: &str| config.methods.split(' ').any(|known| known == way);
    let mut card = home
        .card("Bellhop")
        .child(el("p", "card__text").text(words.sign_in_text));
    if has("oidc") {
        let address = ["/api/v1/sign-in/oidc", &to(home, "?space=")].concat();
        card = card.child(
            el("a", "button button--primary home__way")
                .attr("href", &address)
                .text(words.sign_in_oidc),
        );
    }
    if has("access") {
        card = card.child(
            form::act(home, words.sign_in_access, move || {
                spawn(async move {
                    if home
                        .asks("POST", "/api/v1/sign-in/access", &[])
                        .await
                        .is_some()
                    {
                        enter(home).await;
                    }
                });
            })
            .attr("data-way", "access"),
        );
    }
    if has("mail") {
        let (email, is_sent) = (Var::new(String::new()), Var::new(false));
        let fields = vec![form::field(
            home,
            "sign-in__mail.email",
            words.email,
            "email",
            email,
        )];
        let ask = move || {
            spawn(async move {
                let body = [
                    ("email", email.now().as_str().into()),
                    ("language", text().lang.into()),
                ];
                let answer = home.asks("POST", "/api/v1/sign-in/mail", &body).await;
                is_sent.set(answer.is_some());
            });
        };
        let sent = move || if is_sent.get() { words.mail_sent } else { "" }.to_owned();
        card = card
            .child(form::form(
                home,
                "sign-in__mail",
                fields,
                words.mail_link,
                ask,
            ))
            .child(el("p", "card__text").attr("role", "status").bind_text(sent));
    }
    card = card.child(el("p", "card__hint").text(words.ask_admin));
    if config.is_dev {
        card = card.child(form::link("/agent?space=demo", words.demo));
    }
    home.page(card)
}

/// The provider has let nobody in.
pub fn failed(home: Home, code: &str) -> El {
    let words = words();
    let why = match word(code) {
        "" => words.sign_in_failed,
        known => known,
    };
    let card = home
        .card("Bellhop")
        .child(el("p", "home__error").attr("role", "alert").text(why))
        .child(el("p", "card__hint").text(words.ask_admin));
    home.page(card.child(form::link("#", words.sign_in)))
}

/// Goes on after a sign-in: to the space that was asked for, else to the spaces.
pub async fn enter(home: Home) {
    home.look().await;
    let space = to(home, "");
    if space.is_empty() {
        Home::goes("");
    } else {
        Home::leaves(&["/agent?space=", &space].concat());
    }
}

/// The space that was asked for, behind `before`.
fn to(home: Home, before: &str) -> String {
    match home.route.now() {
        (page, space) if page == "to" => [before, &space].concat(),
        _ => String::new(),
    }
}
