//! Decides where a login leads, for whom and back to where: FranceConnect's production, the client of production, the
//! callback that is declared.

use super::{Problems, each, failed, no_login, no_parameter, skipped};
use crate::config::is_loopback_authority;
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::live::authorization::{Authorization, is_production, production};
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::Way;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;
use url::Url;

pub(in crate::journey::live) fn provider(case: &Case<'_>) -> Verdict {
    // Of a service of which nothing is known, the first login says the product, and the second has to agree.
    let first = || case.asked.first()?.environment().filter(|it| is_production(it));
    let product = case.known.product.or_else(|| Some(first()?.product));
    let mut problems = Problems::default();
    for way in &case.seen.logins {
        let (seen, mend) = match way.away() {
            None => nowhere(way),
            Some(url) => match elsewhere(&Authorization::of(url), product) {
                Some(found) => found,
                None => continue,
            },
        };
        problems.add(seen, mend);
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

fn nowhere(way: &Way) -> (Words, Words) {
    let mend = Words::new(
        "Regarder le journal du service ; --login-path donne l’adresse qui commence une connexion.",
        "Look at the log of the service; --login-path gives the address that begins a login.",
    );
    let address = way.last().map(|hop| shown(&hop.answer.url)).unwrap_or_default();
    let seen = match (way.lost(), way.page()) {
        (Some(why), _) if address.is_empty() => {
            Words::new(format!("La connexion : {}.", why.fr), format!("The login: {}.", why.en))
        }
        (Some(why), _) => Words::new(format!("{address} : {}.", why.fr), format!("{address}: {}.", why.en)),
        (None, page) => {
            let status = page.map(|page| page.status).unwrap_or_default();
            Words::new(
                format!("{address} répond {status} et ne mène nulle part."),
                format!("{address} answers {status} and leads nowhere."),
            )
        }
    };
    (seen, mend)
}

/// What is wrong with where it leads.
fn elsewhere(asked: &Authorization<'_>, product: Option<Product>) -> Option<(Words, Words)> {
    let environment = asked.environment();
    let right = environment.filter(|environment| is_production(environment));
    if right.is_some_and(|it| product.is_none_or(|product| it.product == product)) {
        return None;
    }
    let address = shown(asked.url);
    let loopback = asked.url.host_str().is_some_and(is_loopback_authority);
    let seen = match environment {
        _ if loopback => Words::new(
            format!("La connexion mène à {address} : à un émulateur, sur la machine de chacun."),
            format!("A login leads to {address}: to an emulator, on everybody’s own machine."),
        ),
        Some(it) if !is_production(it) => Words::new(
            format!(
                "La connexion mène au bac à sable ({address}) : n’importe qui entrerait avec un compte d’essai."
            ),
            format!("A login leads to the sandbox ({address}): anybody could enter with a test account."),
        ),
        Some(it) => {
            let name = it.product.name();
            Words::new(
                format!("La connexion mène à {name} ({address})."),
                format!("A login leads to {name} ({address})."),
            )
        }
        None => Words::new(
            format!("La connexion mène à {address}, qui n’est pas FranceConnect."),
            format!("A login leads to {address}, which is not FranceConnect."),
        ),
    };
    let expected = product.and_then(production).map(|it| it.issuer);
    let mend = match expected {
        Some(issuer) => Words::new(format!("L’émetteur est {issuer}."), format!("The issuer is {issuer}.")),
        None => Words::new(
            "Régler le service sur la production de FranceConnect (FC_ENVIRONMENT=production ou plus-production).",
            "Set the service to FranceConnect’s production (FC_ENVIRONMENT=production or plus-production).",
        ),
    };
    Some((seen, mend))
}

pub(in crate::journey::live) fn client(case: &Case<'_>) -> Verdict {
    each(case, |asked| client_of(case, asked))
}

fn client_of(case: &Case<'_>, asked: &Authorization<'_>) -> Verdict {
    let own = case.known.live.as_ref().and_then(|live| live.client.as_deref());
    let test = case.known.test.as_ref().and_then(|test| test.client.as_deref());
    let Some(client) = asked.given("client_id") else { return no_parameter("client_id") };
    let mend = || {
        Words::new(
            "Déployer la configuration de production, avec le client_id venu par courriel.",
            "Deploy the configuration of production, with the client_id that came by e-mail.",
        )
    };
    match own {
        Some(own) if own == client => Verdict::Passed,
        _ if test == Some(client) => {
            let seen =
                Words::new("Le client_id est celui du bac à sable.", "The client_id is that of the sandbox.");
            failed(seen, mend())
        }
        None => skipped(
            "le client_id de production n’est pas connu d’ici",
            "the client_id of production is not known here",
        ),
        Some(_) => {
            let client = printable(client);
            let seen = Words::new(
                format!("Le client_id {client} n’est pas celui de la configuration."),
                format!("The client_id {client} is not that of the configuration."),
            );
            failed(seen, mend())
        }
    }
}

pub(in crate::journey::live) fn redirect_uri(case: &Case<'_>) -> Verdict {
    if case.asked.is_empty() {
        return no_login();
    }
    let mut problems = Problems::default();
    for asked in &case.asked {
        let Some(text) = asked.given("redirect_uri") else { return no_parameter("redirect_uri") };
        let told = printable(text);
        let url = Url::parse(text).ok();
        let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
        if url.as_ref().is_none_or(|url| url.scheme() != "https") || is_loopback_authority(host) {
            problems.add(
                Words::new(
                    format!("redirect_uri est {told} : pas une adresse publique en https."),
                    format!("redirect_uri is {told}: no public address on https."),
                ),
                Words::new(
                    "Régler l’adresse publique du service (PUBLIC_URL).",
                    "Set the public address of the service (PUBLIC_URL).",
                ),
            );
        } else if let Some(live) = case.known.live.as_ref().filter(|live| live.callback != text) {
            let declared = &live.callback;
            problems.add(
                Words::new(
                    format!("redirect_uri est {told}, et la configuration dit {declared}."),
                    format!("redirect_uri is {told}, and the configuration says {declared}."),
                ),
                Words::new(
                    "Déployer la configuration, ou déclarer cette adresse par le formulaire de modification.",
                    "Deploy the configuration, or declare that address through the modification form.",
                ),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}
