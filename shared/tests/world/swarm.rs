//! What is wrong in one world: each fault is on in half of the seeds, with its own rate.

use shared::settings::{Challenge, Change, OfferMode, Overflow, Queue, Routing, Settings};
use shared::text::{Label, PersonName};

use crate::hours::hours;
use crate::random::Random;

/// One world in this many is without faults.
const QUIET_ONE_IN: u64 = 10;

/// Chances of faults. A chance of 0 is a fault that is switched off.
#[derive(Clone, Debug, Default)]
pub struct Swarm {
    /// A connection is cut, per second of its life.
    pub cut: f64,
    /// A cut connection is not noticed by the client.
    pub half_open: f64,
    /// Frames that were on their way when a connection ended arrive late.
    pub late_frames: f64,
    /// A dial comes to nothing.
    pub dial_lost: f64,
    /// A frame takes longer than usual.
    pub slow_frame: f64,
    /// A connection stands still in both directions for up to a minute, per second of its life.
    pub freeze: f64,
    /// A token has run out when it is shown.
    pub stale_token: f64,
    /// A browser's timer is late, by up to a minute.
    pub lazy_timer: f64,
    /// A call between objects, or its answer, is lost.
    pub call_lost: f64,
    /// A call between objects is repeated.
    pub call_doubled: f64,
    /// A call between objects is late, by up to 300 s, and so out of order.
    pub call_late: f64,
    /// An object dies in a turn, before its rows are written.
    pub crash_before: f64,
    /// An object dies in a turn, after its rows were written and before anything is sent.
    pub crash_after: f64,
    /// An object dies between turns, per second.
    pub crash: f64,
    /// Everything restarts, per second.
    pub deploy: f64,
    /// An object that had nothing to do for 10 s loses its memory.
    pub hibernate: f64,
    pub alarm_late: f64,
    pub alarm_early: f64,
    pub alarm_doubled: f64,
    /// An alarm is abandoned: only the next event sets it again.
    pub alarm_lost: f64,
    /// The clock of an object jumps: forwards by up to 25 h, back by up to 10 s, per second.
    pub clock_jump: f64,
    /// A row of the space comes back from a backup, per second: that of a conversation which has
    /// closed since, and whose word to the space is lost with it.
    pub row_restored: f64,
    /// An admin changes something, per second. No fault: quiet worlds have it, too.
    pub manage: f64,
    /// An admin has somebody erased, per second. No fault, either.
    pub erase: f64,
    /// A program that does not wait comes into a conversation, per second. Nor is this one.
    pub flood: f64,
}

impl Swarm {
    pub fn any(random: &mut Random) -> Self {
        let manage = if random.chance(0.4) {
            random.rate(0.003, 0.1)
        } else {
            0.0
        };
        if random.range(1, QUIET_ONE_IN) == 1 {
            return Self {
                manage,
                ..Self::default()
            };
        }
        let row_restored = if random.chance(0.1) { 0.02 } else { 0.0 };
        let mut chance = |least, most| {
            if random.chance(0.5) {
                random.rate(least, most)
            } else {
                0.0
            }
        };
        Self {
            cut: chance(0.002, 0.05),
            half_open: chance(0.05, 0.6),
            late_frames: chance(0.1, 0.9),
            dial_lost: chance(0.02, 0.4),
            slow_frame: chance(0.01, 0.4),
            freeze: chance(0.001, 0.02),
            stale_token: chance(0.01, 0.2),
            lazy_timer: chance(0.01, 0.3),
            call_lost: chance(0.02, 0.4),
            call_doubled: chance(0.02, 0.4),
            call_late: chance(0.02, 0.4),
            crash_before: chance(0.001, 0.03),
            crash_after: chance(0.001, 0.03),
            crash: chance(0.0005, 0.01),
            deploy: chance(0.0005, 0.005),
            hibernate: chance(0.1, 1.0),
            alarm_late: chance(0.02, 0.5),
            alarm_early: chance(0.02, 0.3),
            alarm_doubled: chance(0.02, 0.3),
            alarm_lost: chance(0.01, 0.2),
            clock_jump: chance(0.0005, 0.01),
            row_restored,
            manage,
            erase: 0.0,
            flood: 0.0,
        }
    }

    /// Whether anybody floods: by dice of their own, too.
    pub fn floods(&mut self, seed: u64) {
        let mut random = Random::new(seed ^ 0x00f1_00d5);
        self.flood = if random.chance(0.05) { 0.005 } else { 0.0 };
    }

    /// Whether anybody is erased, and how long a closed conversation is kept: by dice of their own,
    /// so that a world in which nothing is erased is the one that it was.
    pub fn erases(&mut self, seed: u64, settings: &mut Settings) {
        let mut random = Random::new(seed ^ 0x00e2_a5e2);
        self.erase = random.pick(&[0.0, 0.0, 0.005, 0.02]);
        let retention_s = random.pick(&[None, None, None, Some(1), Some(30), Some(120)]);
        let change = Change {
            retention_s,
            ..Change::default()
        };
        if let Ok(changed) = settings.changed(change) {
            *settings = changed;
        }
    }
}

/// The queues of the space: some closed, some not there at times.
pub fn queues(random: &mut Random) -> Vec<Queue> {
    let label = |name| Label::parse(name).unwrap();
    let mut queue = |name, other| Queue {
        closed: random.chance(0.3),
        max_waiting: random.pick(&[None, None, Some(1), Some(2)]),
        overflow: random.chance(0.5).then(|| Overflow {
            to: label(other),
            after_s: random.pick(&[None, Some(5), Some(30)]),
            when_full: random.chance(0.5),
            when_closed: random.chance(0.5),
        }),
        skills: random
            .pick(&[None, None, Some("german")])
            .map(label)
            .into_iter()
            .collect(),
        hours: random.chance(0.3).then(|| hours(random)),
        ..Queue::new(label(name))
    };
    let mut queues = vec![queue("returns", "GENERAL"), queue("GENERAL", "returns")];
    if random.chance(0.2) {
        queues.remove(0);
    }
    queues
}

/// Settings of the space: the real ones or short ones, so that every timer is met.
pub fn settings(random: &mut Random) -> Settings {
    let change = Change {
        offer_s: Some(random.pick(&[5, 20, 60, 120])),
        wait_s: Some(random.pick(&[30, 120, 1_200, 1_200])),
        idle_s: Some(random.pick(&[20, 60, 1_200, 1_200])),
        idle_end_s: Some(random.pick(&[5, 60, 600])),
        wrap_up_s: Some(random.pick(&[1, 60, 600])),
        max_s: Some(random.pick(&[120, 300, 86_400, 86_400])),
        conversation_limit: Some(random.pick(&[1, 1, 2, 3])),
        messages_burst: Some(random.pick(&[1, 2, 5, 5, 20, 20, 20, 1_000])),
        messages_per_10s: Some(random.pick(&[8, 20, 50])),
        messages_per_hour: Some(random.pick(&[60, 300, 300, 1_000_000])),
        conversations_per_10min: Some(random.pick(&[1, 3, 3, 20, 1_000])),
        conversations_per_hour: Some(random.pick(&[4, 20, 60, 1_000])),
        challenge: Some(random.pick(&[
            Challenge::Never,
            Challenge::Never,
            Challenge::WhenFast,
            Challenge::Always,
        ])),
        offer_mode: Some(random.pick(&[
            OfferMode::Offer,
            OfferMode::Offer,
            OfferMode::Offer,
            OfferMode::AutoAccept,
            OfferMode::Manual,
        ])),
        routing: Some(random.pick(&[Routing::RoundRobin, Routing::RoundRobin, Routing::LeastBusy])),
        queues: Some(vec![Queue::new(Label::parse("returns").unwrap())]),
        ..Change::default()
    };
    let name = PersonName::parse("World").unwrap();
    let plain = Settings::new(name).changed(change).unwrap();
    let queues = random.chance(0.4).then(|| queues(random));
    let change = Change {
        queues,
        ..Change::default()
    };
    // Two queues that overflow into each other are refused.
    plain.changed(change).unwrap_or(plain)
}
