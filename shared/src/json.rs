//! JSON into our types.
//!
//! `serde_json` reads the text, once, into a [`Tree`]; a reader of ours hands the parts of the
//! tree to what serde derives for our types. Read straight from its text, every field of every
//! type brings the syntax of JSON along once more, and every type the form of an array that
//! nobody writes: that was 76 KB (gzip) of the Worker.
//!
//! - **JS1** What `serde_json` reads into a type, this reads to the same value, and it takes
//!   nothing that `serde_json` refuses. Two things less: an object is never an array of its
//!   values, and the keys of a map are no numbers.
//! - **JS2** A name that stands twice in an object is an error of the type, as it always was.
//! - **JS3** What comes from outside to change something is read strictly: a field that the type
//!   does not know, however deep it stands, is an error that names it. What is stored, and what
//!   comes over sockets, is read with those fields left out, so that older releases read newer ones.
//! - **JS4** Who reads strictly is told which part does not fit: `queues[0].hours.week[2].day`.

mod part;
mod reader;
mod tree;

use serde::de::DeserializeOwned;

pub use part::Unfit;
pub use reader::Misfit;
pub use tree::Tree;

/// Reads a value from its text.
///
/// # Errors
/// Says what is wrong with the text, or what of it does not fit.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    Tree::read(text)?.to()
}

/// The same, and strictly (JS3).
///
/// # Errors
/// Names the part that does not fit (JS4).
pub fn read_strictly<T: DeserializeOwned>(text: &str) -> Result<T, Unfit> {
    let tree = Tree::read(text).map_err(Unfit::Whole)?;
    let notes = reader::Notes::new();
    let read = tree.noted(&notes);
    match part::wrong(&tree, &notes, read.as_ref().err()) {
        None => read.map_err(Unfit::Whole),
        Some(unfit) => Err(unfit),
    }
}

#[cfg(test)]
mod tests;
