//! Rows of a conversation: the log, one row per entry; a few facts; the tabs.

use shared::conversation::{Effect, Entry, Row, Seq};
use shared::frame::BACKLOG_MAX;
use shared::rights::Side;
use worker::{Result, SqlStorageValue};

use super::{Columns, Storage, corrupt, number};
use crate::read::{read, unreadable};

/// An entry is one written row: an index or a UNIQUE column would be a second one.
pub const TABLES: &str = "
    CREATE TABLE log(seq INTEGER PRIMARY KEY, public INTEGER, entry TEXT NOT NULL);
    CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE device(device TEXT PRIMARY KEY, connection INTEGER NOT NULL) WITHOUT ROWID;
";

const BIRTH: &str = "birth";
const REPORTED: &str = "reported";
const LISTS: &str = "lists";
const CURSORS: &str = "cursors";

/// Reads every row.
///
/// # Errors
/// When a row cannot be read: nothing is guessed.
pub fn load(storage: &Storage) -> Result<Vec<Row>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for columns in storage.read("SELECT name, value FROM fact", vec![])? {
        rows.push(fact(columns.text(0)?, columns.text(1)?)?);
    }
    for columns in storage.read("SELECT device, connection FROM device", vec![])? {
        let device = columns.text(0)?.parse();
        let connection = columns.number(1).and_then(|value| value.try_into().ok());
        rows.push(Row::Device {
            device: device.map_err(|_| corrupt("a device is not an id"))?,
            connection: connection.ok_or_else(|| corrupt("a connection is not a number"))?,
        });
    }
    for columns in storage.read("SELECT public, entry FROM log ORDER BY seq", vec![])? {
        rows.push(Row::Entry {
            public: columns.number(0).map(Seq),
            entry: Entry::from_stored(columns.text(1)?).map_err(unreadable)?,
        });
    }
    Ok(rows)
}

/// Writes the rows of a turn.
///
/// # Errors
/// When nothing was written.
pub fn save(storage: &Storage, effects: &[Effect]) -> Result<()> {
    let rows = || {
        effects.iter().filter_map(|effect| match effect {
            Effect::Save(row) => Some(row),
            Effect::Send { .. }
            | Effect::Backlog { .. }
            | Effect::Keep { .. }
            | Effect::Close { .. }
            | Effect::Report(_)
            | Effect::Begun
            | Effect::Answer(_)
            | Effect::Replied { .. }
            | Effect::Slowed { .. } => None,
        })
    };
    storage.write(rows().count(), || {
        rows().try_for_each(|row| put(storage, row))
    })
}

/// Reads the log after a place, as one side sees it: at most [`BACKLOG_MAX`] entries.
///
/// # Errors
/// When a row cannot be read.
pub fn backlog(storage: &Storage, side: Side, after: Seq) -> Result<Vec<Entry>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let limit = number(BACKLOG_MAX);
    let entry = |columns: &Columns| Entry::from_stored(columns.text(1)?).map_err(unreadable);
    match side {
        Side::Agent => {
            let statement = "SELECT public, entry FROM log WHERE seq > ? ORDER BY seq LIMIT ?";
            let rows = storage.read(statement, vec![number(after.0), limit])?;
            rows.iter().map(entry).collect()
        }
        Side::Customer => {
            // The customer's number is never greater than the agents', so the key narrows the
            // search without an index of its own.
            let statement = "SELECT public, entry FROM log \
                WHERE seq > ? AND public > ? ORDER BY seq LIMIT ?";
            let after = number(after.0);
            let rows = storage.read(statement, vec![after.clone(), after, limit])?;
            let public = rows.iter().map(|columns| {
                let seq = columns.number(0).map(Seq);
                let seq = seq.ok_or_else(|| corrupt("a public number is missing"))?;
                Ok(Entry {
                    seq,
                    ..entry(columns)?
                })
            });
            public.collect()
        }
    }
}

fn fact(name: &str, value: &str) -> Result<Row> {
    Ok(match name {
        BIRTH => Row::Birth(read(value)?),
        REPORTED => Row::Reported {
            revision: read(value)?,
        },
        LISTS => Row::Lists(read(value)?),
        CURSORS => Row::Cursors(read(value)?),
        _ => return Err(corrupt("an unknown fact")),
    })
}

fn put(storage: &Storage, row: &Row) -> Result<()> {
    let (name, value) = match row {
        Row::Entry { entry, public } => {
            let public = public.map_or(SqlStorageValue::Null, |seq| number(seq.0));
            let values = vec![number(entry.seq.0), public, entry.to_stored()?.into()];
            let statement = "INSERT INTO log(seq, public, entry) VALUES (?, ?, ?)";
            return storage.run(statement, values);
        }
        Row::Device { device, connection } => {
            let values = vec![device.to_string().into(), number((*connection).into())];
            return storage.run("INSERT OR REPLACE INTO device VALUES (?, ?)", values);
        }
        Row::Birth(birth) => (BIRTH, serde_json::to_string(birth)?),
        Row::Reported { revision } => (REPORTED, serde_json::to_string(revision)?),
        Row::Lists(lists) => (LISTS, serde_json::to_string(lists)?),
        Row::Cursors(cursors) => (CURSORS, serde_json::to_string(cursors)?),
    };
    storage.run(
        "INSERT OR REPLACE INTO fact VALUES (?, ?)",
        vec![name.into(), value.into()],
    )
}
