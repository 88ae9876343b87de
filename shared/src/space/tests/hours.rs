//! R50 to R57: hours, full queues, overflow.

use super::*;
use crate::settings::{Change, Day, Hours, Opening, Overflow, Queue, Zone};
use crate::space::{Openness, Row};
use crate::text::ZoneName;

/// Minutes of 1 January 1970, a Thursday: scenes begin in minute 16.
const MINUTE: u64 = 60_000;

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn hours(from: u16, to: u16) -> Option<Hours> {
    Some(Hours {
        zone: ZoneName::parse("UTC").unwrap(),
        week: vec![Opening {
            day: Day::Thursday,
            from,
            to,
        }],
        holidays: vec![],
    })
}

fn utc() -> Input {
    let zone = Zone {
        offsets: vec![],
        known_until: at(u64::MAX),
    };
    Input::Zones([(ZoneName::parse("UTC").unwrap(), zone)].into())
}

fn overflow(to: &str) -> Overflow {
    Overflow {
        to: label(to),
        after_s: None,
        when_full: false,
        when_closed: false,
    }
}

/// A space whose clocks are known; GENERAL is set, too.
fn scene(agents: &[u8], queues: Vec<Queue>) -> Scene {
    let mut scene = Scene::set(agents, |settings| settings.queues = queues);
    scene.take(utc());
    scene
}

/// GENERAL is open from minute 20 to minute 30.
fn office(agents: &[u8]) -> Scene {
    let general = Queue {
        hours: hours(20, 30),
        ..Queue::new(label("GENERAL"))
    };
    scene(agents, vec![general, Queue::new(label("other"))])
}

fn waits_in(scene: &mut Scene, c: u8, queue: &str) -> Vec<Effect> {
    let queue = label(queue);
    let report = report(c, 2, 0, Standing::Waiting);
    scene.take(Input::Reported(Report { queue, ..report }))
}

/// Where a conversation begins, or why not.
fn admit(scene: &mut Scene, c: u8, queue: &str) -> Result<&'static str, Refusal> {
    let effects = scene.take(Input::Admit {
        visitor: VisitorId::from_bytes([c; 16]),
        conversation: conversation(c),
        queue: label(queue),
        address: None,
        verified: false,
        passed: false,
    });
    effects
        .into_iter()
        .find_map(|effect| {
            if let Effect::Admitted { queue, .. } = &effect {
                let mut names = ["GENERAL", "other", "third"].into_iter();
                return Some(Ok(names.find(|name| *name == queue.as_str()).unwrap()));
            }
            let Effect::Denied(refusal) = effect else {
                return None;
            };
            Some(Err(refusal))
        })
        .unwrap()
}

#[test]
fn r52_what_comes_outside_the_hours_is_offered_oldest_first_when_they_begin() {
    let mut scene = office(&[ADA, BEN]);
    scene.waits(1);
    scene.pass(1_000);
    scene.waits(2);
    assert_eq!((scene.offered(1), scene.offered(2)), (None, None));
    let opens_at = at(20 * MINUTE);
    scene.wait(10_000);
    assert_eq!(hours_due(&scene), Some(opens_at));
    let openness = scene.space.openness(at(scene.now), &label("GENERAL"));
    let expected = Openness {
        open_now: false,
        opens_at: Some(opens_at),
    };
    assert_eq!(openness, expected);
    scene.now = 20 * MINUTE - 1;
    scene.beat();
    scene.take(Input::Tick);
    assert_eq!(scene.offered(1), None, "a millisecond before");
    scene.wait(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)), "U3");
    assert_eq!(scene.offered(2), Some((BEN, 1)), "U3");
    let openness = scene.space.openness(at(scene.now), &label("GENERAL"));
    assert_eq!(openness, Openness::ALWAYS);
}

#[test]
fn r52_at_the_end_of_the_hours_an_offer_stands_and_goes_round_no_more() {
    let mut scene = office(&[ADA, BEN]);
    scene.now = 30 * MINUTE - 1_000;
    scene.beat();
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.wait(2_000);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.decline(ADA, 1, 1);
    assert_eq!(scene.offered(1), None, "not to Ben");
    assert!(refusal(&scene.assign_to_me(BEN, 1)).is_none(), "by hand");
}

#[test]
fn r51_r52_hours_are_of_one_queue() {
    let mut scene = office(&[ADA]);
    waits_in(&mut scene, 1, "GENERAL");
    scene.now += 1_000;
    waits_in(&mut scene, 2, "other");
    assert_eq!((scene.offered(1), scene.offered(2)), (None, Some((ADA, 1))));
}

#[test]
fn r50_the_shell_is_asked_for_zones_and_until_then_a_queue_is_open() {
    let general = Queue {
        hours: hours(20, 30),
        ..Queue::new(label("GENERAL"))
    };
    let mut scene = Scene::set(&[ADA], |settings| settings.queues = vec![general]);
    let zone = ZoneName::parse("UTC").unwrap();
    assert_eq!(scene.space.zones_wanted(), core::slice::from_ref(&zone));
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    let effects = scene.take(utc());
    let saves_zone = effects.iter().any(
        |effect| matches!(effect, Effect::Save(Row::Space { zones, .. }) if zones.contains_key(&zone)),
    );
    assert!(saves_zone);
    assert_eq!(scene.space.zones_wanted(), []);
    // A table that ends within the year is renewed.
    let short = Zone {
        offsets: vec![],
        known_until: at(scene.now + 360 * 86_400_000),
    };
    scene.take(Input::Zones([(zone.clone(), short)].into()));
    assert_eq!(scene.space.zones_wanted(), [zone]);
}

#[test]
fn r50_zones_told_before_a_change_of_hours_keep_a_queue_shut_through_it() {
    let general = |zone: &str| Queue {
        hours: hours(20, 30).map(|hours| Hours {
            zone: ZoneName::parse(zone).unwrap(),
            ..hours
        }),
        ..Queue::new(label("GENERAL"))
    };
    let mut scene = scene(&[ADA, EVE], vec![general("UTC")]);
    scene.waits(1);
    let zone = Zone {
        offsets: vec![],
        known_until: at(u64::MAX),
    };
    let other = ZoneName::parse("Africa/Abidjan").unwrap();
    scene.take(Input::Zones([(other.clone(), zone)].into()));
    let effects = scene.take(Input::Configure {
        by: agent(EVE),
        change: Change {
            queues: Some(vec![general(other.as_str())]),
            ..Change::default()
        },
    });
    let is_set = |effect: &Effect| matches!(effect, Effect::Configured { .. });
    assert!(effects.iter().any(is_set), "{effects:?}");
    assert_eq!(scene.offered(1), None);
    assert_eq!(scene.space.zones_wanted(), []);
}

#[test]
fn r55_where_a_conversation_begins() {
    let full = |queue: Queue| Queue {
        max_waiting: Some(1),
        full_text: MessageText::parse("Please write to us.").ok(),
        ..queue
    };
    let shut = |queue: Queue| Queue {
        hours: hours(20, 30),
        ..queue
    };
    let to = |queue: Queue, to: &str, when_full, when_closed| Queue {
        overflow: Some(Overflow {
            when_full,
            when_closed,
            ..overflow(to)
        }),
        ..queue
    };
    let general = || Queue::new(label("GENERAL"));
    let other = || Queue::new(label("other"));
    let third = || Queue::new(label("third"));
    let text = MessageText::parse("Please write to us.").ok();
    let is_full = || Err(Refusal::QueueFull { text: text.clone() });
    let closed = |queue: Queue| Queue {
        closed: true,
        ..queue
    };
    // Something waits in GENERAL and in the other one, so that both are at their maximum of one.
    let cases = [
        ("open", vec![general(), other()], Ok("GENERAL")),
        ("full", vec![full(general()), other()], is_full()),
        (
            "full, overflows",
            vec![to(full(general()), "other", true, false), other()],
            Ok("other"),
        ),
        (
            "full, overflows at night only",
            vec![to(full(general()), "other", false, true), other()],
            is_full(),
        ),
        (
            "full, as is the other",
            vec![to(full(general()), "other", true, false), full(other())],
            is_full(),
        ),
        (
            "along a chain",
            vec![
                to(full(general()), "other", true, false),
                to(full(other()), "third", true, false),
                third(),
            ],
            Ok("third"),
        ),
        ("shut", vec![shut(general()), other()], Ok("GENERAL")),
        (
            "shut, overflows",
            vec![to(shut(general()), "other", false, true), other()],
            Ok("other"),
        ),
        (
            "shut, overflows when full only",
            vec![to(shut(general()), "other", true, false), other()],
            Ok("GENERAL"),
        ),
        (
            "shut, as is the other",
            vec![to(shut(general()), "other", false, true), shut(other())],
            Ok("GENERAL"),
        ),
        (
            "shut and full",
            vec![
                to(shut(full(general())), "other", true, false),
                shut(other()),
            ],
            is_full(),
        ),
        (
            "into one that takes no new work",
            vec![to(full(general()), "other", true, false), closed(other())],
            is_full(),
        ),
    ];
    for (case, queues, expected) in cases {
        let mut scene = scene(&[], queues);
        waits_in(&mut scene, 1, "GENERAL");
        waits_in(&mut scene, 2, "other");
        assert_eq!(admit(&mut scene, 9, "GENERAL"), expected, "{case}");
        assert_eq!(
            admit(&mut scene, 1, "GENERAL"),
            Ok("GENERAL"),
            "{case}: known"
        );
    }
}

#[test]
fn r53_what_is_taken_or_ends_makes_room() {
    let general = Queue {
        max_waiting: Some(2),
        ..Queue::new(label("GENERAL"))
    };
    let mut scene = scene(&[ADA], vec![general]);
    let is_full = Err(Refusal::QueueFull { text: None });
    scene.waits(1);
    assert_eq!(admit(&mut scene, 7, "GENERAL"), Ok("GENERAL"));
    scene.waits(2);
    assert_eq!(admit(&mut scene, 8, "GENERAL"), is_full, "one is offered");
    scene.talk(ADA, 1, 1, 3);
    assert_eq!(admit(&mut scene, 8, "GENERAL"), Ok("GENERAL"));
    scene.unassign(ADA, 1);
    scene.answer(1, 2, Outcome::Done, report(1, 4, 2, Standing::Waiting));
    assert_eq!(admit(&mut scene, 9, "GENERAL"), is_full);
    scene.closed(2, 5, 0);
    assert_eq!(admit(&mut scene, 9, "GENERAL"), Ok("GENERAL"));
}

/// GENERAL overflows into the other queue after 60 s; only Ben serves that one.
fn patient(set: impl FnOnce(&mut Queue)) -> Scene {
    let general = Queue {
        overflow: Some(Overflow {
            after_s: Some(60),
            ..overflow("other")
        }),
        ..Queue::new(label("GENERAL"))
    };
    let mut other = Queue::new(label("other"));
    set(&mut other);
    let mut scene = scene(&[ADA, BEN], vec![general, other]);
    scene.serve(ADA, &["GENERAL"]);
    scene.serve(BEN, &["other"]);
    scene
}

/// When hours begin or end that matter.
fn hours_due(scene: &Scene) -> Option<Timestamp> {
    let ledger = scene.space.ledger.as_ref().unwrap();
    ledger.gates.next_due(|queue| ledger.backlogs.has(queue))
}

fn overflow_due(scene: &Scene) -> Option<Timestamp> {
    let ledger = scene.space.ledger.as_ref().unwrap();
    ledger.overflow_due_at(at(scene.now))
}

fn move_to_other(fence: u64) -> Vec<Instruction> {
    vec![Instruction::Assign(Assignment {
        fence: Fence(fence),
        to: None,
        queue: Some(label("other")),
        taken: false,
        closes: false,
    })]
}

fn moved(c: u8, fence: u64) -> Report {
    Report {
        queue: label("other"),
        ..report(c, 4, fence, Standing::Waiting)
    }
}

#[test]
fn r56_who_has_waited_for_long_enough_goes_to_the_other_queue_and_keeps_the_time() {
    let mut scene = patient(|_| ());
    scene.set_available(ADA, false);
    scene.waits(1);
    let since = scene.item(1).unwrap().waiting_since;
    assert_eq!(overflow_due(&scene), Some(at(scene.now + 60_000)));
    assert_eq!(instructions(&scene.wait(59_999)), []);
    let effects = scene.wait(1);
    assert_eq!(instructions(&effects), move_to_other(1));
    assert_eq!(
        refusal(&scene.assign_to_me(BEN, 1)),
        Some(Refusal::NotWaiting)
    );
    // No answer: proposed again like anything else.
    assert_eq!(instructions(&scene.wait(5_000)), move_to_other(1));
    scene.answer(1, 1, Outcome::Done, moved(1, 1));
    assert_eq!(scene.offered(1), Some((BEN, 2)));
    let item = scene.item(1).unwrap();
    assert_eq!((item.waiting_since, item.queued_at), (since, at(scene.now)));
}

#[test]
fn r56_an_offer_is_answered_first() {
    let mut scene = patient(|_| ());
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    scene.pass(80_000);
    assert_eq!(scene.offered(1), Some((ADA, 1)));
    let effects = scene.decline(ADA, 1, 1);
    assert_eq!(instructions(&effects), move_to_other(2));
}

#[test]
fn r54_r56_it_goes_as_soon_as_the_other_queue_takes_it() {
    let mut scene = patient(|other| other.hours = hours(20, 30));
    scene.set_available(ADA, false);
    scene.waits(1);
    assert_eq!(instructions(&scene.wait(61_000)), []);
    let opens_at = Some(at(20 * MINUTE));
    assert_eq!(overflow_due(&scene), opens_at, "no alarm before");
    scene.now = 20 * MINUTE;
    scene.beat();
    assert_eq!(instructions(&scene.take(Input::Tick)), move_to_other(1));

    let mut scene = patient(|other| other.max_waiting = Some(1));
    scene.set_available(ADA, false);
    scene.set_available(BEN, false);
    waits_in(&mut scene, 2, "other");
    scene.waits(1);
    scene.now += 1_000;
    scene.waits(3);
    assert_eq!(instructions(&scene.wait(61_000)), []);
    let effects = scene.closed(2, 3, 0);
    assert_eq!(
        instructions(&effects),
        move_to_other(1),
        "one, and no other"
    );
    assert!(scene.item(1).unwrap().slots.is_empty());
    // What is on its way counts.
    assert_eq!(instructions(&scene.wait(1_000)), []);
}

#[test]
fn r56_what_ends_on_the_way_is_gone_and_what_went_another_way_goes_again() {
    let mut scene = patient(|_| ());
    scene.set_available(ADA, false);
    scene.waits(1);
    scene.wait(60_000);
    scene.answer(1, 1, Outcome::Ended, report(1, 4, 0, closed()));
    assert!(matches!(
        scene.item(1).unwrap().state,
        ItemState::Gone { .. }
    ));
    scene.waits(2);
    scene.wait(60_000);
    let effects = scene.answer(2, 1, Outcome::Stale, report(2, 4, 5, Standing::Waiting));
    assert_eq!(instructions(&effects), move_to_other(6));
}

#[test]
fn r57_an_agent_transfers_to_a_queue_that_is_full_or_outside_its_hours() {
    let mut scene = patient(|other| {
        other.hours = hours(20, 30);
        other.max_waiting = Some(1);
    });
    waits_in(&mut scene, 2, "other");
    scene.waits(1);
    scene.talk(ADA, 1, 1, 3);
    assert_eq!(refusal(&scene.transfer(ADA, 1, to_queue("other"))), None);
    scene.answer(1, 2, Outcome::Done, moved(1, 2));
    assert_eq!(scene.offered(1), None, "until the hours begin");
}

/// How long the queue was open, by the confirmation of a report that waits since then.
fn open_time(scene: &mut Scene, waits_ms: u64) -> (u64, Option<u64>) {
    let waits_ms = Some(waits_ms);
    let report = report(1, 2, 0, Standing::Waiting);
    let effects = scene.take(Input::Reported(Report { waits_ms, ..report }));
    let open = effects.into_iter().find_map(|effect| {
        if let Effect::Confirmed { open, .. } = effect {
            return open;
        }
        None
    });
    open.map(|open| (open.open_ms, open.opens_in_ms)).unwrap()
}

#[test]
fn r102_a_wait_counts_only_while_the_queue_is_open() {
    // Minute of the question, how long it has waited, how long of that the queue was open, and
    // when it opens.
    let cases = [
        (17, 10, 0, Some(3)),
        (20, 4, 0, Some(0)),
        (25, 20, 5, Some(0)),
        (25, 2, 2, Some(0)),
        (45, 40, 10, None),
        (45, 10, 0, None),
    ];
    for (minute, waits, open, opens_in) in cases {
        let mut scene = office(&[ADA]);
        scene.now = minute * MINUTE;
        let (open_ms, opens_in_ms) = open_time(&mut scene, waits * MINUTE);
        assert_eq!(open_ms, open * MINUTE, "{minute} {waits}");
        let next_thursday = 7 * 1_440 + 20 - minute;
        let opens_in = opens_in.unwrap_or(next_thursday);
        assert_eq!(opens_in_ms, Some(opens_in * MINUTE), "{minute} {waits}");
    }
    let mut scene = scene(&[ADA], vec![]);
    assert_eq!(open_time(&mut scene, 9_000), (9_000, Some(0)), "no hours");
}
