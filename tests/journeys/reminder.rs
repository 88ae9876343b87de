//! What stays undone is remembered: the wrap-up reminder (D2), and tickets over HTTP (F91).

use anyhow::ensure;
use serde_json::{Value, json};
use shared::conversation::{Command, Event};
use stage::line::{AgentLine, CustomerLine};
use stage::play;
use stage::wire::fresh_id;

#[test]
fn d2_who_wraps_up_for_long_is_reminded() {
    play(1, async |stage| {
        let settings = json!({ "wrap_up_s": 1 });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        jack.ends().await?;
        jack.reads("Still wrapping up: choose a resolution to free the slot.")
            .await?;
        // The customer hears nothing of it.
        jack.resolves("resolved").await?;
        let over = |event: &Event| matches!(event, Event::Closed { .. });
        customer.talk.sees("closed", over).await?;
        let is_told = |event: &Event| matches!(event, Event::WrapUpReminded);
        let told = customer.talk.log.iter().any(|entry| is_told(&entry.event));
        ensure!(!told, "{:?}", customer.talk.log);
        Ok(())
    });
}

#[test]
fn f91_a_ticket_over_http_is_one_for_a_conversation() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = CustomerLine::writes(stage.api(), &space, "My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        let conversation = customer.talk.conversation;
        let path = format!("/api/v1/conversations/{conversation}/tickets");
        let creates = async |token: &str, body: Value| {
            let request = stage
                .api()
                .request(reqwest::Method::POST, &path)
                .header("Idempotency-Key", fresh_id()?.to_string())
                .bearer_auth(token)
                .json(&body);
            stage.api().send(request).await
        };
        let incident = || json!({ "kind": "incident", "title": "The lamp does not light" });
        let stranger = creates(&customer.me.token, incident()).await?;
        ensure!(stranger.status == 403, "{stranger:?}");
        let wrong = creates(&jack.me.token, json!({ "kind": "wish", "title": "x" })).await?;
        ensure!(wrong.status == 422, "{wrong:?}");
        let made = creates(&jack.me.token, incident()).await?;
        ensure!((200..300).contains(&made.status), "{made:?}");
        talk.sees("the ticket", |event| {
            matches!(event, Event::TicketCreated { .. })
        })
        .await?;
        let again = creates(&jack.me.token, incident()).await?;
        ensure!(
            (again.status, again.code()) == (409, "ticket_exists"),
            "{again:?}"
        );
        talk.asks(Command::End).await??;
        Ok(())
    });
}
