//! Rows of a conversation: the log, one row per entry, and a few facts.

use shared::conversation::{Birth, Conversation, Cursors, Effect, Entry, Row, Seq, Shorthand};
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

/// Reads every row, and learns the short form of the next.
///
/// # Errors
/// When a row cannot be read: nothing is guessed.
pub fn load(storage: &Storage) -> Result<(Vec<Row>, Shorthand)> {
    if !storage.is_written() {
        return Ok((Vec::new(), Shorthand::default()));
    }
    if storage.has_facts {
        storage.transaction(|| storage.run(UPGRADE, vec![]))?;
    }
    read_all(storage)
}

fn read_all(storage: &Storage) -> Result<(Vec<Row>, Shorthand)> {
    let mut shorthand = Shorthand::default();
    let statement = "SELECT seq, entry, public, cursors FROM log ORDER BY seq";
    let rows = storage.read(statement, vec![])?;
    let rows = rows.iter().map(|columns| row(columns, &mut shorthand));
    Ok((rows.collect::<Result<_>>()?, shorthand))
}

/// Writes the rows of a turn.
///
/// # Errors
/// When nothing was written.
pub fn save(storage: &Storage, shorthand: &mut Shorthand, effects: &[Effect]) -> Result<()> {
    let rows = || {
        effects.iter().filter_map(|effect| match effect {
            Effect::Save(row) => Some(row),
            Effect::Erase
            | Effect::Forget
            | Effect::Send { .. }
            | Effect::Backlog { .. }
            | Effect::Keep { .. }
            | Effect::Close { .. }
            | Effect::Mail { .. }
            | Effect::Check(_)
            | Effect::Report(_)
            | Effect::Begun
            | Effect::Answer(_)
            | Effect::Replied { .. }
            | Effect::Slowed { .. }
            | Effect::RemoveFile(_) => None,
        })
    };
    let erases = effects.contains(&Effect::Erase);
    let writes = rows().count() + usize::from(erases);
    storage.write(writes, || {
        rows().try_for_each(|row| put(storage, shorthand, row))?;
        if erases {
            *shorthand = blank(storage)?;
        }
        Ok(())
    })?;
    if effects.contains(&Effect::Forget) {
        storage.delete_all()?;
    }
    Ok(())
}

/// Writes every row again as the rules say that it becomes.
fn blank(storage: &Storage) -> Result<Shorthand> {
    let (rows, _) = read_all(storage)?;
    let mut shorthand = Shorthand::default();
    let statement = "UPDATE log SET entry = ? WHERE seq = ?";
    for row in rows {
        let (place, value) = match row.blanked() {
            Row::Birth(birth) => {
                shorthand = Shorthand::new(birth.at);
                (number(0), serde_json::to_string(&birth)?)
            }
            Row::Entry { entry, .. } => (number(entry.seq.0), shorthand.write(&entry)?),
            Row::Device { .. } | Row::Reported { .. } | Row::Lists(_) | Row::Cursors(_) => continue,
        };
        storage.run(statement, vec![value.into(), place])?;
    }
    Ok(shorthand)
}

/// Reads the log after a place, as one side sees it by now, or, without the
/// machine, as it is kept: at most [`BACKLOG_MAX`] entries.
///
/// # Errors
/// When a row cannot be read.
pub fn backlog(
    storage: &Storage,
    shorthand: &mut Shorthand,
    machine: Option<&Conversation>,
    side: Side,
    after: Seq,
) -> Result<Vec<Entry>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let limit = number(BACKLOG_MAX);
    let mut shown = |columns: &Columns| {
        let mut entry = entry(columns, shorthand)?;
        if let Some(machine) = machine {
            machine.show(entry.seq, &mut entry);
        }
        Ok(entry)
    };
    match side {
        Side::Agent => {
            let statement = "SELECT seq, entry FROM log WHERE seq > ? ORDER BY seq LIMIT ?";
            let rows = storage.read(statement, vec![number(after.0), limit])?;
            rows.iter().map(shown).collect()
        }
        Side::Customer => {
            // The customer's number is never greater than the agents', so the key narrows the
            // search without an index of its own.
            let statement = "SELECT seq, entry, public FROM log \
                WHERE seq > ? AND public > ? ORDER BY seq LIMIT ?";
            let after = number(after.0);
            let rows = storage.read(statement, vec![after.clone(), after, limit])?;
            let public = rows.iter().map(|columns| {
                let seq = columns.number(2).map(Seq);
                let seq = seq.ok_or_else(|| corrupt("a public number is missing"))?;
                Ok(Entry {
                    seq,
                    ..shown(columns)?
                })
            });
            public.collect()
        }
    }
}

/// The entry of a row that begins with its place and its text.
fn entry(columns: &Columns, shorthand: &mut Shorthand) -> Result<Entry> {
    let seq = columns.number(0).map(Seq);
    let seq = seq.ok_or_else(|| corrupt("a number is missing"))?;
    shorthand.read(seq, columns.text(1)?).map_err(unreadable)
}

fn row(columns: &Columns, shorthand: &mut Shorthand) -> Result<Row> {
    let value = columns.text(1)?;
    Ok(match columns.place(0) {
        Some(BIRTH) => {
            let birth: Birth = read(value)?;
            *shorthand = Shorthand::new(birth.at);
            Row::Birth(birth)
        }
        Some(REPORTED) => Row::Reported {
            revision: read(value)?,
        },
        Some(LISTS) => Row::Lists(read(value)?),
        Some(CURSORS) => Row::Cursors(read(value)?),
        Some(1..) => {
            let cursors = columns.text(3).ok().map(Cursors::from_short).transpose();
            Row::Entry {
                public: columns.number(2).map(Seq),
                entry: entry(columns, shorthand)?,
                cursors: cursors.map_err(unreadable)?,
            }
        }
        Some(_) | None => return Err(corrupt("an unknown fact")),
    })
}

fn put(storage: &Storage, shorthand: &mut Shorthand, row: &Row) -> Result<()> {
    let (place, value) = match row {
        Row::Entry {
            entry,
            public,
            cursors,
        } => {
            let public = public.unwrap_or_default().0;
            let cursors = cursors.map(|cursors| cursors.to_short()).transpose()?;
            return storage.append(entry.seq.0, public, &shorthand.write(entry)?, cursors);
        }
        Row::Device { .. } => return Ok(()),
        Row::Birth(birth) => {
            *shorthand = Shorthand::new(birth.at);
            (BIRTH, serde_json::to_string(birth)?)
        }
        Row::Reported { revision } => (REPORTED, serde_json::to_string(revision)?),
        Row::Lists(lists) => (LISTS, serde_json::to_string(lists)?),
        Row::Cursors(cursors) => (CURSORS, serde_json::to_string(cursors)?),
    };
    storage.run(
        "INSERT OR REPLACE INTO log(seq, entry) VALUES (?, ?)",
        vec![place.into(), value.into()],
    )
}
