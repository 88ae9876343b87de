//! Many idle conversations: what they hold, and what it takes when all of them come back at once.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::try_join_all;

use crate::Scale;
use crate::peer::Peer;
use crate::report::{Report, Table};
use crate::room::{self, Room};

pub async fn measure(report: &mut Report, peers: &mut [Peer], scale: &Scale) -> Result<()> {
    let title = format!("{} idle conversations", scale.idle);
    let mut memory = Table::new(title, &["MB before", "MB with", "kB/socket", "CPU % idle"]);
    let title = format!("{} sockets cut and back at once", scale.idle);
    let mut storm = Table::new(title, &["all back, ms", "CPU ms", "CPU µs/socket"]);
    for peer in peers {
        let mut warm = room::open(peer).await?;
        crate::talk::pours(&mut warm, 100, 8).await?;
        let before = peer.memory()?;
        let mut rooms = Vec::new();
        for _ in 0..scale.idle {
            rooms.push(room::open(peer).await?);
        }
        let with = peer.memory()?;
        let (start, cpu) = (Instant::now(), peer.cpu()?);
        tokio::time::sleep(Duration::from_secs(5)).await;
        let idle = (peer.cpu()? - cpu) / start.elapsed().as_secs_f64() / 1e4;
        let sockets = 2.0 * scale.idle as f64;
        memory.row(
            peer.kind.name(),
            [before, with, (with - before) * 1024.0 / sockets, idle].map(Some),
        );
        // One socket of each conversation is cut.
        let (start, cpu) = (Instant::now(), peer.cpu()?);
        let mut cut = Vec::new();
        let mut staying = Vec::new();
        for Room {
            customer,
            agent,
            addresses: [address, _],
        } in rooms
        {
            cut.push((address, customer.known()));
            drop(customer);
            staying.push(agent);
        }
        let base = &peer.base;
        let back = cut
            .iter()
            .map(|(address, known)| address.open(base, 2, *known));
        let back = try_join_all(back).await?;
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        // The ends of the old sockets may be noticed a little later.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let spent = (peer.cpu()? - cpu) / 1e3;
        storm.row(
            peer.kind.name(),
            [elapsed, spent, spent * 1e3 / back.len() as f64].map(Some),
        );
    }
    report.add(memory);
    report.add(storm);
    Ok(())
}
