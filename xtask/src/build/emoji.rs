//! The emoji of the chat, a file for each language: Unicode's in Unicode's order, under CLDR's names.
//!
//! The first line has what the choice says (`widget/src/text/emoji.txt`), with tabulators between. A group begins with a
//! line `#`, tabulator, name. Every other line is an emoji: itself, name, words to find it by, and `1` where it has skin.
//! The names of flags are those of regions, which a browser knows.

use crate::paths;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// As many words find an emoji, beside its name.
const WORDS_MAX: usize = 6;
/// What the choice says: four texts and nine groups.
const TEXTS: usize = 13;
/// People: an emoji with two of them has two skins, which one choice cannot give.
const PEOPLE: [char; 4] = ['👨', '👩', '🧑', '🤝'];

/// What goes into the files.
pub fn files() -> Vec<PathBuf> {
    let root = paths::root();
    vec![
        root.join("widget/src/text/emoji.txt"),
        root.join("package-lock.json"),
    ]
}

/// Every language's emoji by its tag.
pub fn packed() -> Result<Vec<(String, String)>> {
    let texts = fs::read_to_string(paths::root().join("widget/src/text/emoji.txt"))?;
    let groups = json("unicode-emoji-json/data-by-group.json")?;
    let lines = texts.lines().filter(|line| !line.starts_with('#'));
    let packed = lines.map(|line| {
        let (tag, texts) = line.split_once(" = ").context("no `tag = texts`")?;
        let texts: Vec<&str> = texts.split(" | ").collect();
        ensure!(texts.len() == TEXTS, "{tag}: {} texts", texts.len());
        // CLDR calls a language by its first word where that has one script, or one country most of all.
        let locale = tag.split('-').next().unwrap_or(tag);
        let path = format!("cldr-annotations-full/annotations/{locale}/annotations.json");
        let names = json(&path)?;
        let names = &names["annotations"]["annotations"];
        Ok((tag.to_owned(), pack(&texts, &groups, names)?))
    });
    packed.collect()
}

fn json(path: &str) -> Result<Value> {
    let path = paths::node_modules().join(path);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

fn pack(texts: &[&str], groups: &Value, names: &Value) -> Result<String> {
    let (says, titles) = texts.split_at(TEXTS - 9);
    let mut packed = says.join("\t");
    let groups = groups.as_array().context("no groups")?;
    for (group, title) in groups.iter().zip(titles) {
        packed += &format!("\n#\t{title}");
        for emoji in group["emojis"].as_array().context("no emoji")? {
            let text = emoji["emoji"].as_str().context("no emoji")?;
            let known = &names[&text.replace('\u{fe0f}', "")];
            let name = known["tts"][0].as_str();
            let is_flag = group["slug"] == "flags";
            // Hair and families are made of others, and have names in no list of CLDR's that is small.
            let Some(name) = name.or(is_flag.then_some("")) else {
                continue;
            };
            let words = known["default"].as_array().into_iter().flatten();
            let words = words.filter_map(Value::as_str).filter(|word| *word != name);
            let words: Vec<_> = words.take(WORDS_MAX).collect();
            let people = text.chars().filter(|letter| PEOPLE.contains(letter));
            let has_skin = emoji["skin_tone_support"] == true && people.count() < 2;
            let mut line = [text, name, &words.join(" ")].join("\t");
            if has_skin {
                line += "\t1";
            }
            packed += &format!("\n{}", line.trim_end());
        }
    }
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn p14_every_language_of_the_chat_has_its_emoji() {
        let folder = paths::root().join("widget/src/text/chat");
        let mut languages: Vec<_> = crate::build::stamp::files(&folder)
            .unwrap()
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        languages.sort();
        let texts = fs::read_to_string(paths::root().join("widget/src/text/emoji.txt")).unwrap();
        let lines = texts.lines().filter_map(|line| line.split_once(" = "));
        let mut tags: Vec<_> = lines.map(|(tag, _)| tag.to_owned()).collect();
        tags.sort();
        assert_eq!(tags, languages);
    }

    #[test]
    fn an_emoji_has_its_name_its_words_and_its_skin() {
        let group = |slug: &str, emojis: Value| json!({ "slug": slug, "emojis": emojis });
        let emoji = |text: &str, skin: bool| json!({ "emoji": text, "skin_tone_support": skin });
        let hands = [emoji("👋", true), emoji("🧑‍🤝‍🧑", true), emoji("👨‍🦰", true)];
        let groups = json!([
            group("people_body", json!(hands)),
            group("flags", json!([emoji("🇩🇪", false)])),
        ]);
        let names = json!({
            "👋": { "tts": ["waving hand"], "default": ["waving hand", "bye", "hello"] },
            "🧑‍🤝‍🧑": { "tts": ["people holding hands"], "default": [] },
        });
        let mut texts = vec!["find", "last", "skin", "none", "People", "Flags"];
        texts.resize(TEXTS, "");
        assert_eq!(
            pack(&texts, &groups, &names).unwrap(),
            "find\tlast\tskin\tnone\n#\tPeople\n👋\twaving hand\tbye hello\t1\n🧑‍🤝‍🧑\tpeople holding hands\n#\tFlags\n🇩🇪"
        );
    }
}
