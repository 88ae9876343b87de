//! The table of rights against [`may`].

use super::Action::{
    Abandon, Accept, AddAgent, Block, Change, ChangeAgent, ChangeWork, Configure, CreateTicket,
    Decline, Dictate, End, LetIn, MailTranscript, Note, Personal, Post, Rate, Resolve, SetActive,
    SetAvailable, Take, Transfer, Unassign,
};
use super::{Action, Object, Principal, Role, may};

const ACTIONS: [(&str, Action); 24] = [
    ("post", Post),
    ("note", Note),
    ("change", Change),
    ("end", End),
    ("resolve", Resolve),
    ("abandon", Abandon),
    ("create_ticket", CreateTicket),
    ("rate", Rate),
    ("mail_transcript", MailTranscript),
    ("dictate", Dictate),
    ("set_available", SetAvailable),
    ("accept", Accept),
    ("decline", Decline),
    ("take", Take),
    ("unassign", Unassign),
    ("transfer", Transfer),
    ("configure", Configure),
    ("let_in", LetIn),
    ("block", Block),
    ("personal", Personal),
    ("add_agent", AddAgent),
    ("set_active", SetActive),
    ("change_agent", ChangeAgent),
    ("change_work", ChangeWork),
];

/// Everybody of the table whom `may` judges: the others are told by what they show.
const PEOPLE: [(&str, usize, Principal); 6] = [
    ("customer", 1, Principal::Customer),
    ("assignee", 3, Principal::Agent(Role::Agent)),
    ("agent", 4, Principal::Agent(Role::Agent)),
    ("afar", 5, Principal::Agent(Role::Agent)),
    ("supervisor", 6, Principal::Agent(Role::Supervisor)),
    ("admin", 7, Principal::Agent(Role::Admin)),
];

/// What an object of the table is to somebody.
fn object(who: &str, object: &str) -> Object {
    match (object, who) {
        ("-" | "waiting" | "closed", _) => Object::Nobodys,
        ("held" | "ended" | "passed", "assignee") => Object::Own,
        ("held" | "ended" | "passed", _) => Object::Anothers,
        (object, who) if object == who => Object::Own,
        ("agent", _) => Object::Anothers,
        ("supervisor" | "admin", _) => Object::Seniors,
        (object, who) => panic!("{object} of {who}"),
    }
}

/// `y`, or the letter of the refusal.
fn letter(who: Principal, action: Action, object: Object) -> &'static str {
    match may(who, action, object) {
        Ok(()) => "y",
        Err(refusal) if refusal.code() == "forbidden" => "F",
        Err(refusal) if refusal.code() == "not_assignee" => "A",
        Err(refusal) => panic!("{refusal:?}"),
    }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    let lines = include_str!("table.txt").lines();
    let lines = lines.filter(|line| line.contains(" | ") && !line.starts_with("action "));
    lines.map(|line| {
        let (cells, _) = line.split_once('|').unwrap();
        let mut words = cells.split_whitespace();
        let (action, object) = (words.next().unwrap(), words.next().unwrap());
        (action, object, words.collect())
    })
}

#[test]
fn rt1_sec_r1_02_every_cell_of_the_table_is_what_may_says() {
    for (word, of, cells) in rows() {
        assert_eq!(cells.len(), 12, "{word} {of}");
        let Some((_, action)) = ACTIONS.iter().find(|(known, _)| *known == word) else {
            continue;
        };
        for (who, column, principal) in PEOPLE {
            // Whose conversation it is not, finds none: nobody asks `may`.
            if cells[column] != "U" {
                let ours = letter(principal, *action, object(who, of));
                let told = cells[column].replace('a', "y");
                assert_eq!(ours, told, "{word} {of} by {who}");
            }
        }
    }
}

#[test]
fn rt1_every_action_has_a_row_and_a_customer_has_six_rights_alone() {
    for (word, action) in ACTIONS {
        // Without a default arm: a new action stops the build until its row stands here.
        match action {
            Post | Note | Change | End | Resolve | Abandon | CreateTicket | Rate
            | MailTranscript | Dictate | SetAvailable | Accept | Decline | Take | Unassign
            | Transfer | Configure | LetIn | Block | Personal | AddAgent | SetActive
            | ChangeAgent | ChangeWork => (),
        }
        assert!(rows().any(|(known, _, _)| known == word), "{word}");
        for object in [
            Object::Nobodys,
            Object::Own,
            Object::Anothers,
            Object::Seniors,
        ] {
            let is_theirs = matches!(
                action,
                Post | Change | End | Rate | MailTranscript | Dictate
            );
            let theirs = letter(Principal::Customer, action, object);
            assert_eq!(theirs == "y", is_theirs, "{word}");
            // A higher role loses nothing.
            let ranks = [Role::Agent, Role::Supervisor, Role::Admin];
            // What customers think, no agent says at all.
            let may = ranks.map(|role| letter(Principal::Agent(role), action, object) == "y");
            assert!(may.is_sorted(), "{word} {object:?}");
        }
    }
}
