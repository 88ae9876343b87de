//! The languages of the customer's chat, and which of them somebody reads.
//!
//! - **LG1** What the visitor has chosen goes before what the page asks for, that before the languages of
//!   the browser in their order. Everybody else reads English.
//! - **LG2** A tag means the language of ours that is called so, else the first of ours that begins with
//!   the same word: `de-CH` is German, `pt-PT` is answered in Brazil's Portuguese, `zh-TW` in simplified
//!   Chinese.
//! - **LG3** A tag that we have nothing for is passed over, and so is what is no tag.
//! - **LG4** Of a tag count its language, its script and its region: what follows them is left out, so that
//!   every browser can write dates and numbers by what remains.

/// A language that the chat is written in.
#[derive(Debug, Eq, PartialEq)]
pub struct Language {
    /// As `<html lang>` names it, and the file of its texts.
    pub tag: &'static str,
    /// What those who speak it call it.
    pub name: &'static str,
}

/// English first: what everybody else reads.
pub const LANGUAGES: [Language; 14] = [
    language("en", "English"),
    language("de", "Deutsch"),
    language("es", "Español"),
    language("fr", "Français"),
    language("it", "Italiano"),
    language("nl", "Nederlands"),
    language("pl", "Polski"),
    language("pt-BR", "Português (Brasil)"),
    language("tr", "Türkçe"),
    language("ru", "Русский"),
    language("he", "עברית"),
    language("ar", "العربية"),
    language("ja", "日本語"),
    language("zh-Hans", "简体中文"),
];

const ENGLISH: &Language = &LANGUAGES[0];

const fn language(tag: &'static str, name: &'static str) -> Language {
    Language { tag, name }
}

impl Language {
    /// `ltr` or `rtl`, as `<html dir>` says it.
    #[must_use]
    pub fn dir(&self) -> &'static str {
        match self.tag {
            "ar" | "he" => "rtl",
            _ => "ltr",
        }
    }

    /// The texts of English are in the app itself; those of every other language are a file.
    #[must_use]
    pub fn is_english(&self) -> bool {
        self.tag == ENGLISH.tag
    }
}

/// The first language of ours among those that are wanted, with commas between them, and the locale that
/// asked for it. What else a header of a browser says of a language is passed over.
#[must_use]
pub fn first(wanted: &str) -> (&'static Language, &str) {
    for tag in wanted.split(',') {
        let locale = locale(tag.trim());
        if let Some(language) = of(locale) {
            return (language, locale);
        }
    }
    (ENGLISH, ENGLISH.tag)
}

/// LG2.
fn of(locale: &str) -> Option<&'static Language> {
    let mut found = None;
    for language in &LANGUAGES {
        if language.tag.eq_ignore_ascii_case(locale) {
            return Some(language);
        }
        if found.is_none() && head(language.tag).eq_ignore_ascii_case(head(locale)) {
            found = Some(language);
        }
    }
    found
}

fn head(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

/// LG4: language, script and region at the beginning of a tag.
fn locale(tag: &str) -> &str {
    let bytes = tag.as_bytes();
    let run = |from: usize, is: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| is(byte)).count()
    };
    let (mut start, mut end, mut parts) = (0, 0, 0);
    loop {
        let letters = run(start, u8::is_ascii_alphabetic);
        let digits = run(start + letters, u8::is_ascii_digit);
        parts = match (parts, letters, digits) {
            (0, 2 | 3, 0) => 1,
            (1, 4, 0) => 2,
            (1 | 2, 2, 0) | (1 | 2, 0, 3) => 3,
            _ => break,
        };
        end = start + letters + digits;
        start = end + 1;
        if bytes.get(end) != Some(&b'-') {
            break;
        }
    }
    tag.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lg1_the_first_language_of_ours_is_read() {
        let cases = [
            ("the visitor's", "pl,de,fr", ("pl", "pl")),
            ("the page's", ",de,fr", ("de", "de")),
            ("the browser's", ",,fr-CA", ("fr", "fr-CA")),
            ("the second", ",da, nb;q=0.8,nl-BE;q=0.5", ("nl", "nl-BE")),
            ("nobody's", ",tlh,*", ("en", "en")),
            ("nothing", "", ("en", "en")),
        ];
        for (case, wanted, (tag, locale)) in cases {
            let (language, by) = first(wanted);
            assert_eq!((language.tag, by), (tag, locale), "{case}");
        }
    }

    #[test]
    fn lg2_lg3_lg4_a_tag_means_a_language() {
        let cases = [
            ("de", Some("de"), "de"),
            ("DE-at", Some("de"), "DE-at"),
            ("pt", Some("pt-BR"), "pt"),
            ("pt-PT", Some("pt-BR"), "pt-PT"),
            ("zh-TW", Some("zh-Hans"), "zh-TW"),
            ("zh-Hant-HK", Some("zh-Hans"), "zh-Hant-HK"),
            ("zh-Hans-SG", Some("zh-Hans"), "zh-Hans-SG"),
            ("es-419", Some("es"), "es-419"),
            ("de;q=0.5", Some("de"), "de"),
            ("de-12", Some("de"), "de"),
            ("de-1a2", Some("de"), "de"),
            ("de-abc", Some("de"), "de"),
            ("de-DE-u-co-phonebk", Some("de"), "de-DE"),
            ("de-1901", Some("de"), "de"),
            ("de-x\"><script>", Some("de"), "de"),
            ("de-CH-Latn", Some("de"), "de-CH"),
            ("fr_FR", Some("fr"), "fr"),
            ("den", None, "den"),
            ("d", None, ""),
            ("", None, ""),
            ("*", None, ""),
            ("-de", None, ""),
        ];
        for (tag, expected, rest) in cases {
            let read = locale(tag);
            assert_eq!(read, rest, "{tag}");
            assert_eq!(of(read).map(|language| language.tag), expected, "{tag}");
        }
    }

    #[test]
    fn lg2_every_language_means_itself() {
        for language in &LANGUAGES {
            assert_eq!(first(language.tag), (language, language.tag));
            assert_eq!(language.is_english(), language.tag == "en");
        }
        let back = |language: &&Language| language.dir() == "rtl";
        assert_eq!(LANGUAGES.iter().filter(back).count(), 2);
    }
}
