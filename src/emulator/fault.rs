//! Decides the ways to misbehave, one at a time.

/// The latest stage of a login at which a fault must be noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// On reading the metadata.
    Discovery,
    /// On reading the key set.
    Keys,
    /// On the citizen's return.
    Callback,
    /// On the token answer.
    Token,
    /// On the ID Token, before userinfo is called.
    IdToken,
    /// On the userinfo answer.
    UserInfo,
    /// On the return from a logout.
    Logout,
}

/// What a correct relying party makes of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The login succeeds.
    Succeeds,
    /// The login stops.
    Stops,
    /// Both are correct.
    Either,
}

macro_rules! faults {
    ($($variant:ident = $name:literal, $stage:ident, $outcome:ident, $what:literal;)*) => {
        /// One way to misbehave.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault { $(#[doc = $what] $variant,)* }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Fault] = &[$(Fault::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it does.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// The latest stage at which a login must stop, or where the fault shows if it need not.
            pub fn stage(self) -> Stage {
                match self { $(Self::$variant => Stage::$stage,)* }
            }

            /// What a correct relying party makes of it.
            pub fn outcome(self) -> Outcome {
                match self { $(Self::$variant => Outcome::$outcome,)* }
            }
        }
    };
}

impl Fault {
    /// The fault of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// Whether the login must succeed nevertheless.
    pub fn benign(self) -> bool {
        self.outcome() == Outcome::Succeeds
    }
}

faults! {
    CallbackNoIss = "callback.no_iss", Callback, Stops, "the callback carries no `iss`";
}
