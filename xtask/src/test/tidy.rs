//! Rules of the repository that no other tool checks.

use crate::{build::stamp::files, paths};
use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

/// A file that git keeps or would keep: its path in the checkout, and its text.
struct Source {
    path: String,
    text: String,
}

#[test]
fn every_rust_file_says_what_lives_in_it() {
    refuse(rust(), |source| !source.text.starts_with("//!"));
}

#[test]
fn modules_are_named_by_their_file() {
    refuse(rust(), |source| source.path.ends_with("/mod.rs"));
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["todo!(", "unimplemented!(", "#[ignore"];
    refuse(rust_but_this(), |source| {
        words.iter().any(|word| source.text.contains(word))
    });
}

/// What a site copies from the README is what the journeys run.
#[test]
fn the_readme_shows_the_examples_as_they_are() {
    let folder = paths::root().join("examples/identify");
    let readme = fs::read_to_string(paths::root().join("README.md")).unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            readme.contains(&text),
            "{} is not in README.md",
            path.display()
        );
    }
}

#[test]
fn german_has_one_word_for_a_thing() {
    // "Bereich", "Nachbereitung", "zuweisen"; these are the others that crept in once.
    let others = [
        "Space",
        "Nachbearbeitung",
        "zugeteilt",
        "Fähigkeit",
        "Konversation",
    ];
    let tables = sources()
        .into_iter()
        .filter(|source| source.path.starts_with("widget/src/text/"));
    refuse(tables.collect(), |source| {
        let from = if source.path.ends_with("chat/de.txt") {
            Some(0)
        } else {
            source.text.find("const DE")
        };
        let german = from.and_then(|from| source.text.get(from..));
        german.is_some_and(|german| others.iter().any(|word| german.contains(word)))
    });
}

#[test]
fn sec_c1_03_no_text_becomes_markup() {
    let words = [
        "inner_html",
        "innerHTML",
        "insertAdjacentHTML",
        "document.write",
    ];
    refuse(shown(), |source| {
        code(source).any(|line| words.iter().any(|word| line.contains(word)))
    });
}

/// postcard reads them back as something else, without a word (RECIPES.md §4).
#[test]
fn w4_wire_types_use_nothing_that_postcard_cannot_read() {
    let words = ["skip_serializing_if", "flatten", "untagged", "tag ="];
    let shared = rust()
        .into_iter()
        .filter(|source| source.path.starts_with("shared/src/"));
    refuse(shared.collect(), |source| {
        let attributes = source.text.split("#[serde(").skip(1);
        let mut attributes = attributes.filter_map(|rest| rest.split(")]").next());
        attributes.any(|attribute| words.iter().any(|word| attribute.contains(word)))
    });
}

/// A rule without a test is a wish: each number in the module docs of the product stands in the
/// name of a test.
#[test]
fn every_rule_has_a_test_that_carries_its_number() {
    let sources = rust();
    let names = sources.iter().flat_map(|source| source.text.split("fn "));
    let names = names.filter_map(|rest| rest.split(['(', '<']).next());
    let words: BTreeSet<&str> = names.flat_map(|name| name.split('_')).collect();
    let product = sources
        .iter()
        .filter(|source| source.path.starts_with("shared/src/"));
    let without: Vec<String> = product
        .flat_map(|source| {
            let rules = rules(source).filter(|rule| !words.contains(&*rule.to_lowercase()));
            rules.map(|rule| format!("{} of {}", rule, source.path))
        })
        .collect();
    assert!(without.is_empty(), "no test is named after {without:?}");
}

/// The numbers of the rules that a module states: `//! - **R8**`, `//! - **F86, F96**`.
fn rules(source: &Source) -> impl Iterator<Item = &str> {
    let lines = source.text.lines();
    let bold = lines.filter_map(|line| line.strip_prefix("//! - **")?.split("**").next());
    let numbers = bold.flat_map(|bold| bold.split(", "));
    numbers.filter(|number| {
        let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
        digits.len() < number.len()
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Nobody waits for something to be true: it is polled, with a limit, by the helpers of the stage.
/// Benchmarks are no tests: they measure, among other things, what silence costs.
#[test]
fn no_test_sleeps_but_the_helpers_that_poll() {
    const ALLOWED: [&str; 6] = [
        "tests/journeys/crash.rs", // the pace of a conversation that is cut in its middle
        "tests/journeys/gallery.rs", // the pace of somebody who types
        "tests/journeys/keys.rs",  // the pace of somebody who types
        "tests/journeys/outbox.rs", // how long the network is away
        "tests/stage/browser.rs",  // polls
        "tests/stage/linked.rs",   // the deadlines of a link
    ];
    let tests = rust().into_iter().filter(|source| {
        let is_test = source.path.starts_with("tests/") || source.path.starts_with("shared/");
        let is_benchmark = source.path.starts_with("tests/load/");
        is_test && !is_benchmark && !ALLOWED.contains(&source.path.as_str())
    });
    refuse(tests.collect(), |source| {
        code(source).any(|line| line.contains("sleep("))
    });
}

/// Where packages come from is the business of the machine, and so is where folders lie.
#[test]
fn no_file_names_a_registry_or_a_folder_of_one_machine() {
    // In two parts, so that this file is not found.
    let words = [
        ("registry.npmjs", ".org"),
        ("deb.debian", ".org"),
        ("static.crates", ".io"),
        ("index.crates", ".io"),
        ("pypi", ".org"),
        ("/root", "/"),
        ("/home", "/"),
        ("/Users", "/"),
        ("/work", "/"),
    ]
    .map(|(head, tail)| format!("{head}{tail}"));
    let own = sources()
        .into_iter()
        .filter(|source| source.path != "package-lock.json");
    refuse(own.collect(), |source| {
        words.iter().any(|word| {
            source.text.match_indices(word.as_str()).any(|(at, _)| {
                // `…/framework/…` and `https://host/root/…` are other words.
                !word.starts_with('/')
                    || !source.text[..at].ends_with(|c: char| c.is_alphanumeric())
            })
        })
    });
}

#[test]
fn the_lock_file_of_npm_names_no_host() {
    let lock = fs::read_to_string(paths::root().join("package-lock.json")).unwrap();
    assert!(
        !lock.contains("\"resolved\""),
        "run npm with --omit-lockfile-registry-resolved"
    );
}

/// Every style is a sheet, every script a file: the policy of content (CSP) allows no other.
#[test]
fn documents_have_no_inline_style_or_script() {
    let documents = sources()
        .into_iter()
        .filter(|source| source.path.starts_with("public/") && source.path.ends_with(".html"));
    refuse(documents.collect(), |source| {
        let has_script = source.text.split("<script").skip(1).any(|rest| {
            rest.split('>')
                .next()
                .is_some_and(|tag| !tag.contains("src="))
        });
        let mut words = source.text.split_whitespace();
        let has_handler = words.any(|word| word.starts_with("on") && word.contains('='));
        let has_style = source.text.contains("<style") || source.text.contains(" style=");
        has_script || has_style || has_handler || source.text.contains("javascript:")
    });
}

/// Trusted Types would stop these in our own documents, and a site's policy in its own (HD4).
#[test]
fn no_text_becomes_a_script() {
    let words = [
        "eval(",
        "new Function",
        "Function::new",
        "setAttribute(\"on",
        "srcdoc",
    ];
    refuse(shown(), |source| {
        code(source).any(|line| words.iter().any(|word| line.contains(word)))
    });
}

/// Whatever leaves the Worker goes through one door, which judges each address (SECURITY.md S4).
#[test]
fn sec_s4_01_nothing_is_called_but_through_one_door() {
    let words = [
        "Fetch::",
        "fetch(",
        "WebSocket::connect",
        "Socket::builder",
        "new_with_str_and_init",
    ];
    // The door; requests of our own for it and for objects; the platform's word for "answer a request";
    // files of the site.
    let allowed = [
        "edge/src/outside.rs",
        "edge/src/ours.rs",
        "edge/src/pages/files.rs",
    ];
    let edge = rust().into_iter().filter(|source| {
        source.path.starts_with("edge/src/") && !allowed.contains(&source.path.as_str())
    });
    refuse(edge.collect(), |source| {
        code(source).any(|line| {
            let is_handler = line.contains("fn fetch(") || line.contains("#[event(fetch)]");
            !is_handler && words.iter().any(|word| line.contains(word))
        })
    });
}

/// A secret has one way in, as a type of which nothing is written (SEC1).
/// Known and unknown addresses cost the answer the same: it waits for the body of the call alone, and what
/// is asked about the address is asked after it.
#[test]
fn sec_g3_01_nobody_is_asked_about_an_address_before_the_answer() {
    let path = "edge/src/api/invitations.rs";
    let source = fs::read_to_string(paths::root().join(path)).unwrap();
    let body = |head: &str| {
        let (_, rest) = source.split_once(head).unwrap();
        let (body, _) = rest.split_once("\n}\n").unwrap();
        body.to_owned()
    };
    let handler = body("pub async fn mail_link(");
    assert_eq!(handler.matches(".await").count(), 1, "{handler}");
    assert!(handler.contains("Fields::read(&mut call.request).await?"));
    assert!(handler.contains("\n    answer_and_send("), "{handler}");
    assert!(!source.contains("async fn answer_and_send("));
    let later = body("\nfn answer_and_send(");
    let (before, after) = later.split_once(".wait_until(async move {").unwrap();
    assert!(!before.contains(".await"), "{before}");
    let (_, answer) = after.split_once("\n    });").unwrap();
    assert_eq!(answer.trim(), "super::json(202, &json!({}))");
}

#[test]
fn sec_k_02_secrets_come_in_by_one_door() {
    let edge = rust().into_iter().filter(|source| {
        source.path.starts_with("edge/src/") && source.path != "edge/src/features.rs"
    });
    refuse(edge.collect(), |source| {
        code(source).any(|line| line.contains(".secret("))
    });
}

/// What is not awaited is a guard that was never asked: no crate leaves the lints of the workspace.
#[test]
fn sec_r2_02_what_is_not_awaited_does_not_compile() {
    let manifest = |path: &str| fs::read_to_string(paths::root().join(path)).unwrap();
    let workspace = manifest("Cargo.toml");
    let (_, lints) = workspace.split_once("[workspace.lints.rust]").unwrap();
    assert!(lints.contains("unused_must_use = \"deny\""), "{lints}");
    for package in ["shared", "edge", "widget", "xtask", "tests"] {
        let manifest = manifest(&format!("{package}/Cargo.toml"));
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{package} has lints of its own"
        );
    }
    refuse(rust_but_this(), |source| {
        code(source).any(|line| line.contains("allow(unused_must_use"))
    });
}

fn refuse(sources: Vec<Source>, is_wrong: impl Fn(&Source) -> bool) {
    let wrong: Vec<_> = sources
        .iter()
        .filter(|source| is_wrong(source))
        .map(|source| &source.path)
        .collect();
    assert!(wrong.is_empty(), "against the rule: {wrong:#?}");
}

/// The lines that are no comment.
fn code(source: &Source) -> impl Iterator<Item = &str> {
    let lines = source.text.lines().map(str::trim_start);
    lines.filter(|line| {
        !["//", "*", "/*"]
            .iter()
            .any(|start| line.starts_with(start))
    })
}

fn rust() -> Vec<Source> {
    let mut sources = sources();
    sources.retain(|source| source.path.ends_with(".rs"));
    sources
}

fn rust_but_this() -> Vec<Source> {
    let mut sources = rust();
    sources.retain(|source| source.path != "xtask/src/test/tidy.rs");
    sources
}

/// What runs in a browser.
fn shown() -> Vec<Source> {
    let mut sources = sources();
    sources.retain(|source| {
        let is_shown = source.path.starts_with("widget/") || source.path.starts_with("public/");
        is_shown
            && [".rs", ".js", ".html"]
                .iter()
                .any(|end| source.path.ends_with(end))
    });
    sources
}

fn sources() -> Vec<Source> {
    let listed = Command::new("git")
        .current_dir(paths::root())
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .output();
    let names: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.split_terminator('\0').map(PathBuf::from).collect()
        }
        Ok(_) | Err(_) => below_the_checkout(), // an archive without git
    };
    let read = |name: PathBuf| {
        let text = fs::read_to_string(paths::root().join(&name)).ok()?; // a picture is no text
        Some(Source {
            path: name.to_string_lossy().into_owned(),
            text,
        })
    };
    names.into_iter().filter_map(read).collect()
}

fn below_the_checkout() -> Vec<PathBuf> {
    let folders = ["edge", "public", "shared", "tests", "widget", "xtask"];
    let found = folders
        .iter()
        .flat_map(|folder| files(&paths::root().join(folder)).unwrap());
    found
        .map(|path| path.strip_prefix(paths::root()).unwrap().to_path_buf())
        .collect()
}
