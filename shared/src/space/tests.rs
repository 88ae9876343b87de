//! The rules of the space, by subject.
