//! What no call and no socket lets through, whatever its subject: foreign pages, bodies and paths without
//! an end, changes by reading.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use stage::api::Api;
use stage::dial::{Dial, refused_with};
use stage::play;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::calls;
use super::town::{Pass, Town};

/// Origins that are not ours, however close they come.
fn foreign(base: &str) -> Result<Vec<Option<String>>> {
    let host = base.strip_prefix("http://").context("http")?;
    let (name, port) = host.split_once(':').context("a port")?;
    let origins = [
        "null".to_owned(),
        String::new(),
        "https://evil.example".to_owned(),
        format!("http://{host}.evil.example"),
        format!("http://evil{host}"),
        format!("http://evil.{host}"),
        format!("http://{name}.:{port}"),
        format!("http://{host}1"),
        format!("http://{name}"),
        format!("http://{name}:80"),
        format!("https://{host}"),
        format!("ws://{host}"),
        format!("http://{host}@evil.example"),
        format!("http://evil.example@{host}"),
        format!("http://evil.example#{base}"),
        format!("http://evil.example/{base}"),
        format!("{base}/"),
        format!("{base}, https://evil.example"),
        format!("https://evil.example {base}"),
        base.replace("http", "HTTP"),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://0x7f.1:{port}"),
        "http://xn--bcher-kva.example".to_owned(),
        "file://".to_owned(),
        "chrome-extension://abcdefghijklmnop".to_owned(),
    ];
    let origins = origins.map(Some).into_iter();
    Ok(origins.chain([None]).collect())
}

/// Each socket of the document is tried with each origin: a new one that does not look comes to light
/// here.
#[test]
fn sec_w1_02_no_socket_opens_for_a_foreign_page() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let calls = calls::all()?.into_iter();
        let sockets: Vec<_> = calls
            .filter(|call| call.path.ends_with("/socket"))
            .collect();
        ensure!(sockets.len() >= 2, "{sockets:?}");
        for call in sockets {
            let token = town.token(call.by)?;
            let path = town.filled(call.path)?;
            let dial = || Dial::at(api.base(), path.clone(), &token);
            dial().open().await.with_context(|| path.clone())?;
            for origin in foreign(api.base())? {
                let mut dial = dial();
                dial.origin.clone_from(&origin);
                let status = dial.open().await.err().as_ref().and_then(refused_with);
                ensure!(status == Some(403), "{status:?} for {origin:?} at {path}");
            }
        }
        Ok(())
    });
}

/// A browser that brings a cookie without anybody asking it to changes nothing, in any call.
#[test]
fn sec_w3_01_no_call_of_a_foreign_page_changes_anything() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let Pass::Session(visit) = town.pass("session")? else {
            anyhow::bail!("no session");
        };
        let cookie = visit.cookie.clone().context("a cookie")?;
        let before = town.everything(api).await?;
        let mut asked = 0;
        for call in calls::all()?.into_iter().filter(calls::Call::is_change) {
            if call.path.contains("/dev/") {
                continue;
            }
            let (path, body) = (town.filled(call.path)?, call.body_in(&town)?);
            let request = || {
                let request = api.request(call.method.clone(), &path);
                request.header("Cookie", &cookie).json(&body)
            };
            // An empty one is none, to the server that hands it on.
            let origins = foreign(api.base())?.into_iter().flatten();
            for origin in origins.filter(|origin| !origin.is_empty()) {
                let request = request().header("Origin", &origin).header("X-Bellhop", "1");
                let answer = api.send(request).await?;
                ensure!(
                    (answer.status, answer.code()) == (403, "origin_refused"),
                    "{origin} {call:?}: {answer:?}"
                );
                asked += 1;
            }
            // Our own page without the header, and no page at all: what takes the cookie asks for both.
            for origin in [Some(api.base()), None] {
                let mut request = request();
                if let Some(origin) = origin {
                    request = request.header("Origin", origin);
                }
                if is_of_nobody(call.path) {
                    continue;
                }
                let answer = api.send(request).await?;
                let words = ["header_missing", "origin_refused", "token_missing"];
                ensure!(words.contains(&answer.code()), "{call:?}: {answer:?}");
            }
        }
        ensure!(asked >= 1_000, "{asked} calls");
        ensure!(before == town.everything(api).await?, "something changed");
        Ok(())
    });
}

/// What anybody may call who has the secret in the body, and no cookie counts for.
fn is_of_nobody(path: &str) -> bool {
    let calls = [
        "/visitors",
        "/identify",
        "/tokens/refresh",
        "/invitations/look",
    ];
    calls.iter().any(|call| path.ends_with(call))
}

/// Reading changes nothing, whoever reads (W4).
#[test]
fn sec_w4_01_no_get_changes_anything() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let mut read = 0;
        for call in calls::all()?
            .into_iter()
            .filter(|call| call.method == Method::GET)
        {
            let path = town.filled(call.path)?;
            for who in [call.by, "admin", "customer", "session", "page", "reader"] {
                for method in [Method::GET, Method::HEAD] {
                    let request = api.request(method, &path);
                    let request = town.pass(who)?.shown_on(request, api.base());
                    let status = request.send().await?.status().as_u16();
                    ensure!(status < 500 || status == 503, "{who} {path}: {status}");
                    read += 1;
                }
            }
        }
        ensure!(read >= 200, "{read} calls");
        ensure!(before == town.everything(api).await?, "something changed");
        Ok(())
    });
}

/// Says the beginning of a request, waits for an answer, and reads its status.
async fn says(api: &Api, bytes: &[u8]) -> Result<u16> {
    let host = api.base().strip_prefix("http://").context("http")?;
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(bytes).await?;
    let mut answer = [0; 12];
    timeout(Duration::from_secs(20), stream.read_exact(&mut answer)).await??;
    let status = core::str::from_utf8(&answer)?.rsplit(' ').next();
    Ok(status.context("no status")?.parse()?)
}

/// 10 MB are announced and not sent: whoever answers has not waited for them, nor made room.
#[test]
fn sec_h3_01_no_call_takes_a_body_without_an_end() {
    play(0, async |stage| {
        let api = stage.api();
        let town = Town::of(api, "Larch").await?;
        let before = town.everything(api).await?;
        let host = api.base().strip_prefix("http://").context("http")?;
        let mut asked = 0;
        for call in calls::all()?
            .into_iter()
            .filter(|call| call.method != Method::GET)
        {
            if call.path.ends_with("/dev/panic") {
                continue;
            }
            let path = town.filled(call.path)?;
            let request = api.request(call.method.clone(), &path);
            let request = town.pass(call.by)?.shown_on(request, api.base()).build()?;
            let mut head = format!("{} {path} HTTP/1.1\r\nHost: {host}\r\n", call.method);
            head += "Content-Type: application/json\r\n";
            head += "Idempotency-Key: 0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f\r\n";
            for (name, value) in request.headers() {
                head += &format!("{name}: {}\r\n", value.to_str()?);
            }
            let announced = format!("{head}Content-Length: 10485760\r\n\r\n{{");
            let status = says(api, announced.as_bytes()).await?;
            ensure!(status == 413, "{status}: {call:?}");
            if call.is_raw() {
                continue;
            }
            // In chunks nothing is announced: it is counted, and 64 KiB are the end.
            let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
            for _ in 0..17 {
                chunked.extend(b"1000\r\n");
                chunked.extend([b' '; 0x1000]);
                chunked.extend(b"\r\n");
            }
            let status = says(api, &chunked).await?;
            ensure!(status == 413, "in chunks {status}: {call:?}");
            asked += 1;
        }
        ensure!(asked >= 40, "{asked} calls");
        ensure!(before == town.everything(api).await?, "something changed");
        Ok(())
    });
}

#[test]
fn sec_c6_02_a_path_has_an_end() {
    play(0, async |stage| {
        let api = stage.api();
        let address = |length: usize| format!("/agent?lang={}", "x".repeat(length - 12));
        for (path, status) in [
            (address(2_048), 200),
            (address(2_049), 414),
            (format!("/{}", "a".repeat(60_000)), 414),
            (format!("/api/v1/{}", "a/".repeat(20_000)), 414),
            (format!("/assets/{}", "%00".repeat(10_000)), 414),
        ] {
            let request = api.request(Method::GET, &path);
            let found = request.send().await?.status().as_u16();
            ensure!(found == status, "{} bytes: {found}", path.len());
        }
        // 100 KB the server itself takes for no request.
        let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(100_000));
        let status = says(api, long.as_bytes()).await;
        ensure!(status.is_err() || status.is_ok_and(|status| (400..500).contains(&status)));
        api.get("/openapi.json", None).await?;
        Ok(())
    });
}
