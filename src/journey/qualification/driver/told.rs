//! Decides what is said where a first login cannot be made: which address, what was seen there, and what to do about it.

use super::page::Page;
use super::visitor::{Landing, Trouble};
use crate::journey::Words;
use url::Url;

/// Longest text of others that is repeated, in characters.
const QUOTED: usize = 300;

/// An address as it may be shown: without a name, a password or a query.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Refused only where there can be none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// Nothing of the service's at an address that those who ask gave.
pub(super) fn unanswered(url: &Url, trouble: &Trouble) -> Words {
    let Words { fr, en } = trouble.words();
    let secure = url.scheme() == "https";
    let url = shown(url);
    let (mend_fr, mend_en) = match trouble {
        Trouble::Unreachable(_) if secure => (
            "démarrez le service, ou corrigez l’adresse (--url, --login-path, --profile-path) ; s’il répond à un \
             navigateur, vérifiez qu’il est bien en https et que son certificat est reconnu",
            "start the service, or correct the address (--url, --login-path, --profile-path); if it answers a \
             browser, make sure that it is on https and that its certificate is known",
        ),
        Trouble::Unreachable(_) | Trouble::Slow(_) => (
            "démarrez le service, ou corrigez l’adresse (--url, --login-path, --profile-path)",
            "start the service, or correct the address (--url, --login-path, --profile-path)",
        ),
        Trouble::Loop | Trouble::Elsewhere(_) => (
            "donnez l’adresse à laquelle le service est vraiment (--url), et réglez-le sur l’émulateur",
            "give the address at which the service really is (--url), and set it to the emulator",
        ),
    };
    Words::new(format!("{url} : {fr} ; {mend_fr}"), format!("{url}: {en}; {mend_en}"))
}

/// Nothing at the address of the emulator.
pub(super) fn no_emulator(emulator: &Url, trouble: &Trouble) -> Words {
    let (Words { fr, en }, address) = (trouble.words(), emulator.origin().ascii_serialization());
    Words::new(
        format!("émulateur {address} : {fr} ; démarrez-le (emulate, ou dev), ou corrigez --emulator"),
        format!("emulator {address}: {en}; start it (emulate, or dev), or correct --emulator"),
    )
}

/// Something else than an emulator at its address.
pub(super) fn no_authorize(authorize: &Url) -> Words {
    let address = shown(authorize);
    Words::new(
        format!(
            "{address} n’est pas l’adresse d’autorisation d’un émulateur : corrigez --emulator ou le service"
        ),
        format!("{address} is not where an emulator is asked for a login: correct --emulator or the service"),
    )
}

/// The emulator shows nobody what happened in it.
pub(super) fn closed(emulator: &Url) -> Words {
    let address = emulator.origin().ascii_serialization();
    Words::new(
        format!(
            "l’interface de commande de l’émulateur {address} ne répond pas : démarrez-le avec --control"
        ),
        format!("the control interface of the emulator {address} does not answer: start it with --control"),
    )
}

/// The button leads to another provider.
pub(super) fn elsewhere(to: &str, emulator: &Url) -> Words {
    let emulator = emulator.origin().ascii_serialization();
    Words::new(
        format!("le bouton mène à {to} et non à l’émulateur {emulator} : réglez le service sur l’émulateur"),
        format!(
            "the button leads to {to} and not to the emulator {emulator}: set the service to the emulator"
        ),
    )
}

/// No way into FranceConnect.
pub(super) fn no_button(landing: &Landing) -> Words {
    let (status, url) = (landing.status, shown(&landing.url));
    Words::new(
        format!("aucun bouton FranceConnect sur {url} (statut {status}) : donnez sa page par --login-path"),
        format!("no FranceConnect button on {url} (status {status}): give its page with --login-path"),
    )
}

/// The emulator did not let the login begin or end.
pub(super) fn refused_by_emulator(landing: &Landing) -> Words {
    let told = quoted(&landing.page);
    Words::new(
        format!("l’émulateur refuse la demande du service : {told}"),
        format!("the emulator refuses the request of the service: {told}"),
    )
}

/// The service refused a login in which nobody lied; `wrong` is what the emulator found wrong in its requests.
pub(super) fn refused_by_service(landing: &Landing, wrong: Option<&Words>) -> Words {
    let (url, status) = (shown(&landing.url), landing.status);
    let (why_fr, why_en) = match wrong {
        Some(Words { fr, en }) => {
            let brief = |text: &str| text.chars().take(QUOTED).collect::<String>();
            (
                format!("l’émulateur a relevé : {}", brief(fr)),
                format!("what the emulator found wrong: {}", brief(en)),
            )
        }
        None => (
            "le journal du service dit pourquoi ; si une recette vient d’être interrompue, attendez une minute qu’il \
             relise les clés de l’émulateur"
                .to_owned(),
            "its log says why; if an acceptance was interrupted just before, wait a minute for it to fetch the \
             emulator’s keys again"
                .to_owned(),
        ),
    };
    Words::new(
        format!("le service refuse une connexion honnête, sur {url} (statut {status}) : {why_fr}"),
        format!("the service refuses an honest login, on {url} (status {status}): {why_en}"),
    )
}

/// Nobody is named where a login led.
pub(super) fn unnamed(landing: &Landing) -> Words {
    let (url, status) = (shown(&landing.url), landing.status);
    Words::new(
        format!(
            "une connexion honnête finit sur {url} (statut {status}) sans que le nom de la personne s’y lise : \
             donnez la page qui la nomme par --profile-path"
        ),
        format!(
            "an honest login ends on {url} (status {status}) without the person’s name on it: give the page that \
             names them with --profile-path"
        ),
    )
}

fn quoted(page: &Page) -> String {
    page.text.chars().take(QUOTED).collect()
}
