//! Parts that both apps use.

mod banner;
mod composer;
mod log;
mod message;
mod typing;

pub use banner::{Line, banner};
pub use composer::{Composer, Words, focus_composer};
pub use log::log;
#[cfg(feature = "chat")]
pub use message::ending;
pub use typing::typing;

/// The letter that stands for a person; css makes it a capital, without Unicode's tables here.
pub fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}
