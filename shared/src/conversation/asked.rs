//! Commands without a socket: what programs ask over HTTP.
//!
//! - **AK1** A call is judged like a command of a socket: the same [`Command`], the same table of
//!   stage, command and person, the same refusal. To a stranger there is no such conversation (C1).
//! - **AK2** Ids are shared with the sockets of the same person: a repeat is answered as done and
//!   has no second effect, another command under the same id is refused (M1).
//! - **AK3** A call has no number, so nothing waits for another one (M6); too fast is told with
//!   the pause, and nothing is taken in (AL1). What gives a word that the space may know waits for
//!   it (WD2).

use super::born::Born;
use super::commands::sender;
use super::log::digest;
use super::turn::Turn;
use super::words::ASK_AGAIN_MS;
use super::{Command, Effect};
use crate::id::CommandId;
use crate::refusal::Refusal;
use crate::rights::Person;

impl Born {
    /// Takes a command that came without a socket.
    pub(super) fn asked(
        &mut self,
        turn: &mut Turn,
        person: Person,
        id: CommandId,
        command: Command,
    ) {
        self.hand_over(turn, &person);
        let known = self.log.known(sender(&person), id);
        let reply = match known {
            _ if !self.is_open_to(&person) => Err(Refusal::ConversationUnknown),
            Some(known) if known.is(digest(&command)) => Ok(()),
            Some(_) => Err(Refusal::CommandConflict),
            None => {
                let word = self.words.missing(&command);
                let kept = word.is_some().then(|| command.clone());
                match (self.decide(&person, id, command, turn.now), kept) {
                    (Ok(events), _) => {
                        let retry_ms = self.pause(sender(&person), turn.now);
                        if retry_ms > 0 {
                            turn.effects.push(Effect::Slowed { retry_ms });
                            return;
                        }
                        self.carry_out(turn, &person, id, events);
                        return turn.effects.push(Effect::Replied {
                            person,
                            id,
                            reply: Ok(()),
                        });
                    }
                    (Err(refusal), Some(command)) if self.asks_for_word(turn, word, &refusal) => {
                        let waits = self.wait_for_word(turn, person, id, command);
                        if waits.is_none() {
                            let retry_ms = ASK_AGAIN_MS;
                            turn.effects.push(Effect::Slowed { retry_ms });
                        }
                        return;
                    }
                    (Err(refusal), _) => Err(refusal),
                }
            }
        };
        let retry_ms = match self.is_open_to(&person) {
            true => self.pause_futile(sender(&person), turn.now),
            // Whoever is a stranger here keeps nothing in the books.
            false => 0,
        };
        turn.effects.push(match retry_ms {
            0 => Effect::Replied { person, id, reply },
            retry_ms => Effect::Slowed { retry_ms },
        });
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::super::Input;
    use super::super::testing::*;
    use super::*;
    use crate::frame::SocketId;
    use crate::id::VisitorId;
    use crate::rights::Side;

    fn ask(who: SocketId, id: u8, command: Command) -> Input {
        Input::Asked {
            person: person(who),
            id: command_id(id),
            command,
        }
    }

    fn commands() -> [Command; 6] {
        let magic = Command::Resolve {
            resolution: label("magic"),
            reason: None,
        };
        [
            post("Hi"),
            note("Hm"),
            Command::End,
            resolve(),
            magic,
            Command::Abandon {
                reason: None,
                note: None,
            },
        ]
    }

    #[test]
    fn ak1_every_cell_is_answered_alike_by_socket_and_call() {
        let stages = [
            Desk::open(),
            Desk::active(),
            Desk::wrapping_up(),
            Desk::closed(),
        ];
        for desk in stages {
            for command in commands() {
                for who in [CUSTOMER, JACK, MIA, ADA] {
                    let case = alloc::format!("{} {who:?} {command:?}", desk.stage());
                    let mut by_socket = desk.clone();
                    let n = desk.machine.born().sockets[&who].expected.unwrap();
                    let mut sent = by_socket.at(ms(1), send(who, n, 50, command.clone()));
                    let mut by_call = desk.clone();
                    let mut asked = by_call.at(ms(1), ask(who, 50, command.clone()));
                    if has_asked(&sent) {
                        assert!(words(&asked)[0].starts_with("report"), "{case}");
                        by_socket.at(ms(1), no_news());
                        sent = by_socket.at(ms(1), send(who, n, 50, command.clone()));
                        asked = by_call.at(ms(1), no_news());
                    }
                    let word = match refused(who, &sent) {
                        Some(refusal) => alloc::format!("replied {}", refusal.code()),
                        None => "replied done".into(),
                    };
                    assert!(words(&asked).contains(&word), "{case}: {word}");
                    assert_eq!(saved_kinds(&sent), saved_kinds(&asked), "{case}");
                    let logs = [&by_socket, &by_call].map(|desk| desk.log(Side::Agent));
                    assert_eq!(logs[0], logs[1], "{case}");
                }
            }
        }
    }

    #[test]
    fn ak1_a_stranger_learns_nothing() {
        let person = Person::visitor(VisitorId::from_bytes([66; 16]));
        let asked = Input::Asked {
            person,
            id: command_id(0),
            command: post("My order has not arrived"),
        };
        let unknown = ["replied conversation_unknown"];
        assert_eq!(words(&Desk::active().at(ms(1), asked.clone())), unknown);
        let unborn = super::super::Conversation::default().handle(ms(1), asked);
        assert_eq!(words(&unborn), unknown);
    }

    #[test]
    fn ak2_m1_a_repeat_has_no_second_effect_however_it_comes() {
        let mut desk = Desk::active();
        desk.at(ms(1), ask(JACK, 9, note("Hm")));
        let log = desk.log(Side::Agent);
        let again = desk.at(ms(2), ask(JACK, 9, note("Hm")));
        assert_eq!(words(&again), ["replied done"]);
        let over_a_socket = desk.at(ms(2), send(JACK, 1, 9, note("Hm")));
        assert!(words(&over_a_socket)[0].starts_with("repeated"));
        let other = desk.at(ms(3), ask(JACK, 9, post("Hm")));
        assert_eq!(words(&other), ["replied command_conflict"]);
        desk.wake(ms(4));
        let woken = desk.at(ms(5), ask(JACK, 9, note("Hm")));
        assert!(words(&woken).contains(&"replied done".into()));
        assert_eq!(desk.log(Side::Agent), log);
        let of_another = desk.at(ms(6), ask(MIA, 9, note("Hm")));
        assert_eq!(saved_kinds(&of_another), ["note_posted"]);
    }

    #[test]
    fn ak3_al1_too_fast_changes_nothing_and_may_succeed_later() {
        let mut birth = birth();
        birth.settings.messages_burst = 2;
        birth.settings.messages_per_10s = 10;
        let (id, text) = (command_id(0), text("Hi"));
        let mut desk = Desk::with(Input::Begin { birth, id, text });
        desk.at(ms(0), ask(CUSTOMER, 1, post("1")));
        let slowed = desk.at(ms(400), ask(CUSTOMER, 2, post("2")));
        assert_eq!(words(&slowed), ["slowed for 600"]);
        let repeat = desk.at(ms(400), ask(CUSTOMER, 1, post("1")));
        assert_eq!(words(&repeat), ["replied done"]);
        let taken = desk.at(ms(1_000), ask(CUSTOMER, 2, post("2")));
        assert_eq!(saved_kinds(&taken), vec!["message_posted"]);
    }
}
