//! What an object outlives, without screens: SIGKILL under load, a panic, and sleep.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::conversation::Entry;
use shared::id::CommandId;
use shared::link::ConversationLink;
use shared::rights::Side;
use stage::api::Api;
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::linked::Linked;
use stage::play;
use stage::proxy::Proxy;
use stage::start::Edge;
use tokio::time::sleep;

const CONVERSATIONS: usize = 6;
const KILLS: usize = 5;
/// From the last kill on; the link may wait 30 s between two attempts.
const SETTLED: Duration = Duration::from_secs(60);

#[test]
fn fault_f1_sigkill_loses_and_doubles_nothing() {
    play(0, async |_| {
        let mut edge = Edge::start()?;
        let proxy = Proxy::to(edge.port()).await?;
        let api = Api::new(proxy.base());
        let settings = json!({ "conversation_limit": 100, "messages_burst": 100_000, "messages_per_10s": 100_000 });
        let space = api.space(settings, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(&api, &space, "Jack").await?;
        let mut pairs = Vec::new();
        for number in 0..CONVERSATIONS {
            let customer =
                CustomerLine::writes(&api, &space, &format!("Hello from {number}")).await?;
            let conversation = customer.talk.conversation;
            jack.accepts().await?;
            let base = proxy.base();
            let one = Linked::joins(&base, conversation, Side::Customer, &customer.me.token)?;
            let other = Linked::joins(&base, conversation, Side::Agent, &jack.me.token)?;
            pairs.push((one, other));
        }

        let mut count = 0;
        for _ in 0..KILLS {
            // Uneven, so that the kill meets every phase of a turn.
            for pause in [7, 3, 11, 2, 13, 5, 17, 1, 9, 4] {
                for (one, other) in &mut pairs {
                    count += 1;
                    one.writes(&format!("customer {count}"))?;
                    other.writes(&format!("agent {count}"))?;
                }
                sleep(Duration::from_millis(pause)).await;
            }
            edge.kill();
            for (one, other) in &mut pairs {
                count += 1;
                one.writes(&format!("customer {count} into the void"))?;
                other.writes(&format!("agent {count} into the void"))?;
            }
            edge.revive()?;
            proxy.aim(edge.port());
            sleep(Duration::from_millis(700)).await;
        }

        for (one, other) in pairs {
            let (one_wrote, other_wrote) = (one.written.clone(), other.written.clone());
            let (one, other) = tokio::try_join!(
                one.settles(&other_wrote, SETTLED),
                other.settles(&one_wrote, SETTLED)
            )?;
            in_order(&one, &one_wrote)?;
            in_order(&one, &other_wrote)?;
            in_order(&other, &one_wrote)?;
            in_order(&other, &other_wrote)?;
            same(&one, &other)?;
        }
        Ok(())
    });
}

/// What one person wrote is there, each once, in the order of writing.
fn in_order(link: &ConversationLink, written: &[CommandId]) -> Result<()> {
    let own = |entry: &Entry| entry.id.filter(|id| written.contains(id));
    let found: Vec<CommandId> = link.transcript().entries().iter().filter_map(own).collect();
    ensure!(
        found == written,
        "{} written, {} found, or in another order",
        written.len(),
        found.len()
    );
    Ok(())
}

/// Both sides have the same log; there was no note to tell them apart.
fn same(one: &ConversationLink, other: &ConversationLink) -> Result<()> {
    let (one, other) = (one.transcript().entries(), other.transcript().entries());
    let differ = one.iter().zip(other).find(|(a, b)| a != b);
    ensure!(differ.is_none(), "the logs differ: {differ:?}");
    let last = |log: &[Entry]| log.last().map(|entry| entry.seq);
    ensure!(last(one).context("an empty log")? == last(other).context("an empty log")?);
    Ok(())
}

#[test]
fn p4_an_object_that_panics_comes_back_from_storage() {
    play(0, async |_| {
        let edge = Edge::start()?;
        let api = Api::new(edge.base());
        let space = api.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(&api, &space, "Jack").await?;
        let mut customer = CustomerLine::writes(&api, &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        let (base, conversation) = (edge.base(), customer.talk.conversation);
        for body in [
            json!({ "space": space.space, "conversation": conversation.to_string() }),
            json!({ "space": space.space }),
        ] {
            let answer = api.post("/api/v1/dev/panic", None, &body).await?;
            ensure!(answer.status >= 500, "{answer:?}");
            // Whoever was connected hears of it, with the next frame at the latest: nobody wakes an
            // object in which nothing happens. At the next connection everything is there.
            _ = customer.talk.wire.says_text("{}").await;
            let code = customer.talk.wire.closes().await?;
            ensure!(matches!(code, 1006 | 1011 | 1012), "{code}");
            customer.talk = Talk::open(&base, conversation, &customer.me.token).await?;
            customer.talk.reads("Hello").await?;
            customer.talk.reads("Good morning").await?;
            customer.talk.writes("Still there?").await?;
        }
        let mut jack = AgentLine::on_duty(&api, &space, "Jack").await?;
        ensure!(jack.desk.me.used == 1, "{:?}", jack.desk);
        let mut talk = jack.opens(conversation).await?;
        talk.writes("Still here").await?;
        customer.talk.reads("Still here").await?;
        jack.sets_available(false).await
    });
}

/// An object that hears nothing for 10 s loses its memory; sockets and disk stay. Heartbeats
/// are answered without waking it.
#[test]
fn p7_objects_that_slept_go_on_where_they_stopped() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        let counts = async {
            // What is on its way after an accept comes before the silence.
            while jack.wire.next_within(Duration::from_secs(2)).await.is_ok() {}
        };
        counts.await;
        let silence = Duration::from_secs(12);
        tokio::try_join!(
            jack.wire.hears_nothing_for(silence),
            talk.wire.hears_nothing_for(silence),
            customer.talk.wire.hears_nothing_for(silence)
        )?;
        customer.talk.writes("It is 4711").await?;
        talk.reads("It is 4711").await?;
        talk.writes("Thank you").await?;
        customer.talk.reads("Thank you").await?;
        let seqs = |log: &[Entry]| log.iter().map(|entry| entry.seq.0).collect::<Vec<_>>();
        let (one, other) = (seqs(&customer.talk.log), seqs(&talk.log));
        ensure!(one == (1..=one.len() as u64).collect::<Vec<_>>(), "{one:?}");
        ensure!(one == other, "{one:?} and {other:?}");
        let refused = jack
            .asks(shared::space::Command::SetAvailable {
                available: false,
                for_chats: None,
            })
            .await?;
        ensure!(refused.is_ok(), "{refused:?}");
        jack.sees("Unavailable", |desk| {
            !desk.me.available && desk.me.used == 1
        })
        .await
    });
}
