//! Skills and queues from the script tag to the agent's screen (P35, F63).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::browser::Screen;
use stage::cast::{Customer, page};
use stage::host::{Host, Page};
use stage::line::{AgentLine, CustomerLine};
use stage::wire::fresh_id;
use stage::{Stage, play};

async fn visits(stage: &Stage, space: &str, attributes: &str) -> Result<(Host, Customer)> {
    let site = Host::with(vec![Page {
        path: "/",
        policy: String::new(),
        html: page(stage.api().base(), space, attributes),
    }])
    .await?;
    let browser = match stage.first_browser() {
        Some(browser) => browser,
        None => stage.browser("the customer", Screen::DESKTOP).await?,
    };
    let customer = Customer::visits(browser, &site.url("/")).await?;
    customer.opens_chat().await?;
    Ok((site, customer))
}

#[test]
fn p35_the_script_tag_names_queue_and_skills() {
    play(1, async |stage| {
        let settings = json!({ "queues": [{ "name": "returns", "skills": ["patience"] }] });
        let skills = ["french", "kettles", "patience"];
        let agents = vec![json!({ "name": "Jack", "skills": skills })];
        let space = stage.api().space_with(settings, agents).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let tag = r#"data-queue="returns" data-skills="kettles french""#;
        let (_site, customer) = visits(stage, &space.space, tag).await?;
        customer.writes("Bonjour").await?;
        customer.is_told("Waiting for agent").await?;
        let offer = jack.is_offered().await?;
        let needs: Vec<_> = offer.skills.iter().map(|skill| skill.as_str()).collect();
        ensure!(
            offer.queue.as_str() == "returns" && needs == skills,
            "{offer:?}"
        );
        Ok(())
    });
}

#[test]
fn p35_a_queue_that_does_not_exist_costs_nobody_the_answer() {
    play(1, async |stage| {
        stage.excuse(&["409", "422", "404"]);
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let tag = r#"data-queue="nowhere" data-skills="french""#;
        let (_site, customer) = visits(stage, &space.space, tag).await?;
        customer.writes("Hello").await?;
        customer.is_told("Waiting for agent").await?;
        let offer = jack.is_offered().await?;
        ensure!(offer.queue.as_str() == "GENERAL", "{offer:?}");
        ensure!(offer.skills.is_empty(), "{offer:?}");
        Ok(())
    });
}

#[test]
fn p35_skills_stand_on_offer_item_and_in_the_transfer_dialog() {
    play(1, async |stage| {
        let agents = vec![
            json!({ "name": "Jack", "skills": ["french"] }),
            json!({ "name": "Mia", "skills": ["kettles", "lamps"] }),
        ];
        let space = stage.api().space_with(json!({}), agents).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let visitor = stage.api().visitor(&space).await?;
        let body = json!({ "text": "Bonjour", "skills": ["french"] });
        let begun = stage
            .api()
            .begin(&visitor.token, fresh_id()?, &body)
            .await?;
        ensure!(begun.status == 201, "{begun:?}");
        let screen = &jack.browser;
        screen
            .reads(".offer__meta", "GENERAL · Needs french")
            .await?;
        jack.accepts().await?;
        screen
            .reads(".item__meta", "GENERAL · Needs french")
            .await?;
        screen.reads(".details__row", "french").await?;
        let _mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        screen.presses(".conversation__transfer").await?;
        screen
            .reads(".target__more", "All queues · kettles, lamps")
            .await
    });
}

/// The queue filter of the console (D9).
#[test]
fn d9_the_queue_list_shows_one_queue_alone() {
    play(1, async |stage| {
        let settings = json!({ "offer_mode": "manual", "queues": [{ "name": "returns" }] });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        let screen = &jack.browser;
        let _general = CustomerLine::writes(stage.api(), &space, "A question").await?;
        screen.reads(".waiting__words", "A question").await?;
        screen.sees_no(".list__filter").await?;
        let visitor = stage.api().visitor(&space).await?;
        let body = json!({ "text": "A broken lamp", "queue": "returns" });
        let begun = stage
            .api()
            .begin(&visitor.token, fresh_id()?, &body)
            .await?;
        ensure!(begun.status == 201, "{begun:?}");
        screen.reads(".waiting__words", "A broken lamp").await?;
        screen.sees(".list__filter").await?;
        let choose = "const field = document.querySelector('.list__filter');
            field.value = arguments[0];
            field.dispatchEvent(new Event('change'))";
        let shown = "const rows = [...document.querySelectorAll('.list--queue .waiting__words')];
            const count = document.querySelector('.list--queue .list__count').textContent;
            return [count, ...rows.map((row) => row.textContent)].join('|') === arguments[0]";
        for (queue, expected) in [
            ("returns", "1|A broken lamp"),
            ("GENERAL", "1|A question"),
            ("", "2|A question|A broken lamp"),
        ] {
            let _: Value = screen.runs(choose, &[json!(queue)]).await?;
            let _: bool = screen.until(expected, shown, &[json!(expected)]).await?;
        }
        // A queue that has run empty stays chosen, and says that nobody waits in it.
        let _: Value = screen.runs(choose, &[json!("returns")]).await?;
        screen.presses(".list--queue .waiting__take").await?;
        screen
            .reads(".list--queue .list__empty", "Nobody is waiting")
            .await?;
        let _: Value = screen.runs(choose, &[json!("")]).await?;
        screen.reads(".waiting__words", "A question").await
    });
}

#[test]
fn r73_a_shut_queue_takes_nothing_new_and_says_so() {
    play(0, async |stage| {
        let queues = json!([{ "name": "returns", "closed": true }]);
        let settings = json!({ "queues": queues, "offer_mode": "manual" });
        let space = stage.space(settings, &["Jack"]).await?;
        let visitor = stage.api().visitor(&space).await?;
        let body = json!({ "text": "A broken lamp", "queue": "returns" });
        let refused = stage
            .api()
            .begin(&visitor.token, fresh_id()?, &body)
            .await?;
        ensure!(
            (refused.status, refused.code()) == (409, "queue_closed"),
            "{refused:?}"
        );
        // Neither by transfer.
        let jack = stage.api().sign_in(&space, "Jack").await?;
        let customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let of = |act: &str| {
            let conversation = customer.talk.conversation;
            format!("/api/v1/spaces/{}/items/{conversation}/{act}", space.space)
        };
        let ask = async |path: String, body: Value| {
            let request = stage
                .api()
                .request(reqwest::Method::POST, &path)
                .header("Idempotency-Key", fresh_id()?.to_string())
                .bearer_auth(&jack.token)
                .json(&body);
            stage.api().send(request).await
        };
        let taken = ask(of("take"), json!({})).await?;
        ensure!(taken.status == 200 || taken.status == 202, "{taken:?}");
        let pass_on = json!({ "to": { "queue": "returns" }, "note": "A return" });
        let refused = ask(of("transfer"), pass_on).await?;
        ensure!(
            (refused.status, refused.code()) == (409, "queue_closed"),
            "{refused:?}"
        );
        Ok(())
    });
}

#[test]
fn f45_r30_a_full_agent_takes_nothing_more_and_reads_why() {
    play(0, async |stage| {
        let settings = json!({ "offer_mode": "manual", "conversation_limit": 1 });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.api().sign_in(&space, "Jack").await?;
        let mut answers = Vec::new();
        for text in ["one", "two"] {
            let customer = CustomerLine::writes(stage.api(), &space, text).await?;
            let conversation = customer.talk.conversation;
            let path = format!("/api/v1/spaces/{}/items/{conversation}/take", space.space);
            let request = stage
                .api()
                .request(reqwest::Method::POST, &path)
                .header("Idempotency-Key", fresh_id()?.to_string())
                .bearer_auth(&jack.token)
                .json(&json!({}));
            answers.push(stage.api().send(request).await?);
        }
        let last = answers.last().context("no answer")?;
        ensure!(
            (last.status, last.code()) == (409, "no_free_slot"),
            "{answers:?}"
        );
        Ok(())
    });
}
