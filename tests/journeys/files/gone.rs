//! A file goes with its message, with its customer, and with its conversation (U10).

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::conversation::{Change, Command};
use stage::files::Upload;
use stage::{PATIENCE, play};
use tokio::time::Instant;

use super::Scene;

/// Waits until nothing is at an address that was good.
async fn is_gone(file: &Upload<'_>, url: &str) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while file.api.reads(url, &[]).await?.status != 404 {
        ensure!(Instant::now() < end, "{} stays", file.name);
    }
    Ok(())
}

/// An address at which the file is.
async fn address(file: &Upload<'_>) -> Result<String> {
    let told = file.linked(&file.token).await?;
    let url = told.body["url"].as_str().context("an address")?.to_owned();
    ensure!(file.api.reads(&url, &[]).await?.status == 200);
    Ok(url)
}

#[test]
fn sec_u10_u4_03_a_file_goes_with_its_message_and_with_its_customer() {
    play(0, async |stage| {
        let api = stage.api();
        let mut scene = Scene::opens(api, json!({})).await?;
        let file = scene.file("first.txt", b"one")?.is_sent().await?;
        let other = scene.file("Zoe Zander.txt", b"two")?.is_sent().await?;
        let (url, others) = (address(&file).await?, address(&other).await?);
        let deletion = Command::Change {
            message: file.id,
            change: Change::Deletion,
        };
        scene.customer.talk.asks(deletion).await??;
        for token in [&file.token, &scene.jack.me.token] {
            let told = file.linked(token).await?;
            ensure!(
                (told.status, told.code()) == (404, "id_unknown"),
                "{told:?}"
            );
        }
        is_gone(&file, &url).await?;
        ensure!(api.reads(&others, &[]).await?.bytes == b"two");

        let ada = api.sign_in(&scene.space, "Ada").await?;
        let path = format!("/api/v1/spaces/{}/erasures", scene.space.space);
        let body = json!({ "visitor": scene.customer.me.visitor });
        let erased = api.post(&path, Some(&ada.token), &body).await?;
        ensure!(erased.status == 202, "{erased:?}");
        is_gone(&other, &others).await?;
        ensure!(other.linked(&scene.jack.me.token).await?.status == 404);
        let log = format!("/api/v1/conversations/{}/events", other.conversation);
        let log = api.get(&log, Some(&scene.jack.me.token)).await?;
        ensure!(!log.body.to_string().contains("Zander"), "{log:?}");
        Ok(())
    });
}

#[test]
fn sec_u10_er4_a_file_goes_with_its_conversation() {
    play(0, async |stage| {
        let mut scene =
            Scene::opens(stage.api(), json!({ "retention_s": 1, "wrap_up_s": 1 })).await?;
        let file = scene.file("bell.txt", b"ding")?.is_sent().await?;
        let url = address(&file).await?;
        // One that never was completed, too.
        let mut begun = scene.file("begun.txt", b"dong")?;
        begun.announces().await?;
        ensure!(begun.puts(0).await?.status == 200);
        scene.customer.talk.asks(Command::End).await??;
        let resolve = Command::Resolve {
            resolution: shared::text::Label::parse("resolved")?,
            reason: None,
        };
        scene.talk.asks(resolve).await??;
        is_gone(&file, &url).await
    });
}
