//! R80 and R81: what agents see of each other.

use super::*;
use crate::space::{Colleague, Status};

fn statuses(scene: &Scene, by: u8) -> Vec<Status> {
    let colleagues = scene.space.colleagues(agent(by)).unwrap();
    colleagues
        .iter()
        .map(|colleague| colleague.status)
        .collect()
}

fn number(scene: &Scene) -> u64 {
    scene.space.ledger.as_ref().unwrap().counts.colleagues
}

#[test]
fn pain_u2_pain_u6_a_status_is_right_the_moment_that_it_changes() {
    use Status::{Available, Away, Deactivated, Unavailable};
    let mut scene = Scene::with(&[ADA, BEN, CYD]);
    assert_eq!(statuses(&scene, ADA), [Available; 3]);
    scene.set_available(BEN, false);
    scene.leave(CYD);
    assert_eq!(statuses(&scene, ADA), [Available, Unavailable, Away]);
    scene.connect(CYD);
    assert_eq!(statuses(&scene, ADA), [Available, Unavailable, Available]);
    let (agent, active) = (agent(BEN), false);
    let by = None;
    scene.take(Input::SetActive { by, agent, active });
    assert_eq!(statuses(&scene, ADA), [Available, Deactivated, Available]);
    let refused = scene.space.colleagues(agent);
    assert_eq!(refused.unwrap_err(), Refusal::Forbidden);
}

#[test]
fn pain_u6_who_vanished_silently_is_away_after_150_seconds() {
    let mut scene = Scene::with(&[ADA, BEN]);
    let (socket, heard_at) = (SocketId(ADA.into()), scene.now + 149_000);
    scene.now += 149_999;
    let at = at(heard_at);
    scene.take(Input::Heard { socket, at });
    scene.take(Input::Tick);
    assert_eq!(statuses(&scene, ADA), [Status::Available; 2]);
    scene.wait(1);
    let expected = [Status::Available, Status::Away];
    assert_eq!(statuses(&scene, ADA), expected);
    scene.waits(1);
    assert_eq!(scene.offered(1), Some((ADA, 1)), "never to who is away");
}

#[test]
fn r80_a_row_says_who_it_is_and_how_full() {
    let mut scene = Scene::with_limit(&[ADA, BEN], 3);
    scene.serve(BEN, &["GENERAL"]);
    scene.waits(1);
    let rows = scene.space.colleagues(agent(BEN)).unwrap();
    let expected = Colleague {
        agent: agent(ADA),
        name: rows[0].name.clone(),
        screen_name: rows[0].screen_name.clone(),
        role: Role::Agent,
        status: Status::Available,
        used: 1,
        limit: 3,
        queues: None,
        skills: vec![],
    };
    assert_eq!(rows[0], expected);
    let queues = [Label::parse("GENERAL").unwrap()];
    assert_eq!(rows[1].queues.as_deref(), Some(&queues[..]));
}

#[test]
fn r81_the_number_rises_with_what_is_worth_reading_again() {
    let mut scene = Scene::with_limit(&[ADA, BEN], 2);
    scene.set_available(BEN, false);
    let before = number(&scene);
    scene.waits(1);
    assert_eq!(number(&scene), before, "one slot of two");
    scene.talk(ADA, 1, 1, 3);
    scene.waits(2);
    assert_eq!(number(&scene), before + 1, "full");
    scene.set_available(BEN, false);
    assert_eq!(number(&scene), before + 1, "as before");
    scene.leave(BEN);
    assert_eq!(number(&scene), before + 2, "away");
    let effects = scene.wait(300);
    let told = frames(&effects).find_map(|frame| {
        let FromServer::Counts(counts) = frame else {
            return None;
        };
        Some(counts.colleagues)
    });
    assert_eq!(told, Some(before + 2));
}
