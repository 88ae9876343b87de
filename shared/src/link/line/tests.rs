//! The line by its table of states and codes.

use super::*;

const fn ms(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + millis)
}

/// A line that was welcome at 0.
fn line() -> Line {
    let mut line = Line::new(6);
    assert_eq!(line.start(ms(0)), Some(Move::Dial { connection: 7 }));
    assert!(line.opened());
    assert!(line.welcomed(ms(0), 0, 7));
    line
}

#[test]
fn k1_every_attempt_has_the_next_number() {
    let mut line = line();
    line.lost(ms(1), 0, 1006);
    assert_eq!(line.tick(ms(1), 0), Some(Move::Dial { connection: 8 }));
    assert!(!line.welcomed(ms(2), 0, 8), "before it is open");
    assert!(line.opened());
    assert!(!line.welcomed(ms(2), 0, 7), "the welcome of an older one");
    assert!(line.welcomed(ms(2), 0, 8));
}

#[test]
fn k9_a_line_without_a_frame_for_10_s_after_a_ping_is_dead() {
    let cases = [("least", 0, 20_000), ("most", 10_000, 30_000)];
    for (case, dice, ping_at) in cases {
        let mut line = Line::new(0);
        line.start(ms(0));
        line.opened();
        line.welcomed(ms(0), dice, 1);
        assert_eq!(line.tick(ms(ping_at - 1), 0), None, "{case}");
        assert_eq!(line.tick(ms(ping_at), 0), Some(Move::Ping), "{case}");
        assert_eq!(line.tick(ms(ping_at + 9_999), 0), None, "{case}");
        let mut living = line.clone();
        living.heard();
        assert_eq!(living.tick(ms(ping_at + 10_000), 0), None, "{case}");
        assert_eq!(
            line.tick(ms(ping_at + 10_000), 0),
            Some(Move::HangUp),
            "{case}"
        );
    }
}

#[test]
fn k9_an_attempt_that_is_not_welcome_within_20_s_is_given_up() {
    let mut line = Line::new(0);
    line.start(ms(0));
    assert_eq!(line.next_deadline(), Some(ms(20_000)));
    line.opened();
    assert_eq!(line.tick(ms(20_000), 0), Some(Move::HangUp));
}

#[test]
fn k10_the_wait_doubles_up_to_30_s_and_starts_again_after_a_stable_minute() {
    let mut line = line();
    for most in [3_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        line.lost(ms(10), most, 1006);
        assert_eq!(line.next_deadline(), Some(ms(10 + most)));
        line.lost(ms(10), 0, 1006);
        assert_eq!(line.next_deadline(), Some(ms(10 + most)), "told twice");
        line.start(ms(10));
    }
    line.opened();
    line.welcomed(ms(0), 0, line.connection);
    line.lost(ms(59_999), 30_000, 1011);
    assert_eq!(line.next_deadline(), Some(ms(89_999)), "not stable yet");
    line.start(ms(0));
    line.opened();
    line.welcomed(ms(0), 0, line.connection);
    line.lost(ms(60_000), 500, 1011);
    assert_eq!(line.next_deadline(), Some(ms(60_500)), "stable");
    line.online(ms(60_000), 300);
    assert_eq!(line.next_deadline(), Some(ms(60_300)), "online");
}

#[test]
fn k10_offline_hangs_up_and_tries_again_after_30_s_at_the_latest() {
    let mut line = line();
    assert_eq!(line.offline(ms(5)), Some(Move::HangUp));
    assert_eq!(line.next_deadline(), Some(ms(30_005)));
    assert_eq!(line.online(ms(6), 1_000), None);
    assert_eq!(line.next_deadline(), Some(ms(1_006)));
}

#[test]
fn k11_every_close_code_has_one_consequence() {
    use State::{Connecting, Idle, Stopped, Updating, Waiting};
    let soon = Waiting { until: ms(0) };
    let late = Waiting { until: ms(5_000) };
    let cases = [
        (1000, Idle, Fate::Handled, None),
        (1001, soon, Fate::Handled, None),
        (1006, soon, Fate::Handled, None),
        (1009, soon, Fate::TooLarge, None),
        (1011, soon, Fate::Handled, None),
        (1012, soon, Fate::Handled, None),
        (1013, soon, Fate::Handled, None),
        (4400, Stopped(StopReason::BadFrames), Fate::Handled, None),
        (
            4401,
            Connecting { attempt: 0 },
            Fate::Handled,
            Some(Move::Renew),
        ),
        (4403, Stopped(StopReason::Forbidden), Fate::Handled, None),
        (4404, Stopped(StopReason::Unknown), Fate::Unknown, None),
        (4408, soon, Fate::Handled, None),
        (4409, Stopped(StopReason::Replaced), Fate::Handled, None),
        (
            4410,
            Updating { until: ms(60_000) },
            Fate::Handled,
            Some(Move::Reload),
        ),
        (4429, late, Fate::Handled, None),
    ];
    for (code, state, fate, next) in cases {
        let mut line = line();
        assert_eq!(line.lost(ms(0), 0, code), (fate, next), "{code}");
        assert_eq!(line.state(false), state, "{code}");
    }
}

#[test]
fn k11_a_token_is_renewed_once_and_then_the_line_stops() {
    let mut line = line();
    assert_eq!(line.lost(ms(0), 0, 4401).1, Some(Move::Renew));
    assert_eq!(line.renewed(ms(1)), Some(Move::Dial { connection: 8 }));
    assert_eq!(line.lost(ms(2), 0, 4401).1, None);
    assert_eq!(line.state(false), State::Stopped(StopReason::Unauthorized));
    assert_eq!(line.start(ms(3)), Some(Move::Dial { connection: 9 }));
    assert_eq!(line.lost(ms(4), 0, 4401).1, Some(Move::Renew));
    line.renew_unreachable(ms(5), 500);
    assert_eq!(line.clone().start(ms(6)), Some(Move::Renew), "asked again");
    assert_eq!(line.tick(ms(505), 0), Some(Move::Renew), "nobody answered");
    line.renew_failed();
    assert_eq!(line.state(false), State::Stopped(StopReason::Unauthorized));
}

#[test]
fn k11_a_hello_that_came_too_late_is_no_matter_of_the_token() {
    let mut line = line();
    assert_eq!(line.lost(ms(0), 0, 4401).1, Some(Move::Renew));
    line.renewed(ms(1));
    line.opened();
    assert_eq!(line.lost(ms(10_001), 0, 4408).1, None);
    assert!(matches!(line.state(false), State::Waiting { .. }));
}

#[test]
fn k11_a_build_that_is_too_old_is_reloaded_once_in_five_minutes() {
    let cases = [
        ("never before", None, Some(Move::Reload)),
        ("just before", Some(ms(1)), None),
        ("long before", Some(ms(0)), Some(Move::Reload)),
    ];
    for (case, reloaded_at, expected) in cases {
        let mut line = Line::new(0);
        line.set_reloaded_at(reloaded_at);
        line.start(ms(300_000));
        assert_eq!(line.lost(ms(300_000), 0, 4410).1, expected, "{case}");
        assert!(
            matches!(line.state(false), State::Updating { .. }),
            "{case}"
        );
    }
}
