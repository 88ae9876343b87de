//! ST1 to ST3: the log as a conversation keeps it.

use expect_test::expect_file;
use proptest::collection::vec;
use proptest::prelude::*;
use shared::conversation::{
    Author, Birth, Conversation, Cursor, Cursors, Entry, Event, Row, Seq, Shorthand,
};
use shared::json::Tree;
use shared::rights::Side;
use shared::time::Timestamp;

use crate::{arbitrary, samples};

proptest! {
    #[test]
    fn st1_a_log_is_read_back_as_it_was_written(
        entries in vec(arbitrary::entry(), 0..12),
        names in 0_usize..3,
        born_at in 0_u64..1_000,
    ) {
        let log = numbered(entries, names);
        let born_at = Timestamp::from_millis(born_at);
        let mut writer = Shorthand::new(born_at);
        let stored: Vec<_> = log.iter().map(|entry| writer.write(entry).unwrap()).collect();
        let mut reader = Shorthand::new(born_at);
        for (entry, stored) in log.iter().zip(&stored) {
            prop_assert_eq!(&reader.read(entry.seq, stored).unwrap(), entry);
        }
        for (entry, stored) in log.iter().zip(&stored).rev() {
            prop_assert_eq!(&writer.read(entry.seq, stored).unwrap(), entry);
            prop_assert_eq!(&reader.read(entry.seq, stored).unwrap(), entry);
        }
    }

    #[test]
    fn st1_cursors_are_read_back(cursors in arbitrary::cursors()) {
        let short = cursors.to_short().unwrap();
        prop_assert_eq!(Cursors::from_short(&short).unwrap(), cursors);
    }

    #[test]
    fn st3_whatever_a_row_holds_keeps_its_place_or_is_refused(junk in "[\\[\\]{}\",:a-z0-9. ]{0,40}") {
        if let Ok(entry) = Shorthand::default().read(Seq(7), &junk) {
            prop_assert!(matches!(Tree::read(&junk), Ok(Tree::List(_) | Tree::Object(_))));
            prop_assert!(entry.seq == Seq(7) || junk.contains("seq"));
        }
    }
}

/// Places without a gap, moments after the birth, and few agents, so that they come again.
fn numbered(entries: Vec<Entry>, names: usize) -> Vec<Entry> {
    let mut seq = Seq(0);
    let mut agents: Vec<Author> = Vec::new();
    let all = entries.into_iter().map(|entry| {
        seq = seq.next();
        let mut author = entry.author;
        if let Author::Agent { .. } = author {
            if agents.len() <= names {
                agents.push(author);
            }
            author = agents[seq.0 as usize % agents.len()].clone();
        }
        let at = Timestamp::from_millis(entry.at.millis().max(1_000));
        Entry {
            seq,
            at,
            author,
            ..entry
        }
    });
    all.collect()
}

/// Each kind of event once, by an agent and by the customer, and cursors.
#[test]
fn a_log_as_it_is_stored() {
    let mut shorthand = Shorthand::new(samples::NOW);
    let mut lines = String::new();
    for (entry, number) in samples::log().iter().zip(1..) {
        let stored = shorthand.write(entry).unwrap();
        lines += &format!("{number} {stored}\n");
    }
    let read = |delivered, read| Cursor {
        delivered: Seq(delivered),
        read: Seq(read),
    };
    for (customer, agent) in [(read(4, 4), read(7, 7)), (read(4, 3), read(7, 7))] {
        let cursors = Cursors { customer, agent };
        lines += &format!("cursors {}\n", cursors.to_short().unwrap());
    }
    let golden = expect_file!["golden/stored_log.txt"];
    golden.assert_eq(&lines);
    let mut shorthand = Shorthand::new(samples::NOW);
    for (entry, line) in samples::log().iter().zip(golden.data().lines()) {
        let (number, stored) = line.split_once(' ').unwrap();
        let seq = Seq(number.parse().unwrap());
        assert_eq!(&shorthand.read(seq, stored).unwrap(), entry);
    }
}

#[test]
fn st3_an_entry_of_a_newer_release_keeps_its_place() {
    let mut shorthand = Shorthand::new(Timestamp::from_millis(1_000));
    let unknown = |seq, at| Entry {
        seq: Seq(seq),
        at: Timestamp::from_millis(at),
        author: Author::System,
        id: None,
        event: Event::Unknown,
    };
    let newer = [
        (
            "another event",
            r#"[5,null,null,null,{"sung":{"song":"la"}}]"#,
        ),
        ("another kind of person", r#"[5,{"bot":1},null,"Hello"]"#),
        ("an agent whom nobody named", r#"[5,77,null,"Hello"]"#),
        ("another kind of id", r#"[5,0,"short","Hello"]"#),
        ("no event", r#"[5,0,null]"#),
        ("a text with parts", r#"[5,0,null,{"bold":"Hello"}]"#),
        (
            "another event, spelled out",
            r#"{"seq":5,"at":1005,"author":"system","id":null,"event":{"sung":{"song":"la"}}}"#,
        ),
    ];
    for (case, stored) in newer {
        let entry = shorthand.read(Seq(5), stored);
        assert_eq!(entry, Ok(unknown(5, 1_005)), "{case}");
    }
    let more = [
        r#"[5,null,null,null,"idle_warned",{"more":1}]"#,
        r#"{"seq":5,"at":1005,"author":"system","id":null,"event":"idle_warned","more":1}"#,
    ];
    for stored in more {
        let entry = shorthand.read(Seq(5), stored).unwrap();
        assert_eq!(entry.event, Event::IdleWarned, "{stored}");
    }
    for stored in ["[]", "5", "null", r#"["now",0,null,"Hello"]"#, "{}"] {
        assert!(shorthand.read(Seq(5), stored).is_err(), "{stored}");
    }
}

/// A database of the form before: rows of `log` as (seq, public, entry, cursors).
#[test]
fn st2_a_log_of_the_form_before_is_read_and_goes_on() {
    type Columns = (i64, Option<u64>, String, Option<String>);
    let mut shorthand = Shorthand::default();
    let mut rows = Vec::new();
    let mut last = None;
    for line in include_str!("released/2/log.jsonl").lines() {
        let (seq, public, value, cursors): Columns = serde_json::from_str(line).unwrap();
        rows.push(match seq {
            -1 => Row::Reported {
                revision: shared::json::read(&value).unwrap(),
            },
            0 => {
                let birth: Birth = shared::json::read(&value).unwrap();
                shorthand = Shorthand::new(birth.at);
                Row::Birth(birth)
            }
            seq => {
                let seq = Seq(seq.try_into().unwrap());
                let entry = shorthand.read(seq, &value).unwrap();
                last = Some(entry.clone());
                Row::Entry {
                    entry,
                    public: public.map(Seq),
                    cursors: cursors.map(|short| Cursors::from_short(&short).unwrap()),
                }
            }
        });
    }
    let last = last.unwrap();
    let conversation = Conversation::restore(rows, [], last.at);
    conversation.check().unwrap();
    assert_eq!(conversation.head(Side::Customer), Seq(25));
    let lists = conversation.birth().unwrap().settings.lists();
    assert_eq!(lists.resolutions.len(), 4);
    // The agent was named by an entry of the form before.
    let next = shorthand.write(&last).unwrap();
    assert_eq!(
        next,
        r#"[3384,4,"AaIE47W8cjOwn3ICKQ89lQ",null,{"closed":{"resolution":"resolved","cause":null,"name":null}}]"#
    );
    assert_eq!(shorthand.read(last.seq, &next), Ok(last));
}
