//! Decides how entries are kept on disk: one file of an embedded store, which a restart of the program survives.

use std::io;
use std::path::Path;
use std::sync::Arc;

use redb::{Database, ReadableDatabase, TableDefinition};

use super::log;
use crate::host::log::trouble;
use crate::session::{Key, LIST_MOST, Save, StoreDown};
use crate::time::Timestamp;

/// Under its name each entry: eight bytes of when it ends, then its value.
const ENTRIES: TableDefinition<&str, &[u8]> = TableDefinition::new("entries");

/// A store that outlives the process, for this process alone: the file is locked while it is open.
#[derive(Debug, Clone)]
pub(super) struct Disk(Arc<Database>);

impl Disk {
    /// Opens the store at `path`, or makes it; what has expired is forgotten.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let disk = Self(Arc::new(Database::create(path).map_err(io::Error::other)?));
        disk.forget(super::now()).map_err(io::Error::other)?;
        Ok(disk)
    }

    pub(super) fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>, StoreDown> {
        let find = || -> Result<Option<Vec<u8>>, redb::Error> {
            let table = self.0.begin_read()?.open_table(ENTRIES)?;
            Ok(table.get(key.as_str())?.and_then(|kept| living(kept.value(), now).map(<[u8]>::to_vec)))
        };
        find().map_err(|error| complain("host.load", "the store on disk gave no answer", &error))
    }

    /// The names that begin with `prefix`.
    pub(super) fn list(&self, prefix: &str, now: Timestamp) -> Result<Vec<String>, StoreDown> {
        let list = || -> Result<Vec<String>, redb::Error> {
            let table = self.0.begin_read()?.open_table(ENTRIES)?;
            let mut names = Vec::new();
            for entry in table.range(prefix..)? {
                let (name, kept) = entry?;
                if !name.value().starts_with(prefix) || names.len() >= LIST_MOST {
                    break;
                }
                if living(kept.value(), now).is_some() {
                    names.push(name.value().to_owned());
                }
            }
            Ok(names)
        };
        list().map_err(|error| complain("host.load", "the store on disk gave no list", &error))
    }

    /// Writes all of it or nothing, and returns when it is on disk.
    pub(super) async fn save(&self, saves: Vec<Save>, now: Timestamp) -> Result<(), StoreDown> {
        let disk = self.clone();
        // The disk is waited for, and a thread of its own does that.
        let written = tokio::task::spawn_blocking(move || disk.write(saves, now)).await;
        written
            .map_err(|_| StoreDown::Failed)?
            .map_err(|error| complain("host.save", "the store on disk took no entry", &error))
    }

    fn write(&self, saves: Vec<Save>, now: Timestamp) -> Result<(), redb::Error> {
        let writing = self.0.begin_write()?;
        {
            let mut table = writing.open_table(ENTRIES)?;
            for save in saves {
                match save {
                    Save::Put { key, value, expires_in } => {
                        let ends = now.plus(expires_in).unix().to_be_bytes();
                        table.insert(key.as_str(), [&ends[..], &value].concat().as_slice())?;
                    }
                    Save::Delete(key) => _ = table.remove(key.as_str())?,
                }
            }
        }
        Ok(writing.commit()?)
    }

    fn forget(&self, now: Timestamp) -> Result<(), redb::Error> {
        let writing = self.0.begin_write()?;
        // The table is made here, so that a reader finds one.
        writing.open_table(ENTRIES)?.retain(|_, kept| living(kept, now).is_some())?;
        Ok(writing.commit()?)
    }
}

/// The value of an entry that has not ended.
fn living(kept: &[u8], now: Timestamp) -> Option<&[u8]> {
    let (ends, value) = kept.split_first_chunk::<8>()?;
    (Timestamp::from_unix(i64::from_be_bytes(*ends)) > now).then_some(value)
}

fn complain(code: &'static str, message: &'static str, error: &redb::Error) -> StoreDown {
    log(&trouble(code, message, &error.to_string()));
    StoreDown::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(name: &str, expires_in: i64) -> Save {
        Save::Put { key: Key::listed(name), value: name.into(), expires_in }
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_a_restart_until_it_ends() {
        let folder = std::env::temp_dir().join(format!("franceconnect-edge-disk-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("entries.redb");
        let _ = std::fs::remove_file(&path);
        let now = super::super::now();
        {
            let disk = Disk::open(&path).unwrap();
            assert_eq!(disk.load(&Key::listed("a-1"), now), Ok(None));
            disk.save(vec![put("a-1", 60), put("a-2", 600), put("b-1", 600)], now).await.unwrap();
            disk.save(vec![Save::Delete(Key::listed("b-1"))], now).await.unwrap();
            assert!(Disk::open(&path).is_err(), "one process at a time");
        }
        let disk = Disk::open(&path).unwrap();
        assert_eq!(disk.load(&Key::listed("a-1"), now), Ok(Some(b"a-1".to_vec())));
        assert_eq!(disk.list("a-", now).unwrap(), ["a-1", "a-2"]);
        assert_eq!(disk.list("a-", now.plus(60)).unwrap(), ["a-2"], "ended, and not yet forgotten");
        assert_eq!(disk.load(&Key::listed("a-1"), now.plus(60)), Ok(None));
        assert_eq!(disk.list("b", now).unwrap(), [""; 0]);
        disk.forget(now.plus(60)).unwrap();
        assert_eq!(disk.list("", now).unwrap(), ["a-2"]);
        drop(disk);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_is_no_store_is_refused_at_the_start() {
        let path = std::env::temp_dir().join(format!("franceconnect-edge-no-store-{}", std::process::id()));
        std::fs::write(&path, "something else").unwrap();
        assert!(Disk::open(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"something else");
        std::fs::remove_file(path).unwrap();
    }
}
