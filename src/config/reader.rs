//! Reads the variables one by one, noting every fault instead of stopping at the first.

use super::address::{AddressFault, PublicUrl};
use super::place::Place;
use super::variables::*;
use super::{Config, Faults};
use crate::franceconnect::{Level, Product};
use crate::secret::Secret;
use crate::session::{KeyRing, Lifetime, RingFault, SessionStore};
use crate::site::{Access, Exceptions, Protected, ReturnPath, RuleFault, Rules, SitePath};

/// The variables, and what was wrong with those read so far.
pub(super) struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) faults: Faults,
}

impl<'a> Reader<'a> {
    pub(super) fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, faults: Faults::default() }
    }

    /// The value if it is set and not blank.
    pub(super) fn given(&self, name: &'static str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The value, or the default of the table.
    pub(super) fn value(&self, name: &'static str) -> String {
        self.given(name).unwrap_or_else(|| default_of(name).to_owned())
    }

    /// The value, or a fault if it is absent.
    pub(super) fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.given(name);
        if value.is_none() {
            self.faults.missing(name);
        }
        value
    }

    /// One of a few words; another is a fault that lists them.
    pub(super) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(name);
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let list = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            self.faults.add(name, format!("n’est pas l’un de : {list}."), format!("is none of: {list}."));
        }
        found
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        if let Ok(number) = self.value(name).parse()
            && (least..=most).contains(&number)
        {
            return Some(number);
        }
        self.faults.add(
            name,
            format!("n’est pas un nombre entier de {least} à {most}."),
            format!("is not a whole number from {least} to {most}."),
        );
        None
    }

    pub(super) fn public_url(&mut self) -> Option<PublicUrl> {
        let text = self.required(PUBLIC_URL)?;
        PublicUrl::parse(&text)
            .map_err(|fault| {
                let (fr, en) = match fault {
                    AddressFault::NotAUrl => {
                        ("n’est pas une adresse https://hôte.", "is not an address https://host.")
                    }
                    AddressFault::NotAnOrigin => (
                        "doit s’arrêter au nom d’hôte et au port : ni chemin, ni paramètres, ni identifiants.",
                        "must end with host and port: no path, no query, no credentials.",
                    ),
                    AddressFault::NotHttps => (
                        "doit être en https ; http n’est permis que sur localhost, 127.0.0.1 et [::1].",
                        "must be https; http is allowed on localhost, 127.0.0.1 and [::1] only.",
                    ),
                };
                self.faults.add(PUBLIC_URL, fr, en);
            })
            .ok()
    }

    pub(super) fn prefix(&mut self) -> String {
        let prefix = self.value(FC_PREFIX);
        let letters = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'/')
        };
        let sound = prefix.len() <= 64
            && prefix.len() > 1
            && prefix.bytes().all(letters)
            && SitePath::parse(&prefix).is_ok();
        if !sound || prefix.ends_with('/') {
            self.faults.add(
                FC_PREFIX,
                "doit être un chemin comme /auth : minuscules, chiffres, tirets, sans barre finale.",
                "must be a path such as /auth: lower case, digits, hyphens, no trailing slash.",
            );
        }
        prefix
    }

    pub(super) fn service_name(&mut self) -> Option<String> {
        let name = self.given(FC_SERVICE_NAME)?;
        if name.len() > 120 || name.chars().any(char::is_control) {
            self.faults.add(
                FC_SERVICE_NAME,
                "dépasse 120 octets ou contient un caractère de commande.",
                "is longer than 120 bytes or holds a control character.",
            );
        }
        Some(name)
    }

    pub(super) fn stylesheets(&mut self) -> Vec<String> {
        let list = self.value(FC_STYLESHEETS);
        let sheets: Vec<String> =
            list.split(',').map(str::trim).filter(|sheet| !sheet.is_empty()).map(str::to_owned).collect();
        if !sheets.iter().all(|sheet| sheet.is_ascii() && SitePath::parse(sheet).is_ok()) {
            self.faults.add(
                FC_STYLESHEETS,
                "doit lister des chemins du site, comme /style.css.",
                "must list paths of the site, such as /style.css.",
            );
        }
        sheets
    }

    pub(super) fn rules(&mut self) -> Rules {
        let protected = Protected::parse(&self.value(FC_PROTECTED_PATHS)).unwrap_or_else(|faults| {
            self.rule_faults(FC_PROTECTED_PATHS, faults);
            Protected::default()
        });
        let optional = self.exceptions(FC_OPTIONAL_PATHS);
        let public = self.exceptions(FC_PUBLIC_PATHS);
        let rules = Rules::new(protected, optional, public);
        if rules.optional_contradicts() {
            self.faults.add(
                FC_OPTIONAL_PATHS,
                "nomme un chemin que FC_PROTECTED_PATHS nomme aussi.",
                "names a path that FC_PROTECTED_PATHS names, too.",
            );
        }
        if rules.public_contradicts() {
            self.faults.add(
                FC_PUBLIC_PATHS,
                "nomme un chemin que FC_PROTECTED_PATHS ou FC_OPTIONAL_PATHS nomme aussi.",
                "names a path that FC_PROTECTED_PATHS or FC_OPTIONAL_PATHS names, too.",
            );
        }
        rules
    }

    /// A list of paths without levels.
    pub(super) fn exceptions(&mut self, name: &'static str) -> Exceptions {
        Exceptions::parse(&self.value(name)).unwrap_or_else(|faults| {
            self.rule_faults(name, faults);
            Exceptions::default()
        })
    }

    fn rule_faults(&mut self, name: &'static str, faults: Vec<RuleFault>) {
        for fault in faults {
            let (fr, en) = match fault {
                RuleFault::NotAPath => (
                    "contient une entrée qui ne commence pas par une barre oblique.",
                    "holds an entry that does not begin with a slash.",
                ),
                RuleFault::Unusual => (
                    "contient une entrée que nulle adresse ne peut avoir : ni .., ni //, ni ;, ni * ailleurs qu’à la fin.",
                    "holds an entry that no address can have: no .., no //, no ; and no * but at the end.",
                ),
                RuleFault::NotALevel if name == FC_PROTECTED_PATHS => (
                    "contient un chemin suivi d’autre chose que eidas1, eidas2 ou eidas3 ; un blanc du chemin s’écrit %20.",
                    "holds a path followed by something else than eidas1, eidas2 or eidas3; a blank of the path is written %20.",
                ),
                RuleFault::NotALevel => (
                    "contient un chemin suivi d’autre chose : un niveau ne va qu’avec FC_PROTECTED_PATHS, un blanc du chemin s’écrit %20.",
                    "holds a path followed by something: a level goes with FC_PROTECTED_PATHS only, a blank of the path is written %20.",
                ),
            };
            self.faults.add(name, fr, en);
        }
    }

    /// Our error pages are seen by those who are not logged in, and so are their style sheets.
    pub(super) fn reachable(&mut self, sheets: &[String], rules: &Rules) {
        let hidden = |sheet: &String| {
            let access = SitePath::parse(sheet).map(|sheet| rules.access(&sheet));
            matches!(access, Ok(Access::Protected(_)))
        };
        if rules.protected().covers_part() && sheets.iter().any(hidden) {
            self.faults.add(
                FC_STYLESHEETS,
                "nomme une feuille de style sous un chemin de FC_PROTECTED_PATHS : nos pages d’erreur seraient sans style.",
                "names a style sheet below a path of FC_PROTECTED_PATHS: our error pages would have no style.",
            );
        }
    }

    /// A level that no provider here gives would lock its paths for everybody.
    pub(super) fn attainable(&mut self, protected: &Protected, place: Place, second: bool) {
        let plain = place.is_strict() && place.product() == Product::Standard;
        if plain && !second && protected.highest() > Some(Level::Eidas1) {
            self.faults.add(
                FC_PROTECTED_PATHS,
                "demande un niveau que seul FranceConnect+ donne : renseigner FC_PLUS_CLIENT_ID, ou passer à FC_ENVIRONMENT=plus-…",
                "asks for a level that only FranceConnect+ gives: set FC_PLUS_CLIENT_ID, or go over to FC_ENVIRONMENT=plus-…",
            );
        }
    }

    pub(super) fn logout_page(&mut self, prefix: &str) -> ReturnPath {
        ReturnPath::parse(&self.value(FC_LOGOUT_PAGE), prefix).unwrap_or_else(|| {
            self.faults.add(
                FC_LOGOUT_PAGE,
                "doit être un chemin du site, hors de FC_PREFIX.",
                "must be a path of the site, outside FC_PREFIX.",
            );
            ReturnPath::front()
        })
    }

    pub(super) fn lifetime(&mut self) -> Lifetime {
        let idle = self.number(FC_SESSION_IDLE, 60, 86_400);
        let absolute = self.number(FC_SESSION_MAX, 60, Lifetime::LONGEST);
        let (Some(idle), Some(absolute)) = (idle, absolute) else { return Lifetime { idle: 0, absolute: 0 } };
        if absolute < idle {
            self.faults.add(
                FC_SESSION_MAX,
                "est plus courte que FC_SESSION_IDLE.",
                "is shorter than FC_SESSION_IDLE.",
            );
        }
        Lifetime { idle, absolute }
    }

    /// What browsers are to remember of the site: that it is on https (RFC 6797 §6.1). Sites of the domain beside it are
    /// not ours to promise for.
    pub(super) fn hsts(&mut self, site: Option<&PublicUrl>) -> Option<String> {
        let age = self.number(FC_HSTS, 0, 63_072_000).filter(|age| *age > 0)?;
        let public = site.is_some_and(|site| site.is_secure() && !site.is_loopback());
        public.then(|| format!("max-age={age}"))
    }

    /// Where sessions are, and for how many seconds a list of revocations is believed.
    pub(super) fn sessions(&mut self) -> (SessionStore, i64) {
        let words = [("cookie", SessionStore::Cookie), ("kv", SessionStore::Kv)];
        let store = self.word(FC_SESSION_STORE, &words).unwrap_or(SessionStore::Cookie);
        (store, self.number(FC_REVOCATION_FRESHNESS, 10, 600).unwrap_or_default())
    }

    pub(super) fn ring(&mut self, audience: &str) -> Option<KeyRing> {
        let list = Secret::new(self.required(FC_SESSION_KEYS)?);
        KeyRing::parse(&list, audience)
            .map_err(|faults| {
                for fault in faults {
                    let (fr, en) = match fault {
                        RingFault::Empty => ("ne contient aucune clé.".into(), "holds no key.".into()),
                        RingFault::Malformed(place) => (
                            format!("clé n° {place} : il faut 43 caractères base64url ; la commande keygen en fait une."),
                            format!("key {place}: 43 characters of base64url are needed; the command keygen makes one."),
                        ),
                        RingFault::Date(place) => (
                            format!("clé n° {place} : ce qui précède le point n’est pas une date (2026-11-25)."),
                            format!("key {place}: what comes before the point is no date (2026-11-25)."),
                        ),
                        RingFault::Weak(place) => (
                            format!("clé n° {place} : trop régulière pour être tirée au hasard ; la commande keygen en fait une."),
                            format!("key {place}: too regular to be random; the command keygen makes one."),
                        ),
                        RingFault::Repeated(place) => {
                            (format!("clé n° {place} : elle y figure déjà."), format!("key {place}: it is there already."))
                        }
                        RingFault::TooMany => ("contient plus de 8 clés.".into(), "holds more than 8 keys.".into()),
                    };
                    self.faults.add(FC_SESSION_KEYS, fr, en);
                }
            })
            .ok()
    }

    pub(super) fn into_faults(self) -> Faults {
        self.faults.sorted()
    }

    pub(super) fn finish(self, config: Config) -> Result<Config, Faults> {
        if self.faults.is_empty() { Ok(config) } else { Err(self.into_faults()) }
    }
}
