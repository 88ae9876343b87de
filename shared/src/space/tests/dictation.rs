//! SP1, SP8 and SP9: who has something written down, by whom, and how often.

use super::*;
use crate::dictation::Transcriber;
use crate::session::Subject;
use crate::space::{Door, Opened};

fn open(scene: &mut Scene, door: Door) -> Result<Opened, Refusal> {
    let effects = scene.take(Input::Door(door)).into_iter();
    let mut answers = effects.filter_map(|effect| {
        if let Effect::Opened(opened) = effect {
            Some(Ok(opened))
        } else if let Effect::Denied(refusal) = effect {
            Some(Err(refusal))
        } else {
            None
        }
    });
    answers.next().unwrap()
}

fn transcriber(by: u8) -> Transcriber {
    Transcriber {
        url: "https://speech.example/v1/audio/transcriptions".into(),
        model: "whisper-1".into(),
        key: "v1.00000000.sealed".into(),
        last4: "cret".into(),
        by: agent(by),
        at: at(0),
    }
}

fn set(scene: &mut Scene, by: u8, to: bool) -> Result<Opened, Refusal> {
    let (by, transcriber) = (agent(by), to.then(|| transcriber(by)));
    open(scene, Door::SetTranscriber { by, transcriber })
}

fn visitor(n: u8) -> Subject {
    Subject::Visitor(VisitorId::from_bytes([n; 16]))
}

fn speak(scene: &mut Scene, who: Subject) -> Result<Option<Transcriber>, Refusal> {
    match open(scene, Door::Dictate(who))? {
        Opened::Dictates(transcriber) => Ok(transcriber),
        Opened::Nothing => Err(Refusal::SpaceOff),
        other @ (Opened::Done | Opened::Joined(_) | Opened::Key(..)) => panic!("{other:?}"),
    }
}

fn wait(answer: Result<Option<Transcriber>, Refusal>) -> Option<u32> {
    match answer {
        Ok(_) => None,
        Err(Refusal::RateLimited { retry_after }) => Some(retry_after),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn sp8_admins_alone_set_the_transcriber_and_nobody_reads_the_key() {
    let mut scene = Scene::with(&[ADA, DOT, EVE]);
    for n in [ADA, DOT] {
        assert_eq!(set(&mut scene, n, true), Err(Refusal::Forbidden), "{n}");
        let read = scene.space.transcriber_for(agent(n)).map(|_| ());
        assert_eq!(read, Err(Refusal::Forbidden), "{n}");
    }
    assert_eq!(speak(&mut scene, visitor(1)), Ok(None));
    assert_eq!(set(&mut scene, EVE, true), Ok(Opened::Done));
    let expected = Transcriber {
        at: at(scene.now),
        ..transcriber(EVE)
    };
    let known = scene.space.transcriber_for(agent(EVE)).unwrap();
    assert_eq!(known, Some(&expected));
    assert!(scene.space.has_transcriber());
    assert_eq!(speak(&mut scene, visitor(1)), Ok(Some(expected)));
    let act = scene.space.newest_act().unwrap();
    let after = act.after.clone().unwrap();
    assert!(
        after.contains("speech.example") && after.contains("cret"),
        "{after}"
    );
    assert!(!after.contains("sealed"), "{after}");
    let n = act.n;
    assert_eq!(set(&mut scene, EVE, false), Ok(Opened::Done));
    assert!(!scene.space.has_transcriber());
    assert_eq!(set(&mut scene, EVE, false), Ok(Opened::Done));
    assert_eq!(
        scene.space.newest_act().unwrap().n,
        n + 1,
        "nothing changed twice"
    );
}

#[test]
fn sp1_who_is_blocked_or_has_left_or_where_it_is_off_nothing_is_written_down() {
    let mut scene = Scene::with(&[ADA, BEN, EVE]);
    let (ada, ben) = (Subject::Agent(agent(ADA)), Subject::Agent(agent(BEN)));
    assert_eq!(speak(&mut scene, ada), Ok(None));
    assert_eq!(
        speak(&mut scene, Subject::Agent(agent(99))),
        Err(Refusal::Forbidden)
    );
    scene.take(Input::SetActive {
        by: Some(agent(EVE)),
        agent: agent(BEN),
        active: false,
    });
    assert_eq!(speak(&mut scene, ben), Err(Refusal::Forbidden));
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.settings.dictation = false;
    assert_eq!(speak(&mut scene, ada), Err(Refusal::SpaceOff));
    assert_eq!(speak(&mut scene, visitor(1)), Err(Refusal::SpaceOff));
}

#[test]
fn sp9_sec_l2_one_person_speaks_so_often_and_all_of_them_so_often() {
    let mut scene = Scene::with(&[ADA]);
    for n in 0..30 {
        assert_eq!(wait(speak(&mut scene, visitor(1))), None, "{n}");
    }
    assert_eq!(wait(speak(&mut scene, visitor(1))), Some(20));
    assert_eq!(wait(speak(&mut scene, visitor(2))), None);
    scene.wait(20_000);
    assert_eq!(wait(speak(&mut scene, visitor(1))), None);
    assert_eq!(wait(speak(&mut scene, visitor(1))), Some(20));
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.settings.dictations_per_hour = 2;
    ledger.doors.dictated_until = Timestamp::ZERO;
    assert_eq!(wait(speak(&mut scene, visitor(3))), None);
    assert_eq!(wait(speak(&mut scene, visitor(4))), None);
    assert_eq!(wait(speak(&mut scene, visitor(5))), Some(1_800));
    // What was refused has cost nobody anything.
    scene.wait(1_800_000);
    assert_eq!(wait(speak(&mut scene, visitor(5))), None);
    assert_eq!(wait(speak(&mut scene, visitor(3))), Some(1_800));
}

#[test]
fn sp9_no_sleep_gives_back_what_the_space_has_spent() {
    let mut scene = Scene::with(&[ADA]);
    let ledger = scene.space.ledger.as_mut().unwrap();
    ledger.settings.dictations_per_hour = 1;
    let settings = ledger.settings.clone();
    let door = Door::Dictate(visitor(1));
    let effects = scene.take(Input::Door(door)).into_iter();
    let rows = effects.filter_map(|effect| {
        if let Effect::Save(row) = effect {
            Some(row)
        } else {
            None
        }
    });
    let head = Row::Space {
        space: "demo".parse().unwrap(),
        settings,
        offers_made: 0,
        zones: crate::sorted::SortedMap::new(),
        rounds_at: at(0),
    };
    let rows: Vec<Row> = rows.chain([head]).collect();
    assert_eq!(
        rows.len(),
        2,
        "the row of the doors, and no other: {rows:?}"
    );
    scene.space = Space::restore(rows, [], at(scene.now));
    assert_eq!(wait(speak(&mut scene, visitor(2))), Some(3_600));
}
