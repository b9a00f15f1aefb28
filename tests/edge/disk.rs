//! Decides what becomes of the native program's store: a file on a disk that is full or loses it, and one that somebody
//! exchanged while the program was not running.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use crate::store::Mood;
use crate::world::World;

/// As `src/host/native/disk.rs` has it: under its name when an entry ends, eight bytes, and its value.
const ENTRIES: TableDefinition<&str, &[u8]> = TableDefinition::new("entries");

/// Bytes that a file may have on a disk that is full: the log of the program, which is a file too, has room.
const FULL: u64 = 512 * 1024;

/// The file, by its name.
pub struct Disk(PathBuf);

impl Disk {
    /// A store with a megabyte of others' entries in it, so that what is written now is written beyond [`FULL`].
    pub fn new(name: &str) -> Self {
        let folder = crate::process::logs();
        fs::create_dir_all(&folder).unwrap();
        let disk = Self(folder.join(format!("{name}.redb")));
        disk.change(|entries| {
            for number in 0..256 {
                entries.push((format!("other-{number}"), [vec![b'x'; 4_000]].concat()));
            }
        });
        disk
    }

    pub fn path(&self) -> String {
        self.0.display().to_string()
    }

    /// What another program wrote; nobody has it open.
    pub fn put(&self, names: &str) {
        self.change(|entries| entries.extend(names.split(' ').map(|name| (name.to_owned(), b"-".to_vec()))));
    }

    /// What is in it; nobody has it open.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.change(|entries| names.extend(entries.iter().map(|(name, _)| name.clone())));
        names
    }

    /// Has other entries from now on; nobody has it open.
    fn change(&self, change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) {
        let database = Database::create(&self.0).unwrap();
        let mut entries = Vec::new();
        if let Ok(table) = database.begin_read().unwrap().open_table(ENTRIES) {
            for entry in table.iter().unwrap() {
                let (name, kept) = entry.unwrap();
                entries.push((name.value().to_owned(), kept.value()[8..].to_vec()));
            }
        }
        change(&mut entries);
        let writing = database.begin_write().unwrap();
        {
            let mut table = writing.open_table(ENTRIES).unwrap();
            table.retain(|_, _| false).unwrap();
            for (name, value) in entries {
                let ends = 4_000_000_000_i64.to_be_bytes();
                table.insert(&*name, [&ends[..], &value].concat().as_slice()).unwrap();
            }
        }
        writing.commit().unwrap();
    }

    fn aside(&self) -> PathBuf {
        self.0.with_extension("aside")
    }

    /// Comes to be in `mood` when another isolate has just written `ended`; `before` happens while all is well.
    pub fn turn(&self, world: &mut World, mood: Mood, ended: &[String], before: impl FnOnce()) {
        let add = |entries: &mut Vec<(String, Vec<u8>)>| {
            entries.extend(ended.iter().map(|name| (name.clone(), b"-".to_vec())));
        };
        world.between(|| {
            // What is believed again when the mood has gone.
            if !matches!(mood, Mood::Full | Mood::Failing) {
                fs::copy(&self.0, self.aside()).unwrap();
                Self(self.aside()).change(add);
            }
            match mood {
                // A copy from before is put back.
                Mood::Well | Mood::Slow | Mood::Endless | Mood::Stale => {}
                Mood::Full | Mood::Failing => self.change(add),
                Mood::Forgetful => fs::remove_file(&self.0).unwrap(),
                Mood::Lying => self.change(|entries| {
                    entries.retain(|(name, _)| !name.starts_with("revoked-"));
                    let bent = ended.iter().map(|name| name.replace("-00", "-01"));
                    entries.extend(bent.map(|name| (name, b"-".to_vec())));
                    // Everybody's session is somebody else's.
                    let sessions = entries.iter_mut().filter(|(name, _)| name.starts_with("session-"));
                    let mut values: Vec<&mut Vec<u8>> = sessions.map(|(_, value)| value).collect();
                    for at in 1..values.len() {
                        let (left, right) = values.split_at_mut(at);
                        std::mem::swap(left[at - 1], right[0]);
                    }
                }),
            }
        });
        before();
        match mood {
            Mood::Full => limit(world, &FULL.to_string()),
            Mood::Failing => {
                limit(world, &FULL.to_string());
                fs::rename(&self.0, self.aside()).unwrap();
            }
            _ => {}
        }
    }

    /// Is well again.
    pub fn recover(&self, world: &mut World) {
        limit(world, "unlimited");
        if self.0.exists() && self.aside().exists() {
            world.between(|| fs::rename(self.aside(), &self.0).unwrap());
        } else if self.aside().exists() {
            fs::rename(self.aside(), &self.0).unwrap();
        }
    }
}

/// How large the files of the running program may become (Linux).
fn limit(world: &World, bytes: &str) {
    let mut command = Command::new("prlimit");
    command.args([format!("--pid={}", world.id()), format!("--fsize={bytes}:")]);
    assert!(command.status().unwrap().success(), "prlimit");
}
