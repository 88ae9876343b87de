//! Files (SECURITY.md U1 to U10), as programs send and read them: the whole way, what is refused, and what is gone.

mod bad;
mod checked;
mod gone;
mod off;
mod screens;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::{Event, Seq};
use shared::file::{Kind, way};
use shared::space::Command;
use stage::api::{Api, Space};
use stage::files::Upload;
use stage::line::{AgentLine, CustomerLine, Talk};
use stage::play;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// A customer and the agent who has the conversation.
struct Scene<'a> {
    api: &'a Api,
    space: Space,
    customer: CustomerLine,
    jack: AgentLine,
    talk: Talk,
}

impl<'a> Scene<'a> {
    async fn opens(api: &'a Api, settings: Value) -> Result<Self> {
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Ada", "role": "admin" }),
        ];
        let space = api.space_with(settings, agents).await?;
        let mut jack = AgentLine::on_duty(api, &space, "Jack").await?;
        let customer = CustomerLine::writes(api, &space, "My lamp is broken").await?;
        let talk = jack.accepts().await?;
        Ok(Self {
            api,
            space,
            customer,
            jack,
            talk,
        })
    }

    /// A file of the customer.
    fn file(&self, name: &str, bytes: &[u8]) -> Result<Upload<'a>> {
        let token = &self.customer.me.token;
        Upload::new(self.api, self.talk.conversation, token, name, bytes)
    }
}

/// A PDF of that many bytes, in which no two parts are alike.
fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(
        (0_u32..)
            .flat_map(u32::to_be_bytes)
            .take(size - bytes.len()),
    );
    bytes
}

/// A picture of one pixel, and a place in what it says of itself.
fn photo() -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap_or(0).to_be_bytes();
        [&[0xff, marker], &length[..], content].concat()
    };
    [
        b"\xff\xd8".to_vec(),
        segment(0xe1, b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0 48.2082N 16.3738E"),
        segment(0xc0, b"\x08\0\x03\0\x04\x01\x01\x11\0"),
        segment(0xda, b"\x01\x01\0\0\x3f\0"),
        b"pixels\xff\xd9".to_vec(),
        b"and 48.2082N 16.3738E behind its end".to_vec(),
    ]
    .concat()
}

#[test]
fn sec_u1_fw1_fw2_fw3_a_file_goes_on_after_a_cut_and_is_read_by_both_sides() {
    play(0, async |stage| {
        let api = stage.api();
        let mut scene = Scene::opens(api, json!({})).await?;
        let bytes = pdf(2_500_000);
        let mut file = scene.file("Rechnung für März.pdf", &bytes)?;
        let told = file.announces().await?;
        ensure!(told.status == 201, "{told:?}");
        ensure!(
            told.body["parts"] == 3 && told.body["present"] == json!([]),
            "{told:?}"
        );
        ensure!(file.puts(0).await?.status == 200);

        // The line breaks in the middle of the second part.
        let half = &file.part(1)[..300_000];
        let host = api.base().strip_prefix("http://").context("http")?;
        let request = file.about(Method::PUT, "?part=1").build()?;
        let mut head = format!(
            "PUT {}?part=1 HTTP/1.1\r\nHost: {host}\r\n",
            request.url().path()
        );
        for (name, value) in request.headers() {
            head += &format!("{name}: {}\r\n", value.to_str()?);
        }
        head += &format!("Content-Length: {}\r\n\r\n", way::PART);
        let mut line = TcpStream::connect(host).await?;
        line.write_all(head.as_bytes()).await?;
        line.write_all(half).await?;
        drop(line);

        let name = file.file.clone();
        let told = file.announces().await?;
        ensure!(
            file.file == name && told.body["present"] == json!([0]),
            "{told:?}"
        );
        let early = file.completes().await?;
        ensure!(
            (early.status, early.code()) == (409, "file_incomplete"),
            "{early:?}"
        );
        // In any order, and as often as it takes.
        for part in [2, 1, 1] {
            ensure!(file.puts(part).await?.status == 200);
        }
        // Twice at once: it is one file.
        let (one, other) = tokio::join!(file.completes(), file.completes());
        for answer in [one?, other?, file.completes().await?] {
            ensure!(answer.status == 201, "{answer:?}");
            ensure!(answer.body["id"] == json!(file.id), "{answer:?}");
        }
        let is_file = |event: &Event| matches!(event, Event::FileSent(_));
        let entry = scene.talk.sees("the file", is_file).await?;
        ensure!(entry.id == Some(file.id), "{entry:?}");
        let sent = file.stands().await?;
        ensure!((sent.kind, sent.size) == (Kind::Pdf, 2_500_000), "{sent:?}");
        let again = Talk::open(api.base(), file.conversation, &file.token).await?;
        let files = again.log.iter().filter(|entry| is_file(&entry.event));
        ensure!(files.count() == 1, "{:?}", again.log);
        ensure!(again.log.last().map(|entry| entry.seq) > Some(Seq(1)));

        for token in [&scene.customer.me.token, &scene.jack.me.token] {
            let read = file.read_by(token).await?;
            ensure!(read.status == 200 && read.bytes == bytes);
            ensure!(read.header("content-type") == "application/pdf");
            let saved = "attachment; filename*=UTF-8''Rechnung%20f%C3%BCr%20M%C3%A4rz.pdf";
            ensure!(read.header("content-disposition") == saved);
        }
        Ok(())
    });
}

#[test]
fn sec_u3_hd9_fw4_a_file_is_read_in_pieces_at_an_origin_where_nothing_else_is() {
    play(0, async |stage| {
        let api = stage.api();
        let scene = Scene::opens(api, json!({})).await?;
        let bytes = [b"ID3\x04", &[7; 996][..]].concat();
        let file = scene.file("bell.mp3", &bytes)?.is_sent().await?;
        let told = file.linked(&scene.jack.me.token).await?;
        let url = told.body["url"].as_str().context("an address")?;
        ensure!(url.starts_with(&format!("{}/f/", stage.files())), "{url}");

        let whole = api.reads(url, &[]).await?;
        ensure!(whole.header("content-type") == "audio/mpeg");
        ensure!(whole.header("content-disposition").starts_with("inline; "));
        ensure!(whole.header("accept-ranges") == "bytes");
        ensure!(!whole.headers.contains_key("set-cookie"));
        for (range, status, expected, told) in [
            ("bytes=0-3", 206, Some(0..4), "bytes 0-3/1000"),
            ("bytes=4-", 206, Some(4..1_000), "bytes 4-999/1000"),
            ("bytes=-10", 206, Some(990..1_000), "bytes 990-999/1000"),
            (
                "bytes=990-5000",
                206,
                Some(990..1_000),
                "bytes 990-999/1000",
            ),
            ("bytes=1000-", 416, None, "bytes */1000"),
            // What is no one range is as good as none.
            ("bytes=0-1,5-6", 200, Some(0..1_000), ""),
            ("bytes=9-2", 200, Some(0..1_000), ""),
            ("lines=1-2", 200, Some(0..1_000), ""),
        ] {
            let read = api.reads(url, &[("range", range)]).await?;
            let expected = expected.map_or(&[][..], |range| &bytes[range]);
            ensure!(
                read.status == status && read.bytes == expected,
                "{range}: {} {}",
                read.status,
                read.bytes.len()
            );
            ensure!(
                read.header("content-range") == told,
                "{range}: {}",
                read.header("content-range")
            );
        }

        // Nothing else is there, and files are nowhere else.
        for path in [
            "/",
            "/demo",
            "/bellhop.js",
            "/bellhop-page.js",
            "/agent",
            "/openapi.json",
            "/api/v1/session",
        ] {
            let read = api.reads(&format!("{}{path}", stage.files()), &[]).await?;
            ensure!(read.status == 404, "{path}: {}", read.status);
        }
        let elsewhere = url.replace(&stage.files(), "");
        let answer = api.get(&elsewhere, None).await?;
        ensure!(
            (answer.status, answer.code()) == (404, "path_unknown"),
            "{answer:?}"
        );
        Ok(())
    });
}

#[test]
fn sec_u6_u1_01_a_picture_arrives_without_its_place() {
    play(0, async |stage| {
        let scene = Scene::opens(stage.api(), json!({})).await?;
        let file = scene.file("IMG_1.JPG", &photo())?.is_sent().await?;
        let sent = file.stands().await?;
        ensure!((sent.width, sent.height) == (Some(4), Some(3)), "{sent:?}");
        let read = file.read_by(&scene.jack.me.token).await?;
        ensure!(read.header("content-type") == "image/jpeg");
        ensure!(read.bytes.len() as u64 == sent.size && read.bytes.len() < photo().len());
        let is_told = read.bytes.windows(8).any(|bytes| bytes == b"48.2082N");
        ensure!(!is_told && read.bytes.ends_with(b"pixels\xff\xd9"));
        Ok(())
    });
}

/// Who may read a conversation reads its files, and nobody else finds one, or sends one there.
#[test]
fn sec_u4_01_u1_01_a_file_is_of_its_conversation_and_a_ticket_of_its_sender() {
    play(0, async |stage| {
        let api = stage.api();
        let scene = Scene::opens(api, json!({})).await?;
        let other = CustomerLine::writes(api, &scene.space, "Mine, too").await?;
        let elsewhere = Scene::opens(api, json!({})).await?;
        let file = scene.file("bell.txt", b"ding")?.is_sent().await?;
        let strangers = [
            &other.me.token,
            &elsewhere.jack.me.token,
            &elsewhere.customer.me.token,
        ];
        for token in strangers {
            let told = file.linked(token).await?;
            ensure!(
                (told.status, told.code()) == (404, "conversation_unknown"),
                "{told:?}"
            );
            let mut theirs = file.clone();
            token.clone_into(&mut theirs.token);
            for answer in [theirs.puts(0).await?, theirs.completes().await?] {
                ensure!(
                    (answer.status, answer.code()) == (404, "ticket_unknown"),
                    "{answer:?}"
                );
            }
            let answer = theirs.announces().await?;
            ensure!(answer.status == 404, "{answer:?}");
        }
        // In the stranger's own conversation, it is not there, and the ticket no good.
        let mut moved = file.clone();
        moved.conversation = other.talk.conversation;
        other.me.token.clone_into(&mut moved.token);
        let told = moved.linked(&other.me.token).await?;
        ensure!(
            (told.status, told.code()) == (404, "id_unknown"),
            "{told:?}"
        );
        ensure!(moved.puts(0).await?.code() == "ticket_unknown");
        // The agent has a ticket of his own.
        let mut jacks = file.clone();
        scene.jack.me.token.clone_into(&mut jacks.token);
        ensure!(jacks.puts(0).await?.code() == "ticket_unknown");
        let jacks = Upload::new(api, file.conversation, &jacks.token, "answer.csv", b"a;b")?;
        jacks.is_sent().await?;

        let told = file.linked(&file.token).await?;
        let url = told.body["url"].as_str().context("an address")?;
        ensure!(api.reads(url, &[]).await?.bytes == b"ding");
        let signature = url.rfind("by=").context("a signature")? + 3;
        let last = url.len() - 1;
        for at in (signature..last).step_by(5) {
            let mut spoilt = url.to_owned();
            let letter = if url.as_bytes()[at] == b'A' { "B" } else { "A" };
            spoilt.replace_range(at..=at, letter);
            let read = api.reads(&spoilt, &[]).await?;
            ensure!(read.status == 404, "{spoilt}");
        }
        let id = file.file.as_str();
        let nothing = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f";
        let conversation = other.talk.conversation.to_string();
        let own = file.conversation.to_string();
        for (from, to) in [
            (id, nothing),
            (&own, &conversation),
            ("in=", "in=x"),
            ("until=", "until=9"),
        ] {
            let read = api.reads(&url.replace(from, to), &[]).await?;
            ensure!(read.status == 404, "{to}");
        }
        Ok(())
    });
}

/// A file is a message: who has left the conversation to another sends none.
#[test]
fn fi1_only_who_may_write_announces() {
    play(0, async |stage| {
        let api = stage.api();
        let scene = Scene::opens(api, json!({})).await?;
        let ada = api.sign_in(&scene.space, "Ada").await?;
        let waiting = CustomerLine::writes(api, &scene.space, "And mine").await?;
        let conversation = waiting.talk.conversation;
        let mut file = Upload::new(api, conversation, &ada.token, "a.txt", b"a")?;
        let answer = file.announces().await?;
        ensure!(
            (answer.status, answer.code()) == (403, "not_assignee"),
            "{answer:?}"
        );
        let mut mine = Upload::new(api, conversation, &waiting.me.token, "a.txt", b"a")?;
        ensure!(mine.goes().await?.status == 201);
        let mut line = scene.jack;
        line.asks(Command::SetAvailable {
            available: false,
            for_chats: None,
        })
        .await??;
        Ok(())
    });
}
