//! Colleagues and queues: whom and where work can be passed on. Pages over HTTP, read when
//! somebody looks at them.

use js_sys::Array;
use shared::id::AgentId;
use shared::settings::GENERAL;
use shared::text::Label;
use wasm_bindgen::{JsCast, JsValue};

use super::Console;
use crate::task::spawn;
use crate::var::Var;
use crate::{http, js};

/// A colleague.
#[derive(Clone, Eq, PartialEq)]
pub struct Colleague {
    /// Who.
    pub agent: AgentId,
    /// The name that colleagues see.
    pub name: String,
    /// `available`, `unavailable` or `away`.
    pub status: String,
    /// Slots filled.
    pub used: u32,
    /// All slots.
    pub limit: u32,
    /// The queues that the colleague serves; `None` for every one.
    pub queues: Option<Vec<Label>>,
    /// What the colleague is good at.
    pub skills: Vec<Label>,
}

/// A queue.
#[derive(Clone, Eq, PartialEq)]
pub struct Queue {
    /// The word for it.
    pub name: Label,
    /// What people read in its place.
    pub title: String,
    /// Takes nothing new.
    pub is_closed: bool,
    /// Within its hours.
    pub is_open: bool,
    /// How many wait in it.
    pub waiting: u32,
}

thread_local! {
    /// The queues that have a title.
    static TITLES: Var<Vec<(Label, String)>> = Var::new(Vec::new());
}

/// What a queue is called: by its title, as far as that was read.
pub fn called(queue: &Label) -> String {
    let titles = TITLES.with(|titles| *titles);
    titles.with(|titles| {
        let title = titles.iter().find(|(name, _)| name == queue);
        title.map_or_else(|| queue.to_string(), |(_, title)| title.clone())
    })
}

/// What queues are called, in a row.
pub fn all_called(queues: &[Label]) -> String {
    queues.iter().map(called).collect::<Vec<_>>().join(", ")
}

/// A list: `None` until it has come, then the list or that it did not come.
pub type Page<T> = Option<Result<Vec<T>, ()>>;

impl Colleague {
    /// True when something can be passed on to the colleague.
    pub fn is_free(&self) -> bool {
        self.status == "available" && self.used < self.limit
    }

    /// True when the colleague serves that queue.
    pub fn serves(&self, queue: &Label) -> bool {
        self.queues
            .as_ref()
            .is_none_or(|queues| queues.contains(queue))
    }
}

impl Console {
    /// Reads the colleagues.
    pub fn read_colleagues(self) {
        spawn(async move {
            let read = self.page("agents", "agents", colleague).await;
            // Whoever has left is nobody to pass on to.
            let here = |colleague: &Colleague| colleague.status != "deactivated";
            self.colleagues.set(Some(
                read.map(|all| all.into_iter().filter(here).collect())
                    .ok_or(()),
            ));
        });
    }

    /// True when the agent has something of a queue that may have a title.
    pub fn has_queues(self) -> bool {
        let is_named = |queue: &Label| queue.as_str() != GENERAL;
        let has = self.desk.see(|desk| {
            let items = desk.items.iter().map(|item| &item.queue);
            let offers = desk.offers.iter().map(|offer| &offer.queue);
            let transferred = desk.transferred.iter().map(|one| &one.offer.queue);
            items.chain(offers).chain(transferred).any(is_named)
        });
        has.unwrap_or_default()
    }

    /// Reads the queues.
    pub fn read_queues(self) {
        spawn(async move {
            let read = self.page("queues", "queues", queue).await;
            if let Some(queues) = &read {
                let titles = queues
                    .iter()
                    .filter(|queue| queue.title != queue.name.as_str());
                let titles = titles.map(|queue| (queue.name.clone(), queue.title.clone()));
                let titles = titles.collect();
                let known = TITLES.with(|known| *known);
                if known.peek(|known| *known != titles) {
                    known.set(titles);
                }
            }
            self.queues.set(Some(read.ok_or(())));
        });
    }

    /// A list of the space; `None` when it did not come.
    pub async fn page<T>(
        self,
        path: &str,
        list: &str,
        read: fn(&JsValue) -> Option<T>,
    ) -> Option<Vec<T>> {
        let tab = self.tab.now();
        let token = tab.session.ensure().await.ok()?;
        let path = ["/api/v1/spaces/", &tab.config.space, "/", path].concat();
        let answer = http::get(&path, &token).await.ok()?;
        let rows: Array = js::get(&answer, list)?.dyn_into().ok()?;
        Some(rows.iter().filter_map(|row| read(&row)).collect())
    }
}

/// A number of a row; 0 where there is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "slots and what waits are counted in 32 bits"
)]
pub fn count(row: &JsValue, name: &str) -> u32 {
    let number = js::get(row, name).and_then(|number| number.as_f64());
    number.unwrap_or(0.0) as u32
}

/// The words of a list of a row; `None` where there is no list.
pub fn labels(row: &JsValue, name: &str) -> Option<Vec<Label>> {
    let label = |label: JsValue| Label::parse(&label.as_string()?).ok();
    let list: Array = js::get(row, name)?.dyn_into().ok()?;
    Some(list.iter().filter_map(label).collect())
}

fn colleague(row: &JsValue) -> Option<Colleague> {
    Some(Colleague {
        agent: js::get_text(row, "agent")?.parse().ok()?,
        name: js::get_text(row, "name")?,
        status: js::get_text(row, "status")?,
        used: count(row, "used"),
        limit: count(row, "limit"),
        queues: labels(row, "queues"),
        skills: labels(row, "skills").unwrap_or_default(),
    })
}

fn queue(row: &JsValue) -> Option<Queue> {
    let is = |name| js::get(row, name).is_some_and(|is| is.is_truthy());
    let name = js::get_text(row, "name")?;
    Some(Queue {
        title: js::get_text(row, "title").unwrap_or_else(|| name.clone()),
        name: Label::parse(&name).ok()?,
        is_closed: is("closed"),
        is_open: is("open_now"),
        waiting: count(row, "waiting"),
    })
}
