//! Sorted maps and sets against those of the standard library.

use alloc::collections::{BTreeMap, BTreeSet};
use core::ops::Bound;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Large enough that a chunk holds sixteen.
type Large = (u16, [u64; 20]);

#[derive(Clone, Debug)]
enum Step {
    Insert(u16),
    Entry(u16),
    Remove(u16),
    PopFirst,
    PopLast,
    Retain(u16),
}

fn any_step() -> impl Strategy<Value = Step> {
    let key = 0..300u16;
    prop_oneof![
        8 => key.clone().prop_map(Step::Insert),
        2 => key.clone().prop_map(Step::Entry),
        4 => key.prop_map(Step::Remove),
        1 => Just(Step::PopFirst),
        1 => Just(Step::PopLast),
        1 => (2..9u16).prop_map(Step::Retain),
    ]
}

fn any_bound() -> impl Strategy<Value = Bound<u16>> {
    prop_oneof![
        Just(Bound::Unbounded),
        (0..300u16).prop_map(Bound::Included),
        (0..300u16).prop_map(Bound::Excluded),
    ]
}

/// `BTreeMap` panics at a range that ends before it begins; here there is nothing in it.
fn is_empty((begin, end): (Bound<u16>, Bound<u16>)) -> bool {
    match (begin, end) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Excluded(begin), Bound::Excluded(end)) => begin >= end,
        (
            Bound::Included(begin) | Bound::Excluded(begin),
            Bound::Included(end) | Bound::Excluded(end),
        ) => begin > end,
    }
}

proptest! {
    #[test]
    fn a_map_is_a_btree_map(
        steps in vec(any_step(), 0..600),
        ranges in vec((any_bound(), any_bound()), 20),
    ) {
        let mut map: SortedMap<u16, Large> = SortedMap::new();
        let mut known: BTreeMap<u16, Large> = BTreeMap::new();
        for (n, step) in (0u16..).zip(steps) {
            let value = (n, [7; 20]);
            match step {
                Step::Insert(key) => {
                    prop_assert_eq!(map.insert(key, value), known.insert(key, value));
                }
                Step::Entry(key) => {
                    map.entry(key).or_insert(value).0 += 1;
                    known.entry(key).or_insert(value).0 += 1;
                }
                Step::Remove(key) => prop_assert_eq!(map.remove(&key), known.remove(&key)),
                Step::PopFirst => prop_assert_eq!(map.pop_first(), known.pop_first()),
                Step::PopLast => prop_assert_eq!(map.pop_last(), known.pop_last()),
                Step::Retain(by) => {
                    map.retain(|key, _| key % by != 0);
                    known.retain(|key, _| key % by != 0);
                }
            }
            prop_assert!(map.chunks.iter().all(|chunk| (1..=16).contains(&chunk.len())));
        }
        prop_assert_eq!(map.len(), known.len());
        prop_assert!(map.iter().eq(&known) && map.iter().rev().eq(known.iter().rev()));
        prop_assert_eq!(map.iter().size_hint(), known.iter().size_hint());
        prop_assert_eq!(map.first_key_value(), known.first_key_value());
        prop_assert_eq!(map.last_key_value(), known.last_key_value());
        for key in 0..300 {
            prop_assert_eq!(map.get(&key), known.get(&key));
            prop_assert_eq!(map.contains_key(&key), known.contains_key(&key));
        }
        for range in ranges {
            if is_empty(range) {
                prop_assert_eq!(map.range(range).count(), 0);
            } else {
                prop_assert!(map.range(range).eq(known.range(range)), "{range:?}");
                prop_assert!(map.range(range).rev().eq(known.range(range).rev()), "{range:?}");
            }
        }
        for value in map.values_mut() {
            value.0 = 0;
        }
        prop_assert!(map.values().all(|value| value.0 == 0));
        prop_assert!(map.into_iter().map(|(key, _)| key).eq(known.into_keys()));
    }

    #[test]
    fn a_set_is_a_btree_set(one in vec(0..200u16, 0..300), other in vec(0..200u16, 0..300)) {
        let [ours, theirs] = [&one, &other].map(|all| all.iter().copied().collect::<SortedSet<_>>());
        let [known, knowns] = [&one, &other].map(|all| all.iter().copied().collect::<BTreeSet<_>>());
        prop_assert!(ours.iter().eq(&known));
        prop_assert!(ours.difference(&theirs).eq(known.difference(&knowns)));
        prop_assert_eq!(ours.is_subset(&theirs), known.is_subset(&knowns));
        prop_assert_eq!(ours.cmp(&theirs), known.cmp(&knowns));
        prop_assert_eq!(ours == theirs, known == knowns);
        let text = serde_json::to_string(&ours).unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&known).unwrap());
        prop_assert_eq!(crate::json::read::<SortedSet<u16>>(&text).unwrap(), ours);
    }
}

#[test]
fn what_comes_in_order_fills_its_chunks_and_what_goes_leaves_none() {
    let mut map: SortedMap<u32, u32> = (0..100_000).map(|n| (n, n)).collect();
    assert_eq!(map.chunks.len(), 100_000usize.div_ceil(128));
    map.retain(|key, _| key % 128 == 0);
    for key in (0..100_000).step_by(256) {
        map.remove(&key);
    }
    assert!(map.chunks.len() < 20, "{}", map.chunks.len());
    let pairs = map.iter().map(|(key, value)| (key.to_string(), *value));
    let map: SortedMap<_, _> = pairs.clone().collect();
    let known: BTreeMap<_, _> = pairs.collect();
    let text = serde_json::to_string(&map).unwrap();
    assert_eq!(text, serde_json::to_string(&known).unwrap());
    let read: SortedMap<String, u32> = crate::json::read(&text).unwrap();
    assert_eq!(read, map);
}

impl<K: Ord, V> core::ops::Index<&K> for SortedMap<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).unwrap()
    }
}
