//! The checks in the order of their telling, each with its judge: a deployment gets one finding of each.

use super::authorization::Authorization;
use super::judge::{
    addresses, apart, callback, cookies, headers, keys, login, operator, parameters, person, running, sector,
};
use super::{Known, Seen};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;

/// One thing that a deployment must be.
#[derive(Debug)]
pub struct Check {
    /// Its word in JSON, and in the guides.
    pub id: &'static str,
    /// What is asked, in French.
    pub fr: &'static str,
    /// The same in English.
    pub en: &'static str,
    judge: fn(&Case<'_>) -> Verdict,
}

/// The verdict on one check.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// What became of it; what is skipped was not looked at.
    pub verdict: Verdict,
}

/// What a judge is told.
pub(super) struct Case<'a> {
    pub(super) seen: &'a Seen,
    pub(super) known: &'a Known,
    /// What the logins ask for, as far as they lead anywhere.
    pub(super) asked: Vec<Authorization<'a>>,
}

impl<'a> Case<'a> {
    fn new(seen: &'a Seen, known: &'a Known) -> Self {
        Self {
            seen,
            known,
            asked: seen.logins.iter().filter_map(|way| way.away()).map(Authorization::of).collect(),
        }
    }

    /// The product: as known, else as the login says.
    pub(super) fn product(&self) -> Option<Product> {
        let asked = || Some(self.asked.first()?.environment()?.product);
        self.known.product.or_else(asked)
    }
}

macro_rules! checks {
    ($($id:literal, $judge:path, $fr:literal, $en:literal;)*) => {
        /// Every check.
        pub const CHECKS: &[Check] = &[$(Check { id: $id, fr: $fr, en: $en, judge: $judge },)*];
    };
}

checks! {
    "configuration", apart::configuration,
        "La configuration est saine, de production, et tient l’habilitation",
        "The configuration is sound, of production, and holds to the habilitation";
    "https", addresses::https,
        "Le site répond en https, avec un certificat que tout navigateur accepte",
        "The site answers on https, with a certificate that every browser accepts";
    "certificate", addresses::certificate,
        "Le certificat vaut encore deux semaines au moins",
        "The certificate is valid for two weeks at least";
    "http", addresses::http,
        "En http, le site renvoie à https ou ne répond pas",
        "On http the site leads to https or does not answer";
    "hsts", addresses::hsts,
        "Les navigateurs retiennent que le site est en https (HSTS)",
        "Browsers remember that the site is on https (HSTS)";
    "provider", login::provider,
        "La connexion mène au FranceConnect de production",
        "A login leads to FranceConnect’s production";
    "client", login::client,
        "Le client_id est celui de production",
        "The client_id is that of production";
    "redirect-uri", login::redirect_uri,
        "L’adresse de retour est celle qui est déclarée, à la lettre",
        "The callback is the one that is declared, letter for letter";
    "scopes", parameters::scopes,
        "Les données demandées tiennent dans l’habilitation",
        "The data asked for are within the habilitation";
    "level", parameters::level,
        "Le niveau demandé est de ce produit et tient dans l’habilitation",
        "The level asked for is of this product and within the habilitation";
    "random", parameters::random,
        "state et nonce sont longs et changent à chaque connexion",
        "state and nonce are long and change with each login";
    "request", parameters::request,
        "La demande n’a que des paramètres que FranceConnect accepte, tels que configurés",
        "The request has only parameters that FranceConnect takes, as configured";
    "cookies", cookies::attributes,
        "Les cookies de la connexion sont Secure, HttpOnly, SameSite",
        "The cookies of a login are Secure, HttpOnly, SameSite";
    "cookie-content", cookies::content,
        "Les cookies de la connexion sont courts et ne montrent ni jeton ni identité",
        "The cookies of a login are short and show neither token nor identity";
    "cache", headers::cache,
        "Aucun cache ne garde la connexion ni le retour (no-store)",
        "No cache keeps a login or a callback (no-store)";
    "headers", headers::page,
        "La page de retour a ses en-têtes de sécurité",
        "The page of the callback has its security headers";
    "callback", callback::pages,
        "Un retour en erreur donne une page lisible, sans trace technique",
        "A callback with an error gives a readable page without technical traces";
    "forged", callback::forged,
        "Un retour que ce navigateur n’a pas demandé ne connecte personne",
        "A callback that this browser did not ask for logs nobody in";
    "logout", callback::logout,
        "L’adresse de retour de déconnexion répond",
        "The address where a logout ends answers";
    "sector", sector::document,
        "Le document d’identifiant de secteur a exactement les adresses de retour",
        "The sector identifier document has exactly the callbacks";
    "keys", keys::public,
        "Les clés publiées sont publiques, distinctes, et pour le chiffrement déclaré",
        "The keys published are public, distinct, and for the encryption declared";
    "keys-own", keys::own,
        "Les clés publiées sont celles de la production",
        "The keys published are those of production";
    "apart", apart::test_site,
        "Production et bac à sable n’ont ni client ni adresse en commun",
        "Production and sandbox share neither client nor address";
    "clock", running::clock,
        "L’horloge du service est à l’heure",
        "The clock of the service is right";
    "health", running::health,
        "Le service se dit en état de marche",
        "The service says that it is well";
    "flows", operator::flows,
        "Le service déployé atteint FranceConnect",
        "The deployed service reaches FranceConnect";
    "real-login", person::login,
        "Une personne s’est connectée et déconnectée pour de vrai",
        "A person has really logged in and out";
    "contacts", person::contacts,
        "Le contact technique est encore le bon",
        "The technical contact is still the right one";
    "alerts", person::alerts,
        "Quelqu’un est alerté des pannes",
        "Somebody is alerted when something fails";
}

/// Judges what was seen: one finding for each check, in order.
pub fn judge(seen: &Seen, known: &Known) -> Vec<Finding> {
    let case = Case::new(seen, known);
    CHECKS.iter().map(|check| Finding { check, verdict: (check.judge)(&case) }).collect()
}

/// What is worth knowing and fails nothing.
pub fn remarks(seen: &Seen, known: &Known) -> Vec<Words> {
    let mut remarks = headers::revealing(seen);
    remarks.extend(cookies::prefixes(&Case::new(seen, known)));
    remarks.extend(running::version(seen));
    remarks.extend(operator::old_keys(seen));
    if let Some(why) = seen.provider.as_ref().and_then(|way| way.lost()) {
        remarks.push(Words::new(
            format!("FranceConnect n’a pas été joint depuis cette machine : {}.", why.fr),
            format!("FranceConnect was not reached from this machine: {}.", why.en),
        ));
    }
    remarks
}

/// A stranger's address, short enough to be read.
pub(super) fn shown(url: &url::Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    let _ = bare.set_password(None);
    let _ = bare.set_username("");
    printable(bare.as_str())
}
