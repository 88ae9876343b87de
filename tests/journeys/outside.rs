//! What Bellhop calls, and how much of an answer it takes: by its mail API, which is any server that
//! `MAIL_URL` names.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::api::Api;
use stage::mail::Mail;
use stage::rogue::{Manner, Rogue};
use stage::start::Edge;
use stage::{PATIENCE, play};

/// What stands in an address and in a key, and nowhere else.
const KEY: &str = "re_canary_of_the_key";

fn vars(mail_url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("MAIL_KEY", KEY.into()),
        ("MAIL_FROM", "Bellhop <bellhop@shop.example>".into()),
        ("MAIL_URL", mail_url.into()),
    ]
}

/// Invites somebody by mail; whether the mail was sent, and how long that took.
async fn invites(edge: &Edge) -> Result<(Value, Duration)> {
    let api = Api::new(edge.base());
    let agents = vec![json!({ "name": "Ada", "role": "admin" })];
    let space = api.space_with(json!({}), agents).await?;
    let ada = api.sign_in(&space, "Ada").await?;
    let path = format!("/api/v1/spaces/{}/invitations", space.space);
    let body = json!({ "email": "mia@shop.example" });
    let start = Instant::now();
    let made = api.post(&path, Some(&ada.token), &body).await?;
    ensure!(made.status == 201, "{made:?}");
    Ok((made.body["sent"].clone(), start.elapsed()))
}

async fn hangs_up(rogue: &Rogue) -> Result<()> {
    let start = Instant::now();
    while rogue.left() == 0 {
        ensure!(start.elapsed() < PATIENCE, "nobody hung up");
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[test]
fn sec_s3_01_an_answer_that_does_not_end_is_cut() {
    play(0, async |_| {
        for manner in [Manner::Endless, Manner::Bomb, Manner::Silent] {
            let rogue = Rogue::start(manner.clone()).await?;
            let edge = Edge::with(vars(&rogue.base()))?;
            let (sent, took) = invites(&edge).await?;
            ensure!(sent == false && rogue.calls() == 1, "{manner:?}: {sent}");
            hangs_up(&rogue).await?;
            // What the kernel and workerd keep on the way, and no more.
            ensure!(
                rogue.sent() < 64 << 20,
                "{manner:?}: {} bytes",
                rogue.sent()
            );
            if let Manner::Silent = manner {
                ensure!(took >= Duration::from_secs(9), "{took:?}");
            }
            ensure!(took < Duration::from_secs(40), "{manner:?}: {took:?}");
        }
        Ok(())
    });
}

#[test]
fn sec_s1_02_nothing_is_followed() {
    play(0, async |_| {
        let inner = Mail::start().await?;
        let [.., (_, inner_url)] = &inner.vars()[..] else {
            anyhow::bail!("no address");
        };
        let rogue = Rogue::start(Manner::Elsewhere(format!("{inner_url}/emails"))).await?;
        let edge = Edge::with(vars(&rogue.base()))?;
        let (sent, _) = invites(&edge).await?;
        ensure!(sent == false && rogue.calls() == 1, "{sent}");
        ensure!(inner.calls().is_empty(), "{:?}", inner.calls());
        Ok(())
    });
}

/// An address that is not called is not told either: it may hold a secret.
#[test]
fn sec_s4_01_k_02_a_refused_address_is_neither_called_nor_logged() {
    play(0, async |_| {
        let mail = Mail::start().await?;
        let [.., (_, url)] = &mail.vars()[..] else {
            anyhow::bail!("no address");
        };
        let host = url.trim_start_matches("http://");
        for address in [
            format!("http://canary-name:canary-password@{host}"),
            format!("http://{host}@canary-password.internal"),
        ] {
            let edge = Edge::with(vars(&address))?;
            let (sent, _) = invites(&edge).await?;
            ensure!(
                sent == false && mail.calls().is_empty(),
                "{address}: {sent}"
            );
            let log = edge.log();
            ensure!(log.contains("an address is not called"), "{log}");
            ensure!(!log.contains("canary"), "{log}");
        }
        Ok(())
    });
}

/// Away from Cloudflare the network itself is the last guard: `workerd` resolves a name and refuses what
/// is not public.
#[test]
fn sec_s5_01_a_confined_installation_reaches_no_private_address() {
    play(0, async |_| {
        let mail = Mail::start().await?;
        let edge = Edge::confined(mail.vars())?;
        let (sent, _) = invites(&edge).await?;
        ensure!(
            sent == false && mail.calls().is_empty(),
            "{:?}",
            mail.calls()
        );
        Ok(())
    });
}
