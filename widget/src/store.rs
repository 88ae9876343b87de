//! Small texts that outlive the page: `localStorage`, `sessionStorage`, or memory where the
//! browser blocks both.

use std::cell::RefCell;
use std::rc::Rc;

use crate::js;

/// One storage of the browser, with every key under one prefix.
#[derive(Clone)]
pub struct Store {
    storage: Option<js::Storage>,
    memory: Rc<RefCell<Vec<(String, String)>>>,
    prefix: String,
}

impl Store {
    /// Shared by all tabs of this origin (of this origin inside this site, in a frame).
    pub fn local(space: &str) -> Self {
        Self::open("localStorage", space)
    }

    /// Of this tab alone; outlives a reload.
    pub fn tab(space: &str) -> Self {
        Self::open("sessionStorage", space)
    }

    fn open(name: &str, space: &str) -> Self {
        let prefix = ["bellhop.", space, "."].concat();
        let probe = [&prefix, "probe"].concat();
        let storage = js::storage(name).filter(|storage| {
            storage.set_item(&probe, "").is_ok() && storage.remove_item(&probe).is_ok()
        });
        Self {
            storage,
            memory: Rc::default(),
            prefix,
        }
    }

    /// False when what is stored is gone with the page.
    pub fn is_kept(&self) -> bool {
        self.storage.is_some()
    }

    /// The whole key, as a storage event names it.
    pub fn key(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    /// A stored text.
    pub fn get(&self, name: &str) -> Option<String> {
        let key = self.key(name);
        match &self.storage {
            Some(storage) => storage.get_item(&key).ok().flatten(),
            None => {
                let memory = self.memory.borrow();
                memory
                    .iter()
                    .find(|(known, _)| *known == key)
                    .map(|(_, value)| value.clone())
            }
        }
    }

    /// Stores a text; false when there is no room for it.
    pub fn set(&self, name: &str, value: &str) -> bool {
        let key = self.key(name);
        if let Some(storage) = &self.storage {
            return storage.set_item(&key, value).is_ok();
        }
        self.remove(name);
        self.memory.borrow_mut().push((key, value.to_owned()));
        true
    }

    /// Forgets a text.
    pub fn remove(&self, name: &str) {
        let key = self.key(name);
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&key);
        }
        self.memory.borrow_mut().retain(|(known, _)| *known != key);
    }

    /// Names that start like this, without the prefix of the store.
    pub fn names(&self, start: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut take = |key: &str| {
            if let Some(name) = key
                .strip_prefix(&self.prefix)
                .filter(|name| name.starts_with(start))
            {
                names.push(name.to_owned());
            }
        };
        match &self.storage {
            Some(storage) => (0..)
                .map_while(|index| storage.key(index).ok().flatten())
                .for_each(|key| take(&key)),
            None => self.memory.borrow().iter().for_each(|(key, _)| take(key)),
        }
        names
    }
}
