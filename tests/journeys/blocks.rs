//! A visitor is blocked, and let in again (P21).

use anyhow::ensure;
use serde_json::json;
use shared::conversation::Event;
use shared::refusal::Refusal;
use shared::space::Command;
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::play;
use stage::wire::fresh_id;

#[test]
fn p21_over_http_supervisors_block_and_nobody_is_told_why() {
    play(0, async |stage| {
        let api = stage.api();
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Dora", "role": "supervisor" }),
        ];
        let space = api.space_with(json!({}), agents).await?;
        let jack = api.sign_in(&space, "Jack").await?.token;
        let dora = api.sign_in(&space, "Dora").await?.token;
        let visitor = api.visitor(&space).await?;
        let conversation = api.conversation(&visitor, "Hello").await?;
        let mut talk = Talk::open(api.base(), conversation, &visitor.token).await?;
        let path = |rest: &str| format!("/api/v1/spaces/{}{rest}", space.space);
        let block = path(&format!("/items/{conversation}/block"));

        // The space hears of the conversation a moment after the visitor does.
        let body = json!({ "reason": "Insults", "for_s": 3_600 });
        let mut answer = api.post(&block, Some(&dora), &body).await?;
        while answer.code() == "conversation_unknown" {
            answer = api.post(&block, Some(&dora), &body).await?;
        }
        ensure!(answer.status == 200, "{answer:?}");
        let answer = api.post(&block, Some(&dora), &body).await?;
        ensure!(answer.status == 200, "again: {answer:?}");
        let cases = [
            (Some(&jack), json!({}), 403, "forbidden"),
            (Some(&visitor.token), json!({}), 403, "forbidden"),
            (None, json!({}), 401, "token_missing"),
            (
                Some(&dora),
                json!({ "for_s": 0 }),
                422,
                "setting_out_of_range",
            ),
            (
                Some(&dora),
                json!({ "reason": "x".repeat(101) }),
                422,
                "text_too_long",
            ),
            (Some(&dora), json!({ "why": "x" }), 422, "field_unknown"),
        ];
        for (token, body, status, code) in cases {
            let answer = api.post(&block, token.map(String::as_str), &body).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{body}: {answer:?}"
            );
        }

        // What stood is over, and no other one begins.
        let is_over = |event: &Event| matches!(event, Event::Closed { .. });
        talk.sees("the end", is_over).await?;
        let messages = format!("/api/v1/conversations/{conversation}/messages");
        let request = api.request(reqwest::Method::POST, &messages);
        let request = request.header("Idempotency-Key", fresh_id()?.to_string());
        let request = request.bearer_auth(&visitor.token);
        let answer = api.send(request.json(&json!({ "text": "More" }))).await?;
        ensure!(answer.code() == "closed", "{answer:?}");
        let begin = async || {
            api.begin(&visitor.token, fresh_id()?, &json!({ "text": "Again" }))
                .await
        };
        let answer = begin().await?;
        ensure!(
            (answer.status, answer.code()) == (403, "blocked"),
            "{answer:?}"
        );
        ensure!(!answer.body.to_string().contains("Insults"), "{answer:?}");

        let blocks = path("/blocks");
        let answer = api.get(&blocks, Some(&jack)).await?;
        ensure!(answer.code() == "forbidden", "{answer:?}");
        let answer = api.get(&blocks, Some(&dora)).await?;
        let known = &answer.body["blocks"];
        ensure!(
            known.as_array().is_some_and(|list| list.len() == 1),
            "{answer:?}"
        );
        ensure!(
            known[0]["visitor"] == visitor.visitor.to_string() && known[0]["reason"] == "Insults"
        );
        let one = path(&format!("/blocks/{}", visitor.visitor));
        let unblock = async |token: &str| {
            api.send(
                api.request(reqwest::Method::DELETE, &one)
                    .bearer_auth(token),
            )
            .await
        };
        ensure!(unblock(&jack).await?.code() == "forbidden");
        ensure!(unblock(&dora).await?.status == 200);
        ensure!(unblock(&dora).await?.code() == "id_unknown", "again");
        ensure!(begin().await?.status == 201);
        Ok(())
    });
}

#[test]
fn r200_p21_blocked_on_a_socket_whoever_writes_to_an_agent_is_told_that_it_has_ended() {
    play(0, async |stage| {
        let api = stage.api();
        let dora = json!({ "name": "Dora", "role": "supervisor" });
        let space = api.space_with(json!({}), vec![dora]).await?;
        let mut dora = AgentLine::on_duty(api, &space, "Dora").await?;
        let mut customer = CustomerLine::writes(api, &space, "Something rude").await?;
        dora.is_offered().await?;
        let mut held = dora.accepts().await?;
        let conversation = customer.talk.conversation;
        let visitor = customer.me.visitor;
        let block = |for_s| Command::Block {
            conversation,
            reason: None,
            for_s,
        };
        let refused = dora.asks(block(Some(0))).await?;
        ensure!(
            refused
                .as_ref()
                .is_err_and(|it| it.code() == "setting_invalid"),
            "{refused:?}"
        );
        dora.asks(block(None)).await??;
        let is_over = |event: &Event| matches!(event, Event::Ended { .. });
        customer.talk.sees("the end", is_over).await?;
        held.sees("the end", is_over).await?;
        let answer = api
            .begin(&customer.me.token, fresh_id()?, &json!({ "text": "Again" }))
            .await?;
        ensure!(answer.code() == "blocked", "{answer:?}");
        dora.asks(Command::Unblock { visitor }).await??;
        let again = dora.asks(Command::Unblock { visitor }).await?;
        ensure!(again == Err(Refusal::IdUnknown), "{again:?}");
        Ok(())
    });
}

#[test]
fn p21_a_supervisor_blocks_from_the_chat_and_the_customer_reads_a_polite_sentence() {
    play(2, async |stage| {
        let dora = json!({ "name": "Dora", "role": "supervisor" });
        let space = stage.api().space_with(json!({}), vec![dora]).await?;
        stage.excuse(&["Failed to load resource"]);
        let agent = stage.agent(&space, "Dora").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Something rude").await?;
        agent.is_offered().await?;
        agent.accepts().await?;
        agent.browser.presses(".conversation__menu").await?;
        agent.browser.presses(".conversation__block").await?;
        agent.browser.types("#block-reason", "Insults").await?;
        agent.browser.is_pictured("block-dialog").await?;
        agent.browser.presses(".dialog__act").await?;
        agent
            .browser
            .reads(".toast", "The visitor is blocked.")
            .await?;

        customer.browser.presses(".ended__new").await?;
        customer.writes("And again").await?;
        customer.sees_message("And again", "failed").await?;
        customer
            .browser
            .reads(".message__reason", "we cannot answer you here")
            .await?;
        customer.browser.is_pictured("block-customer").await?;
        Ok(())
    });
}
