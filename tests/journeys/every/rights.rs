//! The table of rights, cell by cell: over HTTP, and over sockets with the same words.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::{Change, Command as Said, Fence, Rating, Stars, TicketKind};
use shared::id::{CommandId, ConversationId, VisitorId};
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::{Label, MessageText, Title};
use stage::api::{Answer, Api};
use stage::dial::Dial;
use stage::line::Talk;
use stage::play;

use super::calls::Call;
use super::town::{Pass, Town};

/// The table that `may` is held against as well.
const TABLE: &str = include_str!("../../../shared/src/rights/table.txt");

struct Row {
    action: &'static str,
    /// The name of the object.
    object: &'static str,
    /// Who, and the letter.
    cells: Vec<(&'static str, &'static str)>,
    call: Call,
}

fn rows() -> Result<Vec<Row>> {
    let mut lines = TABLE.lines().filter(|line| line.contains(" | "));
    let head = lines.next().context("no head")?;
    let people: Vec<_> = head
        .split_whitespace()
        .skip(2)
        .take_while(|word| *word != "|")
        .collect();
    let row = |line: &'static str| -> Result<Row> {
        let (cells, call) = line.split_once(" | ").context("no call")?;
        let mut words = cells.split_whitespace();
        let (action, object) = (
            words.next().context("an action")?,
            words.next().context("an object")?,
        );
        let cells: Vec<_> = people.iter().copied().zip(words).collect();
        ensure!(cells.len() == people.len(), "a cell is missing");
        let mut call = call.splitn(3, ' ');
        let call = Call {
            method: call.next().context("a method")?.parse()?,
            path: call.next().context("a path")?,
            by: "",
            body: call.next().unwrap_or("{}"),
        };
        Ok(Row {
            action,
            object,
            cells,
            call,
        })
    };
    lines.map(|line| row(line).context(line)).collect()
}

/// The letter of a refusal.
fn letter(code: &str) -> &'static str {
    match code {
        "forbidden" => "F",
        "not_assignee" => "A",
        "offer_not_yours" => "N",
        "token_missing" => "T",
        "token_revoked" => "R",
        "session_over" => "S",
        "conversation_unknown" | "space_unknown" => "U",
        _ => "y",
    }
}

fn letter_of(answer: &Answer) -> Result<&'static str> {
    let letter = letter(answer.code());
    let is_rights = matches!(answer.status, 401 | 403) || answer.status >= 500;
    ensure!(letter != "y" || !is_rights, "{answer:?}");
    Ok(letter)
}

#[test]
fn sec_r1_02_every_cell_of_the_table_of_rights_over_http() {
    play(0, async |stage| {
        let api = stage.api();
        let (town, other) = (Town::of(api, "Larch").await?, Town::of(api, "Birch").await?);
        let mut wrong = Vec::new();
        for row in rows()? {
            let (path, body) = (town.filled(row.call.path)?, row.call.body_in(&town)?);
            for (who, expected) in &row.cells {
                let pass = pass_of(who, row.object, &town, &other)?;
                let answer = row.call.ask(api, pass, &path, &body).await?;
                let found = letter_of(&answer).unwrap_or("?");
                if found != told(expected) {
                    let Row { action, object, .. } = row;
                    wrong.push(format!(
                        "{action} {object} by {who}: {found}, not {expected}: {answer:?}"
                    ));
                }
            }
        }
        ensure!(
            wrong.is_empty(),
            "{} cells:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        Ok(())
    });
}

/// Whose pass a column of the table stands for.
fn pass_of<'a>(who: &str, object: &str, town: &'a Town, other: &'a Town) -> Result<&'a Pass> {
    match (who, object) {
        ("customer", "waiting") => town.pass("customer"),
        ("customer", "ended") => town.pass("thanked"),
        ("customer", _) => town.pass("helped"),
        ("stranger", _) => town.pass("moved"),
        ("outsider", _) => other.pass("admin"),
        (who, _) => town.pass(who),
    }
}

/// What a letter of the table is to whoever asks.
fn told(letter: &'static str) -> &'static str {
    if letter == "a" { "A" } else { letter }
}

/// What a row of the table is over a socket.
enum Spoken {
    Said(Said),
    Asked(Command),
}

fn spoken(action: &str, conversation: Option<ConversationId>) -> Result<Option<Spoken>> {
    let item = || conversation.context("an item");
    let text = MessageText::parse("Hello")?;
    let spoken = match action {
        "post" => Spoken::Said(Said::Post {
            text,
            reply_to: None,
        }),
        "note" => Spoken::Said(Said::Note { text }),
        // The town has no such message: who may, learns that.
        "change" => Spoken::Said(Said::Change {
            message: CommandId::from_bytes([1; 16]),
            change: Change::Text(text),
        }),
        "end" => Spoken::Said(Said::End),
        "resolve" => Spoken::Said(Said::Resolve {
            resolution: Label::parse("magic")?,
            reason: None,
        }),
        "abandon" => Spoken::Said(Said::Abandon {
            reason: Some(Label::parse("magic")?),
            note: None,
        }),
        "create_ticket" => Spoken::Said(Said::CreateTicket {
            kind: TicketKind::Incident,
            title: Title::parse("Lamp")?,
        }),
        "mail_transcript" => Spoken::Said(Said::MailTranscript { language: None }),
        "rate" => Spoken::Said(Said::Rate(Rating {
            stars: Stars::try_from(4)?,
            comment: Some(text),
        })),
        "set_available" => Spoken::Asked(Command::SetAvailable {
            available: true,
            for_chats: None,
        }),
        "accept" => Spoken::Asked(Command::Accept {
            conversation: item()?,
            fence: Fence::default(),
        }),
        "decline" => Spoken::Asked(Command::Decline {
            conversation: item()?,
            fence: Fence::default(),
        }),
        "take" => Spoken::Asked(Command::Take {
            conversation: item()?,
        }),
        "unassign" => Spoken::Asked(Command::Unassign {
            conversation: item()?,
        }),
        "transfer" => Spoken::Asked(Command::Transfer {
            conversation: item()?,
            to: Target::Queue {
                queue: Label::parse("nowhere")?,
            },
            note: Some(text),
        }),
        "block" => Spoken::Asked(match conversation {
            Some(conversation) => Command::Block {
                conversation,
                reason: None,
                for_s: Some(1),
            },
            None => Command::Unblock {
                visitor: VisitorId::from_bytes([7; 16]),
            },
        }),
        _ => return Ok(None),
    };
    match &spoken {
        // Without a default arm: a new command stops the build until it stands above.
        Spoken::Said(
            Said::Post { .. }
            | Said::Note { .. }
            | Said::End
            | Said::Resolve { .. }
            | Said::Abandon { .. }
            | Said::CreateTicket { .. }
            | Said::Change { .. }
            | Said::Rate(_)
            // Nobody says it over a socket (FI1).
            | Said::SendFile(_)
            | Said::MailTranscript { .. },
        )
        | Spoken::Asked(
            Command::SetAvailable { .. }
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::Take { .. }
            | Command::Unassign { .. }
            | Command::Transfer { .. }
            | Command::Block { .. }
            | Command::Unblock { .. },
        ) => Ok(Some(spoken)),
    }
}

/// What a socket that does not let somebody in, or the answer to a command, comes to.
async fn heard(
    api: &Api,
    town: &Town,
    token: &str,
    conversation: Option<ConversationId>,
    spoken: &Spoken,
) -> Result<&'static str> {
    let answered = match spoken {
        Spoken::Said(command) => {
            let conversation = conversation.context("a conversation")?;
            match Talk::open(api.base(), conversation, token).await {
                Ok(mut talk) => talk.asks(command.clone()).await?.map(|_| ()),
                Err(error) => return closed(&error),
            }
        }
        Spoken::Asked(command) => {
            let mut wire = Dial::space(api.base(), &town.space.space, token)
                .open()
                .await?;
            match wire.desk().await {
                Ok(_) => match wire.orders(command.clone()).await {
                    Ok(()) => Ok(()),
                    Err(error) => Err(error.downcast::<Refusal>()?),
                },
                Err(error) => return closed(&error),
            }
        }
    };
    Ok(answered.map_or_else(|refusal| letter(refusal.code()), |()| "y"))
}

fn closed(error: &anyhow::Error) -> Result<&'static str> {
    let said = format!("{error:#}");
    let (_, close) = said.split_once("closed with ").context(said.clone())?;
    let mut close = close.split(' ');
    Ok(match (close.next(), close.next()) {
        // One number for a token that was never good and for one that is void: the words are those of HTTP.
        (Some("4401"), Some("token_invalid")) => "T",
        (Some("4401" | "4403"), Some("token_revoked")) => "R",
        (Some("4403"), Some("forbidden")) => "F",
        (Some("4404"), Some("not_found")) => "U",
        _ => anyhow::bail!(said),
    })
}

#[test]
fn sec_r2_01_every_cell_of_the_table_of_rights_over_sockets() {
    play(0, async |stage| {
        let api = stage.api();
        let (town, other) = (Town::of(api, "Larch").await?, Town::of(api, "Birch").await?);
        let mut wrong = Vec::new();
        let mut asked = 0;
        for row in rows()? {
            let conversation = town.name(row.object).ok().and_then(|id| id.parse().ok());
            let Some(spoken) = spoken(row.action, conversation)? else {
                continue;
            };
            for (who, expected) in &row.cells {
                let token = match (pass_of(who, row.object, &town, &other)?, *who) {
                    // API tokens open no socket, whatever they may do otherwise.
                    (Pass::Bearer(_), "reader" | "writer") => continue,
                    (Pass::Bearer(token), _) => token.as_str(),
                    _ => "nothing",
                };
                let found = heard(api, &town, token, conversation, &spoken).await?;
                asked += 1;
                let expected = match (*expected, &spoken) {
                    // What is shown is no token, because a socket needs one to be told anything.
                    ("T", _) => "T",
                    (letter, _) => told(letter),
                };
                if found != expected {
                    let Row { action, object, .. } = row;
                    wrong.push(format!(
                        "{action} {object} by {who}: {found}, not {expected}"
                    ));
                }
            }
        }
        ensure!(
            wrong.is_empty(),
            "{} cells:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        ensure!(asked >= 150, "{asked} cells");
        for who in ["reader", "writer"] {
            let token = town.token(who)?;
            let mut wire = Dial::space(api.base(), &town.space.space, &token)
                .open()
                .await?;
            let error = wire
                .desk()
                .await
                .err()
                .context("an API token opens a socket")?;
            ensure!(closed(&error)? == "T", "{error:#}");
        }
        Ok(())
    });
}

/// Who serves another queue does not get at the work of this one.
#[test]
fn sec_r1_03_who_serves_another_queue_takes_nothing_over() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let calls = [
            ("{waiting}/take", json!({}), "not_in_queue"),
            ("{held}/take", json!({}), "already_assigned"),
            (
                "{passed}/accept",
                json!({ "fence": "{fence}" }),
                "offer_not_yours",
            ),
            ("{held}/unassign", json!({}), "not_assignee"),
            (
                "{held}/transfer",
                json!({ "to": { "queue": "far" }, "note": "Mine" }),
                "not_assignee",
            ),
        ];
        let token = town.token("afar")?;
        for (path, body, word) in calls {
            let path = town.filled(&format!("/api/v1/spaces/{{space}}/items/{path}"))?;
            let body = town.filled(&body.to_string().replace("\"{fence}\"", "{fence}"))?;
            let request = api.request(Method::POST, &path).bearer_auth(&token);
            let request = request.header("Idempotency-Key", stage::wire::fresh_id()?.to_string());
            let body: Value = serde_json::from_str(&body)?;
            let answer = api.send(request.json(&body)).await?;
            ensure!(answer.code() == word, "{path}: {answer:?}");
        }
        ensure!(town.everything(api).await? == before, "something changed");
        Ok(())
    });
}

/// Nobody reads a secret back, whatever the role: only the answer that made it tells it.
#[test]
fn sec_r1_01_no_answer_holds_a_secret() {
    play(0, async |stage| {
        let api = stage.api();
        let (town, other) = (Town::of(api, "Larch").await?, Town::of(api, "Birch").await?);
        let secrets = ["invited", "link", "refresh"].map(|name| town.name(name));
        let mut secrets: Vec<_> = secrets.into_iter().collect::<Result<_>>()?;
        let tokens = ["reader", "writer", "admin", "helped"].map(|who| town.token(who));
        let tokens: Vec<_> = tokens.into_iter().collect::<Result<_>>()?;
        secrets.extend(tokens.iter().map(String::as_str));
        // Of `bh…_<where>_<secret>` the last part, of anything else the whole.
        let alone = |secret: &&str| secret.starts_with("bh");
        let tails = secrets.iter().filter(|secret| alone(secret));
        let tails: Vec<_> = tails
            .filter_map(|secret| secret.splitn(3, '_').nth(2))
            .collect();
        secrets.extend(tails);
        let mut reads = 0;
        for row in rows()?
            .into_iter()
            .filter(|row| row.call.method == Method::GET)
        {
            let path = town.filled(row.call.path)?;
            for (who, _) in &row.cells {
                let pass = pass_of(who, row.object, &town, &other)?;
                let answer = row.call.ask(api, pass, &path, &Value::Null).await?;
                let said = answer.body.to_string();
                ensure!(
                    !secrets.iter().any(|secret| said.contains(secret)),
                    "{path} by {who}: {said}"
                );
                reads += 1;
            }
        }
        ensure!(reads >= 80, "{reads} answers");
        Ok(())
    });
}

/// Every field that is stored and that no change may name.
#[test]
fn sec_r1_06_a_change_takes_the_fields_that_it_has_and_no_other() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let settings = ["lists", "space", "built_in", "live_chat_", "agents", "keys"];
        let agents = [
            "agent",
            "deactivated",
            "tenure",
            "era",
            "available",
            "available_for",
            "unseen",
            "presence",
            "offered_at",
            "number",
            "departures",
            "id",
            "admin",
            "space",
        ];
        let whole = [
            ("/settings", &settings[..]),
            ("/agents/{agent}", &agents[..]),
        ];
        for (path, fields) in whole {
            let path = town.filled(&format!("/api/v1/spaces/{{space}}{path}"))?;
            for field in fields {
                for value in [json!(true), json!(1), json!("x"), json!(null), json!({})] {
                    let body = json!({ *field: value });
                    let answer = api.patch(&path, &town.token("admin")?, &body).await?;
                    ensure!(
                        answer.code() == "field_unknown"
                            && answer.body["error"]["field"] == **field,
                        "{body}: {answer:?}"
                    );
                }
            }
        }
        ensure!(town.everything(api).await? == before, "something changed");
        Ok(())
    });
}
