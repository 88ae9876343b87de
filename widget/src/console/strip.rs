//! What becomes of a transfer, for the agent who has the conversation (R32).

use core::time::Duration;

use shared::space::{Transfer, TransferEnd};
use shared::time::Timestamp;

use super::dialog::Asks;
use super::passing::Step;
use super::{Console, Talk};
use crate::dom::{El, button, el};
use crate::js;
use crate::text::work::work;
use crate::text::{fill, text};
use crate::time;
use crate::ui::focus_composer;

/// What the strip is about.
#[derive(Clone, Eq, PartialEq)]
enum Line {
    /// On its way to the space.
    PassingOn(String),
    /// Refused.
    NotPassedOn(String),
    /// A colleague is asked.
    Asked(String, Timestamp),
    /// It came back.
    Returned(String),
}

/// The strip under the head; its words are always in the tree, so that readers hear a change.
pub fn strip(console: Console, talk: Talk) -> El {
    let line = move || line(console, talk);
    let class = move || {
        match line() {
            None => "strip strip--none",
            Some(Line::PassingOn(_) | Line::Asked(..)) => "strip",
            Some(Line::NotPassedOn(_) | Line::Returned(_)) => "strip strip--back",
        }
        .to_owned()
    };
    let words = move || match line() {
        None => String::new(),
        Some(Line::PassingOn(name)) => fill(work().passing_on, &name),
        Some(Line::NotPassedOn(words) | Line::Returned(words)) => words,
        Some(Line::Asked(name, _)) => fill(work().transfer_waits, &name),
    };
    el("div", "strip")
        .bind_attr("class", class)
        .child(
            el("p", "strip__text")
                .attr("role", "status")
                .attr("dir", "auto")
                .bind_text(words),
        )
        .child(el("span", "strip__acts").bind_children(move || acts(console, talk, line())))
}

fn acts(console: Console, talk: Talk, line: Option<Line>) -> Vec<El> {
    let conversation = talk.conversation;
    let keep = move || {
        console.keep(conversation);
        js::next_frame(focus_composer);
    };
    let again = move || console.asks.set(Some(Asks::Transfer(conversation)));
    let retry = move || {
        button("button button--quiet button--small strip__retry", again).text(text().retry())
    };
    let dismiss = |act: Box<dyn FnMut()>| {
        button("button button--quiet button--small strip__dismiss", act)
            .text(crate::text::console::words().dismiss)
    };
    match line {
        None | Some(Line::PassingOn(_)) => vec![],
        Some(Line::Asked(_, expires_at)) => vec![
            left(console, expires_at),
            button("button button--quiet button--small strip__take-back", keep)
                .text(work().take_back),
        ],
        Some(Line::Returned(_)) => vec![retry(), dismiss(Box::new(keep))],
        Some(Line::NotPassedOn(_)) => {
            let forget = move || {
                talk.passing.set(None);
                js::next_frame(focus_composer);
            };
            vec![retry(), dismiss(Box::new(forget))]
        }
    }
}

/// How long the colleague may still look at it.
pub fn left(console: Console, expires_at: Timestamp) -> El {
    el("span", "strip__time")
        .attr("role", "timer")
        .bind_text(move || {
            console.clock.hear();
            let left = expires_at.since(console.desk.space_time());
            time::stopwatch(left + Duration::from_millis(999))
        })
}

fn line(console: Console, talk: Talk) -> Option<Line> {
    let passing = talk.passing.get();
    let item = console.desk.item(talk.conversation)?;
    match (passing, item.transfer) {
        (Some(passing), _) if passing.is_under_way() => Some(Line::PassingOn(passing.name)),
        (Some(passing), None) if matches!(passing.step, Step::Refused(_)) => {
            let why = passing.why().unwrap_or_default();
            let line = fill(work().not_passed_on, &passing.name);
            Some(Line::NotPassedOn(fill(&line, &why)))
        }
        (_, Some(Transfer::Asked { to, expires_at })) => {
            Some(Line::Asked(to.to_string(), expires_at))
        }
        (_, Some(Transfer::Returned { to, why })) => {
            let words = match why {
                TransferEnd::Declined => work().declined,
                TransferEnd::Expired => work().expired,
                TransferEnd::Ended => work().ended_first,
                TransferEnd::AgentLeft => work().left,
            };
            Some(Line::Returned(fill(words, to.as_str())))
        }
        (_, None) => None,
    }
}
