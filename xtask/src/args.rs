//! The command line: flags and options, each taken once; what is left over is a mistake.

use anyhow::{Context, Result, bail};
use std::{env, str::FromStr};

/// The words after the command.
pub struct Args(Vec<String>);

impl Args {
    /// The command, and what follows it.
    pub fn from_env() -> (Option<String>, Self) {
        let mut words = env::args().skip(1);
        (words.next(), Self(words.collect()))
    }

    /// Takes `--name`.
    pub fn flag(&mut self, name: &str) -> bool {
        let position = self.0.iter().position(|word| word == name);
        position.map(|at| self.0.remove(at)).is_some()
    }

    /// Takes `--name VALUE` or `--name=VALUE`.
    pub fn option<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        match value.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => bail!("{name} does not take `{value}`"),
        }
    }

    /// The words that are left over; no option may be among them.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            None => Ok(self.0),
            Some(word) => bail!("`{word}` is not understood here; see `cargo xtask help`"),
        }
    }

    /// Every word must have been taken by now.
    pub fn end(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(word) => bail!("`{word}` is not understood here; see `cargo xtask help`"),
        }
    }

    fn value(&mut self, name: &str) -> Result<Option<String>> {
        if let Some(at) = self.0.iter().position(|word| word == name) {
            self.0.remove(at);
            let has_value = self.0.get(at).is_some_and(|word| !word.starts_with("--"));
            return has_value
                .then(|| Some(self.0.remove(at)))
                .with_context(|| format!("{name} needs a value"));
        }
        let joined = format!("{name}=");
        let position = self.0.iter().position(|word| word.starts_with(&joined));
        Ok(position.map(|at| self.0.remove(at).split_off(joined.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn words_are_taken_once_and_leftovers_are_refused() {
        let mut args = args("--port 80 --fresh --state=/x y");
        assert_eq!(args.option::<u16>("--port").unwrap(), Some(80));
        assert_eq!(
            args.option::<String>("--state").unwrap().as_deref(),
            Some("/x")
        );
        assert!(args.flag("--fresh"));
        assert!(!args.flag("--fresh"));
        assert!(args.end().is_err());
    }

    #[test]
    fn a_value_that_is_missing_or_wrong_is_named() {
        for line in ["--port", "--port --fresh", "--port many", "--port=70000"] {
            let error = args(line).option::<u16>("--port").unwrap_err();
            assert!(error.to_string().contains("--port"), "{line}: {error}");
        }
    }
}
