//! Decides how long the native host remembers an entry: until it expires, or there are too many.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::session::{Key, Names, Save};
use crate::time::Timestamp;

/// Entries kept at once. Above it the one nearest to its end is forgotten first, as any store may.
const MOST: usize = 10_000;

struct Entry {
    value: Vec<u8>,
    expires: Timestamp,
}

/// A store that lasts as long as the process.
#[derive(Default)]
pub(super) struct Memory(Mutex<HashMap<Key, Entry>>);

impl Memory {
    pub(super) fn load(&self, key: &Key, now: Timestamp) -> Option<Vec<u8>> {
        let entries = self.entries();
        entries.get(key).filter(|entry| entry.expires > now).map(|entry| entry.value.clone())
    }

    /// Tells all names, in no order.
    pub(super) fn list(&self, names: &mut Names) {
        for key in self.entries().keys() {
            names.note(key.as_str().to_owned());
        }
    }

    pub(super) fn save(&self, saves: Vec<Save>, now: Timestamp) {
        if saves.is_empty() {
            return;
        }
        let mut entries = self.entries();
        for save in saves {
            let (key, value, expires_in) = match save {
                Save::Put { key, value, expires_in } => (key, value, expires_in),
                Save::Delete(key) => {
                    entries.remove(&key);
                    continue;
                }
            };
            if entries.len() >= MOST && !entries.contains_key(&key) {
                make_room(&mut entries, now);
            }
            entries.insert(key, Entry { value, expires: now.plus(expires_in) });
        }
    }

    /// No code panics while it holds the lock; if one did, the entries are whole values all the same.
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(entries: &mut HashMap<Key, Entry>, now: Timestamp) {
    entries.retain(|_, entry| entry.expires > now);
    if entries.len() >= MOST
        && let Some(first) = entries.iter().min_by_key(|(_, entry)| entry.expires).map(|(key, _)| key.clone())
    {
        entries.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(name: &str, expires_in: i64) -> Save {
        Save::Put { key: Key::new("test", name), value: name.into(), expires_in }
    }

    #[test]
    fn an_entry_is_there_until_it_expires() {
        let (memory, start) = (Memory::default(), Timestamp::from_unix(1_000));
        memory.save(vec![save("a", 60)], start);
        let key = Key::new("test", "a");
        assert_eq!(memory.load(&key, start.plus(59)), Some(b"a".to_vec()));
        assert_eq!(memory.load(&key, start.plus(60)), None);
        assert_eq!(memory.load(&Key::new("test", "b"), start), None);
    }

    #[test]
    fn the_number_of_entries_is_bounded_and_the_shortest_lived_goes_first() {
        let (memory, start) = (Memory::default(), Timestamp::from_unix(1_000));
        memory.save(vec![save("short", 10), save("long", 1_000)], start);
        memory.save((0..MOST).map(|i| save(&format!("n{i}"), 500)).collect(), start);
        assert_eq!(memory.entries().len(), MOST);
        assert_eq!(memory.load(&Key::new("test", "short"), start), None);
        assert!(memory.load(&Key::new("test", "long"), start).is_some());
    }
}
