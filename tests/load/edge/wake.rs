//! Waking: a server that has just started, an object that sleeps on a thousand messages, and a
//! client that wants them all. What is on disk is counted a second time here.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::Scale;
use crate::line::Known;
use crate::peer::Peer;
use crate::report::{Report, Table};
use crate::room;
use crate::talk::{percentiles, pours};

const MESSAGES: u64 = 1_000;
const OBJECTS: usize = 20;

pub async fn measure(report: &mut Report, peers: &mut [Peer], scale: &Scale) -> Result<()> {
    let objects = if scale.idle < 1_000 { 5 } else { OBJECTS };
    let mut table = Table::new(
        "connect to 1,000 messages, object asleep",
        &["ms p50", "p95", "p99", "rows lost"],
    );
    for peer in peers {
        let mut addresses = Vec::new();
        for _ in 0..objects {
            let mut room = room::open(peer).await?;
            pours(&mut room, MESSAGES, 32).await?;
            addresses.push(room.addresses);
        }
        peer.restart()?;
        let mut values = Vec::new();
        let mut lost = 0;
        for [customer, _] in addresses {
            let start = Instant::now();
            let line = customer.open(&peer.base, 2, Known::default()).await?;
            values.push(start.elapsed().as_secs_f64() * 1e3);
            ensure!(line.history >= line.next, "more messages than entries");
            lost += MESSAGES - line.next;
        }
        report.check(
            format!("messages not on disk: {}", peer.kind.name()),
            lost as f64,
            0.0,
        );
        // The first object of a fresh server also compiles code.
        values.remove(0);
        let [p50, p95, p99] = percentiles(values);
        table.row(peer.kind.name(), [p50, p95, p99, Some(lost as f64)]);
    }
    report.add(table);
    Ok(())
}
