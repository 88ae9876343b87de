//! SP2 to SP7, SP10 and SP11.

use alloc::format;
use alloc::string::ToString;

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn sp2_a_recording_is_told_by_its_bytes() {
    let webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm";
    let cases: [(&[u8], Result<Kind, Unheard>); 9] = [
        (webm, Ok(Kind::Weba)),
        (b"OggS\0\x02rest", Ok(Kind::Ogg)),
        (b"\0\0\0\x20ftypM4A rest", Ok(Kind::M4a)),
        (b"\0\0\0\x20ftypiso5rest", Ok(Kind::M4a)),
        (b"RIFF\x24\0\0\0WAVEfmt ", Ok(Kind::Wav)),
        (b"", Err(Unheard::Empty)),
        (b"{\"sound\": true}", Err(Unheard::NotTaken)),
        (b"\x89PNG\r\n\x1a\nrest", Err(Unheard::NotTaken)),
        (b"<script>", Err(Unheard::NotTaken)),
    ];
    for (sound, expected) in cases {
        assert_eq!(kind(sound), expected, "{sound:?}");
    }
}

#[test]
fn sp3_a_language_is_its_first_word() {
    let cases = [
        ("de", Some("de")),
        ("de-DE", Some("de")),
        ("pt_BR", Some("pt")),
        ("ZH-Hans", Some("zh")),
        ("haw", Some("haw")),
        ("", None),
        ("x", None),
        ("german", None),
        ("d\u{e9}", None),
        ("de\r\n", None),
        ("d\"", None),
    ];
    for (tag, expected) in cases {
        assert_eq!(language(tag).as_deref(), expected, "{tag:?}");
    }
}

#[test]
fn sp4_a_recording_has_an_ending_that_transcribers_know() {
    let names = [Kind::Weba, Kind::Ogg, Kind::M4a, Kind::Wav].map(file_name);
    assert_eq!(
        names,
        ["speech.webm", "speech.ogg", "speech.m4a", "speech.wav"]
    );
}

#[test]
fn sp7_a_stored_transcriber_is_read_for_ever() {
    let by = AgentId::from_bytes([7; 16]);
    let transcriber = Transcriber {
        url: "https://speech.example/v1".into(),
        model: "whisper-1".into(),
        key: String::new(),
        last4: String::new(),
        by,
        at: Timestamp::from_millis(42),
    };
    let stored = format!("https://speech.example/v1\nwhisper-1\n\n\n{by}\n42");
    assert_eq!(String::from(transcriber.clone()), stored);
    assert_eq!(
        Transcriber::try_from(stored.clone()),
        Ok(transcriber.clone())
    );
    let newer = stored.clone() + "\nwhat a later release adds";
    assert_eq!(Transcriber::try_from(newer), Ok(transcriber));
    for torn in ["", "a\nb\nc\nd\ne\n1", &stored[..stored.len() - 2]] {
        assert_eq!(
            Transcriber::try_from(torn.to_string()),
            Err(Torn),
            "{torn:?}"
        );
    }
}

#[test]
fn sp5_an_answer_is_bad_until_it_is_read() {
    let of = |text: &str| heard(&json!({ "text": text }).to_string());
    assert_eq!(
        of(" My lamp does not work. \n").unwrap(),
        "My lamp does not work."
    );
    assert_eq!(of("one\ntwo\tthree").unwrap(), "one\ntwo three");
    assert_eq!(
        of("\u{645}\u{6cc}\u{200c}\u{62e}").unwrap(),
        "\u{645}\u{6cc}\u{200c}\u{62e}"
    );
    assert_eq!(of("a\u{202e}b\u{200b}c\0d\u{1b}[31m").unwrap(), "abcd[31m");
    assert_eq!(
        of("<b>&amp;</b>").unwrap(),
        "<b>&amp;</b>",
        "it is shown as text"
    );
    assert_eq!(of(&"x".repeat(20_000)).unwrap().len(), MESSAGE_MAX);
    for nothing in ["", " ", "\n\u{200b}", "...", "\u{266a}"] {
        assert_eq!(of(nothing), Err(Unheard::Nothing), "{nothing:?}");
    }
    let unfit = [
        "",
        "null",
        "[]",
        "\"text\"",
        "{}",
        "{\"text\":null}",
        "{\"text\":[\"a\"]}",
        "{\"text\":1}",
        "{\"error\":{\"message\":\"no\"}}",
        "<html>",
        "{\"text\":\"a\"",
    ];
    for answer in unfit {
        assert_eq!(heard(answer), Err(Unheard::Unfit), "{answer}");
    }
    let more = json!({ "text": "hi", "segments": [], "vtt": "WEBVTT" }).to_string();
    assert_eq!(heard(&more).unwrap(), "hi");
}

#[test]
fn sp6_what_is_refused_is_final_and_what_is_down_is_asked_once_more() {
    let cases = [
        (400, None, None, false),
        (401, Some("0"), None, false),
        (413, None, None, false),
        (408, Some("0"), None, true),
        (429, None, None, true),
        (429, Some("0"), Some(0), true),
        (429, Some(" 3 "), Some(3), true),
        (429, Some("4"), None, true),
        (500, None, Some(0), true),
        (503, Some("2"), Some(2), true),
        (503, Some("60"), None, true),
        (503, Some("Mon, 23 Nov 2026 10:00:00 GMT"), None, true),
        (503, Some("-1"), None, true),
        (200, None, None, false),
    ];
    for (status, header, pause, later) in cases {
        assert_eq!(again(status, header), pause, "{status} {header:?}");
        assert_eq!(is_later(status), later, "{status}");
    }
}

#[test]
fn sp7_a_model_and_a_key_end_no_field_and_no_header() {
    for good in ["whisper-1", "openai/whisper-large-v3", "sk-proj-_x.y", ""] {
        assert!(is_word(good), "{good}");
    }
    for bad in [
        "a b",
        "a\"b",
        "a\r\nb",
        "\u{e4}",
        "\0",
        &"x".repeat(WORD_MAX + 1),
    ] {
        assert!(!is_word(bad), "{bad}");
    }
}

#[test]
fn sp10_every_error_of_a_browser_has_its_word() {
    let cases = [
        ("no-speech", "nothing_heard", "nothing_heard"),
        ("audio-capture", "microphone_missing", "microphone_missing"),
        ("not-allowed", "microphone_refused", "microphone_refused"),
        ("network", "record", "speech_network"),
        ("service-not-allowed", "record", "speech_network"),
        ("language-not-supported", "record", "speech_language"),
        ("aborted", "speech_stopped", "speech_stopped"),
        ("bad-grammar", "speech_stopped", "speech_stopped"),
        (
            "NotAllowedError",
            "microphone_refused",
            "microphone_refused",
        ),
        ("NotFoundError", "microphone_missing", "microphone_missing"),
        ("NotReadableError", "microphone_busy", "microphone_busy"),
        ("", "speech_stopped", "speech_stopped"),
    ];
    for (error, with, without) in cases {
        assert_eq!(trouble(error, true), with, "{error}");
        assert_eq!(trouble(error, false), without, "{error}");
    }
}

#[test]
fn sp11_a_language_is_spoken_in_a_country() {
    let cases = [
        ("de", "de-DE"),
        ("de-CH", "de-CH"),
        ("en", "en-US"),
        ("en-GB", "en-GB"),
        ("pt-BR", "pt-BR"),
        ("pt-PT", "pt-PT"),
        ("zh-Hans", "zh-CN"),
        ("zh-Hant-TW", "zh-TW"),
        ("sv", "sv"),
        ("", ""),
    ];
    for (tag, expected) in cases {
        assert_eq!(spoken(tag), expected, "{tag}");
    }
}

proptest! {
    /// Whatever comes back is short, visible and has something in it.
    #[test]
    fn sp5_whatever_is_heard_can_be_shown(text in any::<String>()) {
        if let Ok(heard) = heard(&json!({ "text": text }).to_string()) {
            prop_assert!(heard.chars().count() <= MESSAGE_MAX && heard.trim() == heard && !heard.is_empty());
            let joins = ['\n', '\u{200c}', '\u{200d}'];
            let hides = heard.chars().any(|letter| !joins.contains(&letter) && is_hidden(letter));
            prop_assert!(!hides);
        }
    }

    /// No answer, however it is broken, is more than that.
    #[test]
    fn sp5_no_answer_does_harm(answer in any::<String>()) {
        let _ = heard(&answer).map_err(|why| why.to_string());
    }
}
