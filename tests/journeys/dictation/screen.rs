//! Dictation on the screen, with a microphone that speaks: what is recorded is really heard, words go where the cursor is,
//! and nothing is sent by itself.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::browser::{Browser, Screen};
use stage::cast::Customer;
use stage::speech::{heard_by, says};
use stage::transcriber::{Reply, Transcriber, WORDS};
use stage::{Stage, play};
use tempfile::NamedTempFile;

use super::{sets, space};
use crate::access::Inspector;

/// A browser that understands nothing by itself.
const DEAF: &str = "for (const name of ['SpeechRecognition', 'webkitSpeechRecognition'])
    Object.defineProperty(window, name, { value: undefined, configurable: true, writable: true });";

/// A browser that understands what it is told to.
const HEARS: &str = "window.SpeechRecognition = class {
    start() { window.ear = this; window.starts = (window.starts ?? 0) + 1; setTimeout(() => this.onstart?.()); }
    stop() { setTimeout(() => this.onend?.()); }
    abort() { setTimeout(() => this.onend?.()); }
};
window.hears = (transcript, isFinal) =>
    ear.onresult({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
window.fails = (error) => { ear.onerror({ error }); ear.onend?.(); };";

/// A microphone that says something, over and over.
fn microphone(words: &str) -> Result<(NamedTempFile, Vec<String>)> {
    let file = says(words, "en")?;
    let flag = format!(
        "--use-file-for-fake-audio-capture={}",
        file.path().display()
    );
    Ok((file, vec![flag]))
}

/// A space whose recordings are written down.
async fn heard_space(api: &Api) -> Result<(Transcriber, Space)> {
    let transcriber = Transcriber::start().await?;
    let (space, ada) = space(api, json!({ "name": "Larch & Lantern" })).await?;
    sets(api, &space, &ada, &transcriber.settings()).await?;
    Ok((transcriber, space))
}

/// The chat in a tab of its own, in a browser that is made so before it loads anything.
async fn chat(stage: &Stage, space: &Space, flags: &[String], script: &str) -> Result<Browser> {
    let browser = stage
        .browser_with("the customer", Screen::DESKTOP, flags)
        .await?;
    let source = json!({ "source": script });
    browser
        .commands("Page.addScriptToEvaluateOnNewDocument", source)
        .await?;
    let customer = Customer::opens_page_of_chat(browser, stage.api().base(), &space.space).await?;
    comes_near(&customer.browser).await?;
    Ok(customer.browser)
}

/// Whoever comes near to the field sees the button.
async fn comes_near(browser: &Browser) -> Result<()> {
    let over = "document.querySelector('.composer__text').dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))";
    let _: Value = browser.runs(over, &[]).await?;
    browser.sees(".composer__mic").await
}

async fn has_written(browser: &Browser, text: &str) -> Result<()> {
    let script = "return document.querySelector('.composer__text').value === arguments[0]";
    let _: bool = browser.until(text, script, &[json!(text)]).await?;
    Ok(())
}

/// Speaks for so many seconds.
async fn speaks(browser: &Browser, seconds: u32) -> Result<()> {
    browser.presses(".composer__mic").await?;
    browser.reads(".speech__state", "Recording").await?;
    let time =
        "const [minutes, seconds] = document.querySelector('.speech__time').textContent.split(':');
        return minutes * 60 + +seconds >= arguments[0]";
    let _: bool = browser.until("the time", time, &[json!(seconds)]).await?;
    Ok(())
}

async fn is_idle(browser: &Browser) -> Result<()> {
    browser.sees_no(".speech").await?;
    let off =
        "return document.querySelector('.composer__mic').getAttribute('aria-pressed') === 'false'";
    browser
        .until("the button is off", off, &[])
        .await
        .map(|_: bool| ())
}

#[test]
fn f70_sp2_what_is_said_in_the_chat_of_a_page_is_recorded_and_written_where_the_cursor_is() {
    play(1, async |stage| {
        let (transcriber, space) = heard_space(stage.api()).await?;
        let (_file, flags) = microphone("My lamp does not work, and I do not know why.")?;
        let browser = stage
            .browser_with("the customer", Screen::DESKTOP, &flags)
            .await?;
        let customer = Customer::arrives(browser, stage.api().base(), &space.space).await?;
        customer.opens_chat().await?;
        let chat = &customer.browser;
        // The frame is a page of its own: it is deaf from here on.
        let _: Value = chat.runs(DEAF, &[]).await?;
        chat.types(".composer__text", "Hello. Thanks!").await?;
        chat.sees(".composer__mic").await?;
        let place = "document.querySelector('.composer__text').setSelectionRange(6, 6)";
        let _: Value = chat.runs(place, &[]).await?;
        speaks(chat, 2).await?;
        let loud = "return getComputedStyle(document.querySelector('.speech__level')).getPropertyValue('--level') > 0.05";
        let _: bool = chat.until("a level", loud, &[]).await?;
        let on = "const mic = document.querySelector('.composer__mic');
            return [mic.ariaPressed, mic.ariaLabel, document.querySelector('.composer__tools [role=status]').textContent]";
        let told: Vec<String> = chat.runs(on, &[]).await?;
        ensure!(told == ["true", "Dictate", "Recording …"], "{told:?}");
        chat.presses(".composer__mic").await?;
        has_written(chat, &format!("Hello. {WORDS} Thanks!")).await?;
        is_idle(chat).await?;
        chat.reads(".composer__tools [role=status]", &format!("Added: {WORDS}"))
            .await?;

        let asked = transcriber.newest()?;
        ensure!(
            (asked.name.as_str(), asked.kind.as_str()) == ("speech.webm", "audio/webm"),
            "{asked:?}"
        );
        ensure!(
            asked.language.as_deref() == Some("en"),
            "{:?}",
            asked.language
        );
        let heard = heard_by(chat, &asked.sound).await?;
        heard.is_speech(1.5..12.0)?;
        ensure!((heard.rate - 48_000.0).abs() < 0.5, "{heard:?}");
        let sent: u32 = chat
            .runs("return document.querySelectorAll('.message').length", &[])
            .await?;
        ensure!(sent == 0, "nothing is sent by itself");
        Ok(())
    });
}

#[test]
fn sp10_where_the_browser_lacks_its_service_the_sound_is_recorded() {
    play(1, async |stage| {
        let (transcriber, space) = heard_space(stage.api()).await?;
        let (_file, flags) = microphone("Hello, is anybody there?")?;
        let chat = chat(stage, &space, &flags, HEARS).await?;
        for error in ["network", "language-not-supported", "service-not-allowed"] {
            chat.reloads().await?;
            chat.sees(".composer__text").await?;
            comes_near(&chat).await?;
            chat.presses(".composer__mic").await?;
            chat.reads(".speech__state", "Listening").await?;
            let _: Value = chat.runs("fails(arguments[0])", &[json!(error)]).await?;
            chat.reads(".speech__state", "Recording").await?;
            let kept = "return document.querySelector('.speech__time').textContent >= '0:01'";
            let _: bool = chat.until("a second", kept, &[]).await?;
            chat.presses(".composer__mic").await?;
            let text =
                "return document.querySelector('.composer__text').value.endsWith(arguments[0])";
            let _: bool = chat.until(error, text, &[json!(WORDS)]).await?;
            is_idle(&chat).await?;
        }
        ensure!(transcriber.calls().len() == 3);
        // From then on it does not ask in vain.
        speaks(&chat, 1).await?;
        chat.presses(".composer__mic").await?;
        is_idle(&chat).await?;
        let starts: u32 = chat.runs("return starts", &[]).await?;
        ensure!(starts == 1, "{starts}");
        Ok(())
    });
}

#[test]
fn f70_what_the_browser_understands_is_shown_in_grey_and_stays_once_it_is_sure() {
    play(1, async |stage| {
        // Nobody writes recordings down here.
        let space = stage.space(json!({}), &["Jack"]).await?;
        let chat = chat(stage, &space, &[], HEARS).await?;
        let german = format!("{}/chat?space={}&lang=de", stage.api().base(), space.space);
        chat.goes(&german).await?;
        chat.sees(".composer__text").await?;
        comes_near(&chat).await?;
        chat.presses(".composer__mic").await?;
        chat.reads(".speech__state", "Ich höre zu").await?;
        let lang: String = chat.runs("return ear.lang", &[]).await?;
        ensure!(lang == "de-DE", "{lang}");
        let _: Value = chat.runs("hears('Meine Lamp', false)", &[]).await?;
        chat.reads(".speech__words", "Meine Lamp").await?;
        has_written(&chat, "").await?;
        let _: Value = chat
            .runs("hears('Meine Lampe geht nicht.', true)", &[])
            .await?;
        has_written(&chat, "Meine Lampe geht nicht.").await?;
        chat.reads(
            ".composer__tools [role=status]",
            "Hinzugefügt: Meine Lampe geht nicht.",
        )
        .await?;
        // It stops by itself on silence; who has said something goes on.
        let _: Value = chat.runs("ear.onend()", &[]).await?;
        let _: bool = chat.until("it goes on", "return starts === 2", &[]).await?;
        let _: Value = chat
            .runs("hears('Bitte helfen Sie mir.', true)", &[])
            .await?;
        has_written(&chat, "Meine Lampe geht nicht. Bitte helfen Sie mir.").await?;
        chat.presses(".composer__mic").await?;
        is_idle(&chat).await?;
        let sent: u32 = chat
            .runs("return document.querySelectorAll('.message').length", &[])
            .await?;
        ensure!(sent == 0, "nothing is sent by itself");

        // Escape throws away what is not written yet, and leaves the chat open.
        chat.presses(".composer__mic").await?;
        chat.reads(".speech__state", "Ich höre zu").await?;
        let _: Value = chat.runs("hears('Ach nein', false)", &[]).await?;
        chat.types(".composer__text", "\u{e00c}").await?;
        is_idle(&chat).await?;
        let late = "ear.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript: 'zu spät' }], { isFinal: true })] })";
        let _: Value = chat.runs(late, &[]).await?;
        has_written(&chat, "Meine Lampe geht nicht. Bitte helfen Sie mir.").await
    });
}

#[test]
fn sp10_every_error_of_the_browser_is_a_sentence() {
    play(1, async |stage| {
        let space = stage.space(json!({}), &["Jack"]).await?;
        let chat = chat(stage, &space, &[], HEARS).await?;
        let cases = [
            ("no-speech", "Nothing was heard."),
            ("audio-capture", "No microphone was found."),
            ("not-allowed", "The microphone is not allowed here."),
            (
                "network",
                "The speech service of your browser cannot be reached.",
            ),
            (
                "language-not-supported",
                "Your browser does not understand this language.",
            ),
            ("aborted", "Your browser has stopped the dictation."),
        ];
        for (error, sentence) in cases {
            chat.presses(".composer__mic").await?;
            chat.reads(".speech__state", "Listening").await?;
            let _: Value = chat.runs("fails(arguments[0])", &[json!(error)]).await?;
            chat.reads(".speech__state[role=alert]", sentence).await?;
            chat.sees_no(".speech__again").await?;
            chat.presses(".speech__discard").await?;
            is_idle(&chat).await?;
        }
        Ok(())
    });
}

#[test]
fn sp6_what_cannot_be_written_down_is_kept_until_it_can_or_is_thrown_away() {
    play(1, async |stage| {
        stage.excuse(&["the server responded with a status of"]);
        let inspector = Inspector::new()?;
        let (transcriber, space) = heard_space(stage.api()).await?;
        let (_file, flags) = microphone("My lamp does not work.")?;
        let chat = chat(stage, &space, &flags, DEAF).await?;
        inspector.inspects(&chat, "chat-dictation").await?;
        let down = || Reply::Says(503, Some("600"), String::new());
        transcriber.answers([
            down(),
            Reply::Says(200, None, "<html>".into()),
            Reply::Drops,
        ]);
        speaks(&chat, 1).await?;
        inspector
            .inspects(&chat, "chat-dictation-recording")
            .await?;
        chat.presses(".composer__mic").await?;
        for asked in 1..=3 {
            chat.reads(".speech__state[role=alert]", "could not be written down")
                .await?;
            let waits: bool = chat
                .runs(
                    "return document.querySelector('.composer__mic').disabled",
                    &[],
                )
                .await?;
            ensure!(waits, "what is kept is not thrown away by speaking on");
            ensure!(transcriber.calls().len() == asked, "{asked}");
            if asked == 1 {
                inspector.inspects(&chat, "chat-dictation-kept").await?;
            }
            chat.presses(".speech__again").await?;
            // The answer may be there before anybody looks.
            while transcriber.calls().len() == asked {
                chat.sees(".composer__mic").await?;
            }
        }
        has_written(&chat, WORDS).await?;
        is_idle(&chat).await?;
        let calls = transcriber.calls();
        let first = calls.first().context("a call")?;
        ensure!(
            calls.iter().all(|call| call.sound == first.sound),
            "the same recording each time"
        );

        // Thrown away; and nothing heard, which leaves nothing to keep.
        transcriber.answers([down(), Reply::Says(200, None, "{\"text\": \"\"}".into())]);
        speaks(&chat, 1).await?;
        chat.presses(".composer__mic").await?;
        chat.sees(".speech__again").await?;
        chat.presses(".speech__discard").await?;
        is_idle(&chat).await?;
        speaks(&chat, 1).await?;
        chat.presses(".composer__mic").await?;
        chat.reads(".speech__state[role=alert]", "Nothing was heard.")
            .await?;
        chat.sees_no(".speech__again").await?;
        has_written(&chat, WORDS).await
    });
}

#[test]
fn f70_a_microphone_that_is_taken_away_leaves_what_was_said() {
    play(1, async |stage| {
        let (transcriber, space) = heard_space(stage.api()).await?;
        let (_file, flags) = microphone("My lamp does not work.")?;
        let listens = format!(
            "{DEAF} const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (all) => window.stream = await given(all);"
        );
        let chat = chat(stage, &space, &flags, &listens).await?;
        speaks(&chat, 1).await?;
        let gone = "const [track] = stream.getTracks(); track.stop(); track.dispatchEvent(new Event('ended'))";
        let _: Value = chat.runs(gone, &[]).await?;
        chat.reads(".speech__state[role=alert]", "The microphone is gone.")
            .await?;
        ensure!(transcriber.calls().is_empty(), "nothing goes out by itself");
        chat.presses(".speech__again").await?;
        has_written(&chat, WORDS).await?;
        heard_by(&chat, &transcriber.newest()?.sound)
            .await?
            .is_speech(0.5..10.0)?;

        // Escape while it records throws it away, and lets the microphone go.
        speaks(&chat, 1).await?;
        chat.types(".composer__text", "\u{e00c}").await?;
        is_idle(&chat).await?;
        let free = "return stream.getTracks().every((track) => track.readyState === 'ended')";
        let _: bool = chat.until("the microphone is free", free, &[]).await?;
        ensure!(transcriber.calls().len() == 1);
        Ok(())
    });
}

#[test]
fn f70_no_microphone_and_none_that_is_allowed_are_sentences() {
    play(2, async |stage| {
        let (_transcriber, space) = heard_space(stage.api()).await?;
        // The browser has one at hand always: that there is none, it is told.
        let none = format!(
            "{DEAF} navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', 'NotFoundError'); }};"
        );
        let deny = ["--use-fake-ui-for-media-stream=deny".to_owned()];
        let cases = [
            (&deny[..], DEAF, "The microphone is not allowed here."),
            (&[], &*none, "No microphone was found."),
        ];
        for (flags, script, sentence) in cases {
            let chat = chat(stage, &space, flags, script).await?;
            chat.presses(".composer__mic").await?;
            chat.reads(".speech__state[role=alert]", sentence).await?;
            chat.presses(".speech__discard").await?;
            is_idle(&chat).await?;
            chat.types(".composer__text", "Then I type.").await?;
        }
        Ok(())
    });
}

#[test]
fn f70_agents_dictate_replies_and_notes() {
    play(1, async |stage| {
        let (transcriber, space) = heard_space(stage.api()).await?;
        let (_file, flags) = microphone("Good evening.")?;
        let browser = stage.browser_with("Jack", Screen::DESKTOP, &flags).await?;
        let source = json!({ "source": DEAF });
        browser
            .commands("Page.addScriptToEvaluateOnNewDocument", source)
            .await?;
        let base = stage.api().base();
        let jack = stage::cast::Agent::signs_in(browser, base, &space.space, "Jack").await?;
        jack.sets_available(true).await?;
        let _line = stage::line::CustomerLine::writes(stage.api(), &space, "Hello").await?;
        jack.accepts().await?;
        for tab in ["Reply", "Internal note"] {
            jack.chooses(tab).await?;
            let console = &jack.browser;
            console.sees(".composer__mic").await?;
            speaks(console, 1).await?;
            console.presses(".composer__mic").await?;
            has_written(console, WORDS).await?;
            is_idle(console).await?;
            console
                .is_pictured(&format!("console-dictation-{tab}"))
                .await?;
        }
        ensure!(transcriber.calls().len() == 2);
        Ok(())
    });
}

#[test]
fn sp1_where_there_is_no_way_there_is_no_button() {
    play(1, async |stage| {
        let none = stage.space(json!({}), &["Jack"]).await?;
        let off = stage
            .space(json!({ "dictation": false }), &["Jack"])
            .await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        for (space, script) in [(&none, DEAF), (&off, HEARS)] {
            let source = json!({ "source": script });
            browser
                .commands("Page.addScriptToEvaluateOnNewDocument", source)
                .await?;
            let base = stage.api().base();
            browser
                .goes(&format!("{base}/chat?space={}", space.space))
                .await?;
            browser.types(".composer__text", "Hello").await?;
            let drawn = "return !!document.querySelector('.composer__tools')";
            let _: bool = browser.until("the tools", drawn, &[]).await?;
            browser.sees_no(".composer__mic").await?;
        }
        Ok(())
    });
}
