//! Stages: one line each with its time, the tests in it counted, output only when it fails.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    io::{IsTerminal, Write, stdout},
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The stages of one run so far.
pub struct Stages {
    logs: PathBuf,
    start: Instant,
    passed: u64,
    failed: u64,
}

impl Stages {
    pub fn new() -> Result<Self> {
        let logs = crate::paths::target().join("test-logs");
        fs::create_dir_all(&logs)?;
        Ok(Self {
            logs,
            start: Instant::now(),
            passed: 0,
            failed: 0,
        })
    }

    /// A stage of our own code.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let start = Instant::now();
        let result = work();
        let mark = if result.is_ok() { "ok" } else { "FAILED" };
        print_line(name, mark, start.elapsed());
        result
    }

    /// A stage that is a command.
    pub fn run(&mut self, name: &str, command: &mut Command) -> Result<()> {
        self.run_or_note(name, command, "", |_| false)
    }

    /// The same; a failure whose output `is_excused` is only noted.
    pub fn run_or_note(
        &mut self,
        name: &str,
        command: &mut Command,
        note: &str,
        is_excused: impl FnOnce(&str) -> bool,
    ) -> Result<()> {
        let start = Instant::now();
        let path = self
            .logs
            .join(name.replace([',', ' '], "-"))
            .with_extension("log");
        let log = File::create(&path).with_context(|| path.display().to_string())?;
        if stdout().is_terminal() {
            print!("        {name} …\r");
            stdout().flush()?;
        }
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let status = command
            .status()
            .with_context(|| format!("cannot run {command:?}"))?;
        let output = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        let lines = output.lines().filter(|line| is_result(line));
        for line in lines {
            self.count(line);
            println!("  {line}");
        }
        if status.success() {
            print_line(name, "ok", start.elapsed());
        } else if is_excused(&output) {
            print_line(&format!("{name}: {note}"), "note", start.elapsed());
        } else {
            println!("{output}");
            print_line(name, "FAILED", start.elapsed());
            bail!("{name} failed ({status})");
        }
        Ok(())
    }

    /// The closing line: how many tests ran, and how they ended.
    pub fn summary(&self, is_ok: bool) -> String {
        let verdict = if is_ok {
            "all stages ok"
        } else {
            "stopped at the first failure"
        };
        let failed = if is_ok {
            self.failed
        } else {
            self.failed.max(1)
        };
        let time = seconds(self.start.elapsed());
        format!(
            "{verdict} in {time}\n{} passed, {failed} failed",
            self.passed
        )
    }

    fn count(&mut self, line: &str) {
        self.passed += number_before(line, " passed");
        self.failed += number_before(line, " failed");
    }
}

/// The closing line of a cargo test, of the simulation, or of its planted bugs.
fn is_result(line: &str) -> bool {
    line.starts_with("test result: ")
        || (line.contains(" seeds, ") && line.ends_with(" violations"))
        || (line.contains(" passed, ") && line.ends_with(" failed"))
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    let is_there = before.len() < line.len();
    let number = before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok());
    number.filter(|_| is_there).unwrap_or(0)
}

fn print_line(name: &str, mark: &str, time: Duration) {
    println!("{mark:<7} {name:<24} {:>8}", seconds(time));
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_from_cargos_closing_lines() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured";
        assert!(is_result(line) && is_result("2000 seeds, 0 violations"));
        assert!(is_result("16 passed, 0 failed"));
        assert!(!is_result("running 3 tests"));
        assert_eq!(number_before(line, " passed"), 12);
        assert_eq!(number_before(line, " failed"), 3);
        assert_eq!(number_before("16 passed, 0 failed", " passed"), 16);
        assert_eq!(number_before("2000 seeds, 0 violations", " passed"), 0);
    }
}
