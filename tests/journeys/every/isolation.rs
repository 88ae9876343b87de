//! Two spaces with everything in them: whoever belongs to one finds nothing of the other, whatever
//! id stands in whatever place, and writes nothing there.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use shared::conversation::Fence;
use shared::id::{AgentId, ConversationId};
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::MessageText;
use stage::api::Api;
use stage::dial::Dial;
use stage::line::Talk;
use stage::play;

use super::calls::{self, Call};
use super::town::Town;

/// Names in braces that are no ids: a secret lets in whoever has it, a fence is a number.
const NO_IDS: [&str; 4] = ["refresh", "invited", "link", "fence"];

/// The names in braces of a text, each once.
fn names(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    let mut names: Vec<_> = parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect();
    let is_word = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase());
    names.retain(|name| !name.is_empty() && is_word(name) && !NO_IDS.contains(name));
    names.sort_unstable();
    names.dedup();
    names
}

/// The text with some of its names those of another town.
fn swapped(text: &str, names: &[&str], own: &Town, other: &Town) -> Result<String> {
    let mut text = text.to_owned();
    for name in names {
        text = text.replace(&format!("{{{name}}}"), other.name(name)?);
    }
    own.filled(&text)
}

/// The answer to a call with some ids of the other town.
async fn asks(
    api: &Api,
    call: &Call,
    who: &str,
    foreign: &[&str],
    towns: (&Town, &Town),
) -> Result<(u16, String)> {
    let (own, other) = towns;
    let path = swapped(call.path, foreign, own, other)?;
    let body = swapped(call.body, foreign, own, other)?;
    let body = serde_json::from_str(&body).context(body)?;
    let answer = call.ask(api, own.pass(who)?, &path, &body).await?;
    Ok((answer.status, answer.body.to_string()))
}

#[test]
fn sec_t5_01_v5_01_ids_of_another_space_find_nothing_and_write_nothing() {
    play(0, async |stage| {
        let api = stage.api();
        let (own, other) = (Town::of(api, "Larch").await?, Town::of(api, "Birch").await?);
        let towns = (&own, &other);
        let (before, mine) = (other.everything(api).await?, own.everything(api).await?);
        let mut wrong = Vec::new();
        let mut asked = 0;
        for call in calls::all()? {
            // What anybody may call without a pass is about no space that one is in.
            let is_open = matches!(call.by, "nobody" | "page");
            let is_socket = call.path.ends_with("/socket");
            if is_open || is_socket {
                continue;
            }
            let whole = format!("{} {}", call.path, call.body);
            let ids = names(&whole);
            let mut swaps: Vec<Vec<&str>> = ids.iter().map(|id| vec![*id]).collect();
            swaps.push(ids.clone());
            let people: &[&str] = match call.by {
                // By customers, agents of every kind, and programs.
                "session" => &["session"],
                "customer" | "newcomer" => &["helped", "newcomer"],
                _ => &["admin", "assignee", "writer"],
            };
            for swap in swaps.into_iter().filter(|swap| !swap.is_empty()) {
                for who in people {
                    let (status, said) = asks(api, &call, who, &swap, towns).await?;
                    asked += 1;
                    // Who may not do it at all learns nothing about what is there.
                    let is_refused =
                        *who == "assignee" && status == 403 && !swap.contains(&"space");
                    if status != 404 && !is_refused {
                        wrong.push(format!(
                            "{} {} by {who} with {swap:?}: {status} {said}",
                            call.method, call.path
                        ));
                    }
                }
            }
        }
        ensure!(
            wrong.is_empty(),
            "{} calls:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        ensure!(asked >= 100, "{asked} calls");
        ensure!(
            other.everything(api).await? == before,
            "something was written there"
        );
        let after = own.everything(api).await?;
        let is_same = |(before, after): (&serde_json::Value, &serde_json::Value)| before == after;
        let changed = mine
            .iter()
            .zip(&after)
            .filter(|pair| !is_same(*pair))
            .count();
        // The newcomer's conversation waits in the space's own list and queues.
        ensure!(changed <= 2, "{changed} parts of the own space changed");
        Ok(())
    });
}

#[test]
fn sec_t5_01_v5_01_sockets_of_another_space_are_not_there() {
    play(0, async |stage| {
        let api = stage.api();
        let (own, other) = (Town::of(api, "Larch").await?, Town::of(api, "Birch").await?);
        let before = other.everything(api).await?;
        let is_unknown = |error: anyhow::Error| {
            ensure!(
                format!("{error:#}").contains("closed with 4404"),
                "{error:#}"
            );
            Ok(())
        };
        for who in ["customer", "helped", "assignee", "supervisor", "admin"] {
            let token = own.token(who)?;
            for what in ["waiting", "held", "passed", "ended", "closed"] {
                let foreign: ConversationId = other.name(what)?.parse()?;
                let opened = Talk::open(api.base(), foreign, &token).await;
                is_unknown(opened.err().context("a foreign conversation opens")?)?;
            }
            let mut wire = Dial::space(api.base(), &other.space.space, &token)
                .open()
                .await?;
            is_unknown(wire.desk().await.err().context("a foreign space opens")?)?;
        }
        let note = MessageText::parse("Mine")?;
        let stranger: AgentId = other.name("agent")?.parse()?;
        for who in ["assignee", "admin"] {
            let token = own.token(who)?;
            let mut wire = Dial::space(api.base(), &own.space.space, &token)
                .open()
                .await?;
            wire.desk().await?;
            for what in ["waiting", "held", "passed", "ended", "closed"] {
                let conversation = other.name(what)?.parse()?;
                let fence = Fence::default();
                let to = Target::Agent {
                    agent: stranger,
                    queue: None,
                };
                let commands = [
                    Command::Accept {
                        conversation,
                        fence,
                    },
                    Command::Decline {
                        conversation,
                        fence,
                    },
                    Command::Take { conversation },
                    Command::Unassign { conversation },
                    Command::Transfer {
                        conversation,
                        to,
                        note: Some(note.clone()),
                    },
                ];
                // Who may block finds nobody of another space.
                let block = (who == "admin").then_some(Command::Block {
                    conversation,
                    reason: None,
                    for_s: None,
                });
                for command in commands.into_iter().chain(block) {
                    // Without a default arm: a new command stops the build until it stands above.
                    match &command {
                        Command::SetAvailable { .. }
                        | Command::Accept { .. }
                        | Command::Decline { .. }
                        | Command::Take { .. }
                        | Command::Unassign { .. }
                        | Command::Transfer { .. }
                        | Command::Block { .. }
                        | Command::Unblock { .. } => (),
                    }
                    let error = wire.orders(command.clone()).await.err().context("obeyed")?;
                    let refusal = error.downcast::<Refusal>()?;
                    ensure!(
                        refusal == Refusal::ConversationUnknown,
                        "{command:?}: {refusal:?}"
                    );
                }
            }
            let held = own.name("held")?.parse()?;
            let to = Target::Agent {
                agent: stranger,
                queue: None,
            };
            let transfer = Command::Transfer {
                conversation: held,
                to,
                note: Some(note.clone()),
            };
            let error = wire
                .orders(transfer)
                .await
                .err()
                .context("passed on to a stranger")?;
            ensure!(
                error.downcast::<Refusal>()? == Refusal::AgentUnknown,
                "a stranger"
            );
        }
        ensure!(
            other.everything(api).await? == before,
            "something was written there"
        );
        Ok(())
    });
}

/// An id has one form: no other text leads to the same object.
#[test]
fn sec_r3_01_an_id_has_one_form() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let forms = |id: &str| {
            vec![
                id.to_uppercase(),
                id.replace('-', ""),
                format!("%20{id}"),
                format!("{id}%20"),
                format!("%7B{id}%7D"),
                format!("urn:uuid:{id}"),
                format!("0{id}"),
                format!("{id}0"),
                format!("{id}%00"),
                id.replacen('0', "%EF%BC%90", 1),
                "1".to_owned(),
                "true".to_owned(),
                "null".to_owned(),
                "%5B%5D".to_owned(),
                "0x1".to_owned(),
                "-1".to_owned(),
                "%2e%2e".to_owned(),
            ]
        };
        let mut asked = 0;
        for call in calls::all()? {
            let is_open = matches!(call.by, "nobody" | "page");
            if is_open || call.path.ends_with("/socket") || call.method == Method::PATCH {
                continue;
            }
            let body = call.body_in(&town)?;
            for name in names(call.path) {
                for form in forms(town.name(name)?) {
                    // A name without capitals or dashes is the same in another form.
                    if form == town.name(name)? {
                        continue;
                    }
                    let path = call.path.replace(&format!("{{{name}}}"), &form);
                    let answer = call
                        .ask(api, town.pass(call.by)?, &town.filled(&path)?, &body)
                        .await?;
                    ensure!(answer.status == 404, "{path} of {name}: {answer:?}");
                    asked += 1;
                }
            }
        }
        ensure!(asked >= 300, "{asked} calls");
        ensure!(town.everything(api).await? == before, "something changed");
        Ok(())
    });
}
