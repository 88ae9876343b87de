//! Elements built by hand, with Leptos' signals behind them.
//!
//! Leptos' `view!` gives every element and every reactive block a type of its own, and each type
//! its own code. The same chat was 125 KB that way (wasm and glue, brotli), 76 KB with this file
//! on top of the crate `leptos`, and is 70 KB on its `reactive_graph` alone: the budget is 80 KB
//! with css and document. Here one element type and one effect type serve all, and nothing goes
//! through `innerHTML`, as `require-trusted-types-for 'script'` asks.
//!
//! A `bind_*` method takes a closure that runs again when a signal that it read has changed.

use std::cell::RefCell;
use std::rc::Rc;

use reactive_graph::effect::Effect;
use reactive_graph::graph::untrack;
use reactive_graph::owner::Owner;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, Node};

use crate::js::document;

/// An element. A handle: copies are the same element.
#[derive(Clone)]
pub struct El(Element);

/// Makes an element with a class.
pub fn el(tag: &str, class: &str) -> El {
    let element = document().create_element(tag).expect_throw("a tag of ours");
    let el = El(element);
    if class.is_empty() {
        el
    } else {
        el.attr("class", class)
    }
}

/// Makes an element that only decorates.
pub fn decor(class: &str) -> El {
    el("span", class).attr("aria-hidden", "true")
}

/// The element that an event is about, or the nearest around it, that the selector names.
pub fn around(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.unchecked_into();
    target.closest(selector).ok().flatten()
}

/// Makes a button that does something.
pub fn button(class: &str, act: impl FnMut() + 'static) -> El {
    let mut act = act;
    el("button", class)
        .attr("type", "button")
        .on("click", move |_| act())
}

impl From<Element> for El {
    fn from(element: Element) -> Self {
        Self(element)
    }
}

impl El {
    /// The element itself, as the browser's HTML type.
    pub fn html(&self) -> &HtmlElement {
        self.0.unchecked_ref()
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set_attribute(&self.0, name, Some(value));
        self
    }

    /// Adds text.
    pub fn text(self, text: &str) -> Self {
        let _ = self.0.append_child(&document().create_text_node(text));
        self
    }

    /// Adds an element.
    pub fn child(self, child: El) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// Puts these in the place of everything inside.
    pub fn fill(&self, children: &[El]) {
        self.0.set_text_content(None);
        for child in children {
            let _ = self.0.append_child(&child.0);
        }
    }

    /// Calls `act` when the event happens. The browser frees it with the element.
    pub fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        let act: Box<dyn FnMut(Event)> = Box::new(act);
        let listener = Closure::wrap(act).into_js_value();
        let _ = self
            .0
            .add_event_listener_with_callback(event, listener.unchecked_ref());
        self
    }

    /// Text that follows its signals.
    pub fn bind_text(self, read: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        bind(Box::new(read), move |text| {
            element.set_text_content(Some(text))
        });
        self
    }

    /// An attribute that follows its signals.
    pub fn bind_attr(self, name: &'static str, read: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        bind(Box::new(read), move |value| {
            set_attribute(&element, name, Some(value))
        });
        self
    }

    /// An attribute without value that comes and goes with its signals: `hidden`, `disabled`.
    pub fn bind_flag(self, name: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        let element = self.0.clone();
        let word = move || if read() { "on" } else { "" }.to_owned();
        bind(Box::new(word), move |on| {
            set_attribute(&element, name, (!on.is_empty()).then_some(""));
        });
        self
    }

    /// Everything inside, made anew when its signals change.
    pub fn bind_children(self, make: impl Fn() -> Vec<El> + 'static) -> Self {
        let el = self.clone();
        effect(move || el.fill(&make()));
        self
    }

    /// A child that is there while `is_there` says so, after what is inside already.
    pub fn when(
        self,
        is_there: impl Fn() -> bool + 'static,
        make: impl Fn() -> El + 'static,
    ) -> Self {
        let read = move || if is_there() { vec![0] } else { vec![] };
        self.list(Box::new(read), Box::new(move |_| make()))
    }

    /// A child for each item, after what is inside already; it stays as long as its key.
    pub fn each<T: Clone + 'static>(
        self,
        read: impl Fn() -> Vec<T> + 'static,
        key: fn(&T) -> u128,
        make: impl Fn(T) -> El + 'static,
    ) -> Self {
        let items = Rc::new(RefCell::new(Vec::new()));
        let known = Rc::clone(&items);
        let read = move || {
            let next = read();
            let keys = next.iter().map(key).collect();
            items.replace(next);
            keys
        };
        let make = move |index: usize| {
            let item = known.borrow().get(index).cloned();
            item.map_or_else(|| el("span", ""), &make)
        };
        self.list(Box::new(read), Box::new(make))
    }

    /// The one list: `make` gets the place of a new key in what `read` said last.
    fn list(self, read: Box<dyn Fn() -> Vec<u128>>, make: Box<dyn Fn(usize) -> El>) -> Self {
        let mut list = Vec::<(u128, El, Owner)>::new();
        let parent = self.0.clone();
        let end: Node = document().create_comment("").into();
        let _ = parent.append_child(&end);
        // What a child binds lives as long as the child, not as long as one run of the effect.
        let root = Owner::current().unwrap_or_default();
        effect(move || {
            let keys = read();
            let pairs = list.iter().zip(&keys);
            let same = pairs.take_while(|((key, ..), next)| key == *next).count();
            let mut rest = list.split_off(same);
            for (index, key) in keys.into_iter().enumerate().skip(same) {
                let item = match rest.iter().position(|(known, ..)| *known == key) {
                    Some(at) => rest.remove(at),
                    None => {
                        let owner = root.with(Owner::new);
                        let el = owner.with(|| untrack(|| make(index)));
                        (key, el, owner)
                    }
                };
                list.push(item);
            }
            for (_, el, owner) in rest.drain(..) {
                owner.cleanup();
                el.0.remove();
            }
            // From the end on: what stands in its place already is not touched.
            let mut next = end.clone();
            for (_, el, _) in list.iter().skip(same).rev() {
                if el.0.next_sibling().as_ref() != Some(&next) {
                    let _ = parent.insert_before(&el.0, Some(&next));
                }
                next = el.0.clone().into();
            }
        });
        self
    }
}

/// Runs `act`, and again whenever a signal that it read has changed, while its owner lives.
pub fn effect(act: impl FnMut() + 'static) {
    let mut act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(move |_: Option<()>| act());
}

/// Writes what `read` says, whenever it says something else.
fn bind(read: Box<dyn Fn() -> String>, write: impl Fn(&str) + 'static) {
    let mut last = None;
    let write: Box<dyn Fn(&str)> = Box::new(write);
    effect(move || {
        let value = read();
        if last.as_ref() != Some(&value) {
            write(&value);
            last = Some(value);
        }
    });
}

fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
