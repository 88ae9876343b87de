//! People using Bellhop.
