//! The centre: one conversation with its head, log and composer.

use shared::conversation::{Command, Stage};
use shared::id::ConversationId;
use shared::space;

use super::dialog::Asks;
use super::menu::{focus, menu};
use super::offer::preview;
use super::picker::picker;
use super::shelf::is_supervisor;
use super::strip::strip;
use super::writing::writing;
use super::{Console, Phase, Talk};
use crate::dom::{El, button, decor, el};
use crate::text::console::words;
use crate::text::text;
use crate::text::work::work;
use crate::ui::{log, typing};
use crate::var::Var;

/// The open conversation.
pub fn conversation(console: Console, talk: Talk) -> El {
    let Talk {
        conversation,
        thread,
        ..
    } = talk;
    let phase = move || console.phase(talk);
    let class = move || {
        let is_preview = console.desk.offer(conversation).is_some();
        if is_preview {
            "conversation conversation--preview"
        } else {
            "conversation"
        }
        .to_owned()
    };
    let is_loading = move || thread.lifecycle(|_| ()).is_none();
    let ghosts = move |log: El| {
        log.when(is_loading, || decor("ghost"))
            .when(is_loading, || decor("ghost ghost--out"))
            .when(is_loading, || decor("ghost"))
    };
    let line = move || match phase() {
        Phase::WrappingUp => words().customer_over,
        Phase::Closed => words().is_closed,
        Phase::Waiting | Phase::Active => "",
    };
    let who_types = move || {
        let name = thread.lifecycle(|lifecycle| lifecycle.name.to_string());
        name.filter(|_| phase() == Phase::Active && thread.other_is_typing())
    };
    let section = el("section", "conversation")
        .attr("aria-labelledby", "conversation-name")
        .bind_attr("class", class)
        .child(head(console, talk))
        .child(strip(console, talk));
    let section = log(section, talk.aims, ghosts, |log| log)
        .child(typing(who_types))
        .when(
            move || !line().is_empty(),
            move || {
                el("p", "conversation__line icon icon--note").bind_text(move || line().to_owned())
            },
        );
    writing(section, console, talk).when(
        move || console.desk.offer(conversation).is_some(),
        move || preview(console, conversation),
    )
}

fn head(console: Console, talk: Talk) -> El {
    let words = words();
    let Talk {
        conversation,
        thread,
        ..
    } = talk;
    let phase = move || console.phase(talk);
    let is_picking = Var::new(false);
    let has_menu = Var::new(false);
    let pill = move || {
        let pill = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::Waiting { .. } => ("pill pill--waiting", text().waiting()),
            Stage::Active { .. } => ("pill pill--active", words.active),
            Stage::WrappingUp { .. } => ("pill pill--wrapping", words.wrapping_up),
            Stage::Closed { .. } => ("pill pill--closed", words.closed),
        });
        pill.unwrap_or(("pill pill--waiting", text().waiting()))
    };
    let is_active = move || phase() == Phase::Active;
    // What a colleague has, as a supervisor sees it: `Some(true)` while the customer is there.
    let theirs = move || {
        let is_theirs = console.desk.item(conversation).is_none() && is_supervisor(console);
        let stage = thread.lifecycle(|lifecycle| match lifecycle.stage {
            Stage::Active { .. } => Some(true),
            Stage::WrappingUp { .. } => Some(false),
            Stage::Waiting { .. } | Stage::Closed { .. } => None,
        });
        stage.flatten().filter(|_| is_theirs)
    };
    let can_resolve =
        move || matches!(phase(), Phase::Active | Phase::WrappingUp) || theirs().is_some();
    let is_open = move || is_active() || theirs() == Some(true);
    let has_actions = can_resolve;
    let end = move || thread.submit(Command::End);
    let pick = move |resolution, reason| thread.submit(Command::Resolve { resolution, reason });
    let toggle = |is_open: Var<bool>| move || is_open.update(|is_open| *is_open = !*is_open);
    let transfer = move || console.asks.set(Some(Asks::Transfer(conversation)));
    let actions = move || {
        el("div", "conversation__actions")
            .when(is_active, move || {
                button("button button--quiet conversation__transfer", transfer)
                    .text(work().transfer)
            })
            .when(is_active, move || {
                button("button button--quiet conversation__end", end).text(words.end)
            })
            .when(
                move || theirs() == Some(true),
                move || {
                    button("button button--quiet conversation__take", move || {
                        console.take(conversation)
                    })
                    .text(work().take_over)
                },
            )
            .child(
                button(
                    "button button--primary conversation__resolve",
                    toggle(is_picking),
                )
                .attr("aria-controls", "picker")
                .bind_attr("aria-expanded", move || is_picking.get().to_string())
                .text(words.resolve),
            )
            .when(can_resolve, move || {
                button(
                    "button button--icon button--quiet conversation__menu icon icon--more",
                    toggle(has_menu),
                )
                .attr("aria-label", work().chat_actions)
                .attr("aria-controls", "menu")
                .bind_attr("aria-expanded", move || has_menu.get().to_string())
            })
    };
    let who = el("div", "conversation__who")
        .child(
            el("h2", "conversation__name")
                .attr("id", "conversation-name")
                .attr("dir", "auto")
                .bind_text(move || name(console, conversation)),
        )
        .child(
            el("span", "pill")
                .bind_attr("class", move || pill().0.to_owned())
                .bind_text(move || pill().1.to_owned()),
        );
    el("header", "conversation__head")
        .child(
            button(
                "button button--icon button--quiet conversation__back icon icon--back",
                move || {
                    console.pane.set("lists");
                },
            )
            .attr("aria-label", words.back),
        )
        .child(who)
        .child(
            button(
                "button button--icon button--quiet conversation__details icon icon--details",
                move || {
                    console.pane.set("details");
                },
            )
            .attr("aria-label", words.details)
            .bind_attr("aria-expanded", move || {
                (console.pane.get() == "details").to_string()
            }),
        )
        .when(has_actions, actions)
        .when(
            move || has_actions() && is_picking.get(),
            move || picker(console, is_picking, pick),
        )
        .when(
            move || has_actions() && has_menu.get(),
            move || actions_menu(console, conversation, is_open, has_menu),
        )
}

/// What is done rarely.
fn actions_menu(
    console: Console,
    conversation: ConversationId,
    is_open: impl Fn() -> bool + Copy + 'static,
    shown: Var<bool>,
) -> El {
    let choice = move |class: &str, words: &str, act: fn(Console, ConversationId)| {
        let choose = move || {
            shown.set(false);
            focus(OPENER);
            act(console, conversation);
        };
        button(&["picker__choice ", class].concat(), choose).text(words)
    };
    let ticket = move || console.desk.item(conversation).and_then(|item| item.ticket);
    menu("menu", work().chat_actions, OPENER, shown)
        .when(is_open, move || {
            choice(
                "conversation__unassign",
                words().unassign,
                |console, conversation| {
                    console
                        .desk
                        .submit(space::Command::Unassign { conversation });
                },
            )
        })
        .when(
            move || ticket().is_none(),
            move || {
                choice(
                    "conversation__ticket",
                    work().create_ticket,
                    |console, conversation| {
                        console.asks.set(Some(Asks::Ticket(conversation)));
                    },
                )
            },
        )
        .child(choice(
            "conversation__abandon picker__choice--danger",
            work().abandon,
            |console, conversation| console.asks.set(Some(Asks::Abandon(conversation))),
        ))
        .when(
            move || is_supervisor(console),
            move || {
                choice(
                    "conversation__block picker__choice--danger",
                    work().block_menu,
                    |console, conversation| console.asks.set(Some(Asks::Block(conversation))),
                )
            },
        )
}

const OPENER: &str = ".conversation__menu";

/// What the customer is called, from the log or, before it has come, from the desk.
pub fn name(console: Console, conversation: ConversationId) -> String {
    let talk = console.talk_of(conversation);
    let name = talk.and_then(|talk| {
        talk.thread
            .lifecycle(|lifecycle| lifecycle.name.to_string())
    });
    let desk = console.desk;
    // The space knows it first when the site has verified who it is.
    let known = desk.item(conversation);
    let known = known.map(|item| item.customer.to_string());
    known
        .or(name)
        .or_else(|| {
            desk.offer(conversation)
                .map(|offer| offer.customer.to_string())
        })
        .unwrap_or_default()
}
