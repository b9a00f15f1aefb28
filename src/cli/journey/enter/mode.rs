//! Decides how a terminal is made mute, and that it speaks again whatever happens: at the end of the scope, after a
//! panic, and with what is left of a paste thrown away, which the shell would run otherwise.

use std::fs::File;
use std::io;

#[cfg(unix)]
pub(super) use self::unix::{Mute, is_ready, keyboard};

#[cfg(unix)]
mod unix {
    use super::{File, io};
    use std::io::Write;
    use std::os::fd::AsFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// Asks the terminal to mark a paste, or not to.
    const MARKS: (&str, &str) = ("\x1b[?2004h", "\x1b[?2004l");
    /// Nothing shows, every key comes at once, and Ctrl-C is a key: what it does is done with the terminal restored.
    const SHOWING: LocalModes = LocalModes::ECHO
        .union(LocalModes::ECHONL)
        .union(LocalModes::ICANON)
        .union(LocalModes::ISIG)
        .union(LocalModes::IEXTEN);

    /// Standard input without a buffer, in which a secret would stay.
    pub(in super::super) fn keyboard() -> io::Result<File> {
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }

    /// Whether a read would not wait.
    pub(in super::super) fn is_ready(keyboard: &File) -> bool {
        let mut asked = [PollFd::new(keyboard, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut asked, Some(&now)).is_ok_and(|count| count > 0)
    }

    /// A terminal that shows nothing, until this is dropped.
    pub(in super::super) struct Mute {
        terminal: File,
        before: Termios,
    }

    impl Mute {
        pub(in super::super) fn new(keyboard: &File) -> io::Result<Self> {
            let terminal = keyboard.try_clone()?;
            let before = tcgetattr(&terminal)?;
            let mute = Self { terminal, before };
            mute.set(OptionalActions::Flush)?;
            mute.mark(MARKS.0);
            Ok(mute)
        }

        /// Makes it mute once more if somebody made it show.
        pub(in super::super) fn again(&self) -> io::Result<()> {
            if tcgetattr(&self.terminal)?.local_modes.intersects(SHOWING) {
                self.set(OptionalActions::Now)?;
            }
            Ok(())
        }

        fn mark(&self, how: &str) {
            let _ = (&self.terminal).write_all(how.as_bytes());
        }

        fn set(&self, when: OptionalActions) -> io::Result<()> {
            let mut modes = self.before.clone();
            modes.local_modes.remove(SHOWING);
            Ok(tcsetattr(&self.terminal, when, &modes)?)
        }
    }

    impl Drop for Mute {
        fn drop(&mut self) {
            self.mark(MARKS.1);
            let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
        }
    }
}

/// Elsewhere no terminal can be made mute from here: a secret comes through a pipe.
#[cfg(not(unix))]
pub(super) struct Mute;

#[cfg(not(unix))]
impl Mute {
    pub(super) fn new(_: &File) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn again(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
pub(super) fn keyboard() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

#[cfg(not(unix))]
pub(super) fn is_ready(_: &File) -> bool {
    true
}
