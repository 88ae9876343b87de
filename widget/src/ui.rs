//! Parts that both apps use.

pub mod actions;
mod aim;
mod banner;
mod composer;
pub mod emoji;
mod event;
pub mod log;
mod message;
pub mod past;
mod typing;
mod words;

pub use aim::Aim;
pub use banner::{Line, banner};
#[cfg(feature = "console")]
pub use composer::focus_composer_soon;
#[cfg(feature = "chat")]
pub use composer::has_focus;
pub use composer::{Composer, Words, focus_composer};
#[cfg(feature = "chat")]
pub use event::ending;
pub use log::log;
pub use typing::typing;

/// The letter that stands for a person; css makes it a capital, without Unicode's tables here.
pub fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}
