//! Decides what `dev` says before it serves: where everything is, and which accounts are worth a try.

use std::path::Path;

use super::settings::{BUTTON, Variables};
use crate::cli::lang::{self, Lang};
use crate::cli::serve;
use crate::config::Config;
use crate::emulator::{self, Account, Product};
use crate::franceconnect::{self, Level};

/// The accounts that show most of what a service must bear; the emulator's login page lists the others.
const ACCOUNTS: &[&str] = &[
    "test",
    "avec_nom_dusage",
    "caractères_spéciaux",
    "sans_prenom",
    "naissance_Portugal",
    "étranger_présumé_né_jour_et_mois",
    "identité_maximale",
    "Désactivé",
    "E010008",
];

/// Says it all; the last line is for scripts.
pub(super) fn tell(lang: Lang, config: &Config, variables: &Variables, site: &Path) {
    let url = config.public_url().origin();
    lang.say(format_args!("Site : {url}/"), format_args!("Site: {url}/"));
    for (product, variable) in [(Product::Standard, "FC_ISSUER"), (Product::Plus, "FC_PLUS_ISSUER")] {
        let (name, issuer) = (product.name(), variables.value(variable));
        lang.say(format_args!("{name} émulé : {issuer}"), format_args!("Emulated {name}: {issuer}"));
    }
    let (page, level) = page_for_plus(variables.value("FC_PROTECTED_PATHS"))
        .unwrap_or_else(|| (format!("{}/login?acr_values=eidas2", config.prefix), Level::Eidas2.name()));
    lang.say(
        format_args!("FranceConnect+ est demandé par : {url}{page} ({level})"),
        format_args!("FranceConnect+ is asked for by: {url}{page} ({level})"),
    );
    let folder = site.display();
    serve::warn_without_folder(lang, site);
    if site.join(BUTTON).is_file() {
        lang.say(
            format_args!("Bouton FranceConnect : officiel ({folder}/dsfr)"),
            format_args!("FranceConnect button: official ({folder}/dsfr)"),
        );
    } else {
        lang.say(
            format_args!(
                "Bouton FranceConnect : sans style officiel (scripts/dsfr met {folder}/dsfr en place)"
            ),
            format_args!("FranceConnect button: plain stand-in (scripts/dsfr puts {folder}/dsfr in place)"),
        );
    }
    accounts(lang);
    lang.say("Ctrl-C pour arrêter.", "Ctrl-C to stop.");
    lang::print(format_args!("ready {url}/"));
}

/// The first protected path with a level of FranceConnect+, and that level.
fn page_for_plus(protected: &str) -> Option<(String, &str)> {
    protected.split(',').find_map(|entry| {
        let (path, level) = entry.trim().split_once(' ')?;
        let plus = Level::parse(level.trim())?.product() == franceconnect::Product::Plus;
        plus.then(|| (path.trim_end_matches("/*").to_owned(), level.trim()))
    })
}

fn accounts(lang: Lang) {
    let password = Account::PASSWORD;
    lang.say(
        format_args!("Comptes de test (mot de passe {password}) :"),
        format_args!("Test accounts (password {password}):"),
    );
    let known = |login: &&str| emulator::accounts().iter().find(|account| account.login == *login);
    for account in ACCOUNTS.iter().filter_map(known) {
        let interest = lang.pick(&account.interest, &account.interest_en);
        lang::print(format_args!("  {:<32} {interest}", account.login));
    }
    let others = emulator::accounts().of(Product::Standard).count().saturating_sub(ACCOUNTS.len());
    lang.say(
        format_args!("  et {others} autres, que propose la page de connexion"),
        format_args!("  and {others} others, which the login page offers"),
    );
    let of_plus = |wanted: fn(&Account) -> bool| {
        let known = emulator::accounts().of(Product::Plus).filter(|account| wanted(account));
        known.map(|account| account.login.as_str()).collect::<Vec<_>>().join(", ")
    };
    let partial = of_plus(|account| account.identity.idp_birthdate.contains("-00"));
    let european = of_plus(|account| account.foreign_id.is_some() && account.error.is_none());
    lang.say(
        format_args!("Dates de naissance incomplètes, chez FranceConnect+ : {partial}"),
        format_args!("Incomplete dates of birth, at FranceConnect+: {partial}"),
    );
    lang.say(
        format_args!("Citoyens d’autres pays européens, chez FranceConnect+ : {european}"),
        format_args!("Citizens of other European countries, at FranceConnect+: {european}"),
    );
}
