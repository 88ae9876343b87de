//! What is kept of a customer: exported, erased, and gone when its time is over (P12).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Command, Event};
use shared::text::MessageText;
use stage::api::{Answer, Api, Space};
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::play;

const SECRET: &str = "My card is 4711";

async fn office(api: &Api, settings: Value) -> Result<(Space, String)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
    ];
    let space = api.space_with(settings, agents).await?;
    let admin = api.sign_in(&space, "Ada").await?.token;
    Ok((space, admin))
}

async fn asks(
    api: &Api,
    space: &Space,
    what: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Answer> {
    let path = format!("/api/v1/spaces/{}/{what}", space.space);
    api.post(&path, token, body).await
}

/// Looks again until the answer is as it should be; the stage ends what takes too long.
async fn until(api: &Api, path: &str, token: &str, is: impl Fn(&Answer) -> bool) -> Result<Answer> {
    loop {
        let answer = api.get(path, Some(token)).await?;
        if is(&answer) {
            return Ok(answer);
        }
    }
}

#[test]
fn p12_m10_sec_x_01_what_is_kept_of_a_customer_is_exported_and_erased() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = office(api, json!({})).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let mut customer = CustomerLine::writes(api, &space, SECRET).await?;
        let mut talk = jack.accepts().await?;
        let note = MessageText::parse("He told me 4711")?;
        talk.asks(Command::Note { text: note }).await??;
        let conversation = talk.conversation;
        let body = json!({ "conversation": conversation });

        // Nobody but an admin, and nothing of anybody who is not there.
        let jacks = jack.me.token.clone();
        for what in ["exports", "erasures"] {
            for (token, status) in [
                (None, 401),
                (Some(jacks.as_str()), 403),
                (Some(customer.me.token.as_str()), 403),
            ] {
                let answer = asks(api, &space, what, token, &body).await?;
                ensure!(answer.status == status, "{what}: {answer:?}");
            }
            for (body, status) in [
                (json!({ "visitor": conversation }), 404),
                (json!({ "conversation": customer.me.visitor }), 404),
                (json!({}), 422),
                (json!({ "visitor": "7" }), 422),
                (
                    json!({ "visitor": conversation, "conversation": conversation }),
                    422,
                ),
            ] {
                let answer = asks(api, &space, what, Some(&admin), &body).await?;
                ensure!(answer.status == status, "{what} {body}: {answer:?}");
            }
        }

        let export = asks(api, &space, "exports", Some(&admin), &body).await?;
        ensure!(export.status == 200, "{export:?}");
        let text = export.body.to_string();
        ensure!(
            text.contains(SECRET) && text.contains("He told me 4711"),
            "{text}"
        );
        ensure!(
            export.body["visitor"] == json!(customer.me.visitor),
            "{text}"
        );

        let visitor = json!({ "visitor": customer.me.visitor });
        let erased = asks(api, &space, "erasures", Some(&admin), &visitor).await?;
        ensure!(erased.status == 202, "{erased:?}");
        ensure!(
            erased.body["conversations"] == json!([conversation]),
            "{erased:?}"
        );
        let is_erased = |event: &Event| *event == Event::Erased;
        customer.talk.sees("that it is erased", is_erased).await?;
        talk.sees("that it is erased", is_erased).await?;

        // What comes back from the disk holds nothing, for nobody.
        let path = format!("/api/v1/conversations/{conversation}/events");
        for token in [&customer.me.token, &jacks, &admin] {
            let answer = api.get(&path, Some(token)).await?;
            let text = answer.body.to_string();
            ensure!(answer.status == 200 && !text.contains("4711"), "{text}");
            ensure!(text.contains("message_posted"), "its places stay: {text}");
        }
        let again = Talk::open(stage.api().base(), conversation, &jacks).await?;
        let texts = format!("{:?}", again.log);
        ensure!(!texts.contains("4711"), "{texts}");
        let list = format!("/api/v1/spaces/{}/items?list=closed", space.space);
        let items = until(api, &list, &admin, |answer| {
            answer.body.to_string().contains(&conversation.to_string())
        })
        .await?;
        ensure!(!items.body.to_string().contains("4711"), "{items:?}");
        let audit = format!("/api/v1/spaces/{}/audit", space.space);
        let log = until(api, &audit, &admin, |answer| {
            answer.body["entries"][0]["what"] == "erased"
        })
        .await?;
        let kinds = log.body["entries"].as_array().context("no entries")?;
        let kinds: Vec<_> = kinds.iter().map(|entry| &entry["what"]).collect();
        let expected = ["erased", "erasure_asked", "exported", "space_created"];
        ensure!(kinds == expected, "{log:?}");
        ensure!(!log.body.to_string().contains("4711"), "{log:?}");
        Ok(())
    });
}

#[test]
fn p12_er4_what_is_closed_goes_by_itself_when_its_time_is_over() {
    play(0, async |stage| {
        let api = stage.api();
        let (space, admin) = office(api, json!({ "retention_s": 1 })).await?;
        let mut customer = CustomerLine::writes(api, &space, SECRET).await?;
        let path = format!(
            "/api/v1/conversations/{}/events",
            customer.talk.conversation
        );
        ensure!(api.get(&path, Some(&admin)).await?.status == 200);
        customer.talk.asks(Command::End).await??;
        until(api, &path, &admin, |answer| answer.status == 404).await?;
        until(api, &path, &customer.me.token, |answer| {
            answer.status == 404
        })
        .await?;
        Ok(())
    });
}
