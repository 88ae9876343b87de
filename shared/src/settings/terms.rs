//! What a conversation keeps of its space's settings.
//!
//! - **S2** A conversation keeps the settings that it was born with. It keeps those that its own
//!   rules ask for and no others, since they are stored with each conversation: the hours of a
//!   hundred queues are not.

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::lists::{Lists, Reason, Resolution, built_in_resolutions};
use super::{Settings, files_off, messages_per_hour, retention_s, transcripts, wrap_up_s};
use crate::conversation::Source;
use crate::text::MessageText;

/// The settings of a conversation. Their names are those of [`Settings`], all of which the first
/// release stored here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Terms {
    /// See [`Settings::wait_s`].
    pub wait_s: u32,
    /// See [`Settings::idle_s`].
    pub idle_s: u32,
    /// See [`Settings::idle_end_s`].
    pub idle_end_s: u32,
    /// See [`Settings::max_s`].
    pub max_s: u32,
    /// See [`Settings::wrap_up_s`].
    #[serde(default = "wrap_up_s")]
    pub wrap_up_s: u32,
    /// See [`Settings::retention_s`].
    #[serde(default = "retention_s")]
    pub retention_s: u32,
    /// See [`Settings::messages_burst`].
    pub messages_burst: u32,
    /// See [`Settings::messages_per_10s`].
    pub messages_per_10s: u32,
    /// See [`Settings::messages_per_hour`].
    #[serde(default = "messages_per_hour")]
    pub messages_per_hour: u32,
    /// See [`Settings::transcripts`].
    #[serde(default = "transcripts")]
    pub transcripts: bool,
    /// See [`Settings::files_off`].
    #[serde(default = "files_off")]
    pub files_off: Vec<Source>,
    /// See [`Settings::fallback_text`].
    pub fallback_text: Option<MessageText>,
    /// See [`Settings::resolutions`]; `None` for the built-in ones under their own names.
    pub resolutions: Option<Vec<Resolution>>,
    /// See [`Settings::reasons`].
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// See [`Settings::lists`].
    #[serde(default)]
    pub lists: u32,
}

impl From<&Settings> for Terms {
    fn from(settings: &Settings) -> Self {
        let resolutions = &settings.resolutions;
        Self {
            wait_s: settings.wait_s,
            idle_s: settings.idle_s,
            idle_end_s: settings.idle_end_s,
            max_s: settings.max_s,
            wrap_up_s: settings.wrap_up_s,
            retention_s: settings.retention_s,
            messages_burst: settings.messages_burst,
            messages_per_10s: settings.messages_per_10s,
            messages_per_hour: settings.messages_per_hour,
            transcripts: settings.transcripts,
            files_off: settings.files_off.clone(),
            fallback_text: settings.fallback_text.clone(),
            resolutions: (*resolutions != built_in_resolutions()).then(|| resolutions.clone()),
            reasons: settings.reasons.clone(),
            lists: settings.lists,
        }
    }
}

impl Terms {
    /// Resolutions and reasons.
    #[must_use]
    pub fn lists(&self) -> Lists {
        Lists {
            number: self.lists,
            resolutions: self
                .resolutions
                .clone()
                .unwrap_or_else(built_in_resolutions),
            reasons: self.reasons.clone(),
        }
    }

    /// See [`Settings::wait_s`].
    #[must_use]
    pub const fn wait(&self) -> Duration {
        Duration::from_secs(self.wait_s as u64)
    }

    /// See [`Settings::idle_s`].
    #[must_use]
    pub const fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_s as u64)
    }

    /// See [`Settings::idle_end_s`].
    #[must_use]
    pub const fn idle_end(&self) -> Duration {
        Duration::from_secs(self.idle_end_s as u64)
    }

    /// See [`Settings::wrap_up_s`].
    #[must_use]
    pub const fn wrap_up(&self) -> Duration {
        Duration::from_secs(self.wrap_up_s as u64)
    }

    /// See [`Settings::max_s`].
    #[must_use]
    pub const fn max(&self) -> Duration {
        Duration::from_secs(self.max_s as u64)
    }
}
