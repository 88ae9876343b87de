//! An admin changes the settings of a space at work.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Command, Event, TicketKind, TicketStatus};
use shared::refusal::Refusal;
use shared::text::{Label, MessageText, Title};
use stage::api::{Answer, Space};
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::{Stage, play};

/// A space with an admin, who does not answer customers, and others.
struct Office<'a> {
    stage: &'a Stage,
    space: Space,
    path: String,
    token: String,
}

impl<'a> Office<'a> {
    async fn of(stage: &'a Stage, settings: Value, agents: &[&str]) -> Result<Self> {
        let others = agents.iter().map(|name| json!({ "name": name }));
        let chiefs = [("Ada", "admin"), ("Dot", "supervisor")];
        let chiefs = chiefs.map(|(name, role)| json!({ "name": name, "role": role }));
        let all = chiefs.into_iter().chain(others).collect();
        let space = stage.api().space_with(settings, all).await?;
        let path = format!("/api/v1/spaces/{}/settings", space.space);
        let token = stage.api().sign_in(&space, "Ada").await?.token;
        Ok(Self {
            stage,
            space,
            path,
            token,
        })
    }

    async fn agent(&self, name: &str) -> Result<AgentLine> {
        AgentLine::on_duty(self.stage.api(), &self.space, name).await
    }

    async fn customer(&self, text: &str) -> Result<CustomerLine> {
        CustomerLine::writes(self.stage.api(), &self.space, text).await
    }

    async fn read(&self) -> Result<Value> {
        let answer = self.stage.api().get(&self.path, Some(&self.token)).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(answer.body["settings"].clone())
    }

    async fn tries(&self, change: &Value) -> Result<Answer> {
        self.stage
            .api()
            .patch(&self.path, &self.token, change)
            .await
    }

    async fn changes(&self, change: &Value) -> Result<Value> {
        let answer = self.tries(change).await?;
        ensure!(answer.status == 200, "{change}: {answer:?}");
        Ok(answer.body)
    }

    /// What is refused changes nothing.
    async fn may_not(&self, change: &Value, status: u16, code: &str) -> Result<Value> {
        let before = self.read().await?;
        let answer = self.tries(change).await?;
        ensure!(
            answer.status == status && answer.code() == code,
            "{change}: {answer:?}"
        );
        ensure!(self.read().await? == before, "{change} changed something");
        Ok(answer.body["error"].clone())
    }
}

fn resolve(resolution: &str, reason: Option<&str>) -> Result<Command> {
    Ok(Command::Resolve {
        resolution: Label::parse(resolution)?,
        reason: reason.map(Label::parse).transpose()?,
    })
}

fn queues(names: &[&str], closed: &[&str]) -> Value {
    let queue = |name: &&str| json!({ "name": name, "closed": closed.contains(name) });
    json!({ "queues": names.iter().map(queue).collect::<Vec<_>>() })
}

#[test]
fn r70_settings_are_changed_whole_by_admins_alone() {
    play(0, async |stage| {
        let office = Office::of(stage, json!({}), &["Jack"]).await?;
        for (name, may_read) in [("Jack", true), ("Dot", true)] {
            let token = stage.api().sign_in(&office.space, name).await?.token;
            let read = stage.api().get(&office.path, Some(&token)).await?;
            ensure!((read.status == 200) == may_read, "{name}: {read:?}");
            let change = json!({ "offer_s": 5 });
            let changed = stage.api().patch(&office.path, &token, &change).await?;
            ensure!(
                changed.status == 403 && changed.code() == "forbidden",
                "{name}: {changed:?}"
            );
        }
        let visitor = stage.api().visitor(&office.space).await?;
        let read = stage.api().get(&office.path, Some(&visitor.token)).await?;
        ensure!(read.status == 403, "{read:?}");
        let other = stage.space(json!({}), &["Jack"]).await?;
        let stranger = stage.api().sign_in(&other, "Jack").await?.token;
        let read = stage.api().get(&office.path, Some(&stranger)).await?;
        ensure!(read.status == 404, "{read:?}");

        let cases = [
            (
                json!({ "offer_s": 0, "live_chat": false }),
                "setting_out_of_range",
                "offer_s",
            ),
            (
                json!({ "conversation_limit": -1 }),
                "setting_out_of_range",
                "conversation_limit",
            ),
            (json!({ "magic": 1 }), "field_unknown", "magic"),
            (
                json!({ "live_chat": "yes" }),
                "value_malformed",
                "live_chat",
            ),
            (
                json!({ "queues": [{ "name": "a" }, { "name": "b c" }] }),
                "value_malformed",
                "queues[1].name",
            ),
            (
                json!({ "queues": [{ "name": "a" }, { "name": "A" }] }),
                "twice",
                "queues[1].name",
            ),
        ];
        for (change, code, field) in cases {
            let error = office.may_not(&change, 422, code).await?;
            ensure!(error["field"] == field, "{change}: {error}");
        }
        let answer = office.tries(&json!([])).await?;
        ensure!(answer.status == 400, "{answer:?}");

        let settings = office.read().await?;
        ensure!(settings["version"] == 0, "{settings}");
        let after = office
            .changes(&json!({ "offer_s": 7, "version": 0 }))
            .await?;
        let settings = &after["settings"];
        ensure!(
            settings["version"] == 1 && settings["offer_s"] == 7,
            "{after}"
        );
        let late = json!({ "offer_s": 8, "version": 0 });
        office.may_not(&late, 409, "settings_changed").await?;
        let request = stage.api().request(reqwest::Method::PATCH, &office.path);
        let request = request
            .bearer_auth(&office.token)
            .header("If-Match", "\"0\"");
        let answer = stage
            .api()
            .send(request.json(&json!({ "offer_s": 8 })))
            .await?;
        ensure!(answer.code() == "settings_changed", "{answer:?}");
        Ok(())
    });
}

#[test]
fn r72_a4_a_lowered_limit_throws_nobody_out() {
    play(0, async |stage| {
        let office = Office::of(stage, json!({}), &["Jack"]).await?;
        let mut jack = office.agent("Jack").await?;
        let mut held = Vec::new();
        for text in ["one", "two"] {
            let customer = office.customer(text).await?;
            held.push((customer, jack.accepts().await?));
        }
        office.changes(&json!({ "conversation_limit": 1 })).await?;
        jack.sees("the limit, without a reload", |desk| {
            desk.me.limit == 1 && desk.me.used == 2
        })
        .await?;
        for (customer, talk) in &mut held {
            talk.writes("Still yours").await?;
            customer.talk.reads("Still yours").await?;
        }
        let _waiting = office.customer("three").await?;
        let done = resolve("resolved", None)?;
        held[0].1.asks(done.clone()).await??;
        jack.sees("one slot", |desk| desk.me.used == 1).await?;
        ensure!(jack.desk.offers.is_empty(), "{:?}", jack.desk);
        held[1].1.asks(done).await??;
        let offer = jack.is_offered().await?;
        ensure!(offer.first_words == "three", "{offer:?}");
        Ok(())
    });
}

#[test]
fn r73_a_queue_is_closed_drains_and_is_deleted() {
    play(0, async |stage| {
        let settings = queues(&["returns", "billing"], &[]);
        let office = Office::of(stage, settings, &["Jack"]).await?;
        let mut jack = office.agent("Jack").await?;
        let _customer = office.customer("My lamp is broken").await?;
        let talk = jack.accepts().await?;
        jack.sets_available(false).await?;
        let to_returns = shared::space::Command::Transfer {
            conversation: talk.conversation,
            to: shared::space::Target::Queue {
                queue: Label::parse("returns")?,
            },
            note: Some(MessageText::parse("A return")?),
        };
        jack.asks(to_returns).await??;
        let without = queues(&["billing"], &[]);
        let error = office.may_not(&without, 409, "queue_in_use").await?;
        let message = error["message"].as_str().unwrap_or_default().to_owned();
        ensure!(message.contains("returns has 1 work items"), "{error}");
        office
            .changes(&queues(&["returns", "billing"], &["returns"]))
            .await?;
        // What waits in it goes on to its agents.
        let take = shared::space::Command::Take {
            conversation: talk.conversation,
        };
        jack.sets_available(true).await?;
        jack.asks(take).await??;
        let mut talk = jack.opens(talk.conversation).await?;
        office.may_not(&without, 409, "queue_in_use").await?;
        talk.asks(resolve("resolved", None)?).await??;
        jack.sees("nothing", |desk| desk.me.used == 0).await?;
        let after = office.changes(&without).await?;
        ensure!(
            after["settings"]["queues"][0]["name"] == "billing",
            "{after}"
        );
        Ok(())
    });
}

#[test]
fn d12_s7_resolutions_are_renamed_and_added_and_the_built_in_ones_stay() {
    play(1, async |stage| {
        let office = Office::of(stage, json!({}), &["Jack"]).await?;
        let jack = stage.agent(&office.space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = office.customer("Where is my order?").await?;
        jack.accepts().await?;
        jack.browser.presses(".conversation__resolve").await?;
        let choice = |id: &str| format!(".picker__choice[data-resolution={id}]");
        jack.browser.reads(&choice("resolved"), "Resolved").await?;

        let mut list = office.read().await?["resolutions"].clone();
        list[0]["name"] = json!("Sorted out");
        let refund = json!({ "id": "refund", "name": "Money back" });
        list.as_array_mut()
            .into_iter()
            .for_each(|list| list.push(refund.clone()));
        let after = office.changes(&json!({ "resolutions": list })).await?;
        ensure!(
            after["in_use"]["resolutions"] == json!({ "resolved": 0 }),
            "{after}"
        );
        // The open menu shows it, and the conversation of before takes what is new.
        jack.browser
            .reads(&choice("resolved"), "Sorted out")
            .await?;
        jack.browser.reads(&choice("refund"), "Money back").await?;
        jack.browser.is_pictured("settings-menu").await?;
        jack.browser.presses(&choice("refund")).await?;
        let closed = |event: &Event| matches!(event, Event::Closed { resolution, .. } if resolution.as_str() == "refund");
        customer.talk.sees("the close", closed).await?;
        jack.browser.reads(".conversation .pill", "Closed").await?;

        let without: Vec<_> = ["resolved", "abandoned", "not_answered"]
            .map(|id| json!({ "id": id, "name": id }))
            .into();
        let error = office
            .may_not(
                &json!({ "resolutions": without }),
                409,
                "resolution_built_in",
            )
            .await?;
        ensure!(
            error["message"].to_string().contains("not_resolved"),
            "{error}"
        );
        let mut list = office.read().await?["resolutions"].clone();
        list.as_array_mut().into_iter().for_each(|list| {
            list.pop();
        });
        let after = office.changes(&json!({ "resolutions": list })).await?;
        ensure!(
            after["in_use"]["resolutions"] == json!({ "refund": 1 }),
            "{after}"
        );
        Ok(())
    });
}

#[test]
fn f57_the_customer_reads_what_the_space_calls_resolved() {
    play(1, async |stage| {
        let office = Office::of(stage, json!({}), &["Jack"]).await?;
        let mut list = office.read().await?["resolutions"].clone();
        list[0]["name"] = json!("All sorted out");
        office.changes(&json!({ "resolutions": list })).await?;
        let mut jack = office.agent("Jack").await?;
        let customer = stage.customer(&office.space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let mut talk = jack.accepts().await?;
        talk.asks(resolve("resolved", None)?).await??;
        customer.is_told("The conversation is over").await?;
        let log = customer.log().await?;
        let last = log.last().map(|line| line.text.as_str());
        ensure!(
            last.is_some_and(|text| text.contains("All sorted out")),
            "{log:?}"
        );
        Ok(())
    });
}

/// A conversation that Jack has and whose customer has left.
async fn left(office: &Office<'_>, jack: &mut AgentLine) -> Result<Talk> {
    let customer = office.customer("Hello?").await?;
    let talk = jack.accepts().await?;
    drop(customer);
    Ok(talk)
}

/// Gives a command until the object has noticed that the customer is gone.
async fn asks(talk: &mut Talk, command: &Command) -> Result<Result<Event, Refusal>> {
    loop {
        match talk.asks(command.clone()).await? {
            Err(Refusal::CustomerHere) => tokio::task::yield_now().await,
            answer => return Ok(answer.map(|entry| entry.event)),
        }
    }
}

#[test]
fn f103_abandon_needs_a_reason_or_cancels_the_ticket() {
    play(0, async |stage| {
        let reasons = json!([{ "id": "gone", "name": "The customer left" }]);
        let office = Office::of(stage, json!({ "reasons": reasons }), &["Jack"]).await?;
        let mut jack = office.agent("Jack").await?;
        let abandon = |reason: Option<&str>| -> Result<Command> {
            Ok(Command::Abandon {
                reason: reason.map(Label::parse).transpose()?,
                note: None,
            })
        };
        let mut talk = left(&office, &mut jack).await?;
        let refused = asks(&mut talk, &abandon(None)?).await?;
        ensure!(refused == Err(Refusal::ReasonRequired), "{refused:?}");
        let refused = asks(&mut talk, &abandon(Some("magic"))?).await?;
        ensure!(refused == Err(Refusal::ReasonUnknown), "{refused:?}");
        asks(&mut talk, &abandon(Some("gone"))?).await??;
        talk.sees("the reason", |event| {
            matches!(event, Event::ReasonGiven { name, .. } if name.as_str() == "The customer left")
        })
        .await?;

        let mut talk = left(&office, &mut jack).await?;
        let create = Command::CreateTicket {
            kind: TicketKind::Incident,
            title: Title::parse("Router is dead")?,
        };
        talk.asks(create.clone()).await??;
        let conversation = talk.conversation;
        jack.sees("the ticket", |desk| {
            let mut items = desk.items.iter();
            items.any(|item| item.conversation == conversation && item.ticket.is_some())
        })
        .await?;
        let again = talk.asks(create).await?;
        ensure!(again == Err(Refusal::TicketExists), "{again:?}");
        asks(&mut talk, &abandon(None)?).await??;
        let kinds: Vec<_> = talk.log.iter().rev().take(3).collect();
        let cancelled = Event::TicketChanged {
            status: TicketStatus::Cancelled,
        };
        ensure!(
            kinds.iter().any(|entry| entry.event == cancelled),
            "{kinds:?}"
        );
        jack.sees("no work", |desk| desk.me.used == 0).await?;
        Ok(())
    });
}
