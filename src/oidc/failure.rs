//! How a login ends without a session: split by who is at fault, each with a stable code.

/// Who is at fault, and so what the visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The provider, an attacker, or a login that is over: one page, the rule only in the log.
    Refusal,
    /// The citizen said no, or FranceConnect could not let this person in.
    Denial,
    /// The network or the provider is down: a retry is offered.
    Unreachable,
    /// Our configuration: operators must act.
    Fault,
}

/// The end of a login, in words of this program only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Who is at fault.
    pub blame: Blame,
    /// Stable code: `place.rule`, used in logs, tests and reports.
    pub code: &'static str,
    /// What was wrong, in English, for the log.
    pub meaning: &'static str,
}

impl Failure {
    /// A refusal.
    pub const fn refusal(code: &'static str, meaning: &'static str) -> Self {
        Self { blame: Blame::Refusal, code, meaning }
    }

    /// A denial.
    pub const fn denial(code: &'static str, meaning: &'static str) -> Self {
        Self { blame: Blame::Denial, code, meaning }
    }

    /// A provider that could not be reached or used.
    pub const fn unreachable(code: &'static str, meaning: &'static str) -> Self {
        Self { blame: Blame::Unreachable, code, meaning }
    }

    /// A fault of our configuration.
    pub const fn fault(code: &'static str, meaning: &'static str) -> Self {
        Self { blame: Blame::Fault, code, meaning }
    }
}
