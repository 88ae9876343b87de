//! A person's own address: a link is mailed there, and opening it while signed in shows that it is the
//! person's (AC21 of [`shared::account`]). The link alone lets nobody in, so an address that was mistyped
//! gives nothing away.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use shared::account::{Input, LINK_LIFE};
use shared::features::Feature;
use shared::id::AgentId;
use shared::refusal::Refusal;
use shared::text::EmailAddress;
use shared::time::Timestamp;
use worker::{Env, Response};

use super::fields::Fields;
use super::sessions::{self, SignedIn};
use crate::auth::key::Key;
use crate::auth::{self, address, secret};
use crate::errors::Problem;
use crate::router::Call;
use crate::{clock, features, mail, pages};

/// Longest proof that is looked at: an address has 254 bytes at most.
const PROOF_MAX: usize = 512;

/// `POST session/address`: has a link mailed to an address, or brings what stands in that link.
pub async fn post(call: &mut Call) -> Result<Response, Problem> {
    let SignedIn { agent, view, .. } = sessions::signed_in(call).await?;
    let mut fields = Fields::read(&mut call.request).await?;
    let (email, proof) = (fields.email("email")?, fields.text("proof")?);
    let language = pages::language(call, fields.text("language")?.as_deref())?;
    fields.end()?;
    if view.only.is_some() {
        return Err(Refusal::Forbidden.into());
    }
    let key = auth::key(&call.env)?;
    match (email, proof) {
        (Some(email), None) => {
            address::check_gate(call)?;
            features::check(&call.env, Feature::Mail)?;
            let proof = mint(&key, agent, &email, clock::now() + LINK_LIFE);
            let page = sessions::page(call, "address", &proof);
            let id = secret::way(&proof);
            let sent = mail::confirm(&call.env, &email, &page, &id, &language).await;
            super::json(200, &json!({ "sent": sent }))
        }
        (None, Some(proof)) => {
            let email = read(&key, agent, &proof, clock::now()).ok_or(Refusal::LinkOver)?;
            show(&call.env, agent, &email).await?;
            super::json(200, &json!({ "email": email }))
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "send either an address or a proof";
            Err(Problem::field("text_empty", "email", message))
        }
    }
}

/// Somebody has shown to have an address: it leads to the account from here on, and the account
/// tells its spaces.
///
/// # Errors
/// When an account cannot be asked.
pub async fn show(env: &Env, agent: AgentId, email: &EmailAddress) -> Result<(), Problem> {
    let sign = secret::of_address(email.as_str());
    match sessions::tell(env, sign, &Input::Lead { to: agent }).await {
        Ok(_) => (),
        // It leads to another account of that person already, and stays there.
        Err(problem) if problem.is(Refusal::Forbidden.code()) => (),
        Err(problem) => return Err(problem),
    }
    let email = email.clone();
    sessions::tell(env, agent, &Input::Show { agent, email }).await?;
    Ok(())
}

/// What shows that somebody reads the mail of an address: good for one account, and kept nowhere.
fn mint(key: &Key, agent: AgentId, email: &EmailAddress, until: Timestamp) -> String {
    let said = format!("{}|{email}", until.millis());
    let signature = key.sign(&signed(agent, &said));
    let parts = [said.as_bytes(), &signature].map(|part| URL_SAFE_NO_PAD.encode(part));
    parts.join(".")
}

fn read(key: &Key, agent: AgentId, proof: &str, now: Timestamp) -> Option<EmailAddress> {
    let (said, signature) = proof.get(..PROOF_MAX).unwrap_or(proof).split_once('.')?;
    let [said, signature] = [said, signature].map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let said = String::from_utf8(said?).ok()?;
    if !key.verify(&signed(agent, &said), &signature?) {
        return None;
    }
    let (until, email) = said.split_once('|')?;
    let until = Timestamp::from_millis(until.parse().ok()?);
    (now < until).then(|| EmailAddress::parse(email).ok())?
}

fn signed(agent: AgentId, said: &str) -> String {
    format!("address|{agent}|{said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_r1_04_sec_g2_01_a_proof_is_good_for_one_account_one_address_and_a_day() {
        let key = Key::new("the key of this test, long enough for HS256").unwrap();
        let other = Key::new("another key of this test, long enough too").unwrap();
        let [ada, eve] = [1, 2].map(|n| AgentId::from_bytes([n; 16]));
        let email = EmailAddress::parse("ada@shop.example").unwrap();
        let at = Timestamp::from_millis;
        let proof = mint(&key, ada, &email, at(1_000));
        let (said, signature) = proof.split_once('.').unwrap();
        let later = URL_SAFE_NO_PAD.encode("9000|ada@shop.example");
        let cases = [
            ("good", &key, ada, proof.clone(), 999, Some(email.clone())),
            ("late", &key, ada, proof.clone(), 1_000, None),
            ("another account", &key, eve, proof.clone(), 1, None),
            ("another key", &other, ada, proof.clone(), 1, None),
            (
                "a later end",
                &key,
                ada,
                format!("{later}.{signature}"),
                1,
                None,
            ),
            ("no signature", &key, ada, format!("{said}."), 1, None),
            ("no parts", &key, ada, "x".into(), 1, None),
            ("nothing", &key, ada, String::new(), 1, None),
            ("too long", &key, ada, "a.".repeat(300), 1, None),
        ];
        for (case, key, agent, proof, now, expected) in cases {
            assert_eq!(read(key, agent, &proof, at(now)), expected, "{case}");
        }
    }
}
