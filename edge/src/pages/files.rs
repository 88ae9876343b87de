//! Files of the site, from the ASSETS binding: as text to fill, or as they are.

use worker::{EncodeBody, Headers, Response};

use crate::errors::Problem;
use crate::router::Call;

/// What kind of content a name promises; the build packs those that are marked.
const KINDS: [(&str, &str, bool); 12] = [
    ("js", "text/javascript; charset=utf-8", true),
    ("css", "text/css; charset=utf-8", true),
    ("wasm", "application/wasm", true),
    ("json", "application/json", true),
    ("txt", "text/plain; charset=utf-8", true),
    ("ts", "text/plain; charset=utf-8", true),
    ("svg", "image/svg+xml", true),
    ("png", "image/png", false),
    ("webp", "image/webp", false),
    ("jpg", "image/jpeg", false),
    ("woff2", "font/woff2", false),
    ("mp3", "audio/mpeg", false),
];

/// Reads a document.
///
/// # Errors
/// 404 when the site has none of that name.
pub async fn text(call: &Call, name: &str) -> Result<String, Problem> {
    let mut response = get(call, name).await?.ok_or_else(Problem::not_found)?;
    Ok(response.text().await?)
}

/// Sends a file, packed when the browser takes it packed and the build has done so.
///
/// # Errors
/// 404 when the site has none of that name, or none of a kind that we serve.
pub async fn send(call: &Call, name: &str) -> Result<Response, Problem> {
    let (content_type, is_packed) = kind(name).ok_or_else(Problem::not_found)?;
    let accepted = call.request.headers().get("accept-encoding")?;
    let packed = if is_packed && accepted.as_deref().is_some_and(takes_brotli) {
        get(call, &format!("{name}.br")).await?
    } else {
        None
    };
    let headers = Headers::new();
    headers.set("content-type", content_type)?;
    if let Some(packed) = packed {
        headers.set("content-encoding", "br")?;
        return Ok(copy(packed, headers).with_encode_body(EncodeBody::Manual));
    }
    let plain = get(call, name).await?.ok_or_else(Problem::not_found)?;
    Ok(copy(plain, headers))
}

fn copy(from: Response, headers: Headers) -> Response {
    let (_, body) = from.into_parts();
    Response::builder().with_headers(headers).body(body)
}

async fn get(call: &Call, name: &str) -> Result<Option<Response>, Problem> {
    // The binding answers by path; its host means nothing.
    let response = call.env.assets("ASSETS")?;
    let response = response.fetch(format!("https://site/{name}"), None).await?;
    Ok((response.status_code() == 200).then_some(response))
}

fn kind(name: &str) -> Option<(&'static str, bool)> {
    let is_plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/'));
    if !is_plain || name.contains("..") {
        return None;
    }
    let extension = name.rsplit_once('.')?.1;
    let known = KINDS.iter().find(|(known, _, _)| *known == extension);
    known.map(|(_, content_type, is_packed)| (*content_type, *is_packed))
}

fn takes_brotli(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_a_kind_that_we_serve() {
        let cases = [
            ("assets/chat.0123abcd.wasm", Some("application/wasm")),
            ("bellhop.js", Some("text/javascript; charset=utf-8")),
            ("assets/../chat.html", None),
            ("assets/..%2f..%2fsecret.js", None),
            ("assets/a.js.br", None),
            ("assets/a", None),
            ("assets/a.html", None),
        ];
        for (name, expected) in cases {
            assert_eq!(
                kind(name).map(|(content_type, _)| content_type),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let cases = [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("gzip, br;q=0", false),
            ("gzip, brrr", false),
            ("", false),
        ];
        for (header, expected) in cases {
            assert_eq!(takes_brotli(header), expected, "{header}");
        }
    }
}
