//! Decides whether a service did right by a lie: which calls it still made although it should have stopped.

use super::Record;
use crate::emulator::{Endpoint, Fault, Outcome, Stage};

/// What became of a lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Verdict {
    /// It stopped where it had to, or went on where it had to.
    Right,
    /// It went on with what it should have refused.
    Believed,
    /// It stopped although nothing was wrong.
    TooStrict,
    /// From here the emulator cannot see: whether a session was made only the service knows.
    Unseen,
    /// The login has not come to the lie.
    NotReached,
}

impl Record {
    /// How the service took the lie of this login; nothing if it was told none.
    pub(in crate::emulator) fn verdict(&self) -> Option<Verdict> {
        let fault = self.behaviour.fault?;
        Some(self.judge(fault))
    }

    fn judge(&self, fault: Fault) -> Verdict {
        let called = |endpoint| self.exchanges.iter().any(|exchange| exchange.endpoint == endpoint);
        let told = self.exchanges.iter().any(|exchange| exchange.endpoint == fault.endpoint());
        // A code for the service: the citizen has come back.
        let returned = self.exchanges.iter().any(|exchange| {
            exchange.endpoint == Endpoint::Interaction
                && exchange.location.as_ref().is_some_and(|location| !location.contains("/interaction/"))
        });
        if !told && !called(Endpoint::UserInfo) {
            return Verdict::NotReached;
        }
        match fault.outcome() {
            Outcome::Either => Verdict::Unseen,
            Outcome::Succeeds if called(Endpoint::UserInfo) || fault.stage() == Stage::Logout => {
                Verdict::Right
            }
            Outcome::Succeeds if returned => Verdict::TooStrict,
            Outcome::Succeeds => Verdict::NotReached,
            Outcome::Stops => match fault.stage() {
                Stage::Discovery | Stage::Keys | Stage::Callback if called(Endpoint::Token) && told => {
                    Verdict::Believed
                }
                Stage::Token | Stage::IdToken if called(Endpoint::UserInfo) => Verdict::Believed,
                Stage::UserInfo | Stage::Logout => Verdict::Unseen,
                _ if returned => Verdict::Right,
                _ => Verdict::NotReached,
            },
        }
    }
}
