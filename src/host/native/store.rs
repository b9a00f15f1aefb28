//! Decides where entries are kept natively: in the memory of the process, or in a file that survives it.

use std::io;
use std::path::Path;

use super::disk::Disk;
use super::memory::Memory;
use crate::session::{Key, ListAnswer, Names, Save, StoreDown};
use crate::time::Timestamp;
use crate::web::RequestId;

/// The store of a native host; by default it lasts as long as the process.
#[derive(Default)]
pub struct Store(Kept);

enum Kept {
    Memory(Memory),
    Disk(Disk),
}

impl Default for Kept {
    fn default() -> Self {
        Self::Memory(Memory::default())
    }
}

impl Store {
    /// The store in the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    /// The file cannot be read or made, is no store, or another process has it open.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(Kept::Disk(Disk::open(path)?)))
    }

    pub(super) async fn load(
        &self,
        key: &Key,
        now: Timestamp,
        visit: RequestId,
    ) -> Result<Option<Vec<u8>>, StoreDown> {
        match &self.0 {
            Kept::Memory(memory) => Ok(memory.load(key, now)),
            Kept::Disk(disk) => disk.load(key, now, visit).await,
        }
    }

    pub(super) async fn list(&self, prefix: &str, now: Timestamp, visit: RequestId) -> ListAnswer {
        let mut names = Names::new(prefix, now);
        let end = match &self.0 {
            Kept::Memory(memory) => {
                memory.list(&mut names);
                Ok(())
            }
            Kept::Disk(disk) => disk.list(prefix, now, visit).await.map(|found| names = found),
        };
        names.answer(now, end)
    }

    /// Writes one entry, before anybody is served.
    ///
    /// # Errors
    /// The file takes none.
    pub fn put(&self, entry: Save) -> io::Result<()> {
        let now = super::now();
        match &self.0 {
            Kept::Memory(memory) => memory.save(vec![entry], now),
            Kept::Disk(disk) => disk.put(entry, now)?,
        }
        Ok(())
    }

    pub(super) async fn save(
        &self,
        saves: Vec<Save>,
        now: Timestamp,
        visit: RequestId,
    ) -> Result<(), StoreDown> {
        match &self.0 {
            _ if saves.is_empty() => Ok(()),
            Kept::Memory(memory) => {
                memory.save(saves, now);
                Ok(())
            }
            Kept::Disk(disk) => disk.save(saves, now, visit).await,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(…)")
    }
}
