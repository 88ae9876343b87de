//! E-mail by the API of Resend: as text, and as plain HTML in which every name is text, too.
//!
//! `MAIL_KEY` (a secret) and `MAIL_FROM` turn it on; `MAIL_URL` names another server of that API.

mod words;

use serde_json::{Value, json};
use shared::account::Way;
use shared::features::Feature;
use shared::space::Deed;
use shared::text::{EmailAddress, PersonName};
use worker::Env;

use crate::errors::Problem;
use crate::features;
use crate::outside;
use crate::pages;
use words::Words;

const RESEND: &str = "https://api.resend.com";

/// Whether this installation sends e-mail.
pub fn is_on(env: &Env) -> bool {
    features::is_on(env, Feature::Mail)
}

/// What a mail says, one paragraph after the other, with a link among them.
pub struct Letter {
    words: &'static Words,
    subject: String,
    before: Vec<String>,
    /// A link and its button.
    link: Option<(String, &'static str)>,
    after: &'static str,
}

/// Sends an invitation. False when it was not sent: an admin hands the link on in another way.
pub async fn invite(
    env: &Env,
    to: &EmailAddress,
    space: &PersonName,
    link: &str,
    way: &Way,
    language: &str,
) -> bool {
    let letter = invitation(space, link, language);
    send(env, to, &letter, &way.id.to_string()).await
}

/// Sends a one-time link.
pub async fn sign_in(env: &Env, to: &EmailAddress, link: &str, way: &Way, language: &str) -> bool {
    let words = words::of(language);
    let said = (words.sign_in, words.sign_in_text, words.sign_in_here);
    send(env, to, &leads(words, said, link), &way.id.to_string()).await
}

/// Sends a link that shows whose an address is.
pub async fn confirm(env: &Env, to: &EmailAddress, link: &str, way: &Way, language: &str) -> bool {
    let words = words::of(language);
    let said = (words.confirm, words.confirm_text, words.confirm_here);
    send(env, to, &leads(words, said, link), &way.id.to_string()).await
}

/// A mail about a link: its subject, what it does, and its button.
fn leads(
    words: &'static Words,
    (subject, text, button): (&str, &str, &'static str),
    link: &str,
) -> Letter {
    Letter {
        words,
        subject: subject.to_owned(),
        before: vec![text.to_owned()],
        link: Some((link.to_owned(), button)),
        after: words.unexpected,
    }
}

fn invitation(space: &PersonName, link: &str, language: &str) -> Letter {
    let words = words::of(language);
    let fill = |text: &str| text.replace("{space}", space.as_str());
    Letter {
        words,
        subject: fill(words.invited),
        before: vec![fill(words.invited_text), words.accept_text.to_owned()],
        link: Some((link.to_owned(), words.accept)),
        after: words.unexpected,
    }
}

/// Tells admins what was done, in every language that we speak: nobody knows which one is read.
pub fn notice(space: &PersonName, who: Option<&PersonName>, what: Deed) -> Letter {
    let who = who.map_or("Bellhop", PersonName::as_str);
    let say = |words: &Words| [space.as_str(), ": ", who, " ", words.deed(what)].concat();
    let words = words::of("en");
    Letter {
        words,
        subject: say(words),
        before: vec![say(words), say(words::of("de"))],
        link: None,
        after: "",
    }
}

/// The words of a conversation, for its customer.
pub fn transcript(space: &PersonName, text: &str, language: &str) -> Letter {
    let subject = words::transcript(language);
    Letter {
        words: words::of(language),
        subject: subject.replace("{space}", space.as_str()),
        before: text.lines().map(str::to_owned).collect(),
        link: None,
        after: "",
    }
}

/// Sends a mail. `id` names it: the same one is sent once (`Idempotency-Key`).
pub async fn send(env: &Env, to: &EmailAddress, letter: &Letter, id: &str) -> bool {
    match try_to_send(env, to, letter, id).await {
        Ok(200..300) => true,
        Ok(status) => {
            worker::console_warn!("edge: the mail API answered {status}");
            false
        }
        Err(_) => false,
    }
}

async fn try_to_send(
    env: &Env,
    to: &EmailAddress,
    letter: &Letter,
    id: &str,
) -> Result<u16, Problem> {
    if !is_on(env) {
        return Ok(0);
    }
    let from = env.var("MAIL_FROM")?.to_string();
    let base = env.var("MAIL_URL").map(|base| base.to_string());
    let base = base.unwrap_or_else(|_| RESEND.to_owned());
    let key = features::secret(env, "MAIL_KEY");
    let key = key.ok_or_else(|| features::missing(Feature::Mail))?;
    let bearer = format!("Bearer {}", key.expose());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", id),
    ];
    let mail = letter.mail(&from, to);
    let (status, _) = outside::post(env, &format!("{base}/emails"), &headers, &mail).await?;
    Ok(status)
}

impl Letter {
    fn mail(&self, from: &str, to: &EmailAddress) -> String {
        let mail: Value = json!({
            "from": from,
            "to": [to],
            "subject": self.subject,
            "text": self.text(),
            "html": self.html(),
        });
        mail.to_string()
    }

    fn text(&self) -> String {
        let mut parts = vec![self.before.join("\n\n")];
        if let Some((link, _)) = &self.link {
            parts.push(format!("{link}\n"));
        }
        parts.push(self.after.to_owned());
        let text = parts.join("\n");
        format!("{}\n", text.trim_end())
    }

    fn html(&self) -> String {
        let escaped = pages::escaped;
        let paragraph = |text: &str| format!("<p dir=\"auto\">{}</p>", escaped(text));
        let before: String = self.before.iter().map(|text| paragraph(text)).collect();
        let link = self.link.as_ref().map(|(link, button)| {
            let link = escaped(link);
            format!("<p><a href=\"{link}\">{button}</a></p><p>{link}</p>")
        });
        let (lang, link, after) = (self.words.lang, link.unwrap_or_default(), self.after);
        format!(
            "<!doctype html><html lang=\"{lang}\"><body>{before}{link}<p>{after}</p></body></html>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://chat.example/agent#join=bhi_a_b";

    fn read(space: &str, language: &str) -> Value {
        let to = EmailAddress::parse("mia@shop.example").unwrap();
        let space = PersonName::parse(space).unwrap();
        let mail = invitation(&space, LINK, language).mail("Bellhop <b@b.example>", &to);
        serde_json::from_str(&mail).unwrap()
    }

    #[test]
    fn sec_c5_03_a_hostile_name_is_text_in_both_parts_of_a_mail() {
        let hostile = "</p><script>alert(1)</script><a href=\"https://evil.example\">{link} & 'x'";
        let mail = read(hostile, "en");
        assert_eq!(mail["to"], json!(["mia@shop.example"]));
        let (text, html) = (
            mail["text"].as_str().unwrap(),
            mail["html"].as_str().unwrap(),
        );
        assert!(text.contains(hostile) && text.contains(LINK));
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert!(
            !html.contains("<script") && !html.contains("\"https://evil"),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(html.contains(&format!("href=\"{LINK}\"")), "{html}");
    }

    #[test]
    fn af6_sec_c5_03_a_transcript_is_mailed_as_text() {
        let space = PersonName::parse("Larch & <b>Lantern</b>").unwrap();
        let hostile = "[2026-11-23 07:00 UTC] Zoë: <img src=x onerror=alert(1)>\nand more";
        let to = EmailAddress::parse("zoe@home.example").unwrap();
        for (language, subject) in [
            ("de", "Ihr Gespräch mit Larch & <b>Lantern</b>"),
            ("pt-BR", "Sua conversa com Larch & <b>Lantern</b>"),
            ("xx", "Your conversation with Larch & <b>Lantern</b>"),
            ("", "Your conversation with Larch & <b>Lantern</b>"),
        ] {
            let mail = transcript(&space, hostile, language).mail("b@b.example", &to);
            let mail: Value = serde_json::from_str(&mail).unwrap();
            assert_eq!(mail["subject"], subject, "{language}");
            let text = mail["text"].as_str().unwrap();
            assert!(
                text.contains("<img src=x") && text.contains("and more"),
                "{text}"
            );
            let html = mail["html"].as_str().unwrap();
            assert!(!html.contains("<img") && html.contains("&lt;img"), "{html}");
        }
    }

    #[test]
    fn a_mail_speaks_the_language_of_whoever_reads_it() {
        let cases = [
            ("en", "en", "Answer the customers of Larch"),
            ("de", "de", "Antworten Sie den Kunden von Larch"),
            ("de-CH", "de", "Antworten Sie den Kunden von Larch"),
            ("fr", "en", "Answer the customers of Larch"),
            ("den", "en", "Answer the customers of Larch"),
        ];
        for (language, lang, subject) in cases {
            let mail = read("Larch", language);
            assert_eq!(mail["subject"], subject, "{language}");
            let html = mail["html"].as_str().unwrap();
            assert!(html.contains(&format!("lang=\"{lang}\"")), "{html}");
        }
    }

    #[test]
    fn sec_r1_04_sec_c5_03_admins_read_what_was_done_and_names_are_text() {
        let hostile = "<b>{space}</b> & {who}";
        let space = PersonName::parse("Larch <i>{who}</i>").unwrap();
        let who = PersonName::parse(hostile).ok();
        let to = EmailAddress::parse("mia@shop.example").unwrap();
        let letter = notice(&space, who.as_ref(), Deed::Exported);
        let mail: Value = serde_json::from_str(&letter.mail("b@b.example", &to)).unwrap();
        let (text, html) = (
            mail["text"].as_str().unwrap(),
            mail["html"].as_str().unwrap(),
        );
        assert!(
            text.contains(hostile) && text.contains("Larch <i>{who}</i>"),
            "{text}"
        );
        assert!(
            text.contains("exported") && text.contains("exportiert"),
            "{text}"
        );
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert!(html.contains("&lt;b&gt;{space}&lt;/b&gt;"), "{html}");
    }
}
