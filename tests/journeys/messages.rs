//! What becomes of messages (P29), as both sides see it: other words, deleting, answers, reactions.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::conversation::{Change, Command, Event};
use shared::refusal::Refusal;
use shared::text::{Emoji, MessageText};
use stage::line::{AgentLine, CustomerLine};
use stage::play;

fn text(text: &str) -> Result<MessageText> {
    Ok(MessageText::parse(text)?)
}

#[test]
fn p29_cg1_cg4_cg6_what_a_message_said_before_is_read_by_nobody() {
    play(0, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "My card is 6611").await?;
        let mut talk = jack.accepts().await?;
        let entry = customer.talk.writes("My pin is 6611").await?;
        let message = entry.id.context("an id")?;
        let change = |change| Command::Change { message, change };
        let refused = talk.asks(change(Change::Deletion)).await?;
        ensure!(refused == Err(Refusal::NotAuthor), "{refused:?}");
        let other = Change::Text(text("My pin is a secret")?);
        customer.talk.asks(change(other)).await??;
        let emoji = Emoji::parse("👍")?;
        let reaction = Change::Reaction { emoji, on: true };
        talk.asks(change(reaction)).await??;
        let changed = |event: &Event| matches!(event, Event::MessageChanged { .. });
        customer.talk.sees("the reaction", changed).await?;
        let mut late = jack.opens(customer.talk.conversation).await?;
        let says = |event: &Event| {
            let words = event.text().map(MessageText::as_str);
            words == Some("My pin is a secret")
        };
        late.sees("the newest words", says).await?;
        customer.talk.asks(change(Change::Deletion)).await??;
        let refused = customer.talk.asks(change(Change::Deletion)).await?;
        ensure!(refused == Err(Refusal::MessageDeleted), "{refused:?}");
        Ok(())
    });
}

#[test]
fn p29_cg10_both_screens_show_what_became_of_a_message() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        let entry = talk.writes("Which lmap?").await?;
        let message = entry.id.context("an id")?;
        customer.reads("Which lmap?").await?;
        let change = |change| Command::Change { message, change };
        let reply = Command::Post {
            text: text("I mean the colour")?,
            reply_to: Some(message),
        };
        talk.asks(reply).await??;
        customer
            .browser
            .reads(".message__bubble blockquote", "Which lmap?")
            .await?;
        talk.asks(change(Change::Text(text("Which lamp?")?)))
            .await??;
        customer
            .browser
            .reads(".message__bubble blockquote", "Which lamp?")
            .await?;
        let emoji = Emoji::parse("❤️")?;
        talk.asks(change(Change::Reaction { emoji, on: true }))
            .await??;
        customer
            .browser
            .reads(".message__fate", "edited  ❤️ 1")
            .await?;
        customer.browser.reloads().await?;
        customer.opens_chat().await?;
        customer
            .browser
            .reads(".message__fate", "edited  ❤️ 1")
            .await?;
        talk.asks(change(Change::Deletion)).await??;
        let gone = "This message was deleted";
        customer
            .browser
            .reads(".message__bubble--gone", gone)
            .await?;
        customer
            .browser
            .reads(".message__bubble blockquote", gone)
            .await?;
        customer.browser.sees_no(".message__fate").await?;
        customer.browser.is_pictured("message-deleted").await?;
        Ok(())
    });
}
