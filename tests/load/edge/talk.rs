//! Talk: what a message costs the server, and how fast it is there.

use std::cell::Cell;
use std::time::Instant;

use anyhow::{Result, ensure};
use tokio::sync::Notify;

use crate::Scale;
use crate::line::Line;
use crate::peer::{Kind, Peer};
use crate::report::{Report, Table, median};
use crate::room::{self, Room};

/// Messages on their way in one conversation.
const IN_FLIGHT: u64 = 32;
/// Messages on their way in each of many conversations.
const IN_FLIGHT_EACH: u64 = 4;
/// Our gate: server time per message against the room with its sessions in memory.
const RATIO_MAX: f64 = 1.5;

/// What the repetitions of one peer found.
#[derive(Default)]
struct Found {
    cpu: Vec<f64>,
    rate: Vec<f64>,
    cpu_of_many: Vec<f64>,
    rate_of_many: Vec<f64>,
    trips: Vec<f64>,
}

pub async fn measure(report: &mut Report, peers: &mut [Peer], scale: &Scale) -> Result<()> {
    let found = repeat(peers, scale, scale.repetitions, true).await?;
    tell(report, "in memory", peers, found, true);
    Ok(())
}

/// The durable path: its figures are those of the moment's disk, so the disk itself stands beside.
pub async fn measure_on_disk(report: &mut Report, peers: &mut [Peer], scale: &Scale) -> Result<()> {
    let scale = Scale {
        messages: scale.messages / 5,
        trips: scale.trips / 5,
        ..*scale
    };
    let found = repeat(peers, &scale, 2, false).await?;
    tell(report, "on disk", peers, found, false);
    report.note(format!(
        "fdatasync of 4 kB on that disk: median {:.2} ms",
        sync_ms()?
    ));
    Ok(())
}

async fn repeat(
    peers: &mut [Peer],
    scale: &Scale,
    repetitions: usize,
    has_many: bool,
) -> Result<Vec<Found>> {
    let mut found: Vec<Found> = peers.iter().map(|_| Found::default()).collect();
    let mut many = Vec::new();
    for peer in peers.iter_mut() {
        // The first messages compile code.
        let mut room = room::open(peer).await?;
        pours(&mut room, scale.messages / 4, IN_FLIGHT).await?;
        let mut rooms = Vec::new();
        for _ in 0..if has_many { scale.conversations } else { 0 } {
            rooms.push(room::open(peer).await?);
        }
        many.push(rooms);
    }
    for _ in 0..repetitions {
        for ((peer, found), rooms) in peers.iter_mut().zip(&mut found).zip(&mut many) {
            let mut room = room::open(peer).await?;
            let (start, cpu) = (Instant::now(), peer.cpu()?);
            pours(&mut room, scale.messages, IN_FLIGHT).await?;
            let count = scale.messages as f64;
            found.rate.push(count / start.elapsed().as_secs_f64());
            found.cpu.push((peer.cpu()? - cpu) / count);
            for _ in 0..scale.trips {
                found.trips.push(trip(&mut room).await?);
            }
            if rooms.is_empty() {
                continue;
            }
            let each = scale.messages / rooms.len() as u64;
            let count = (each * rooms.len() as u64) as f64;
            let (start, cpu) = (Instant::now(), peer.cpu()?);
            let pouring = rooms
                .iter_mut()
                .map(|room| pours(room, each, IN_FLIGHT_EACH));
            futures_util::future::try_join_all(pouring).await?;
            found
                .rate_of_many
                .push(count / start.elapsed().as_secs_f64());
            found.cpu_of_many.push((peer.cpu()? - cpu) / count);
        }
    }
    Ok(found)
}

/// The customer writes, as fast as what is on its way comes back; the agent reads. Both count.
pub async fn pours(room: &mut Room, count: u64, in_flight: u64) -> Result<()> {
    let Room {
        customer, agent, ..
    } = room;
    let first = customer.next;
    let last = first + count;
    ensure!(agent.next == first, "the agent has read {}", agent.next);
    let arrived = Arrived {
        next: Cell::new(first),
        news: Notify::new(),
    };
    let (written, read) = tokio::join!(
        writes(customer, last, in_flight, &arrived),
        reads(agent, last, &arrived)
    );
    written.and(read)
}

/// How far the reader has come.
struct Arrived {
    next: Cell<u64>,
    news: Notify,
}

async fn writes(line: &mut Line, last: u64, in_flight: u64, arrived: &Arrived) -> Result<()> {
    let mut sent = line.next;
    while line.next < last {
        while sent < last && sent < line.next.min(arrived.next.get()) + in_flight {
            line.writes(sent).await?;
            sent += 1;
        }
        line.flush().await?;
        if line.next < sent {
            line.hears().await?;
        } else {
            arrived.news.notified().await;
        }
    }
    Ok(())
}

async fn reads(line: &mut Line, last: u64, arrived: &Arrived) -> Result<()> {
    while line.next < last {
        line.hears().await?;
        arrived.next.set(line.next);
        arrived.news.notify_one();
    }
    Ok(())
}

/// A message and its answer, in milliseconds, as the customer sees it.
async fn trip(room: &mut Room) -> Result<f64> {
    let number = room.customer.next;
    let start = Instant::now();
    room.customer.writes(number).await?;
    room.customer.flush().await?;
    room.agent.until(number + 1).await?;
    room.agent.writes(number + 1).await?;
    room.agent.flush().await?;
    room.customer.until(number + 2).await?;
    let elapsed = start.elapsed().as_secs_f64() * 1e3;
    room.agent.until(number + 2).await?;
    Ok(elapsed)
}

fn tell(report: &mut Report, place: &str, peers: &[Peer], found: Vec<Found>, is_gate: bool) {
    let cached = peers.iter().position(|peer| peer.kind == Kind::Cached);
    let baseline = cached.map(|at| found[at].cpu.clone()).unwrap_or_default();
    let of_many = cached
        .map(|at| found[at].cpu_of_many.clone())
        .unwrap_or_default();
    let mut cost = Table::new(
        format!("CPU of the server, {place}"),
        &[
            "µs/msg",
            "least",
            "most",
            "to (b)",
            "msg/s",
            "100: µs/msg",
            "to (b)",
            "msg/s",
        ],
    );
    let mut trips = Table::new(
        format!("message and answer, {place}"),
        &["ms p50", "p95", "p99"],
    );
    for (peer, found) in peers.iter().zip(found) {
        let ratio = ratio(&found.cpu, &baseline);
        if peer.kind == Kind::Bellhop && is_gate {
            let what = "CPU of the server per message in one conversation, to that of (b)";
            report.check(what, ratio.unwrap_or(f64::INFINITY), RATIO_MAX);
        }
        let least = found.cpu.iter().copied().reduce(f64::min);
        let most = found.cpu.iter().copied().reduce(f64::max);
        let ratio_of_many = self::ratio(&found.cpu_of_many, &of_many);
        cost.row(
            peer.kind.name(),
            [
                median(found.cpu),
                least,
                most,
                ratio,
                median(found.rate),
                median(found.cpu_of_many),
                ratio_of_many,
                median(found.rate_of_many),
            ],
        );
        trips.row(peer.kind.name(), percentiles(found.trips));
    }
    report.add(cost);
    report.add(trips);
}

/// The median of the ratios of one repetition each: what disturbs one disturbs its neighbour.
fn ratio(ours: &[f64], theirs: &[f64]) -> Option<f64> {
    median(
        ours.iter()
            .zip(theirs)
            .map(|(ours, theirs)| ours / theirs)
            .collect(),
    )
}

pub fn percentiles(mut values: Vec<f64>) -> [Option<f64>; 3] {
    values.sort_by(f64::total_cmp);
    [50, 95, 99].map(|percent| values.get(values.len() * percent / 100).copied())
}

/// What one durable write takes on the disk of the moment.
fn sync_ms() -> Result<f64> {
    use std::io::Write;
    let path = stage::target().join("bench/sync");
    let mut file = std::fs::File::create(&path)?;
    let mut values = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        values.push(start.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(path)?;
    Ok(median(values).unwrap_or_default())
}
