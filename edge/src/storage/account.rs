//! Rows of an account: the person, the newest wish, and one row per space; or where a sign leads.

use shared::account::{Effect, Row};
use worker::Result;

use super::Storage;
use crate::read::read;

/// Each row is the JSON of its value under its name.
pub const TABLES: &str =
    "CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

/// Reads every row.
///
/// # Errors
/// When a row cannot be read: nothing is guessed.
pub fn load(storage: &Storage) -> Result<Vec<Row>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let rows = storage.read("SELECT value FROM fact", vec![])?;
    let rows = rows.iter().map(|columns| read(columns.text(0)?));
    rows.collect()
}

/// Writes the rows of a turn.
///
/// # Errors
/// When nothing was written.
pub fn save(storage: &Storage, effects: &[Effect]) -> Result<()> {
    let rows = || {
        effects.iter().filter_map(|effect| match effect {
            Effect::Save(row) => Some(row),
            Effect::Answer(_) | Effect::Tell { .. } => None,
        })
    };
    storage.write(rows().count(), || {
        rows().try_for_each(|row| {
            let name = match row {
                Row::Wish(_) => "wish".to_owned(),
                Row::Person(_) => "person".to_owned(),
                Row::Sign(_) => "sign".to_owned(),
                Row::Membership(membership) => format!("in {}", membership.space),
            };
            let values = vec![name.into(), serde_json::to_string(row)?.into()];
            storage.run("INSERT OR REPLACE INTO fact VALUES (?, ?)", values)
        })
    })
}
