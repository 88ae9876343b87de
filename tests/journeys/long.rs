//! A long log: few of its lines are drawn, and the reader notices nothing of it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::Command;
use shared::text::MessageText;
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::line::AgentLine;
use stage::play;

/// More than are drawn at a time.
const LINES: usize = 400;
/// Elements of a log that are drawn at most, with some room.
const DRAWN_MAX: usize = 180;

/// The numbers of the first and of the last message on the screen, and how many are drawn.
const LOOK: &str = "const log = document.querySelector('.log');
    const { top, bottom } = log.getBoundingClientRect();
    const all = [...log.querySelectorAll('.message__bubble')];
    const isSeen = (bubble) => {
        const place = bubble.getBoundingClientRect();
        return place.bottom > top && place.top < bottom;
    };
    const seen = all.filter(isSeen).map((bubble) => parseInt(bubble.textContent));
    return [seen[0] ?? null, seen.at(-1) ?? null, all.length, log.getAttribute('aria-busy')]";

async fn looks(browser: &Browser) -> Result<(Option<usize>, Option<usize>, usize)> {
    let (first, last, drawn, _): (_, _, _, Value) = browser.runs(LOOK, &[]).await?;
    ensure!(drawn < DRAWN_MAX, "{drawn} lines are drawn");
    Ok((first, last, drawn))
}

/// Scrolls to a place, and waits until lines are there.
async fn scrolls(browser: &Browser, place: &str) -> Result<()> {
    let script = format!("const log = document.querySelector('.log'); log.scrollTop = {place}");
    browser.runs::<()>(&script, &[]).await?;
    let script = format!(
        "const [first, , , busy] = (() => {{ {LOOK} }})();
        return first !== null && !busy"
    );
    browser
        .until("lines on the screen", &script, &[])
        .await
        .map(|_: bool| ())
}

#[test]
fn u9_a_long_log_is_read_to_its_beginning_and_back() {
    play(1, async |stage| {
        let limits = json!({ "messages_burst": 10_000, "messages_per_10s": 10_000 });
        let space = stage.space(limits, &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let browser = stage.browser("the customer", Screen::PHONE).await?;
        let base = stage.api().base();
        let customer = Customer::opens_page_of_chat(browser, base, &space.space).await?;
        customer.writes("0 My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        for line in 1..LINES {
            talk.writes(&format!("{line} Have you tried another bulb?"))
                .await?;
        }
        let browser = &customer.browser;
        let newest = format!("{} Have", LINES - 1);
        browser.reads(".log", &newest).await?;
        browser.reloads().await?;
        browser.reads(".log", &newest).await?;
        let is_last = format!("return (() => {{ {LOOK} }})()[1] == {}", LINES - 1);
        let _: bool = browser
            .until("the newest on the screen", &is_last, &[])
            .await?;

        // Up, screen by screen: no line is left out, and none jumps.
        let (mut first, _, _) = looks(browser).await?;
        while first != Some(0) {
            let before = first;
            scrolls(browser, "log.scrollTop - log.clientHeight / 2").await?;
            let (now, last, _) = looks(browser).await?;
            ensure!(now < before, "{now:?} is not above {before:?}");
            ensure!(
                last >= before,
                "lines between {last:?} and {before:?} were not seen"
            );
            first = now;
        }
        browser.is_pictured("long-first").await?;
        // What is said meanwhile does not move the reader.
        talk.writes(&format!("{LINES} Are you still there?"))
            .await?;
        browser.sees(".log__new").await?;
        ensure!(looks(browser).await?.0 == Some(0), "the reader was moved");
        browser.presses(".log__new").await?;
        let is_last = format!("return (() => {{ {LOOK} }})()[1] == {LINES}");
        let _: bool = browser
            .until("the newest on the screen", &is_last, &[])
            .await?;
        looks(browser).await?;

        // Anywhere, at once.
        scrolls(browser, "log.scrollHeight / 2").await?;
        let (middle, _, _) = looks(browser).await?;
        let middle = middle.unwrap_or_default();
        ensure!(
            (100..300).contains(&middle),
            "{middle} is not in the middle"
        );
        scrolls(browser, "0").await?;
        ensure!(
            looks(browser).await?.0 == Some(0),
            "the first line does not come"
        );
        // An answer leads to what it answers, wherever the reader is.
        let message = talk
            .log
            .iter()
            .find_map(|entry| entry.id)
            .context("a message")?;
        let text = MessageText::parse("This is the answer")?;
        let reply_to = Some(message);
        talk.asks(Command::Post { text, reply_to }).await??;
        scrolls(browser, "log.scrollHeight").await?;
        browser.reads(".log", "This is the answer").await?;
        browser.reloads().await?;
        browser.presses(".message__quote").await?;
        let is_first = format!("return (() => {{ {LOOK} }})()[0] == 0");
        let _: bool = browser
            .until("the message that is answered", &is_first, &[])
            .await?;
        Ok(())
    });
}
