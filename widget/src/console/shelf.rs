//! Lists that are read when they are opened: what colleagues have, and what is closed.

use std::time::Duration;

use shared::id::ConversationId;
use shared::rights::Role;
use shared::time::Timestamp;

use super::Console;
use super::item::meta;
use super::lists::number;
use super::page::{Listed, Page};
use super::picker::name_of;
use crate::dom::{El, button, decor, effect, el};
use crate::task::spawn;
use crate::text::console::words;
use crate::text::fill;
use crate::text::work::work;
use crate::time::{self, Form};
use crate::timer::Timer;
use crate::ui::initial;
use crate::var::Var;

/// Least time between two readings.
const PAUSE: Duration = Duration::from_secs(2);

/// A list that opens.
#[derive(Clone, Copy)]
struct Shelf {
    console: Console,
    name: &'static str,
    title: &'static str,
    empty: &'static str,
    /// The lists that it is made of; the last one may be read on.
    lists: &'static [&'static str],
    is_open: Var<bool>,
    page: Var<Page>,
    has_read: Var<bool>,
}

/// What colleagues have, for those who look after it.
pub fn team(console: Console) -> El {
    let shelf = Shelf::new(
        console,
        ("team", work().all_active, work().nobody_active),
        &["active", "wrapping_up"],
    );
    let mine = move || console.desk.see(|desk| desk.items.len()).unwrap_or(0);
    let count = move || {
        let counts = console.desk.counts();
        let all = (counts.active + counts.wrapping_up) as usize;
        all.saturating_sub(mine()).to_string()
    };
    shelf.section(count, |_, row| {
        let agent = row.agent.clone().unwrap_or_default();
        let with = fill(work().with_agent, &agent);
        match row.is_over {
            true => [&with, " · ", words().wrapping_up].concat(),
            false => with,
        }
    })
}

/// What is closed, newest first.
pub fn closed(console: Console) -> El {
    let shelf = Shelf::new(
        console,
        ("closed", work().closed_list, work().nothing_closed),
        &["closed"],
    );
    let count = move || {
        let (count, is_part) = shelf
            .page
            .with(|page| (page.rows.len(), page.next.is_some()));
        match (shelf.has_read.get(), is_part) {
            (false, _) => String::new(),
            (true, false) => count.to_string(),
            (true, true) => [count.to_string().as_str(), "+"].concat(),
        }
    };
    shelf.section(count, |console, row| {
        let resolution = row.resolution.as_ref();
        let resolution = resolution.map(|resolution| name_of(console, resolution));
        resolution.unwrap_or_default()
    })
}

/// True for those who look after the work of others.
pub fn is_supervisor(console: Console) -> bool {
    let role = console.desk.see(|desk| desk.me.role);
    matches!(role, Some(Role::Supervisor | Role::Admin))
}

impl Shelf {
    fn new(
        console: Console,
        (name, title, empty): (&'static str, &'static str, &'static str),
        lists: &'static [&'static str],
    ) -> Self {
        Self {
            console,
            name,
            title,
            empty,
            lists,
            is_open: Var::new(false),
            page: Var::new(Page::default()),
            has_read: Var::new(false),
        }
    }

    fn section(
        self,
        count: impl Fn() -> String + Copy + 'static,
        state: fn(Console, &Listed) -> String,
    ) -> El {
        self.follow();
        let Self {
            name,
            is_open,
            page,
            ..
        } = self;
        let id = ["list-", name].concat();
        let rows = [&id, "-rows"].concat();
        let controls = rows.clone();
        let ids = move || -> Vec<ConversationId> {
            self.shown().iter().map(|row| row.conversation).collect()
        };
        let toggle = button("list__toggle icon icon--chevron", move || {
            is_open.update(|is_open| *is_open = !*is_open)
        })
        .attr("aria-controls", &controls)
        .bind_attr("aria-expanded", move || is_open.get().to_string())
        .text(self.title);
        let has_count = move || !count().is_empty();
        el("section", &["list list--", name].concat())
            .attr("aria-labelledby", &id)
            .child(
                el("h2", "list__title")
                    .attr("id", &id)
                    .child(toggle)
                    .when(has_count, move || {
                        el("span", "list__count").bind_text(count)
                    }),
            )
            .when(
                move || is_open.get(),
                move || {
                    el("div", "")
                        .attr("id", &rows)
                        .when(
                            move || !ids().is_empty(),
                            move || {
                                el("ul", "list__rows")
                                    .each(ids, number, move |id| self.row(id, state))
                            },
                        )
                        .when(
                            move || self.has_read.get() && ids().is_empty(),
                            move || el("p", "list__empty").text(self.empty),
                        )
                        .when(
                            move || page.with(|page| page.next.is_some()),
                            move || {
                                button("button button--quiet button--small list__more", move || {
                                    self.read(true)
                                })
                                .text(work().more)
                            },
                        )
                },
            )
    }

    /// The rows, without one's own, which stand above.
    fn shown(self) -> Vec<Listed> {
        let is_mine = |row: &&Listed| self.console.desk.item(row.conversation).is_some();
        self.page.with(|page| {
            let rows = page.rows.iter().filter(|row| !is_mine(row));
            rows.cloned().collect()
        })
    }

    fn row(self, conversation: ConversationId, state: fn(Console, &Listed) -> String) -> El {
        let console = self.console;
        let of = move |part: &dyn Fn(&Listed) -> String| {
            self.page.with(|page| {
                let found = page
                    .rows
                    .iter()
                    .find(|row| row.conversation == conversation);
                found.map(part).unwrap_or_default()
            })
        };
        let name = move || of(&|row| row.customer.clone());
        let moment = |row: &Listed| row.closed_at.unwrap_or(row.since);
        let is_open = move || console.selected.get() == Some(conversation);
        let open = button("item__open", move || console.visit(conversation))
            .bind_attr("aria-current", move || is_open().to_string())
            .child(
                decor("avatar avatar--customer avatar--small").bind_text(move || initial(&name())),
            )
            .child(el("span", "item__name").attr("dir", "auto").bind_text(name))
            .child(
                el("time", "item__time")
                    .bind_attr("datetime", move || of(&|row| time::iso(moment(row))))
                    .bind_text(move || of(&|row| when(moment(row)))),
            )
            .child(
                el("span", "item__words")
                    .attr("dir", "auto")
                    .bind_text(move || of(&|row| row.words.clone())),
            )
            .child(
                el("span", "item__meta")
                    .attr("dir", "auto")
                    .bind_text(move || {
                        let state = of(&|row| state(console, row));
                        let place =
                            of(&|row| meta(row.company.as_deref(), &row.queue, &row.skills));
                        let stars = of(&|row| match row.stars {
                            Some(stars) => fill(words().stars, &stars.to_string()),
                            None => String::new(),
                        });
                        let parts = [state, stars, place].into_iter();
                        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
                        parts.join(" · ")
                    }),
            );
        el("li", "item").child(open)
    }

    /// Reads when it is opened, and while it is open when the counts say that something moved.
    fn follow(self) {
        let timer = Var::new(None::<Timer>);
        let read_at = Var::new(Timestamp::from_millis(0));
        let ring = move || {
            if self.is_open.now() && self.console.left.now().is_none() {
                read_at.set(time::now());
                self.read(false);
            }
        };
        timer.peek_mut(|slot| *slot = Some(Timer::new(ring)));
        effect(move || {
            self.console.desk.counts();
            self.console.desk.see(|_| ());
            if self.is_open.get() {
                let rested = time::now().since(read_at.now());
                timer.peek_mut(|timer| {
                    if let Some(timer) = timer {
                        timer.set(Some(time::now() + PAUSE.saturating_sub(rested)));
                    }
                });
            }
        });
    }

    fn read(self, is_more: bool) {
        let after = self.page.peek(|page| page.next.clone());
        spawn(async move {
            let mut next = match is_more {
                true => self.page.now(),
                false => Page::default(),
            };
            for list in self.lists {
                let after = after.clone().filter(|_| is_more);
                let Some(page) = self.console.read_list(list, after).await else {
                    return;
                };
                next.rows.extend(page.rows);
                // Two lists in one are read from their beginnings: more than anybody looks after.
                next.next = page.next.filter(|_| self.lists.len() == 1);
            }
            self.has_read.set(true);
            if self.page.peek(|page| *page != next) {
                self.page.set(next);
            }
        });
    }
}

/// The hour today, the date before.
fn when(at: Timestamp) -> String {
    let is_today = time::day(at) == time::day(time::now());
    time::write(at, if is_today { Form::Time } else { Form::Full })
}
