//! Decides how a kind of fault is written down: one row each, with a name, an outcome and what it does.

use super::Fault;

/// The stages of a login, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// On reading the metadata: the citizen is not even sent away.
    Discovery,
    /// On reading the key set: no call after it.
    Keys,
    /// On the citizen's return: no token call.
    Callback,
    /// On the token answer: no userinfo call.
    Token,
    /// On the ID Token: no userinfo call.
    IdToken,
    /// On the userinfo answer: no session.
    UserInfo,
    /// On the return from a logout.
    Logout,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Discovery,
        Self::Keys,
        Self::Callback,
        Self::Token,
        Self::IdToken,
        Self::UserInfo,
        Self::Logout,
    ];

    /// The stage's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "jwks",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::IdToken => "id_token",
            Self::UserInfo => "userinfo",
            Self::Logout => "logout",
        }
    }
}

/// What a correct relying party makes of a fault. Logout faults never concern the login: it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The login succeeds.
    Succeeds,
    /// The login stops, at the fault's stage or before.
    Stops,
    /// Both are correct; the choice is the relying party's.
    Either,
}

/// What is known of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub(super) name: &'static str,
    pub(super) stage: Stage,
    pub(super) outcome: Outcome,
    pub(super) what: &'static str,
    pub(super) fr: &'static str,
}

/// One kind of fault: `Variant = "word", Outcome, "what", "ce que c’est";`, with `at Stage` after the outcome when it
/// may be noticed later than the others of its kind.
macro_rules! faults {
    (@stage $usual:ident) => { $crate::emulator::fault::Stage::$usual };
    (@stage $usual:ident $later:ident) => { $crate::emulator::fault::Stage::$later };
    ($(#[$doc:meta])* $kind:ident, $place:literal, $stage:ident;
     $($variant:ident = $word:literal, $outcome:ident $(at $later:ident)?, $what:literal, $fr:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $kind { $(#[doc = $what] $variant,)* }

        impl $kind {
            pub(super) const ALL: &'static [$crate::emulator::fault::Fault] =
                &[$($crate::emulator::fault::Fault::$kind(Self::$variant),)*];

            pub(super) fn facts(self) -> $crate::emulator::fault::table::Facts {
                match self {
                    $(Self::$variant => $crate::emulator::fault::table::Facts {
                        name: concat!($place, ".", $word),
                        stage: faults!(@stage $stage $($later)?),
                        outcome: $crate::emulator::fault::Outcome::$outcome,
                        what: $what,
                        fr: $fr,
                    },)*
                }
            }
        }
    };
}

/// How many faults `kinds` hold.
pub(super) const fn count(mut kinds: &[&[Fault]]) -> usize {
    let mut count = 0;
    while let Some((kind, rest)) = kinds.split_first() {
        count += kind.len();
        kinds = rest;
    }
    count
}

/// All faults of `kinds` in one array, made by the compiler; `N` is their [`count`].
pub(super) const fn gather<const N: usize>(mut kinds: &[&[Fault]]) -> [Fault; N] {
    let mut all = [Fault::Logout(super::Logout::ErrorPage); N];
    let mut free: &mut [Fault] = &mut all;
    while let Some((kind, rest)) = kinds.split_first() {
        let mut kind = *kind;
        while let Some((fault, others)) = kind.split_first() {
            // Moved out of `free` before it is split, or the halves could not be kept.
            let Some((slot, slots)) = { free }.split_first_mut() else { return all };
            *slot = *fault;
            (kind, free) = (others, slots);
        }
        kinds = rest;
    }
    all
}
