//! Offers, slots and ends over plain sockets: the rules of routing where they meet the platform.

use anyhow::{Result, ensure};
use serde_json::json;
use shared::conversation::{Command, EndCause, Event};
use shared::refusal::Refusal;
use shared::space;
use shared::text::{Label, MessageText};
use stage::line::{AgentLine, CustomerLine};
use stage::play;

fn resolve(word: &str) -> Result<Command> {
    Ok(Command::Resolve {
        resolution: Label::parse(word)?,
        reason: None,
    })
}

fn ended(cause: EndCause) -> impl Fn(&Event) -> bool {
    move |event| *event == Event::Ended { cause }
}

fn closed(word: &'static str, by: Option<EndCause>) -> impl Fn(&Event) -> bool {
    move |event| match event {
        Event::Closed {
            resolution, cause, ..
        } => resolution.as_str() == word && *cause == by,
        _ => false,
    }
}
#[test]
fn f45_offers_go_round_in_turn_up_to_the_limit() {
    play(0, async |stage| {
        let settings = json!({ "conversation_limit": 1 });
        let space = stage.space(settings, &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let mut customers = Vec::new();
        for text in ["one", "two", "three"] {
            customers.push(CustomerLine::writes(stage.api(), &space, text).await?);
        }
        let mut talk = jack.accepts().await?;
        let other = mia.accepts().await?;
        ensure!(
            talk.conversation != other.conversation,
            "one conversation for two agents"
        );
        ensure!(jack.desk.me.used == 1 && mia.desk.me.used == 1);

        // F87: the slot is free at closing, not at ending.
        talk.asks(Command::End).await??;
        jack.sees("wrapping up", |desk| {
            desk.items.iter().any(|item| item.ended.is_some())
        })
        .await?;
        ensure!(
            jack.desk.me.used == 1 && jack.desk.offers.is_empty(),
            "{:?}",
            jack.desk
        );
        talk.asks(resolve("resolved")?).await??;
        let offer = jack.is_offered().await?;
        ensure!(offer.first_words == "three", "{offer:?}");
        Ok(())
    });
}

#[test]
fn f40_who_is_unavailable_is_offered_nothing_and_keeps_what_is_there() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut first = CustomerLine::writes(stage.api(), &space, "one").await?;
        let mut talk = jack.accepts().await?;
        jack.sets_available(false).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        for text in ["two", "three"] {
            let _customer = CustomerLine::writes(stage.api(), &space, text).await?;
            mia.accepts().await?;
        }
        ensure!(jack.desk.offers.is_empty(), "{:?}", jack.desk);
        talk.writes("I am still yours").await?;
        first.talk.reads("I am still yours").await?;
        Ok(())
    });
}

#[test]
fn fault_f15_two_consoles_of_one_agent_accept_once() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut one = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut other = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let offer = one.is_offered().await?;
        let same = other.is_offered().await?;
        ensure!(offer == same, "{offer:?} and {same:?}");
        let accept = || space::Command::Accept {
            conversation: offer.conversation,
            fence: offer.fence,
        };
        let (first, second) = tokio::try_join!(one.asks(accept()), other.asks(accept()))?;
        ensure!(first.is_ok() || second.is_ok(), "{first:?} and {second:?}");
        for agent in [&mut one, &mut other] {
            agent
                .sees("one work item", |desk| {
                    desk.items.len() == 1 && desk.me.used == 1
                })
                .await?;
        }
        customer
            .talk
            .sees("assigned", |event| {
                matches!(event, Event::AgentAssigned { .. })
            })
            .await?;
        let mut talk = one.opens(offer.conversation).await?;
        talk.writes("Good morning").await?;
        customer.talk.reads("Good morning").await?;
        let assigned = |event: &Event| matches!(event, Event::AgentAssigned { .. });
        let count = customer
            .talk
            .log
            .iter()
            .filter(|entry| assigned(&entry.event))
            .count();
        ensure!(count == 1, "assigned {count} times");
        Ok(())
    });
}

#[test]
fn f47_a_declined_offer_goes_to_another_agent() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let offer = jack.is_offered().await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        jack.declines().await?;
        let next = mia.is_offered().await?;
        ensure!(next.conversation == offer.conversation && next.fence > offer.fence);
        jack.sees("no offer", |desk| desk.offers.is_empty()).await?;
        ensure!(
            jack.desk.me.available,
            "declining keeps the agent Available"
        );

        // The old number is worth nothing any more.
        let late = space::Command::Accept {
            conversation: offer.conversation,
            fence: offer.fence,
        };
        let refused = jack.asks(late).await?;
        ensure!(
            matches!(refused, Err(Refusal::OfferOver | Refusal::OfferNotYours)),
            "{refused:?}"
        );
        mia.accepts().await?;
        Ok(())
    });
}

#[test]
fn f49_the_sole_agent_gets_it_back() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let first = jack.is_offered().await?;
        jack.declines().await?;
        jack.sees("no offer", |desk| desk.offers.is_empty()).await?;
        let second = jack.is_offered().await?;
        ensure!(second.conversation == first.conversation && second.fence > first.fence);
        jack.accepts().await?;
        Ok(())
    });
}

#[test]
fn f48_a_missed_offer_makes_the_agent_unavailable() {
    play(0, async |stage| {
        let space = stage
            .space(json!({ "offer_s": 1 }), &["Jack", "Mia"])
            .await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let missed = jack.is_offered().await?;
        jack.sees("Unavailable", |desk| !desk.me.available).await?;
        ensure!(
            jack.desk.offers.is_empty() && jack.desk.me.used == 0,
            "{:?}",
            jack.desk
        );
        let late = space::Command::Accept {
            conversation: missed.conversation,
            fence: missed.fence,
        };
        let refused = jack.asks(late).await?;
        ensure!(refused == Err(Refusal::OfferOver), "{refused:?}");

        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let next = mia.is_offered().await?;
        ensure!(next.conversation == missed.conversation);
        mia.accepts().await?;
        jack.sets_available(true).await
    });
}

#[test]
fn f51_nobody_accepts_in_time() {
    play(0, async |stage| {
        let space = stage.space(json!({ "wait_s": 1 }), &["Jack"]).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Is anybody there?").await?;
        let not_answered = closed("not_answered", Some(EndCause::NotAnswered));
        customer.talk.sees("closed", not_answered).await?;
        let text = MessageText::parse("Hello?")?;
        let refused = customer
            .talk
            .asks(Command::Post {
                text,
                reply_to: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::Closed), "{refused:?}");

        // A8: nobody is ever offered it; the next conversation is a new one.
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let again = stage.api().conversation(&customer.me, "Once more").await?;
        ensure!(again != customer.talk.conversation);
        let offer = jack.is_offered().await?;
        ensure!(offer.conversation == again);
        Ok(())
    });
}

#[test]
fn f97_silence_warns_and_then_ends() {
    play(0, async |stage| {
        let settings = json!({ "idle_s": 1, "idle_end_s": 1 });
        let space = stage.space(settings, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        customer
            .talk
            .sees("a warning", |event| *event == Event::IdleWarned)
            .await?;
        talk.sees("a warning", |event| *event == Event::IdleWarned)
            .await?;
        customer.talk.sees("the end", ended(EndCause::Idle)).await?;
        // F89: the work item stays for the agent to finish.
        jack.sees("wrapping up", |desk| {
            desk.items
                .iter()
                .any(|item| item.ended == Some(EndCause::Idle))
        })
        .await?;
        talk.asks(resolve("not_resolved")?).await??;
        jack.sees("an empty desk", |desk| {
            desk.items.is_empty() && desk.me.used == 0
        })
        .await
    });
}

#[test]
fn f98_a_conversation_has_a_greatest_age() {
    play(0, async |stage| {
        let space = stage.space(json!({ "max_s": 2 }), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        customer.talk.sees("the end", ended(EndCause::Age)).await?;
        jack.sees("wrapping up", |desk| {
            desk.items
                .iter()
                .any(|item| item.ended == Some(EndCause::Age))
        })
        .await
    });
}

#[test]
fn f102_a_customer_who_leaves_before_anyone_came_is_closed_at_once() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.is_offered().await?;
        customer.talk.asks(Command::End).await?.ok();
        let cancelled = closed("not_answered", Some(EndCause::Customer));
        customer.talk.sees("closed", cancelled).await?;
        jack.sees("no offer", |desk| {
            desk.offers.is_empty() && desk.me.used == 0
        })
        .await
    });
}

#[test]
fn f56_an_unassigned_conversation_waits_again() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack", "Mia"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        let mut talk = jack.accepts().await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let conversation = talk.conversation;
        jack.asks(space::Command::Unassign { conversation })
            .await??;
        customer
            .talk
            .sees("unassigned", |event| {
                matches!(event, Event::AgentUnassigned { .. })
            })
            .await?;
        let text = MessageText::parse("One more thing")?;
        let refused = talk
            .asks(Command::Post {
                text,
                reply_to: None,
            })
            .await?;
        ensure!(refused == Err(Refusal::NotAssignee), "{refused:?}");
        let offer = mia.is_offered().await?;
        ensure!(offer.conversation == conversation);
        Ok(())
    });
}
