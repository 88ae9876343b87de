//! What a benchmark found: tables with a baseline beside each figure, and checks.

use serde_json::{Value, json};
use std::process::ExitCode;

/// The findings of one benchmark.
pub struct Report {
    name: &'static str,
    tables: Vec<Table>,
    checks: Vec<Check>,
    notes: Vec<String>,
}

/// Figures in rows of named columns.
pub struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Option<f64>>)>,
}

struct Check {
    what: String,
    value: f64,
    limit: f64,
}

impl Report {
    /// Nothing found yet.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            tables: Vec::new(),
            checks: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a table.
    pub fn add(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Holds a value against its limit.
    pub fn check(&mut self, what: impl Into<String>, value: f64, limit: f64) {
        let what = what.into();
        self.checks.push(Check { what, value, limit });
    }

    /// Says something that no figure says.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Prints everything, as JSON if asked for; fails when a check does.
    pub fn print(&self, is_json: bool) -> ExitCode {
        if is_json {
            println!("{}", self.json());
        } else {
            print!("{}", self.text());
        }
        if self.checks.iter().all(Check::is_kept) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn json(&self) -> Value {
        let tables = self.tables.iter().map(Table::json);
        let checks = self.checks.iter().map(|check| {
            json!({ "what": check.what, "value": check.value, "limit": check.limit, "kept": check.is_kept() })
        });
        json!({
            "name": self.name,
            "tables": tables.collect::<Vec<_>>(),
            "checks": checks.collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }

    fn text(&self) -> String {
        let mut text = format!("\n== {} ==\n", self.name);
        for table in &self.tables {
            text += &table.text();
        }
        for note in &self.notes {
            text += &format!("{note}\n");
        }
        for check in &self.checks {
            let verdict = if check.is_kept() { "kept" } else { "BROKEN" };
            let (value, limit) = (figure(Some(check.value)), figure(Some(check.limit)));
            text += &format!("{verdict}: {}: {value}, at most {limit}\n", check.what);
        }
        text
    }
}

impl Check {
    fn is_kept(&self) -> bool {
        self.value <= self.limit
    }
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; what was not measured is `None`.
    pub fn row(&mut self, name: impl Into<String>, values: impl Into<Vec<Option<f64>>>) {
        self.rows.push((name.into(), values.into()));
    }

    fn json(&self) -> Value {
        let rows = self.rows.iter();
        let rows = rows.map(|(name, values)| json!({ "name": name, "values": values }));
        json!({ "title": self.title, "columns": self.columns, "rows": rows.collect::<Vec<_>>() })
    }

    fn text(&self) -> String {
        let names = self.rows.iter().map(|(name, _)| name.chars().count());
        let first = names.max().unwrap_or(0).max(self.title.chars().count()) + 2;
        let widths: Vec<usize> = self
            .columns
            .iter()
            .map(|column| column.chars().count().max(8) + 2)
            .collect();
        let mut text = format!("\n{:<first$}", self.title);
        for (column, width) in self.columns.iter().zip(&widths) {
            text += &format!("{column:>width$}");
        }
        text.push('\n');
        for (name, values) in &self.rows {
            text += &format!("{name:<first$}");
            for (value, width) in values.iter().zip(&widths) {
                text += &format!("{:>width$}", figure(*value));
            }
            text.push('\n');
        }
        text
    }
}

/// Three digits that count, thousands apart.
fn figure(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.abs() < 10.0 => format!("{value:.2}"),
        Some(value) if value.abs() < 100.0 => format!("{value:.1}"),
        Some(value) => grouped(&format!("{value:.0}")),
    }
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
