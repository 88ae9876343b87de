//! Transfer from the console: to a colleague or a queue, with a note (D7, F59, F60, F65).

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::conversation::Event;
use shared::space::Command;
use stage::api::Space;
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::proxy::Proxy;
use stage::{Stage, play};

const NOTE: &str = "She waits for a part: call the depot";

/// Jack at the screen with a conversation, in a space with Mia, who is on duty.
async fn talk(
    stage: &Stage,
    base: &str,
    settings: Value,
    mia: Value,
) -> Result<(Space, Agent, AgentLine, CustomerLine)> {
    let agents = vec![json!({ "name": "Jack" }), mia];
    let space = stage.api().space_with(settings, agents).await?;
    let jack = stage.agent_at(base, &space, "Jack").await?;
    jack.sets_available(true).await?;
    let customer = CustomerLine::writes(stage.api(), &space, "Where is my kettle?").await?;
    jack.accepts().await?;
    let mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
    Ok((space, jack, mia, customer))
}

/// Opens the dialog and chooses whom or where by name.
async fn chooses(jack: &Agent, name: &str) -> Result<()> {
    jack.browser.presses(".conversation__transfer").await?;
    picks(jack, name).await
}

async fn picks(jack: &Agent, name: &str) -> Result<()> {
    jack.browser.sees("dialog.transfer").await?;
    let script = "const target = [...document.querySelectorAll('.target')]
            .find((target) => target.querySelector('.target__name').textContent === arguments[0]);
        const radio = target?.querySelector('input');
        if (!radio || radio.disabled) return false;
        radio.click();
        return true";
    let _: bool = jack.browser.until(name, script, &[json!(name)]).await?;
    Ok(())
}

async fn passes_on(jack: &Agent, name: &str, note: &str) -> Result<()> {
    chooses(jack, name).await?;
    jack.browser.types("#transfer-note", note).await?;
    jack.browser.presses(".transfer__send").await
}

async fn is_asked(jack: &Agent) -> Result<()> {
    jack.browser
        .reads(".strip__text", "Transfer to Mia: waiting")
        .await?;
    jack.browser.sees_no("dialog").await
}

async fn focus(jack: &Agent) -> Result<String> {
    let script = "return document.activeElement.id || document.activeElement.className";
    jack.browser.runs(script, &[]).await
}

/// What the log has of the note.
fn notes(customer: &[shared::conversation::Entry]) -> usize {
    let is_note =
        |event: &Event| matches!(event, Event::NotePosted { text } if text.as_str() == NOTE);
    customer
        .iter()
        .filter(|entry| is_note(&entry.event))
        .count()
}

#[test]
fn f59_f60_a_transfer_is_accepted_and_history_and_notes_travel() {
    play(2, async |stage| {
        let agents = vec![json!({ "name": "Jack" }), json!({ "name": "Mia" })];
        let space = stage.api().space_with(json!({}), agents).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "Where is my kettle?").await?;
        jack.accepts().await?;
        jack.writes("Let me look").await?;
        customer.talk.reads("Let me look").await?;
        let mia = stage.agent(&space, "Mia").await?;
        mia.sets_available(true).await?;
        mia.browser.sees_no(".list--transferred").await?;

        passes_on(&jack, "Mia", NOTE).await?;
        is_asked(&jack).await?;
        jack.browser.reads(".strip__time", "1:").await?;
        jack.browser
            .reads(".item__passed", "Transfer to Mia: waiting")
            .await?;
        jack.reads(NOTE).await?;
        // It is Jack's until Mia takes it.
        jack.writes("A colleague will go on").await?;
        customer.talk.reads("A colleague will go on").await?;

        mia.browser
            .reads(
                ".list--transferred .offer__note",
                &format!("From Jack: {NOTE}"),
            )
            .await?;
        mia.browser
            .presses(".list--transferred .offer__open")
            .await?;
        mia.reads("Where is my kettle?").await?;
        mia.reads(NOTE).await?;
        mia.browser.presses(".preview .offer__accept").await?;
        // Before anything else is looked at: a toast goes by itself.
        jack.browser.reads(".toast", "Mia has taken over").await?;
        mia.browser.reads(".conversation .pill", "Active").await?;
        mia.browser.sees_no(".list--transferred").await?;
        mia.writes("I have it now").await?;
        customer.talk.reads("I have it now").await?;
        ensure!(notes(&customer.talk.log) == 0, "the customer gets no note");

        jack.browser.sees_no(".list--mine .item").await?;
        jack.has_slots("0 of 5 slots").await
    });
}

/// Lets the page keep what conversations tell it, as a slow socket does, while `kept` is a list.
const KEEPS: &str = "window.kept = null;
    const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
    Object.defineProperty(WebSocket.prototype, 'onmessage', { set(hear) {
        const keeps = hear && this.url.includes('/conversations/');
        const later = (event) => kept ? kept.push(() => hear(event)) : hear(event);
        set.call(this, keeps ? later : hear);
    } })";

#[test]
fn r35_who_has_it_is_said_whichever_socket_tells_first() {
    play(1, async |stage| {
        let agents = vec![json!({ "name": "Jack" }), json!({ "name": "Mia" })];
        let space = stage.api().space_with(json!({}), agents).await?;
        let jack = stage.agent(&space, "Jack").await?;
        let _: Value = jack.browser.runs(KEEPS, &[]).await?;
        jack.sets_available(true).await?;
        let _customer = CustomerLine::writes(stage.api(), &space, "Where is my kettle?").await?;
        jack.accepts().await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        passes_on(&jack, "Mia", NOTE).await?;
        is_asked(&jack).await?;
        let _: Value = jack.browser.runs("window.kept = []", &[]).await?;
        mia.sees("a transfer", |desk| !desk.transferred.is_empty())
            .await?;
        let offer = mia.desk.transferred[0].offer.clone();
        let (conversation, fence) = (offer.conversation, offer.fence);
        mia.asks(Command::Accept {
            conversation,
            fence,
        })
        .await??;
        // The space has told it, the conversation has not.
        jack.browser.sees_no(".list--mine .item").await?;
        jack.browser
            .until("something kept", "return kept.length > 0", &[])
            .await
            .map(|_: bool| ())?;
        jack.browser.sees_no(".toast").await?;
        let release = "const late = kept; kept = null; late.forEach((hear) => hear())";
        let _: Value = jack.browser.runs(release, &[]).await?;
        jack.browser.reads(".toast", "Mia has taken over").await
    });
}

#[test]
fn f65_a_transfer_needs_a_note_and_says_so() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let (_, jack, mia, _customer) =
            talk(stage, &base, json!({}), json!({ "name": "Mia" })).await?;
        jack.browser.presses(".conversation__transfer").await?;
        jack.browser.presses(".transfer__send").await?;
        jack.browser
            .reads(".field__error", "Choose a colleague or a queue")
            .await?;
        jack.browser.presses(".dialog__head button").await?;
        jack.browser.sees_no("dialog").await?;
        // With the keyboard, so that the focus has a place to come back to.
        jack.browser.types(".conversation__transfer", "\n").await?;
        picks(&jack, "Mia").await?;
        jack.browser.presses(".transfer__send").await?;
        jack.browser
            .reads(".field__error", "Write a note first")
            .await?;
        jack.browser
            .until(
                "the focus",
                "return document.activeElement.id === 'transfer-note'",
                &[],
            )
            .await
            .map(|_: bool| ())?;
        ensure!(mia.desk.transferred.is_empty());
        // Escape closes the dialog, and what was begun is there again.
        jack.browser.types("#transfer-note", "half a ").await?;
        jack.browser.types("#transfer-note", "\u{e00c}").await?;
        jack.browser.sees_no("dialog").await?;
        let place = focus(&jack).await?;
        ensure!(
            place.contains("conversation__transfer"),
            "the focus is at {place}"
        );
        passes_on(&jack, "Mia", "note").await?;
        is_asked(&jack).await?;
        jack.reads("half a note").await
    });
}

#[test]
fn f65_a_declined_transfer_comes_back_and_is_asked_again_with_its_note() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let (_, jack, mut mia, customer) =
            talk(stage, &base, json!({}), json!({ "name": "Mia" })).await?;
        passes_on(&jack, "Mia", NOTE).await?;
        is_asked(&jack).await?;
        let is_there = |desk: &shared::space::Desk| !desk.transferred.is_empty();
        mia.sees("a transfer", is_there).await?;
        declines(&mut mia).await?;
        jack.browser
            .reads(".strip__text", "Mia has declined the transfer")
            .await?;
        jack.browser.reads(".item__passed", "came back").await?;

        jack.browser.presses(".strip__retry").await?;
        jack.browser.presses(".transfer__send").await?;
        is_asked(&jack).await?;
        mia.sees("a transfer", is_there).await?;
        let talk = mia.opens(customer.talk.conversation).await?;
        ensure!(notes(&talk.log) == 1, "one note for both: {:?}", talk.log);
        declines(&mut mia).await?;
        jack.browser.presses(".strip__dismiss").await?;
        jack.browser.sees_no(".item__passed").await?;
        jack.browser.reloads().await?;
        jack.opens_first().await?;
        jack.browser.sees_no(".item__passed").await?;
        jack.writes("Still with me").await?;
        jack.sees_message("Still with me", "sent").await
    });
}

async fn declines(mia: &mut AgentLine) -> Result<()> {
    let offer = mia.desk.transferred[0].offer.clone();
    let decline = Command::Decline {
        conversation: offer.conversation,
        fence: offer.fence,
    };
    mia.asks(decline).await??;
    mia.sees("no transfer", |desk| desk.transferred.is_empty())
        .await
}

#[test]
fn f65_a_transfer_that_runs_out_comes_back() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let settings = json!({ "offer_s": 3 });
        let (_, jack, mut mia, _customer) =
            talk(stage, &base, settings, json!({ "name": "Mia" })).await?;
        passes_on(&jack, "Mia", NOTE).await?;
        jack.browser
            .reads(".strip__text", "Mia did not answer the transfer in time")
            .await?;
        mia.sees("Unavailable", |desk| !desk.me.available).await?;
        jack.browser.reads(".conversation .pill", "Active").await
    });
}

#[test]
fn f65_the_sender_takes_a_transfer_back() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let (_, jack, mut mia, mut customer) =
            talk(stage, &base, json!({}), json!({ "name": "Mia" })).await?;
        passes_on(&jack, "Mia", NOTE).await?;
        is_asked(&jack).await?;
        mia.sees("a transfer", |desk| !desk.transferred.is_empty())
            .await?;
        jack.browser.presses(".strip__take-back").await?;
        mia.sees("no transfer", |desk| desk.transferred.is_empty())
            .await?;
        jack.browser.sees_no(".strip__take-back").await?;
        jack.writes("I stay").await?;
        customer.talk.reads("I stay").await?;
        Ok(())
    });
}

#[test]
fn f65_a_colleague_of_other_queues_gets_it_with_one_of_them() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let settings = json!({ "queues": [{ "name": "returns" }, { "name": "repairs" }] });
        let mia = json!({ "name": "Mia", "queues": ["returns", "repairs"] });
        let (_, jack, mut mia, _customer) = talk(stage, &base, settings, mia).await?;
        passes_on(&jack, "Mia", NOTE).await?;
        jack.browser
            .reads(".field__error", "Choose the queue that it goes to")
            .await?;
        jack.browser
            .reads(".transfer__queues", "Mia does not serve GENERAL")
            .await?;
        let choose = "const chip = [...document.querySelectorAll('.chip')]
                .find((chip) => chip.textContent.includes('repairs'));
            chip?.querySelector('input').click();
            return !!chip";
        let _: bool = jack.browser.until("repairs", choose, &[]).await?;
        jack.browser.presses(".transfer__send").await?;
        is_asked(&jack).await?;
        mia.sees("a transfer", |desk| !desk.transferred.is_empty())
            .await?;
        let offer = mia.desk.transferred[0].offer.clone();
        let accept = Command::Accept {
            conversation: offer.conversation,
            fence: offer.fence,
        };
        mia.asks(accept).await??;
        mia.sees("the work item", |desk| !desk.items.is_empty())
            .await?;
        ensure!(mia.desk.items[0].queue.as_str() == "repairs");
        Ok(())
    });
}

#[test]
fn f65_to_a_queue_it_waits_again_with_its_note() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let settings = json!({ "queues": [{ "name": "returns" }] });
        let mia = json!({ "name": "Mia", "queues": ["returns"] });
        let (_, jack, mut mia, customer) = talk(stage, &base, settings, mia).await?;
        passes_on(&jack, "returns", NOTE).await?;
        jack.browser.reads(".toast", "waits in returns").await?;
        jack.browser.sees_no("dialog").await?;
        jack.has_slots("0 of 5 slots").await?;
        let talk = mia.accepts().await?;
        ensure!(talk.conversation == customer.talk.conversation);
        ensure!(notes(&talk.log) == 1, "{:?}", talk.log);
        Ok(())
    });
}

#[test]
fn f65_a_refused_transfer_is_said_in_words_and_the_note_is_kept() {
    play(1, async |stage| {
        let base = stage.api().base().to_owned();
        let (space, jack, mut mia, customer) =
            talk(stage, &base, json!({}), json!({ "name": "Mia" })).await?;
        chooses(&jack, "Mia").await?;
        mia.sets_available(false).await?;
        jack.browser.types("#transfer-note", NOTE).await?;
        jack.browser.presses(".transfer__send").await?;
        jack.browser
            .reads(".field__error", "Mia is not available")
            .await?;
        let kept: String = jack
            .browser
            .runs("return document.querySelector('#transfer-note').value", &[])
            .await?;
        ensure!(kept == NOTE, "{kept}");
        mia.sets_available(true).await?;
        jack.browser.presses(".transfer__send").await?;
        is_asked(&jack).await?;
        let talk = mia.opens(customer.talk.conversation).await?;
        ensure!(notes(&talk.log) == 1, "{:?}", talk.log);
        drop(space);
        Ok(())
    });
}

#[test]
fn r35_a_lost_connection_delays_a_transfer_and_loses_nothing() {
    play(1, async |stage| {
        stage.excuse(&[
            "WebSocket connection",
            "net::ERR_",
            "Failed to load resource",
        ]);
        let base = stage.api().base().to_owned();
        let port = base.rsplit_once(':').map(|(_, port)| port.parse());
        let proxy = Proxy::to(port.ok_or_else(|| anyhow::anyhow!("a port"))??).await?;
        let (_, jack, mut mia, customer) =
            talk(stage, &proxy.base(), json!({}), json!({ "name": "Mia" })).await?;
        chooses(&jack, "Mia").await?;
        jack.browser.types("#transfer-note", NOTE).await?;
        proxy.cut();
        jack.browser.reads(".bar__link", "Reconnecting").await?;
        jack.browser.presses(".transfer__send").await?;
        jack.browser
            .reads(".dialog__state", "The connection is down")
            .await?;
        jack.browser.presses(".dialog__head button").await?;
        jack.browser
            .reads(".strip__text", "Passing on to Mia")
            .await?;
        // A reload in between loses neither the note nor where it was to go.
        proxy.heal();
        jack.browser.reloads().await?;
        mia.sees("a transfer", |desk| !desk.transferred.is_empty())
            .await?;
        ensure!(mia.desk.transferred[0].note.as_str() == NOTE);
        let talk = mia.opens(customer.talk.conversation).await?;
        ensure!(notes(&talk.log) == 1, "{:?}", talk.log);
        Ok(())
    });
}
