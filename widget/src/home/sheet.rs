//! A form over a JSON document, each field at a path of it: `queues[0].hours.week[2]`. The server
//! names what it refuses by the same paths, so a refusal stands at its field.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
};

use super::{Home, rows};
use crate::dom::{El, el};
use crate::js::{self, document};
use crate::text::settings::words;
use crate::var::{Bell, Var};

/// The document that is edited. A handle.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// The app.
    pub home: Home,
    /// Rings at each change.
    pub changed: Bell,
}

/// An object inside the document.
#[derive(Clone)]
pub struct At {
    /// The object.
    pub object: JsValue,
    /// Where it stands; empty for the document itself.
    path: String,
}

/// Seconds of the units in which a duration is written.
const UNITS: [u32; 4] = [1, 60, 3_600, 86_400];

impl At {
    /// The document itself.
    pub fn root(object: &JsValue) -> Self {
        Self {
            object: object.clone(),
            path: String::new(),
        }
    }

    /// The path of a field.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            [&self.path, ".", name].concat()
        }
    }

    /// An object in a field.
    pub fn inner(&self, name: &str) -> Self {
        Self {
            object: self.read(name),
            path: self.path(name),
        }
    }

    /// The objects of a list.
    pub fn items(&self, name: &str) -> Vec<Self> {
        let items = rows(&self.object, name).into_iter().enumerate();
        let item = |(place, object): (usize, JsValue)| Self {
            object,
            path: [&self.path(name), "[", &place.to_string(), "]"].concat(),
        };
        items.map(item).collect()
    }

    /// The list in a field.
    pub fn list(&self, name: &str) -> Array {
        self.read(name).unchecked_into()
    }

    /// What a field holds; `undefined` for nothing.
    pub fn read(&self, name: &str) -> JsValue {
        js::get(&self.object, name).unwrap_or_default()
    }

    /// A text; empty for nothing.
    pub fn text(&self, name: &str) -> String {
        let value = self.read(name);
        let number = || value.as_f64().map(js::written);
        value.as_string().or_else(number).unwrap_or_default()
    }

    /// Writes a field.
    pub fn write(&self, name: &str, value: &JsValue) {
        let _ = Reflect::set(&self.object, &name.into(), value);
    }
}

impl Sheet {
    /// An empty one.
    pub fn new(home: Home) -> Self {
        Self {
            home,
            changed: Bell::new(),
        }
    }

    /// A line of text; `empty` stands for none.
    pub fn line(self, at: &At, name: &'static str, label: &str, hint: &str, empty: JsValue) -> El {
        let (at, input) = (at.clone(), el("input", "field__input"));
        let path = at.path(name);
        let input = input.attr("dir", "auto").attr("value", &at.text(name));
        let input = input.on("input", move |event| {
            at.write(name, &or(&value(&event), &empty));
            self.changed.ring();
        });
        self.field(label, hint, input, &path)
    }

    /// Several lines of text; `empty` stands for none.
    pub fn lines(self, at: &At, name: &'static str, label: &str, hint: &str, empty: JsValue) -> El {
        let (at, input) = (at.clone(), el("textarea", "field__input"));
        let path = at.path(name);
        let input = input.attr("rows", "2").attr("dir", "auto");
        let input = input.text(&at.text(name)).on("input", move |event| {
            at.write(name, &or(&value(&event), &empty));
            self.changed.ring();
        });
        self.field(label, hint, input, &path)
    }

    /// A list of texts, one on each line, or with commas between them.
    pub fn list(
        self,
        at: &At,
        name: &'static str,
        label: &str,
        hint: &str,
        tag: &'static str,
    ) -> El {
        let between = if tag == "textarea" { "\n" } else { ", " };
        let texts = at.list(name);
        let texts = texts.iter().filter_map(|text| text.as_string());
        let text = texts.collect::<Vec<_>>().join(between);
        let path = at.path(name);
        let at = at.clone();
        let input = el(tag, "field__input").attr("dir", "ltr");
        let input = if tag == "textarea" {
            input.attr("rows", "3").text(&text)
        } else {
            input.attr("value", &text)
        };
        let input = input.on("input", move |event| {
            let list = Array::new();
            let text = value(&event);
            let parts = text.split(['\n', ',', ' ']).filter(|part| !part.is_empty());
            for part in parts {
                list.push(&part.trim().into());
            }
            at.write(name, &list);
            self.changed.ring();
        });
        self.field(label, hint, input, &path)
    }

    /// A number; what is none goes to the server as it is, which says what is wrong with it.
    pub fn number(self, at: &At, name: &'static str, label: &str, hint: &str) -> El {
        let path = at.path(name);
        let at = at.clone();
        let input = el("input", "field__input")
            .attr("inputmode", "numeric")
            .attr("dir", "ltr")
            .attr("value", &at.text(name))
            .on("input", move |event| {
                at.write(name, &number(&value(&event)));
                self.changed.ring();
            });
        self.field(label, hint, input, &path)
    }

    /// A duration: how many, and of what.
    pub fn duration(self, at: &At, name: &'static str, label: &str, hint: &str) -> El {
        let path = at.path(name);
        let seconds = at.read(name).as_f64();
        let whole = |unit: &u32| seconds.is_some_and(|seconds| seconds % f64::from(*unit) == 0.0);
        let unit = UNITS.into_iter().rfind(whole).unwrap_or(60);
        let many = seconds.map(|seconds| js::written(seconds / f64::from(unit)));
        let state = Var::new((many.clone().unwrap_or_default(), unit));
        let at = at.clone();
        let write = move || {
            let (many, unit) = state.now();
            let number = number(&many);
            let seconds = number.as_f64().map(|many| many * f64::from(unit));
            at.write(name, &seconds.map_or(number, JsValue::from_f64));
            self.changed.ring();
        };
        let write = std::rc::Rc::new(write);
        let written = std::rc::Rc::clone(&write);
        let input = el("input", "field__input")
            .attr("inputmode", "numeric")
            .attr("dir", "ltr")
            .attr("value", &many.unwrap_or_default())
            .on("input", move |event| {
                state.peek_mut(|(many, _)| *many = value(&event));
                written();
            });
        let names = [
            words().seconds,
            words().minutes,
            words().hours,
            words().days,
        ];
        let units = el("select", "field__input field__unit")
            .attr("aria-label", &[label, ", ", words().unit].concat())
            .on("change", move |event| {
                let unit = value(&event).parse().unwrap_or(1);
                state.peek_mut(|(_, known)| *known = unit);
                write();
            });
        let units = UNITS.iter().zip(names).fold(units, |units, (known, name)| {
            let option = el("option", "")
                .attr("value", &known.to_string())
                .text(name);
            units.child(chosen(option, *known == unit))
        });
        let id = id(&path);
        let row = el("div", "field__row")
            .child(self.marked(input, &path))
            .child(units);
        let label = el("label", "field__label").attr("for", &id).text(label);
        let field = el("div", "field").child(label).child(row);
        hinted(field.child(self.why(&path)), hint)
    }

    /// Yes or no.
    pub fn tick(self, at: &At, name: &'static str, label: &str) -> El {
        let path = at.path(name);
        let is_on = at.read(name).is_truthy();
        let at = at.clone();
        let act = move |is_on: bool| {
            at.write(name, &is_on.into());
            self.changed.ring();
        };
        let tick = tick(label, is_on, act);
        el("div", "field")
            .child(tick.attr("data-path", &path))
            .child(self.why(&path))
    }

    /// Any of a few: a list of their names, in the order of `all`.
    pub fn ticks(
        self,
        at: &At,
        name: &'static str,
        label: &str,
        all: &[(&'static str, &str)],
    ) -> El {
        let path = at.path(name);
        let group = el("div", "queue__ticks")
            .attr("role", "group")
            .attr("aria-label", label)
            .attr("data-path", &path);
        let order: Vec<&'static str> = all.iter().map(|(value, _)| *value).collect();
        let has = |list: &Array, value: &str| list.includes(&value.into(), 0);
        let group = all.iter().fold(group, |group, (value, word)| {
            let is_in = has(&at.list(name), value);
            let (at, order, value) = (at.clone(), order.clone(), *value);
            let act = move |is_on: bool| {
                let before = at.list(name);
                let after = Array::new();
                for known in &order {
                    if if *known == value {
                        is_on
                    } else {
                        has(&before, known)
                    } {
                        after.push(&(*known).into());
                    }
                }
                at.write(name, &after);
                self.changed.ring();
            };
            group.child(tick(word, is_in, act))
        });
        el("div", "field")
            .child(el("span", "field__label").text(label))
            .child(group)
            .child(self.why(&path))
    }

    /// One of a few.
    pub fn choice(self, at: &At, name: &'static str, label: &str, all: &[(&str, &str)]) -> El {
        let path = at.path(name);
        let now = at.text(name);
        let at = at.clone();
        let select = el("select", "field__input").on("change", move |event| {
            at.write(name, &value(&event).into());
            self.changed.ring();
        });
        let select = all.iter().fold(select, |select, (value, word)| {
            let option = el("option", "").attr("value", value).text(word);
            select.child(chosen(option, *value == now))
        });
        self.field(label, "", select, &path)
    }

    /// A label, an input, why it was refused, and a hint.
    pub fn field(self, label: &str, hint: &str, input: El, path: &str) -> El {
        let label = el("label", "field__label")
            .attr("for", &id(path))
            .text(label);
        let field = el("div", "field").child(label);
        let field = field.child(self.marked(input, path));
        hinted(field.child(self.why(path)), hint)
    }

    /// An input that is found by its path, and marked when it was refused.
    pub fn marked(self, input: El, path: &str) -> El {
        let mine = path.to_owned();
        let is_wrong = move || {
            let is_wrong = self.home.fault.with(|(path, _)| *path == mine);
            if is_wrong { "true" } else { "false" }.to_owned()
        };
        input
            .attr("id", &id(path))
            .attr("data-path", path)
            .attr("aria-describedby", &["why-", path].concat())
            .bind_attr("aria-invalid", is_wrong)
    }

    /// Why a field was refused.
    pub fn why(self, path: &str) -> El {
        let mine = path.to_owned();
        let why = move || {
            self.home.fault.with(|(path, why)| {
                if *path == mine {
                    why.clone()
                } else {
                    String::new()
                }
            })
        };
        el("p", "field__error")
            .attr("id", &["why-", path].concat())
            .bind_text(why)
    }

    /// Says at its field, or at what stands around it, why it was refused. False when there is no
    /// such place on the page.
    pub fn refuse(self, path: &str, why: &str) -> bool {
        let mut path = path;
        loop {
            if let Some(element) = find(path) {
                self.home.fault.set((path.to_owned(), why.to_owned()));
                show(&element);
                return true;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return false,
            }
        }
    }
}

/// Brings the field of a path into view, with the focus in it.
pub fn focus(path: String) {
    // What was added is drawn by then.
    js::next_frame(move || {
        if let Some(element) = find(&path) {
            show(&element);
        }
    });
}

fn find(path: &str) -> Option<Element> {
    let selector = ["[data-path=\"", path, "\"]"].concat();
    document().query_selector(&selector).ok().flatten()
}

fn show(element: &Element) {
    let mut around = element.parent_element();
    while let Some(parent) = around {
        if parent.tag_name() == "DETAILS" {
            let _ = parent.set_attribute("open", "");
        }
        around = parent.parent_element();
    }
    let inside = element.query_selector("input, select, textarea, button");
    let inside = inside.ok().flatten();
    let target: &HtmlElement = inside.as_ref().unwrap_or(element).unchecked_ref();
    let _ = target.focus();
}

/// A tick box.
pub fn tick(label: &str, is_on: bool, act: impl Fn(bool) + 'static) -> El {
    let input = el("input", "tick__input").attr("type", "checkbox");
    let input = if is_on {
        input.attr("checked", "")
    } else {
        input
    };
    let input = input.on("change", move |event| {
        let input = event
            .target()
            .map(|target| target.unchecked_into::<HtmlInputElement>());
        act(input.is_some_and(|input| input.checked()));
    });
    el("label", "tick")
        .child(input)
        .child(el("span", "").attr("dir", "auto").text(label))
}

/// What is written in a field, or chosen.
pub fn value(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else {
        target.unchecked_into::<HtmlSelectElement>().value()
    }
}

/// A copy that shares nothing.
pub fn copy(value: &JsValue) -> JsValue {
    JSON::parse(&json(value)).unwrap_or_default()
}

/// As text, to compare.
pub fn json(value: &JsValue) -> String {
    JSON::stringify(value).map(String::from).unwrap_or_default()
}

/// A field with a hint, if there is one.
pub fn hinted(field: El, hint: &str) -> El {
    if hint.is_empty() {
        field
    } else {
        field.child(el("p", "field__hint").text(hint))
    }
}

/// An option that may be the chosen one.
pub fn chosen(option: El, is_chosen: bool) -> El {
    if is_chosen {
        option.attr("selected", "")
    } else {
        option
    }
}

fn id(path: &str) -> String {
    ["f-", path].concat()
}

fn or(text: &str, empty: &JsValue) -> JsValue {
    if text.trim().is_empty() {
        empty.clone()
    } else {
        text.into()
    }
}

fn number(text: &str) -> JsValue {
    let text = text.trim();
    if text.is_empty() {
        return JsValue::NULL;
    }
    // By the browser, like `js::written`.
    let number = JsValue::from_str(text).unchecked_into_f64();
    if number.is_finite() {
        number.into()
    } else {
        text.into()
    }
}
