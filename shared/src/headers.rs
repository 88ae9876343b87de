//! What every answer of the Worker says in its headers, in one table: [`of`] a [`Kind`] of answer.
//!
//! - **HD1** Every answer is what its type says (`nosniff`) and sends no referrer along; over TLS it
//!   asks for TLS for two years.
//! - **HD2** Every answer has a content security policy. That of a document lets it load what is ours;
//!   that of anything else lets nothing be loaded, framed or sent.
//! - **HD3** The chat, and the page of a challenge inside it, are framed by our own pages and the space's
//!   allowed origins; the page that says that there is no chat, by anybody; everything else, by nobody.
//! - **HD4** No policy allows a script in the page or `eval`, and none lets a text become a script
//!   (Trusted Types, without any policy of them). A style in the page is named by its hash. The one
//!   exception is HD8.
//! - **HD8** A script of somebody else's runs in the page of a challenge alone, which connects to nothing and
//!   has nothing of the talk in it. No other document lets one run, or shows a frame of theirs.
//! - **HD5** Other sites' pages may load the chat with its challenge, the page that says that there is none, the loader
//!   and the API document; nothing else.
//! - **HD6** Files that carry a digest in their names are kept for ever, the loader and the API document
//!   for five minutes, documents are asked for each time, and answers of the API are kept by nobody.
//! - **HD9** A file that somebody sent is an answer of an origin of its own, which has nothing else. It runs
//!   nothing, loads nothing and is framed by nobody; pages of ours show its picture, sound or film; and a
//!   browser keeps it for itself, as long as its address is good (SECURITY.md U3).
//! - **HD7** A document shares its window with no page of another origin. Microphone, camera and screen
//!   are for the documents in which people talk, and for the shop around one.

mod policy;

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use crate::settings::Origin;

/// Where browsers send what broke a policy.
pub const REPORTS: &str = "/api/v1/reports/csp";

/// Two years. Source: SECURITY.md, "Headers".
const TLS: &str = "max-age=63072000";
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), \
    geolocation=(), payment=(), usb=()";
const NO_PERMISSIONS: &str =
    "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=()";

/// What kind of answer it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// The line at `/`.
    Root,
    /// The console, and the way in.
    Console {
        /// Where files come from; empty where there are none.
        files: &'a str,
    },
    /// The chat of a space.
    Chat {
        /// Where it may be shown.
        origins: &'a [Origin],
        /// SHA-256, in base64, of the style in the page; empty for none.
        style: &'a str,
        /// Address of a picture from elsewhere; empty for none.
        image: &'a str,
        /// Where files come from; empty where there are none.
        files: &'a str,
    },
    /// The page on which somebody shows that a person writes.
    Challenge {
        /// Where the chat around it may be shown.
        origins: &'a [Origin],
        /// Whose script runs there.
        base: &'a str,
    },
    /// The page that says that there is no chat.
    Off,
    /// The demo shop: a strict host page that allows our origin to run the loader and to be framed,
    /// and nothing else.
    Demo,
    /// The loader that any page may run.
    Loader,
    /// The API document.
    ApiDocument,
    /// A file with a digest in its name.
    Asset,
    /// A file that somebody sent.
    File,
    /// Whatever else: JSON, an error, a redirect, nothing.
    Answer,
}

/// A header and its value.
pub type Header = (&'static str, Cow<'static, str>);

/// The headers of an answer at `own`, our origin as the browser knows it: `https://chat.example`.
#[must_use]
pub fn of(kind: Kind<'_>, own: &str) -> Vec<Header> {
    let mut headers = Vec::with_capacity(12);
    let mut put = |name, value: &'static str| headers.push((name, Cow::Borrowed(value)));
    put("x-content-type-options", "nosniff");
    put("referrer-policy", "no-referrer");
    if own.starts_with("https:") {
        put("strict-transport-security", TLS);
    }
    put("cross-origin-resource-policy", sharing(kind, own));
    let (caching, vary) = caching(kind);
    put("cache-control", caching);
    if !vary.is_empty() {
        put("vary", vary);
    }
    if let Kind::Loader | Kind::ApiDocument = kind {
        put("access-control-allow-origin", "*");
    }
    if let Some(permissions) = permissions(kind) {
        put("cross-origin-opener-policy", "same-origin");
        put("permissions-policy", permissions);
    }
    let policy = policy::of(kind, own);
    if policy.contains("report-to") {
        let endpoint = format!("csp=\"{own}{REPORTS}\"");
        headers.push(("reporting-endpoints", endpoint.into()));
    }
    headers.push(("content-security-policy", policy.into()));
    headers
}

/// HD5.
fn sharing(kind: Kind<'_>, own: &str) -> &'static str {
    match kind {
        Kind::Chat { .. }
        | Kind::Challenge { .. }
        | Kind::Off
        | Kind::Loader
        | Kind::ApiDocument => "cross-origin",
        // On one's own machine no two origins are of one site.
        Kind::File if own.starts_with("http:") => "cross-origin",
        Kind::File => "same-site",
        Kind::Root | Kind::Console { .. } | Kind::Demo | Kind::Asset | Kind::Answer => {
            "same-origin"
        }
    }
}

/// HD6: how long it is kept, and what else it depends on.
const fn caching(kind: Kind<'_>) -> (&'static str, &'static str) {
    match kind {
        // Whether somebody is signed in stands in it.
        Kind::Console { .. } => ("private, no-cache", "accept-language, cookie"),
        Kind::Chat { .. } | Kind::Challenge { .. } | Kind::Off | Kind::Demo => {
            ("no-cache", "accept-language")
        }
        Kind::Root => ("no-cache", ""),
        Kind::Loader | Kind::ApiDocument => ("public, max-age=300", "accept-encoding"),
        Kind::Asset => ("public, max-age=31536000, immutable", "accept-encoding"),
        Kind::File => ("private, max-age=300", ""),
        Kind::Answer => ("no-store", ""),
    }
}

/// HD7; `None` for what is no document.
const fn permissions(kind: Kind<'_>) -> Option<&'static str> {
    match kind {
        Kind::Console { .. } | Kind::Chat { .. } | Kind::Demo => Some(PERMISSIONS),
        Kind::Root | Kind::Challenge { .. } | Kind::Off => Some(NO_PERMISSIONS),
        Kind::Loader | Kind::ApiDocument | Kind::Asset | Kind::File | Kind::Answer => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use expect_test::expect_file;

    use super::*;

    fn kinds(origins: &[Origin]) -> [(&'static str, Kind<'_>); 11] {
        let chat = Kind::Chat {
            origins,
            style: "",
            image: "",
            files: FILES,
        };
        let base = "https://challenges.example";
        let challenge = Kind::Challenge { origins, base };
        [
            ("root", Kind::Root),
            ("console", Kind::Console { files: FILES }),
            ("chat", chat),
            ("challenge", challenge),
            ("off", Kind::Off),
            ("demo", Kind::Demo),
            ("loader", Kind::Loader),
            ("API document", Kind::ApiDocument),
            ("asset", Kind::Asset),
            ("file", Kind::File),
            ("answer", Kind::Answer),
        ]
    }

    fn value(kind: Kind<'_>, own: &str, name: &str) -> Option<String> {
        let found = of(kind, own).into_iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.into_owned())
    }

    const OWN: &str = "https://chat.example";
    const FILES: &str = "https://files.example";

    #[test]
    fn sec_hd1_hd2_hd3_hd4_hd5_hd6_hd7_the_table() {
        let origins = ["https://shop.example", "https://*.shop.example"];
        let origins = origins.map(|origin| origin.parse().unwrap());
        let mut table = String::new();
        for (name, kind) in kinds(&origins) {
            table += &format!("## {name}\n");
            for (name, value) in of(kind, OWN) {
                table += &format!("{name}: {}\n", value.replace("; ", ";\n    "));
            }
            table += "\n";
        }
        expect_file!["headers/table.txt"].assert_eq(&table);
    }

    #[test]
    fn sec_hd1_only_an_answer_over_tls_asks_for_it() {
        for (name, kind) in kinds(&[]) {
            let asks = |own| value(kind, own, "strict-transport-security").is_some();
            assert!(asks(OWN) && !asks("http://127.0.0.1:8787"), "{name}");
        }
    }

    /// The Worker gives whatever nobody has dressed the headers of an answer: none of them may be
    /// missing in another row.
    #[test]
    fn sec_hd2_what_an_answer_says_everything_says() {
        for (kind, row) in kinds(&[]).map(|(name, kind)| (name, of(kind, OWN))) {
            for (name, _) in of(Kind::Answer, OWN) {
                assert!(
                    row.iter().any(|(known, _)| *known == name),
                    "{name} of {kind}"
                );
            }
            let mut names: Vec<_> = row.iter().map(|(name, _)| name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), row.len(), "{kind} says something twice");
        }
    }
}
