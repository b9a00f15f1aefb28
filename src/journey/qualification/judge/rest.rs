//! Decides the points that rest on addresses, secrets and times, and those that only a person or another command can
//! answer.

use super::Problems;
use crate::journey::Words;
use crate::journey::qualification::Verdict;
use crate::journey::qualification::trace::{Leak, Observed};
use std::collections::BTreeSet;
use url::{Host, Url};

/// Longest time between the token and the identity, in seconds.
const AT_ONCE: i64 = 5;

/// 30.
pub(super) fn at_once(observed: &Observed, problems: &mut Problems) {
    let first = |endpoint: &str| {
        observed.honest.calls_to(endpoint).find(|call| call.status == 200).map(|call| call.at)
    };
    match (first("token"), first("userinfo")) {
        (Some(token), Some(userinfo)) if userinfo - token > AT_ONCE => {
            let after = userinfo - token;
            problems.add(
                Words::new(
                    format!("userinfo est appelé {after} secondes après le jeton."),
                    format!("userinfo is called {after} seconds after the token."),
                ),
                Words::new(
                    "Appeler userinfo aussitôt le jeton reçu.",
                    "Call userinfo as soon as the token is there.",
                ),
            );
        }
        (Some(_), None) => problems.add(
            Words::new("userinfo n’est pas appelé à la connexion.", "userinfo is not called at the login."),
            Words::new(
                "Appeler userinfo aussitôt le jeton reçu.",
                "Call userinfo as soon as the token is there.",
            ),
        ),
        _ => {}
    }
    if observed.honest.recalled {
        problems.add(
            Words::new(
                "userinfo est rappelé quand une page s’ouvre après la connexion : l’Access Token est gardé.",
                "userinfo is asked again when a page opens after the login: the access token is kept.",
            ),
            Words::new(
                "Garder l’identité reçue à la connexion, et oublier l’Access Token.",
                "Keep the identity that came at the login, and forget the access token.",
            ),
        );
    }
    for leak in &observed.leaks {
        if let Leak::AccessToken(place) = leak {
            problems.add(
                Words::new(
                    format!("L’Access Token se lit dans le navigateur ({place})."),
                    format!("The access token can be read in the browser ({place})."),
                ),
                Words::new(
                    "Oublier l’Access Token après userinfo ; ne garder que l’ID Token, sur le serveur ou scellé.",
                    "Forget the access token after userinfo; keep the ID Token only, on the server or sealed.",
                ),
            );
        }
    }
}

/// 28.
pub(super) fn secret(observed: &Observed, problems: &mut Problems) -> Option<Verdict> {
    for leak in &observed.leaks {
        if let Leak::Secret(place) = leak {
            problems.add(
                Words::new(
                    format!("Le secret du client se lit dans le navigateur ({place})."),
                    format!("The client’s secret can be read in the browser ({place})."),
                ),
                Words::new(
                    "Ne garder le secret que sur le serveur, et le faire changer : il a été publié.",
                    "Keep the secret on the server only, and have it replaced: it was published.",
                ),
            );
        }
    }
    if let (Err(why), true) = (&observed.honest.end, observed.honest.calls.is_empty()) {
        return Some(Verdict::Skipped { why: why.clone() });
    }
    (!observed.secret_known).then(|| Verdict::Attest {
        question: Words::new(
            "Le secret du client n’est-il gardé que sur le serveur, hors des pages, du dépôt et des journaux ? (FC_CLIENT_SECRET ou --clients le font chercher dans les pages.)",
            "Is the client’s secret kept on the server only, out of pages, of the repository and of the logs? (FC_CLIENT_SECRET or --clients have it looked for in the pages.)",
        ),
    })
}

/// 29.
pub(super) fn callbacks(observed: &Observed, problems: &mut Problems) -> Option<Verdict> {
    let used: BTreeSet<&str> =
        observed.attempts.iter().map(|attempt| attempt.redirect_uri.as_str()).collect();
    let Some(registration) = &observed.registration else { return Some(unregistered()) };
    for uri in used.iter().filter(|uri| !registration.redirect_uris.iter().any(|known| known == *uri)) {
        problems.add(
            Words::new(format!("{uri} n’est pas enregistrée."), format!("{uri} is not registered.")),
            Words::new(
                "Écrire l’adresse de retour exactement comme dans le formulaire.",
                "Write the callback exactly as in the form.",
            ),
        );
    }
    // Of those made for every usual port, the service has one.
    let hosts: BTreeSet<String> = registration.redirect_uris.iter().filter_map(|uri| host(uri)).collect();
    let local = registration.redirect_uris.iter().all(|uri| is_local(uri));
    if hosts.len() > 1 && registration.sector.is_none() && !local {
        problems.add(
            Words::new(
                "Les adresses de retour sont sur plusieurs hôtes, sans document d’identifiant de secteur.",
                "The callbacks are on several hosts, without a sector identifier document.",
            ),
            Words::new(
                "Publier un document d’identifiant de secteur, ou n’avoir qu’un hôte.",
                "Publish a sector identifier document, or have one host.",
            ),
        );
    }
    None
}

/// O10.
pub(super) fn sector(observed: &Observed, problems: &mut Problems) -> Option<Verdict> {
    let Some(registration) = &observed.registration else {
        return Some(unregistered());
    };
    let Some(sector) = &registration.sector else {
        return Some(skipped(
            "le service n’a pas d’identifiant de secteur",
            "the service has no sector identifier",
        ));
    };
    let address = &sector.address;
    if sector.status == 0 {
        return Some(skipped(
            "le document d’identifiant de secteur ne répond pas (voir 31)",
            "the sector identifier document does not answer (see 31)",
        ));
    }
    let mut add = |fr: String, en: String| {
        problems.add(
            Words::new(fr, en),
            Words::new(
                "Publier en https un tableau JSON de toutes les adresses de retour de connexion, et d’elles seules.",
                "Publish over https a JSON array of all login callbacks, and of them only.",
            ),
        );
    };
    match &sector.listed {
        Some(listed) if sector.status == 200 => {
            for uri in registration.redirect_uris.iter().filter(|uri| !listed.contains(uri)) {
                add(format!("{address} ne liste pas {uri}."), format!("{address} does not list {uri}."));
            }
            for uri in listed.iter().filter(|uri| !registration.redirect_uris.contains(uri)) {
                add(
                    format!("{address} liste {uri}, qui n’est pas un retour de connexion."),
                    format!("{address} lists {uri}, which is no login callback."),
                );
            }
        }
        _ => {
            let status = sector.status;
            add(
                format!("{address} n’est pas un tableau d’adresses (statut {status})."),
                format!("{address} is no array of addresses (status {status})."),
            );
        }
    }
    None
}

/// 25.
pub(super) fn https(observed: &Observed, problems: &mut Problems) -> Option<Verdict> {
    let used = observed.attempts.iter().map(|attempt| attempt.redirect_uri.as_str());
    let addresses: BTreeSet<&str> =
        used.chain([observed.url.as_str()]).filter(|uri| !uri.is_empty()).collect();
    if addresses.iter().all(|address| is_local(address)) {
        return Some(skipped(
            "le service est à une adresse locale, où http suffit",
            "the service is at a local address, where http is enough",
        ));
    }
    for address in addresses.iter().filter(|address| !is_local(address) && !address.starts_with("https://")) {
        problems.add(
            Words::new(format!("{address} n’est pas en https."), format!("{address} is not on https.")),
            Words::new("Servir tout le site en https.", "Serve the whole site over https."),
        );
    }
    None
}

/// 31.
pub(super) fn flows(observed: &Observed, problems: &mut Problems) -> Verdict {
    let sector = observed.registration.as_ref().and_then(|known| known.sector.as_ref());
    if let Some(sector) = sector.filter(|sector| sector.status == 0) {
        let address = &sector.address;
        problems.add(
            Words::new(format!("{address} ne répond pas."), format!("{address} does not answer.")),
            Words::new(
                "Ouvrir cette adresse à FranceConnect, qui la lit avant chaque connexion.",
                "Open this address to FranceConnect, which reads it before each login.",
            ),
        );
    }
    Verdict::Attest {
        question: Words::new(
            "Le serveur atteint-il les adresses de FranceConnect, et FranceConnect les documents que le service publie ? L’émulateur ne peut pas le voir.",
            "Does the server reach FranceConnect’s addresses, and FranceConnect the documents of the service? The emulator cannot see it.",
        ),
    }
}

/// O3, where nothing contradicts it.
pub(super) fn matching_rule() -> Verdict {
    Verdict::Attest {
        question: Words::new(
            "Un compte d’avant FranceConnect est-il rapproché, et par quelle règle ? Deux personnes de même adresse électronique ne sont pas confondues.",
            "Is an account older than FranceConnect matched, and by which rule? Two persons of one e-mail address are not taken for one another.",
        ),
    }
}

fn unregistered() -> Verdict {
    skipped(
        "l’enregistrement du service n’est pas connu : le donner par --clients, ou par franceconnect.toml (--file)",
        "the registration is not known: give it with --clients, or with franceconnect.toml (--file)",
    )
}

fn skipped(fr: &str, en: &str) -> Verdict {
    Verdict::Skipped { why: Words::new(fr, en) }
}

fn host(uri: &str) -> Option<String> {
    Some(Url::parse(uri).ok()?.origin().ascii_serialization())
}

fn is_local(address: &str) -> bool {
    let url = Url::parse(address).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
