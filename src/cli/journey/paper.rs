//! `franceconnect.toml` on disk: read up to a size, written whole or not at all, and for nobody but who keeps it, since it
//! holds names and phone numbers.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;

/// Longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The text of the file.
///
/// # Errors
/// That of the system; a file without an end, or in another encoding than UTF-8.
pub(super) fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(Error::new(ErrorKind::FileTooLarge, "> 1 MiB"));
    }
    Ok(text)
}

/// Writes the text in the place of what was there; a link stays one, and who may read the file stays as it was.
///
/// # Errors
/// That of the system.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let place = match fs::canonicalize(path) {
        Ok(place) => place,
        // A link that leads nowhere is not replaced by a file.
        Err(_) if path.is_symlink() => return Err(ErrorKind::NotFound.into()),
        Err(_) => path.to_owned(),
    };
    let beside = place.with_extension("toml.new");
    match create(&beside) {
        // Left by a run that was ended, or put there by somebody: it goes, and not what it may lead to.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(&beside)?;
            create(&beside)
        }
        created => created,
    }
    .and_then(|mut file| {
        if let Ok(known) = fs::metadata(&place) {
            file.set_permissions(known.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })
    .and_then(|()| fs::rename(&beside, &place))
}

/// A new file that its owner alone reads.
fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
