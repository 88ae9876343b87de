//! The wire and the disk: what every value looks like as JSON, that both encodings bring every
//! frame back, and that no bytes at all can hurt.
//!
//! A changed golden file is a changed promise to tabs, clients and disks of the release before.
//! `UPDATE_EXPECT=1 cargo test -p shared --test wire` rewrites them; the diff is the review.

mod allocation;
mod arbitrary;
mod fuzz;
mod golden;
mod released;
mod round_trip;
mod samples;
mod stored;
