//! Short names for what crosses the border between a wasm and its script.
//!
//! wasm-bindgen calls each function by what it does and a digest. Both files hold every name, nobody else reads
//! them, and digests do not pack: for the customer's chat they are 3,800 bytes of brotli.

use std::collections::BTreeMap;
use walrus::Module;
use wasm_bindgen_cli_support::Output;

/// New names by the old ones.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Gives what the wasm takes from its script short names, and what the script takes from it where `exports`
    /// says so: the script of a Worker is called by name.
    pub fn shorten(output: &mut Output, exports: bool) -> Self {
        let module = output.wasm_mut();
        // Every other export is ours.
        let is_short = |name: &str| exports && name.starts_with("__");
        // What comes straight from a file of ours has the name that stands there.
        let is_bound = |module: &str| !module.starts_with("./snippets/");
        let imports = || module.imports.iter().filter(|it| is_bound(&it.module));
        let mut old: Vec<_> = imports().map(|import| import.name.clone()).collect();
        // The module of the script itself; others are files.
        let modules = imports().map(|import| import.module.clone());
        old.extend(modules.filter(|name| name.ends_with("_bg.js")));
        let exports = module.exports.iter().map(|export| export.name.clone());
        old.extend(exports.filter(|name| is_short(name)));
        let names = Self::of(old);
        names.rename_imports(module);
        for export in module.exports.iter_mut() {
            names.rename(&mut export.name);
        }
        names
    }

    /// Renames what a wasm takes from elsewhere.
    pub fn rename_imports(&self, module: &mut Module) {
        for import in module.imports.iter_mut() {
            self.rename(&mut import.name);
            self.rename(&mut import.module);
        }
    }

    /// Names in the order of the alphabet: wasm-bindgen has them in another one each time.
    fn of(mut old: Vec<String>) -> Self {
        old.sort_unstable();
        old.dedup();
        let new = (0..).map(letters);
        Self(old.into_iter().zip(new).collect())
    }

    fn rename(&self, name: &mut String) {
        if let Some(new) = self.0.get(name) {
            name.clone_from(new);
        }
    }

    /// The script with the new names: as whole words, and as whole texts.
    pub fn apply(&self, script: &str) -> String {
        let mut renamed = String::with_capacity(script.len());
        let mut rest = script;
        while let Some(at) = rest.find(is_of_word) {
            let (before, word) = rest.split_at(at);
            let end = word.find(|letter| !is_of_word(letter));
            let (word, after) = word.split_at(end.unwrap_or(word.len()));
            renamed += before;
            renamed += self.0.get(word).map_or(word, String::as_str);
            rest = after;
        }
        renamed += rest;
        let modules = self.0.iter().filter(|(name, _)| name.starts_with('.'));
        modules.fold(renamed, |script, (name, new)| {
            script.replace(&format!("\"{name}\""), &format!("\"{new}\""))
        })
    }
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')
}

/// `a` to `z`, then `aa` and so on.
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'a' + (number % 26) as u8);
        if number < 26 {
            break;
        }
        number = number / 26 - 1;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_and_texts_get_their_new_names() {
        let old = ["__wbg_get_12", "./chat_bg.js", "__wbg_get", "__wbg_get"];
        let names = Names::of(old.map(str::to_owned).to_vec());
        let cases = [
            ("__wbg_get_12: function(a) {}", "c: function(a) {}"),
            ("wasm.__wbg_get(__wbg_get_123)", "wasm.b(__wbg_get_123)"),
            (r#""./chat_bg.js": import0"#, r#""a": import0"#),
            (r#"import "./chat_bg.js/x""#, r#"import "./chat_bg.js/x""#),
            (
                "// what isn't \"closed\n'é __wbg_get'",
                "// what isn't \"closed\n'é b'",
            ),
            ("", ""),
        ];
        for (script, expected) in cases {
            assert_eq!(names.apply(script), expected);
        }
    }

    #[test]
    fn no_two_names_are_one() {
        let all: std::collections::BTreeSet<_> = (0..2_000).map(letters).collect();
        assert_eq!(all.len(), 2_000);
        let cases = [(0, "a"), (25, "z"), (26, "aa"), (701, "zz"), (702, "aaa")];
        for (number, expected) in cases {
            assert_eq!(letters(number), expected);
        }
    }
}
