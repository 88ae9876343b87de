//! The content security policy of each kind of answer (HD2 to HD4).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;

use super::{Kind, REPORTS};
use crate::settings::Origin;

/// What no document may do, whatever it is.
const NEVER: &str = "base-uri 'none'; object-src 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// The policy of an answer at `own`.
pub(super) fn of(kind: Kind<'_>, own: &str) -> String {
    match kind {
        Kind::Console { files } => ours(own, ("", ["", files], "'none'"), "'none'"),
        Kind::Chat {
            origins,
            style,
            image,
            files,
        } => {
            // The page of a challenge is ours, too.
            let ancestors = where_allowed(origins);
            ours(own, (style, [image, files], "'self'"), &ancestors)
        }
        Kind::Challenge { origins, base } => format!(
            "default-src 'none'; script-src 'self' {base}; style-src 'self'; frame-src {base}; \
             base-uri 'none'; form-action 'none'; frame-ancestors {}; {}",
            where_allowed(origins),
            reports(own)
        ),
        Kind::Off => ours(own, ("", ["", ""], "'none'"), "*"),
        Kind::Demo => format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; frame-src 'self'; connect-src 'none'; form-action 'none'; {NEVER}; \
             frame-ancestors 'none'; {}",
            reports(own)
        ),
        Kind::File => {
            "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                .to_owned()
        }
        Kind::Root | Kind::Loader | Kind::ApiDocument | Kind::Asset | Kind::Answer => {
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                .to_owned()
        }
    }
}

/// Our own pages, and those of a space.
fn where_allowed(origins: &[Origin]) -> String {
    let mut sources = vec!["'self'"];
    sources.extend(origins.iter().map(Origin::as_str));
    sources.join(" ")
}

/// The policy of a document of ours, with the hash of its style, a picture from elsewhere, where files come
/// from, and what it shows in frames.
fn ours(
    own: &str,
    (style, [image, files], frames): (&str, [&str; 2], &str),
    ancestors: &str,
) -> String {
    let socket = own.replacen("http", "ws", 1);
    let style = match style {
        "" => String::new(),
        hash => format!(" 'sha256-{hash}'"),
    };
    let [image, files] = [image, files].map(|address| match address {
        "" => String::new(),
        address => format!(" {address}"),
    });
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'{style}; \
         img-src 'self' blob: data:{image}{files}; media-src 'self' blob:{files}; connect-src 'self' {socket}; \
         font-src 'self'; frame-src {frames}; form-action 'self'; {NEVER}; \
         frame-ancestors {ancestors}; {}",
        reports(own)
    )
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

    const OWN: &str = "https://chat.example";
    const CONSOLE: Kind<'_> = Kind::Console { files: "" };

    #[test]
    fn sec_hd3_the_chat_may_be_shown_where_the_space_allows_it() {
        let origins = ["https://shop.example", "http://localhost:*"];
        let origins = origins.map(|origin| origin.parse().unwrap());
        let chat = |origins| Kind::Chat {
            origins,
            style: "",
            image: "",
            files: "",
        };
        let cases = [
            (CONSOLE, "frame-ancestors 'none';"),
            (Kind::Demo, "frame-ancestors 'none';"),
            (chat(&[]), "frame-ancestors 'self';"),
            (
                chat(&origins),
                "frame-ancestors 'self' https://shop.example http://localhost:*;",
            ),
            (
                Kind::Challenge {
                    origins: &origins,
                    base: "https://challenges.example",
                },
                "frame-ancestors 'self' https://shop.example http://localhost:*;",
            ),
            (Kind::Off, "frame-ancestors *;"),
        ];
        for (kind, expected) in cases {
            let policy = of(kind, OWN);
            assert!(policy.contains(expected), "{policy}");
        }
        assert!(of(Kind::Answer, OWN).ends_with("frame-ancestors 'none'"));
    }

    #[test]
    fn sec_hd8_sec_l4_a_script_of_somebody_elses_runs_on_the_page_of_a_challenge_alone() {
        let base = "https://challenges.example";
        let chat = Kind::Chat {
            origins: &[],
            style: "",
            image: "",
            files: "",
        };
        for kind in [Kind::Root, CONSOLE, chat, Kind::Off, Kind::Demo] {
            let policy = of(kind, OWN);
            assert!(!policy.replace(OWN, "").contains("https:"), "{policy}");
        }
        let policy = of(Kind::Challenge { origins: &[], base }, OWN);
        for expected in [
            "default-src 'none'; ",
            "; script-src 'self' https://challenges.example; ",
            "; frame-src https://challenges.example; ",
        ] {
            assert!(policy.contains(expected), "{policy}");
        }
        assert!(!policy.contains("connect-src") && !policy.contains("unsafe"));
    }

    #[test]
    fn sec_hd4_a_theme_is_a_style_and_a_picture_that_the_policy_names() {
        let kind = Kind::Chat {
            origins: &[],
            style: "AAAA=",
            image: "https://shop.example/a.svg",
            files: "https://files.example",
        };
        let policy = of(kind, OWN);
        let expected = [
            "; style-src 'self' 'sha256-AAAA='; ",
            "; img-src 'self' blob: data: https://shop.example/a.svg https://files.example; ",
            "; media-src 'self' blob: https://files.example; ",
            "; connect-src 'self' wss://chat.example; ",
            "; require-trusted-types-for 'script'; trusted-types 'none'; ",
        ];
        for part in expected {
            assert!(policy.contains(part), "no {part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
