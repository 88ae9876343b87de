//! The content security policy of each document, whole from the first commit (SECURITY.md).

use shared::settings::Origin;

/// Where browsers send what broke the policy.
pub const REPORTS: &str = "/api/v1/reports/csp";

/// Who may show a document in a frame.
#[derive(Clone, Copy, Debug)]
pub enum Frames<'a> {
    /// Nobody: the console.
    Nobody,
    /// Our own pages and the space's allowed origins: the chat.
    Allowed(&'a [Origin]),
    /// Anybody: a page that says that there is nothing.
    Anybody,
}

/// The policy of a document of ours at `own`, for example `https://chat.example`.
pub fn policy(own: &str, frames: Frames<'_>) -> String {
    let ancestors = match frames {
        Frames::Nobody => "'none'".to_owned(),
        Frames::Allowed(origins) => {
            let mut sources = vec!["'self'"];
            sources.extend(origins.iter().map(Origin::as_str));
            sources.join(" ")
        }
        Frames::Anybody => "*".to_owned(),
    };
    let socket = own.replacen("http", "ws", 1);
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        &format!("connect-src 'self' {socket}"),
        "font-src 'self'",
        "frame-src https://challenges.cloudflare.com",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        &format!("frame-ancestors {ancestors}"),
        &reports(own),
    ]
    .join("; ")
}

/// The policy of the demo shop: a strict host page that allows our origin to run the loader and
/// to be framed, and nothing else.
pub fn demo_policy() -> String {
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "frame-src 'self'",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
        &reports("http"),
    ]
    .join("; ")
}

/// A browser that knows `report-to` ignores `report-uri`, and reports to secure origins only: on
/// one's own machine the older word is the one that works.
fn reports(own: &str) -> String {
    let to = if own.starts_with("https") {
        "; report-to csp"
    } else {
        ""
    };
    format!("report-uri {REPORTS}{to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chat_may_be_shown_where_the_space_allows_it() {
        let origins = ["https://shop.example", "http://localhost:*"];
        let origins = origins.map(|origin| origin.parse().unwrap());
        let cases = [
            (Frames::Nobody, "frame-ancestors 'none';"),
            (Frames::Allowed(&[]), "frame-ancestors 'self';"),
            (
                Frames::Allowed(&origins),
                "frame-ancestors 'self' https://shop.example http://localhost:*;",
            ),
            (Frames::Anybody, "frame-ancestors *;"),
        ];
        for (frames, expected) in cases {
            let policy = policy("https://chat.example", frames);
            assert!(policy.contains(expected), "{policy}");
            assert!(
                policy.contains("connect-src 'self' wss://chat.example;"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        }
    }
}
