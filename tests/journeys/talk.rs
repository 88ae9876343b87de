//! The main story: from the script tag to a conversation that both enjoy.

use anyhow::ensure;
use serde_json::{Value, json};
use stage::play;

#[test]
fn f50_a_customer_and_an_agent_talk() {
    play(2, async |stage| {
        let space = stage
            .space(json!({ "name": "Corner Shop" }), &["Jack"])
            .await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        jack.has_slots("0 of 5 slots").await?;

        let customer = stage.customer(&space).await?;
        customer
            .page_says("set", json!({ "name": "Zoë Lind" }))
            .await?;
        customer.opens_chat().await?;
        customer
            .browser
            .reads(".header__name", "Corner Shop")
            .await?;
        customer
            .browser
            .reads(".welcome__title", "How can we help?")
            .await?;
        customer
            .writes("Hello, my parcel has not come yet.")
            .await?;
        customer.is_told("Waiting for agent").await?;
        customer.browser.sees(".waiting").await?;

        let name = jack.is_offered().await?;
        ensure!(name == "Zoë Lind", "{name}");
        jack.browser
            .reads(".offer__words", "Hello, my parcel")
            .await?;
        let left: u32 = jack
            .browser
            .until(
                "a countdown",
                "return parseInt(document.querySelector('.offer .ring__text')?.textContent)",
                &[],
            )
            .await?;
        ensure!((100..=120).contains(&left), "{left} s left of 120");
        jack.has_slots("1 of 5 slots").await?;
        jack.accepts().await?;
        jack.reads("Hello, my parcel has not come yet.").await?;

        customer.is_told("Jack is online").await?;
        customer.reads("Jack is online").await?;
        jack.types("Good morning!").await?;
        customer.browser.reads(".typing", "Jack is typing").await?;
        jack.writes(" Which number is it?").await?;
        customer.reads("Good morning! Which number is it?").await?;
        jack.sees_message("Good morning! Which number is it?", "read")
            .await?;

        customer.types("It is").await?;
        jack.browser.reads(".typing", "is typing").await?;
        customer.writes(" 4711").await?;
        jack.reads("It is 4711").await?;
        customer.sees_message("It is 4711", "read").await?;
        jack.writes("Let me see").await?;

        let said = |kind: &str, text: &str| (kind.to_owned(), text.to_owned());
        customer.reads("Let me see").await?;
        let log = customer.log().await?;
        let messages: Vec<_> = log
            .iter()
            .filter(|line| matches!(line.kind.as_str(), "in" | "out"))
            .map(|line| (line.kind.clone(), line.text.clone()))
            .collect();
        let expected = [
            said("out", "Hello, my parcel has not come yet."),
            said("in", "Good morning! Which number is it?"),
            said("out", "It is 4711"),
            said("in", "Let me see"),
        ];
        ensure!(messages == expected, "{log:?}");
        Ok(())
    });
}

#[test]
fn f68_a_note_is_for_the_team_alone() {
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        let name = jack.is_offered().await?;
        let number = name.strip_prefix("Guest ").unwrap_or_default();
        ensure!(number.len() == 4 && number.parse::<u32>().is_ok(), "{name}");
        jack.accepts().await?;
        jack.notes("a difficult one").await?;
        jack.browser
            .reads(".message--note .message__bubble", "a difficult one")
            .await?;
        jack.chooses("Reply").await?;
        jack.writes("Good morning").await?;
        customer.reads("Good morning").await?;
        let log = customer.log().await?;
        ensure!(
            log.iter().all(|line| !line.text.contains("difficult")),
            "{log:?}"
        );
        Ok(())
    });
}

#[test]
fn mk3_mk5_small_markdown_is_shown_on_both_sides() {
    const TEXT: &str = "**Two** things: [track it](https://parcel.example/4711), and\n\
        - the *blue* one\n- `4711`\n> Is it on its way?";
    const SHOWN: &str = r#"
        const bubble = [...document.querySelectorAll(".message__bubble")].at(-1);
        const link = bubble?.querySelector("p > a");
        return link && {
            text: bubble.querySelector("p").textContent,
            marks: [...bubble.querySelectorAll("strong, em, code, li, blockquote")].map((part) => part.localName).join(" "),
            link: [link.href, link.rel, link.target].join(" "),
        };"#;
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        let paste = "const field = document.querySelector('textarea.composer__text');
            field.focus();
            document.execCommand('insertText', false, arguments[0]);";
        for browser in [&jack.browser, &customer.browser] {
            let _: Value = browser.runs(paste, &[json!(TEXT)]).await?;
            browser.presses(".composer__send").await?;
        }
        for browser in [&jack.browser, &customer.browser] {
            let shown: Value = browser.until("the list", SHOWN, &[]).await?;
            let expected = json!({
                "text": "Two things: track it (parcel.example), and",
                "marks": "strong li em li code blockquote",
                "link": "https://parcel.example/4711 noopener noreferrer nofollow _blank",
            });
            ensure!(shown == expected, "{}: {shown}", browser.name);
            browser
                .is_pictured(&format!("markdown-{}", browser.name))
                .await?;
        }
        Ok(())
    });
}

#[test]
fn f67_text_is_text_whatever_it_holds() {
    let texts = [
        "<img src=x onerror=alert(1)>",
        "<script>document.title='gone'</script>",
        "{{constructor.constructor('alert(1)')()}}",
        "javascript:alert(1)",
        "שלום עולם, abc, مرحبا",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "a\u{202e}gnp.exe",
    ];
    play(2, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let customer = stage.customer(&space).await?;
        customer.opens_chat().await?;
        customer.writes("Hello").await?;
        jack.accepts().await?;
        // The driver cannot type what lies outside the first plane: paste, as people do.
        let paste = "const field = document.querySelector('textarea.composer__text');
            field.focus();
            document.execCommand('insertText', false, arguments[0]);";
        for text in texts {
            let _: serde_json::Value = customer.browser.runs(paste, &[json!(text)]).await?;
            customer.browser.presses(".composer__send").await?;
            jack.reads(text).await?;
            let _: serde_json::Value = jack.browser.runs(paste, &[json!(text)]).await?;
            jack.browser.presses(".composer__send").await?;
            customer.sees_message(text, "read").await?;
        }
        for browser in [&customer.browser, &jack.browser] {
            let foreign: u32 = browser
                .runs(
                    "return document.querySelectorAll('.log img, .log script, .log a').length",
                    &[],
                )
                .await?;
            ensure!(foreign == 0, "markup in the log");
        }
        Ok(())
    });
}
