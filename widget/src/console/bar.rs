//! The top bar: the space, the line, slots, Available or Unavailable, who one is.

use shared::link::State;
use shared::rights::Role;

use super::availability::availability;
use super::{Console, Out};
use crate::dom::{El, button, decor, el};
use crate::text::console::words;
use crate::text::{fill, text};
use crate::ui::initial;

/// More slots than this are told in words alone.
const PIPS_MAX: u8 = 10;

/// The bar.
pub fn bar(console: Console) -> El {
    let desk = console.desk;
    let line = move || match desk.state() {
        State::Waiting { .. } | State::Connecting { attempt: 1.. } => text().reconnecting(),
        State::Idle
        | State::Connecting { .. }
        | State::CatchingUp
        | State::Live
        | State::Updating { .. }
        | State::Stopped(_) => "",
    };
    let name = move || {
        desk.see(|desk| desk.me.screen_name.to_string())
            .unwrap_or_default()
    };
    let space = move || {
        let name = desk.see(|desk| desk.me.space.to_string());
        name.unwrap_or_else(|| console.tab.now().config.name.clone())
    };
    let is_admin = move || {
        let role = desk.see(|desk| desk.me.role);
        role == Some(Role::Admin)
    };
    let people = ["/agent#people=", &console.tab.now().config.space].concat();
    let bell = if console.tab.now().session.exists() {
        decor("bar__bell icon icon--bell")
    } else {
        el("a", "bar__bell icon icon--bell")
            .attr("href", "/agent")
            .attr("aria-label", words().spaces)
    };
    el("header", "bar")
        .child(bell)
        .child(el("h1", "bar__space").attr("dir", "auto").bind_text(space))
        .child(
            el("p", "bar__link")
                .attr("role", "status")
                .bind_text(move || line().to_owned()),
        )
        .child(slots(console))
        .child(availability(console))
        .child(
            el("div", "bar__me")
                .child(
                    decor("avatar avatar--agent avatar--small").bind_text(move || initial(&name())),
                )
                .child(el("span", "bar__name").attr("dir", "auto").bind_text(name)),
        )
        .when(is_admin, move || {
            el(
                "a",
                "button button--icon button--quiet bar__people icon icon--queue",
            )
            .attr("href", &people)
            .attr("aria-label", words().people)
        })
        .child(
            button(
                "button button--icon button--quiet bar__sign-out icon icon--leave",
                move || {
                    console.sign_out(Out::Asked);
                },
            )
            .attr("aria-label", words().sign_out),
        )
}

fn slots(console: Console) -> El {
    let read = move || {
        console
            .desk
            .see(|desk| (desk.me.used, desk.me.limit))
            .unwrap_or_default()
    };
    let line = move || match read() {
        (_, 0) => String::new(),
        (used, limit) => fill(&fill(words().slots, &used.to_string()), &limit.to_string()),
    };
    let pips = move || {
        let (used, limit) = read();
        let pip = |slot| {
            if slot < used {
                "slots__pip slots__pip--taken"
            } else {
                "slots__pip"
            }
        };
        let shown = if limit > PIPS_MAX { 0 } else { limit };
        (0..shown).map(|slot| el("span", pip(slot))).collect()
    };
    el("div", "slots")
        .child(el("span", "slots__text").bind_text(line))
        .child(decor("slots__pips").bind_children(pips))
}
