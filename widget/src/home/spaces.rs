//! The dashboard: the spaces of a person, a new one, the address and the sessions (F38).

use shared::time::Timestamp;

use super::{Home, Me, Space, form, initial, role};
use crate::dom::{El, decor, el};
use crate::js;
use crate::task::spawn;
use crate::text::home::words;
use crate::text::{fill, text};
use crate::time::{self, Form};
use crate::var::Var;

/// The page.
pub fn page(home: Home, me: &Me) -> El {
    let words = words();
    let head = el("header", "home__head")
        .child(decor("card__bell icon icon--bell"))
        .child(el("h1", "home__title").text(words.spaces))
        .child(el("span", "home__name").attr("dir", "auto").text(&me.name))
        .child(form::act(home, words.sign_out, move || {
            spawn(async move {
                if home.asks("DELETE", "/api/v1/session", &[]).await.is_some() {
                    home.me.set(None);
                }
            });
        }));
    let list = me
        .spaces
        .iter()
        .fold(el("ul", "spaces"), |list, space| list.child(row(space)));
    let main = el("main", "home home--wide")
        .child(head)
        .child(home.alert())
        .child(list);
    let main = if me.spaces.is_empty() {
        main.child(el("p", "home__none").text(words.no_spaces))
    } else {
        main
    };
    let main = if me.may_create {
        main.child(new_space(home))
    } else {
        main
    };
    if me.is_bound {
        main.child(el("p", "home__none").text(words.bound))
    } else {
        main.child(address(home, me)).child(sessions(home, me))
    }
}

/// Where the person is mailed, and another address: it is the person's once a link that was sent there
/// is opened here.
fn address(home: Home, me: &Me) -> El {
    let words = words();
    let said = if me.email.is_empty() {
        words.no_address.to_owned()
    } else {
        fill(words.address_is, &me.email)
    };
    let part = el("section", "home__part")
        .child(el("h2", "home__subtitle").text(words.your_address))
        .child(el("p", "home__none").attr("dir", "auto").text(&said));
    let config = home.config.now();
    if !config.methods.split(' ').any(|way| way == "mail") {
        return part;
    }
    let (email, sent) = (Var::new(String::new()), Var::new(""));
    let ask = move || {
        spawn(async move {
            let body = [
                ("email", email.now().as_str().into()),
                ("language", text().lang.into()),
            ];
            sent.set("");
            let path = "/api/v1/session/address";
            if let Some(answer) = home.asks("POST", path, &body).await {
                let is_sent = js::get(&answer, "sent").is_some_and(|sent| sent.is_truthy());
                sent.set(if is_sent {
                    words.address_sent
                } else {
                    words.address_unsent
                });
            }
        });
    };
    let fields = vec![form::field(
        home,
        "address.email",
        words.email,
        "email",
        email,
    )];
    part.child(form::form(home, "address", fields, words.address_send, ask))
        .child(
            el("p", "home__saved")
                .attr("role", "status")
                .bind_text(move || sent.get().to_owned()),
        )
}

fn row(space: &Space) -> El {
    let words = words();
    let open = ["/agent?space=", &space.space].concat();
    let row = el("li", "spaces__row")
        .child(decor("avatar avatar--agent").text(&initial(&space.name)))
        .child(
            el("a", "spaces__name")
                .attr("href", &open)
                .attr("dir", "auto")
                .text(&space.name),
        )
        .child(el("span", "spaces__role").text(role(&space.role)));
    if space.role != "admin" {
        return row;
    }
    let page = |page: &str| ["#", page, "=", &space.space].concat();
    row.child(form::link(&page("people"), words.people))
        .child(form::link(&page("settings"), words.settings))
}

fn new_space(home: Home) -> El {
    let words = words();
    let (name, origin) = (Var::new(String::new()), Var::new(String::new()));
    let create = move || {
        spawn(async move {
            let origins = js_sys::Array::new();
            if !origin.now().is_empty() {
                origins.push(&origin.now().as_str().into());
            }
            let body = [
                ("name", name.now().as_str().into()),
                ("origins", origins.into()),
            ];
            if let Some(answer) = home.asks("POST", "/api/v1/spaces", &body).await {
                let space = js::get_text(&answer, "space").unwrap_or_default();
                home.look().await;
                Home::goes(&["settings=", &space].concat());
            }
        });
    };
    let fields = vec![
        form::field(home, "new-space.name", words.space_name, "text", name),
        form::field(home, "new-space.origins", words.origin, "url", origin),
    ];
    el("section", "home__part")
        .child(el("h2", "home__subtitle").text(words.new_space))
        .child(form::form(home, "new-space", fields, words.create, create))
}

fn sessions(home: Home, me: &Me) -> El {
    let words = words();
    let list = me
        .sessions
        .iter()
        .fold(el("ul", "rows"), |list, (session, used_at)| {
            let when = time::write(Timestamp::from_millis(*used_at as u64), Form::Full);
            let row = el("li", "rows__row").child(el("span", "rows__text").text(&when));
            if *session == me.session {
                return list.child(row.child(el("span", "rows__note").text(words.this_one)));
            }
            let path = ["/api/v1/sessions/", session].concat();
            list.child(row.child(form::act(home, words.end, move || {
                let path = path.clone();
                spawn(async move {
                    if home.asks("DELETE", &path, &[]).await.is_some() {
                        home.look().await;
                    }
                });
            })))
        });
    let everywhere = form::act(home, words.sign_out_everywhere, move || {
        spawn(async move {
            if home.asks("DELETE", "/api/v1/sessions", &[]).await.is_some() {
                home.me.set(None);
            }
        });
    });
    el("section", "home__part")
        .child(el("h2", "home__subtitle").text(words.sessions))
        .child(list)
        .child(everywhere)
}
