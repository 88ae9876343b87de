//! What a space's own server is asked before a file is shown, and what it answers (SECURITY.md U9).
//!
//! - **FH1** It is posted a JSON object with the file's id, name, kind and size, and an address at which
//!   the file can be read for five minutes; signed as every webhook is ("Webhooks out"): `X-Bellhop-Signature: t=SECONDS,v1=HMAC`, the
//!   HMAC-SHA256 of `SECONDS.BODY` in hexadecimal digits, one `v1` for each secret. The id of the delivery is that of the file, so the
//!   same file is the same question however often it is asked.
//! - **FH2** The answer is 200 and `{"verdict": "accept"}`, `{"verdict": "refuse", "reason": …}`, or `{"verdict": "replace"}` with `url` or
//!   `bytes` (base64). Anything else is no verdict: the file is not shown.
//! - **FH3** What replaces a file keeps its name, and is judged as one that somebody sends: size, kind, pictures cleaned.

use alloc::format;
use alloc::string::String;

use serde::Deserialize;

use super::Sent;
use crate::id::{ConversationId, SpaceId};
use crate::json;
use crate::text::Title;

/// What a space's server says of a file (FH2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// Show it.
    Accept,
    /// Do not, and why, in words for who has sent it.
    Refuse(Option<Title>),
    /// Show something else.
    Replace(Replacement),
}

/// Where the bytes are that replace a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Replacement {
    /// At that address.
    At(String),
    /// Here, in base64.
    Here(String),
}

/// Reads an answer (FH2); `None` for what is none.
#[must_use]
pub fn read(status: u16, body: &str) -> Option<Answer> {
    #[derive(Deserialize)]
    struct Told {
        verdict: String,
        #[serde(default)]
        reason: Option<String>,
        #[serde(default)]
        url: Option<String>,
        #[serde(default)]
        bytes: Option<String>,
    }
    if status != 200 {
        return None;
    }
    let told: Told = json::read(body).ok()?;
    match (told.verdict.as_str(), told.url, told.bytes) {
        ("accept", None, None) => Some(Answer::Accept),
        ("refuse", None, None) => {
            // Words that are none are left out; the refusal stands.
            let reason = told.reason.and_then(|reason| Title::parse(&reason).ok());
            Some(Answer::Refuse(reason))
        }
        ("replace", Some(url), None) => Some(Answer::Replace(Replacement::At(url))),
        ("replace", None, Some(bytes)) => Some(Answer::Replace(Replacement::Here(bytes))),
        _ => None,
    }
}

/// What is asked (FH1).
#[must_use]
pub fn question(
    (space, conversation): (&SpaceId, ConversationId),
    sent: &Sent,
    url: &str,
) -> String {
    let name = serde_json::to_string(&sent.name).unwrap_or_default();
    let Sent {
        file, kind, size, ..
    } = sent;
    // Everything but the name is of characters that need no escape.
    format!(
        r#"{{"id":"{file}","type":"file.check","space":"{space}","conversation":"{conversation}","file":{{"name":{name},"kind":"{kind}","size":{size},"url":"{url}"}}}}"#
    )
}

/// What is signed (FH1).
#[must_use]
pub fn signed(seconds: u64, body: &str) -> String {
    format!("{seconds}.{body}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Check, FileName, Kind};
    use crate::id::FileId;

    #[test]
    fn fh2_sec_u9_what_is_no_answer_is_no_verdict() {
        let reason = |text: &str| Some(Title::parse(text).unwrap());
        let at = |url: &str| Replacement::At(url.into());
        let cases = [
            (200, r#"{"verdict":"accept"}"#, Some(Answer::Accept)),
            (
                200,
                r#"{"verdict":"accept","score":0.1}"#,
                Some(Answer::Accept),
            ),
            (200, r#"{"verdict":"refuse"}"#, Some(Answer::Refuse(None))),
            (
                200,
                r#"{"verdict":"refuse","reason":"A virus"}"#,
                Some(Answer::Refuse(reason("A virus"))),
            ),
            (
                200,
                "{\"verdict\":\"refuse\",\"reason\":\" \"}",
                Some(Answer::Refuse(None)),
            ),
            (
                200,
                r#"{"verdict":"replace","url":"https://a.example/f"}"#,
                Some(Answer::Replace(at("https://a.example/f"))),
            ),
            (
                200,
                r#"{"verdict":"replace","bytes":"aGk="}"#,
                Some(Answer::Replace(Replacement::Here("aGk=".into()))),
            ),
            (200, r#"{"verdict":"replace"}"#, None),
            (200, r#"{"verdict":"replace","url":"x","bytes":"y"}"#, None),
            (200, r#"{"verdict":"accept","url":"x"}"#, None),
            (200, r#"{"verdict":"ACCEPT"}"#, None),
            (200, r#"{"verdict":true}"#, None),
            (200, r#"{"verdict":"maybe"}"#, None),
            (200, r#"["accept"]"#, None),
            (200, "accept", None),
            (200, "", None),
            (201, r#"{"verdict":"accept"}"#, None),
            (204, "", None),
            (302, r#"{"verdict":"accept"}"#, None),
            (404, r#"{"verdict":"accept"}"#, None),
            (500, r#"{"verdict":"accept"}"#, None),
        ];
        for (status, body, expected) in cases {
            assert_eq!(read(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn fh1_the_question_is_json_whatever_the_file_is_called() {
        let sent = Sent {
            file: FileId::from_bytes([3; 16]),
            name: FileName::clean("Größe \u{1f514} {a}.pdf"),
            kind: Kind::Pdf,
            size: 9,
            width: None,
            height: None,
            check: Check::Checking,
        };
        let space: SpaceId = "demo".parse().unwrap();
        let conversation = ConversationId::from_bytes([9; 16]);
        let body = question(
            (&space, conversation),
            &sent,
            "https://files.example/f/a?b=c",
        );
        let told: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(told["type"], "file.check");
        assert_eq!(told["id"], sent.file.to_string());
        assert_eq!(told["file"]["name"], sent.name.as_str());
        assert_eq!(told["file"]["kind"], "application/pdf");
        assert_eq!(told["file"]["size"], 9);
        assert_eq!(signed(1_700_000_000, "{}"), "1700000000.{}");
    }
}
