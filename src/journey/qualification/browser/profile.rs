//! Decides where the files of a browser are, that nobody else reads them, and that none stay: not those of a run that
//! was killed before it could remove them, either.

use super::Trouble;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the name begins; the process and a random number follow.
const PREFIX: &str = "franceconnect-edge-";

/// A folder of the browser's own, which ends with it.
pub(super) struct Profile {
    folder: PathBuf,
    /// Held as long as the folder is in use, whatever numbers other containers give to processes.
    _held: Option<File>,
}

impl Profile {
    pub(super) fn new() -> Result<Self, Trouble> {
        Self::within(&std::env::temp_dir())
    }

    fn within(place: &Path) -> Result<Self, Trouble> {
        #[cfg(unix)]
        left_behind::remove(place);
        let mut name = [0; 8];
        getrandom::fill(&mut name).map_err(|_| Trouble::Absent)?;
        let name = format!("{PREFIX}{}-{:016x}", std::process::id(), u64::from_ne_bytes(name));
        let folder = place.join(name);
        let mut private = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700);
        private.create(&folder).map_err(|_| Trouble::Absent)?;
        let held = File::open(&folder).ok().filter(|folder| folder.try_lock().is_ok());
        Ok(Self { folder, _held: held })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn argument(&self) -> OsString {
        let mut argument = OsString::from("--user-data-dir=");
        argument.push(&self.folder);
        argument
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // Processes that are ending may still write into it: it is gone when it was not there for a while.
        let mut absent = 0;
        for _ in 0..40 {
            absent = if self.folder.exists() { 0 } else { absent + 1 };
            if absent == 4 {
                return;
            }
            // What cannot be removed yet is tried again.
            let _ = fs::remove_dir_all(&self.folder);
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

/// What a run left that was killed, and so could remove nothing.
#[cfg(unix)]
mod left_behind {
    use super::*;
    use rustix::io::Errno;
    use rustix::process::{Pid, geteuid, test_kill_process};
    use std::os::unix::fs::MetadataExt;

    /// Removes every folder of ours that no run uses any more.
    pub(super) fn remove(place: &Path) {
        let Ok(entries) = fs::read_dir(place) else { return };
        for entry in entries.flatten() {
            let Some(process) = entry.file_name().to_str().and_then(process) else { continue };
            // Of the entry itself: a link is not followed.
            let ours = entry.metadata().is_ok_and(|known| {
                known.is_dir() && known.uid() == geteuid().as_raw() && known.mode() & 0o777 == 0o700
            });
            if ours && has_ended(process) && File::open(entry.path()).is_ok_and(|f| f.try_lock().is_ok()) {
                // What cannot be removed is in nobody's way.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// The process in a name of ours.
    fn process(name: &str) -> Option<Pid> {
        let (process, random) = name.strip_prefix(PREFIX)?.split_once('-')?;
        let is_ours = random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
        Pid::from_raw(process.parse().ok().filter(|process| is_ours && *process > 0)?)
    }

    fn has_ended(process: Pid) -> bool {
        test_kill_process(process) == Err(Errno::SRCH)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    #[test]
    fn what_a_killed_run_left_goes_and_nothing_else() {
        let place = std::env::temp_dir().join(format!("profiles-{}", std::process::id()));
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let (dead, alive) = (child.id(), std::process::id());
        let made = |name: &str, mode: u32| {
            let folder = place.join(name);
            fs::create_dir_all(folder.join("Default")).unwrap();
            fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).unwrap();
            folder
        };
        let left = made(&format!("{PREFIX}{dead}-0123456789abcdef"), 0o700);
        // Its process has another number in another container.
        let held = made(&format!("{PREFIX}{dead}-0123456789abcde0"), 0o700);
        let lock = File::open(&held).unwrap();
        lock.try_lock().unwrap();
        let stay = [
            held,
            made(&format!("{PREFIX}{alive}-0123456789abcdef"), 0o700),
            made(&format!("{PREFIX}{dead}-0123456789abcde1"), 0o755),
            made(&format!("{PREFIX}{dead}-0123456789abcde"), 0o700),
            made(&format!("{PREFIX}{dead}-0123456789abcdeg"), 0o700),
            made(&format!("{PREFIX}0-0123456789abcdef"), 0o700),
            made(&format!("{PREFIX}-1-0123456789abcdef"), 0o700),
            made(&format!("other-{dead}-0123456789abcdef"), 0o700),
        ];
        let link = place.join(format!("{PREFIX}{dead}-0123456789abcde2"));
        symlink("other", &link).unwrap();
        let aim = made("other", 0o700);
        let file = place.join(format!("{PREFIX}{dead}-0123456789abcde3"));
        fs::write(&file, "").unwrap();

        let profile = Profile::within(&place).unwrap();
        assert!(!left.exists());
        for folder in stay.iter().chain([&aim]) {
            assert!(folder.join("Default").is_dir(), "{} has gone", folder.display());
        }
        assert!(link.is_symlink() && file.is_file());

        // It is held itself, and gone with its end.
        assert!(File::open(profile.folder()).unwrap().try_lock().is_err());
        let folder = profile.folder().to_owned();
        drop(profile);
        assert!(!folder.exists());
        fs::remove_dir_all(place).unwrap();
    }
}
