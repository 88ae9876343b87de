//! What becomes of messages (P29), as both sides see it: other words, deleting, answers, reactions.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::conversation::{Change, Command, Event};
use shared::refusal::Refusal;
use shared::text::{Emoji, MessageText};
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::line::{AgentLine, CustomerLine};
use stage::play;

use crate::access::Inspector;

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
            .reads(".message__fate", "edited❤️1")
            .await?;
        customer.browser.reloads().await?;
        customer.opens_chat().await?;
        customer
            .browser
            .reads(".message__fate", "edited❤️1")
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

/// Opens the menu of the newest message of that kind, and presses an item of it.
async fn chooses(browser: &Browser, kind: &str, item: &str) -> Result<()> {
    let open = "const all = [...document.querySelectorAll(arguments[0] + ' .message__more')];
        const more = all.filter((it) => it.checkVisibility({ visibilityProperty: true })).pop();
        if (more?.ariaExpanded === 'false') more.click();
        return !!document.querySelector('.message__menu')";
    let what = format!("the menu of {kind}");
    let _: bool = browser.until(&what, open, &[json!(kind)]).await?;
    presses(browser, item).await
}

/// Presses an item of the open menu.
async fn presses(browser: &Browser, item: &str) -> Result<()> {
    let press = "const items = [...document.querySelectorAll('.message__menu [role^=menuitem]')];
        const item = items.find((it) => it.textContent === arguments[0]);
        item?.click();
        return !!item";
    let what = format!("{item:?} in the menu");
    browser
        .until(&what, press, &[json!(item)])
        .await
        .map(|_: bool| ())
}

#[test]
fn p29_cg1_cg3_cg5_cg7_both_sides_edit_answer_react_and_delete() {
    play(2, async |stage| {
        let inspector = Inspector::new()?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("My lamp is borken").await?;
        jack.is_offered().await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        let chat = &customer.browser;

        // Other words; what was being typed comes back.
        chat.types(".composer__text", "It is").await?;
        chooses(chat, ".message--out", "Edit").await?;
        chat.reads(".composer__aim", "Editing message").await?;
        let _: Value = chat
            .runs("document.querySelector('.composer__text').select()", &[])
            .await?;
        chat.types(".composer__text", "My lamp is broken\n").await?;
        chat.reads(".message--out .message__fate", "edited").await?;
        let field = "return document.querySelector('.composer__text').value === 'It is'";
        let _: bool = chat.until("the draft is back", field, &[]).await?;
        jack.reads("My lamp is broken").await?;
        jack.browser.reads(".message__fate", "edited").await?;
        customer.writes(" blue").await?;
        jack.reads("It is blue").await?;

        // A reaction, and back.
        chooses(&jack.browser, ".message--in", "👍").await?;
        chat.reads(".message--out .message__chip", "👍1").await?;
        let name = "return document.querySelector('.message__chip').ariaLabel === '👍 1'";
        let _: bool = chat.until("who reacts", name, &[]).await?;
        chat.presses(".message__chip").await?;
        jack.browser.reads(".message__chip", "👍2").await?;
        chat.presses(".message__chip[aria-pressed=true]").await?;
        jack.browser.reads(".message__chip", "👍1").await?;

        // An answer, which leads to what it answers.
        chooses(&jack.browser, ".message--in", "Reply").await?;
        jack.browser.reads(".composer__aim", "It is blue").await?;
        jack.writes("Then it is the bulb").await?;
        chat.reads(".message--in .message__quote", "It is blue")
            .await?;
        chat.presses(".message--in .message__quote").await?;
        let leads = "return document.activeElement.closest('.message--out')?.textContent.includes('It is blue')";
        let _: bool = chat.until("it leads there", leads, &[]).await?;

        // Deleting asks once more, and takes the words from the answer, too.
        chooses(chat, ".message--out", "Delete").await?;
        presses(chat, "Delete for everybody?").await?;
        for browser in [chat, &jack.browser] {
            browser
                .reads(".message__bubble--gone", "This message was deleted")
                .await?;
            browser
                .reads(".message__quote", "This message was deleted")
                .await?;
        }

        // Whoever comes only now reads the same.
        jack.browser.reloads().await?;
        jack.opens_first().await?;
        jack.reads("My lamp is broken").await?;
        jack.browser
            .reads(".message__bubble--gone", "This message was deleted")
            .await?;
        let text: String = jack
            .browser
            .runs("return document.querySelector('.log').textContent", &[])
            .await?;
        ensure!(!text.contains("borken") && !text.contains("blue"), "{text}");

        // By the keyboard alone: Up in the empty field edits what was written last.
        customer.writes("Thank yuo").await?;
        chat.types(".composer__text", "\u{e013}").await?;
        chat.reads(".composer__aim", "Editing message").await?;
        chat.types(".composer__text", "\u{e003}\u{e003}ou\n")
            .await?;
        jack.reads("Thank you").await?;

        // Nothing is to be found in the menu, either, in any view.
        let open = "const more = [...document.querySelectorAll('.message--out .message__more')]
                .filter((it) => it.checkVisibility({ visibilityProperty: true })).pop();
            if (more?.ariaExpanded === 'false') more.click();
            return !!document.querySelector('.message__menu')";
        let _: bool = chat.until("the menu", open, &[]).await?;
        inspector.inspects(chat, "message-menu").await?;
        let _: bool = jack
            .browser
            .until("the menu", &open.replace("--out", "--in"), &[])
            .await?;
        inspector
            .inspects(&jack.browser, "message-menu-console")
            .await?;

        // After the end there is no menu.
        jack.ends().await?;
        chat.sees(".log[data-quiet]").await?;
        Ok(())
    });
}

#[test]
fn p29_any_emoji_is_a_reaction() {
    play(1, async |stage| {
        let inspector = Inspector::new()?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let browser = stage.browser("the customer", Screen::NARROW).await?;
        let base = stage.api().base();
        let customer = Customer::opens_page_of_chat(browser, base, &space.space).await?;
        let browser = &customer.browser;
        customer.writes("My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        talk.writes("A new one is on its way").await?;
        customer.reads("on its way").await?;
        browser.presses(".message--in .message__more").await?;
        browser.sees(".message__menu").await?;
        let fits = "const menu = document.querySelector('.message__menu').getBoundingClientRect();
            return menu.left >= 0 && menu.right <= innerWidth";
        let _: bool = browser.until("the menu on the screen", fits, &[]).await?;
        browser.is_pictured("message-menu-phone").await?;
        browser.presses(".message__quick button:last-child").await?;
        browser.types(".emoji__find", "rocket\n").await?;
        browser.reads(".message__chip", "🚀").await?;
        browser.sees_no(".emoji").await?;
        let reacted = |event: &Event| matches!(event, Event::MessageChanged { .. });
        talk.sees("the reaction", reacted).await?;
        let drafted = "return document.querySelector('.composer__text').value";
        let drafted: String = browser.runs(drafted, &[]).await?;
        ensure!(drafted.is_empty(), "{drafted}");
        // Escape leaves it, and nothing has happened.
        browser.presses(".message--in .message__more").await?;
        browser.presses(".message__quick button:last-child").await?;
        browser.types(".emoji__find", "\u{e00c}").await?;
        browser.sees_no(".emoji").await?;
        inspector.inspects(browser, "chat-reacted").await
    });
}
