//! An offer in the lists, and the strip under its preview.

use shared::id::ConversationId;
use shared::space::Transferred;
use shared::text::PersonName;

use super::Console;
use super::item::meta;
use super::ring::ring;
use crate::dom::{El, button, el};
use crate::text::console::words;
use crate::text::fill;

/// One row of Offers.
pub fn offer(console: Console, conversation: ConversationId) -> El {
    let of = move |part: fn(&shared::space::Offer) -> String| {
        console
            .desk
            .offer(conversation)
            .map(|offer| part(&offer))
            .unwrap_or_default()
    };
    let class = move || {
        let is_open = console.selected.get() == Some(conversation);
        if is_open {
            "offer offer--open"
        } else {
            "offer"
        }
        .to_owned()
    };
    el("li", "offer")
        .bind_attr("class", class)
        .child(
            button("offer__open", move || console.select(conversation))
                .child(
                    el("span", "offer__name")
                        .attr("dir", "auto")
                        .bind_text(move || of(|offer| offer.customer.to_string())),
                )
                .child(
                    el("span", "offer__words")
                        .attr("dir", "auto")
                        .bind_text(move || of(|offer| offer.first_words.clone())),
                )
                .child(
                    el("span", "offer__meta")
                        .attr("dir", "auto")
                        .bind_text(move || {
                            of(|offer| {
                                let company = offer.company.as_ref().map(PersonName::as_str);
                                meta(company, &offer.queue, &offer.skills)
                            })
                        }),
                ),
        )
        .child(ring(console, conversation))
        .when(
            move || console.desk.transferred(conversation).is_some(),
            move || note(console, conversation),
        )
        .child(
            el("div", "offer__actions")
                .child(accept(
                    console,
                    conversation,
                    "button button--primary button--small offer__accept",
                ))
                .child(decline(
                    console,
                    conversation,
                    "button button--quiet button--small offer__decline",
                )),
        )
}

/// Who passes it on, and why.
fn note(console: Console, conversation: ConversationId) -> El {
    let of = move |part: fn(&Transferred) -> String| {
        let transferred = console.desk.transferred(conversation);
        transferred.as_ref().map(part).unwrap_or_default()
    };
    let from = move || {
        fill(
            words().from_agent,
            &of(|transferred| transferred.from.to_string()),
        )
    };
    el("p", "offer__note")
        .attr("dir", "auto")
        .child(el("strong", "offer__from").bind_text(from))
        .text(" ")
        .child(el("span", "").bind_text(move || of(|transferred| transferred.note.to_string())))
}

/// Under the log of an offered conversation.
pub fn preview(console: Console, conversation: ConversationId) -> El {
    el("footer", "preview")
        .child(ring(console, conversation))
        .child(el("p", "preview__text").text(words().preview))
        .child(accept(
            console,
            conversation,
            "button button--primary offer__accept",
        ))
        .child(decline(
            console,
            conversation,
            "button button--quiet offer__decline",
        ))
}

fn accept(console: Console, conversation: ConversationId, class: &str) -> El {
    button(class, move || console.accept(conversation)).text(words().accept)
}

fn decline(console: Console, conversation: ConversationId, class: &str) -> El {
    button(class, move || console.decline(conversation)).text(words().decline)
}
