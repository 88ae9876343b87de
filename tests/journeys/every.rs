//! Every call of the API, from one table: `every/calls.txt`.
//!
//! A route that `openapi.json` gains needs one line there, or
//! `every_call_of_the_document_has_its_line` fails: method and path, who asks in the ordinary case,
//! and a body in which every field stands that the call has. What stands in braces is looked up in
//! a [`town::Town`]: a space with everything in it. A new kind of object needs a name there.
//! From these lines are made:
//! - `strict`: a field that nobody knows is refused, however deep in the body it stands (JS3);
//! - `isolation`: with the ids of another space in any place, nothing is found and nothing written.
//!   A name in braces that is a secret or a number, and no id, is listed there.
//!
//! - `shut`: no foreign page, no endless body or path, no change by reading;
//! - `texts`: no text that is too long, or hides something.
//!
//! `rights` reads a table of its own, `shared/src/rights/table.txt`: what everybody may do.

pub mod calls;
mod isolation;
mod rights;
mod shut;
mod strict;
mod texts;
pub mod town;
