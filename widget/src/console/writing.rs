//! Where the agent writes: a reply to the customer, or a note to the team.

use shared::conversation::Command;
use shared::link::{Input, State};

use super::{Console, Phase, Talk};
use crate::dom::{El, button, effect, el};
use crate::later::{Part, later};
use crate::text::console::words;
use crate::ui::{Composer, Words, focus_composer_soon};

/// Tabs and composers in `parent`; only what the phase allows.
pub fn writing(parent: El, console: Console, talk: Talk) -> El {
    let Talk {
        thread,
        reply,
        note,
        wants_note,
        aims,
        ..
    } = talk;
    let phase = move || console.phase(talk);
    let is_note = move || wants_note.get() || phase() == Phase::WrappingUp;
    let is_shown = move || matches!(phase(), Phase::Active | Phase::WrappingUp);
    let is_waiting = move || !matches!(thread.state(), State::Live);
    let choose = move |to: bool| {
        move || {
            wants_note.set(to);
            focus_composer_soon(&[]);
        }
    };
    // The customer has gone: what was being written to them is kept among the notes.
    effect(move || {
        if phase() == Phase::WrappingUp {
            aims.replies.let_go();
        }
        if phase() == Phase::WrappingUp && reply.peek(|text| !text.is_empty()) {
            let text = reply.now();
            reply.set(String::new());
            note.update(|note| note.push_str(&text));
        }
    });
    let tabs = move || {
        el("div", "composer__tabs")
            .attr("role", "group")
            .attr("aria-label", words().kind)
            .child(
                button("composer__tab", choose(false))
                    .bind_attr("aria-pressed", move || (!is_note()).to_string())
                    .bind_flag("disabled", move || phase() == Phase::WrappingUp)
                    .text(words().reply),
            )
            .child(
                button("composer__tab icon icon--lock", choose(true))
                    .bind_attr("aria-pressed", move || is_note().to_string())
                    .text(words().note),
            )
    };
    let replies = Composer {
        takes_files: true,
        draft: reply,
        words: move || Words::message(is_waiting()),
        on_send: move |text| {
            let post = |text, reply_to| Command::Post { text, reply_to };
            thread.submit(aims.replies.send(text, post));
        },
        aim: aims.replies,
        on_typing: move || thread.input(Input::Typing { typing: true }),
    };
    let notes = Composer {
        takes_files: false,
        draft: note,
        words: move || Words {
            class: "composer composer--note",
            field: words().note,
            placeholder: words().note_hint,
            send: words().add_note,
        },
        on_send: move |text| thread.submit(aims.notes.send(text, |text, _| Command::Note { text })),
        aim: aims.notes,
        // A note is the team's business: the customer sees nothing of it.
        on_typing: || (),
    };
    parent
        .when(
            move || !thread.files.with(Vec::is_empty),
            move || later(Part::Files(thread)),
        )
        .when(is_shown, tabs)
        .when(
            move || is_shown() && !is_note(),
            move || {
                // The button that was pressed to accept is gone: the agent goes on by writing.
                focus_composer_soon(&["BODY", "BUTTON"]);
                replies.draw()
            },
        )
        .when(
            move || is_shown() && is_note(),
            move || {
                focus_composer_soon(&["BODY"]);
                notes.draw()
            },
        )
}
