//! `cargo xtask bench handle`: what the three machines cost, natively, without a shell around them.

#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::unwrap_used,
    reason = "a benchmark follows the few effects that its story needs"
)]

mod conversation;
mod heap;
mod link;
mod make;
mod meter;
mod million;
#[path = "../report.rs"]
mod report;
mod space;

use std::env;
use std::process::ExitCode;

use report::Report;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let has = |flag: &str| words.iter().any(|word| word == flag);
    if !has("--run") {
        return ExitCode::SUCCESS; // `cargo test --benches` runs it, too
    }
    let is_quick = has("--quick");
    let mut report = Report::new("handle");
    conversation::measure(&mut report, is_quick);
    link::measure(&mut report, is_quick);
    space::measure(&mut report, is_quick);
    million::measure(&mut report, if is_quick { 20_000 } else { 1_000_000 });
    report.print(has("--json"))
}
