//! Decides what is kept of a login that was tried: what the visitor saw and what the emulator was asked, without a
//! parameter's value, a token or a secret.

use super::lies::Lie;
use crate::journey::Words;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

/// Longest text kept of a page, in characters.
const TEXT: usize = 4000;

/// A page as the visitor saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its address, without query.
    pub address: String,
    /// The status.
    pub status: u16,
    /// The longest wait for one answer on the way there.
    pub waited: Duration,
    /// The content type.
    pub kind: String,
    /// The title.
    pub title: String,
    /// The words of it; the body itself where it is no page.
    pub text: String,
    /// How many links and forms there are to go on with.
    pub ways: usize,
    /// Whether the callback itself answered it, and did not send the browser to another address.
    pub at_callback: bool,
    /// Whether markup that came in an error's words is markup of the page.
    pub injected: bool,
    /// Whether a script writes what is to be read there.
    pub scripted: bool,
}

impl Seen {
    /// Fewest characters of a page that says something.
    pub const SHORTEST: usize = 20;

    /// `text` no longer than is kept.
    pub fn bounded(text: &str) -> String {
        text.chars().take(TEXT).collect()
    }
}

/// Who a service's pages say is logged in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Who {
    /// No name that was not there before.
    #[default]
    Nobody,
    /// The person who logged in.
    Themself,
    /// Somebody without a name: there is a way to log out where there was none.
    Unnamed,
    /// Somebody else, or the name that a lie brought.
    Another(String),
}

/// One call that the emulator had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// The endpoint's name.
    pub endpoint: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Whether the browser made it, and not the service.
    pub browser: bool,
    /// The status that it was answered with.
    pub status: u16,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// What the emulator found wrong in it.
    pub wrong: Vec<Words>,
}

/// What became of a logout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaving {
    /// What the logout is called on the page; nothing where there is none.
    pub control: Option<String>,
    /// Where it ended; nothing if nothing answered.
    pub end: Option<Seen>,
    /// Whether it ended at the emulator and not at the service.
    pub at_emulator: bool,
    /// Who is still logged in at the service.
    pub who: Who,
    /// Whether FranceConnect asks again who somebody is.
    pub asked_again: Option<bool>,
    /// Whether scripts could show a logout that was not found.
    pub scripted: bool,
}

/// One login that was tried.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What was tried.
    pub lie: &'static Lie,
    /// The page where the login ended, or why there is none.
    pub end: Result<Seen, Words>,
    /// Who is logged in afterwards.
    pub who: Who,
    /// What the emulator was asked.
    pub calls: Vec<Call>,
    /// Requests of the visitor, one a line.
    pub trail: Vec<String>,
    /// What became of the logout, if one was tried.
    pub leaving: Option<Leaving>,
    /// Whether userinfo was asked again when a page was opened after the login.
    pub recalled: bool,
    /// What of the page that names the person has a figure in it: numbers of accounts among them, no address.
    pub figures: BTreeSet<String>,
}

impl Trial {
    /// A login that could not be tried.
    pub fn unseen(lie: &'static Lie, why: Words) -> Self {
        let (calls, trail, who, leaving, recalled, figures) = Default::default();
        Self { lie, end: Err(why), who, calls, trail, leaving, recalled, figures }
    }

    /// The lie in a few words.
    pub fn name(&self) -> Words {
        let (fr, en) = self.lie.what();
        let (fault, case) = (self.lie.fault, self.lie.case);
        let named = if fault.is_empty() { String::new() } else { format!(" ({fault})") };
        let case = if case.is_empty() { String::new() } else { format!("{case}, ") };
        Words::new(format!("{case}{fr}{named}"), format!("{case}{en}{named}"))
    }

    /// The calls to an endpoint.
    pub fn calls_to<'a>(&'a self, endpoint: &'a str) -> impl Iterator<Item = &'a Call> {
        self.calls.iter().filter(move |call| call.endpoint == endpoint)
    }

    /// Whether the login came as far as the lie.
    pub fn reached(&self) -> bool {
        let place = self.lie.fault().map(|fault| fault.endpoint().name());
        place.is_none_or(|place| self.calls_to(place).next().is_some())
    }

    /// The exchanges, as evidence.
    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for line in &self.trail {
            let _ = writeln!(text, "{line}");
        }
        for call in self.calls.iter().filter(|call| !call.browser) {
            let (endpoint, status) = (&call.endpoint, call.status);
            let _ = writeln!(
                text,
                "service → émulateur : {endpoint} [{}] → {status}",
                call.parameters.join(", ")
            );
        }
        text
    }
}

/// Where a secret was seen that must be nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leak {
    /// The client's secret.
    Secret(String),
    /// An access token.
    AccessToken(String),
}

/// The authorization request of one attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// Its `state`.
    pub state: String,
    /// Its `nonce`.
    pub nonce: String,
    /// Its `redirect_uri`.
    pub redirect_uri: String,
    /// Its `scope`: the data that are asked for.
    pub scope: String,
    /// Its `acr_values`: the levels that are.
    pub acr_values: String,
}

/// What became of callbacks that were opened where or when they should not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replays {
    /// A callback opened a second time in the same browser: the page, and whether the code was sent again.
    pub again: Option<(Seen, bool)>,
    /// A callback opened in another browser than the login began in: the page, and who is logged in there.
    pub stolen: Option<(Seen, Who)>,
    /// Two attempts of one browser, one after the other.
    pub twice: Option<(Attempt, Attempt)>,
}

/// A sector identifier document, as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Its address.
    pub address: String,
    /// The status; 0 when nothing answered.
    pub status: u16,
    /// The addresses that it lists; nothing if it is no array of text.
    pub listed: Option<Vec<String>>,
}

/// What FranceConnect knows of the service, if the run knows it as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// The callbacks.
    pub redirect_uris: Vec<String>,
    /// The returns from a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// The sector identifier document, if one is registered.
    pub sector: Option<Sector>,
}

/// Everything that was seen of a service.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Its address.
    pub url: String,
    /// Whether FranceConnect+ was asked.
    pub plus: bool,
    /// The words of the page with the button, for nobody.
    pub login_page: String,
    /// The honest login.
    pub honest: Trial,
    /// The others, in the order of the list.
    pub trials: Vec<Trial>,
    /// Callbacks out of place.
    pub replays: Replays,
    /// Attempts that were begun and left.
    pub attempts: Vec<Attempt>,
    /// Secrets out of place.
    pub leaks: Vec<Leak>,
    /// The registration, if it is known.
    pub registration: Option<Registration>,
    /// Whether the client's secret was known, to be looked for where it must not be.
    pub secret_known: bool,
}
