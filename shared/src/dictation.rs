//! Dictation: what somebody says becomes words in the composer. Where the browser does not know how, it records, and
//! a transcriber is asked.
//!
//! - **SP1** Whoever has a session in the space dictates, while the space has it on; a blocked visitor does not
//!   (`space::dictation`). Nothing is sent by itself: the words go to whoever has spoken, and into no log.
//! - **SP2** A recording has 1 byte to 10 MB and lasts five minutes. Taken is sound in `WebM`, Ogg, MP4 and WAV,
//!   told by its bytes ([`kind`]). It goes to the transcriber and is kept nowhere.
//! - **SP3** The language is the first word of the reader's, as ISO 639 has it ([`language`]). What is no such word
//!   is left out, and the transcriber finds out by itself.
//! - **SP4** A transcriber of a space is asked as OpenAI's is, by a form, that of the installation as Workers AI is. The
//!   space's own goes first: whoever has chosen one has a reason; where there is neither, nobody is asked.
//! - **SP5** What a transcriber answers is bad until it is read: JSON with a `text`. Characters that steer or hide
//!   are taken out, 10,000 stay, and where no letter is left, nothing was heard ([`heard`]).
//! - **SP6** What a transcriber refuses is final. When it has too much to do or is down, it is asked once more: at once,
//!   or after the seconds that it names, up to [`PAUSE_MAX_S`] ([`again`]).
//! - **SP7** A transcriber has an address that may be called (`outgoing`), a model, and a key, which is sealed and
//!   never read again. A new address takes a new key: no key goes where it was not meant to.
//! - **SP10** The browser's own way goes first. Where it lacks its service or the language, the sound is recorded, if that can be
//!   written down; whatever else fails is told in a word of its own ([`trouble`]).
//! - **SP11** Who dictates to the browser speaks as in the country that the language is spoken in most, unless theirs
//!   is known ([`spoken`]).

#[cfg(test)]
mod tests;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::file::Kind;
use crate::id::AgentId;
use crate::json;
use crate::text::{MESSAGE_MAX, is_hidden};
use crate::time::Timestamp;

/// Largest recording: 10 MB, 52 minutes of speech as browsers record it and five as WAV. Source: CONTRACTS.md §d.
pub const SOUND_MAX: usize = 10_000_000;
/// Longest recording. Source: CONTRACTS.md §d.
pub const LENGTH_MAX: Duration = Duration::from_secs(300);
/// How long a transcriber may take: 30 s, more than five minutes of sound need, and as long as a person waits.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Longest pause before it is asked once more, in seconds. Our choice: somebody waits for it.
pub const PAUSE_MAX_S: u32 = 3;
/// The model of Workers AI. Source: issue 5.
pub const MODEL: &str = "@cf/openai/whisper-large-v3-turbo";
/// Longest name of a model, and longest key, in characters.
pub const WORD_MAX: usize = 300;

/// A transcriber of a space (SP7). Stored as one text with a line for each part: what is derived for a type of its own
/// weighs 4 KB (gzip) of the Worker.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Transcriber {
    /// The address of the call, whole.
    pub url: String,
    /// The model that it is asked for.
    pub model: String,
    /// The key, sealed by the shell; empty where it asks for none.
    pub key: String,
    /// The end of the key, to tell one from the other.
    pub last4: String,
    /// Who has set it.
    pub by: AgentId,
    /// When.
    pub at: Timestamp,
}

impl From<Transcriber> for String {
    fn from(transcriber: Transcriber) -> Self {
        let Transcriber {
            url,
            model,
            key,
            last4,
            by,
            at,
        } = transcriber;
        let (by, at) = (by.to_string(), at.millis().to_string());
        [url, model, key, last4, by, at].join("\n")
    }
}

impl TryFrom<String> for Transcriber {
    type Error = Torn;

    fn try_from(text: String) -> Result<Self, Torn> {
        let mut lines = text.lines();
        let mut line = || lines.next().ok_or(Torn);
        let mut text = || line().map(ToOwned::to_owned);
        Ok(Self {
            url: text()?,
            model: text()?,
            key: text()?,
            last4: text()?,
            by: text()?.parse().map_err(|_| Torn)?,
            at: Timestamp::from_millis(text()?.parse().map_err(|_| Torn)?),
        })
    }
}

/// A stored transcriber that lacks a part.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no transcriber")]
pub struct Torn;

/// Why there are no words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unheard {
    /// SP2.
    #[error("the recording is empty")]
    Empty,
    /// SP2.
    #[error("a recording is sound in WebM, Ogg, MP4 or WAV")]
    NotTaken,
    /// SP5.
    #[error("nothing was heard")]
    Nothing,
    /// SP5.
    #[error("the transcriber has answered something else than words")]
    Unfit,
}

/// What a recording is (SP2).
///
/// # Errors
/// When it is not taken.
pub fn kind(sound: &[u8]) -> Result<Kind, Unheard> {
    if sound.is_empty() {
        return Err(Unheard::Empty);
    }
    Kind::sound(sound).ok_or(Unheard::NotTaken)
}

/// The language that a transcriber is told (SP3).
#[must_use]
pub fn language(tag: &str) -> Option<String> {
    let word = tag.split(['-', '_']).next().unwrap_or_default();
    let is_one = matches!(word.len(), 2 | 3) && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_one.then(|| word.to_ascii_lowercase())
}

/// Whether a text can be a model's name or a key (SP7): visible ASCII without quotes, which ends no header and no line.
#[must_use]
pub fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    text.len() <= WORD_MAX && text.bytes().all(is_plain)
}

/// What a recording is called on its way (SP4): transcribers tell kinds by the ending, and do not know what browsers
/// call sound in `WebM`.
#[must_use]
pub fn file_name(kind: Kind) -> String {
    let ending = match kind.extensions().first() {
        Some(&"weba") | None => "webm",
        Some(ending) => ending,
    };
    ["speech.", ending].concat()
}

/// The words of an answer (SP5).
///
/// # Errors
/// When there are none.
pub fn heard(answer: &str) -> Result<String, Unheard> {
    let answer: Value = json::read(answer).map_err(|_| Unheard::Unfit)?;
    let text = answer.get("text").and_then(Value::as_str);
    let text = text.ok_or(Unheard::Unfit)?;
    let shown = text.chars().filter_map(|letter| match letter {
        '\n' => Some('\n'),
        blank if blank.is_whitespace() => Some(' '),
        // What joins letters is part of words in many scripts.
        '\u{200c}' | '\u{200d}' => Some(letter),
        hidden if is_hidden(hidden) => None,
        plain => Some(plain),
    });
    let text: String = shown.collect();
    let text: String = text.trim().chars().take(MESSAGE_MAX).collect();
    // Of silence some make dots or notes.
    let is_said = |letter: char| {
        letter.is_ascii_alphanumeric()
            || !(letter.is_ascii() || matches!(letter, '\u{2026}' | '\u{266a}'))
    };
    if text.chars().any(is_said) {
        Ok(text)
    } else {
        Err(Unheard::Nothing)
    }
}

/// After how many seconds a transcriber is asked once more that has answered with that status (SP6); `None` when what
/// it says is final.
#[must_use]
pub fn again(status: u16, retry_after: Option<&str>) -> Option<u32> {
    let pause = retry_after.map(str::trim).map(str::parse::<u32>);
    match (status, pause) {
        (429 | 500.., Some(Ok(pause))) if pause <= PAUSE_MAX_S => Some(pause),
        (500.., None) => Some(0),
        _ => None,
    }
}

/// What an error of the browser leads to (SP10): `record`, or the word that says what is wrong. They are those of
/// `SpeechRecognition` and of `getUserMedia`.
#[must_use]
pub fn trouble(error: &str, can_record: bool) -> &'static str {
    match error {
        "network" | "service-not-allowed" | "language-not-supported" if can_record => "record",
        "network" | "service-not-allowed" => "speech_network",
        "language-not-supported" => "speech_language",
        "no-speech" => "nothing_heard",
        "not-allowed" | "NotAllowedError" | "SecurityError" => "microphone_refused",
        "audio-capture" | "NotFoundError" | "OverconstrainedError" => "microphone_missing",
        "NotReadableError" | "AbortError" | "NotSupportedError" => "microphone_busy",
        _ => "speech_stopped",
    }
}

/// A language as browsers listen to it (SP11).
#[must_use]
pub fn spoken(tag: &str) -> String {
    const COUNTRIES: [(&str, &str); 14] = [
        ("ar", "SA"),
        ("de", "DE"),
        ("en", "US"),
        ("es", "ES"),
        ("fr", "FR"),
        ("he", "IL"),
        ("it", "IT"),
        ("ja", "JP"),
        ("nl", "NL"),
        ("pl", "PL"),
        ("pt", "BR"),
        ("ru", "RU"),
        ("tr", "TR"),
        ("zh", "CN"),
    ];
    let mut words = tag.split(['-', '_']);
    let word = words.next().unwrap_or_default();
    let mut countries = COUNTRIES.iter();
    let usual = countries.find(|(known, _)| *known == word);
    let own = words.find(|part| part.len() == 2);
    match own.or(usual.map(|(_, country)| *country)) {
        Some(country) => [word, "-", country].concat(),
        None => word.to_owned(),
    }
}

/// Whether that status says "later" (SP6).
#[must_use]
pub const fn is_later(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..)
}
