//! Abandon, tickets and reasons from the console (F91, F103, D3, D12).

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Event, TicketStatus};
use shared::id::ConversationId;
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

/// Jack at the screen with a conversation whose customer has left, and Mia beside him.
async fn left(stage: &Stage, settings: Value) -> Result<(Agent, AgentLine, ConversationId)> {
    let space = stage.space(settings, &["Jack", "Mia"]).await?;
    let jack = stage.agent(&space, "Jack").await?;
    jack.sets_available(true).await?;
    let customer = CustomerLine::writes(stage.api(), &space, "Is anybody there?").await?;
    let conversation = customer.talk.conversation;
    jack.accepts().await?;
    chooses(&jack, ".conversation__abandon").await?;
    jack.browser.presses(".dialog__act").await?;
    let why = match has_reasons(&jack).await? {
        true => "Choose a reason first",
        false => "The customer is still here",
    };
    jack.browser.reads(".field__error", why).await?;
    jack.browser.presses(".dialog__head button").await?;
    jack.browser.sees_no("dialog").await?;
    drop(customer);
    let mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
    Ok((jack, mia, conversation))
}

async fn has_reasons(jack: &Agent) -> Result<bool> {
    let script = "return !!document.querySelector('dialog.abandon .chip')";
    jack.browser.runs(script, &[]).await
}

async fn chooses(jack: &Agent, choice: &str) -> Result<()> {
    jack.browser.presses(".conversation__menu").await?;
    jack.browser.presses(choice).await
}

/// Presses OK until the conversation has heard that the customer's socket is gone.
async fn is_abandoned(jack: &Agent) -> Result<()> {
    let script = "const ok = document.querySelector('.dialog__act');
        if (ok && !ok.disabled) ok.click();
        return !ok";
    let _: bool = jack.browser.until("an end of it", script, &[]).await?;
    jack.browser.reads(".conversation .pill", "Closed").await
}

#[test]
fn f103_what_the_customer_has_left_is_abandoned_with_a_note() {
    play(1, async |stage| {
        let (jack, mia, conversation) = left(stage, json!({})).await?;
        chooses(&jack, ".conversation__abandon").await?;
        jack.browser.types("#abandon-note", "Hung up").await?;
        is_abandoned(&jack).await?;
        jack.has_slots("0 of 5 slots").await?;
        jack.reads("Hung up").await?;
        let mut talk = mia.opens(conversation).await?;
        let is_abandoned = |event: &Event| {
            matches!(event, Event::Closed { resolution, .. }
                if resolution.as_str() == "abandoned")
        };
        talk.sees("abandoned", is_abandoned).await?;
        Ok(())
    });
}

#[test]
fn d3_a_ticket_is_cancelled_and_without_one_a_reason_is_asked() {
    play(1, async |stage| {
        let settings = json!({ "reasons": [
            { "id": "hung_up", "name": "Hung up" }, { "id": "spam", "name": "Spam" },
        ] });
        let (jack, mia, conversation) = left(stage, settings).await?;
        chooses(&jack, ".conversation__ticket").await?;
        jack.browser.presses(".dialog__act").await?;
        jack.browser
            .reads(".field__error", "Say what it is about")
            .await?;
        jack.browser
            .types("#ticket-title", "Router is dead\n")
            .await?;
        jack.browser.sees_no("dialog").await?;
        jack.reads("Incident created: Router is dead").await?;
        jack.browser
            .reads(".details__ticket", "Router is dead")
            .await?;
        chooses(&jack, ".conversation__abandon").await?;
        jack.browser
            .reads(".abandon__ticket", "“Router is dead” will be cancelled")
            .await?;
        ensure!(!has_reasons(&jack).await?, "a ticket says why");
        is_abandoned(&jack).await?;
        jack.browser.reads(".details__ticket", "Cancelled").await?;
        let mut talk = mia.opens(conversation).await?;
        let status = TicketStatus::Cancelled;
        talk.sees("cancelled", |event| {
            *event == Event::TicketChanged { status }
        })
        .await?;
        Ok(())
    });
}

#[test]
fn d12_resolving_asks_for_a_reason_where_the_space_has_any() {
    play(1, async |stage| {
        let settings = json!({ "reasons": [{ "id": "refund", "name": "Refund" }] });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        jack.resolves("resolved").await?;
        jack.browser
            .presses(".picker__choice[data-reason=refund]")
            .await?;
        jack.browser.reads(".conversation .pill", "Closed").await?;
        jack.reads("Reason: Refund").await
    });
}
