//! Asks FranceConnect, without following it anywhere, whether it takes the authorization request that the service
//! makes: nobody logs in, and a refusal is told with what to mend.

use super::code;
use super::{Looked, Outcome, Probed, Remark, State, What, place, shown_url, status};
use crate::config::{Config, Registration};
use crate::journey::configuration::address;
use crate::journey::dossier::{Dossier, SERVICE_LEVEL};
use crate::journey::probe::{Answer, Prober, Trouble, printable};
use crate::journey::{Configuration, Words};
use url::Url;

/// What must be the same in what is deployed and in the configuration. The rest is drawn for each login.
const SAME: [&str; 9] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "acr_values",
    "prompt",
    "claims",
    "idp_hint",
    "ui_locales",
];

/// The path and query of ours that begins a login for the service's level.
pub fn login(dossier: &Dossier, configuration: &Configuration) -> Option<Url> {
    let (config, _) = configuration.registration(dossier.product())?;
    let mut url = Url::parse(&address(config, "login")).ok()?;
    if let Some(level) = dossier.value(SERVICE_LEVEL) {
        url.query_pairs_mut().append_pair("acr_values", level);
    }
    Some(url)
}

/// Begins a login at the deployed service, and asks FranceConnect with what comes of it, or else with the request that
/// the configuration makes.
pub async fn dry(
    prober: &Prober,
    login: &Url,
    configuration: &Configuration,
    configured: Result<Url, Words>,
) -> Looked {
    let begun = place::begin(prober, login).await;
    // That nothing answers has been said of the callback, which is at the same place.
    let silent = begun.as_ref().err().map(State::silent);
    let (deployed, mut states) = match begun.map(|answer| sent(login, &answer)) {
        Ok(Ok(url)) => (Some(url), Vec::new()),
        Ok(Err(state)) => (None, vec![state]),
        Err(_) => (None, Vec::new()),
    };
    let mut remarks: Vec<_> = states.iter().map(|state| remark(What::Login, login, state.clone())).collect();
    let (configured, unknown) = match configured {
        Ok(url) => (Some(url), None),
        Err(why) => (None, Some(why)),
    };
    if let Some(why) = &unknown {
        let what = Words::new("Demande de connexion", "Authorization request");
        remarks.push(Remark { what, ..remark(What::Request, login, State::Unseen(why.clone())) });
    }
    let mut against = Vec::new();
    if let (Some(deployed), Some(configured)) = (&deployed, &configured) {
        against.extend(differences(deployed, configured, &configuration.place));
    }
    // Whoever else answers there does not speak for FranceConnect: that it is another has been said, or is said here.
    let begins = deployed.is_some();
    let (deployed, stranger) = match deployed {
        Some(url) if is_provider(&url, configuration) => (Some(url), None),
        other => (None, other),
    };
    if let (Some(url), None) = (stranger, &configured) {
        let (to, place) = (shown_url(&url), &configuration.place);
        against.push(State::wrong(
            Words::new(
                format!("le service déployé s’adresse à {to}, qui n’est pas l’émetteur de {place}"),
                format!("the deployed service turns to {to}, which is not the issuer of {place}"),
            ),
            "déployer cette configuration, ou nommer celle qui est déployée",
            "deploy that configuration, or name the one that is deployed",
        ));
    }
    remarks.extend(against.iter().map(|state| remark(What::Login, login, state.clone())));
    states.extend(silent.into_iter().chain(against));
    if begins && states.is_empty() {
        states.push(match &unknown {
            None => State::sound(
                "mène à FranceConnect, par la demande de la configuration",
                "leads to FranceConnect, with the request of the configuration",
            ),
            Some(why) => State::Unseen(why.clone()),
        });
    }
    let asked = |what, url: &Url, states| Probed { what, outcome: Outcome::Asked(shown_url(url), states) };
    let mut probes = vec![asked(What::Login, login, states)];
    match (deployed.or(configured), unknown) {
        (Some(request), _) => {
            let state = read(&request, &place::click(prober, &request).await);
            probes.push(asked(What::Request, &request, vec![state.clone()]));
            remarks.push(remark(What::Request, &request, state));
        }
        (None, Some(why)) => {
            probes.push(Probed { what: What::Request, outcome: Outcome::NotAsked(why) });
        }
        (None, None) => {}
    }
    Looked { remarks, probes }
}

/// Whether an address is at the issuer of a registration.
fn is_provider(url: &Url, configuration: &Configuration) -> bool {
    let issuers = configuration.config.iter().flat_map(Config::registrations).map(Registration::issuer);
    let mut origins = issuers.filter_map(|issuer| Some(Url::parse(issuer).ok()?.origin()));
    origins.any(|origin| origin == url.origin())
}

fn remark(what: What, url: &Url, state: State) -> Remark {
    Remark { what: what.words(), url: shown_url(url), state, shown: None }
}

/// Where the service sends whoever logs in.
fn sent(login: &Url, answer: &Answer) -> Result<Url, State> {
    let elsewhere =
        answer.location().filter(|to| matches!(answer.status, 302 | 303) && to.origin() != login.origin());
    elsewhere.ok_or_else(|| {
        State::wrong(
            status::seen(answer),
            "une connexion doit commencer là, par une redirection vers FranceConnect : déployer le service, lire son journal",
            "a login must begin there, with a redirect to FranceConnect: deploy the service, read its log",
        )
    })
}

fn said(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| printable(&value))
}

/// What the deployed service asks otherwise than the configuration that was read.
pub fn differences(deployed: &Url, configured: &Url, place: &str) -> Vec<State> {
    let addresses = [deployed, configured].map(shown_url);
    let address = (addresses.first() != addresses.last()).then(|| {
        let [deployed, configured] = addresses;
        ("", Some(deployed), Some(configured))
    });
    let parameters = SAME.into_iter().map(|name| (name, said(deployed, name), said(configured, name)));
    let differing =
        address.into_iter().chain(parameters.filter(|(_, deployed, configured)| deployed != configured));
    differing
        .map(|(name, deployed, configured)| {
            let none = || "–".to_owned();
            let (deployed, configured) = (deployed.unwrap_or_else(none), configured.unwrap_or_else(none));
            let (fr, en) = match name {
                "" => ("s’adresse à".to_owned(), "turns to".to_owned()),
                name => (format!("demande {name}="), format!("asks for {name}=")),
            };
            let blank = if name.is_empty() { " " } else { "" };
            State::wrong(
                Words::new(
                    format!("le service déployé {fr}{blank}{deployed}, et {place} dit {configured}"),
                    format!("the deployed service {en}{blank}{deployed}, and {place} says {configured}"),
                ),
                "déployer cette configuration, ou nommer celle qui est déployée",
                "deploy that configuration, or name the one that is deployed",
            )
        })
        .collect()
}

/// What FranceConnect's answer to the request says.
pub fn read(request: &Url, answer: &Result<Answer, Trouble>) -> State {
    let answer = match answer {
        Ok(answer) => answer,
        Err(trouble) => {
            let Words { fr, en } = trouble.words();
            return State::unseen(
                format!("FranceConnect n’a pas pu être interrogé d’ici : {fr}"),
                format!("FranceConnect could not be asked from here: {en}"),
            );
        }
    };
    if let Some(to) = answer.location().filter(|_| (300..400).contains(&answer.status)) {
        if to.origin() == request.origin() && to.path().contains("/interaction/") {
            return State::sound(
                "FranceConnect accepte la demande et mène au choix du fournisseur d’identité",
                "FranceConnect takes the request and leads to the choice of an identity provider",
            );
        }
        let back = said(request, "redirect_uri").and_then(|uri| Url::parse(&uri).ok());
        let home = back.is_some_and(|back| back.origin() == to.origin() && back.path() == to.path());
        if let Some(error) = home.then(|| error(&to)).flatten() {
            return code::refused(&error, request);
        }
    }
    match code::on_page(&String::from_utf8_lossy(&answer.body)) {
        Some(found) if answer.status >= 400 => code::refused(&found, request),
        _ => {
            let Words { fr, en } = status::seen(answer);
            State::unseen(
                format!("{fr}, ce qui ne dit ni oui ni non : ouvrir la page de connexion dans un navigateur"),
                format!("{en}, which says neither yes nor no: open the login page in a browser"),
            )
        }
    }
}

/// The error that a callback is told, in its query or in its fragment (OAuth 2.0 Multiple Response Types §5).
fn error(to: &Url) -> Option<String> {
    let within = |text: &str| {
        let mut pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs.find(|(name, _)| name == "error").map(|(_, value)| value.into_owned())
    };
    within(to.query().unwrap_or_default()).or_else(|| within(to.fragment().unwrap_or_default()))
}
