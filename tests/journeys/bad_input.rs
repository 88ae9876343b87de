//! What nobody should send, sent: every answer is a word that a program can act on, and nothing
//! brings an object down.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::conversation::{Command, Seq};
use shared::frame::{FRAME_MAX, FrameError, FromServer};
use shared::refusal::Refusal;
use shared::rights::Side;
use shared::text::MessageText;
use stage::api::Api;
use stage::dial::Dial;
use stage::line::{AgentLine, CustomerLine};
use stage::linked::Linked;
use stage::wire::{Heard, Wire};
use stage::{PATIENCE, Stage, play};

/// A conversation of a fresh visitor, and a second socket of theirs that has said hello.
async fn two_sockets(stage: &Stage) -> Result<(CustomerLine, Wire)> {
    let space = stage.space(json!({}), &["Jack"]).await?;
    let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
    let wire = socket(stage.api(), &customer).await?;
    Ok((customer, wire))
}

async fn socket(api: &Api, customer: &CustomerLine) -> Result<Wire> {
    let conversation = customer.talk.conversation;
    let mut wire = Dial::conversation(api.base(), conversation, &customer.me.token)
        .open()
        .await?;
    wire.hello(Seq(0)).await?;
    Ok(wire)
}

async fn is_told_bad(wire: &mut Wire) -> Result<FrameError> {
    wire.hears("a bad frame", |frame| match frame {
        FromServer::Bad { error } => Some(error),
        _ => None,
    })
    .await
}

#[test]
fn sec_f_01_three_bad_frames_close_and_nobody_else_notices() {
    let post = |text: &str| {
        format!(
            r#"{{"send":{{"n":1,"id":"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f","command":{{"post":{{"text":{text}}}}}}}}}"#
        )
    };
    let mut frames: Vec<String> = [
        "", " ", "{", "}", "null", "true", "0", "[]", "\"hello\"", "{}", "\u{feff}{}", "\0", "ping ", "PING",
        r#"{"hello":null}"#,
        r#"{"hello":{}}"#,
        r#"{"hello":{"device":1,"connection":1,"epoch":null,"after":0,"cursor":{"delivered":0,"read":0}}}"#,
        r#"{"goodbye":{}}"#,
        r#"{"typing":{"typing":"yes"}}"#,
        r#"{"typing":{"typing":true,"typing":false}}"#,
        r#"{"typing":{"typing":true},"sync":{"after":0}}"#,
        r#"{"sync":{"after":-1}}"#,
        r#"{"sync":{"after":1.5}}"#,
        r#"{"sync":{"after":1e400}}"#,
        r#"{"sync":{"after":18446744073709551616}}"#,
        r#"{"sync":{"after":"0"}}"#,
        r#"{"received":[]}"#,
        r#"{"seen":{"cursor":{"delivered":{},"read":0}}}"#,
        r#"{"send":{"n":4294967296,"id":"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f","command":"end"}}"#,
        r#"{"send":{"n":1,"id":"0190B6A4-2F7E-7CC3-98C4-DC0C0C07398F","command":"end"}}"#,
        r#"{"send":{"n":1,"id":"1","command":"end"}}"#,
        r#"{"send":{"n":1,"id":null,"command":"end"}}"#,
        r#"{"send":{"n":1,"id":"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f","command":"destroy"}}"#,
        r#"{"send":{"n":1,"id":"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f","command":{"set_available":{"available":true}}}}"#,
        r#"{"send":{"n":1,"id":"0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f","command":{"resolve":{"resolution":"a b"}}}}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    let texts = [
        r#""""#,
        r#""   ""#,
        r#""\ud800""#,
        "null",
        "1",
        "{}",
        r#"["a"]"#,
    ];
    frames.extend(texts.map(post));
    frames.push(post(&json!("a".repeat(10_001)).to_string()));
    frames.push("[".repeat(10_000));
    frames.push(r#"{"hello":"#.repeat(5_000));
    while !frames.len().is_multiple_of(3) {
        frames.push("{".to_owned());
    }
    play(0, async move |stage| {
        // One person connects ten times a minute at most.
        for some in frames.chunks(15) {
            let (mut customer, _) = two_sockets(stage).await?;
            for three in some.chunks(3) {
                let mut wire = socket(stage.api(), &customer).await?;
                for frame in three {
                    wire.says_text(frame).await?;
                    let short: String = frame.chars().take(100).collect();
                    is_told_bad(&mut wire).await.with_context(|| short)?;
                }
                let code = wire.closes().await.with_context(|| format!("{three:?}"))?;
                ensure!(code == 4400, "{code} after {three:?}");
            }
            customer.talk.writes("I am still here").await?;
        }
        Ok(())
    });
}

#[test]
fn sec_f_02_bytes_on_a_json_socket_are_a_bad_frame() {
    play(0, async |stage| {
        let (mut customer, mut wire) = two_sockets(stage).await?;
        // A length that claims 4 GiB must not allocate them.
        wire.says_bytes(vec![0x01, 0xff, 0xff, 0xff, 0xff, 0x0f])
            .await?;
        let error = is_told_bad(&mut wire).await?;
        ensure!(matches!(error, FrameError::WrongKind { .. }), "{error:?}");
        wire.is_alive().await?;
        customer.talk.writes("I am still here").await?;
        Ok(())
    });
}

#[test]
fn sec_c6_01_a_frame_over_64_kib_closes_with_1009() {
    play(0, async |stage| {
        let (mut customer, mut wire) = two_sockets(stage).await?;
        wire.says_text("x".repeat(FRAME_MAX)).await?;
        is_told_bad(&mut wire).await.context("64 KiB sharp")?;
        wire.says_text("x".repeat(FRAME_MAX + 1)).await?;
        let code = wire.closes().await?;
        ensure!(code == 1009, "{code}");
        let mut wire = socket(stage.api(), &customer).await?;
        wire.says_bytes(vec![0; 1024 * 1024]).await?;
        let code = wire.closes().await?;
        ensure!(code == 1009, "{code}");
        customer.talk.writes("I am still here").await?;
        Ok(())
    });
}

#[test]
fn p5_nothing_is_heard_before_hello() {
    play(0, async |stage| {
        let (customer, _) = two_sockets(stage).await?;
        let conversation = customer.talk.conversation;
        let mut wire = Dial::conversation(stage.api().base(), conversation, &customer.me.token)
            .open()
            .await?;
        wire.writes("too early").await?;
        match wire.next().await? {
            Heard::Frame(FromServer::Bad { .. } | FromServer::Refused { .. })
            | Heard::Closed(_) => (),
            other => anyhow::bail!("{other:?}"),
        }
        let path = format!("/api/v1/conversations/{conversation}/events?after=0");
        let events = stage.api().get(&path, Some(&customer.me.token)).await?;
        ensure!(!events.body.to_string().contains("too early"), "{events:?}");
        Ok(())
    });
}

#[test]
fn p5_an_older_connection_of_a_tab_is_replaced() {
    play(0, async |stage| {
        let (customer, _) = two_sockets(stage).await?;
        let dial = || {
            Dial::conversation(
                stage.api().base(),
                customer.talk.conversation,
                &customer.me.token,
            )
        };
        let hello = |connection: u32| {
            json!({ "hello": {
                "device": "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f", "connection": connection,
                "epoch": null, "after": 0, "cursor": { "delivered": 0, "read": 0 },
            }})
            .to_string()
        };
        let (mut old, mut new, mut late) = (
            dial().open().await?,
            dial().open().await?,
            dial().open().await?,
        );
        old.says_text(hello(1)).await?;
        old.hears("welcome", welcome).await?;
        new.says_text(hello(3)).await?;
        new.hears("welcome", welcome).await?;
        let code = old.closes().await?;
        ensure!(code == 4409, "{code}");
        late.says_text(hello(2)).await?;
        let code = late.closes().await?;
        ensure!(code == 4409, "{code}");
        new.is_alive().await
    });
}

fn welcome(frame: FromServer) -> Option<()> {
    matches!(frame, FromServer::Welcome(_)).then_some(())
}

#[test]
fn l2_who_writes_too_fast_is_held_and_loses_nothing() {
    play(0, async |stage| {
        let settings = json!({ "messages_burst": 5, "messages_per_10s": 50 });
        let space = stage.space(settings, &["Jack"]).await?;
        let customer = CustomerLine::writes(stage.api(), &space, "0").await?;
        let (base, conversation) = (stage.api().base(), customer.talk.conversation);
        let mut linked = Linked::joins(base, conversation, Side::Customer, &customer.me.token)?;
        for number in 1..=12 {
            linked.writes(&number.to_string())?;
        }
        let log = linked.settles(&[], PATIENCE).await?;
        let texts = log
            .transcript()
            .entries()
            .iter()
            .filter_map(|entry| entry.event.text());
        let texts: Vec<&str> = texts.map(MessageText::as_str).collect();
        ensure!(
            texts
                == (0..=12)
                    .map(|number| number.to_string())
                    .collect::<Vec<_>>(),
            "{texts:?}"
        );

        let mut wire = socket(stage.api(), &customer).await?;
        for number in 13..=30 {
            wire.writes(&number.to_string()).await?;
        }
        wire.hears("hold", |frame| match frame {
            FromServer::Hold { retry_ms, .. } => (retry_ms > 0).then_some(()),
            _ => None,
        })
        .await
    });
}

#[test]
fn r1_customers_and_agents_do_what_is_theirs_only() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let text = MessageText::parse("secret")?;
        let refused = customer.talk.asks(Command::Note { text }).await?;
        ensure!(refused == Err(Refusal::Forbidden), "{refused:?}");
        let resolution = shared::text::Label::parse("resolved")?;
        let refused = customer
            .talk
            .asks(Command::Resolve {
                resolution,
                reason: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::Forbidden), "{refused:?}");

        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut talk = jack.accepts().await?;
        let resolution = shared::text::Label::parse("made_up")?;
        let refused = talk
            .asks(Command::Resolve {
                resolution,
                reason: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::ResolutionUnknown), "{refused:?}");
        Ok(())
    });
}

#[test]
fn fault_f9_who_confirms_nothing_is_closed_with_4408_and_nobody_else_notices() {
    play(0, async |stage| {
        // More than an hour allows: what is held is no matter of this.
        let settings = json!({
            "messages_burst": 1000,
            "messages_per_10s": 1000,
            "messages_per_hour": 1000,
        });
        let space = stage.space(settings, &["Jack"]).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "0").await?;
        let mut deaf = socket(stage.api(), &customer).await?;
        for number in 1..=300 {
            customer.talk.writes(&number.to_string()).await?;
        }
        let code = deaf.closes_within(PATIENCE * 3).await?;
        ensure!(code == 4408, "{code}");
        customer.talk.writes("301").await?;
        Ok(())
    });
}
