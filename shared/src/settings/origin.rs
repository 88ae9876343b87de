//! Where a chat may be shown.
//!
//! - **S3** An allowed origin is scheme, host and port; `*.` stands for one or more labels; `:*`
//!   for any port, on a loopback host only. Origins are compared as parts, never as prefixes or suffixes of text.
//! - **S9** The chat leads nobody but to a page of the site: an address on an allowed origin, without
//!   credentials. So an allowed origin that it needs is not taken away before it.

use alloc::string::{String, ToString};
use core::fmt;
use core::net::Ipv4Addr;
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

impl Origin {
    /// Whether a page is of this origin (S9).
    #[must_use]
    pub fn allows(&self, page: &PageUrl) -> bool {
        let (Some((scheme, host, port)), Some((of_scheme, of_host, of_port))) =
            (parts(&self.0), parts(page.origin()))
        else {
            return false;
        };
        let is_host = match host.strip_prefix("*.") {
            None => host == of_host,
            Some(name) => of_host
                .strip_suffix(name)
                .is_some_and(|labels| labels.len() > 1 && labels.ends_with('.')),
        };
        scheme == of_scheme && is_host && (port == of_port || port == Some("*"))
    }
}

/// Address of a page of a site (S9): an origin without wildcards, and what follows, at most 500
/// characters of printable ASCII that no attribute and no header is ended by.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageUrl(String);

impl PageUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn origin(&self) -> &str {
        let start = self.0.find("://").map_or(0, |at| at.saturating_add(3));
        let rest = self.0.get(start..).unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let end = start.saturating_add(end);
        self.0.get(..end).unwrap_or_default()
    }
}

impl FromStr for PageUrl {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let is_plain = |byte: u8| {
            byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`')
        };
        let url = Self(text.to_string());
        let origin: Origin = url.origin().parse()?;
        let is_one = text.len() <= 500 && text.bytes().all(is_plain) && !origin.0.contains('*');
        is_one.then_some(url).ok_or(OriginError)
    }
}

impl TryFrom<String> for PageUrl {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<PageUrl> for String {
    fn from(url: PageUrl) -> Self {
        url.0
    }
}

/// Scheme, host and port.
fn parts(origin: &str) -> Option<(&str, &str, Option<&str>)> {
    let (scheme, rest) = origin.split_once("://")?;
    Some(match rest.rsplit_once(':') {
        Some((host, port)) => (scheme, host, Some(port)),
        None => (scheme, rest, None),
    })
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
            && name.split('.').all(is_label)
            && (!ends_in_number(name) || host.parse::<Ipv4Addr>().is_ok());
        // Plain http is for one's own machine: elsewhere anybody on the way could show a page.
        (is_host && is_port && (is_secure || is_loopback))
            .then(|| Self(text.to_string()))
            .ok_or(OriginError)
    }
}

/// Whether browsers take a host for an address of IPv4, well-formed or not: then it is no name.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digits(last) || last.strip_prefix("0x").is_some_and(is_hex)
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
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use url::Url;

    use super::*;

    /// The same question, asked of a reader of addresses that browsers agree with.
    fn is_of(origin: &Origin, page: &str) -> bool {
        let (Ok(url), Some((scheme, host, port))) = (Url::parse(page), parts(&origin.0)) else {
            return false;
        };
        let found = url.host_str().unwrap_or_default();
        let is_host = match host.strip_prefix('*') {
            None => found == host,
            Some(end) => found.len() > end.len() && found.ends_with(end),
        };
        let usual = if scheme == "https" { 443 } else { 80 };
        let is_port = match port {
            Some("*") => true,
            Some(port) => url.port_or_known_default() == port.parse().ok(),
            None => url.port_or_known_default() == Some(usual),
        };
        url.scheme() == scheme
            && is_host
            && is_port
            && url.username().is_empty()
            && url.password().is_none()
    }

    const PIECES: [&str; 29] = [
        "https://",
        "http://",
        "//",
        "shop.example",
        "evil.example",
        "www.",
        "evil",
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f",
        "[::1]",
        ".",
        "@",
        ":",
        ":443",
        ":8443",
        "/",
        "\\",
        "#",
        "?",
        "%2e",
        "%40",
        "*.",
        "*",
        "-",
        "null",
        "javascript:",
        "\u{ff0e}",
    ];
    const ORIGINS: [&str; 6] = [
        "https://shop.example",
        "https://*.shop.example",
        "https://shop.example:8443",
        "http://localhost:*",
        "http://127.0.0.1:8080",
        "https://shop.example:443",
    ];

    proptest! {
        /// Whatever page is taken for one of the site's, a browser takes for one, too.
        #[test]
        fn sec_e3_01_s3_s9_a_page_is_read_as_browsers_read_it(
            origin in select(&ORIGINS[..]),
            begins in any::<bool>(),
            pieces in vec(select(&PIECES[..]), 0..6),
        ) {
            let known: Origin = origin.parse().unwrap();
            let start = if begins { origin } else { "" };
            let text = [start, &pieces.concat()].concat();
            if let Ok(page) = text.parse::<PageUrl>() {
                prop_assert!(Url::parse(&text).is_ok(), "{} is no address", text);
                if known.allows(&page) {
                    prop_assert!(is_of(&known, &text), "{} is not of {}", text, origin);
                }
            }
        }

        /// No text but scheme, host and port passes for an origin.
        #[test]
        fn sec_e3_01_s3_an_origin_is_one_to_browsers_too(pieces in vec(select(&PIECES[..]), 1..6)) {
            let text = pieces.concat();
            if let Ok(origin) = text.parse::<Origin>() {
                let plain = origin.as_str().replace("*.", "a.").replace(":*", ":1");
                let url = Url::parse(&plain).unwrap();
                let is_usual = plain.ends_with(":443") || plain.ends_with(":80");
                prop_assert!(is_usual || url.origin().ascii_serialization() == plain, "{}", text);
            }
        }
    }

    #[test]
    fn s9_the_chat_leads_to_pages_of_the_site_alone() {
        let cases = [
            (
                "https://shop.example",
                "https://shop.example/sign-in?to=chat#x",
                true,
            ),
            ("https://shop.example", "https://shop.example", true),
            (
                "https://shop.example",
                "https://shop.example.evil.example/",
                false,
            ),
            (
                "https://shop.example",
                "https://shop.example@evil.example/",
                false,
            ),
            ("https://shop.example", "https://evilshop.example/", false),
            ("https://shop.example", "https://shop.example:8443/", false),
            ("https://shop.example", "http://shop.example/", false),
            ("https://shop.example", "//shop.example/", false),
            (
                "https://shop.example",
                "javascript://shop.example/%0aalert(1)",
                false,
            ),
            (
                "https://shop.example",
                "https://shop.example\\@evil.example/",
                false,
            ),
            (
                "https://shop.example",
                "https://shop.example/\"onclick=",
                false,
            ),
            ("https://shop.example", "/sign-in", false),
            (
                "https://*.shop.example",
                "https://www.shop.example/in",
                true,
            ),
            (
                "https://*.shop.example",
                "https://a.b.shop.example/in",
                true,
            ),
            ("https://*.shop.example", "https://shop.example/in", false),
            ("https://*.shop.example", "https://.shop.example/in", false),
            (
                "https://*.shop.example",
                "https://evilshop.example/in",
                false,
            ),
            ("https://*.shop.example", "https://*.shop.example/in", false),
            ("http://localhost:*", "http://localhost:8080/in", true),
            ("http://localhost:*", "http://127.0.0.1:8080/in", false),
        ];
        for (origin, url, is_allowed) in cases {
            let origin: Origin = origin.parse().unwrap();
            let page = url.parse::<PageUrl>();
            let allows = page.is_ok_and(|page| origin.allows(&page));
            assert_eq!(allows, is_allowed, "{origin} {url}");
        }
    }

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
            ("https://192.0.2.1", true),
            ("https://shop.example127.0.0.1", false),
            ("https://192.0.2.01", false),
            ("https://shop.0x7f", false),
            ("https://*.0.0.1", false),
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
