//! Decides which signals end the wait for a secret, and with which status: 128 and their number, as a shell has it.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that no longer kill the process, so that it can put its terminal in order first.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: Signal,
    quit: Signal,
    hangup: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn heed() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The status to leave with, once one comes.
    pub(super) async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.hangup.recv() => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.quit.recv() => 131,
            _ = self.terminate.recv() => 143,
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn heed() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> u8 {
        let _ = tokio::signal::ctrl_c().await;
        130
    }
}
