//! Decides which addresses a step is looked at, how each is asked for, and which redirects are part of its answer.

use crate::config::{Config, Registration};
use crate::journey::configuration::{Configuration, address};
use crate::journey::dossier::*;
use crate::journey::probe::{Answer, Prober, Trouble};
use crate::journey::{Words, eligibility};
use url::Url;

/// Most redirects of a page or a text.
const HOPS: usize = 5;

/// What a browser says when somebody clicks: a login begins in no other way.
const CLICK: [(&str, &str); 6] = [
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("accept-language", "fr-FR,fr;q=0.9"),
    ("sec-fetch-site", "none"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-user", "?1"),
];

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The text that allows the data to be processed.
    Law,
    /// A text that these sheets refer to.
    Reference,
    /// The page that shows the button.
    Page,
    /// Where a login ends.
    Callback,
    /// Where a logout ends.
    LogoutCallback,
    /// Where a logout begins.
    Logout,
    /// The callbacks that share a client.
    Sector,
    /// Our public keys.
    Keys,
    /// Where a login begins.
    Login,
    /// The authorization request that comes of it, at FranceConnect.
    Request,
}

impl What {
    /// Whether the service answers there.
    pub(super) fn is_ours(self) -> bool {
        !matches!(self, Self::Law | Self::Reference)
    }

    /// The word of JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Reference => "reference",
            Self::Page => "page",
            Self::Callback => "callback",
            Self::LogoutCallback => "logout-callback",
            Self::Logout => "logout",
            Self::Sector => "sector",
            Self::Keys => "keys",
            Self::Login => "login",
            Self::Request => "request",
        }
    }

    /// The name for people.
    pub fn words(self) -> Words {
        match self {
            Self::Law => Words::new("Texte (legal_basis.url)", "Legal text (legal_basis.url)"),
            Self::Reference => Words::new("Référence", "Reference"),
            Self::Page => Words::new("URL du site", "Page with the button"),
            Self::Callback => Words::new("URL de redirection de connexion", "Login callback"),
            Self::LogoutCallback => Words::new("URL de redirection de déconnexion", "Logout callback"),
            Self::Logout => Words::new("Page de déconnexion", "Logout page"),
            Self::Sector => Words::new("URL d’identifiant de secteur", "Sector identifier"),
            Self::Keys => Words::new("Client keys url (jwks_uri)", "Client keys url (jwks_uri)"),
            Self::Login => Words::new("Début de connexion", "Login"),
            Self::Request => Words::new("Demande de connexion, à blanc", "Authorization request, dry"),
        }
    }
}

/// An address to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it is.
    pub what: What,
    /// The address.
    pub url: Url,
    /// The algorithm of the keys that are expected there.
    pub encryption: Option<&'static str>,
}

impl Place {
    /// An address where no keys are.
    pub fn new(what: What, url: Url) -> Self {
        Self { what, url, encryption: None }
    }

    /// Asks for it as whoever comes there does.
    pub(super) async fn ask(&self, prober: &Prober) -> Result<Answer, Trouble> {
        let headers: &[(&str, &str)] = match self.what {
            What::Sector | What::Keys => &[("accept", "application/json")],
            _ => &CLICK,
        };
        let follows: fn(&Url, &Url) -> bool = match self.what {
            What::Law | What::Reference => |_, _| true,
            // Another host is another page: FranceConnect’s own, where no button is seen.
            What::Page => |from, to| from.host_str() == to.host_str(),
            // Compared letter by letter, and fetched without following.
            _ => |_, _| false,
        };
        follow(prober, &self.url, headers, follows).await
    }
}

/// What `url` answers in the end, where `follows` says which redirects lead on; all of them together may take as long
/// as one answer.
async fn follow(
    prober: &Prober,
    url: &Url,
    headers: &[(&str, &str)],
    follows: fn(&Url, &Url) -> bool,
) -> Result<Answer, Trouble> {
    let way = async {
        let mut answer = prober.get_with(url, headers).await?;
        for _ in 0..HOPS {
            let next = answer.location().filter(|_| matches!(answer.status, 301 | 302 | 303 | 307 | 308));
            let Some(next) = next.filter(|next| follows(&answer.url, next)) else { break };
            answer = prober.get_with(&next, headers).await?;
        }
        Ok(answer)
    };
    let patience = prober.patience();
    tokio::time::timeout(patience, way).await.unwrap_or(Err(Trouble::Late(patience)))
}

/// What a login that somebody begins at `url` is answered, one redirect within the service allowed.
///
/// # Errors
/// When nothing answers.
pub(super) async fn begin(prober: &Prober, url: &Url) -> Result<Answer, Trouble> {
    follow(prober, url, &CLICK, |from, to| from.origin() == to.origin()).await
}

/// What FranceConnect answers to a request.
pub(super) async fn click(prober: &Prober, url: &Url) -> Result<Answer, Trouble> {
    prober.get_with(url, &CLICK).await
}

/// Every address that a step is looked at; `configuration` is the one that the step is about.
pub fn places(dossier: &Dossier, step: Step, configuration: Option<&Configuration>) -> Vec<Place> {
    let place = |what, text: &str| Url::parse(text).ok().map(|url| Place::new(what, url));
    let law = dossier.value(LEGAL_URL).and_then(|text| place(What::Law, text));
    let page = match step {
        Step::Eligibility => {
            let known = law.as_ref().map(|law| law.url.to_string()).unwrap_or_default();
            let references = eligibility::REFERENCES.iter().filter(|text| **text != known);
            return law
                .into_iter()
                .chain(references.filter_map(|text| place(What::Reference, text)))
                .collect();
        }
        Step::Habilitation => return law.into_iter().collect(),
        Step::Sandbox => SANDBOX_PAGE,
        Step::Production => PRODUCTION_PAGE,
        Step::Qualification => return Vec::new(),
    };
    let page = dossier.value(page).and_then(|text| place(What::Page, text));
    let declared = configuration.and_then(|configuration| configuration.registration(dossier.product()));
    let declared =
        declared.map(|(config, registration)| declared_at(config, registration)).unwrap_or_default();
    page.into_iter().chain(declared).collect()
}

fn declared_at(config: &Config, registration: &Registration) -> Vec<Place> {
    let encryption = registration.client.encryption.map(|encryption| encryption.name());
    let all = [
        Some((What::Callback, config.redirect_uri().to_owned())),
        Some((What::LogoutCallback, config.post_logout_redirect_uri().to_owned())),
        Some((What::Logout, address(config, "logout"))),
        config.sector.as_ref().map(|_| (What::Sector, address(config, "sector-identifier.json"))),
        encryption.map(|_| (What::Keys, address(config, "jwks.json"))),
    ];
    let all = all.into_iter().flatten();
    all.filter_map(|(what, text)| Some(Place { what, url: Url::parse(&text).ok()?, encryption })).collect()
}
