//! Reads a file of texts (`text/chat/TAG.txt`), holds it against the English one, and packs it for the
//! browser: one line for each text, in the order of the English file. The build runs this, no browser does.
//!
//! A file has a line `key = text` for each text; `#` begins a comment. What is said with a number has a
//! line for each plural category of the language: `about.one = …`, `about.other = …`.

/// The plural categories of each language. Source: CLDR 48, "Language Plural Rules", cardinals.
pub const CATEGORIES: [(&str, &[&str]); 14] = [
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
    ("de", &["one", "other"]),
    ("en", &["one", "other"]),
    ("es", &["one", "many", "other"]),
    ("fr", &["one", "many", "other"]),
    ("he", &["one", "two", "other"]),
    ("it", &["one", "many", "other"]),
    ("ja", &["other"]),
    ("nl", &["one", "other"]),
    ("pl", &["one", "few", "many", "other"]),
    ("pt-BR", &["one", "many", "other"]),
    ("ru", &["one", "few", "many", "other"]),
    ("tr", &["one", "other"]),
    ("zh-Hans", &["other"]),
];

/// One text: its key, and its forms by their plural category, which is empty for the only one.
pub struct Entry<'a> {
    pub key: &'a str,
    pub forms: Vec<(&'a str, &'a str)>,
}

impl Entry<'_> {
    /// Whether it is said with a number.
    pub fn is_plural(&self) -> bool {
        self.forms.iter().any(|(category, _)| !category.is_empty())
    }
}

/// The texts of a file, in its order.
///
/// # Errors
/// The first line that is none of ours.
pub fn read(source: &str) -> Result<Vec<Entry<'_>>, String> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in source.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, text) = line
            .split_once(" = ")
            .ok_or_else(|| format!("no `key = text`: {line}"))?;
        let (key, category) = name.split_once('.').unwrap_or((name, ""));
        let is_word = |word: &str| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        if key.is_empty() || !is_word(key) || !is_word(category) {
            return Err(format!("no key: {name}"));
        }
        let known = entries.iter().position(|entry| entry.key == key);
        let at = known.unwrap_or_else(|| {
            let forms = Vec::new();
            entries.push(Entry { key, forms });
            entries.len() - 1
        });
        let forms = &mut entries[at].forms;
        if forms.iter().any(|(known, _)| *known == category) {
            return Err(format!("said twice: {name}"));
        }
        forms.push((category, text.trim()));
    }
    Ok(entries)
}

/// What is wrong with the texts of a language; what it lacks aside, that is what [`missing`] says.
pub fn problems(tag: &str, english: &[Entry<'_>], entries: &[Entry<'_>]) -> Vec<String> {
    let mut problems = Vec::new();
    let Some((_, categories)) = CATEGORIES.iter().find(|(known, _)| *known == tag) else {
        return vec![format!("{tag}: no plural categories are known")];
    };
    for entry in entries {
        let key = entry.key;
        let Some(model) = english.iter().find(|model| model.key == key) else {
            problems.push(format!("{tag}: {key} is no key"));
            continue;
        };
        let mut has: Vec<_> = entry.forms.iter().map(|(category, _)| *category).collect();
        let mut needs = if model.is_plural() {
            categories.to_vec()
        } else {
            vec![""]
        };
        has.sort_unstable();
        needs.sort_unstable();
        if has != needs {
            problems.push(format!(
                "{tag}: {key} has the forms {has:?}, and needs {needs:?}"
            ));
        }
        let blanks_of_model = model.forms.last().map(|(_, text)| blanks(text));
        for (category, text) in &entry.forms {
            // One, two and none may be said in words.
            let may_lack =
                matches!(*category, "zero" | "one" | "two") && blanks(text) == Some(vec![]);
            if blanks(text).is_none() || Some(blanks(text)) != blanks_of_model && !may_lack {
                problems.push(format!(
                    "{tag}: the blanks of {key} are not those of English: {text}"
                ));
            }
            if text.is_empty() || text.contains('\t') {
                problems.push(format!("{tag}: {key} is empty, or has a tabulator"));
            }
        }
    }
    problems
}

/// The keys that a language lacks.
pub fn missing<'a>(english: &[Entry<'a>], entries: &[Entry<'_>]) -> Vec<&'a str> {
    let is_missing = |key: &&str| !entries.iter().any(|entry| entry.key == *key);
    english
        .iter()
        .map(|entry| entry.key)
        .filter(is_missing)
        .collect()
}

/// The texts as the browser gets them: a line for each key of English, in English where the language lacks
/// it. The forms of a plural are category and text by turns, with tabulators between them, and the one for
/// every other number comes last.
pub fn pack(english: &[Entry<'_>], entries: &[Entry<'_>]) -> String {
    let line = |model: &Entry<'_>| {
        let own = entries.iter().find(|entry| entry.key == model.key);
        let mut forms = own.unwrap_or(model).forms.clone();
        forms.sort_by_key(|(category, _)| *category == "other");
        let forms = forms.into_iter().map(|(category, text)| {
            if category.is_empty() {
                text.to_owned()
            } else {
                format!("{category}\t{text}")
            }
        });
        forms.collect::<Vec<_>>().join("\t")
    };
    english.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The names in braces, in their order: they are filled in that order. `None` for a brace too many.
fn blanks(text: &str) -> Option<Vec<&str>> {
    let mut blanks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (name, after) = rest.get(at..)?.strip_prefix('{')?.split_once('}')?;
        if name.is_empty() || name.contains('{') {
            return None;
        }
        blanks.push(name);
        rest = after;
    }
    Some(blanks)
}
