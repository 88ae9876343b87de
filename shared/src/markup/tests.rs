//! What a message becomes, and that nothing else does.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

/// A text piece by piece; line breaks as ⏎.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    read(text, &mut |piece| match piece {
        Piece::Begins(Tag::Numbers { first }) => shown.push_str(&format!("{{from {first} ")),
        Piece::Begins(tag) => shown.push_str(&format!("{{{tag:?} ").to_lowercase()),
        Piece::Ends => shown.push('}'),
        Piece::Text(text) => shown.push_str(&text.replace('\n', "⏎")),
        Piece::Link {
            text,
            href,
            leads_to,
        } => {
            let host = leads_to.map(|host| format!(" ({host})"));
            let to = (text != href).then(|| format!(" -> {href}"));
            let [host, to] = [host, to].map(Option::unwrap_or_default);
            shown.push_str(&format!("<{text}{host}{to}>"));
        }
    });
    shown
}

/// The one paragraph of a text.
fn line(text: &str) -> String {
    let shown = shown(&text.replace('⏎', "\n"));
    let line = shown
        .strip_prefix("{paragraph ")
        .and_then(|line| line.strip_suffix('}'));
    line.unwrap_or(&shown).to_string()
}

#[test]
fn mk1_what_is_no_mark_stays_as_it_was_written() {
    for text in [
        "Hello",
        "2*3*4 = 24",
        "snake_case_name and __init__.py",
        "a ** b ** c",
        "* not a list of one",
        "- 5 Euro",
        "3. Oktober",
        "** not bold**",
        "`` ``` `",
        "~~ no ~~",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}",
        "a < b && c > d",
        "\\*",
        "[text] (no link)",
        "line one⏎⏎  line three",
    ] {
        assert_eq!(line(text), text);
    }
}

#[test]
fn mk2_blocks() {
    for (text, expected) in [
        ("> so\n> it\nis", "{quote so⏎it}{paragraph is}"),
        (">so it is", "{quote so it is}"),
        ("- a\n- b", "{bullets {item a}{item b}}"),
        (
            "so:\n\n* a\n* **b**\n\nand",
            "{paragraph so:}{bullets {item a}{item {strong b}}}{paragraph and}",
        ),
        ("1. a\n2. b\n3) c", "{from 1 {item a}{item b}{item c}}"),
        ("7) a\n9) b", "{from 7 {item a}{item b}}"),
        ("- a\n1. b", "{paragraph - a⏎1. b}"),
        (
            "```\nlet **a** = 1;\n\n```\nso",
            "{listing let **a** = 1;⏎}{paragraph so}",
        ),
        ("```\n```", "{listing }"),
        ("```\nno end", "{paragraph ```⏎no end}"),
        ("1234. a\n1235. b", "{paragraph 1234. a⏎1235. b}"),
        ("a\r\n> b\r\n", "{paragraph a\r}{quote b}"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn mk3_marks_within_a_line() {
    for (text, expected) in [
        (
            "**bold** and *slanted*, _too_",
            "{strong bold} and {slanted slanted}, {slanted too}",
        ),
        ("~~struck~~ `a*b*c`", "{struck struck} {code a*b*c}"),
        ("**bold _and_ so**", "{strong bold {slanted and} so}"),
        ("*one **two** three*", "{slanted one {strong two} three}"),
        ("(**so**)", "({strong so})"),
        ("**粗体**文字", "{strong 粗体}文字"),
        ("**größer**ä", "**größer**ä"),
        ("**a⏎b**", "**a⏎b**"),
        ("**a⏎**b**", "**a⏎{strong b}"),
        ("***both***", "***both***"),
        ("_a_b_", "{slanted a_b}"),
        ("*a *b*", "{slanted a *b}"),
    ] {
        assert_eq!(line(text), expected, "{text:?}");
    }
}

#[test]
fn mk4_sec_c2_what_is_a_link() {
    for (text, expected) in [
        (
            "see https://a.example/b?c=d#e.",
            "see <https://a.example/b?c=d#e>.",
        ),
        ("(https://a.example/b_(c))", "(<https://a.example/b_(c)>)"),
        ("HTTPS://A.example", "<HTTPS://A.example>"),
        (
            "www.a.example/b",
            "<www.a.example/b -> https://www.a.example/b>",
        ),
        ("http://localhost:8080/ä", "<http://localhost:8080/ä>"),
        ("mailto:jo@a.example", "<mailto:jo@a.example>"),
        ("tel:+49-30-1234", "<tel:+49-30-1234>"),
        ("[so](https://a.example", "[so](<https://a.example>"),
        ("[so](https://a.example b)", "[so](<https://a.example> b)"),
        ("**https://a.example**", "{strong <https://a.example>}"),
        (
            "https://a.example\u{202e}gpj.exe",
            "<https://a.example>\u{202e}gpj.exe",
        ),
    ] {
        assert_eq!(line(text), expected, "{text:?}");
    }
    for text in [
        "javascript:alert(1)",
        "[so](javascript:alert(1))",
        "[so](data:text/html,x)",
        "[so](//a.example)",
        "[so](/a)",
        "vbscript:x",
        "https://",
        "https://bank.example@evil.example",
        "https://user:word@evil.example/",
        "https://bank.example\\@evil.example",
        "https://аpple.example",
        "https://a..example",
        "https://-a.example",
        "https://a.example:port",
        "https://[::1]/",
        "xhttps://a.example",
        "mailto:",
        "mailto:a@b@c",
        "mailto:<script>@a.example",
        "tel:abc",
        "www.",
        "![so](ftp://a.example/image.png)",
    ] {
        assert_eq!(line(text), text);
    }
}

#[test]
fn mk5_sec_c2_a_link_says_where_it_leads() {
    for (text, expected) in [
        (
            "[your bank](https://evil.example/x)",
            "<your bank (evil.example) -> https://evil.example/x>",
        ),
        (
            "[https://bank.example](https://evil.example)",
            "<https://bank.example (evil.example) -> https://evil.example>",
        ),
        (
            "[https://a.example](https://a.example)",
            "<https://a.example>",
        ),
        (
            "[write](mailto:jo@a.example?subject=x)",
            "<write (jo@a.example) -> mailto:jo@a.example?subject=x>",
        ),
        ("[call](tel:110)", "<call (110) -> tel:110>"),
        // C3: a picture is a link like any other.
        (
            "![so](https://a.example/x.png)",
            "!<so (a.example) -> https://a.example/x.png>",
        ),
    ] {
        assert_eq!(line(text), expected, "{text:?}");
    }
    assert_eq!(
        bare("**See** [us](https://a.example):\n- a\n- `b`\n> c"),
        "See us (a.example):\na\nb\nc"
    );
}

/// MK6: a reader that is not linear would take minutes here.
#[test]
fn mk6_long_texts_are_read_at_once() {
    let parts = [
        "*a ",
        "**a ",
        "_a ",
        "`",
        "``",
        "[",
        "[a](",
        "https://",
        "[a](https://a.example/",
        "~~a ",
        "> ",
        "- a\n",
        "```\n",
        "www.",
        ")",
        "https://a.example/)))",
        "*",
        "\n",
        "*_**~~a",
        "1. a\n",
    ];
    for part in parts {
        for other in parts {
            let text = [part, other]
                .concat()
                .repeat(10_000 / (part.len() + other.len()));
            read(&text, &mut |_| ());
        }
        read(&part.repeat(10_000 / part.len()), &mut |_| ());
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let mark = prop::sample::select(Vec::from([
        "**",
        "*",
        "_",
        "~~",
        "`",
        "```",
        "\n",
        "> ",
        "- ",
        "1. ",
        " ",
        "[",
        "](",
        ")",
        "https://",
        "www.",
        "a.example",
        "/",
        "@",
        "javascript:",
        "mailto:",
        "ä",
        "\u{202e}",
        "漢",
        "x",
        "<b>",
        "\"",
    ]));
    prop::collection::vec(mark, 0..40).prop_map(|parts| parts.concat())
}

/// True when `part` is `whole` with something left out.
fn is_left_of(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|c| whole.any(|other| other == c))
}

proptest! {
    #[test]
    fn mk1_only_marks_are_left_out(text in any_text()) {
        let mut written = String::new();
        let (mut open, mut has_link) = (0_u32, false);
        read(&text, &mut |piece| match piece {
            Piece::Text(text) => written.push_str(text),
            Piece::Link { text, .. } => {
                has_link = true;
                written.push_str(text);
            }
            Piece::Begins(_) => open += 1,
            Piece::Ends => open -= 1,
        });
        prop_assert_eq!(open, 0, "what begins ends");
        prop_assert!(is_left_of(&written, &text), "{:?} of {:?}", written, text);
        // Letters are left out with the address of a link alone.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
        prop_assert!(has_link || letters(&written) == letters(&text));
    }

    #[test]
    fn mk4_sec_c2_a_link_leads_where_it_may(text in any_text()) {
        let mut found = Vec::new();
        read(&text, &mut |piece| {
            if let Piece::Link { href, .. } = piece {
                found.push(href);
            }
        });
        for href in found {
            let is_allowed = ["https://", "http://", "mailto:", "tel:"]
                .iter()
                .any(|scheme| href.to_ascii_lowercase().starts_with(scheme));
            let is_clean = !href.contains(|c: char| c.is_whitespace() || is_hidden(c) || "<>\"`".contains(c));
            prop_assert!(is_allowed && is_clean, "{href:?}");
        }
    }
}
