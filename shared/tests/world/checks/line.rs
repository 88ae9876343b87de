//! What customers who wait are told (R95 to R98, R102, R103), and who may look on (R86).

use shared::conversation::Standing;
use shared::conversation::{Fence, Lifecycle, Stage};
use shared::id::ConversationId;
use shared::rights::Person;
use shared::space::{Item, ItemState};

use crate::world::{Ms, World};

/// How long a place may be wrong, in milliseconds: the pause between two, a moment of absence
/// that is not told, and the way.
const NEWS: Ms = 15_000;
/// How long somebody may go on reading who has left, in milliseconds (SECURITY.md G4).
const LEAVING: Ms = 5_000;

/// What a customer should read: number, whether anybody is on duty, whether the queue is open.
pub type Truth = (u32, bool, bool);

impl World {
    /// Looks at what every customer who waits should read, and since when.
    pub(super) fn probe_places(&mut self) {
        let items = self.space.disk.items.values();
        let waiting: Vec<(ConversationId, Truth)> = items
            .filter(|item| is_in_line(item))
            .map(|item| (item.report.conversation, self.truth(item)))
            .collect();
        let is_first = !core::mem::replace(&mut self.checks.has_looked, true);
        let now = self.now;
        let known = core::mem::take(&mut self.checks.places);
        self.checks.places = waiting
            .into_iter()
            .map(|(conversation, truth)| {
                let since = match known.get(&conversation) {
                    Some((known, since)) if *known == truth => *since,
                    None if is_first => None,
                    Some(_) | None => Some(now),
                };
                (conversation, (truth, since))
            })
            .collect();
    }

    fn truth(&self, item: &Item) -> Truth {
        let queue = &item.report.queue;
        let spot = |item: &Item| (item.waiting_since, item.report.conversation);
        let line = self.space.disk.items.values();
        let before = line.filter(|other| {
            is_in_line(other) && other.report.queue == *queue && spot(other) <= spot(item)
        });
        let number = before.count() as u32;
        let agents = self.space.disk.agents.values();
        let on_duty = agents
            .filter(|agent| agent.available && self.is_live(agent.agent))
            .any(|agent| self.serves(agent.agent, item));
        let now = self.clock(self.space.shell.skew);
        (number, on_duty, self.is_queue_open(queue, now))
    }

    /// R96, R98: whatever changed after the faults had stopped is on the customer's screen.
    pub(super) fn check_places(&mut self) {
        for number in 0..self.clients.len() {
            let client = &self.clients[number];
            let stage = client.link.transcript().lifecycle().map(|it| &it.stage);
            let is_waiting = matches!(stage, Some(Stage::Waiting { .. }));
            let is_customer = matches!(client.person, Person::Visitor { .. });
            if !client.is_there || !is_customer || !is_waiting {
                continue;
            }
            let known = client.link.conversation();
            let known = known.and_then(|id| self.checks.places.get(&id));
            let Some((truth, Some(since))) = known.copied() else {
                continue;
            };
            if self.now < since + NEWS {
                continue;
            }
            let place = client.link.place().cloned();
            let told = place
                .as_ref()
                .map(|place| (place.number, place.on_duty, place.open_now));
            // Whoever lost it while there were faults asks once, and may not have been answered (PL2).
            if told.is_some_and(|told| told != truth) {
                return self.violate("R96", || {
                    format!("client {number} reads {place:?}, since {since} it is {truth:?}")
                });
            }
        }
    }

    /// R86: nobody stays in a conversation by a token of an era that is over.
    pub(super) fn probe_lookers(
        &mut self,
        stuck: &mut std::collections::BTreeSet<(&'static str, ConversationId, Fence)>,
    ) {
        let mut staying = Vec::new();
        for object in &self.conversations {
            for seat in object.seats.values() {
                let Person::Agent { agent, era, .. } = &seat.person else {
                    continue;
                };
                if self.space.disk.agents[agent].tenure.era > *era {
                    staying.push((object.id, *agent, *era));
                }
            }
        }
        for (conversation, agent, era) in staying {
            let fence = Fence(u64::from_be_bytes(agent.bytes()[..8].try_into().unwrap()));
            stuck.insert(("R86", conversation, fence));
            if self.is_stuck("R86", conversation, fence, LEAVING) {
                self.violate("R86", || {
                    format!("{agent} has left and reads {conversation} by era {era}")
                });
            }
        }
    }

    /// R102: nobody is sent away before the queue was open for as long as the wait.
    pub(super) fn check_give_up(&mut self, number: usize, before: &Lifecycle) {
        let object = &self.conversations[number];
        let Stage::Waiting { since } = before.stage else {
            return;
        };
        let now = self.clock(object.shell.skew);
        let waits = Self::span(now.since(since));
        let settings = object.disk.settings();
        let most = settings.map_or(0, |settings| Self::span(settings.wait()));
        let open = self.open_time(&before.queue, waits);
        if open < most && self.has_steady_hours() {
            self.violate("R102", || {
                format!("{number} waited for {waits} ms, {open} of them open, {most} allowed")
            });
        }
    }
}

/// True for what stands in a line (R95).
fn is_in_line(item: &Item) -> bool {
    let is_gone = matches!(item.state, ItemState::Gone { .. });
    !is_gone && item.report.standing == Standing::Waiting
}
