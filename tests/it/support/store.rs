//! The store of a world: memory that may be down, and a note of what was asked of it.

use franceconnect_edge::session::{Key, ListAnswer, LoadAnswer, Names, Save, StoreAnswer, StoreDown};

use super::conversation::World;

impl World {
    pub fn loaded(&mut self, key: &Key) -> LoadAnswer {
        self.asked.push("load");
        let entry = self.down.map_or_else(|| Ok(self.store.get(key).cloned()), Err);
        LoadAnswer { now: self.now, entry }
    }

    pub fn listed(&mut self, prefix: &str) -> ListAnswer {
        self.asked.push("list");
        let mut names = Names::new(prefix, self.now);
        for key in self.store.keys().filter(|_| self.down.is_none()) {
            names.note(key.as_str().to_owned());
        }
        let end = if self.cut { Err(StoreDown::Failed) } else { self.down.map_or(Ok(()), Err) };
        names.answer(self.now, end)
    }

    pub fn stored(&mut self, save: Save) -> StoreAnswer {
        self.asked.push("store");
        self.saved(vec![save]);
        StoreAnswer { now: self.now, result: self.down.map_or(Ok(()), Err) }
    }

    /// What a store that is down takes is lost.
    pub fn saved(&mut self, saves: Vec<Save>) {
        for save in saves.into_iter().filter(|_| self.down.is_none()) {
            match save {
                Save::Put { key, value, .. } => _ = self.store.insert(key, value),
                Save::Delete(key) => _ = self.store.remove(&key),
            }
        }
    }
}
