//! Decides where things are on a service under test: its login, the page that names who is logged in, its logout.

use super::page::{Control, Page};
use super::told;
use super::visitor::{Bounds, PATIENCE, Trouble, Visitor};
use crate::journey::Words;
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A service as those who run the qualification describe it.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its address.
    pub url: Url,
    /// The page that has the FranceConnect button, or the address that begins a login.
    pub login: Url,
    /// The page that names who is logged in; looked for if it is not given.
    pub profile: Option<Url>,
    /// The address that logs out; looked for on the pages if it is not given.
    pub logout: Option<Url>,
    /// The client's secret, if it is known: looked for where it must not be.
    pub secret: Option<String>,
}

impl Service {
    /// Its address as it may be shown.
    pub fn address(&self) -> String {
        told::shown(&self.url)
    }
}

/// Most pages between the one that is opened and FranceConnect.
const STEPS: usize = 4;
/// How many attempts are begun to look at `state` and `nonce`.
const ATTEMPTS: usize = 100;
/// How long services keep from fetching a key set again.
const COOLDOWN: Duration = Duration::from_secs(61);

/// A service, and what goes to it.
#[derive(Debug, Clone)]
pub struct Trip {
    pub(super) client: Client,
    pub(super) bounds: Arc<Bounds>,
    pub(super) service: Service,
    pub(in crate::journey::qualification) cooldown: Duration,
    pub(in crate::journey::qualification) attempts: usize,
}

/// Why no login begins.
pub(super) enum NoWay {
    /// Nothing at the address that was given.
    Silent(Trouble),
    /// Something, which leads nowhere.
    Lost(Words),
}

/// What a page that names somebody is usually called.
const PROFILE: [&str; 7] =
    ["mon compte", "mon profil", "votre profil", "mon espace", "mes informations", "profil", "account"];
/// What a logout is usually called, or where it leads.
const LOGOUT: [&str; 6] = ["se deconnecter", "deconnexion", "deconnecter", "log out", "logout", "sign out"];

impl Trip {
    /// A trip to `service`, with an emulator that has the origin of `emulator`; `hosts` are others of the service.
    ///
    /// # Errors
    /// When nothing can be asked at all.
    pub fn new(service: Service, emulator: Url, hosts: Vec<String>) -> Result<Self, Trouble> {
        let own =
            [Some(&service.url), Some(&service.login), service.profile.as_ref(), service.logout.as_ref()];
        let own = own.into_iter().flatten().filter_map(|url| url.host_str().map(str::to_owned));
        let bounds = Bounds { hosts: own.chain(hosts).collect(), emulator, patience: PATIENCE };
        Ok(Self {
            client: super::visitor::client()?,
            bounds: Arc::new(bounds),
            service,
            cooldown: COOLDOWN,
            attempts: ATTEMPTS,
        })
    }

    /// The same, waiting no longer than this for an answer.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Self {
        Arc::make_mut(&mut self.bounds).patience = patience;
        self
    }

    /// The same, expecting services to fetch keys again after this long.
    #[must_use]
    pub fn keys_again_after(self, cooldown: Duration) -> Self {
        Self { cooldown, ..self }
    }

    /// The same, beginning this many attempts to look at `state` and `nonce`.
    #[must_use]
    pub fn attempting(self, attempts: usize) -> Self {
        Self { attempts, ..self }
    }

    /// The same, by way of this client.
    #[must_use]
    pub fn through(self, client: Client) -> Self {
        Self { client, ..self }
    }

    /// Where a visitor may go.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Somebody without cookies, toward whom the emulator behaves like this.
    pub(super) fn visitor(&self, behaviour: &str) -> Visitor {
        Visitor::new(self.client.clone(), Arc::clone(&self.bounds)).meeting(behaviour)
    }

    /// The status of a document, and the texts that it lists if it is an array of them.
    pub(in crate::journey::qualification) async fn document(
        &self,
        address: &str,
    ) -> (u16, Option<Vec<String>>) {
        match Visitor::fetch(&self.client, address).await {
            Some((status, body)) => (status, serde_json::from_slice(&body).ok()),
            None => (0, None),
        }
    }

    /// Begins a login: the authorization request at the emulator, not yet made.
    pub(super) async fn begin(&self, visitor: &mut Visitor) -> Result<Url, Words> {
        self.enter(visitor).await.map_err(|no_way| match no_way {
            NoWay::Silent(trouble) => trouble.words(),
            NoWay::Lost(why) => why,
        })
    }

    /// The same, which tells a service that is not there from one that leads nowhere.
    pub(super) async fn enter(&self, visitor: &mut Visitor) -> Result<Url, NoWay> {
        let bounds = Arc::clone(&self.bounds);
        let stop = |url: &Url| bounds.at_emulator(url);
        let mut landing = visitor.open(&self.service.login, stop).await.map_err(NoWay::Silent)?;
        // A page in between may present FranceConnect before it leads there.
        for _ in 0..STEPS {
            if bounds.at_emulator(&landing.url) {
                return Ok(landing.url);
            }
            let sends = |control: &&Control| {
                landing.url.join(&control.target).is_ok_and(|url| bounds.at_emulator(&url))
            };
            let way = landing.page.controls.iter().find(sends).or_else(|| button(&landing.page));
            let Some(button) = way.or_else(|| way_in(&landing.page)) else { break };
            landing = visitor.follow(&landing, button, stop).await.map_err(|trouble| match trouble {
                Trouble::Elsewhere(to) => NoWay::Lost(told::elsewhere(&to, &bounds.emulator)),
                trouble => NoWay::Lost(trouble.words()),
            })?;
        }
        if bounds.at_emulator(&landing.url) {
            Ok(landing.url)
        } else {
            Err(NoWay::Lost(told::no_button(&landing)))
        }
    }
}

/// The FranceConnect button of a page: by the class of the design system, else by its words.
pub(in crate::journey) fn button(page: &Page) -> Option<&Control> {
    let explains = |control: &&Control| {
        let words = folded(&control.words);
        !control.form && (control.target.contains("franceconnect.gouv.fr") || words.contains("qu est ce que"))
    };
    let candidates = || page.controls.iter().filter(move |control| !explains(control));
    let classed = |control: &&Control| control.class.split_whitespace().any(|class| class == "fr-connect");
    let named = |control: &&Control| folded(&control.words).replace(' ', "").contains("franceconnect");
    candidates().find(classed).or_else(|| candidates().find(named))
}

/// What leads to the page of the button: a link, or a form in which there is nothing to fill in.
fn way_in(page: &Page) -> Option<&Control> {
    const WORDS: [&str; 7] =
        ["se connecter", "connexion", "s identifier", "connectez vous", "log in", "login", "sign in"];
    let filled = |control: &&Control| control.fields.iter().all(|(_, value)| !value.is_empty());
    let says = |control: &&Control| {
        let words = folded(&control.words);
        WORDS.iter().any(|word| words.starts_with(word))
    };
    page.controls.iter().find(|control| says(control) && filled(control))
}

/// The link to the page that names who is logged in.
pub(super) fn profile(page: &Page) -> Option<&Control> {
    let links = || page.controls.iter().filter(|control| !control.form && !is_logout(control));
    PROFILE.iter().find_map(|words| links().find(|control| folded(&control.words).contains(words)))
}

/// The control that logs out here; of several the one with the fewest words, as others log out elsewhere too.
pub(super) fn logout(page: &Page) -> Option<&Control> {
    page.controls.iter().filter(|control| is_logout(control)).min_by_key(|control| control.words.len())
}

fn is_logout(control: &Control) -> bool {
    let (words, target) = (folded(&control.words), folded(&control.target));
    LOGOUT.iter().any(|known| words.contains(known))
        || ["logout", "deconnexion"].iter().any(|known| target.split(' ').any(|part| part == *known))
}

/// Text in which only letters and digits count, in lower case, without the accents of French.
pub(in crate::journey::qualification) fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ÿ' => 'y',
        'ç' => 'c',
        c if c.is_alphanumeric() => c,
        _ => ' ',
    };
    // Files that know no ligature write both letters.
    let text = text.to_lowercase().replace('œ', "oe").replace('æ', "ae");
    let plain: String = text.chars().map(plain).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `text` says `name` in words of its own.
pub(super) fn names(text: &str, name: &str) -> bool {
    format!(" {} ", folded(text)).contains(&format!(" {} ", folded(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_the_profile_and_the_logout_are_found_and_no_link_beside_them() {
        let page = Page::read(
            "<a href='https://franceconnect.gouv.fr/'>Qu’est-ce que FranceConnect ?</a>\
             <form action=/recherche><button>Chercher</button></form>\
             <form action=/partir method=post><button>Se déconnecter partout</button></form>\
             <form action=/sortir method=post><button>Se déconnecter</button></form>\
             <a href=/moi>Mon compte</a><a href=/entrer><img alt=\"S'identifier avec FranceConnect\"></a>",
        );
        assert_eq!(button(&page).map(|found| found.target.as_str()), Some("/entrer"));
        assert_eq!(profile(&page).map(|found| found.target.as_str()), Some("/moi"));
        assert_eq!(logout(&page).map(|found| found.target.as_str()), Some("/sortir"));
    }

    #[test]
    fn the_way_to_the_button_is_a_link_and_not_a_form_to_fill_in() {
        let page = Page::read(
            "<form><input name=login><input name=password type=password><button>Se connecter</button></form>\
             <a href=/connexion>Connexion</a>",
        );
        assert_eq!(way_in(&page).map(|found| found.target.as_str()), Some("/connexion"));
    }

    #[test]
    fn a_name_is_found_whatever_its_case_and_accents_and_not_inside_another() {
        assert!(names("Bonjour Cœlia OEUVRARD", "cœlia") && names("COELIA", "Cœlia"));
        assert!(names("Connecté : Anaïs LE GOFF-DUPONT", "Le Goff Dupont"));
        assert!(!names("Angelarium", "Angela") && !names("autrement", "AUTRE"));
    }
}
