//! Rows of a space: the space itself, one row per agent, per work item, per session and per act.

use serde::Serialize;
use shared::id::{AgentId, ConversationId, VisitorId};
use shared::session::{self, Family};
use shared::space::{AuditEntry, EARLIER, Effect, Erasing, Mark, Past, Row};
use shared::time::Timestamp;
use worker::{Result, SqlStorageValue};

use super::{Storage, corrupt, number};
use crate::read::read;

/// Each row is the JSON of its value under its id.
pub const TABLES: &str = "
    CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE agent(id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE item(id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE session(id TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE audit(n INTEGER PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE past(visitor TEXT, conversation TEXT, email TEXT, began INTEGER, value TEXT, PRIMARY KEY(visitor, conversation)) WITHOUT ROWID;
";

/// What a space of an earlier release has not.
const UPGRADE: &str = "
    CREATE TABLE IF NOT EXISTS audit(n INTEGER PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS past(visitor TEXT, conversation TEXT, email TEXT, began INTEGER, value TEXT, PRIMARY KEY(visitor, conversation)) WITHOUT ROWID;
";

/// Columns that an earlier state of this release has not in its rows of what is past: whether one lacks, and what adds it.
const COLUMNS: [[&str; 2]; 3] = [
    [
        "SELECT 1 FROM sqlite_master WHERE name = 'past' AND instr(sql, 'email') = 0",
        "ALTER TABLE past ADD COLUMN email TEXT",
    ],
    [
        "SELECT 1 FROM sqlite_master WHERE name = 'past' AND instr(sql, 'began') = 0",
        "ALTER TABLE past ADD COLUMN began INTEGER",
    ],
    [
        "SELECT 1 FROM sqlite_master WHERE name = 'past' AND instr(sql, 'value') = 0",
        "ALTER TABLE past ADD COLUMN value TEXT",
    ],
];

/// Acts read at a time.
const ACTS: i32 = 200;

/// Sessions looked at whenever one begins, to drop those that are over: what begins once is so
/// looked at about four times in its life, and the table stays as long as the living ones.
const SWEPT: i32 = 4;

/// Reads every row of the machine.
///
/// # Errors
/// When a row cannot be read: nothing is guessed.
pub fn load(storage: &Storage) -> Result<Vec<Row>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    storage.run(UPGRADE, vec![])?;
    for [lacks, adds] in COLUMNS {
        if !storage.read(lacks, vec![])?.is_empty() {
            storage.run(adds, vec![])?;
        }
    }
    let statement = "SELECT value FROM fact \
        UNION ALL SELECT value FROM agent UNION ALL SELECT value FROM item \
        UNION ALL SELECT value FROM audit WHERE n = (SELECT max(n) FROM audit)";
    let rows = storage.read(statement, vec![])?;
    let rows = rows.iter().map(|columns| read(columns.text(0)?));
    rows.collect()
}

/// Writes the rows of a turn.
///
/// # Errors
/// When nothing was written.
pub fn save(storage: &Storage, effects: &[Effect]) -> Result<()> {
    let changes = || {
        effects.iter().filter_map(|effect| match effect {
            Effect::Save(row) => Some(Change::Put(row)),
            Effect::Remove(conversation) => Some(Change::Remove(*conversation)),
            Effect::ForgetPast(key) => Some(Change::ForgetPast(key)),
            Effect::Send { .. }
            | Effect::Keep { .. }
            | Effect::Close { .. }
            | Effect::Instruct { .. }
            | Effect::Admitted { .. }
            | Effect::Confirmed { .. }
            | Effect::Replied { .. }
            | Effect::Created
            | Effect::Configured { .. }
            | Effect::Vouched
            | Effect::Register { .. }
            | Effect::Opened(_)
            | Effect::Found(_)
            | Effect::AgentSet(_)
            | Effect::Denied(_) => None,
        })
    };
    storage.write(changes().count(), || {
        changes().try_for_each(|change| apply(storage, change))
    })
}

/// The conversations that are past of a visitor, or of whoever had an address. By an address it looks at every row.
///
/// # Errors
/// When a row cannot be read.
pub fn past(storage: &Storage, of: &str) -> Result<Vec<Erasing>> {
    let statement = if of.contains('@') {
        "SELECT visitor, conversation FROM past WHERE email = ?"
    } else {
        "SELECT visitor, conversation FROM past WHERE visitor = ?"
    };
    let mut keys = Vec::new();
    for columns in storage.read(statement, vec![of.into()])? {
        let (Ok(visitor), Ok(conversation)) = (columns.text(0)?.parse(), columns.text(1)?.parse())
        else {
            return Err(corrupt("this is no conversation"));
        };
        keys.push(Erasing {
            visitor,
            conversation,
            person: None,
        });
    }
    Ok(keys)
}

/// What is past of a visitor after a mark, the newest first: one more than a page. What has no `value` was
/// written before rows said what a list shows.
///
/// # Errors
/// When a row cannot be read.
pub fn past_of(storage: &Storage, visitor: VisitorId, after: Option<Mark>) -> Result<Vec<Past>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let statement = "SELECT value FROM past WHERE visitor = ?1 AND value IS NOT NULL \
        AND (began < ?2 OR began = ?2 AND conversation > ?3) ORDER BY began DESC, conversation LIMIT ?4";
    let (before, than) = match after {
        Some(mark) => (mark.moment().millis(), mark.conversation().to_string()),
        None => (u64::MAX, String::new()),
    };
    let most = i32::try_from(EARLIER).unwrap_or(i32::MAX).saturating_add(1);
    let values = vec![
        visitor.to_string().into(),
        number(before),
        than.into(),
        most.into(),
    ];
    let rows = storage.read(statement, values)?;
    let mut past = Vec::new();
    for columns in rows {
        if let Row::Past(row) = read(columns.text(0)?)? {
            past.push(row);
        }
    }
    Ok(past)
}

/// The sessions whose rows hold a text. It looks at every one: an index would cost every customer.
///
/// # Errors
/// When a row cannot be read.
pub fn sessions_with(storage: &Storage, text: &str) -> Result<Vec<(String, Family)>> {
    let statement = "SELECT id, value FROM session WHERE instr(value, ?) > 0";
    let mut sessions = Vec::new();
    for columns in storage.read(statement, vec![text.into()])? {
        sessions.push((columns.text(0)?.to_owned(), read(columns.text(1)?)?));
    }
    Ok(sessions)
}

/// Some acts before one, the newest first.
///
/// # Errors
/// When a row cannot be read.
pub fn acts_before(storage: &Storage, before: u64) -> Result<Vec<AuditEntry>> {
    let statement = "SELECT value FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?";
    acts(storage, statement, vec![number(before), ACTS.into()])
}

/// The acts from one to another, both included, the oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn acts_from(storage: &Storage, from: u64, to: u64) -> Result<Vec<AuditEntry>> {
    let statement = "SELECT value FROM audit WHERE n >= ? AND n <= ? ORDER BY n";
    acts(storage, statement, vec![number(from), number(to)])
}

fn acts(
    storage: &Storage,
    statement: &str,
    values: Vec<SqlStorageValue>,
) -> Result<Vec<AuditEntry>> {
    let rows = storage.read(statement, values)?;
    rows.iter()
        .map(|columns| match read(columns.text(0)?)? {
            Row::Audit(entry) => Ok(entry),
            Row::Space { .. }
            | Row::Doors(_)
            | Row::Agent(_)
            | Row::Item(_)
            | Row::Past(_)
            | Row::Erasing(_) => Err(corrupt("this is no act")),
        })
        .collect()
}

/// Reads a session.
///
/// # Errors
/// When its row cannot be read.
pub fn session(storage: &Storage, id: &str) -> Result<Option<Family>> {
    if !storage.is_written() {
        return Ok(None);
    }
    let statement = "SELECT value FROM session WHERE id = ?";
    let rows = storage.read(statement, vec![id.into()])?;
    let family = rows.first().map(|columns| columns.text(0)).transpose()?;
    family.map(read).transpose()
}

/// When sessions began in a place after a moment, the newest first, as many as are asked for.
///
/// # Errors
/// When a row cannot be read.
pub fn sessions_since(
    storage: &Storage,
    place: u64,
    since: Timestamp,
    most: u32,
) -> Result<Vec<Timestamp>> {
    if !storage.is_written() {
        return Ok(Vec::new());
    }
    let from = session::name(Some(place), since, [0; 16]).to_string();
    let to = session::name(Some(place), Timestamp::from_millis(u64::MAX), [255; 16]).to_string();
    let statement = "SELECT id FROM session WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?";
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    let rows = storage.read(statement, vec![from.into(), to.into(), most.into()])?;
    let began_at = |columns: &super::Columns| {
        let name = columns.text(0)?.parse();
        name.map(session::began_at)
            .map_err(|_| corrupt("a session has another name"))
    };
    rows.iter().map(began_at).collect()
}

/// Writes a session.
///
/// # Errors
/// When it was not written.
pub fn put_session(storage: &Storage, id: &str, family: &Family) -> Result<()> {
    let values = vec![id.into(), serde_json::to_string(family)?.into()];
    storage.write(1, || {
        storage.run("INSERT OR REPLACE INTO session VALUES (?, ?)", values)
    })
}

/// Drops sessions that are over, among a few that follow a random id.
///
/// # Errors
/// When a row cannot be read or dropped.
pub fn sweep_sessions(storage: &Storage, from: &str, now: Timestamp) -> Result<()> {
    let statement = "SELECT id, value FROM session WHERE id > ? ORDER BY id LIMIT ?";
    for columns in storage.read(statement, vec![from.into(), SWEPT.into()])? {
        let family: Family = read(columns.text(1)?)?;
        if family.is_over(now) {
            let id = columns.text(0)?.into();
            storage.run("DELETE FROM session WHERE id = ?", vec![id])?;
        }
    }
    Ok(())
}

enum Change<'a> {
    Put(&'a Row),
    Remove(ConversationId),
    ForgetPast(&'a Erasing),
}

fn apply(storage: &Storage, change: Change<'_>) -> Result<()> {
    let keys = |visitor: VisitorId, conversation: ConversationId| {
        vec![visitor.to_string().into(), conversation.to_string().into()]
    };
    match change {
        Change::Put(row @ Row::Past(past)) => {
            let mut values = keys(past.visitor, past.conversation);
            let email = past.email.as_ref().map(|email| email.as_str().to_owned());
            values.push(email.into());
            values.push(number(past.began_at.millis()));
            values.push(json(row)?.into());
            // Columns that were added stand in another order.
            let statement = "INSERT OR REPLACE INTO past(visitor, conversation, email, began, value) \
                VALUES (?, ?, ?, ?, ?)";
            return storage.run(statement, values);
        }
        Change::ForgetPast(key) => {
            let statement = "DELETE FROM past WHERE visitor = ? AND conversation = ?";
            return storage.run(statement, keys(key.visitor, key.conversation));
        }
        Change::Put(_) | Change::Remove(_) => (),
    }
    let (statement, id): (_, String) = match &change {
        Change::Put(Row::Space { .. }) => {
            ("INSERT OR REPLACE INTO fact VALUES (?, ?)", "space".into())
        }
        Change::Put(Row::Erasing(_)) => (
            "INSERT OR REPLACE INTO fact VALUES (?, ?)",
            "erasing".into(),
        ),
        Change::Put(Row::Past(_)) | Change::ForgetPast(_) => return Ok(()),
        Change::Put(Row::Doors(_)) => ("INSERT OR REPLACE INTO fact VALUES (?, ?)", "doors".into()),
        Change::Put(Row::Agent(agent)) => (
            "INSERT OR REPLACE INTO agent VALUES (?, ?)",
            AgentId::to_string(&agent.agent),
        ),
        Change::Put(Row::Item(item)) => (
            "INSERT OR REPLACE INTO item VALUES (?, ?)",
            item.report.conversation.to_string(),
        ),
        // Never written over: the same number twice fails the turn.
        Change::Put(Row::Audit(act)) => ("INSERT INTO audit VALUES (?, ?)", act.n.to_string()),
        Change::Remove(conversation) => ("DELETE FROM item WHERE id = ?", conversation.to_string()),
    };
    let mut values: Vec<SqlStorageValue> = vec![id.into()];
    if let Change::Put(row) = change {
        values.push(json(row)?.into());
    }
    storage.run(statement, values)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|_| corrupt("a row has no JSON"))
}
