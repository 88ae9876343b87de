//! The choice of an emoji, above the composer, to write it or to react with it: Unicode's groups, what was used last, a search, and a skin. The list is a file
//! for each language, which loads when somebody chooses the first one (`xtask/src/build/emoji.rs`).

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, JsString};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::aim::Aim;
use super::composer::focus_composer;
use crate::config;
use crate::dom::{El, around, button, el};
use crate::js::{self, document};
use crate::store::Store;
use crate::task::spawn;
use crate::text::text;

/// As many are kept of those that were used last.
const LAST_MAX: usize = 24;
/// The keys under which the browser keeps those, and the skin.
const LAST: &str = "emoji";
const SKIN: &str = "emoji-skin";
/// How long the file may take.
const PATIENCE_MS: u32 = 30_000;
/// A hand as Unicode has it, and in five skins.
const HANDS: [&str; 6] = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

/// One emoji, or the title of a group.
struct Line {
    text: String,
    name: String,
    /// What is searched, in small letters: by the browser, without Unicode's tables here.
    words: JsString,
    has_skin: bool,
}

/// The list, with what the choice says.
struct Book {
    says: [String; 4],
    lines: Vec<Line>,
}

/// What is done with an emoji.
type Take = Rc<dyn Fn(&str)>;

/// What is open.
#[derive(Clone)]
struct Choice {
    /// What is done with the one that is chosen.
    take: Take,
    store: Store,
    list: El,
    /// Counts what was drawn: an older one stops.
    drawn: Rc<Cell<u32>>,
}

/// Opens the choice in the composer of that button, or closes it.
pub fn emoji(aim: Aim, button: &HtmlElement) -> Option<El> {
    let form: HtmlElement = button.closest(".composer").ok().flatten()?.unchecked_into();
    if close(&form) {
        return None;
    }
    let _ = button.set_attribute("aria-expanded", "true");
    let composer = form.clone();
    Some(panel(
        form,
        Rc::new(move |emoji| write(aim, &composer, emoji)),
    ))
}

/// Opens the choice above that composer, for one reaction.
pub fn react(take: impl Fn(&str) + 'static) {
    let form = document().query_selector(".composer:not([hidden])");
    let Some(form) = form.ok().flatten() else {
        return;
    };
    let form: HtmlElement = form.unchecked_into();
    close(&form);
    let composer = form.clone();
    let take = move |emoji: &str| {
        close(&composer);
        take(emoji);
    };
    let _ = form.append_child(panel(form.clone(), Rc::new(take)).html());
}

fn panel(form: HtmlElement, take: Take) -> El {
    let panel = el("div", "emoji")
        .attr("role", "dialog")
        .attr("aria-label", text().emoji());
    let keys = form.clone();
    let panel = panel.on("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if event.key() == "Escape" {
            event.stop_propagation();
            close(&keys);
            focus_composer();
        }
    });
    load(take, panel.clone());
    panel
}

/// Closes the choice of that composer; false when it is not open.
fn close(form: &HtmlElement) -> bool {
    let find = |selector| form.query_selector(selector).ok().flatten();
    if let Some(button) = find(".composer__emoji") {
        let _ = button.set_attribute("aria-expanded", "false");
    }
    let panel = find(".emoji");
    if let Some(panel) = &panel {
        panel.remove();
    }
    panel.is_some()
}

fn load(take: Take, panel: El) {
    let digest = config::data("texts");
    let path = ["/assets/emoji.", text().lang, ".", &digest, ".txt"].concat();
    panel.fill(&[el("p", "emoji__none").attr("aria-busy", "true").text("…")]);
    let file = js::file(&path, PATIENCE_MS);
    spawn(async move {
        let file = JsFuture::from(file).await;
        let book = file.ok().and_then(|file| Book::read(&file.as_string()?));
        match book {
            Some(book) => Choice::open(take, &panel, book),
            None => {
                let inside = panel.clone();
                let again = move || load(Rc::clone(&take), inside.clone());
                let again = button("button button--quiet button--small", again);
                panel.fill(&[el("p", "emoji__none")
                    .attr("role", "alert")
                    .text(text().unreachable())
                    .child(again.text(text().retry()))]);
            }
        }
    });
}

/// Writes an emoji where the cursor is.
fn write(aim: Aim, form: &HtmlElement, emoji: &str) {
    let field = form.query_selector(".composer__text").ok().flatten();
    let Some(field) = field else { return };
    let field: HtmlTextAreaElement = field.unchecked_into();
    let at = field.selection_start().ok().flatten().unwrap_or(0);
    let _ = field.set_range_text(emoji);
    let length = u32::try_from(emoji.encode_utf16().count()).unwrap_or(0);
    let end = at.saturating_add(length);
    let _ = field.set_selection_range(end, end);
    aim.draft.set(field.value());
}

impl Book {
    /// Reads a file; `None` when it is not one.
    fn read(file: &str) -> Option<Self> {
        let mut lines = file.lines();
        let mut says = lines.next()?.split('\t').map(str::to_owned);
        let says = [says.next()?, says.next()?, says.next()?, says.next()?];
        let regions = js::regions(text().lang);
        let lines = lines.filter_map(|line| Line::read(line, &regions));
        let lines = lines.collect();
        Some(Self { says, lines })
    }

    /// Those with all these words: the one of that name first, then those whose names begin so.
    fn find(&self, asked: &str) -> Vec<&Line> {
        let words: Vec<&str> = asked.split(' ').collect();
        let rank = |line: &Line| match &line.words {
            _ if line.name == asked => 0,
            words if words.starts_with(asked, 0) => 1,
            _ => 2,
        };
        let has_all = |line: &Line| words.iter().all(|word| line.words.includes(word, 0));
        let all = self.lines.iter();
        let found: Vec<_> = all
            .filter(|line| !line.is_title() && has_all(line))
            .collect();
        let of = |wanted| found.iter().filter(move |line| rank(line) == wanted);
        of(0).chain(of(1)).chain(of(2)).copied().collect()
    }
}

impl Line {
    fn read(line: &str, regions: &Function) -> Option<Self> {
        let mut parts = line.split('\t');
        let text = parts.next()?;
        let name = match parts.next() {
            Some(name) => name.to_owned(),
            None => region(text, regions)?,
        };
        let words = [&name, " ", parts.next().unwrap_or_default()].concat();
        Some(Self {
            text: text.to_owned(),
            name,
            words: JsString::from(words).to_lower_case(),
            has_skin: parts.next().is_some(),
        })
    }

    fn is_title(&self) -> bool {
        self.text == "#"
    }

    /// It in that skin: the first letter carries it.
    fn in_skin(&self, skin: Option<char>) -> String {
        let mut letters = self.text.chars();
        match (skin.filter(|_| self.has_skin), letters.next()) {
            (Some(skin), Some(first)) => {
                let rest = letters.as_str();
                let rest = rest.strip_prefix('\u{fe0f}').unwrap_or(rest);
                [&*first.to_string(), &*skin.to_string(), rest].concat()
            }
            _ => self.text.clone(),
        }
    }
}

/// What the region of a flag is called: a flag is the two letters of its code.
fn region(flag: &str, regions: &Function) -> Option<String> {
    let letter = |letter: char| {
        let at = u32::from(letter)
            .checked_sub(0x1f1e6)
            .filter(|at| *at < 26)?;
        char::from_u32(u32::from('A') + at)
    };
    let code: String = flag.chars().map(letter).collect::<Option<_>>()?;
    let name = regions.call1(&JsValue::UNDEFINED, &code.into());
    name.ok()?.as_string()
}

impl Choice {
    fn open(take: Take, panel: &El, book: Book) {
        let list = el("div", "emoji__list").attr("tabindex", "-1");
        let choice = Self {
            take,
            store: Store::local(&config::data("space")),
            list: list.clone(),
            drawn: Rc::default(),
        };
        let book = Rc::new(book);
        let [find, _, skin, _] = &book.says;
        let field = el("input", "emoji__find")
            .attr("type", "search")
            .attr("placeholder", find)
            .attr("aria-label", find);
        let html = field.html().clone();
        let (own, all) = (choice.clone(), Rc::clone(&book));
        let field = field.on("input", move |_| {
            own.draw(&all, &js::get_text(&html, "value").unwrap_or_default());
        });
        let mut skins = el("select", "emoji__skin").attr("aria-label", skin);
        let chosen = choice.store.get(SKIN).unwrap_or_default();
        for (index, hand) in HANDS.iter().enumerate() {
            let value = index.to_string();
            let option = el("option", "").attr("value", &value).text(hand);
            let option = if value == chosen {
                option.attr("selected", "")
            } else {
                option
            };
            skins = skins.child(option);
        }
        let (html, words) = (skins.html().clone(), field.html().clone());
        let (own, all) = (choice.clone(), Rc::clone(&book));
        let skins = skins.on("change", move |_| {
            let skin = js::get_text(&html, "value").unwrap_or_default();
            own.store.set(SKIN, &skin);
            own.draw(&all, &js::get_text(&words, "value").unwrap_or_default());
        });
        let own = choice.clone();
        let list = list.on("click", move |event| {
            if let Some(item) = around(&event, ".emoji__item") {
                own.pick(&item.text_content().unwrap_or_default());
            }
        });
        choice.draw(&book, "");
        let focused = field.html().clone();
        let head = el("div", "emoji__head").child(field).child(skins);
        let own = choice.clone();
        let inside = el("div", "emoji__inside").child(head).child(list);
        panel.fill(&[inside.on("keydown", move |event| own.key(event.unchecked_ref()))]);
        // A phone's keyboard would cover what is to be chosen from.
        if js::has_mouse() {
            let _ = focused.focus();
        }
    }

    /// Draws what is asked for: a group in each frame, so that a slow phone scrolls at once.
    fn draw(&self, book: &Rc<Book>, asked: &str) {
        self.drawn.set(self.drawn.get().wrapping_add(1));
        let asked: String = JsString::from(asked).trim().to_lower_case().into();
        let skin = self.skin();
        if !asked.is_empty() {
            let [.., nothing] = &book.says;
            let found = book.find(&asked);
            let drawn = if found.is_empty() {
                el("p", "emoji__none").attr("role", "status").text(nothing)
            } else {
                grid(found.into_iter(), skin)
            };
            return self.list.fill(&[drawn]);
        }
        let last = self.store.get(LAST).unwrap_or_default();
        let known = |text: &str| {
            let mut lines = book.lines.iter().filter(|line| !line.is_title());
            lines.find(|line| line.text == text || line.in_skin(skin) == text)
        };
        let last: Vec<_> = last.split(' ').filter_map(known).collect();
        self.list.fill(&[]);
        if !last.is_empty() {
            self.add(&book.says[1], grid(last.into_iter(), skin));
        }
        self.clone()
            .draw_group(Rc::clone(book), 0, self.drawn.get());
    }

    fn draw_group(self, book: Rc<Book>, from: usize, drawn: u32) {
        let rest = book.lines.get(from..).unwrap_or_default();
        let Some((title, rest)) = rest.split_first() else {
            return;
        };
        if drawn != self.drawn.get() {
            return;
        }
        let count = rest.iter().take_while(|line| !line.is_title()).count();
        let group = rest.iter().take(count);
        self.add(&title.name, grid(group, self.skin()));
        js::next_frame(move || self.draw_group(book, from + 1 + count, drawn));
    }

    fn add(&self, title: &str, grid: El) {
        let title = el("h3", "emoji__title").text(title);
        let _ = self.list.clone().child(title).child(grid);
    }

    fn skin(&self) -> Option<char> {
        let skin = self.store.get(SKIN)?.bytes().next()?.checked_sub(b'0')?;
        HANDS.get(usize::from(skin))?.chars().nth(1)
    }

    /// Remembers it as one that was used, and does with it what the choice is for.
    fn pick(&self, emoji: &str) {
        let mut last = self.store.get(LAST).unwrap_or_default();
        last = last
            .split(' ')
            .filter(|known| *known != emoji)
            .take(LAST_MAX - 1)
            .fold(emoji.to_owned(), |all, known| [&all, " ", known].concat());
        self.store.set(LAST, &last);
        (self.take)(emoji);
    }

    /// The arrow keys go through the list, Enter in the field takes the first.
    fn key(&self, event: &KeyboardEvent) {
        let items = self.items();
        let active = document().active_element();
        let at = items.iter().position(|it| active.as_ref() == Some(it));
        let is_rtl = document().dir() == "rtl";
        let next = match (&*event.key(), at) {
            ("Enter", None) if !event.is_composing() => {
                event.prevent_default();
                if let Some(first) = items.first() {
                    self.pick(&first.text_content().unwrap_or_default());
                }
                return;
            }
            ("ArrowDown", None) => Some(0),
            ("ArrowRight", Some(at)) => at.checked_add_signed(if is_rtl { -1 } else { 1 }),
            ("ArrowLeft", Some(at)) => at.checked_add_signed(if is_rtl { 1 } else { -1 }),
            ("ArrowDown", Some(at)) => below(&items, at, items.len()),
            ("ArrowUp", Some(at)) => above(&items, at),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.and_then(|next| items.get(next)) {
            let _ = next.focus();
        }
    }

    fn items(&self) -> Vec<HtmlElement> {
        let found = self.list.html().query_selector_all(".emoji__item").ok();
        let nodes = found
            .iter()
            .flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
        nodes.map(JsCast::unchecked_into).collect()
    }
}

/// The next one in the same column.
fn below(items: &[HtmlElement], at: usize, end: usize) -> Option<usize> {
    let place = |at: usize| items.get(at).map(|it| (it.offset_left(), it.offset_top()));
    let (left, top) = place(at)?;
    (at + 1..end).find(|next| place(*next).is_some_and(|(x, y)| x == left && y > top))
}

/// The one before in the same column.
fn above(items: &[HtmlElement], at: usize) -> Option<usize> {
    let place = |at: usize| items.get(at).map(|it| (it.offset_left(), it.offset_top()));
    let (left, top) = place(at)?;
    let is_above = |next: &usize| place(*next).is_some_and(|(x, y)| x == left && y < top);
    (0..at).rev().find(is_above)
}

fn grid<'a>(lines: impl Iterator<Item = &'a Line>, skin: Option<char>) -> El {
    let items = lines.map(|line| {
        el("button", "emoji__item")
            .attr("type", "button")
            .attr("tabindex", "-1")
            .attr("aria-label", &line.name)
            .attr("title", &line.name)
            .text(&line.in_skin(skin))
    });
    let grid = items.fold(el("div", "emoji__grid"), El::child);
    if let Some(first) = grid.html().first_element_child() {
        let _ = first.set_attribute("tabindex", "0");
    }
    grid
}
