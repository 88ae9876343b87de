//! Which part of a tree does not fit (JS3, JS4).

use alloc::string::{String, ToString};
use core::fmt::Write;

use super::Tree;
use super::reader::{Misfit, Notes};

/// Why a text is not what is read strictly.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// It is no JSON, or something else as a whole.
    Whole(Misfit),
    /// A part of it does not hold what it should.
    Part {
        /// Its names from the outside in: `queues[0].name`.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A part of it is nothing that anybody knows.
    Unknown {
        /// Its names from the outside in.
        path: String,
    },
}

/// What is wrong with a tree that was read with that outcome, if anything is.
pub(super) fn wrong(tree: &Tree<'_>, notes: &Notes, misfit: Option<&Misfit>) -> Option<Unfit> {
    let Some(misfit) = misfit else {
        return notes.ignored().map(|place| Unfit::Unknown {
            path: path(tree, place, None),
        });
    };
    let path = path(tree, notes.at(), misfit.missing());
    if path.is_empty() {
        return None;
    }
    let why = misfit.to_string();
    Some(Unfit::Part { path, why })
}

fn path(tree: &Tree<'_>, place: *const (), below: Option<&str>) -> String {
    let mut path = String::new();
    leads(tree, place, &mut path);
    if let Some(below) = below {
        step(&mut path, below);
    }
    path
}

/// Writes the path of a part; false when it is no part of that tree.
fn leads(tree: &Tree<'_>, place: *const (), path: &mut String) -> bool {
    if core::ptr::eq(tree.place(), place) {
        return true;
    }
    let before = path.len();
    match tree {
        Tree::Object(fields) => fields.iter().any(|(name, value)| {
            path.truncate(before);
            step(path, name);
            leads(value, place, path)
        }),
        Tree::List(list) => list.iter().enumerate().any(|(at, value)| {
            path.truncate(before);
            // Writing to a text cannot fail.
            let _ = write!(path, "[{at}]");
            leads(value, place, path)
        }),
        Tree::Null
        | Tree::Flag(_)
        | Tree::Whole(_)
        | Tree::Below(_)
        | Tree::Float(_)
        | Tree::Text(_) => false,
    }
}

fn step(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}
