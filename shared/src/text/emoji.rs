//! What a reaction is: one emoji, and nothing else.
//!
//! - **T6** A reaction is one emoji sequence of at most [`EMOJI_MAX`] scalar values, in the one way
//!   in which keyboards write it (fully qualified, Unicode TS #51): a flag of two letters or of tags,
//!   a keycap, or pictures joined by U+200D, each with its colour or its U+FE0F where it needs one.
//!   So no text comes in as a reaction, and the same picture is not counted twice.
//!
//! Which pictures may be joined is not asked: a join that no font knows is shown as its parts. Of
//! U+1FA70 to U+1FAFF every place is taken for a picture, because that is where new ones come.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::TextError;

/// Longest emoji: 10 scalar values, a kiss of two people with a colour of skin each.
pub const EMOJI_MAX: usize = 10;

const JOINER: char = '\u{200d}';
const AS_PICTURE: char = '\u{fe0f}';

/// Parses one emoji (T6).
pub(super) fn parse(text: &str) -> Result<String, TextError> {
    // Four bytes are the most that a scalar value takes.
    if text.len() > EMOJI_MAX * 4 || text.chars().count() > EMOJI_MAX {
        let limit = 10;
        return Err(TextError::TooLong { limit });
    }
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    let is_emoji = is_flag(text) || text.split(JOINER).all(is_picture);
    is_emoji
        .then(|| text.to_owned())
        .ok_or(TextError::Forbidden)
}

fn is_flag(text: &str) -> bool {
    let is_letter = |c| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    if text.chars().all(is_letter) {
        return text.chars().count() == 2;
    }
    let tags = text.strip_prefix('\u{1f3f4}');
    let tags = tags.and_then(|tags| tags.strip_suffix('\u{e007f}'));
    let is_tag = |c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    tags.is_some_and(|tags| tags.chars().count() > 2 && tags.chars().all(is_tag))
}

fn is_picture(part: &str) -> bool {
    let mut rest = part.chars();
    let Some(first) = rest.next() else {
        return false;
    };
    let rest = rest.as_str();
    if matches!(first, '0'..='9' | '#' | '*') {
        return rest == "\u{fe0f}\u{20e3}";
    }
    let mut tail = rest.chars();
    let (next, is_all) = (tail.next(), tail.next().is_none());
    let is_skin = matches!(next, Some('\u{1f3fb}'..='\u{1f3ff}'));
    let is_coloured = is_in(first, &COLOURED_LOW, &COLOURED_HIGH);
    let is_plain = is_in(first, &PLAIN_LOW, &PLAIN_HIGH);
    is_all
        && (is_coloured && (next.is_none() || is_skin)
            || is_plain && (is_skin || next == Some(AS_PICTURE)))
}

fn is_in(character: char, low: &[(u16, u8)], high: &[(u16, u8)]) -> bool {
    let code = u32::from(character);
    let (ranges, code) = match code.checked_sub(0x1_0000) {
        Some(code) => (high, code),
        None => (low, code),
    };
    let mut ranges = ranges.iter();
    ranges.any(|(first, more)| {
        let first = u32::from(*first);
        (first..=first + u32::from(*more)).contains(&code)
    })
}

/// Characters that are pictures by themselves: the first of a range, and how many follow it.
#[rustfmt::skip]
const COLOURED_LOW: [(u16, u8); 33] = [
    (0x231a, 1), (0x23e9, 3), (0x23f0, 0), (0x23f3, 0), (0x25fd, 1), (0x2614, 1), (0x2648, 11), (0x267f, 0),
    (0x2693, 0), (0x26a1, 0), (0x26aa, 1), (0x26bd, 1), (0x26c4, 1), (0x26ce, 0), (0x26d4, 0), (0x26ea, 0),
    (0x26f2, 1), (0x26f5, 0), (0x26fa, 0), (0x26fd, 0), (0x2705, 0), (0x270a, 1), (0x2728, 0), (0x274c, 0),
    (0x274e, 0), (0x2753, 2), (0x2757, 0), (0x2795, 2), (0x27b0, 0), (0x27bf, 0), (0x2b1b, 1), (0x2b50, 0),
    (0x2b55, 0),
];
/// The same from U+10000 on, less that.
#[rustfmt::skip]
const COLOURED_HIGH: [(u16, u8); 42] = [
    (0xf004, 0), (0xf0cf, 0), (0xf18e, 0), (0xf191, 9), (0xf201, 0), (0xf21a, 0), (0xf22f, 0), (0xf232, 4),
    (0xf238, 2), (0xf250, 1), (0xf300, 32), (0xf32d, 8), (0xf337, 69), (0xf37e, 21), (0xf3a0, 42), (0xf3cf, 4),
    (0xf3e0, 16), (0xf3f4, 0), (0xf3f8, 2), (0xf400, 62), (0xf440, 0), (0xf442, 186), (0xf4ff, 62), (0xf54b, 3),
    (0xf550, 23), (0xf57a, 0), (0xf595, 1), (0xf5a4, 0), (0xf5fb, 84), (0xf680, 69), (0xf6cc, 0), (0xf6d0, 2),
    (0xf6d5, 2), (0xf6dc, 3), (0xf6eb, 1), (0xf6f4, 8), (0xf7e0, 11), (0xf7f0, 0), (0xf90c, 46), (0xf93c, 9),
    (0xf947, 184), (0xfa70, 143),
];

/// Characters that are pictures with U+FE0F behind them.
#[rustfmt::skip]
const PLAIN_LOW: [(u16, u8); 72] = [
    (0xa9, 0), (0xae, 0), (0x203c, 0), (0x2049, 0), (0x2122, 0), (0x2139, 0), (0x2194, 5), (0x21a9, 1),
    (0x2328, 0), (0x23cf, 0), (0x23ed, 2), (0x23f1, 1), (0x23f8, 2), (0x24c2, 0), (0x25aa, 1), (0x25b6, 0),
    (0x25c0, 0), (0x25fb, 1), (0x2600, 4), (0x260e, 0), (0x2611, 0), (0x2618, 0), (0x261d, 0), (0x2620, 0),
    (0x2622, 1), (0x2626, 0), (0x262a, 0), (0x262e, 1), (0x2638, 2), (0x2640, 0), (0x2642, 0), (0x265f, 1),
    (0x2663, 0), (0x2665, 1), (0x2668, 0), (0x267b, 0), (0x267e, 0), (0x2692, 0), (0x2694, 3), (0x2699, 0),
    (0x269b, 1), (0x26a0, 0), (0x26a7, 0), (0x26b0, 1), (0x26c8, 0), (0x26cf, 0), (0x26d1, 0), (0x26d3, 0),
    (0x26e9, 0), (0x26f0, 1), (0x26f4, 0), (0x26f7, 2), (0x2702, 0), (0x2708, 1), (0x270c, 1), (0x270f, 0),
    (0x2712, 0), (0x2714, 0), (0x2716, 0), (0x271d, 0), (0x2721, 0), (0x2733, 1), (0x2744, 0), (0x2747, 0),
    (0x2763, 1), (0x27a1, 0), (0x2934, 1), (0x2b05, 2), (0x3030, 0), (0x303d, 0), (0x3297, 0), (0x3299, 0),
];
/// The same from U+10000 on, less that.
#[rustfmt::skip]
const PLAIN_HIGH: [(u16, u8); 44] = [
    (0xf170, 1), (0xf17e, 1), (0xf202, 0), (0xf237, 0), (0xf321, 0), (0xf324, 8), (0xf336, 0), (0xf37d, 0),
    (0xf396, 1), (0xf399, 2), (0xf39e, 1), (0xf3cb, 3), (0xf3d4, 11), (0xf3f3, 0), (0xf3f5, 0), (0xf3f7, 0),
    (0xf43f, 0), (0xf441, 0), (0xf4fd, 0), (0xf549, 1), (0xf56f, 1), (0xf573, 6), (0xf587, 0), (0xf58a, 3),
    (0xf590, 0), (0xf5a5, 0), (0xf5a8, 0), (0xf5b1, 1), (0xf5bc, 0), (0xf5c2, 2), (0xf5d1, 2), (0xf5dc, 2),
    (0xf5e1, 0), (0xf5e3, 0), (0xf5e8, 0), (0xf5ef, 0), (0xf5f3, 0), (0xf5fa, 0), (0xf6cb, 0), (0xf6cd, 2),
    (0xf6e0, 5), (0xf6e9, 0), (0xf6f0, 0), (0xf6f3, 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t6_a_reaction_is_one_emoji_and_nothing_else() {
        let good = [
            "👍",
            "👍🏽",
            "❤️",
            "😂",
            "🎉",
            "😮",
            "😢",
            "☝️",
            "☝🏿",
            "✅",
            "©️",
            "1️⃣",
            "#️⃣",
            "🇩🇪",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "👩‍👩‍👧‍👦",
            "👨🏻‍❤️‍💋‍👨🏿",
            "🏴‍☠️",
            "👁️‍🗨️",
            "🤷🏽‍♀️",
            "🏳️‍🌈",
            "🫱🏻‍🫲🏿",
            "🫠",
            "🫨",
            "⏸️",
            "🔟",
        ];
        for emoji in good {
            assert_eq!(parse(emoji).as_deref(), Ok(emoji), "{emoji}");
        }
        let bad = [
            "",
            "a",
            "ok",
            "1",
            "#",
            "1\u{20e3}",
            "👍👍",
            "👍 ",
            " 👍",
            "👍\u{fe0f}",
            "❤",
            "❤\u{fe0e}",
            "🇩",
            "🇩🇪🇫",
            "🏽",
            "\u{200d}",
            "👍\u{200d}",
            "\u{200d}👍",
            "👍🏽🏽",
            "<b>",
            "👍\u{202e}",
            "\u{fe0f}",
            "é",
            "中",
            "①",
            "✓",
            "👍\u{301}",
            "🏴\u{e007f}",
            "🏴\u{e0067}\u{e0062}",
            "\u{1f900}",
            "\u{0}",
            "👩‍👩‍👧‍👦‍👩‍👩‍👧",
        ];
        for text in bad {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn t6_sec_c6_nothing_long_is_looked_at() {
        let long = "👍".repeat(11);
        assert_eq!(parse(&long), Err(TextError::TooLong { limit: 10 }));
        assert!(parse(&"👍".repeat(1_000_000)).is_err());
    }
}
