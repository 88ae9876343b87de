//! The small markdown of messages and notes: a text becomes pieces that a page is made of, and never markup.
//!
//! - **MK1** Whatever is no mark stays as it was written, and nothing but marks is left out.
//! - **MK2** Blocks: lines between two of three backticks are code; lines that begin with `>` are a
//!   quote; two or more that begin with `-`, `*` or `•`, or with numbers, are a list.
//! - **MK3** Within a line `**bold**`, `*slanted*`, `_slanted_`, `~~struck~~` and `` `code` ``. A mark
//!   counts only at the edge of a word, and between any two characters of Chinese or Japanese:
//!   `2*3*4` and `snake_case_name` are what they were.
//! - **MK4** A link leads to `https`, `http`, `mailto` or `tel` and nowhere else. Its host is letters,
//!   digits, dots and hyphens of ASCII, without credentials, so that every browser goes where ours
//!   says, and no look-alike letter leads elsewhere; it ends before anything hidden.
//! - **MK5** Where a link leads is always to be read: its text is the address, or the host stands
//!   behind it.
//! - **MK6** Any text of 10,000 characters is read in time that grows with its length: no mark is
//!   looked for twice in a line.
//!
//! Source: SECURITY.md C1, C2. Nothing here is ever loaded by itself (C3).

use alloc::string::String;

use crate::text::is_hidden;

/// Longest address of a link, in bytes. Source: SECURITY.md C6 (path).
const ADDRESS_MAX: usize = 2_048;

/// What a page is made of, in this order. Whatever begins ends, and what began last ends first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece<'t> {
    /// What follows is that.
    Begins(Tag),
    /// What began last ends.
    Ends,
    /// Text as it was written, line breaks included.
    Text(&'t str),
    /// A link (MK4).
    Link {
        /// What is read.
        text: &'t str,
        /// Where it leads.
        href: String,
        /// What has to be read besides (MK5): the host, or an address or number.
        leads_to: Option<&'t str>,
    },
}

/// What a part of a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tag {
    /// Running text.
    Paragraph,
    /// What somebody else has said.
    Quote,
    /// Lines of code, as they were written.
    Listing,
    /// A list.
    Bullets,
    /// A numbered list.
    Numbers {
        /// The number of the first item.
        first: u32,
    },
    /// An item of a list.
    Item,
    /// `` `code` ``, as it was written.
    Code,
    /// `**…**`
    Strong,
    /// `*…*` or `_…_`
    Slanted,
    /// `~~…~~`
    Struck,
}

/// The marks by what is written, the longer before the shorter, with a bit for each.
const MARKS: [(&str, Tag, u8); 4] = [
    ("**", Tag::Strong, 1),
    ("~~", Tag::Struck, 2),
    ("*", Tag::Slanted, 4),
    ("_", Tag::Slanted, 8),
];

/// How an address begins that is a link by itself.
const SCHEMES: [&str; 5] = ["https://", "http://", "mailto:", "tel:", "www."];

/// The line before and after lines of code.
const FENCE: &str = "```";

/// Reads a text piece by piece.
pub fn read<'t>(text: &'t str, put: &mut dyn FnMut(Piece<'t>)) {
    let (mut running, mut rest) = (text, text);
    while !rest.is_empty() {
        let Some((tag, lines)) = block(rest) else {
            rest = cut(rest).1;
            continue;
        };
        paragraph(before(running, rest), put);
        put(Piece::Begins(tag));
        if tag == Tag::Listing {
            put(Piece::Text(listing(lines)));
        } else {
            items(tag, lines, put);
        }
        put(Piece::Ends);
        rest = rest.get(lines.len()..).unwrap_or_default();
        running = rest;
    }
    paragraph(running, put);
}

/// A text without its marks, each block on lines of its own: for a list, or for who cannot show them.
#[must_use]
pub fn bare(text: &str) -> String {
    let mut bare = String::new();
    read(text, &mut |piece| match piece {
        Piece::Ends => (),
        Piece::Text(text) => bare.push_str(text),
        Piece::Link { text, leads_to, .. } => {
            bare.push_str(text);
            if let Some(host) = leads_to {
                bare.extend([" (", host, ")"]);
            }
        }
        Piece::Begins(Tag::Code | Tag::Strong | Tag::Slanted | Tag::Struck) => (),
        Piece::Begins(
            Tag::Paragraph
            | Tag::Quote
            | Tag::Listing
            | Tag::Bullets
            | Tag::Numbers { .. }
            | Tag::Item,
        ) => {
            let is_below = !bare.is_empty() && !bare.ends_with('\n');
            bare.extend(is_below.then_some('\n'));
        }
    });
    bare
}

/// The first line without its end, and what follows.
fn cut(text: &str) -> (&str, &str) {
    let line = upto(text, |c| c == '\n');
    let rest = text.get(line.len().saturating_add(1)..);
    (
        line.strip_suffix('\r').unwrap_or(line),
        rest.unwrap_or_default(),
    )
}

/// What stands before the end of a text.
fn before<'t>(text: &'t str, end: &str) -> &'t str {
    let end = text.len().saturating_sub(end.len());
    text.get(..end).unwrap_or_default()
}

/// What stands before the first such character.
fn upto(text: &str, is_end: fn(char) -> bool) -> &str {
    let end = text.find(is_end).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The block that begins here, with all of its lines.
fn block(text: &str) -> Option<(Tag, &str)> {
    let (line, mut rest) = cut(text);
    if is_fence(line) {
        while !rest.is_empty() {
            let (line, after) = cut(rest);
            rest = after;
            if is_fence(line) {
                return Some((Tag::Listing, before(text, rest)));
            }
        }
        return None;
    }
    let (tag, _) = item(line)?;
    let mut is_block = tag == Tag::Quote;
    loop {
        let (line, after) = cut(rest);
        let goes_on = match (tag, item(line)) {
            (Tag::Numbers { .. }, Some((Tag::Numbers { .. }, _))) => true,
            (_, next) => next.is_some_and(|(next, _)| next == tag),
        };
        if !goes_on {
            break;
        }
        // A list of one is a line.
        is_block = true;
        rest = after;
    }
    is_block.then(|| (tag, before(text, rest)))
}

fn is_fence(line: &str) -> bool {
    line.trim_ascii_end() == FENCE
}

/// What stands between the fences.
fn listing(lines: &str) -> &str {
    let code = cut(lines).1.trim_ascii_end();
    let code = code.strip_suffix(FENCE).unwrap_or(code);
    code.strip_suffix('\n').unwrap_or(code)
}

/// What a line is an item of, and its words.
fn item(line: &str) -> Option<(Tag, &str)> {
    if let Some(words) = line.strip_prefix('>') {
        return Some((Tag::Quote, words.strip_prefix(' ').unwrap_or(words)));
    }
    let bullet = upto(line, |c| c == ' ');
    let words = line.get(bullet.len().saturating_add(1)..)?;
    if words.is_empty() {
        return None;
    }
    if matches!(bullet, "-" | "*" | "•") {
        return Some((Tag::Bullets, words));
    }
    let digits = bullet.strip_suffix('.').or(bullet.strip_suffix(')'))?;
    let is_number = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let first = is_number.then(|| digits.parse().ok()).flatten()?;
    Some((Tag::Numbers { first }, words))
}

fn items<'t>(tag: Tag, lines: &'t str, put: &mut dyn FnMut(Piece<'t>)) {
    let mut rest = lines;
    while !rest.is_empty() {
        let (line, after) = cut(rest);
        let words = item(line).map_or(line, |(_, words)| words);
        if tag != Tag::Quote {
            put(Piece::Begins(Tag::Item));
            spans(words, 0, put);
            put(Piece::Ends);
        } else {
            spans(words, 0, put);
            if !after.is_empty() {
                put(Piece::Text("\n"));
            }
        }
        rest = after;
    }
}

/// Running text. Empty lines between it and a block are the space that blocks have anyway.
fn paragraph<'t>(text: &'t str, put: &mut dyn FnMut(Piece<'t>)) {
    let text = text.trim_matches('\n');
    if !text.is_empty() {
        put(Piece::Begins(Tag::Paragraph));
        spans(text, 0, put);
        put(Piece::Ends);
    }
}

/// What stands out of plain text.
enum Found<'t> {
    /// Words, and the marks that count no more within them.
    Part(Tag, &'t str, u8),
    Link(Piece<'t>),
}

/// Reads words in which some marks count no more.
fn spans<'t>(text: &'t str, spent: u8, put: &mut dyn FnMut(Piece<'t>)) {
    let mut plain = text;
    let mut rest = text;
    let mut dead = spent;
    let mut last = None;
    while let Some(next) = rest.chars().next() {
        if next == '\n' {
            dead = spent;
        }
        let found = is_edge(last).then(|| find(rest, &mut dead)).flatten();
        let Some((found, length)) = found else {
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            last = Some(next);
            continue;
        };
        written(before(plain, rest), put);
        last = rest.get(..length).and_then(|it| it.chars().next_back());
        rest = rest.get(length..).unwrap_or_default();
        plain = rest;
        match found {
            Found::Link(link) => put(link),
            Found::Part(tag, words, dead) => {
                put(Piece::Begins(tag));
                if tag == Tag::Code {
                    written(words, put);
                } else {
                    spans(words, dead, put);
                }
                put(Piece::Ends);
            }
        }
    }
    written(plain, put);
}

fn written<'t>(text: &'t str, put: &mut dyn FnMut(Piece<'t>)) {
    if !text.is_empty() {
        put(Piece::Text(text));
    }
}

/// What begins here, and how long it is.
fn find<'t>(rest: &'t str, dead: &mut u8) -> Option<(Found<'t>, usize)> {
    match rest.chars().next()? {
        '[' => named(rest),
        '`' => code(rest),
        '*' | '_' | '~' => marked(rest, dead),
        _ => address(rest),
    }
}

/// True where a word may begin or end. Letters beyond ASCII are told from the rest without Unicode's
/// tables, which would weigh more in the chat than all of this.
fn is_edge(next: Option<char>) -> bool {
    let Some(next) = next else {
        return true;
    };
    if next.is_ascii() {
        return !next.is_ascii_alphanumeric();
    }
    // Signs, general punctuation, symbols; Chinese and Japanese; full-width signs.
    matches!(next, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ff0f}')
}

fn code(rest: &str) -> Option<(Found<'_>, usize)> {
    let body = rest.strip_prefix('`')?;
    let code = upto(body, |c| matches!(c, '`' | '\n'));
    let is_closed = body.get(code.len()..)?.starts_with('`') && !code.trim_ascii().is_empty();
    let length = code.len().saturating_add(2);
    is_closed.then_some((Found::Part(Tag::Code, code, 0), length))
}

fn marked<'t>(rest: &'t str, dead: &mut u8) -> Option<(Found<'t>, usize)> {
    let alive = |(_, _, bit): &&(&str, Tag, u8)| *dead & bit == 0;
    let mut marks = MARKS.iter().filter(alive);
    let (mark, tag, bit) = marks.find(|(mark, ..)| rest.starts_with(mark))?;
    let body = rest.strip_prefix(mark)?;
    if body.starts_with(|c: char| c.is_whitespace() || mark.starts_with(c)) {
        return None;
    }
    let Some(end) = closes(body, mark) else {
        // What does not close from here on closes from nowhere behind (MK6).
        *dead |= bit;
        return None;
    };
    let spent = MARKS.iter().filter(|(_, other, _)| other == tag);
    let spent = spent.fold(*dead, |spent, (_, _, bit)| spent | bit);
    let part = Found::Part(*tag, body.get(..end)?, spent);
    Some((part, mark.len().saturating_mul(2).saturating_add(end)))
}

/// Where a mark closes: in its line, right behind a word, and at its edge.
fn closes(body: &str, mark: &str) -> Option<usize> {
    let is_mark = |c: Option<char>| c.is_some_and(|c| mark.starts_with(c));
    let mut last = None;
    let line = upto(body, |c| c == '\n');
    for (at, next) in line.char_indices() {
        let is_behind = last.is_some_and(|c: char| !c.is_whitespace()) && !is_mark(last);
        if is_behind && let Some(rest) = line.get(at..).and_then(|rest| rest.strip_prefix(mark)) {
            let after = rest.chars().next();
            if is_edge(after) && !is_mark(after) {
                return Some(at);
            }
        }
        last = Some(next);
    }
    None
}

/// `[text](address)`
fn named(rest: &str) -> Option<(Found<'_>, usize)> {
    let body = rest.strip_prefix('[')?;
    let text = upto(body, |c| matches!(c, '[' | ']' | '\n'));
    let body = body.get(text.len()..)?.strip_prefix("](")?;
    let address = upto(body, |c| ends(c) || c == ')');
    let is_closed = body.get(address.len()..)?.starts_with(')');
    if !is_closed || address.len() > ADDRESS_MAX || text.trim_ascii().is_empty() {
        return None;
    }
    let leads_to = leads_to(address)?;
    let link = Piece::Link {
        text,
        href: href(address),
        leads_to: (text != address).then_some(leads_to),
    };
    let length = text.len().saturating_add(address.len()).saturating_add(4);
    Some((Found::Link(link), length))
}

/// An address that stands by itself.
fn address(rest: &str) -> Option<(Found<'_>, usize)> {
    SCHEMES.iter().find_map(|known| scheme(rest, known))?;
    let run = upto(rest, ends);
    let text = (run.len() <= ADDRESS_MAX).then(|| sentence(run))?;
    leads_to(text)?;
    let link = Piece::Link {
        text,
        href: href(text),
        leads_to: None,
    };
    Some((Found::Link(link), text.len()))
}

/// Characters that no address has (MK4).
fn ends(c: char) -> bool {
    c.is_whitespace() || is_hidden(c) || matches!(c, '<' | '>' | '"' | '`')
}

/// Without what ends the sentence around it; brackets that it opens itself are its own.
fn sentence(mut address: &str) -> &str {
    let count = |address: &str, of: u8| address.bytes().filter(|byte| *byte == of).count();
    while let Some(last) = address.as_bytes().last() {
        let is_own = match last {
            b')' => count(address, b')') <= count(address, b'('),
            b']' => count(address, b']') <= count(address, b'['),
            last => !b".,;:!?'*_~".contains(last),
        };
        if is_own {
            break;
        }
        address = address
            .get(..address.len().saturating_sub(1))
            .unwrap_or_default();
    }
    address
}

fn href(address: &str) -> String {
    let is_bare = scheme(address, "www.").is_some();
    let scheme = if is_bare { "https://" } else { "" };
    [scheme, address].concat()
}

/// The rest behind a scheme, in whatever case that is written.
fn scheme<'t>(address: &'t str, scheme: &str) -> Option<&'t str> {
    let (start, rest) = address.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Where an address leads, as it is read: `None` for what is no link (MK4).
fn leads_to(address: &str) -> Option<&str> {
    if let Some(number) = scheme(address, "tel:") {
        let is_number = |byte: u8| byte.is_ascii_digit() || b"+-.".contains(&byte);
        return (number.len() >= 3 && number.bytes().all(is_number)).then_some(number);
    }
    if let Some(rest) = scheme(address, "mailto:") {
        let to = upto(rest, |c| c == '?');
        let (name, host) = to.split_once('@')?;
        let is_name =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'*+-/=^_{|}~.".contains(&byte);
        let is_good = !name.is_empty() && name.bytes().all(is_name) && is_host(host);
        return is_good.then_some(to);
    }
    let rest = scheme(address, "https://").or_else(|| scheme(address, "http://"));
    let rest = rest.or_else(|| scheme(address, "www.").map(|_| address))?;
    let authority = upto(rest, |c| matches!(c, '/' | '?' | '#'));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_host(host) && is_port).then_some(host)
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
