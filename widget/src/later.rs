//! What the chat loads when it is first asked for: a second wasm file, which works on the memory and the functions of
//! the first, and a sheet.
//!
//! A part is a [`Part`] and its arm in [`make`]. What nothing but that function reaches, the build puts into the
//! second file (`xtask/src/build/split.rs`), and sheets named `NAME.later.css` into the second sheet. The console has
//! all of it at once (`later/now.rs`).
//!
//! `wasm_split_helpers` marks the place. What waits for the file is ours, because that of the crate, which
//! works with threads too, weighs 2.1 KB of brotli.

#[cfg(not(feature = "chat"))]
mod now;
#[cfg(feature = "chat")]
pub mod rt;
#[cfg(feature = "chat")]
mod split;

use std::rc::Rc;

use shared::conversation::Seq;
use shared::id::CommandId;
use web_sys::HtmlElement;

#[cfg(not(feature = "chat"))]
pub use self::now::{later, later_in};
#[cfg(feature = "chat")]
use self::split::Missing as SplitLoaderError;
#[cfg(feature = "chat")]
pub use self::split::{later, later_in, prepare};
#[cfg(feature = "chat")]
use crate::chat::{Chat, challenge, confirm, ended, menu, sign_in, waiting};
use crate::dom::El;
use crate::files;
use crate::speech;
use crate::thread::Thread;
use crate::ui::Aim;
use crate::ui::actions::{self, Talk};
use crate::ui::emoji;
use crate::ui::log::Drawn;
use crate::ui::past;
#[cfg(feature = "chat")]
use crate::var::Var;

/// What may come later.
#[derive(Clone)]
pub enum Part {
    /// The buttons in front of the field; true where it takes files.
    Tools(Aim, bool),
    /// A file in the log.
    File(Thread, Seq),
    /// Files on their way.
    Files(Thread),
    /// The check whether a person writes.
    #[cfg(feature = "chat")]
    Challenge(Chat),
    /// The question before the chat is ended; false when it is answered.
    #[cfg(feature = "chat")]
    Confirm(Chat, Var<bool>),
    /// The end of a conversation.
    #[cfg(feature = "chat")]
    Ended(Chat),
    /// The menu below the head.
    #[cfg(feature = "chat")]
    Menu(Chat),
    /// The way to sign in.
    #[cfg(feature = "chat")]
    SignIn(Chat),
    /// While nobody has come yet.
    #[cfg(feature = "chat")]
    Waiting(Chat),
    /// What a composer is about.
    Bar(Aim),
    /// What a button of a message is for.
    Does(Talk, HtmlElement, Rc<Drawn>),
    /// The choice of an emoji, of the button of a composer.
    Emoji(Aim, HtmlElement),
    /// The last message of one's own, to edit it.
    EditLast(Aim),
    /// More of a long log, for whoever scrolls through it.
    Past(Rc<Drawn>),
    /// Why something is not sent.
    Failure(Talk, CommandId),
    /// What became of a message.
    Fate(Talk, CommandId),
    /// The message that is answered.
    Quote(Talk, CommandId),
    /// One message up, or down.
    Step(bool),
}

/// Draws a part, or does what it is for.
fn make(part: Part) -> Option<El> {
    match part {
        Part::Tools(aim, takes_files) => Some(speech::tools(aim, takes_files)),
        Part::File(thread, seq) => Some(files::show(thread, seq)),
        Part::Files(thread) => Some(files::tray(thread)),
        #[cfg(feature = "chat")]
        Part::Challenge(chat) => Some(challenge::challenge(chat)),
        #[cfg(feature = "chat")]
        Part::Confirm(chat, is_asking) => Some(confirm::confirm(chat, is_asking)),
        #[cfg(feature = "chat")]
        Part::Waiting(chat) => Some(waiting::waiting(chat)),
        #[cfg(feature = "chat")]
        Part::Ended(chat) => Some(ended::ended(chat)),
        #[cfg(feature = "chat")]
        Part::Menu(chat) => Some(menu::menu(chat)),
        #[cfg(feature = "chat")]
        Part::SignIn(chat) => Some(sign_in::sign_in(chat)),
        Part::Bar(aim) => Some(actions::bar(aim)),
        Part::Does(talk, button, log) => actions::does(talk, &button, &log),
        Part::Emoji(aim, button) => emoji::emoji(aim, &button),
        Part::Past(drawn) => {
            past::past(drawn);
            None
        }
        Part::Failure(talk, id) => Some(actions::failure(talk, id)),
        Part::Fate(talk, message) => Some(actions::fate(talk, message)),
        Part::Quote(talk, message) => Some(actions::quote(talk, message)),
        Part::EditLast(aim) => {
            actions::edit_last(aim);
            None
        }
        Part::Step(is_up) => {
            actions::step(is_up);
            None
        }
    }
}
