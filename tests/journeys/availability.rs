//! The menu beside the switch: for how many chats at a time (F43, F44), and in all spaces (F41).

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::Command;
use shared::text::Label;
use stage::browser::Screen;
use stage::cast::Agent;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

const OPEN: &str = ".availability__open";

async fn chooses(jack: &Agent, choice: &str) -> Result<()> {
    jack.browser.presses(OPEN).await?;
    jack.browser
        .presses(&format!(".availability .picker {choice}"))
        .await?;
    jack.browser.sees_no(".availability .picker").await
}

async fn has_chats(jack: &Agent, count: usize) -> Result<()> {
    let script = "return document.querySelectorAll('.list--mine .item').length === arguments[0]";
    let what = format!("{count} chats");
    jack.browser
        .until(&what, script, &[json!(count)])
        .await
        .map(|_: bool| ())
}

async fn focus(jack: &Agent) -> Result<String> {
    jack.browser
        .runs("return document.activeElement.className", &[])
        .await
}

#[test]
fn f43_f44_chats_come_by_themselves_up_to_the_number_that_the_agent_chose() {
    play(1, async |stage| {
        let settings = json!({ "offer_mode": "auto_accept", "conversation_limit": 4 });
        let space = stage.space(settings, &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        // F43: enabled by default, for as many as the limit.
        jack.browser
            .reads(".switch__text", "Available for 4")
            .await?;
        chooses(&jack, "[data-chats='2']").await?;
        jack.is_available(true).await?;
        jack.browser
            .reads(".switch__text", "Available for 2")
            .await?;
        jack.browser
            .reads(".switch__more", "room for 2 more")
            .await?;

        let mut customers = Vec::new();
        for text in ["I am the first", "I am the second", "I am the third"] {
            customers.push(CustomerLine::writes(stage.api(), &space, text).await?);
        }
        has_chats(&jack, 2).await?;
        jack.browser.reads(".switch__more", "no room").await?;
        jack.browser
            .reads(".list--queue .waiting__words", "I am the third")
            .await?;
        jack.is_offered_nothing().await?;
        jack.has_slots("2 of 4 slots").await?;

        // Whoever switches off keeps what is there, and gets nothing more.
        jack.sets_available(false).await?;
        let mut jack_elsewhere = AgentLine::signs_in(stage.api(), &space, "Jack").await?;
        let first = customers.first().context("nobody")?.talk.conversation;
        let mut talk = jack_elsewhere.opens(first).await?;
        let resolved = Command::Resolve {
            resolution: Label::parse("resolved")?,
            reason: None,
        };
        talk.asks(resolved).await??;
        has_chats(&jack, 1).await?;
        jack_elsewhere
            .sees("one slot", |desk| desk.me.used == 1)
            .await?;
        jack.browser
            .reads(".list--queue .waiting__words", "I am the third")
            .await?;

        // The switch remembers the number; the menu takes another.
        jack.sets_available(true).await?;
        has_chats(&jack, 2).await?;
        jack.browser
            .reads(".switch__text", "Available for 2")
            .await?;
        chooses(&jack, "[data-chats='4']").await?;
        jack.browser
            .reads(".switch__more", "room for 2 more")
            .await?;
        let _fourth = CustomerLine::writes(stage.api(), &space, "I am the fourth").await?;
        has_chats(&jack, 3).await?;
        chooses(&jack, "[data-available=false]").await?;
        jack.is_available(false).await
    });
}

#[test]
fn f41_available_and_unavailable_in_all_spaces_from_the_menu() {
    play(1, async |stage| {
        let api = stage.api();
        let first = api.space(json!({ "name": "North" }), &["Jack"]).await?;
        let agent = api.sign_in(&first, "Jack").await?.agent;
        let jack = json!({ "agent": agent, "name": "Jack" });
        let second = api
            .space_with(json!({ "name": "South" }), vec![jack])
            .await?;
        let mut there = AgentLine::on_duty(api, &second, "Jack").await?;
        let jack = stage.agent(&first, "Jack").await?;
        jack.sets_available(true).await?;
        for available in [false, true] {
            // Spaces tell the account by themselves: the menu is opened until it knows both.
            let script = "const menu = document.querySelector('.availability .picker');
                const words = menu?.querySelector('.availability__spaces')?.textContent ?? '';
                if (words.includes('North') && words.includes('South')) return true;
                document.querySelector('.availability__open').click();
                return false";
            let _: bool = jack.browser.until("both spaces", script, &[]).await?;
            let choice = format!(".availability [data-everywhere={available}]");
            jack.browser.presses(&choice).await?;
            jack.is_available(available).await?;
            there
                .sees("the wish", |desk| desk.me.available == available)
                .await?;
            jack.browser
                .reads(".toasts .toast", "Your 2 spaces are being told.")
                .await?;
        }
        Ok(())
    });
}

/// By the keyboard alone, on the narrowest screen.
async fn walks(stage: &Stage, mode: &str, first: &str) -> Result<()> {
    let settings = json!({ "offer_mode": mode, "conversation_limit": 100 });
    let space = stage.space(settings, &["Jack"]).await?;
    let browser = stage.first_browser().context("no browser")?;
    browser.shows(Screen::NARROW).await?;
    let jack = Agent::signs_in(browser, stage.api().base(), &space.space, "Jack").await?;
    jack.browser.types(OPEN, "\u{e007}").await?;
    jack.browser.sees(".availability .picker").await?;
    let is_first = "return document.activeElement.className.includes(arguments[0])";
    let _: bool = jack
        .browser
        .until("the focus on the first", is_first, &[json!(first)])
        .await?;
    let (left, right, screen): (f64, f64, f64) = jack
        .browser
        .runs(
            "const box = document.querySelector('.availability .picker').getBoundingClientRect();
            return [box.left, box.right, innerWidth]",
            &[],
        )
        .await?;
    ensure!(
        left >= 0.0 && right <= screen,
        "{left} to {right} of {screen}"
    );
    jack.browser.types(&format!(".{first}"), "\u{e015}").await?; // arrow down
    ensure!(focus(&jack).await?.contains("availability__"), "nowhere");
    jack.browser.types(":focus", "\u{e00c}").await?; // Escape
    jack.browser.sees_no(".availability .picker").await?;
    ensure!(focus(&jack).await?.contains("availability__open"), "lost");
    let _: Value = jack.browser.runs("sessionStorage.clear()", &[]).await?;
    Ok(())
}

#[test]
fn f43_the_menu_works_by_keyboard_on_a_narrow_screen() {
    play(1, async |stage| {
        stage.browser("Jack", Screen::NARROW).await?;
        walks(stage, "offer", "availability__choice").await?;
        walks(stage, "auto_accept", "availability__number").await
    });
}
