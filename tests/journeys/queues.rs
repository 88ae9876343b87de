//! Queues: hours, overflow, full ones and skills, over HTTP and plain sockets.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Event;
use shared::id::ConversationId;
use shared::refusal::Refusal;
use shared::space;
use stage::api::{Answer, Space};
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::wire::fresh_id;
use stage::{Stage, play};

/// A space with those queues; Jack serves GENERAL and Mia the other one, which needs French.
async fn shop(stage: &Stage, queues: Value) -> Result<Space> {
    shop_with(stage, json!({ "queues": queues })).await
}

async fn shop_with(stage: &Stage, settings: Value) -> Result<Space> {
    let agents = vec![
        json!({ "name": "Jack", "queues": ["GENERAL"] }),
        json!({ "name": "Mia", "queues": ["other"], "skills": ["french"] }),
        json!({ "name": "Ada", "role": "admin" }),
    ];
    stage.api().space_with(settings, agents).await
}

/// A new visitor begins a conversation.
async fn begins(stage: &Stage, space: &Space, body: Value) -> Result<Answer> {
    let visitor = stage.api().visitor(space).await?;
    let id = fresh_id()?;
    stage.api().begin(&visitor.token, id, &body).await
}

fn conversation(answer: Answer) -> Result<ConversationId> {
    ensure!(answer.status == 201, "{answer:?}");
    let conversation = answer.body["conversation"].as_str().context("no id")?;
    Ok(conversation.parse()?)
}

/// The queue of that name, as an agent reads it.
async fn queue(stage: &Stage, space: &Space, token: &str, name: &str) -> Result<Value> {
    let path = format!("/api/v1/spaces/{}/queues", space.space);
    let answer = stage.api().get(&path, Some(token)).await?;
    let queues = answer.body["queues"].as_array().context("no queues")?;
    let queue = queues.iter().find(|queue| queue["name"] == name);
    Ok(queue.with_context(|| format!("{answer:?}"))?.clone())
}

/// Round the clock in Berlin, or on no day at all.
fn hours(is_open: bool) -> Value {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let days = days.iter().filter(|_| is_open);
    let week: Vec<_> = days
        .map(|day| json!({ "day": day, "from": 0, "to": 1440 }))
        .collect();
    json!({ "zone": "Europe/Berlin", "week": week })
}

#[test]
fn p5_what_comes_outside_the_hours_is_offered_when_they_run() {
    play(0, async |stage| {
        let general = json!([{ "name": "GENERAL", "hours": hours(false) }, { "name": "other" }]);
        let space = shop(stage, general).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let ada = stage.api().sign_in(&space, "Ada").await?;
        conversation(begins(stage, &space, json!({ "text": "At night" })).await?)?;
        let general = queue(stage, &space, &ada.token, "GENERAL").await?;
        let (open_now, waiting) = (&general["open_now"], &general["waiting"]);
        ensure!(*open_now == false && *waiting == 1, "{general}");
        // An answer to a later command shows that nothing was offered before it.
        jack.sets_available(true).await?;
        ensure!(jack.desk.offers.is_empty(), "{:?}", jack.desk);

        let path = format!("/api/v1/spaces/{}/settings", space.space);
        let queues = json!([{ "name": "GENERAL", "hours": hours(true) }, { "name": "other" }]);
        let change = stage
            .api()
            .request(Method::PATCH, &path)
            .bearer_auth(&ada.token)
            .json(&json!({ "queues": queues }));
        let answer = stage.api().send(change).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let offer = jack.is_offered().await?;
        ensure!(offer.first_words == "At night", "{offer:?}");
        let general = queue(stage, &space, &ada.token, "GENERAL").await?;
        ensure!(general["open_now"] == true, "{general}");
        Ok(())
    });
}

#[test]
fn f51_r102_a_wait_outside_the_hours_is_not_over() {
    play(0, async |stage| {
        let queues = json!([{ "name": "GENERAL", "hours": hours(false) }, { "name": "other" }]);
        let space = shop_with(stage, json!({ "queues": queues, "wait_s": 1 })).await?;
        let mut at_night = CustomerLine::writes(stage.api(), &space, "At night").await?;
        // Whoever comes later, to a queue that is open, has waited for too long before.
        let visitor = stage.api().visitor(&space).await?;
        let body = json!({ "text": "By day", "queue": "other" });
        let answer = stage
            .api()
            .begin(&visitor.token, fresh_id()?, &body)
            .await?;
        let by_day = conversation(answer)?;
        let mut by_day = Talk::open(stage.api().base(), by_day, &visitor.token).await?;
        by_day
            .sees("closed", |event| matches!(event, Event::Closed { .. }))
            .await?;
        at_night.talk.writes("Is it morning?").await.map(|_| ())
    });
}

#[test]
fn p5_the_platform_tells_when_a_queue_opens() {
    play(0, async |stage| {
        // One minute of a day that is far from any change of clocks, and far from today.
        let holiday = json!({ "date": "2099-01-01", "open": [{ "from": 0, "to": 1 }] });
        let hours = json!({ "zone": "Asia/Kolkata", "week": [], "holidays": [holiday] });
        let weekly = json!({ "zone": "Asia/Kolkata", "week": [{ "day": "monday", "from": 540, "to": 541 }] });
        let queues = json!([
            { "name": "GENERAL", "hours": hours },
            { "name": "other", "hours": weekly },
        ]);
        let space = shop(stage, queues).await?;
        let jack = stage.api().sign_in(&space, "Jack").await?;
        let general = queue(stage, &space, &jack.token, "GENERAL").await?;
        let is_far = general["open_now"] == false && general["opens_at"].is_null();
        ensure!(is_far, "{general}");
        let other = queue(stage, &space, &jack.token, "other").await?;
        if other["open_now"] == false {
            // 1970-01-05 was a Monday, and India is 5:30 ahead all year.
            let monday = 4 * 86_400_000 + 9 * 3_600_000 - 19_800_000;
            let opens_at = other["opens_at"].as_u64().context("never opens")?;
            ensure!((opens_at - monday) % (7 * 86_400_000) == 0, "{other}");
        }
        Ok(())
    });
}

#[test]
fn r55_a_full_queue_overflows_or_refuses_in_its_own_words() {
    play(0, async |stage| {
        let full = |overflow: Value| {
            json!([
                { "name": "GENERAL", "max_waiting": 1, "full_text": "Please write to us.", "overflow": overflow },
                { "name": "other", "skills": ["french"] },
            ])
        };
        let space = shop(stage, full(Value::Null)).await?;
        conversation(begins(stage, &space, json!({ "text": "First" })).await?)?;
        let refused = begins(stage, &space, json!({ "text": "Second" })).await?;
        ensure!(
            (refused.status, refused.code()) == (409, "queue_full"),
            "{refused:?}"
        );
        let text = &refused.body["error"]["text"];
        ensure!(*text == "Please write to us.", "{refused:?}");

        let overflow = json!({ "to": "other", "when_full": true });
        let space = shop(stage, full(overflow)).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        conversation(begins(stage, &space, json!({ "text": "First" })).await?)?;
        conversation(begins(stage, &space, json!({ "text": "Second" })).await?)?;
        let offer = mia.is_offered().await?;
        ensure!(offer.first_words == "Second", "{offer:?}");
        ensure!(offer.queue.as_str() == "other", "{offer:?}");
        Ok(())
    });
}

#[test]
fn r56_who_has_waited_for_long_enough_goes_to_the_other_queue() {
    play(0, async |stage| {
        let queues = json!([
            { "name": "GENERAL", "overflow": { "to": "other", "after_s": 1 } },
            { "name": "other" },
        ]);
        let space = shop(stage, queues).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        conversation(begins(stage, &space, json!({ "text": "Hello" })).await?)?;
        let offer = mia.is_offered().await?;
        ensure!(offer.queue.as_str() == "other", "{offer:?}");
        mia.accepts().await?;
        Ok(())
    });
}

#[test]
fn p35_skills_choose_the_agent_and_r61_agents_take_from_their_own_queues() {
    play(0, async |stage| {
        let space = shop(stage, json!([{ "name": "other", "skills": ["french"] }])).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let body = json!({ "text": "Bonjour", "skills": ["french"] });
        let hers = conversation(begins(stage, &space, body).await?)?;
        let body = json!({ "text": "Salut", "queue": "other" });
        let other = conversation(begins(stage, &space, body).await?)?;
        let offer = mia.is_offered().await?;
        ensure!(offer.conversation == other, "{offer:?}");
        let take = |conversation| space::Command::Take { conversation };
        // Jack has no French, and may help all the same; in another queue he may not.
        let refused = jack.asks(take(other)).await?;
        ensure!(refused == Err(Refusal::NotInQueue), "{refused:?}");
        jack.asks(take(hers)).await??;
        Ok(())
    });
}

#[test]
fn s4_settings_of_queues_that_cannot_be_are_422_with_their_field() {
    play(0, async |stage| {
        let week = |week: Value| json!({ "hours": { "zone": "UTC", "week": week } });
        let range = |from, to| json!({ "day": "monday", "from": from, "to": to });
        let cases = [
            (
                week(json!([range(600, 540)])),
                "end_before_start",
                "queues[0].hours.week[0]",
            ),
            (
                week(json!([range(540, 600), range(599, 660)])),
                "ranges_overlap",
                "queues[0].hours.week[1]",
            ),
            (
                json!({ "hours": { "zone": "Mars/Olympus" } }),
                "time_zone_unknown",
                "queues[0].hours.zone",
            ),
            (
                json!({ "hours": { "zone": "UTC", "holidays": [{ "date": "2027-02-29" }] } }),
                "date_impossible",
                "queues[0].hours.holidays[0].date",
            ),
            (
                json!({ "overflow": { "to": "nowhere" } }),
                "queue_unknown",
                "queues[0].overflow.to",
            ),
            (
                json!({ "overflow": { "to": "sales" } }),
                "overflow_cycle",
                "queues[0].overflow.to",
            ),
        ];
        for (mut queue, code, field) in cases {
            queue["name"] = json!("sales");
            let body = json!({ "settings": { "queues": [queue] } });
            let answer = stage.api().post("/api/v1/dev/spaces", None, &body).await?;
            let found = answer.body["error"]["field"].as_str();
            let is_right = answer.status == 422 && answer.code() == code && found == Some(field);
            ensure!(is_right, "{code}: {answer:?}");
        }
        Ok(())
    });
}
