//! Decides which addresses are listened on, how many connections there may be, and when listening ends.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::lang::Lang;

/// How long what is served may take to end once it is time to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads `PORT`, `localhost:PORT`, `ADDRESS:PORT` or `[ADDRESS]:PORT`.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text).parse::<u16>();
    port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .or_else(|_| text.parse())
        .map_err(|_| "adresse attendue, telle que 127.0.0.1:8787".to_owned())
}

/// Listens on `address`, or says which flag names another.
pub(super) async fn bind(lang: Lang, flag: &str, address: SocketAddr) -> Result<TcpListener, ExitCode> {
    TcpListener::bind(address).await.map_err(|error| {
        match error.kind() {
            io::ErrorKind::AddrInUse => lang.warn(
                format_args!("Adresse {address} déjà prise : donnez-en une autre avec {flag}."),
                format_args!("Address {address} is in use: give another with {flag}."),
            ),
            _ => lang.warn(
                format_args!("Impossible d’écouter sur {address} ({flag}) : {error}"),
                format_args!("Cannot listen on {address} ({flag}): {error}"),
            ),
        }
        ExitCode::FAILURE
    })
}

/// As [`bind`], and on `::1` as well when `address` is `127.0.0.1`: browsers may take `localhost` for either.
pub(super) async fn bind_localhost(
    lang: Lang,
    flag: &str,
    address: SocketAddr,
) -> Result<Vec<TcpListener>, ExitCode> {
    let first = bind(lang, flag, address).await?;
    let port = first.local_addr().map_or(address.port(), |bound| bound.port());
    let mut listeners = vec![first];
    if address.ip() == Ipv4Addr::LOCALHOST {
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => listeners.push(second),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => lang.warn(
                format_args!("Attention : un autre programme écoute sur [::1]:{port}, et un navigateur peut l’atteindre sous le nom de localhost."),
                format_args!("Beware: another program listens on [::1]:{port}, and a browser may reach it as localhost."),
            ),
            // A machine without IPv6 resolves no name to it.
            Err(_) => {}
        }
    }
    Ok(listeners)
}

/// Tells everything that listens when to stop: at Ctrl-C, when the system asks (SIGTERM), when the terminal goes (SIGHUP).
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Begins to heed the signals; from here on they do not kill the process.
    pub(super) fn on_signal() -> io::Result<Self> {
        let (tell, told) = watch::channel(false);
        let signal = signal()?;
        tokio::spawn(async move {
            signal.await;
            let _ = tell.send(true);
        });
        Ok(Self(told))
    }

    /// Ends when it is time to stop.
    pub(super) async fn wait(mut self) {
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Runs what is served, a little longer than it is time to stop, even if it would go on: browsers
    /// keep connections open.
    pub(super) async fn at_latest(self, served: impl Future<Output = io::Result<()>>) -> io::Result<()> {
        let late = async {
            self.wait().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            result = served => result,
            () = late => Ok(()),
        }
    }
}

#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = if outlives_terminal() { None } else { Some(signal(SignalKind::hangup())?) };
    Ok(async move {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} _ = hung_up => {} }
    })
}

/// Whether it was started to go on without its terminal (`nohup`): SIGHUP is ignored, which listening to it would undo.
#[cfg(unix)]
fn outlives_terminal() -> bool {
    use std::io::IsTerminal;
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => ignores_hangup(&status),
        // Elsewhere than on Linux no safe call tells; `nohup` leaves no terminal to write to.
        Err(_) => !(io::stdout().is_terminal() || io::stderr().is_terminal()),
    }
}

/// What Linux tells of a process: the signals it ignores, of which SIGHUP is the lowest bit (proc_pid_status(5)).
#[cfg(unix)]
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1))
}

#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Takes as many files and connections at once as the system lets a program have. Shells and systemd give 1,024
/// unasked, macOS 256; a visitor and the call made for them take two, and where the call finds none, a login has failed.
#[cfg(unix)]
fn take_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // macOS refuses more than its OPEN_MAX, whatever it says that the most is.
    for wanted in [maximum.unwrap_or(u64::MAX), 10_240] {
        let more = current.is_some_and(|current| current < wanted);
        if more && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok() {
            return;
        }
    }
}

#[cfg(not(unix))]
fn take_descriptors() {}

/// Runs a command that listens, and turns the end of its listening into an exit status.
pub(super) fn block_on(lang: Lang, command: impl Future<Output = Result<(), ExitCode>>) -> ExitCode {
    take_descriptors();
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(command).err().unwrap_or(ExitCode::SUCCESS),
        Err(error) => failed(lang, &error),
    }
}

/// Reports a failure of the operating system.
pub(super) fn failed(lang: Lang, error: &io::Error) -> ExitCode {
    lang.warn(format_args!("Échec du système : {error}"), format_args!("The system failed: {error}"));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_their_usual_forms() {
        let read = |text| parse(text).map(|address| address.to_string());
        assert_eq!(read("8787").as_deref(), Ok("127.0.0.1:8787"));
        assert_eq!(read("localhost:1").as_deref(), Ok("127.0.0.1:1"));
        assert_eq!(read("0.0.0.0:80").as_deref(), Ok("0.0.0.0:80"));
        assert_eq!(read("[::1]:80").as_deref(), Ok("[::1]:80"));
        for wrong in ["", "127.0.0.1", "localhost", "example.com:80", "70000"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn whether_a_hangup_is_ignored_is_read_off_its_bit() {
        for (mask, ignored) in [
            ("0000000000000001", true),
            ("0000000000001001", true),
            ("0000000000001000", false),
            ("fffffffffffffffe", false),
            ("", false),
        ] {
            let status = format!("SigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t0000000000000001\n");
            assert_eq!(ignores_hangup(&status), ignored, "{mask}");
        }
    }
}
