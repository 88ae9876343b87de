//! The disk of an object: SQLite, one transaction per turn.
//!
//! Tables are made with the first row, so asking an object that does not exist leaves nothing
//! behind. Errors of a cursor cannot be caught (RECIPES-EDGE §3), so statements are fixed texts
//! and `one()` is never called.

pub mod account;
pub mod conversation;
pub mod space;

use core::cell::{Cell, RefCell};

use shared::time::Timestamp;
use worker::js_sys::Promise;
use worker::wasm_bindgen::prelude::*;
use worker::{Error, Result, SqlStorage, SqlStorageValue, State};

#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
extern "C" {
    type RawStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &RawStorage,
        body: &mut dyn FnMut() -> core::result::Result<JsValue, JsValue>,
    ) -> core::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    fn set_alarm(this: &RawStorage, at: f64) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deleteAlarm)]
    fn delete_alarm(this: &RawStorage) -> core::result::Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deleteAll)]
    fn delete_all(this: &RawStorage) -> core::result::Result<Promise, JsValue>;

    type RawSql;

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(
        this: &RawSql,
        statement: &JsValue,
        values: Box<[JsValue]>,
    ) -> core::result::Result<JsValue, JsValue>;

    /// Ours, in `glue.js`: the row that a message costs, in one call and without a value of
    /// JavaScript for each of its columns.
    #[wasm_bindgen(catch, js_namespace = bellhop)]
    fn append(
        sql: &JsValue,
        seq: f64,
        public: f64,
        entry: &str,
        cursors: Option<String>,
    ) -> core::result::Result<(), JsValue>;
}

/// The disk of one object.
pub struct Storage {
    raw: RawStorage,
    sql: SqlStorage,
    tables: &'static str,
    /// True when a table of facts was there at the start.
    has_facts: bool,
    has_tables: Cell<bool>,
    /// Statements that write, as JavaScript knows them: made once, not for every row.
    statements: RefCell<Vec<(&'static str, JsValue)>>,
}

impl Storage {
    /// Opens the disk; `tables` are the statements that make its tables.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn open(state: &State, tables: &'static str) -> Result<Self> {
        let storage = state.storage();
        let sql = storage.sql();
        let raw: &JsValue = storage.as_raw().as_ref();
        let found = sql.exec(
            "SELECT name = 'fact' FROM sqlite_master WHERE name IN ('fact', 'log')",
            None,
        )?;
        let found: Vec<_> = found.raw().collect::<Result<_>>()?;
        let is_fact = |row: &Vec<_>| matches!(row.first(), Some(SqlStorageValue::Integer(1)));
        Ok(Self {
            raw: raw.clone().unchecked_into(),
            has_facts: found.iter().any(is_fact),
            has_tables: Cell::new(!found.is_empty()),
            sql,
            tables,
            statements: RefCell::default(),
        })
    }

    /// True once something was written.
    pub fn is_written(&self) -> bool {
        self.has_tables.get()
    }

    /// Sets the one alarm or none, in the same commit as the rows of this turn.
    ///
    /// # Errors
    /// When the platform refuses at once; later errors come from the promise.
    pub fn set_alarm(&self, at: Option<Timestamp>) -> Result<Promise> {
        Ok(match at {
            // What is due since ever is due at once; the platform refuses a 0.
            Some(at) => self.raw.set_alarm(at.millis().max(1) as f64)?,
            None => self.raw.delete_alarm()?,
        })
    }

    /// Deletes everything. The platform waits for it before anything is sent.
    ///
    /// # Errors
    /// When the platform refuses at once.
    pub fn delete_all(&self) -> Result<()> {
        let _ = self.raw.delete_all()?;
        self.has_tables.set(false);
        Ok(())
    }

    /// Runs a statement that writes.
    fn run(&self, statement: &'static str, values: Vec<SqlStorageValue>) -> Result<()> {
        let mut statements = self.statements.borrow_mut();
        let known = statements.iter().position(|(text, _)| *text == statement);
        let at = known.unwrap_or_else(|| {
            statements.push((statement, statement.into()));
            statements.len() - 1
        });
        let Some((_, statement)) = statements.get(at) else {
            return Err(corrupt("a statement is missing"));
        };
        let values = values.into_iter().map(JsValue::from).collect();
        let sql: &JsValue = self.sql.as_ref();
        sql.unchecked_ref::<RawSql>().exec(statement, values)?;
        Ok(())
    }

    /// Appends a row to a log; a place of 0 is none.
    fn append(&self, seq: u64, public: u64, entry: &str, cursors: Option<String>) -> Result<()> {
        Ok(append(
            self.sql.as_ref(),
            seq as f64,
            public as f64,
            entry,
            cursors,
        )?)
    }

    /// Reads the rows of a statement.
    fn read(&self, statement: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Columns>> {
        let rows = self.sql.exec(statement, values)?;
        rows.raw().map(|row| row.map(Columns)).collect()
    }

    /// Writes all or nothing. One row needs no transaction of its own.
    fn write(&self, rows: usize, body: impl FnOnce() -> Result<()>) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        if rows == 1 && self.is_written() {
            return body();
        }
        self.transaction(|| {
            if !self.is_written() {
                self.run(self.tables, vec![])?;
            }
            body()
        })?;
        self.has_tables.set(true);
        Ok(())
    }

    /// `ctx.storage.transactionSync`, which crate `worker` does not bind. An `Err` rolls back.
    fn transaction<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut body = Some(body);
        let mut outcome = None;
        let committed = self.raw.transaction_sync(&mut || {
            let body = body.take().ok_or("called twice")?;
            let result = body();
            let has_failed = result.is_err();
            outcome = Some(result);
            if has_failed {
                Err("rolled back".into())
            } else {
                Ok(JsValue::UNDEFINED)
            }
        });
        match (outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(Error::from(error)),
            (Some(result), Ok(_)) => result,
            (None, Ok(_)) => Err(corrupt("a transaction was not run")),
        }
    }
}

/// The values of one row.
struct Columns(Vec<SqlStorageValue>);

impl Columns {
    fn text(&self, at: usize) -> Result<&str> {
        match self.0.get(at) {
            Some(SqlStorageValue::String(text)) => Ok(text),
            _ => Err(corrupt("a column is not a text")),
        }
    }

    fn number(&self, at: usize) -> Option<u64> {
        match self.0.get(at) {
            Some(SqlStorageValue::Integer(number)) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A small number, which may be negative; anything greater is the greatest.
    fn place(&self, at: usize) -> Option<i32> {
        match self.0.get(at) {
            Some(SqlStorageValue::Integer(number)) => {
                Some((*number).try_into().unwrap_or(i32::MAX))
            }
            _ => None,
        }
    }
}

/// A number for SQLite. Sequence numbers stay far below 2^53, so nobody needs to ask JavaScript
/// whether they do, which is what crate `worker` does for its `Integer`.
fn number(value: u64) -> SqlStorageValue {
    SqlStorageValue::Float(value as f64)
}

fn corrupt(what: &str) -> Error {
    Error::RustError(what.to_owned())
}
