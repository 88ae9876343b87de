//! What an installation can do, by the secrets and variables that it was given.
//!
//! - **FE1** A feature is on when everything that it needs is set and long enough, off when nothing of it
//!   is, and incomplete otherwise. What every installation needs is never off, but incomplete.
//! - **FE2** A call of a feature that is not on does nothing: 503, with a word of the feature's own.
//! - **FE3** Admins read how the features stand and what is missing: names, never values.

use alloc::vec::Vec;

use serde::Serialize;

use crate::outgoing::Reach;

/// A feature that needs secrets or variables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Feature {
    /// Tokens of visitors and agents.
    Tokens,
    /// Secrets that spaces keep, such as identity keys.
    Sealing,
    /// E-mail.
    Mail,
    /// Sign-in by an identity provider.
    Oidc,
    /// Sign-in by Cloudflare Access.
    Access,
    /// Challenges by which somebody shows that a person writes.
    Turnstile,
    /// Files that people send.
    Files,
    /// Speech to text, for spaces that have set up no transcriber of their own.
    Dictation,
    /// The way in for the first admin.
    Bootstrap,
}

/// How a feature stands (FE1).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It works.
    On,
    /// Nobody has set it up, and nobody has to.
    Off,
    /// Something that it needs is missing, or too short.
    Incomplete,
}

/// What an admin reads of a feature (FE3).
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Status {
    /// Its name.
    pub feature: &'static str,
    /// How it stands.
    pub state: State,
    /// The secrets and variables that are missing, or too short.
    pub missing: Vec<&'static str>,
}

/// A secret or variable, and how long it is at least.
type Need = (&'static str, usize);

impl Feature {
    /// All of them, in the order in which an admin reads them.
    pub const ALL: [Self; 9] = [
        Self::Tokens,
        Self::Sealing,
        Self::Mail,
        Self::Oidc,
        Self::Access,
        Self::Turnstile,
        Self::Files,
        Self::Dictation,
        Self::Bootstrap,
    ];

    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Sealing => "sealing",
            Self::Mail => "mail",
            Self::Oidc => "oidc",
            Self::Access => "access",
            Self::Turnstile => "turnstile",
            Self::Files => "files",
            Self::Dictation => "dictation",
            Self::Bootstrap => "bootstrap",
        }
    }

    /// The word of the refusal where it is not on (FE2).
    #[must_use]
    pub const fn refusal(self) -> &'static str {
        match self {
            Self::Tokens => "token_key_missing",
            Self::Sealing => "seal_key_missing",
            Self::Mail => "mail_not_configured",
            Self::Oidc => "oidc_not_configured",
            Self::Access => "access_not_configured",
            Self::Turnstile => "turnstile_missing",
            Self::Files => "files_not_configured",
            Self::Dictation => "dictation_not_configured",
            Self::Bootstrap => "bootstrap_not_configured",
        }
    }

    /// Everything that it needs. Keys have 32 bytes or more, a hash 64 digits.
    const fn needs(self) -> &'static [Need] {
        match self {
            Self::Tokens => &[("TOKEN_KEY", 32)],
            Self::Sealing => &[("SEAL_KEY", 32)],
            Self::Mail => &[("MAIL_KEY", 1), ("MAIL_FROM", 1)],
            Self::Oidc => &[("OIDC_ISSUER", 1), ("OIDC_CLIENT_ID", 1)],
            Self::Access => &[("ACCESS_TEAM", 1), ("ACCESS_AUD", 1)],
            Self::Turnstile => &[("TURNSTILE_SITE_KEY", 1), ("TURNSTILE_SECRET", 1)],
            // The bucket is a binding, which every `wrangler.toml` of ours has.
            Self::Files => &[("FILES_ORIGIN", 1)],
            // A binding: whoever has it counts 1.
            Self::Dictation => &[("AI", 1)],
            Self::Bootstrap => &[("BOOTSTRAP_HASH", 64)],
        }
    }

    /// Whether an installation may go without.
    const fn may_be_off(self) -> bool {
        match self {
            Self::Tokens | Self::Sealing => false,
            Self::Mail
            | Self::Oidc
            | Self::Access
            | Self::Turnstile
            | Self::Files
            | Self::Dictation
            | Self::Bootstrap => true,
        }
    }

    /// What an admin reads of the calls to other people's servers: on, and how far they reach (OUT1 of
    /// `outgoing`).
    #[must_use]
    pub const fn outgoing(reach: Reach) -> Status {
        Status {
            feature: match reach {
                Reach::Public => "outgoing",
                Reach::Desk => "outgoing_desk",
            },
            state: State::On,
            missing: Vec::new(),
        }
    }

    /// How it stands (FE1), by the lengths of what is set; 0 for what is not.
    pub fn status(self, length_of: impl Fn(&str) -> usize) -> Status {
        let needs = self.needs();
        let missing = needs
            .iter()
            .filter(|(name, least)| length_of(name) < *least);
        let missing: Vec<_> = missing.map(|(name, _)| *name).collect();
        let is_begun = needs.iter().any(|(name, _)| length_of(name) > 0);
        let state = if missing.is_empty() {
            State::On
        } else if is_begun || !self.may_be_off() {
            State::Incomplete
        } else {
            State::Off
        };
        Status {
            feature: self.name(),
            state,
            missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_h1_01_fe1_fe3_a_feature_is_on_when_all_that_it_needs_is_set() {
        type Case = (
            Feature,
            &'static [(&'static str, usize)],
            State,
            &'static [&'static str],
        );
        let cases: [Case; 13] = [
            (Feature::Tokens, &[("TOKEN_KEY", 32)], State::On, &[]),
            (
                Feature::Tokens,
                &[("TOKEN_KEY", 31)],
                State::Incomplete,
                &["TOKEN_KEY"],
            ),
            (Feature::Tokens, &[], State::Incomplete, &["TOKEN_KEY"]),
            (Feature::Sealing, &[], State::Incomplete, &["SEAL_KEY"]),
            (Feature::Sealing, &[("SEAL_KEY", 64)], State::On, &[]),
            (Feature::Mail, &[], State::Off, &["MAIL_KEY", "MAIL_FROM"]),
            (
                Feature::Mail,
                &[("MAIL_FROM", 9)],
                State::Incomplete,
                &["MAIL_KEY"],
            ),
            (
                Feature::Mail,
                &[("MAIL_KEY", 9)],
                State::Incomplete,
                &["MAIL_FROM"],
            ),
            (
                Feature::Mail,
                &[("MAIL_KEY", 9), ("MAIL_FROM", 9)],
                State::On,
                &[],
            ),
            (
                Feature::Oidc,
                &[("OIDC_CLIENT_ID", 1)],
                State::Incomplete,
                &["OIDC_ISSUER"],
            ),
            (
                Feature::Access,
                &[("ACCESS_TEAM", 9)],
                State::Incomplete,
                &["ACCESS_AUD"],
            ),
            (
                Feature::Bootstrap,
                &[("BOOTSTRAP_HASH", 63)],
                State::Incomplete,
                &["BOOTSTRAP_HASH"],
            ),
            (Feature::Bootstrap, &[], State::Off, &["BOOTSTRAP_HASH"]),
        ];
        for (feature, set, state, missing) in cases {
            let length_of = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map_or(0, |(_, length)| *length)
            };
            let status = feature.status(length_of);
            assert_eq!(
                (status.state, &*status.missing),
                (state, missing),
                "{feature:?} {set:?}"
            );
        }
    }

    #[test]
    fn fe2_every_feature_has_a_name_and_a_refusal_of_its_own() {
        let mut words: Vec<_> = Feature::ALL
            .iter()
            .flat_map(|of| [of.name(), of.refusal()])
            .collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 2 * Feature::ALL.len());
    }
}
