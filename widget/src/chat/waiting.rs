//! While nobody has come yet: where the customer stands in line, and about how long it takes.

use std::time::Duration;

use shared::space::Place;
use shared::time::Timestamp;

use super::Chat;
use crate::dom::{El, decor, effect, el};
use crate::text::{fill, text};
use crate::time::{self, Form};
use crate::timer::Timer;
use crate::var::Bell;

/// Least time between two numbers that a screen reader says unasked.
const SAY_PAUSE: Duration = Duration::from_secs(30);

/// The bell, the place in line, and that one may go on writing.
pub fn waiting(chat: Chat) -> El {
    let place = move || chat.thread.get().place(words).unwrap_or_default();
    let hint = move || {
        let is_rung = chat.thread.get().place(is_served).unwrap_or(true);
        if is_rung {
            text().rung()
        } else {
            text().stays()
        }
        .to_owned()
    };
    let said = el("p", "visually-hidden").attr("role", "status");
    let again = Bell::new();
    let mut timer = Timer::new(move || again.ring());
    let (html, mut said_at) = (said.html().clone(), Timestamp::default());
    effect(move || {
        again.hear();
        let (words, now) = (place(), time::now());
        let next = said_at + SAY_PAUSE;
        if html.text_content().is_some_and(|said| said == words) {
            return;
        }
        if now < next {
            timer.set(Some(next));
        } else {
            said_at = now;
            html.set_text_content(Some(&words));
        }
    });
    el("div", "waiting")
        .child(decor("waiting__bell icon").bind_attr("class", move || {
            let icon = if is_closed(chat) { "clock" } else { "bell" };
            ["waiting__bell icon icon--", icon].concat()
        }))
        .child(el("p", "waiting__title").bind_text(move || title(chat).to_owned()))
        .child(
            el("p", "waiting__place")
                .attr("aria-live", "off")
                .bind_text(place),
        )
        .child(el("p", "waiting__text").bind_text(hint))
        .child(said)
}

/// What a customer waits for: an agent, or the hours of the queue.
pub fn title(chat: Chat) -> &'static str {
    if is_closed(chat) {
        text().closed_now()
    } else {
        text().waiting()
    }
}

fn is_closed(chat: Chat) -> bool {
    let is_open = chat.thread.get().place(is_open);
    is_open == Some(false)
}

/// True while somebody may come.
fn is_served(place: &Place) -> bool {
    place.on_duty && is_open(place)
}

/// The clock opens what was closed when the server told it.
fn is_open(place: &Place) -> bool {
    place.open_now || place.opens_at.is_some_and(|at| at <= time::now())
}

fn words(place: &Place) -> String {
    let text = text();
    if !is_open(place) {
        let back = |at| fill(text.back(), &time::write(at, Form::Opening));
        return place.opens_at.map(back).unwrap_or_default();
    }
    if !place.on_duty {
        return text.no_operators().to_owned();
    }
    let number = time::number(place.number as usize);
    let mut words = fill(text.in_line(), &number);
    if let Some(wait_s) = place.wait_s {
        words.push_str(" · ");
        words += &match wait_s {
            0..60 => text.soon().to_owned(),
            60.. => text.about(wait_s.div_ceil(60) as usize),
        };
    }
    words
}
