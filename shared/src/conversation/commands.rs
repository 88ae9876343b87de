//! What people ask of a conversation, and what becomes of it.
//!
//! - **M1** A command is taken in once: its repeat is answered with the place of the first, to
//!   the asker alone; another command under the same id is refused.
//! - **M6** Go-back-N: commands of a connection are taken in the order of their numbers; after
//!   one that has to wait, nothing later is taken before it came again.
//! - **A2** Agents write only in Active: the assignee, or a supervisor. What was written is changed
//!   by whoever may write there (CG2 of `changes`).
//! - **F86, F96** End conversation by an agent: Active → Wrapping up. A supervisor ends a waiting
//!   one: Closed at once (F88, F99).
//! - **F87, F57** Resolve: Wrapping up → Closed; from Active both steps in one turn (D1). What the
//!   product writes itself, nobody chooses (WD4).
//! - **F100, F101, F102** Cancel by the customer: Active → Wrapping up, Waiting → Closed (D2).
//! - **F103** Abandon: what the customer has left is closed as abandoned; from Active in one turn,
//!   once no tab of the customer is connected. Without a ticket it needs one of the space's reasons,
//!   where the space has any; with one the ticket is cancelled first (D3).
//! - **AF1** Rate, by the customer, once it is over (`rating`).
//! - **AF6** Have it mailed, by the customer, at any time (`taken_along`).
//! - **U10** Whatever comes after the end is refused; nothing opens a conversation again.
//! - A refusal is final and moves the expected number on; too fast, or a word that the space may
//!   know (WD2), is a hold and does not, as often as AL6 of `allowance` lets it be.

use alloc::vec;
use alloc::vec::Vec;

use super::allowance::HOLDS;
use super::born::Born;
use super::log::digest;
use super::timers::not_answered;
use super::turn::Turn;
use super::words::ASK_AGAIN_MS;
use super::{Author, Command, Effect, EndCause, Event, Sender, Stage};
use crate::file::Check;
use crate::frame::{CloseCode, FromServer, SocketId};
use crate::id::CommandId;
use crate::mutant::{self, Mutant};
use crate::refusal::Refusal;
use crate::rights::{self, Person, Side};
use crate::settings::resolution;
use crate::text::{Label, Title};
use crate::time::Timestamp;

impl Born {
    /// Takes a command from a socket that said hello.
    pub(super) fn send(
        &mut self,
        turn: &mut Turn,
        from: SocketId,
        n: u32,
        id: CommandId,
        command: Command,
    ) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        // After a wake nothing is expected: TCP lost nothing, so what comes is the next one.
        let expected = *socket.expected.get_or_insert(n);
        let person = socket.seat.person.clone();
        let sender = sender(&person);
        let known = self.log.known(sender, id);
        let is_repeat = known.is_some_and(|known| known.is(digest(&command)));
        let expected = if mutant::is(Mutant::NoGoBackN) {
            n
        } else {
            expected
        };
        if n > expected {
            self.hold(turn, from, expected, 0);
            return;
        }
        if n < expected && !is_repeat {
            return;
        }
        let answer = match known {
            Some(known) if is_repeat => FromServer::Repeated {
                id,
                seq: known.seq_for(person.side()),
                at: known.at,
            },
            Some(_) => FromServer::Refused {
                id,
                refusal: Refusal::CommandConflict,
            },
            // Nobody but us has seen it come (FI1).
            None if matches!(command, Command::SendFile(_)) => FromServer::Refused {
                id,
                refusal: if self.birth.files_off() {
                    Refusal::FilesOff
                } else {
                    Refusal::Forbidden
                },
            },
            None => {
                let word = self.words.missing(&command);
                match self.decide(&person, id, command, turn.now) {
                    Ok(events) => {
                        let retry_ms = self.pause(sender, turn.now);
                        if retry_ms > 0 {
                            return self.hold(turn, from, n, retry_ms);
                        }
                        self.expect(turn, from, n.saturating_add(1));
                        self.stops_typing(from);
                        return self.carry_out(turn, &person, id, events);
                    }
                    Err(refusal) if self.asks_for_word(turn, word, &refusal) => {
                        return self.hold(turn, from, n, ASK_AGAIN_MS);
                    }
                    Err(refusal) => FromServer::Refused { id, refusal },
                }
            }
        };
        let retry_ms = self.pause_futile(sender, turn.now);
        if n >= expected {
            if retry_ms > 0 {
                return self.hold(turn, from, n, retry_ms);
            }
            self.expect(turn, from, n.saturating_add(1));
        } else if retry_ms > 0 {
            // An old number is never waited for: its sender reads the log.
            return;
        }
        turn.send(vec![from], answer);
    }

    /// What a command would make happen, and nothing else: the table of stage, command, person.
    ///
    /// The last event is the one that carries the id of the command.
    pub(super) fn decide(
        &self,
        person: &Person,
        id: CommandId,
        command: Command,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let stage = &self.lifecycle.stage;
        let assignee = self.lifecycle.assignee().map(|assignee| assignee.agent);
        let meant = self.meant(person, &command);
        let is_note = meant.is_some_and(|(_, known)| known.public.is_none());
        match (rights::may_say(person, &command, assignee, is_note), stage) {
            // Nobody holds what is closed; saying so tells the agent more than whose it is not.
            (Err(Refusal::NotAssignee), Stage::Closed { .. }) => return Err(Refusal::Closed),
            (may, _) => may?,
        }
        let cause = match person {
            Person::Visitor { .. } => EndCause::Customer,
            Person::Agent { .. } => EndCause::Agent,
        };
        match (command, stage) {
            (Command::Rate(rating), _) => Ok(vec![self.rated(person, rating, now)?]),
            (Command::MailTranscript { language }, _) => {
                Ok(vec![self.mailed(person, language, now)?])
            }
            (_, Stage::Closed { .. }) => Err(Refusal::Closed),
            (
                Command::Post { .. } | Command::SendFile(_) | Command::End,
                Stage::WrappingUp { .. },
            ) => Err(Refusal::Ended),
            (Command::Change { .. }, Stage::WrappingUp { .. }) if !is_note => Err(Refusal::Ended),
            (
                Command::Post { .. } | Command::SendFile(_) | Command::Change { .. },
                Stage::Active { .. } | Stage::Waiting { .. },
            ) if self.bars(person) => Err(Refusal::VerificationRequired),
            (
                Command::Post { .. } | Command::SendFile(_) | Command::Change { .. },
                Stage::Waiting { .. },
            ) if !is_note && person.side() == Side::Agent => Err(Refusal::NotAssignee),
            (Command::Post { text, reply_to }, _) => Ok(vec![Self::posted(text, reply_to, meant)?]),
            (Command::SendFile(_), _) if self.birth.files_off() => Err(Refusal::FilesOff),
            (Command::SendFile(sent), _) => {
                self.check_pace_of_files(now, person, sent.size)?;
                Ok(vec![Event::FileSent(sent)])
            }
            (Command::Change { message, change }, _) => {
                Ok(vec![self.change(person, message, change, meant)?])
            }
            (
                Command::Note { text },
                Stage::Waiting { .. } | Stage::Active { .. } | Stage::WrappingUp { .. },
            ) => Ok(vec![Event::NotePosted { text }]),
            (Command::End, Stage::Active { .. }) => Ok(vec![Event::Ended { cause }]),
            (Command::End, Stage::Waiting { .. }) => Ok(vec![not_answered(cause)]),
            (Command::Resolve { .. } | Command::Abandon { .. }, Stage::Waiting { .. }) => {
                Err(Refusal::NotAssignee)
            }
            (Command::CreateTicket { kind, title }, _) => {
                Ok(vec![self.ticket_created(id, kind, title)?])
            }
            (Command::Abandon { .. }, Stage::Active { .. }) if self.is_customer_here() => {
                Err(Refusal::CustomerHere)
            }
            (Command::Abandon { reason, note }, stage) => {
                let needs_reason = self.ticket.is_none() && !self.words.lists.reasons.is_empty();
                if needs_reason && reason.is_none() {
                    return Err(Refusal::ReasonRequired);
                }
                let note = note.map(|text| Event::NotePosted { text });
                let before = [note, self.ticket_cancelled(), self.words.given(reason)?];
                let resolution = Label::built_in(resolution::ABANDONED);
                let closed = closed(stage, cause, resolution, None);
                Ok(before.into_iter().flatten().chain(closed).collect())
            }
            (Command::Resolve { resolution, reason }, stage) => {
                let name = self.words.resolved(&resolution)?;
                let given = self.words.given(reason)?;
                let closed = closed(stage, cause, resolution, name);
                Ok(given.into_iter().chain(closed).collect())
            }
        }
    }

    /// True while one of the customer's tabs is connected.
    fn is_customer_here(&self) -> bool {
        let mut seats = self.sockets.values().map(|socket| &socket.seat);
        seats.any(|seat| seat.device.is_some() && seat.person.side() == Side::Customer)
    }

    /// Appends what a command makes happen.
    pub(super) fn carry_out(
        &mut self,
        turn: &mut Turn,
        person: &Person,
        id: CommandId,
        events: Vec<Event>,
    ) {
        let author = match person {
            Person::Visitor { .. } => Author::Customer,
            Person::Agent { agent, name, .. } => Author::Agent {
                agent: *agent,
                name: name.clone(),
            },
        };
        let last = events.len().saturating_sub(1);
        for (place, event) in events.into_iter().enumerate() {
            let mail = match (&event, self.signed_address()) {
                (Event::TranscriptMailed { language }, Some(to)) => Some(Effect::Mail {
                    to: to.clone(),
                    language: language.clone(),
                    id,
                }),
                _ => None,
            };
            let check = if let Event::FileSent(sent) = &event {
                let is_checked = sent.check == Check::Checking;
                is_checked.then(|| Effect::Check(sent.clone()))
            } else {
                None
            };
            let id = (place == last).then_some(id);
            self.append(turn, author.clone(), id, event);
            turn.effects.extend(mail.into_iter().chain(check));
        }
    }

    /// Asks for `n` and everything after it again, after a while (AL5); of whoever never waits, no more
    /// (AL6).
    fn hold(&mut self, turn: &mut Turn, from: SocketId, n: u32, retry_ms: u32) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        let is_flood = socket.holds.take(HOLDS, turn.now).is_err();
        if is_flood && !mutant::is(Mutant::HeldForEver) {
            return self.drop_socket(turn, from, CloseCode::Rate);
        }
        socket.expected = Some(n);
        if socket.seat.held != Some(n) {
            socket.seat.held = Some(n);
            turn.keep(from, socket);
        }
        let retry_ms = if mutant::is(Mutant::HoldWithoutWait) {
            retry_ms
        } else {
            socket.hold_for(retry_ms, turn.now)
        };
        turn.send(vec![from], FromServer::Hold { n, retry_ms });
    }

    fn expect(&mut self, turn: &mut Turn, from: SocketId, n: u32) {
        if let Some(socket) = self.sockets.get_mut(&from) {
            socket.expected = Some(n);
            if socket.seat.held.take().is_some() {
                turn.keep(from, socket);
            }
        }
    }
}

/// The last steps: from Active two of them, in one turn (F57).
fn closed(
    stage: &Stage,
    cause: EndCause,
    resolution: Label,
    name: Option<Title>,
) -> impl Iterator<Item = Event> {
    let is_active = matches!(stage, Stage::Active { .. });
    let ended = is_active.then_some(Event::Ended { cause });
    let closed = Event::Closed {
        resolution,
        cause: None,
        name,
    };
    ended.into_iter().chain([closed])
}

/// Whose ids a person's commands belong to.
pub(super) const fn sender(person: &Person) -> Sender {
    match person {
        Person::Visitor { .. } => Sender::Customer,
        Person::Agent { agent, .. } => Sender::Agent(*agent),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::string::ToString;

    use super::super::Input;
    use super::super::testing::*;
    use super::*;

    #[test]
    fn m1_a_repeat_is_answered_with_the_place_of_the_first_to_the_asker_alone() {
        let cases = [
            ("post", Desk::active(), CUSTOMER, post("Hello")),
            ("note", Desk::active(), JACK, note("Hello")),
            ("end", Desk::active(), JACK, Command::End),
            ("cancel while waiting", Desk::open(), CUSTOMER, Command::End),
            ("end while waiting", Desk::open(), ADA, Command::End),
            ("resolve from active", Desk::active(), JACK, resolve()),
            ("resolve", Desk::wrapping_up(), ADA, resolve()),
        ];
        for (case, mut desk, who, command) in cases {
            let n = desk.machine.born().sockets[&who].expected.unwrap();
            desk.at(ms(1), send(who, n, 50, command.clone()));
            let head = desk.machine.head(person(who).side());
            let repeated = alloc::format!("repeated {head} to [{}]", who.0);
            let again = desk.at(ms(2), send(who, n + 1, 50, command.clone()));
            assert_eq!(words(&again)[..], [&*repeated], "{case}");
            let late = desk.at(ms(3), send(who, n, 50, command.clone()));
            assert_eq!(words(&late)[..], [&*repeated], "{case}: the old number");
            desk.wake(ms(4));
            let woken = desk.at(ms(5), send(who, n + 2, 50, command.clone()));
            let woken: Vec<_> = words(&woken)
                .into_iter()
                .filter(|word| !word.starts_with("report"))
                .collect();
            assert_eq!(woken, [repeated], "{case}: after the memory was lost");
            let other = desk.at(ms(6), send(who, n + 3, 50, post("other words")));
            let conflict = alloc::format!("refused command_conflict to [{}]", who.0);
            assert_eq!(words(&other), [conflict], "{case}: other words");
        }
    }

    #[test]
    fn m1_the_first_message_is_known_and_ids_belong_to_their_sender() {
        let mut desk = Desk::active();
        let first = send(CUSTOMER, 1, 0, post("My order has not arrived"));
        assert_eq!(words(&desk.at(ms(1), first)), ["repeated 2 to [1]"]);
        let same_id = send(JACK, 1, 0, post("My order has not arrived"));
        let word = &words(&desk.at(ms(1), same_id))[0];
        assert_eq!(word, "save message_posted");
    }

    #[test]
    fn m6_nothing_is_taken_before_what_comes_first() {
        let mut desk = Desk::active();
        let early = desk.at(ms(1), send(CUSTOMER, 2, 2, post("second")));
        assert_eq!(words(&early), ["keep 1", "hold 1 for 300 to [1]"]);
        // A wake forgets the numbers, but not that one is held.
        desk.wake(ms(2));
        let still = desk.at(ms(2), send(CUSTOMER, 2, 2, post("second")));
        assert_eq!(words(&still)[..1], ["hold 1 for 300 to [1]"]);
        desk.at(ms(3), send(CUSTOMER, 1, 1, post("first")));
        desk.at(ms(3), send(CUSTOMER, 2, 2, post("second")));
        let old = desk.at(ms(4), send(CUSTOMER, 1, 9, post("an old number, unknown")));
        assert_eq!(words(&old), Vec::<String>::new());
        let log = desk.log(crate::rights::Side::Customer);
        let texts: Vec<_> = log
            .iter()
            .filter_map(|entry| entry.event.text())
            .map(ToString::to_string)
            .collect();
        assert_eq!(texts, ["My order has not arrived", "first", "second"]);
    }

    #[test]
    fn a_wake_takes_the_next_number_as_it_comes() {
        let mut desk = Desk::active();
        desk.at(ms(1), send(CUSTOMER, 1, 1, post("first")));
        desk.wake(s(20));
        let effects = desk.at(s(20), send(CUSTOMER, 2, 2, post("second")));
        assert_eq!(words(&effects)[0], "save message_posted");
        let skipped = desk.at(s(20), send(CUSTOMER, 4, 4, post("fourth")));
        assert_eq!(words(&skipped)[1], "hold 3 for 300 to [1]");
    }

    #[test]
    fn f87_a_resolution_is_one_of_the_space() {
        let mut desk = Desk::active();
        let magic = Command::Resolve {
            resolution: label("magic"),
            reason: None,
        };
        desk.at(ms(1), send(JACK, 1, 1, magic.clone()));
        desk.confirm(ms(1));
        let unknown = desk.at(ms(1), send(JACK, 1, 1, magic));
        assert!(words(&unknown).contains(&"refused resolution_unknown to [2]".into()));
        assert_eq!(desk.stage(), "active");
    }

    #[test]
    fn f86_f96_f87_end_keeps_the_assignee_and_resolve_closes() {
        let mut desk = Desk::active();
        let ended = desk.at(s(1), send(JACK, 1, 1, Command::End));
        let expected = [
            "save ended",
            "1 entries to [1]",
            "1 entries to [2, 3, 4]",
            "report 5",
        ];
        assert_eq!(words(&ended), expected);
        let lifecycle = desk.machine.lifecycle().unwrap();
        let holder = lifecycle.assignee().map(|assignee| assignee.agent);
        assert_eq!(holder, Some(agent_id(JACK)));
        desk.at(s(2), send(JACK, 2, 2, resolve()));
        assert_eq!(desk.stage(), "closed");
        assert!(desk.machine.lifecycle().unwrap().assignee().is_none());
    }

    #[test]
    fn f57_resolve_from_active_is_two_steps_in_one_turn() {
        let mut desk = Desk::active();
        desk.at(s(1), send(JACK, 1, 1, resolve()));
        let log = desk.log(crate::rights::Side::Customer);
        let [.., ended, closed] = &log[..] else {
            panic!("two entries")
        };
        assert_eq!((ended.event.kind(), ended.id), ("ended", None));
        assert_eq!(
            (closed.event.kind(), closed.id),
            ("closed", Some(command_id(1)))
        );
    }

    #[test]
    fn f103_what_the_customer_has_left_is_abandoned_with_a_note() {
        let abandon = || Command::Abandon {
            reason: None,
            note: Some(text("He went away")),
        };
        let mut desk = Desk::active();
        desk.at(s(1), Input::Disconnected { socket: CUSTOMER });
        let effects = desk.at(s(2), send(JACK, 1, 1, abandon()));
        let kinds = ["note_posted", "ended", "closed"];
        assert_eq!(saved_kinds(&effects), kinds);
        let stage = desk.machine.lifecycle().unwrap().stage.clone();
        let is_abandoned =
            matches!(stage, Stage::Closed { resolution, .. } if resolution == label("abandoned"));
        assert!(is_abandoned);
        desk.wake(s(3));
        let again = desk.at(s(3), send(JACK, 2, 1, abandon()));
        assert!(words(&again)[0].starts_with("repeated"));
    }

    #[test]
    fn f88_f100_f101_f102_cancel_by_the_customer() {
        let mut waiting = Desk::open();
        waiting.at(s(1), send(CUSTOMER, 1, 1, Command::End));
        let mut active = Desk::active();
        active.at(s(1), send(CUSTOMER, 1, 1, Command::End));
        let stages = [waiting, active].map(|desk| desk.machine.lifecycle().unwrap().stage.clone());
        let [
            Stage::Closed {
                cause, resolution, ..
            },
            Stage::WrappingUp { cause: ended, .. },
        ] = stages
        else {
            panic!("closed and wrapping up")
        };
        assert_eq!((cause, ended), (EndCause::Customer, EndCause::Customer));
        assert_eq!(resolution, label("not_answered"));
    }

    #[test]
    fn pain_u10_nothing_opens_a_closed_conversation_again() {
        let mut desk = Desk::closed();
        let log = desk.kinds();
        for (n, who) in [CUSTOMER, JACK, MIA, ADA].into_iter().enumerate() {
            for command in [post("Hi"), note("Hm"), Command::End, resolve()] {
                let expected = desk.machine.born().sockets[&who].expected.unwrap();
                desk.at(s(9), send(who, expected, 60 + n as u8, command));
            }
        }
        desk.at(s(9), assign(9, Some(MIA)));
        desk.at(s(9), begin());
        desk.wake(s(100_000));
        desk.at(s(200_000), Input::Tick);
        assert_eq!(desk.kinds(), log);
        assert_eq!(desk.stage(), "closed");
    }
}
