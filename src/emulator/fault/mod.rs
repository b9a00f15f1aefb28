//! Decides the ways to misbehave, one at a time: their names, the stage that must notice each, and whether a
//! correct relying party may or must go on.
//!
//! Each file below holds one kind: its table, and what each entry does to an honest answer.

#[macro_use]
mod table;

mod callback;
mod claims;
mod delivery;
mod discovery;
mod form;
mod header;
mod jwe;
mod keys;
mod logout;
mod signature;
mod suite;
mod token;
mod userinfo;

pub use callback::Callback;
pub use claims::Claims;
pub use delivery::{Delivery, Place};
pub use discovery::Discovery;
pub use form::Form;
pub use header::Header;
pub use jwe::{Jwe, Sealed};
pub use keys::Keys;
pub use logout::Logout;
pub use signature::Signature;
pub use table::{Outcome, Stage};
pub use token::Token;
pub use userinfo::UserInfo;

pub(super) use claims::Facts as ClaimsFacts;
pub(super) use jwe::Letter;
pub(super) use signature::{Pen, STRANGER, enc_key, second_key};

use super::{Encryption, Endpoint, Product};
use jwe::Family;
use serde_json::Value;
use std::time::Duration;
use table::Facts;

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// How an answer is delivered, whatever it says.
    Delivery(Place, Delivery),
    /// What the metadata say.
    Discovery(Discovery),
    /// What the key set says, and when.
    Keys(Keys),
    /// What the citizen's browser brings back.
    Callback(Callback),
    /// What surrounds the ID Token in the token answer.
    Token(Token),
    /// What the ID Token claims.
    Claims(Claims),
    /// Who signed the ID Token, and how.
    Signature(Signature),
    /// What the ID Token's header says, under an honest signature.
    Header(Header),
    /// How the ID Token is written down.
    Form(Form),
    /// How the ID Token, or the userinfo answer, is encrypted.
    Jwe(Sealed, Jwe),
    /// Everything about userinfo.
    UserInfo(UserInfo),
    /// How the citizen comes back from a logout.
    Logout(Logout),
}

impl Fault {
    /// Every fault, whichever product can tell it: [`Fault::applies`].
    pub const ALL: &'static [Fault] = &table::gather::<COUNT>(KINDS);

    /// The stable name, `id_token.nonce_other` for example.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What it does, in a few words of English.
    pub fn what(self) -> &'static str {
        self.facts().what
    }

    /// What it does, in a few words of French.
    pub fn what_fr(self) -> &'static str {
        self.facts().fr
    }

    /// The latest stage at which a login must stop; where the fault shows, if the login need not stop.
    pub fn stage(self) -> Stage {
        self.facts().stage
    }

    /// What a correct relying party makes of it.
    pub fn outcome(self) -> Outcome {
        self.facts().outcome
    }

    /// The endpoint whose answer lies. A login that does not call it (keys still known, endpoints built in, no
    /// logout) is not concerned and succeeds.
    pub fn endpoint(self) -> Endpoint {
        match self {
            Self::Delivery(Place::Discovery, _) | Self::Discovery(_) => Endpoint::Discovery,
            Self::Delivery(Place::Keys, _) => Endpoint::Jwks,
            Self::Keys(lie) if lie.signs() => Endpoint::Token,
            Self::Keys(_) => Endpoint::Jwks,
            Self::Callback(Callback::CodeUsed | Callback::CodeOtherLogin) => Endpoint::Token,
            Self::Callback(_) => Endpoint::Interaction,
            Self::Delivery(Place::UserInfo, _) | Self::UserInfo(_) | Self::Jwe(Sealed::UserInfo, _) => {
                Endpoint::UserInfo
            }
            Self::Logout(_) => Endpoint::EndSession,
            Self::Delivery(Place::Token, _)
            | Self::Token(_)
            | Self::Claims(_)
            | Self::Signature(_)
            | Self::Header(_)
            | Self::Form(_)
            | Self::Jwe(Sealed::IdToken, _) => Endpoint::Token,
        }
    }

    /// How much later than an honest answer the one with this fault ends: what a relying party that gives up must not
    /// wait for, and one that does not makes its visitor wait for.
    pub fn lateness(self) -> Duration {
        match self {
            Self::Delivery(_, delivery) => delivery.lateness(),
            _ => Duration::ZERO,
        }
    }

    /// Whether it can be told at all by `product` to a client whose tokens are encrypted like this; one that cannot
    /// be changes nothing there.
    pub fn applies(self, product: Product, encryption: Option<Encryption>) -> bool {
        match (self, product, encryption) {
            (Self::Jwe(_, lie), Product::Plus, Some(encryption)) => {
                lie.only().is_none_or(|family| family == Family::of(encryption))
            }
            (Self::Jwe(..), _, _) => false,
            (Self::Claims(Claims::AcrLowest), product, _) => product == Product::Plus,
            _ => true,
        }
    }

    /// Whether the login must succeed nevertheless.
    pub fn benign(self) -> bool {
        self.outcome() == Outcome::Succeeds
    }

    /// The fault of this name, ours or the OpenID conformance suite's.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name || fault.suite().contains(&name))
    }

    fn facts(self) -> Facts {
        match self {
            Self::Delivery(place, delivery) => delivery.facts(place),
            Self::Discovery(lie) => lie.facts(),
            Self::Keys(lie) => lie.facts(),
            Self::Callback(lie) => lie.facts(),
            Self::Token(lie) => lie.facts(),
            Self::Claims(lie) => lie.facts(),
            Self::Signature(lie) => lie.facts(),
            Self::Header(lie) => lie.facts(),
            Self::Form(lie) => lie.facts(),
            Self::Jwe(of, lie) => lie.facts(of),
            Self::UserInfo(lie) => lie.facts(),
            Self::Logout(lie) => lie.facts(),
        }
    }
}

const KINDS: &[&[Fault]] = &[
    delivery::ALL,
    Discovery::ALL,
    Keys::ALL,
    Callback::ALL,
    Token::ALL,
    Claims::ALL,
    Signature::ALL,
    Header::ALL,
    Form::ALL,
    jwe::ALL,
    UserInfo::ALL,
    Logout::ALL,
];

const COUNT: usize = table::count(KINDS);

/// The object `honest` as text, with the member `name` once more in front, saying `value`.
fn twice(honest: &Value, name: &str, value: &Value) -> String {
    let honest = honest.to_string();
    let rest = honest.strip_prefix('{').unwrap_or_default();
    format!("{{{}:{value},{rest}", Value::from(name))
}

/// The object `honest` as text, with one member more that is ten thousand arrays deep.
fn deep(honest: &Value) -> String {
    let honest = honest.to_string();
    let rest = honest.strip_prefix('{').unwrap_or_default();
    format!("{{\"x\":{}{},{rest}", "[".repeat(10_000), "]".repeat(10_000))
}

/// `text` with the case of its letters changed.
fn other_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(*fault), "{}", fault.name());
        }
    }

    #[test]
    fn what_a_fault_does_is_said_in_two_languages() {
        for fault in Fault::ALL {
            let (en, fr) = (fault.what(), fault.what_fr());
            assert!(!en.is_empty() && !fr.is_empty() && en != fr, "{}: {en} / {fr}", fault.name());
            // Code between the same marks, the apostrophe of French print.
            let code = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            assert!(code(en).iter().all(|code| fr.contains(code)), "{}: {en} / {fr}", fault.name());
            assert!(!fr.contains('\''), "{}: {fr}", fault.name());
        }
    }

    #[test]
    fn no_two_faults_of_a_stage_are_told_in_the_same_words() {
        let told = |fault: &Fault| (fault.name().split_once('.').map(|(place, _)| place), fault.what_fr());
        for (at, fault) in Fault::ALL.iter().enumerate() {
            let twin = Fault::ALL.iter().skip(at + 1).find(|other| told(other) == told(fault));
            assert!(twin.is_none(), "{}: {twin:?}", fault.name());
        }
    }
}
