//! The headers of an answer, held against the table of `shared::headers`.

use anyhow::{Result, ensure};
use reqwest::header::HeaderMap;
use shared::headers::{Kind, of};

/// Every name that the table has a rule for: an answer says what its row says, and no more.
const RULED: [&str; 12] = [
    "access-control-allow-origin",
    "cache-control",
    "content-security-policy",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "reporting-endpoints",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
];

/// An answer of the Bellhop at `own` says what that kind of answer has to say.
///
/// # Errors
/// With the first header that is another.
pub fn are_those_of(kind: Kind<'_>, own: &str, headers: &HeaderMap) -> Result<()> {
    let row = of(kind, own);
    for (name, _) in &row {
        ensure!(RULED.contains(name), "the stage does not know {name}");
    }
    for name in RULED {
        let expected = row.iter().find(|(known, _)| *known == name);
        let expected = expected.map(|(_, value)| value.as_ref());
        let mut found = headers.get_all(name).iter();
        let (first, second) = (found.next(), found.next());
        let first = first.map(|value| value.to_str()).transpose()?;
        ensure!(
            first == expected && second.is_none(),
            "{name} is {first:?} of {kind:?}, not {expected:?}"
        );
    }
    Ok(())
}
