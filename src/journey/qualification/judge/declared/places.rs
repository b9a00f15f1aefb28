//! Decides the points of where things are: addresses in https (25), secrets in no file (28), sandbox and production apart
//! (32).

use super::{Declared, Problems, sound};
use crate::journey::dossier::{
    PRODUCTION_CONFIGURATION, PRODUCTION_PAGE, SANDBOX_CONFIGURATION, SANDBOX_PAGE,
};
use crate::journey::qualification::trace::Observed;
use crate::journey::qualification::{Evidence, Verdict};
use crate::journey::{Configuration, Words, callbacks, production};

/// 25: the addresses of production, and the pages that are declared.
pub(super) fn https(declared: &Declared, problems: &mut Problems) -> Option<Verdict> {
    let mut add = |place: &str, address: &str| {
        problems.add(
            Words::new(
                format!("{place} : {address} n’est pas une adresse publique en https."),
                format!("{place}: {address} is no public https address."),
            ),
            Words::new("Servir tout le site en https.", "Serve the whole site over https."),
        );
    };
    let pages = [SANDBOX_PAGE, PRODUCTION_PAGE].into_iter();
    for (field, page) in pages.filter_map(|field| Some((field, declared.dossier.as_ref()?.value(field)?))) {
        if !page.starts_with("https://") {
            add(field.path, page);
        }
    }
    let live = declared.live.as_ref()?;
    let config = live.config.as_ref().ok()?;
    for address in callbacks(config).iter().map(String::as_str).chain([config.post_logout_redirect_uri()]) {
        if !address.starts_with("https://") {
            add(&live.place, address);
        }
    }
    Some(Verdict::Passed)
}

/// The addresses of production, as evidence.
pub(super) fn told(declared: &Declared) -> Option<Evidence> {
    let live = declared.live.as_ref()?;
    let config = live.config.as_ref().ok()?;
    let mut text = format!("{}\n", live.place);
    for address in callbacks(config).iter().map(String::as_str).chain([config.post_logout_redirect_uri()]) {
        text.push_str(&format!("{address}\n"));
    }
    Some(Evidence::Text { title: Words::new("Adresses de production", "Addresses of production"), text })
}

/// 28: no secret stands in a file that is kept under version control.
pub(super) fn in_clear(declared: &Declared, problems: &mut Problems) {
    for name in declared.configurations().flat_map(|configuration| &configuration.in_clear) {
        problems.add(
            Words::new(
                format!("{name} est un secret en clair dans un fichier que l’on versionne."),
                format!("{name} is a secret in a file that is kept under version control."),
            ),
            Words::new(
                "Le mettre dans le coffre de l’hébergeur, et le faire changer s’il a servi.",
                "Put it into the host’s secret store, and have it replaced if it was used.",
            ),
        );
    }
}

/// 32: neither client nor address of one stands in the other, and each is of its own environment.
pub(super) fn apart(declared: &Declared, observed: &Observed, problems: &mut Problems) -> Verdict {
    let both = declared.dossier(observed).and_then(|dossier| {
        let test = sound(declared.test.as_ref(), SANDBOX_CONFIGURATION)?;
        let live = sound(declared.live.as_ref(), PRODUCTION_CONFIGURATION)?;
        Ok((dossier.product(), test, live))
    });
    let (product, test, live) = match both {
        Ok(both) => both,
        Err(why) => return Verdict::Skipped { why },
    };
    let other = [(test, true), (live, false)].into_iter().filter(|(configuration, wrong)| {
        configuration.registration(product).is_some()
            && production::is_of_production(configuration, product) == *wrong
    });
    let other = other.map(|(Configuration { place, .. }, _)| {
        Words::new(
            format!("{place} est de l’autre environnement (FC_ENVIRONMENT)."),
            format!("{place} is of the other environment (FC_ENVIRONMENT)."),
        )
    });
    for seen in other.chain(production::shared(product, live, test)) {
        problems.add(
            seen,
            Words::new(
                "Un client, un secret et une adresse pour chaque environnement.",
                "A client, a secret and an address for each environment.",
            ),
        );
    }
    for configuration in [test, live] {
        let place = &configuration.place;
        if configuration.registration(product).is_none() {
            let name = product.name();
            let why = Words::new(
                format!("{place} n’a pas de client chez {name}"),
                format!("{place} has no client at {name}"),
            );
            return Verdict::Skipped { why };
        }
        if configuration.client(product).is_none() {
            let why = Words::new(
                format!("FC_CLIENT_ID n’est pas encore dans {place}"),
                format!("FC_CLIENT_ID is not yet in {place}"),
            );
            return Verdict::Skipped { why };
        }
    }
    Verdict::Passed
}
