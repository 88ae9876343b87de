//! The entries of a map in their order, from both ends.

use core::slice;

use super::{Chunk, Place};

/// Entries of a map, in the order of their keys.
pub struct Iter<'a, K, V> {
    front: slice::Iter<'a, (K, V)>,
    between: &'a [Chunk<K, V>],
    back: slice::Iter<'a, (K, V)>,
}

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(chunks: &'a [Chunk<K, V>]) -> Self {
        Self {
            front: [].as_slice().iter(),
            between: chunks,
            back: [].as_slice().iter(),
        }
    }

    /// From a place to the one before another; none when the first is not before the second.
    pub(super) fn between(chunks: &'a [Chunk<K, V>], begin: Place, end: Place) -> Self {
        let none: &[(K, V)] = &[];
        let chunk = |at: usize| chunks.get(at).map_or(none, Vec::as_slice);
        let (front, between, back) = if begin.0 < end.0 {
            let front = chunk(begin.0).get(begin.1..);
            let back = chunk(end.0).get(..end.1);
            (front, chunks.get(begin.0 + 1..end.0), back)
        } else if begin.0 == end.0 {
            (chunk(begin.0).get(begin.1..end.1), None, None)
        } else {
            (None, None, None)
        };
        Self {
            front: front.unwrap_or(none).iter(),
            between: between.unwrap_or(&[]),
            back: back.unwrap_or(none).iter(),
        }
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self {
            front: self.front.clone(),
            between: self.between,
            back: self.back.clone(),
        }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.front.next() {
                return Some((key, value));
            }
            let Some((chunk, rest)) = self.between.split_first() else {
                let (key, value) = self.back.next()?;
                return Some((key, value));
            };
            (self.front, self.between) = (chunk.iter(), rest);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let between: usize = self.between.iter().map(Vec::len).sum();
        let left = self.front.len() + between + self.back.len();
        (left, Some(left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    #[inline(never)]
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.back.next_back() {
                return Some((key, value));
            }
            let Some((chunk, rest)) = self.between.split_last() else {
                let (key, value) = self.front.next_back()?;
                return Some((key, value));
            };
            (self.back, self.between) = (chunk.iter(), rest);
        }
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
