//! To whom and where: colleagues with what they are doing, queues with what waits in them.

use js_sys::JsString;
use shared::id::AgentId;
use shared::space::Target;
use shared::text::Label;

use super::super::Console;
use super::super::item::joined;
use super::super::people::{Colleague, Queue, all_called, called};
use super::{Form, missing, search};
use crate::dom::{El, decor, effect, el};
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::ui::initial;

/// The search field and both lists.
pub fn targets(form: Form) -> El {
    let console = form.console;
    let people = move || {
        let found = colleagues(console).into_iter();
        let found = found.filter(|colleague| is_found(form, &colleague.name));
        // Whoever can take it comes first.
        let (mut free, others): (Vec<_>, Vec<_>) = found.partition(Colleague::is_free);
        free.extend(others);
        free
    };
    let ids = move || -> Vec<AgentId> {
        people()
            .into_iter()
            .map(|colleague| colleague.agent)
            .collect()
    };
    let lines = move || {
        let found = queues(console)
            .into_iter()
            .filter(|queue| is_found(form, &queue.title));
        found.map(|queue| queue.name).collect::<Vec<_>>()
    };
    let state = move || {
        let work = work();
        let read = console
            .colleagues
            .with(|page| page.as_ref().map(Result::is_ok));
        let search = form.search.get();
        match (read, people().is_empty(), lines().is_empty()) {
            (None, ..) => vec![missing(work.loading, None, console)],
            (Some(false), ..) => vec![missing(
                work.not_loaded,
                Some(|console| {
                    console.read_colleagues();
                    console.read_queues();
                }),
                console,
            )],
            (_, true, true) if !search.trim().is_empty() => {
                vec![missing(
                    &fill(work.nothing_found, search.trim()),
                    None,
                    console,
                )]
            }
            (_, true, true) => vec![missing(work.nobody_here, None, console)],
            _ => vec![],
        }
    };
    let group = |class: &str, title: &str| {
        el("fieldset", &["targets targets--", class].concat())
            .child(el("legend", "targets__title").text(title))
    };
    el("div", "transfer__where").child(search(form)).child(
        el("div", "transfer__lists")
            .when(
                move || !ids().is_empty(),
                move || {
                    group("colleagues", work().colleagues).each(
                        ids,
                        |agent| u128::from_be_bytes(agent.bytes()),
                        move |agent| colleague(form, agent),
                    )
                },
            )
            .when(
                move || !lines().is_empty(),
                move || {
                    group("queues", work().queues)
                        .each(lines, number, move |name| queue(form, name))
                },
            )
            .child(el("div", "").attr("role", "status").bind_children(state)),
    )
}

/// The queues of a colleague who does not serve the one that it is in.
pub fn queue_choice(form: Form) -> El {
    let names = move || {
        let queues = form.colleague().and_then(|colleague| colleague.queues);
        queues.unwrap_or_default()
    };
    let title = move || {
        let name = form.colleague().map(|colleague| colleague.name);
        let title = fill(work().goes_to, &name.unwrap_or_default());
        let queue = form.queue().map(|queue| called(&queue));
        fill(&title, &queue.unwrap_or_default())
    };
    el("fieldset", "chips transfer__queues")
        .child(el("legend", "field__label").bind_text(title))
        .each(names, number, move |name| {
            let chosen = name.clone();
            let is_chosen = name.clone();
            el("label", "chip")
                .child(
                    radio("transfer-queue", move || {
                        form.with_queue.get().as_ref() == Some(&is_chosen)
                    })
                    .on("change", move |_| {
                        form.clear("queue");
                        form.with_queue.set(Some(chosen.clone()));
                    }),
                )
                .child(
                    el("span", "chip__text")
                        .attr("dir", "auto")
                        .text(&called(&name)),
                )
        })
}

/// The colleagues of this agent.
pub fn colleagues(console: Console) -> Vec<Colleague> {
    let all = console.colleagues.get().and_then(Result::ok);
    let mut all = all.unwrap_or_default();
    all.retain(|colleague| colleague.agent != console.me);
    all
}

fn queues(console: Console) -> Vec<Queue> {
    console
        .queues
        .get()
        .and_then(Result::ok)
        .unwrap_or_default()
}

fn is_found(form: Form, name: &str) -> bool {
    let search = form.search.get();
    lower(name).index_of(&String::from(lower(search.trim())), 0) >= 0
}

/// By the browser: Unicode's tables are 8 KB here.
fn lower(text: &str) -> JsString {
    JsString::from(text).to_locale_lower_case(None)
}

fn colleague(form: Form, agent: AgentId) -> El {
    let console = form.console;
    let find = move || {
        let mut all = colleagues(console).into_iter();
        all.find(|colleague| colleague.agent == agent)
    };
    let name = move || find().map(|colleague| colleague.name).unwrap_or_default();
    let status = move || {
        let Some(colleague) = find() else {
            return ("", "");
        };
        match colleague.status.as_str() {
            "available" => ("target__state target__state--here", words().available),
            "unavailable" => ("target__state target__state--busy", words().unavailable),
            _ => ("target__state", work().away),
        }
    };
    let slots = move || {
        let Some(colleague) = find() else {
            return String::new();
        };
        let free = colleague.limit.saturating_sub(colleague.used).to_string();
        fill(&fill(work().free, &free), &colleague.limit.to_string())
    };
    let serves = move || {
        let Some(colleague) = find() else {
            return String::new();
        };
        let queues = colleague.queues.map(|queues| all_called(&queues));
        let mut all = queues.unwrap_or_else(|| work().every_queue.to_owned());
        if !colleague.skills.is_empty() {
            all.push_str(" · ");
            all.push_str(&joined(&colleague.skills));
        }
        all
    };
    let is_chosen = move || {
        let to = form.to.get();
        matches!(to, Some(Target::Agent { agent: chosen, .. }) if chosen == agent)
    };
    // Somebody who is chosen stays so, whatever happens meanwhile: the space has the last word.
    let is_off = move || !is_chosen() && find().is_none_or(|colleague| !colleague.is_free());
    let pick = move |_| form.choose(Target::Agent { agent, queue: None });
    el("label", "target")
        .attr("data-agent", &agent.to_string())
        .child(
            radio("transfer-to", is_chosen)
                .bind_flag("disabled", is_off)
                .on("change", pick),
        )
        .child(decor("avatar avatar--agent avatar--small").bind_text(move || initial(&name())))
        .child(
            el("span", "target__name")
                .attr("dir", "auto")
                .bind_text(name),
        )
        .child(
            el("span", "target__state")
                .bind_attr("class", move || status().0.to_owned())
                .bind_text(move || status().1.to_owned()),
        )
        .child(
            el("span", "target__more")
                .attr("dir", "auto")
                .bind_text(serves),
        )
        .child(el("span", "target__count").bind_text(slots))
}

fn queue(form: Form, name: Label) -> El {
    let console = form.console;
    let mine = name.clone();
    let find = move || queues(console).into_iter().find(|queue| queue.name == mine);
    let (of, of_count, of_off) = (find.clone(), find.clone(), find);
    let status = move || match of() {
        Some(Queue {
            is_closed: true, ..
        }) => ("target__state target__state--busy", work().closed),
        Some(Queue { is_open: false, .. }) => ("target__state", work().not_open),
        _ => ("target__state target__state--here", work().open),
    };
    let class = status.clone();
    let waiting = move || {
        let waiting = of_count().map_or(0, |queue| queue.waiting);
        fill(work().waiting, &waiting.to_string())
    };
    let chosen = name.clone();
    let is_chosen = move || {
        let to = form.to.get();
        matches!(to, Some(Target::Queue { queue }) if queue == chosen)
    };
    let is_off = move || of_off().is_some_and(|queue| queue.is_closed);
    let pick = name.clone();
    el("label", "target")
        .attr("data-queue", name.as_str())
        .child(
            radio("transfer-to", is_chosen)
                .bind_flag("disabled", is_off)
                .on("change", move |_| {
                    form.choose(Target::Queue {
                        queue: pick.clone(),
                    })
                }),
        )
        .child(decor(
            "avatar avatar--customer avatar--small icon icon--queue",
        ))
        .child(
            el("span", "target__name")
                .attr("dir", "auto")
                .text(&called(&name)),
        )
        .child(
            el("span", "target__state")
                .bind_attr("class", move || class().0.to_owned())
                .bind_text(move || status().1.to_owned()),
        )
        .child(el("span", "target__more"))
        .child(el("span", "target__count").bind_text(waiting))
}

/// A radio button that follows what is chosen.
fn radio(group: &str, is_chosen: impl Fn() -> bool + 'static) -> El {
    let radio = el("input", "target__radio")
        .attr("type", "radio")
        .attr("name", group);
    let html: web_sys::HtmlInputElement =
        wasm_bindgen::JsCast::unchecked_into(radio.html().clone());
    effect(move || html.set_checked(is_chosen()));
    radio
}

/// A number for a name; two names of one space with the same number are beyond chance.
fn number(name: &Label) -> u128 {
    let step = |number: u128, byte: u8| {
        (number ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    };
    name.as_str()
        .bytes()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, step)
}
