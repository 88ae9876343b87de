//! The queues of a space: made and renamed, who serves them, when they are open, what they take,
//! and where the rest goes. `GENERAL` is always there.

use js_sys::{Array, Object};
use shared::settings::GENERAL;
use wasm_bindgen::JsValue;

use super::{Page, ends, fields, hours, small};
use crate::dom::{El, decor, el};
use crate::home::rows;
use crate::home::sheet::{self, At};
use crate::js;
use crate::task::spawn;
use crate::text::fill;
use crate::text::settings::words;
use crate::var::Bell;

/// An agent who may serve a queue.
#[derive(Clone)]
pub struct Server {
    agent: String,
    name: String,
    /// `None` for every queue.
    queues: Option<Vec<String>>,
}

/// What a queue is called on the screen.
pub fn title(queue: &At) -> String {
    let title = queue.text("title");
    if title.is_empty() {
        queue.text("name")
    } else {
        title
    }
}

/// The part.
pub fn part(page: Page, at: &At) -> El {
    let words = words();
    let (all, added) = (at.clone(), at.clone());
    let list = el("div", "queues").bind_children(move || {
        page.shape.hear();
        let queues = all.items("queues");
        let (general, others): (Vec<_>, Vec<_>) = queues
            .into_iter()
            .partition(|queue| queue.text("name") == GENERAL);
        let cards = general.iter().chain(&others);
        cards.map(|queue| card(page, &all, queue)).collect()
    });
    let add = move |title: String| {
        let known = added.items("queues");
        let known: Vec<_> = known.iter().map(|queue| queue.text("name")).collect();
        let name = ends::word(&title, &known);
        let queue = empty(&name);
        let at = At::root(&queue);
        at.write("title", &title.into());
        page.opened.set(name);
        // The one that stands for what nobody has set stays the last.
        let list = added.list("queues");
        let place = known.iter().position(|name| name == GENERAL);
        let is_ours = place.is_some_and(|place| place + 1 == known.len());
        let place = list.length() - u32::from(is_ours);
        list.splice(place, 0, &queue);
        page.shape.ring();
        sheet::focus(["queues[", &place.to_string(), "].title"].concat());
    };
    super::part("queues", words.queues, words.queues_text)
        .attr("data-path", "queues")
        .child(page.sheet.why("queues"))
        .child(list)
        .child(ends::adder(page, words.new_queue, add))
}

fn card(page: Page, all: &At, at: &At) -> El {
    let words = words();
    let (sheet, name) = (page.sheet, at.text("name"));
    let is_general = name == GENERAL;
    let nothing = || JsValue::NULL;
    let mut inside = Vec::new();
    if !is_general {
        inside.push(sheet.line(at, "title", words.queue_name, words.name_rule, nothing()));
        inside.push(sheet.tick(at, "closed", words.closed));
    }
    inside.extend([
        sheet.list(at, "skills", words.skills, words.skills_hint, "input"),
        sheet.number(at, "max_waiting", words.max_waiting, words.any_number),
        sheet.lines(at, "full_text", words.full_text, words.usual, nothing()),
    ]);
    let heading = at.clone();
    let heading = move || {
        sheet.changed.hear();
        title(&heading)
    };
    let state = at.clone();
    let state = move || {
        sheet.changed.hear();
        if state.read("closed").is_truthy() {
            words.closed_note
        } else {
            ""
        }
        .to_owned()
    };
    let mine = name.clone();
    let card = el("details", "queue").attr("data-path", at.path("").trim_end_matches('.'));
    let card = if page.opened.now() == name {
        card.attr("open", "")
    } else {
        card
    };
    let html = card.html().clone();
    let card = card
        .attr("data-queue", &name)
        .on("toggle", move |_| {
            let is_open = html.has_attribute("open");
            page.opened.peek_mut(|opened| {
                if is_open {
                    opened.clone_from(&mine);
                } else if *opened == mine {
                    opened.clear();
                }
            });
        })
        .child(
            el("summary", "queue__head")
                .child(
                    el("span", "queue__name")
                        .attr("dir", "auto")
                        .bind_text(heading),
                )
                .child(el("span", "queue__note").bind_text(state))
                .child(decor("queue__turn")),
        );
    let inside = el("div", "queue__inside")
        .child(fields(inside))
        .child(overflow(page, all, at))
        .child(hours::part(page, at))
        .child(servers(page, &name));
    let inside = if is_general {
        inside
    } else {
        let all = all.clone();
        let delete = move || {
            let list = all.list("queues");
            let queues = all.items("queues");
            if let Some(place) = queues.iter().position(|queue| queue.text("name") == name) {
                ends::take_away(&list, place);
            }
            page.shape.ring();
            page.touched();
        };
        inside.child(el("div", "panel__acts").child(
            small(words.delete_queue, delete).attr("class", "button button--danger button--small"),
        ))
    };
    card.child(inside)
}

fn overflow(page: Page, all: &At, at: &At) -> El {
    let words = words();
    let (sheet, all, queue) = (page.sheet, all.clone(), at.clone());
    let turned = Bell::new();
    let switch = at.clone();
    let is_on = !at.read("overflow").is_undefined();
    let first = others(&all, at).first().map(|(name, _)| name.clone());
    let tick = sheet::tick(words.overflow, is_on, move |is_on| {
        let overflow = Object::new();
        let at = At::root(&overflow);
        at.write("to", &first.clone().unwrap_or_default().into());
        at.write("when_full", &true.into());
        switch.write(
            "overflow",
            &if is_on {
                overflow.into()
            } else {
                JsValue::NULL
            },
        );
        turned.ring();
        page.touched();
    });
    let inside = move || {
        turned.hear();
        if queue.read("overflow").is_undefined() {
            return vec![];
        }
        let overflow = queue.inner("overflow");
        let others = others(&all, &queue);
        let others: Vec<_> = others
            .iter()
            .map(|(name, title)| (name.as_str(), title.as_str()))
            .collect();
        vec![fields(vec![
            sheet.choice(&overflow, "to", words.overflow_to, &others),
            sheet.duration(&overflow, "after_s", words.overflow_after, words.never),
            sheet.tick(&overflow, "when_full", words.when_full),
            sheet.tick(&overflow, "when_closed", words.when_closed),
        ])]
    };
    el("div", "queue__part")
        .child(tick)
        .child(el("div", "queue__more").bind_children(inside))
}

/// The other queues: name and title.
fn others(all: &At, queue: &At) -> Vec<(String, String)> {
    let name = queue.text("name");
    let others = all.items("queues").into_iter();
    let others = others.map(|queue| (queue.text("name"), title(&queue)));
    others.filter(|(other, _)| *other != name).collect()
}

/// The agents who serve the queue; a tick counts at once.
fn servers(page: Page, queue: &str) -> El {
    let words = words();
    let known = At::root(&page.base.now()).items("queues");
    let known: Vec<_> = known.iter().map(|queue| queue.text("name")).collect();
    let part = el("fieldset", "queue__part queue__agents")
        .child(el("legend", "field__label").text(words.served_by));
    if !known.iter().any(|name| name == queue) {
        return part.child(el("p", "field__hint").text(words.save_first));
    }
    let queue = queue.to_owned();
    let ticks = move || {
        let agents = page.agents.get();
        let tick = |(place, agent): (usize, &Server)| {
            let serves = agent
                .queues
                .as_ref()
                .is_none_or(|queues| queues.contains(&queue));
            let (queue, known) = (queue.clone(), known.clone());
            let act = move |is_on| page.serves(place, &queue, &known, is_on);
            sheet::tick(&agent.name, serves, act).attr("data-agent", &agent.name)
        };
        agents.iter().enumerate().map(tick).collect()
    };
    part.child(el("div", "queue__ticks").bind_children(ticks))
        .child(el("p", "field__hint").text(words.served_at_once))
}

impl Page {
    /// Something was changed that is no field.
    pub fn touched(self) {
        self.is_dirty.set(true);
        self.said.set(words().unsaved.to_owned());
        self.sheet.changed.ring();
    }

    /// Reads who serves what.
    pub async fn read_agents(self) {
        let Some(answer) = self.asks("GET", "/agents", None).await else {
            return;
        };
        let all = rows(&answer, "agents");
        let here = all.into_iter().map(|row| At::root(&row));
        let here = here.filter(|row| row.text("status") != "deactivated");
        let server = |row: At| Server {
            agent: row.text("agent"),
            name: row.text("name"),
            queues: js::get(&row.object, "queues").map(|_| {
                let queues = row.list("queues");
                queues
                    .iter()
                    .filter_map(|queue| queue.as_string())
                    .collect()
            }),
        };
        self.agents.set(here.map(server).collect());
    }

    fn serves(self, place: usize, queue: &str, known: &[String], is_on: bool) {
        let agents = self.agents.now();
        let Some(agent) = agents.get(place).cloned() else {
            return;
        };
        let mut queues = agent.queues.unwrap_or_else(|| known.to_vec());
        queues.retain(|name| name != queue);
        if is_on {
            queues.push(queue.to_owned());
        }
        let list: Array = queues.iter().map(|name| JsValue::from_str(name)).collect();
        let path = ["/agents/", &agent.agent].concat();
        spawn(async move {
            let body = [("queues", list.into())];
            if self.asks("PATCH", &path, Some(&body)).await.is_some() {
                self.agents.peek_mut(|agents| {
                    if let Some(agent) = agents.get_mut(place) {
                        agent.queues = Some(queues);
                    }
                });
                self.said.set(fill(words().serves_now, &agent.name));
            } else {
                self.agents.set(agents);
            }
        });
    }
}

/// A queue of which nothing is set.
fn empty(name: &str) -> JsValue {
    js::object(&[
        ("name", name.into()),
        ("title", JsValue::NULL),
        ("closed", false.into()),
        ("hours", JsValue::NULL),
        ("overflow", JsValue::NULL),
        ("max_waiting", JsValue::NULL),
        ("full_text", JsValue::NULL),
        ("skills", Array::new().into()),
    ])
    .into()
}

/// Puts in the queue that every space has; at the end, so that the others keep their places.
pub fn complete(settings: &At) {
    let mut queues = settings.items("queues").into_iter();
    if !queues.any(|queue| queue.text("name") == GENERAL) {
        settings.list("queues").push(&empty(GENERAL));
    }
}

/// The queues without that one, when nothing of it is set.
pub fn as_sent(queues: &JsValue) -> JsValue {
    let bare = sheet::json(&empty(GENERAL));
    let list: Array = wasm_bindgen::JsCast::unchecked_into(sheet::copy(queues));
    let is_set = |queue: &JsValue| sheet::json(queue) != bare;
    list.iter().filter(is_set).collect::<Array>().into()
}
