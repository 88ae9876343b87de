//! The exchange of frames over plain sockets: who gets what, in which order, and how often.

use anyhow::{Result, ensure};
use serde_json::json;
use shared::conversation::{Author, Command, Event, Seq};
use shared::frame::{FromServer, ToServer};
use shared::refusal::Refusal;
use shared::rights::Side;
use shared::text::MessageText;
use stage::line::{AgentLine, CustomerLine};
use stage::{dial, play, wire};

#[test]
fn f50_accept_makes_the_agent_the_assignee_and_both_talk() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Where is my parcel?").await?;
        customer
            .talk
            .sees("waiting", |event| *event == Event::AgentRequested)
            .await?;

        let offer = jack.is_offered().await?;
        ensure!(offer.first_words == "Where is my parcel?", "{offer:?}");
        ensure!(offer.lasts_ms == 120_000, "{offer:?}");
        let mut talk = jack.accepts().await?;
        let assigned = customer
            .talk
            .sees("assigned", |event| {
                matches!(event, Event::AgentAssigned { .. })
            })
            .await?;
        let Event::AgentAssigned { name, .. } = &assigned.event else {
            unreachable!("just asked for");
        };
        ensure!(name.as_str() == "Jack");
        ensure!(
            (jack.desk.me.used, jack.desk.offers.len()) == (1, 0),
            "{:?}",
            jack.desk
        );

        talk.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        customer.talk.writes("Number 4711").await?;
        let entry = talk.reads("Number 4711").await?;
        ensure!(entry.author == Author::Customer);
        Ok(())
    });
}

#[test]
fn f69_typing_and_ticks_go_both_ways() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;

        let typing: ToServer<Command> = ToServer::Typing { typing: true };
        let hears =
            |side| move |frame| (frame == FromServer::Typing { side, typing: true }).then_some(());
        customer.talk.wire.says(&typing).await?;
        talk.wire
            .hears("the customer types", hears(Side::Customer))
            .await?;
        talk.wire.says(&typing).await?;
        customer
            .talk
            .wire
            .hears("the agent types", hears(Side::Agent))
            .await?;

        let entry = talk.writes("Good morning").await?;
        let seen = customer.talk.reads("Good morning").await?;
        let mut cursor = shared::conversation::Cursor::default();
        (cursor.delivered, cursor.read) = (seen.seq, seen.seq);
        let frame: ToServer<Command> = ToServer::Seen { cursor };
        customer.talk.wire.says(&frame).await?;
        talk.wire
            .hears("the agent's message was read", |frame| match frame {
                FromServer::Cursors(cursors) => (cursors.customer.read == entry.seq).then_some(()),
                _ => None,
            })
            .await
    });
}

#[test]
fn f68_m8_a_note_never_reaches_the_customer() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        let note = MessageText::parse("a difficult one")?;
        talk.asks(Command::Note { text: note }).await??;
        talk.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        let texts = |log: &[shared::conversation::Entry]| {
            let of =
                |entry: &shared::conversation::Entry| entry.event.text().map(ToString::to_string);
            log.iter().filter_map(of).collect::<Vec<_>>()
        };
        let seqs: Vec<_> = customer.talk.log.iter().map(|entry| entry.seq.0).collect();
        ensure!(texts(&customer.talk.log) == ["Hello", "Good morning"]);
        ensure!(
            seqs == (1..=seqs.len() as u64).collect::<Vec<_>>(),
            "a hole tells of the note"
        );

        let path = format!(
            "/api/v1/conversations/{}/events?after=0",
            customer.talk.conversation
        );
        let answer = stage.api().get(&path, Some(&customer.me.token)).await?;
        ensure!(answer.status == 200 && !answer.body.to_string().contains("difficult"));
        let answer = stage.api().get(&path, Some(&jack.me.token)).await?;
        ensure!(answer.body.to_string().contains("difficult"), "{answer:?}");
        Ok(())
    });
}

#[test]
fn a2_only_the_assignee_writes_to_the_customer() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        let mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let mut talk = mia.opens(customer.talk.conversation).await?;
        let text = MessageText::parse("I am here, too")?;
        let refused = talk
            .asks(Command::Post {
                text: text.clone(),
                reply_to: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::NotAssignee), "{refused:?}");
        talk.asks(Command::Note { text }).await??;
        Ok(())
    });
}

#[test]
fn m1_a_repeated_command_has_no_second_effect() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let (id, other) = (wire::fresh_id()?, MessageText::parse("Another")?);
        let text = MessageText::parse("My order")?;
        let post = |n, text: &MessageText| ToServer::Send {
            n,
            id,
            command: Command::Post {
                text: text.clone(),
                reply_to: None,
            },
        };
        let line = &mut customer.talk.wire;
        line.says(&post(1, &text)).await?;
        let entry = line.hears_entry(id).await?;
        line.says(&post(2, &text)).await?;
        let seq = line
            .hears("repeated", |frame| match frame {
                FromServer::Repeated {
                    id: repeated, seq, ..
                } if repeated == id => Some(seq),
                _ => None,
            })
            .await?;
        ensure!(seq == entry.seq);
        line.says(&post(3, &other)).await?;
        let refusal = line
            .hears("refused", |frame| match frame {
                FromServer::Refused { refusal, .. } => Some(refusal),
                _ => None,
            })
            .await?;
        ensure!(refusal == Refusal::CommandConflict, "{refusal:?}");
        Ok(())
    });
}

#[test]
fn m6_what_comes_out_of_turn_waits_for_its_turn() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let line = &mut customer.talk.wire;
        let post = |n, text: &str| -> Result<_> {
            let command = Command::Post {
                text: MessageText::parse(text)?,
                reply_to: None,
            };
            Ok(ToServer::Send {
                n,
                id: wire::fresh_id()?,
                command,
            })
        };
        let (first, second) = (post(1, "first")?, post(2, "second")?);
        line.says(&second).await?;
        line.hears("hold", |frame| match frame {
            FromServer::Hold { n, .. } => (n == 1).then_some(()),
            _ => None,
        })
        .await?;
        line.says(&first).await?;
        line.says(&second).await?;
        customer.talk.reads("second").await?;
        let texts = customer.talk.texts();
        ensure!(texts == ["Hello", "first", "second"]);
        Ok(())
    });
}

#[test]
fn m9_a_resume_brings_exactly_what_was_missed() {
    play(0, async |stage| {
        let space = stage
            .space(
                json!({ "messages_burst": 1000, "messages_per_hour": 10_000 }),
                &["Jack"],
            )
            .await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "0").await?;
        for number in 1..=450 {
            customer.talk.wire.writes(&number.to_string()).await?;
        }
        customer.talk.reads("450").await?;
        let whole = customer.talk.log;
        for after in [0, 1, 200, whole.len() as u64] {
            let conversation = customer.talk.conversation;
            let dial =
                dial::Dial::conversation(stage.api().base(), conversation, &customer.me.token);
            let mut wire = dial.open().await?;
            wire.epoch = customer.talk.wire.epoch;
            let entries = wire.hello(Seq(after)).await?;
            ensure!(entries == whole.split_at(after as usize).1, "after {after}");
        }
        Ok(())
    });
}
