//! A secret on its way through the program.
//!
//! - **SEC1** Whatever is written of a value that holds one, for a log or an error, says nothing of it:
//!   who wants the text says so by [`Secret::expose`]. It is never serialized.

use alloc::string::String;
use core::fmt;

/// A key, a password or a token of somebody else's (SEC1).
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one thing that it is good for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "it is there to be written")]
    struct Holder {
        name: &'static str,
        key: Option<Secret>,
    }

    #[test]
    fn sec_k_02_sec1_nothing_of_a_secret_is_written() {
        let key = Secret::new("canary".into());
        assert_eq!(key.expose(), "canary");
        let name = "mail";
        let written = format!(
            "{:#?} {key:?}",
            Holder {
                name,
                key: Some(key.clone())
            }
        );
        assert!(
            written.contains("mail") && !written.contains("canary"),
            "{written}"
        );
    }
}
