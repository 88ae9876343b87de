//! `cargo xtask bench edge`, `cost` and `speed`: the release build on `workerd`, beside two small chat
//! rooms in JavaScript that the same `workerd` runs and the same client talks to.

mod cost;
mod crowd;
mod line;
mod peer;
#[path = "../report.rs"]
mod report;
mod room;
mod speed;
mod talk;
mod wake;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use peer::{Kind, Peer};
use report::Report;

/// How much is measured.
pub struct Scale {
    /// Repetitions of the talk, interleaved.
    pub repetitions: usize,
    /// Messages of one repetition in one conversation.
    pub messages: u64,
    /// Round trips of one repetition.
    pub trips: usize,
    /// Conversations at a time.
    pub conversations: usize,
    /// Idle conversations.
    pub idle: usize,
}

const WHOLE: Scale = Scale {
    repetitions: 7,
    messages: 10_000,
    trips: 500,
    conversations: 100,
    idle: 1_000,
};

const QUICK: Scale = Scale {
    repetitions: 3,
    messages: 4_000,
    trips: 200,
    conversations: 20,
    idle: 100,
};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let has = |flag: &str| words.iter().any(|word| word == flag);
    let scale = if has("--quick") { QUICK } else { WHOLE };
    let name = words.first().map(String::as_str).unwrap_or_default();
    match measure(name, &scale, has("--talk-only")) {
        Ok(report) => report.print(has("--json")),
        Err(error) => {
            eprintln!("bench: {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(name: &str, scale: &Scale, is_talk_only: bool) -> Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match name {
            "edge" => edge(scale, is_talk_only).await,
            "cost" => cost::measure().await,
            "speed" => speed::measure(scale).await,
            _ => bail!("no such benchmark"),
        }
    })
}

async fn edge(scale: &Scale, is_talk_only: bool) -> Result<Report> {
    let mut report = Report::new("edge");
    let mut peers = start(&stage::scratch()).await?;
    talk::measure(&mut report, &mut peers, scale).await?;
    if is_talk_only {
        return Ok(report);
    }
    wake::measure(&mut report, &mut peers, scale).await?;
    drop(peers);
    let mut peers = start(&stage::scratch()).await?;
    crowd::measure(&mut report, &mut peers, scale).await?;
    drop(peers);
    let mut peers = start(&on_disk()?).await?;
    talk::measure_on_disk(&mut report, &mut peers, scale).await?;
    Ok(report)
}

async fn start(folder: &Path) -> Result<Vec<Peer>> {
    let mut peers = Vec::new();
    for kind in Kind::ALL {
        peers.push(Peer::start(kind, folder).await?);
    }
    Ok(peers)
}

fn on_disk() -> Result<PathBuf> {
    let folder = stage::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
