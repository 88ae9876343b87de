//! What did not happen is said in a toast, which a screen reader announces.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::space::Command;
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::play;

/// Presses the row of that customer although it is out of date.
async fn presses_row(jack: &Agent, words: &str) -> Result<()> {
    let script = "const row = [...document.querySelectorAll('.waiting')]
            .find((row) => row.textContent.includes(arguments[0]));
        row?.querySelector('.waiting__take').click();
        return !!row";
    let _: bool = jack.browser.until(words, script, &[json!(words)]).await?;
    Ok(())
}

#[test]
fn pain_u17_who_is_second_is_told_on_the_screen() {
    play(1, async |stage| {
        let manual = json!({ "offer_mode": "manual" });
        let space = stage.space(manual, &["Jack", "Mia"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let mut mia = AgentLine::on_duty(stage.api(), &space, "Mia").await?;
        let first = CustomerLine::writes(stage.api(), &space, "I am the first").await?;
        let second = CustomerLine::writes(stage.api(), &space, "I am the second").await?;
        let _third = CustomerLine::writes(stage.api(), &space, "I am the third").await?;
        jack.browser
            .reads(".waiting:nth-of-type(3) .waiting__words", "I am the third")
            .await?;
        // The region is there before anything is said in it, or nothing would be announced.
        jack.browser
            .until(
                "the region",
                "const region = document.querySelector('.toasts');
                return region.role === 'status' && region.ariaLive === 'polite' && !region.textContent",
                &[],
            )
            .await
            .map(|_: bool| ())?;
        // From here on Jack's list is that of a moment ago.
        let freeze = "const real = window.fetch;
            window.fetch = (url, init) =>
                String(url).includes('/items') ? new Promise(() => {}) : real(url, init)";
        let _: Value = jack.browser.runs(freeze, &[]).await?;
        for customer in [&first, &second] {
            let conversation = customer.talk.conversation;
            mia.asks(Command::Take { conversation }).await??;
        }
        presses_row(&jack, "I am the first").await?;
        let told = "Mia has this conversation already.";
        jack.browser.reads(".toasts .toast", told).await?;
        jack.has_slots("0 of 5 slots").await?;
        jack.browser.sees_no(".conversation .composer").await?;
        jack.browser.presses(".toast__close").await?;
        jack.browser.sees_no(".toast").await?;
        // Nobody has to put it away.
        presses_row(&jack, "I am the second").await?;
        jack.browser.reads(".toasts .toast", told).await?;
        jack.browser.sees_no(".toast").await?;
        presses_row(&jack, "I am the third").await?;
        jack.browser.reads(".conversation .pill", "Active").await?;
        let count: u32 = jack
            .browser
            .runs("return document.querySelectorAll('.toast').length", &[])
            .await?;
        ensure!(count == 0, "{count} toasts");
        Ok(())
    });
}
