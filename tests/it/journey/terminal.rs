//! A terminal with the program at one end and the test at the other, which reads what a person would see.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// Longest wait for words: a program that is late on a busy machine is not one that is silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// The far end.
pub struct Terminal {
    keys: File,
    /// The near end, of which the modes are looked at.
    near: File,
    screen: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// How much of it was waited for.
    read: usize,
    child: Child,
    before: LocalModes,
}

impl Terminal {
    /// Starts `command` at a terminal.
    pub fn start(command: Command) -> Self {
        Self::start_with(command, None)
    }

    /// The same with standard output and standard error in a file.
    pub fn start_with(mut command: Command, elsewhere: Option<File>) -> Self {
        let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&far).unwrap();
        unlockpt(&far).unwrap();
        let name = ptsname(&far, Vec::new()).unwrap();
        let near = File::from(rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
        let end = || Stdio::from(near.try_clone().unwrap());
        let before = tcgetattr(&near).unwrap().local_modes;
        let out = || elsewhere.as_ref().map_or_else(end, |file| Stdio::from(file.try_clone().unwrap()));
        let child = command.stdin(end()).stdout(out()).stderr(out()).spawn().unwrap();
        drop(command);
        let keys = File::from(far);
        let mut screen = keys.try_clone().unwrap();
        let (to, from) = channel();
        thread::spawn(move || {
            let mut part = [0; 1024];
            while let Ok(length) = screen.read(&mut part) {
                if to.send(part[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { keys, near, screen: from, seen: Vec::new(), read: 0, child, before }
    }

    /// Waits until `words` are on the screen, after everything waited for before.
    pub fn expect(&mut self, words: &str) {
        loop {
            // As bytes: a part may end in the middle of a character.
            let rest = self.seen.get(self.read..).unwrap_or_default();
            if let Some(at) = rest.windows(words.len()).position(|part| part == words.as_bytes()) {
                self.read += at + words.len();
                return;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(part) => self.seen.extend(part),
                Err(_) => panic!("{words} never came:\n{}", String::from_utf8_lossy(&self.seen)),
            }
        }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether the terminal shows what is typed.
    pub fn shows(&self) -> bool {
        tcgetattr(&self.near).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits until it does not.
    pub fn expect_mute(&self) {
        let asked = Instant::now();
        while self.shows() {
            assert!(asked.elapsed() < PATIENCE, "it goes on showing");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Makes it show, as a shell does that takes its terminal back.
    pub fn make_it_show(&self) {
        let mut modes = tcgetattr(&self.near).unwrap();
        modes.local_modes = self.before;
        tcsetattr(&self.near, OptionalActions::Now, &modes).unwrap();
    }

    /// Waits for the end: the status, and everything that was on the screen. The terminal is as it was.
    pub fn end(mut self) -> (i32, String) {
        let status = self.child.wait().unwrap();
        assert_eq!(tcgetattr(&self.near).unwrap().local_modes, self.before, "the terminal as it was");
        while let Ok(part) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.seen.extend(part);
        }
        (status.code().unwrap_or(-1), String::from_utf8(self.seen).unwrap())
    }
}
