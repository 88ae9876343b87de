//! The languages of the chat: read, held against English, packed.

#[path = "../../../widget/src/text/pack.rs"]
mod pack;

use crate::{paths, run::say};
use anyhow::{Context, Result, anyhow, ensure};
use std::{fs, path::PathBuf};

/// A file for each language.
pub fn files() -> Result<Vec<PathBuf>> {
    super::stamp::files(&paths::root().join("widget/src/text/chat"))
}

/// Every language but English, as the browser gets it, by its tag. What one lacks is said in English, and
/// the journeys find it.
pub fn packed() -> Result<Vec<(String, String)>> {
    let files = files()?.into_iter().map(|path| {
        let tag = path.file_stem().unwrap_or_default().to_string_lossy();
        let source = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok((tag.into_owned(), source))
    });
    let sources = files.collect::<Result<Vec<(String, String)>>>()?;
    let english = sources.iter().find(|(tag, _)| tag == "en");
    let (_, english) = english.context("no en.txt")?;
    let english = pack::read(english).map_err(|error| anyhow!("en.txt: {error}"))?;
    let mut packed = Vec::new();
    for (tag, source) in sources.iter().filter(|(tag, _)| tag != "en") {
        let entries = pack::read(source).map_err(|error| anyhow!("{tag}.txt: {error}"))?;
        let problems = pack::problems(tag, &english, &entries);
        ensure!(problems.is_empty(), "{}", problems.join("\n"));
        let missing = pack::missing(&english, &entries);
        if !missing.is_empty() {
            say(format!("{tag}.txt lacks {}", missing.join(", ")));
        }
        packed.push((tag.clone(), pack::pack(&english, &entries)));
    }
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "# English\nend = End chat\nwho = {name} is here\n\nabout.one = {n} day\nabout.other = {n} days\n";

    fn problems(tag: &str, source: &str) -> String {
        let english = pack::read(ENGLISH).unwrap();
        match pack::read(source) {
            Ok(entries) => pack::problems(tag, &english, &entries).join("; "),
            Err(error) => error,
        }
    }

    #[test]
    fn p14_a_language_has_the_keys_blanks_and_plurals_that_it_needs() {
        let pl = "end = Zakończ\nwho = Jest {name}\nabout.one = {n} dzień\nabout.few = {n} dni\nabout.many = {n} dni\nabout.other = {n} dnia\n";
        assert_eq!(problems("pl", pl), "");
        let cases = [
            ("a surplus key", "close = Zamknij\n", "close is no key"),
            ("a key twice", "end = Koniec\n", "said twice: end"),
            ("no key", "Koniec\n", "no `key = text`: Koniec"),
            (
                "a category too many",
                "about.two = {n} dni\n",
                "about has the forms",
            ),
        ];
        for (case, line, expected) in cases {
            let found = problems("pl", &format!("{pl}{line}"));
            assert!(found.contains(expected), "{case}: {found}");
        }
        let cases = [
            (
                "another blank",
                "Jest {name}",
                "Jest {who}",
                "the blanks of who",
            ),
            ("no blank", "Jest {name}", "Jest", "the blanks of who"),
            (
                "half a brace",
                "Jest {name}",
                "Jest {name",
                "the blanks of who",
            ),
            (
                "a missing category",
                "about.few = {n} dni\n",
                "",
                "about has the forms",
            ),
            (
                "one form for all",
                "about.one = {n} dzień\n",
                "about = {n} dni\n",
                "about has the forms",
            ),
            (
                "nothing",
                "end = Zakończ",
                "end = ",
                "no `key = text`: end =",
            ),
        ];
        for (case, from, to, expected) in cases {
            let found = problems("pl", &pl.replace(from, to));
            assert!(found.contains(expected), "{case}: {found}");
        }
        assert!(problems("xx", pl).contains("no plural categories are known"));
        // One may be said without its number.
        assert_eq!(
            problems("de", "about.one = ein Tag\nabout.other = {n} Tage"),
            ""
        );
    }

    #[test]
    fn p14_a_packed_language_has_a_line_for_each_key_of_english() {
        let english = pack::read(ENGLISH).unwrap();
        let dutch =
            pack::read("about.other = {n} dagen\nabout.one = {n} dag\nend = Beëindigen").unwrap();
        assert_eq!(
            pack::pack(&english, &dutch),
            "Beëindigen\n{name} is here\none\t{n} dag\tother\t{n} dagen"
        );
        assert_eq!(pack::missing(&english, &dutch), ["who"]);
    }
}
