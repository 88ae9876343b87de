//! Attendance: whether anybody on duty could serve what waits (R98, R103).
//!
//! - **R103** Somebody on duty serves a conversation who serves its queue and has every skill that
//!   it needs (R58): who asks for a skill that nobody on duty has is told that nobody is on duty.

use super::duty::Duty;
use super::lanes::Need;
use crate::sorted::SortedMap;

/// Needs that are counted although nothing waits with them, so that the next item need not look
/// for its agents among all: 64, as for lanes (R59).
const SPARE: usize = 64;

/// Agents on duty, by what waits for them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Attendance(SortedMap<Need, Attended>);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Attended {
    /// How many wait.
    waiting: u32,
    /// Agents on duty who could serve them.
    on_duty: u32,
    /// Whether those who wait were told that somebody is on duty.
    told: bool,
}

impl Attended {
    const fn is_wrong(&self) -> bool {
        self.waiting > 0 && self.told != (self.on_duty > 0)
    }
}

impl Attendance {
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// One more waits with that need.
    pub fn put<'a>(&mut self, need: Need, agents: impl Iterator<Item = &'a Duty>) {
        let attended = self.0.entry(need).or_insert_with_key(|need| {
            let on_duty = agents.filter(|duty| duty.attends(need)).count();
            Attended {
                waiting: 0,
                on_duty: u32::try_from(on_duty).unwrap_or(u32::MAX),
                told: false,
            }
        });
        if attended.waiting == 0 {
            attended.told = attended.on_duty > 0;
        }
        attended.waiting = attended.waiting.saturating_add(1);
    }

    /// One that waited with that need does not.
    pub fn take(&mut self, need: &Need) {
        if let Some(attended) = self.0.get_mut(need) {
            attended.waiting = attended.waiting.saturating_sub(1);
            if attended.waiting == 0 && self.0.len() > SPARE {
                self.0.retain(|_, attended| attended.waiting > 0);
            }
        }
    }

    /// Counts an agent out.
    pub fn leave(&mut self, duty: &Duty) {
        for (need, attended) in self.0.iter_mut() {
            if duty.attends(need) {
                attended.on_duty = attended.on_duty.saturating_sub(1);
            }
        }
    }

    /// Counts an agent in.
    pub fn enter(&mut self, duty: &Duty) {
        for (need, attended) in self.0.iter_mut() {
            if duty.attends(need) {
                attended.on_duty = attended.on_duty.saturating_add(1);
            }
        }
    }

    /// True when somebody on duty could serve what waits with that need.
    pub fn has(&self, need: &Need) -> bool {
        self.0
            .get(need)
            .is_some_and(|attended| attended.on_duty > 0)
    }

    /// True when somebody who waits was told something else.
    pub fn is_wrong(&self) -> bool {
        self.0.values().any(Attended::is_wrong)
    }

    /// Those who wait are told what is so: whose.
    pub fn tell(&mut self) -> impl Iterator<Item = &Need> {
        let wrong = self.0.iter_mut().filter(|(_, known)| known.is_wrong());
        wrong.map(|(need, attended)| {
            attended.told = attended.on_duty > 0;
            need
        })
    }

    /// The same with nothing spare and nobody left to tell.
    pub fn settled(mut self) -> Self {
        self.0.retain(|_, attended| attended.waiting > 0);
        for attended in self.0.values_mut() {
            attended.told = attended.on_duty > 0;
        }
        self
    }

    /// Counted anew, for other settings: what was told stays.
    pub fn recounted(self, anew: Self) -> Self {
        let told = |need: &Need, known: Attended| {
            let before = self.0.get(need);
            let before = before.filter(|before| before.waiting == known.waiting);
            // Whoever needs something else than before is told again.
            before.map_or(known.on_duty == 0, |before| before.told)
        };
        let counted = anew.0.into_iter().map(|(need, known)| {
            let told = told(&need, known);
            (need, Attended { told, ..known })
        });
        Self(counted.collect())
    }
}

impl Duty {
    /// True while the agent is on duty and could serve that.
    fn attends(&self, need: &Need) -> bool {
        self.is_on_duty() && self.meets(need)
    }
}
