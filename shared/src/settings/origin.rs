//! Where a chat may be shown.
//!
//! - **S3** An allowed origin is scheme, host and port; `*.` stands for one or more labels; `:*`
//!   for any port, on a loopback host only. Origins are compared as parts, never as prefixes or suffixes of text.

use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A page's origin that may show the chat (S3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Why a text is not an allowed origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an origin is like https://shop.example, https://*.shop.example or http://localhost:8080")]
pub struct OriginError;

impl Origin {
    /// The origin as it stands in `frame-ancestors`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (is_secure, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(OriginError),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let is_loopback = matches!(host, "localhost" | "127.0.0.1");
        let is_port = match port {
            None => true,
            Some("*") => is_loopback,
            Some(port) => port
                .parse::<u16>()
                .is_ok_and(|number| number.to_string() == port),
        };
        let name = host.strip_prefix("*.").unwrap_or(host);
        let is_host = host.len() <= 253
            && (is_loopback || name.contains('.'))
            && name.split('.').all(is_label);
        // Plain http is for one's own machine: elsewhere anybody on the way could show a page.
        (is_host && is_port && (is_secure || is_loopback))
            .then(|| Self(text.to_string()))
            .ok_or(OriginError)
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_an_origin_is_scheme_host_and_port() {
        let cases = [
            ("https://shop.example", true),
            ("https://*.shop.example", true),
            ("https://shop.example:8443", true),
            ("http://localhost:*", true),
            ("http://127.0.0.1:8080", true),
            ("http://shop.example", false),
            ("https://shop.example:*", false),
            ("https://shop.example/", false),
            ("https://user@shop.example", false),
            ("https://*.*.example", false),
            ("https://*", false),
            ("https://shop.example:08", false),
            ("https://shop.example; script-src *", false),
            ("null", false),
            ("", false),
        ];
        for (text, is_origin) in cases {
            assert_eq!(text.parse::<Origin>().is_ok(), is_origin, "{text}");
        }
    }
}
