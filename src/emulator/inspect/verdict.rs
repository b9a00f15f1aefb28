//! Decides whether a service did right by a lie: which calls it still made although it should have stopped.

use super::Record;
use crate::emulator::behaviour::Behaviour;
use crate::emulator::{Endpoint, Outcome, Stage};

/// How many seconds of a wrong clock no leeway covers.
const BEYOND_LEEWAY: i64 = 300;

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

/// What a service has to make of something that is wrong.
struct Demand {
    /// Whose answer is wrong.
    endpoint: Endpoint,
    /// Where it must stop at the latest.
    stage: Stage,
    outcome: Outcome,
}

/// A lie before all else, then an endpoint out of order, then a clock that is wrong.
fn demand(behaviour: &Behaviour) -> Option<Demand> {
    if let Some(fault) = behaviour.fault {
        return Some(Demand { endpoint: fault.endpoint(), stage: fault.stage(), outcome: fault.outcome() });
    }
    let outages = [
        (Endpoint::Discovery, Stage::Discovery),
        (Endpoint::Jwks, Stage::Keys),
        (Endpoint::Token, Stage::Token),
        (Endpoint::UserInfo, Stage::UserInfo),
    ];
    let out = outages.into_iter().find(|(endpoint, _)| behaviour.outage.contains(endpoint));
    let skew = match behaviour.clock_skew.saturating_abs() {
        0 => None,
        little if little < BEYOND_LEEWAY => Some(Outcome::Either),
        _ => Some(Outcome::Stops),
    };
    out.map(|(endpoint, stage)| Demand { endpoint, stage, outcome: Outcome::Stops })
        .or_else(|| skew.map(|outcome| Demand { endpoint: Endpoint::Token, stage: Stage::IdToken, outcome }))
}

impl Record {
    /// How the service took what the emulator did wrong in this login; nothing if it did nothing wrong.
    pub(in crate::emulator) fn verdict(&self) -> Option<Verdict> {
        demand(&self.behaviour).map(|demand| self.judge(demand))
    }

    fn judge(&self, Demand { endpoint, stage, outcome }: Demand) -> Verdict {
        let called = |endpoint| self.exchanges.iter().any(|exchange| exchange.endpoint == endpoint);
        let told = self.exchanges.iter().any(|exchange| exchange.endpoint == endpoint);
        // A code for the service: the citizen has come back.
        let returned = self.exchanges.iter().any(|exchange| {
            exchange.endpoint == Endpoint::Interaction
                && exchange.location.as_ref().is_some_and(|location| !location.contains("/interaction/"))
        });
        if !told && !called(Endpoint::UserInfo) {
            return Verdict::NotReached;
        }
        match outcome {
            Outcome::Either => Verdict::Unseen,
            Outcome::Succeeds if called(Endpoint::UserInfo) || stage == Stage::Logout => Verdict::Right,
            Outcome::Succeeds if returned => Verdict::TooStrict,
            Outcome::Succeeds => Verdict::NotReached,
            Outcome::Stops => match stage {
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
