//! Placeholders of a document: `{{name}}`, filled with escaped text.

/// Fills the placeholders of a document. One that is not in the list stays as it is.
pub fn fill(document: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(document.len());
    let mut rest = document;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let value = after.split_once("}}").and_then(|(name, after)| {
            let value = values.iter().find(|(known, _)| *known == name)?;
            Some((value.1, after))
        });
        rest = if let Some((value, after)) = value {
            escape(value, &mut filled);
            after
        } else {
            filled.push_str("{{");
            after
        };
    }
    filled.push_str(rest);
    filled
}

/// The document without the lines that hold a part.
pub fn without(document: &str, part: &str) -> String {
    let lines = document.split_inclusive('\n');
    lines.filter(|line| !line.contains(part)).collect()
}

/// A language tag as it may stand in `lang`: what a page asks for, else what the browser
/// prefers, else English.
pub fn language<'a>(asked: Option<&'a str>, accepted: Option<&'a str>) -> &'a str {
    let preferred = accepted.and_then(|list| list.split([',', ';']).next());
    [asked, preferred]
        .into_iter()
        .flatten()
        .map(str::trim)
        .find(|tag| is_language(tag))
        .unwrap_or("en")
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_first = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    is_first
        && tag.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Adds a text as it may stand in HTML.
pub fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_never_filled_again() {
        let document = r#"<body data-name="{{name}}">{{space}} {{other}} {{ {{name"#;
        let values = [("name", r#""><script>{{space}}&'"#), ("space", "demo")];
        let expected = "<body data-name=\"&quot;&gt;&lt;script&gt;{{space}}&amp;&#39;\">demo {{other}} {{ {{name";
        assert_eq!(fill(document, &values), expected);
    }

    #[test]
    fn a_line_goes_with_the_part_that_it_holds() {
        let document = "<a>\n<link href=\"/{{lang}}.txt\">\n<b lang=\"{{lang}}\">\n";
        let expected = "<a>\n<b lang=\"{{lang}}\">\n";
        assert_eq!(without(document, "{{lang}}."), expected);
    }

    #[test]
    fn a_language_is_a_tag() {
        let cases = [
            ((Some("de"), Some("fr")), "de"),
            ((None, Some("pt-BR,pt;q=0.9")), "pt-BR"),
            ((Some("\"><script>"), Some("fr;q=0.5")), "fr"),
            ((Some(""), None), "en"),
            ((None, Some("*")), "en"),
            ((Some("abcdefghijklmnop"), None), "en"),
        ];
        for ((asked, accepted), expected) in cases {
            assert_eq!(
                language(asked, accepted),
                expected,
                "{asked:?} {accepted:?}"
            );
        }
    }
}
