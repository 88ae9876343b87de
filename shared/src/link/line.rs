//! Part of the link: line.
