//! State of the page: a value that lives as long as the page, and tells whoever read it.

use std::cell::RefCell;

use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track};

/// A value with a signal. A handle: copies are the same value. Made once per page or per thing
/// that a page opens rarely, and never freed.
pub struct Var<T: 'static>(&'static (RefCell<T>, ArcTrigger));

impl<T> Copy for Var<T> {}

impl<T> Clone for Var<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Var<T> {
    /// A value.
    pub fn new(value: T) -> Self {
        Self(Box::leak(Box::new((
            RefCell::new(value),
            ArcTrigger::new(),
        ))))
    }

    /// Whether it is the same value, and not only an equal one.
    #[cfg(any(feature = "chat", feature = "console"))]
    pub fn is(self, other: Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }

    /// Reads it, and runs again when it changes.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.0.1.track();
        self.peek(read)
    }

    /// Reads it without following it.
    pub fn peek<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.0.borrow())
    }

    /// Changes it without a word.
    #[cfg(any(feature = "console", feature = "home"))]
    pub fn peek_mut<R>(self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.0.borrow_mut())
    }

    /// Changes it and tells.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.0.borrow_mut());
        self.0.1.notify();
    }

    /// Puts another value in its place and tells.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

#[cfg(feature = "console")]
impl<T: Default> Default for Var<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Clone> Var<T> {
    /// A copy of the value; runs again when it changes.
    pub fn get(self) -> T {
        self.with(Clone::clone)
    }

    /// A copy of the value as it is at this moment.
    pub fn now(self) -> T {
        self.peek(Clone::clone)
    }
}

/// Only tells; for what is kept elsewhere.
#[derive(Clone, Copy)]
pub struct Bell(&'static ArcTrigger);

impl Bell {
    /// A bell.
    pub fn new() -> Self {
        Self(Box::leak(Box::new(ArcTrigger::new())))
    }

    /// Runs again when it rings.
    pub fn hear(self) {
        self.0.track();
    }

    /// Rings.
    pub fn ring(self) {
        self.0.notify();
    }
}
