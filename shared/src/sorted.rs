//! Maps and sets in the order of their keys, in a quarter of the code of the standard library's.
//!
//! The machines keep some thirty kinds of them, and every kind of [`alloc::collections::BTreeMap`]
//! brings 5 KB of wasm along. Here a map is a row of short sorted chunks: to find is two binary
//! searches; to insert or remove moves the entries of one chunk, at most [`CHUNK_BYTES`]. The row
//! itself is touched once in half a chunk of inserts, and with 100,000 entries it is some 30 KB.
//!
//! The same inserts give the same order whatever came between, and equality does not see chunks.

#![allow(
    clippy::indexing_slicing,
    reason = "every place was found by a search in the same slice"
)]

mod iter;
mod set;

use core::borrow::Borrow;
use core::fmt::{self, Debug};
use core::marker::PhantomData;
use core::ops::{Bound, RangeBounds};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

pub use iter::Iter;
pub use set::SortedSet;

/// Most bytes of a chunk, unless its entries are very large.
const CHUNK_BYTES: usize = 2_048;

type Chunk<K, V> = Vec<(K, V)>;

/// A map in the order of its keys.
#[derive(Clone)]
pub struct SortedMap<K, V> {
    /// None of them is empty.
    chunks: Vec<Chunk<K, V>>,
}

/// Entries of a map whose values may be changed, in the order of their keys.
pub type IterMut<'a, K, V> = core::iter::Map<
    core::iter::Flatten<core::slice::IterMut<'a, Chunk<K, V>>>,
    fn(&'a mut (K, V)) -> (&'a K, &'a mut V),
>;

/// Where an entry stands: its chunk and its place there.
type Place = (usize, usize);

impl<K, V> SortedMap<K, V> {
    /// Most entries of a chunk.
    const CHUNK: usize = {
        let fitting = match CHUNK_BYTES.checked_div(size_of::<(K, V)>()) {
            Some(fitting) => fitting,
            None => CHUNK_BYTES,
        };
        if fitting < 16 {
            16
        } else if fitting > 128 {
            128
        } else {
            fitting
        }
    };

    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self { chunks: Vec::new() }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.chunks.clear();
    }

    /// The entries in the order of their keys.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter::new(&self.chunks)
    }

    /// The same, to change the values.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        let entries = self.chunks.iter_mut().flatten();
        entries.map(|(key, value)| (&*key, value))
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The same, to change them.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.chunks.iter_mut().flatten().map(|(_, value)| value)
    }

    /// The values, in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// The entry with the first key.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        let (key, value) = self.chunks.first()?.first()?;
        Some((key, value))
    }

    /// The entry with the last key.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        let (key, value) = self.chunks.last()?.last()?;
        Some((key, value))
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.is_empty()).then(|| self.take((0, 0)))
    }

    /// Takes the last entry out.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let chunk = self.chunks.len().checked_sub(1)?;
        let at = self.chunks[chunk].len() - 1;
        Some(self.take((chunk, at)))
    }

    /// Keeps the entries that are wanted.
    pub fn retain(&mut self, mut is_wanted: impl FnMut(&K, &mut V) -> bool) {
        let chunks = core::mem::take(&mut self.chunks);
        for mut chunk in chunks {
            chunk.retain_mut(|(key, value)| is_wanted(key, value));
            match self.chunks.last_mut() {
                Some(last) if last.len() + chunk.len() <= Self::CHUNK => last.extend(chunk),
                Some(_) | None if chunk.is_empty() => (),
                Some(_) | None => self.chunks.push(chunk),
            }
        }
    }

    /// Takes an entry out. Neighbours that have become short are one from then on.
    fn take(&mut self, (chunk, at): Place) -> (K, V) {
        let taken = self.chunks[chunk].remove(at);
        let left = self.chunks[chunk].len();
        let is_mergeable = |next: &Chunk<K, V>| left + next.len() <= Self::CHUNK / 2;
        if left == 0 {
            self.chunks.remove(chunk);
        } else if self.chunks.get(chunk + 1).is_some_and(is_mergeable) {
            let next = self.chunks.remove(chunk + 1);
            self.chunks[chunk].extend(next);
        }
        taken
    }

    /// Puts an entry in at a place that [`Self::seek`] gave. Returns its place.
    fn put(&mut self, (chunk, at): Place, entry: (K, V)) -> Place {
        let rows = self.chunks.len();
        let Some(there) = self.chunks.get_mut(chunk) else {
            self.chunks.push(vec![entry]);
            return (rows, 0);
        };
        if there.len() < Self::CHUNK {
            there.insert(at, entry);
            return (chunk, at);
        }
        if at == there.len() && chunk + 1 == rows {
            // What comes in the order of its keys, as from the disk, fills its chunks.
            self.chunks.push(vec![entry]);
            return (rows, 0);
        }
        let half = there.len() / 2;
        let rest = there.split_off(half);
        self.chunks.insert(chunk + 1, rest);
        let place = if at <= half {
            (chunk, at)
        } else {
            (chunk + 1, at - half)
        };
        self.chunks[place.0].insert(place.1, entry);
        place
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The place of a key, or the one where it belongs.
    #[inline(never)]
    fn seek<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        let before = self.chunks.partition_point(|chunk| {
            let last = chunk.last();
            last.is_some_and(|(last, _)| last.borrow() < key)
        });
        let Some(chunk) = self.chunks.get(before) else {
            // After everything: at the end of the last chunk.
            let last = self.chunks.len().saturating_sub(1);
            return Err((last, self.chunks.last().map_or(0, Vec::len)));
        };
        let found = chunk.binary_search_by(|(known, _)| known.borrow().cmp(key));
        match found {
            Ok(at) => Ok((before, at)),
            Err(at) => Err((before, at)),
        }
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at) = self.seek(key).ok()?;
        Some(&self.chunks[chunk][at].1)
    }

    /// The same, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at) = self.seek(key).ok()?;
        Some(&mut self.chunks[chunk][at].1)
    }

    /// True when the key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.seek(key).is_ok()
    }

    /// Puts a value in, in the place of the one that the key had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.seek(&key) {
            Ok((chunk, at)) => Some(core::mem::replace(&mut self.chunks[chunk][at].1, value)),
            Err(place) => {
                self.put(place, (key, value));
                None
            }
        }
    }

    /// Takes a value out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.seek(key).ok()?;
        Some(self.take(place).1)
    }

    /// The entry of a key, to be made when it is not there.
    pub const fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    /// The entries between two keys.
    pub fn range(&self, range: impl RangeBounds<K>) -> Iter<'_, K, V> {
        let place = |key: &K, is_after: bool| match self.seek(key) {
            Ok((chunk, at)) => (chunk, at + usize::from(is_after)),
            Err(place) => place,
        };
        let begin = match range.start_bound() {
            Bound::Included(key) => place(key, false),
            Bound::Excluded(key) => place(key, true),
            Bound::Unbounded => (0, 0),
        };
        let end = match range.end_bound() {
            Bound::Included(key) => place(key, true),
            Bound::Excluded(key) => place(key, false),
            Bound::Unbounded => (self.chunks.len(), 0),
        };
        Iter::between(&self.chunks, begin, end)
    }
}

/// The entry of a key in a map.
pub struct Entry<'a, K, V> {
    map: &'a mut SortedMap<K, V>,
    key: K,
}

impl<'a, K: Ord, V> Entry<'a, K, V> {
    /// The value, made of its key when there is none.
    pub fn or_insert_with_key(self, make: impl FnOnce(&K) -> V) -> &'a mut V {
        let Self { map, key } = self;
        let (chunk, at) = match map.seek(&key) {
            Ok(place) => place,
            Err(place) => {
                let value = make(&key);
                map.put(place, (key, value))
            }
        };
        &mut map.chunks[chunk][at].1
    }

    /// The value, made when there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        self.or_insert_with_key(|_| make())
    }

    /// The value, or this one.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value, or the usual one.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Debug, V: Debug> Debug for SortedMap<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for SortedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq> Eq for SortedMap<K, V> {}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SortedMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = core::iter::Flatten<alloc::vec::IntoIter<Chunk<K, V>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K: Serialize, V: Serialize> Serialize for SortedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for SortedMap<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
    type Value = SortedMap<K, V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = SortedMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests;
