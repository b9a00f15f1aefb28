//! Decides how entries are kept on disk: one file of an embedded store, which a restart of the program survives, and
//! so does an error of the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redb::{Database, ReadableDatabase, TableDefinition};

use super::log;
use super::patience::patiently;
use crate::host::log::trouble;
use crate::session::{Key, Names, SESSION, STORE_TIMEOUT_MS, Save, StoreDown};
use crate::time::Timestamp;
use crate::web::RequestId;

/// Under its name each entry: eight bytes of when it ends, then its value.
const ENTRIES: TableDefinition<&str, &[u8]> = TableDefinition::new("entries");

/// A store that outlives the process, for this process alone: the file is locked while it is open.
#[derive(Debug, Clone)]
pub(super) struct Disk(Arc<Held>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    /// Nothing after an error of the disk, until the file opens again.
    open: RwLock<Option<Database>>,
}

impl Disk {
    /// Opens the store at `path`, or makes it; what has expired is forgotten.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let database = Database::create(path).map_err(io::Error::other)?;
        forget(&database, super::now()).map_err(io::Error::other)?;
        Ok(Self(Arc::new(Held { path: path.to_owned(), open: RwLock::new(Some(database)) })))
    }

    pub(super) async fn load(
        &self,
        key: &Key,
        now: Timestamp,
        visit: RequestId,
    ) -> Result<Option<Vec<u8>>, StoreDown> {
        let key = key.clone();
        let find = move |database: &Database| {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            Ok(table.get(key.as_str())?.and_then(|kept| living(kept.value(), now).map(<[u8]>::to_vec)))
        };
        self.ask(visit, "host.load", "the store on disk gave no answer", find).await
    }

    /// The names that begin with `prefix`, and those of sessions that have ended.
    pub(super) async fn list(
        &self,
        prefix: &str,
        now: Timestamp,
        visit: RequestId,
    ) -> Result<Names, StoreDown> {
        let prefix = prefix.to_owned();
        let list = move |database: &Database| {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            let mut names = Names::new(&prefix, now);
            for start in [SESSION, &prefix] {
                for entry in table.range(start..)? {
                    let (name, _) = entry?;
                    if !name.value().starts_with(start) || !names.note(name.value().to_owned()) {
                        break;
                    }
                }
            }
            Ok(names)
        };
        self.ask(visit, "host.list", "the store on disk gave no list", list).await
    }

    /// Writes all of it or nothing, and returns when it is on disk.
    pub(super) async fn save(
        &self,
        saves: Vec<Save>,
        now: Timestamp,
        visit: RequestId,
    ) -> Result<(), StoreDown> {
        let write = move |database: &Database| write(database, saves, now);
        self.ask(visit, "host.save", "the store on disk took no entry", write).await
    }

    /// The same of one, where nobody else waits.
    pub(super) fn put(&self, entry: Save, now: Timestamp) -> io::Result<()> {
        self.0.with(|database| write(database, vec![entry], now)).map_err(io::Error::other)
    }

    /// What `work` comes to: in a thread of its own, as a disk may be slow, and no longer than any store is given.
    async fn ask<T: Send + 'static>(
        &self,
        visit: RequestId,
        code: &'static str,
        message: &'static str,
        work: impl FnOnce(&Database) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, StoreDown> {
        let held = self.0.clone();
        let done = tokio::task::spawn_blocking(move || held.with(work));
        let detail = match patiently(Duration::from_millis(STORE_TIMEOUT_MS), done).await {
            Some(Ok(Ok(done))) => return Ok(done),
            Some(Ok(Err(error))) => error.to_string(),
            Some(Err(_)) => "the file is damaged".to_owned(),
            None => "no answer within a second".to_owned(),
        };
        log(&trouble(visit, code, message, &detail));
        Err(StoreDown::Failed)
    }
}

impl Held {
    /// After one error of the disk redb does nothing more with a file, so it is opened again: a disk that was full has
    /// room some day. One that was removed is not made anew, as what it held would be forgotten without a word.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, redb::Error> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let done = open.as_ref().ok_or(redb::Error::DatabaseClosed).and_then(work);
        drop(open);
        if done.is_err() {
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            // Closed first, which gives its lock back.
            *open = None;
            *open = Database::open(&self.path).ok();
        }
        done
    }
}

fn write(database: &Database, saves: Vec<Save>, now: Timestamp) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
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

fn forget(database: &Database, now: Timestamp) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
    // The table is made here, so that a reader finds one.
    writing.open_table(ENTRIES)?.retain(|_, kept| living(kept, now).is_some())?;
    Ok(writing.commit()?)
}

/// The value of an entry that has not ended.
fn living(kept: &[u8], now: Timestamp) -> Option<&[u8]> {
    let (ends, value) = kept.split_first_chunk::<8>()?;
    (Timestamp::from_unix(i64::from_be_bytes(*ends)) > now).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::ListAnswer;

    fn visit() -> RequestId {
        RequestId::default()
    }

    fn put(name: &str, expires_in: i64) -> Save {
        Save::Put { key: Key::listed(name), value: name.into(), expires_in }
    }

    async fn list(disk: &Disk, prefix: &str, now: Timestamp) -> ListAnswer {
        let mut listed = disk.list(prefix, now, visit()).await.unwrap().answer(now, Ok(()));
        listed.names.iter_mut().for_each(|names| names.sort());
        listed
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
            assert_eq!(disk.load(&Key::listed("a-1"), now, visit()).await, Ok(None));
            disk.save(vec![put("a-1", 60), put("a-2", 600), put("b-1", 600)], now, visit()).await.unwrap();
            disk.save(vec![Save::Delete(Key::listed("b-1"))], now, visit()).await.unwrap();
            assert!(Disk::open(&path).is_err(), "one process at a time");
        }
        let disk = Disk::open(&path).unwrap();
        assert_eq!(disk.load(&Key::listed("a-1"), now, visit()).await, Ok(Some(b"a-1".to_vec())));
        assert_eq!(list(&disk, "a-", now).await.names.unwrap(), ["a-1", "a-2"]);
        let later = now.plus(60);
        assert_eq!(
            disk.load(&Key::listed("a-1"), later, visit()).await,
            Ok(None),
            "ended, not yet forgotten"
        );
        assert_eq!(list(&disk, "b", now).await.names.unwrap(), [""; 0]);
        disk.0.with(|database| forget(database, later)).unwrap();
        assert_eq!(list(&disk, "", now).await.names.unwrap(), ["a-2"]);
        // The name of a session's body says when it ends, and a listing of something else tells which have.
        let session = |ends: Timestamp| put(&format!("session-{:010x}-{:032x}", ends.unix(), 10), 600);
        let sessions = vec![session(now), session(now.plus(1)), session(now.plus(-9))];
        disk.save(sessions, now, visit()).await.unwrap();
        let listed = list(&disk, "a-", now).await;
        let ended = [session(now.plus(-9)), session(now)].map(|save| save.key().as_str().to_owned());
        assert_eq!((listed.names.unwrap(), listed.ended), (vec!["a-2".to_owned()], ended.to_vec()));
        drop(disk);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_disk_that_is_slow_is_given_a_second_and_keeps_no_reader_waiting() {
        let path = std::env::temp_dir().join(format!("franceconnect-edge-slow-{}", std::process::id()));
        let disk = Disk::open(&path).unwrap();
        let now = super::super::now();
        let stuck = disk.0.with(|database| Ok(database.begin_write()?)).unwrap();
        let start = std::time::Instant::now();
        assert_eq!(disk.save(vec![put("a", 60)], now, visit()).await, Err(StoreDown::Failed));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert_eq!(disk.load(&Key::listed("a"), now, visit()).await, Ok(None));
        stuck.abort().unwrap();
        disk.save(vec![put("b", 60)], now, visit()).await.unwrap();
        assert!(disk.load(&Key::listed("b"), now, visit()).await.unwrap().is_some());
        std::fs::remove_file(path).unwrap();
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
