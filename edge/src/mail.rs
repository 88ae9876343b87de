//! E-mail by the API of Resend. Plain text alone: there is no markup in which anything could hide.
//!
//! `MAIL_KEY` (a secret) and `MAIL_FROM` turn it on; `MAIL_URL` names another server of that API.

use serde_json::{Value, json};
use shared::account::Way;
use shared::text::{EmailAddress, PersonName};
use worker::Env;

use crate::errors::Problem;
use crate::outside;

const RESEND: &str = "https://api.resend.com";

/// Whether this installation sends e-mail.
pub fn is_on(env: &Env) -> bool {
    env.secret("MAIL_KEY").is_ok() && env.var("MAIL_FROM").is_ok()
}

/// Sends an invitation. False when it was not sent: an admin hands the link on in another way.
pub async fn invite(
    env: &Env,
    to: &EmailAddress,
    space: &PersonName,
    link: &str,
    way: &Way,
) -> bool {
    let subject = format!("Answer the customers of {space}");
    let text = format!(
        "You are invited to answer the customers of {space} with Bellhop.\n\n\
         Accept here, within 7 days:\n{link}\n\n\
         If you did not expect this, leave it alone: nothing happens.\n"
    );
    send(env, to, &subject, &text, way).await
}

/// Sends a one-time link.
pub async fn sign_in(env: &Env, to: &EmailAddress, link: &str, way: &Way) -> bool {
    let text = format!(
        "Sign in to Bellhop with this link. It works once, within 24 hours:\n{link}\n\n\
         If you did not ask for it, leave it alone: nothing happens.\n"
    );
    send(env, to, "Your sign-in link", &text, way).await
}

/// `way` names the mail: the same one is sent once (`Idempotency-Key`).
async fn send(env: &Env, to: &EmailAddress, subject: &str, text: &str, way: &Way) -> bool {
    match try_to_send(env, to, subject, text, way).await {
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
    subject: &str,
    text: &str,
    way: &Way,
) -> Result<u16, Problem> {
    if !is_on(env) {
        return Ok(0);
    }
    let from = env.var("MAIL_FROM")?.to_string();
    let base = env.var("MAIL_URL").map(|base| base.to_string());
    let base = base.unwrap_or_else(|_| RESEND.to_owned());
    let bearer = format!("Bearer {}", env.secret("MAIL_KEY")?);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", &way.id.to_string()),
    ];
    let mail = mail(&from, to, subject, text);
    let (status, _) = outside::post(env, &format!("{base}/emails"), &headers, &mail).await?;
    Ok(status)
}

fn mail(from: &str, to: &EmailAddress, subject: &str, text: &str) -> String {
    let mail: Value = json!({ "from": from, "to": [to], "subject": subject, "text": text });
    mail.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_c5_03_a_mail_is_text_and_has_no_html() {
        let to = EmailAddress::parse("mia@shop.example").unwrap();
        let mail = mail("Bellhop <b@b.example>", &to, "<b>\"x\"</b>", "<script>");
        let read: Value = serde_json::from_str(&mail).unwrap();
        assert_eq!(read["html"], Value::Null);
        assert_eq!(read["to"], json!(["mia@shop.example"]));
        assert_eq!(read["subject"], "<b>\"x\"</b>");
    }
}
