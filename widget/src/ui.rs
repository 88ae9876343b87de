//! Parts that both apps use, and small helpers for views.

mod banner;
pub mod composer;
mod log;
mod message;
mod typing;

pub use banner::Banner;
pub use composer::{Composer, focus_composer};
pub use log::Log;
pub use message::ending;
pub use typing::Typing;

use std::sync::{Arc, Mutex};

use leptos::prelude::*;

/// A closure that draws itself again when what it reads changes.
///
/// One type for each output, whoever made it: the code that runs it is linked once.
pub type Live<T> = Arc<Mutex<dyn FnMut() -> T + Send>>;

/// Makes a [`Live`] closure.
pub fn live<T: 'static>(draw: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Arc::new(Mutex::new(draw))
}

/// An element that only decorates, without children.
///
/// Never write one inside `view!` with literal attributes alone: leptos would build it through
/// `innerHTML`, which `require-trusted-types-for 'script'` forbids.
pub fn decor(class: &'static str) -> impl IntoView {
    leptos::html::span().class(class).attr("aria-hidden", "true")
}

/// The letter that stands for a person.
pub fn initial(name: &str) -> String {
    name.chars().take(1).flat_map(char::to_uppercase).collect()
}
