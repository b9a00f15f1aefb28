//! Decides how much the emulator remembers of one kind: what lives, and of that the newest, up to a number. No request
//! waits for more than what has expired since the one before.

use crate::secret::fingerprint;
use crate::time::Timestamp;
use std::collections::{HashMap, VecDeque};

/// What is kept of a name: a third of the memory of the name itself, which only who was given it says again.
pub(super) type Mark = [u8; 16];

/// What lives for a time that begins at a moment.
pub(super) trait Dated {
    /// The moment; it may move on when the value is used.
    fn since(&self) -> Timestamp;
}

impl Dated for Timestamp {
    fn since(&self) -> Timestamp {
        *self
    }
}

/// The mark of a name.
pub(super) fn mark(name: &str) -> Mark {
    fingerprint(name.as_bytes())
}

/// Values by their names. Those that have expired cannot be had, even before they are swept away.
#[derive(Debug)]
pub(super) struct Shelf<V> {
    values: HashMap<Mark, V>,
    /// Marks in the order of their moments, as they were when written here; removed ones stay for a while.
    order: VecDeque<(Timestamp, Mark)>,
    now: Timestamp,
    /// How long a value lives, in seconds.
    life: i64,
    most: usize,
}

impl<V: Dated> Shelf<V> {
    /// An empty one, whose values live for `life` seconds each, `most` at once.
    pub(super) fn new(life: i64, most: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), now: Timestamp::from_unix(0), life, most }
    }

    /// Takes the time, and sweeps away what has expired.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.now = now;
        while let Some((since, _)) = self.order.front() {
            if now.since(*since) < self.life {
                break;
            }
            self.drop_oldest();
        }
    }

    /// Puts a value there, in the place of the oldest when there is no more room.
    pub(super) fn insert(&mut self, name: &str, value: V) -> Option<V> {
        let (mark, since) = (mark(name), value.since());
        let before = self.values.insert(mark, value);
        if before.is_none() {
            self.order.push_back((since, mark));
        }
        while self.values.len() > self.most {
            self.drop_oldest();
        }
        if self.order.len() > self.most.saturating_mul(2) {
            let values = &self.values;
            self.order.retain(|(_, name)| values.contains_key(name));
        }
        before.filter(|value| self.lives(value))
    }

    /// Takes the first name off the order, and its value away; one that was used since goes to the end.
    fn drop_oldest(&mut self) {
        let Some((written, name)) = self.order.pop_front() else { return };
        match self.values.get(&name).map(Dated::since) {
            Some(since) if since > written => self.order.push_back((since, name)),
            _ => drop(self.values.remove(&name)),
        }
    }

    fn lives(&self, value: &V) -> bool {
        self.now.since(value.since()) < self.life
    }

    pub(super) fn get(&self, name: &str) -> Option<&V> {
        self.values.get(&mark(name)).filter(|value| self.lives(value))
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let (now, life) = (self.now, self.life);
        self.values.get_mut(&mark(name)).filter(|value| now.since(value.since()) < life)
    }

    pub(super) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<V> {
        self.remove_marked(mark(name))
    }

    /// The same by its mark.
    pub(super) fn remove_marked(&mut self, mark: Mark) -> Option<V> {
        self.values.remove(&mark).filter(|value| self.now.since(value.since()) < self.life)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.values.values().filter(|value| self.lives(value))
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let (now, life) = (self.now, self.life);
        self.values.values_mut().filter(move |value| now.since(value.since()) < life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix(second)
    }

    #[test]
    fn what_has_expired_cannot_be_had_and_is_swept() {
        let mut shelf: Shelf<Timestamp> = Shelf::new(30, 100);
        shelf.sweep(at(1000));
        // A clock that was set back leaves moments out of order.
        shelf.insert("later", at(1010));
        shelf.insert("first", at(1000));
        shelf.sweep(at(1029));
        assert!(shelf.contains_key("first"));
        shelf.sweep(at(1030));
        assert!(
            !shelf.contains_key("first")
                && shelf.get_mut("first").is_none()
                && shelf.remove("first").is_none()
        );
        assert_eq!(shelf.values().count(), 1);
        shelf.insert("first", at(1000));
        shelf.sweep(at(1040));
        assert_eq!((shelf.values.len(), shelf.order.len()), (0, 0));
    }

    #[test]
    fn there_is_room_for_so_many_and_the_oldest_goes_first() {
        let mut shelf: Shelf<Timestamp> = Shelf::new(1000, 3);
        for (second, name) in ["a", "b", "c"].into_iter().enumerate() {
            shelf.insert(name, at(second as i64));
        }
        // Used again, it is no longer the oldest.
        *shelf.get_mut("a").unwrap() = at(10);
        shelf.insert("d", at(11));
        assert!(shelf.contains_key("a") && !shelf.contains_key("b") && shelf.contains_key("d"));
    }

    #[test]
    fn what_comes_and_goes_leaves_nothing_behind() {
        let mut shelf: Shelf<Timestamp> = Shelf::new(1000, 10);
        for name in 0..1000 {
            shelf.insert(&name.to_string(), at(0));
            shelf.remove(&name.to_string());
            shelf.insert("kept", at(name));
        }
        assert!(shelf.order.len() <= 20, "{}", shelf.order.len());
    }
}
