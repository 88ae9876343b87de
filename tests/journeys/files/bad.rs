//! What is not taken, and what becomes of a name.

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::json;
use shared::conversation::Command;
use shared::file::{SIZE_MAX, way};
use stage::api::Api;
use stage::files::{Upload, sha256};
use stage::line::CustomerLine;
use stage::play;
use stage::start::Edge;

use super::{Scene, pdf};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[test]
fn sec_u1_02_u2_03_u5_01_what_is_no_such_file_is_refused() {
    play(0, async |stage| {
        let scene = Scene::opens(stage.api(), json!({ "messages_burst": 1_000 })).await?;
        let html = b"<!doctype html><script>x()</script>";
        let large = [
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
            &60_000_u32.to_be_bytes()[..],
            &60_000_u32.to_be_bytes(),
            b"\x08\x02\0\0\0sum.\0\0\0\0IENDsum.",
        ];
        let cases: [(&str, &[u8], &str); 12] = [
            ("empty.txt", b"", "file_empty"),
            ("setup.exe", b"MZ\x90\0", "file_not_taken"),
            ("bell.png", b"MZ\x90\0", "file_not_taken"),
            ("bell.zip", b"PK\x03\x04", "file_not_taken"),
            ("bell.png", html, "file_not_its_name"),
            ("bell.pdf", PNG, "file_not_its_name"),
            ("bell.html", PNG, "file_not_its_name"),
            ("a.jpg.php", b"\xff\xd8\xff\xe0", "file_not_taken"),
            ("bell\u{202e}gnp.exe", PNG, "file_not_taken"),
            ("run", b"#!/bin/sh\n", "file_not_taken"),
            ("bell.png", PNG, "picture_damaged"),
            ("bell.png", &large.concat(), "picture_too_large"),
        ];
        for (name, bytes, code) in cases {
            let answer = scene.file(name, bytes)?.goes().await?;
            ensure!(
                (answer.status, answer.code()) == (422, code),
                "{name}: {answer:?}"
            );
        }
        let mut file = scene.file("large.pdf", b"%PDF-")?;
        for (size, status, code) in [
            (json!(SIZE_MAX + 1), 422, "file_too_large"),
            (json!(SIZE_MAX), 201, ""),
            (json!(-1), 422, "value_malformed"),
            (json!("9"), 422, "value_malformed"),
            (json!(1e300), 422, "value_malformed"),
        ] {
            let body = json!({ "name": "large.pdf", "size": size, "sha256": sha256(b"") });
            let answer = file.announces_as(&body).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{size}: {answer:?}"
            );
        }
        for hash in ["", "e3b0", &sha256(b"").to_uppercase(), &"g".repeat(64)] {
            let body = json!({ "name": "large.pdf", "size": 5, "sha256": hash });
            let answer = file.announces_as(&body).await?;
            ensure!(
                (answer.status, answer.code()) == (422, "value_malformed"),
                "{answer:?}"
            );
        }
        let request = stage.api().request(
            Method::POST,
            &format!("/api/v1/conversations/{}/files", file.conversation),
        );
        let body = json!({ "name": "a.txt", "size": 5, "sha256": sha256(b"") });
        let answer = stage
            .api()
            .send(request.bearer_auth(&file.token).json(&body))
            .await?;
        ensure!(answer.code() == "idempotency_key_missing", "{answer:?}");
        let talk =
            stage::line::Talk::open(stage.api().base(), file.conversation, &file.token).await?;
        ensure!(
            talk.log
                .iter()
                .all(|entry| entry.event.kind() != "file_sent")
        );
        Ok(())
    });
}

#[test]
fn fw2_fw3_parts_are_those_of_the_announcement() {
    play(0, async |stage| {
        let api = stage.api();
        let scene = Scene::opens(api, json!({})).await?;
        let bytes = pdf(1_100_000);
        let mut file = scene.file("bell.pdf", &bytes)?;
        file.announces().await?;
        let part = usize::try_from(way::PART)?;
        for (query, length, status, code) in [
            ("?part=0", part - 1, 422, "part_size_wrong"),
            ("?part=0", 0, 422, "part_size_wrong"),
            ("?part=1", part, 422, "part_size_wrong"),
            ("?part=0", part + 1, 413, "body_too_large"),
            ("?part=2", 5, 422, "number_malformed"),
            ("?part=-1", 5, 422, "number_malformed"),
            ("?part=x", 5, 422, "number_malformed"),
            ("", 5, 422, "number_malformed"),
        ] {
            let request = file.about(Method::PUT, query).body(vec![b'x'; length]);
            let answer = api.send(request).await?;
            ensure!(
                (answer.status, answer.code()) == (status, code),
                "{query} {length}: {answer:?}"
            );
        }
        let told = file.announces().await?;
        ensure!(told.body["present"] == json!([]), "{told:?}");
        for ticket in ["", "x", "a.b", &file.ticket[1..]] {
            let other = Upload {
                ticket: ticket.to_owned(),
                ..file.clone()
            };
            for answer in [other.puts(0).await?, other.completes().await?] {
                ensure!(
                    (answer.status, answer.code()) == (404, "ticket_unknown"),
                    "{answer:?}"
                );
            }
        }

        // What comes is not what was announced: it goes, and its sender begins anew.
        let other = Upload {
            bytes: [&bytes[..5], &[b'y'; 1_099_995]].concat(),
            ..file.clone()
        };
        for part in [0, 1] {
            ensure!(other.puts(part).await?.status == 200);
        }
        let answer = file.completes().await?;
        ensure!(
            (answer.status, answer.code()) == (422, "file_changed"),
            "{answer:?}"
        );
        let told = file.announces().await?;
        ensure!(told.body["present"] == json!([]), "{told:?}");
        let file = file.is_sent().await?;

        // Nobody puts other bytes in the place of those that were sent.
        let mut other = Upload {
            bytes: b"%PDF-2".to_vec(),
            ..file.clone()
        };
        let answer = other.goes().await?;
        ensure!(
            (answer.status, answer.code()) == (409, "command_conflict"),
            "{answer:?}"
        );
        ensure!(other.file != file.file);
        ensure!(file.read_by(&file.token).await?.bytes == bytes);
        Ok(())
    });
}

#[test]
fn sec_u5_02_fl5_a_name_holds_no_path_and_hides_nothing() {
    play(0, async |stage| {
        let scene = Scene::opens(stage.api(), json!({})).await?;
        let long = format!("{}.txt", "ä".repeat(200));
        let cut = format!("{}.txt", "ä".repeat(96));
        for (name, expected) in [
            ("../../etc/pass\u{200b}wd.txt", "passwd.txt"),
            ("C:\\Users\\zoe\\bell.txt", "bell.txt"),
            ("bell\u{202e}txt.gnp.txt", "belltxt.gnp.txt"),
            ("\u{feff} bell .txt. ", "bell .txt"),
            ("a\0b\nc.txt", "abc.txt"),
            (&*long, &*cut),
            ("", "file"),
            ("///", "file"),
            (
                "\"><img src=x onerror=x()>.txt",
                "img src=x onerror=x().txt",
            ),
        ] {
            let file = scene.file(name, b"ding")?.is_sent().await?;
            let sent = file.stands().await?;
            ensure!(sent.name.as_str() == expected, "{name:?}: {sent:?}");
            let read = file.read_by(&file.token).await?;
            let shown = read.header("content-disposition");
            ensure!(shown.is_ascii() && shown.starts_with("attachment; filename*=UTF-8''"));
        }
        // What a browser could run is bytes that mean nothing.
        for name in ["bell.svg", "bell.html", "bell.xml", "bell.js"] {
            let file = scene.file(name, b"<svg onload='x()'/>")?.is_sent().await?;
            let read = file.read_by(&file.token).await?;
            ensure!(
                read.header("content-type") == "application/octet-stream",
                "{name}"
            );
            ensure!(
                read.header("content-disposition")
                    .starts_with("attachment; ")
            );
        }
        Ok(())
    });
}

#[test]
fn fi1_fi2_after_the_end_and_after_too_many_nothing_comes() {
    play(0, async |stage| {
        let api = stage.api();
        let settings = json!({ "messages_burst": 1_000, "messages_per_10s": 1_000 });
        let mut scene = Scene::opens(api, settings).await?;
        let mut late = scene.file("late.txt", b"late")?;
        ensure!(late.announces().await?.status == 201);
        ensure!(late.puts(0).await?.status == 200);
        scene.customer.talk.asks(Command::End).await??;
        let answer = late.completes().await?;
        ensure!(
            (answer.status, answer.code()) == (409, "ended"),
            "{answer:?}"
        );
        let answer = late.announces().await?;
        ensure!(
            (answer.status, answer.code()) == (409, "ended"),
            "{answer:?}"
        );

        let busy = CustomerLine::writes(api, &scene.space, "Many").await?;
        let conversation = busy.talk.conversation;
        for number in 0..20 {
            let name = format!("{number}.txt");
            let file = Upload::new(api, conversation, &busy.me.token, &name, b"x")?;
            file.is_sent().await?;
        }
        let mut more = Upload::new(api, conversation, &busy.me.token, "more.txt", b"x")?;
        let answer = more.announces().await?;
        ensure!(
            (answer.status, answer.code()) == (429, "rate_limited"),
            "{answer:?}"
        );
        Ok(())
    });
}

#[test]
fn fe2_without_an_origin_of_files_nobody_sends_one() {
    play(0, async |_| {
        let bare = Edge::with(vec![("FILES_ORIGIN", String::new())])?;
        let api = &Api::new(bare.base());
        let scene = Scene::opens(api, json!({})).await?;
        let mut file = scene.file("bell.txt", b"ding")?;
        file.file = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f".to_owned();
        for answer in [
            file.announces().await?,
            file.puts(0).await?,
            file.completes().await?,
            file.linked(&file.token).await?,
        ] {
            let expected = (503, "files_not_configured");
            ensure!((answer.status, answer.code()) == expected, "{answer:?}");
        }
        let page = api.request(Method::GET, "/demo").send().await?;
        ensure!(page.status().is_success());
        page.headers()
            .get("content-security-policy")
            .context("a policy")?;
        Ok(())
    });
}
