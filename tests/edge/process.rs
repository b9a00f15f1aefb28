//! Decides how a program is started beside the tests, what is kept of what it says, and how it ends.

use std::any::Any;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take to be ready: a cold `wrangler dev` on a busy machine takes most of it.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);

/// The folder of the package.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where logs are kept for whoever looks into a failure.
pub fn logs() -> PathBuf {
    project().join("artefacts/edge")
}

/// A port that is free. Addresses must be known before the program that listens is started, and outgoing
/// connections must not take the port meanwhile: theirs are above these on every system.
pub fn free_port() -> u16 {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    (0..1000)
        .map(|_| 20_000 + (std::process::id() as usize * 37 + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| is_free(*port))
        .expect("no port is free")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// Waits until nobody listens on `port` any more: the children of a program may outlive it for a moment.
pub fn wait_until_free(port: u16) {
    let start = Instant::now();
    while !is_free(port) {
        assert!(start.elapsed() < PATIENCE, "somebody keeps listening on port {port}");
        thread::sleep(PAUSE);
    }
}

/// What a thread panicked with.
pub fn words(panic: &(dyn Any + Send)) -> String {
    let literal = || panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    panic.downcast_ref::<String>().cloned().or_else(literal).unwrap_or_default()
}

/// Sends a signal to programs.
pub fn signal(name: &str, ids: &[u32]) {
    let status = Command::new("kill").arg(name).args(ids.iter().map(u32::to_string)).status();
    assert!(status.is_ok_and(|status| status.success()), "kill {name} {ids:?}");
}

/// A program that ends with this value. All it says goes to one file.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`; `name` is that of its log.
    pub fn start(name: &str, mut command: Command) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let log = logs().join(format!("{:02}-{name}.log", NEXT.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(logs()).unwrap();
        let file = File::create(&log).unwrap();
        // Kept open: some programs end when their standard input does, which is when this one is gone.
        command.stdin(Stdio::piped()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("{name} cannot be started ({error}): {}", command.get_program().display())
        });
        Self { name: name.to_owned(), child, log }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// Reads what it has said until there is what is looked for in it.
    pub fn look_for<T>(&self, what: &str, look: impl Fn(&str) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let said = self.said();
            if let Some(found) = look(&said) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "{} has not said {what}:\n{said}", self.name);
            thread::sleep(PAUSE);
        }
    }

    /// The most memory that it and all that it started ever had, in kB.
    pub fn memory(&self) -> u64 {
        self.kilobytes("VmHWM:")
    }

    /// The memory that they have now, in kB.
    pub fn resident(&self) -> u64 {
        self.kilobytes("VmRSS:")
    }

    /// The sum of one line of their accounts (Linux).
    fn kilobytes(&self, line: &str) -> u64 {
        let status = |id: u32| fs::read_to_string(format!("/proc/{id}/status")).ok();
        let value = |status: &str, line: &str| -> Option<u64> {
            let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
            rest.split_whitespace().next()?.parse().ok()
        };
        let everybody = fs::read_dir("/proc").unwrap().flatten();
        let everybody = everybody.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let parents: Vec<(u32, u64)> =
            everybody.filter_map(|id| Some((id, value(&status(id)?, "PPid:")?))).collect();
        let mut family = vec![self.child.id()];
        let mut at = 0;
        while let Some(&parent) = family.get(at) {
            family.extend(parents.iter().filter(|(_, of)| *of == u64::from(parent)).map(|(id, _)| id));
            at += 1;
        }
        family.into_iter().filter_map(|id| value(&status(id)?, line)).sum()
    }

    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Asks again and again until there is an answer, or the program has ended, or patience has.
    pub fn wait_for<T>(&mut self, what: &str, mut ask: impl FnMut(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            let ended = self.child.try_wait().unwrap();
            let patient = start.elapsed() < PATIENCE;
            let why =
                ended.map_or("it runs, but not that".to_owned(), |status| format!("it ended: {status}"));
            assert!(
                ended.is_none() && patient,
                "{} has no {what}; {why}; it said:\n{}",
                self.name,
                self.said()
            );
            thread::sleep(PAUSE);
        }
    }

    /// The end of the line that begins with `words`.
    pub fn wait_for_line(&mut self, words: &str) -> String {
        self.wait_for(words, |process| {
            let said = process.said();
            let (complete, _) = said.rsplit_once('\n')?;
            complete.lines().find_map(|line| line.strip_prefix(words)).map(|rest| rest.trim().to_owned())
        })
    }
}

impl Drop for Process {
    /// Politely first, as some have children of their own to end. One that has ended already is left alone: its
    /// number may be another's by now.
    fn drop(&mut self) {
        let start = Instant::now();
        let mut asked = false;
        while start.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            if !asked {
                let _ = Command::new("kill").arg(self.child.id().to_string()).status();
                asked = true;
            }
            thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
