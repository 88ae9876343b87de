//! Rows of a conversation: the log, one row per entry, and a few facts.

use shared::conversation::{Cursor, Cursors, Effect, Entry, Row, Seq};
use shared::frame::BACKLOG_MAX;
use shared::rights::Side;
use worker::Result;

use super::{Columns, Storage, corrupt, number};
use crate::read::{read, unreadable};

/// An entry is one written row: an index or a UNIQUE column would be a second one. Facts stand
/// before the first entry, at places of their own: a table of their own would take pages of its
/// own, and pages are what storage is billed by.
pub const TABLES: &str = "
    CREATE TABLE log(seq INTEGER PRIMARY KEY, public INTEGER, entry TEXT NOT NULL, cursors TEXT);
";

const BIRTH: i32 = 0;
const REPORTED: i32 = -1;
const LISTS: i32 = -2;
const CURSORS: i32 = -3;

/// The tables of the first release: facts and tabs apart from the log.
const UPGRADE: &str = "
    ALTER TABLE log ADD COLUMN cursors TEXT;
    INSERT INTO log(seq, entry) SELECT
        CASE name WHEN 'birth' THEN 0 WHEN 'reported' THEN -1 WHEN 'lists' THEN -2 ELSE -3 END, value
        FROM fact;
    DROP TABLE fact;
    DROP TABLE device;
";

/// Reads every row.
///
/// # Errors
/// When a row cannot be read: nothing is guessed.
pub fn load(storage: &Storage) -> Result<Vec<Row>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    if storage.has_facts {
        storage.transaction(|| storage.run(UPGRADE, vec![]))?;
    }
    let statement = "SELECT public, entry, seq, cursors FROM log ORDER BY seq";
    let rows = storage.read(statement, vec![])?;
    rows.iter().map(row).collect()
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

fn row(columns: &Columns) -> Result<Row> {
    let value = columns.text(1)?;
    Ok(match columns.place(2) {
        Some(BIRTH) => Row::Birth(read(value)?),
        Some(REPORTED) => Row::Reported {
            revision: read(value)?,
        },
        Some(LISTS) => Row::Lists(read(value)?),
        Some(CURSORS) => Row::Cursors(read(value)?),
        Some(1..) => Row::Entry {
            public: columns.number(0).map(Seq),
            entry: Entry::from_stored(value).map_err(unreadable)?,
            cursors: columns.text(3).ok().map(cursors).transpose()?,
        },
        Some(_) | None => return Err(corrupt("an unknown fact")),
    })
}

/// Cursors as four numbers, since they stand in every row of a lively conversation.
fn short(cursors: Cursors) -> [Seq; 4] {
    let Cursors { customer, agent } = cursors;
    [
        customer.delivered,
        customer.read,
        agent.delivered,
        agent.read,
    ]
}

fn cursors(short: &str) -> Result<Cursors> {
    let [delivered, read, by_agent, read_by_agent] = read(short)?;
    Ok(Cursors {
        customer: Cursor { delivered, read },
        agent: Cursor {
            delivered: by_agent,
            read: read_by_agent,
        },
    })
}

fn put(storage: &Storage, row: &Row) -> Result<()> {
    let (place, value) = match row {
        Row::Entry {
            entry,
            public,
            cursors,
        } => {
            let public = public.unwrap_or_default().0;
            let cursors = cursors.map(|cursors| serde_json::to_string(&short(cursors)));
            return storage.append(
                entry.seq.0,
                public,
                &entry.to_stored()?,
                cursors.transpose()?,
            );
        }
        Row::Device { .. } => return Ok(()),
        Row::Birth(birth) => (BIRTH, serde_json::to_string(birth)?),
        Row::Reported { revision } => (REPORTED, serde_json::to_string(revision)?),
        Row::Lists(lists) => (LISTS, serde_json::to_string(lists)?),
        Row::Cursors(cursors) => (CURSORS, serde_json::to_string(cursors)?),
    };
    storage.run(
        "INSERT OR REPLACE INTO log(seq, entry) VALUES (?, ?)",
        vec![place.into(), value.into()],
    )
}
