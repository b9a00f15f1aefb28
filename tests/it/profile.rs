//! The profile page in words for people: dates as they are written, places, levels, where each datum comes from.

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::franceconnect::BirthDate;

use crate::support::conversation::{Browser, World, plus_variables, variables};

/// The profile of `login` after a login for `page`, in `language`.
fn profile(world: &mut World, login: &str, page: &str, language: &str) -> String {
    let mut browser = Browser { language: Some(language.to_owned()), ..Browser::new() };
    let arrived = browser.log_in_for(world, login, page);
    assert_eq!(arrived.status, 303, "{login}: {}", world.last_code());
    String::from_utf8(browser.get(world, "/auth/profile").body).unwrap()
}

fn plus(changes: &[(&'static str, &str)]) -> World {
    let mut variables = plus_variables();
    variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    World::with(&variables, Alg::Es256)
}

fn assert_rows(page: &str, rows: &[(&str, &str)]) {
    for (label, value) in rows {
        assert!(page.contains(&format!("<dt>{label}</dt><dd>{value}</dd>")), "{label}: {value} in\n{page}");
    }
}

fn assert_none(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(!page.contains(text), "{text} in\n{page}");
    }
}

#[test]
fn dates_are_written_as_people_write_them() {
    for (text, french, english) in [
        ("1962-08-24", "24 août 1962", "24 August 1962"),
        ("1988-02-01", "1er février 1988", "1 February 1988"),
        ("1988-12-09", "9 décembre 1988", "9 December 1988"),
        ("1999-01-11", "11 janvier 1999", "11 January 1999"),
        ("2000-02-29", "29 février 2000", "29 February 2000"),
        ("1992-11-00", "novembre 1992 (jour inconnu)", "November 1992 (day unknown)"),
        ("1992-00-00", "1992 (jour et mois inconnus)", "1992 (day and month unknown)"),
    ] {
        let date = BirthDate::parse(text).unwrap();
        assert_eq!((date.in_french().as_str(), date.in_english().as_str()), (french, english));
    }
    for text in [
        "",
        "1992",
        "1992-11",
        "1992-11-",
        "1992-11-1",
        "1992-1-11",
        "92-11-11",
        "1992-13-01",
        "1992-11-31",
        "1900-02-29",
        "1992-00-15",
        "0000-00-00",
        "1992-11-11-",
        "1992-11-11T00",
        "+992-11-11",
        "1992-+1-11",
        "1992/11/11",
        "11-11-1992",
        "１９９２-11-11",
    ] {
        assert_eq!(BirthDate::parse(text), None, "{text}");
    }
}

#[test]
fn each_product_is_named_with_the_level_it_gave() {
    let mut world = World::both();
    for (page, language, origin, level) in [
        ("/prive/", "fr", "viennent de FranceConnect et", "faible (eidas1)"),
        ("/prive/sante/", "fr", "viennent de FranceConnect+ et", "substantiel (eidas2)"),
        ("/prive/notaire/", "fr", "viennent de FranceConnect+ et", "élevé (eidas3)"),
        ("/prive/", "en", "come from FranceConnect and", "low (eidas1)"),
        ("/prive/sante/", "en", "come from FranceConnect+ and", "substantial (eidas2)"),
        ("/prive/notaire/", "en", "come from FranceConnect+ and", "high (eidas3)"),
    ] {
        let page = profile(&mut world, "test", page, language);
        assert!(page.contains(origin), "{origin} in\n{page}");
        let label = if language == "fr" { "Niveau de garantie" } else { "Level of assurance" };
        assert_rows(&page, &[(label, level)]);
        assert_none(&page, &["<dt>Authentification", "<dt>Authentication"]);
    }
}

#[test]
fn methods_are_told_where_they_were_asked_for() {
    let rows = [
        ("test", "fr", "possession d’une clé, plusieurs facteurs, code secret"),
        ("test", "en", "possession of a key, several factors, PIN"),
        ("eidas_belge", "fr", "identité d’un autre pays européen"),
    ];
    for (login, language, words) in rows {
        let page = profile(&mut plus(&[("FC_AMR", "true")]), login, "/prive/", language);
        let label = if language == "fr" { "Authentification" } else { "Authentication" };
        assert_rows(&page, &[(label, words)]);
    }
    let mut standard = variables();
    standard.insert("FC_AMR", "true".to_owned());
    let page = profile(&mut World::with(&standard, Alg::Es256), "test", "/prive/", "fr");
    assert_rows(&page, &[("Authentification", "mot de passe")]);
}

#[test]
fn a_date_of_which_a_part_is_unknown_says_so() {
    let asked = [("FC_SCOPES", "openid rnipp_birthdate birth")];
    for (login, language, rows) in [
        (
            "étranger_présumé_né_jour_et_mois",
            "fr",
            [
                ("Date de naissance", "1992 (jour et mois inconnus)"),
                ("Date de naissance à l’état civil", "1er janvier 1992"),
            ],
        ),
        (
            "étranger_présumé_né_jour",
            "fr",
            [
                ("Date de naissance", "novembre 1992 (jour inconnu)"),
                ("Date de naissance à l’état civil", "1er novembre 1992"),
            ],
        ),
        (
            "étranger_présumé_né_jour",
            "en",
            [
                ("Date of birth", "November 1992 (day unknown)"),
                ("Date of birth in the civil register", "1 November 1992"),
            ],
        ),
    ] {
        assert_rows(&profile(&mut plus(&asked), login, "/prive/", language), &rows);
    }
    // FranceConnect completes the date with 01, and tells the identity provider's apart.
    let mut standard = variables();
    standard.insert("FC_SCOPES", "openid birthdate idp_birthdate".to_owned());
    let mut world = World::with(&standard, Alg::Es256);
    let page = profile(&mut world, "étranger_présumé_né_jour_et_mois", "/prive/", "fr");
    assert_rows(
        &page,
        &[
            ("Date de naissance", "1er janvier 1992"),
            ("Date de naissance chez le fournisseur d’identité", "1992 (jour et mois inconnus)"),
        ],
    );
}

#[test]
fn what_another_country_does_not_tell_is_not_shown() {
    let asked = [("FC_SCOPES", "openid identite_pivot preferred_username email"), ("FC_AMR", "true")];
    let page = profile(&mut plus(&asked), "eidas_belge", "/prive/", "fr");
    assert_rows(
        &page,
        &[
            ("Nom de famille", "VAN DEN ÅKER"),
            ("Prénoms", "Jürgen Maria"),
            ("Sexe", "Masculin"),
            ("Date de naissance", "17 mai 1983"),
            ("Lieu de naissance", "Sankt Vith (Ostbelgien)"),
        ],
    );
    assert_none(
        &page,
        &["INSEE", "Pays de naissance", "Adresse électronique", "Nom de naissance", "<h2>Selon"],
    );
    let page = profile(&mut plus(&asked), "eidas_tchèque", "/prive/", "en");
    assert_rows(&page, &[("Family name", "DVOŘÁKOVÁ"), ("Date of birth", "31 December 1979")]);
    assert_none(&page, &["Sex", "Place of birth", "Country of birth", "E-mail", "<dd></dd>", "null"]);
}

#[test]
fn a_place_is_called_a_code_only_if_it_is_one() {
    let mut world = World::new();
    for (login, label, value) in [
        ("test", "Commune de naissance (code INSEE)", "75107"),
        ("test_CORSE_2A", "Commune de naissance (code INSEE)", "2A004"),
        ("test_CORSE_2B", "Commune de naissance (code INSEE)", "2B050"),
        ("naissance_etranger_birthplace_texte", "Lieu de naissance", "LISBOA"),
    ] {
        let page = profile(&mut world, login, "/prive/", "fr");
        assert_rows(&page, &[(label, value)]);
        let country = if login.starts_with("naissance") { "99139" } else { "99100" };
        assert_rows(&page, &[("Pays de naissance (code INSEE)", country)]);
    }
    let page = profile(&mut world, "naissance_etranger_birthplace_texte", "/prive/", "en");
    assert_rows(&page, &[("Place of birth", "LISBOA"), ("Country of birth (INSEE code)", "99139")]);
}

#[test]
fn what_the_register_says_stands_apart_after_the_rest() {
    let asked = [("FC_SCOPES", "openid rnipp_identite_pivot email")];
    let page = profile(&mut plus(&asked), "répertoire_différent", "/prive/", "fr");
    let (told, register) = page.split_once("<h2>Selon le répertoire national des personnes</h2>").unwrap();
    assert_rows(told, &[("Nom de naissance", "DUBOIS MERCIER"), ("Prénoms", "Angela"), ("Sexe", "Féminin")]);
    assert!(told.contains("Adresse électronique") && !told.contains("état civil"), "{told}");
    assert_rows(
        register,
        &[
            ("Nom de naissance à l’état civil", "DUBOIS"),
            ("Prénoms à l’état civil", "Angela Claire Louise"),
            ("Sexe à l’état civil", "Féminin"),
            ("Date de naissance à l’état civil", "24 août 1962"),
            ("Commune de naissance à l’état civil", "75107"),
        ],
    );
    // Nothing of the register, no title for it; nothing at all, no list.
    let page = profile(&mut plus(&[("FC_SCOPES", "openid email")]), "test", "/prive/", "fr");
    assert_none(&page, &["répertoire", "état civil"]);
    let page = profile(&mut plus(&[("FC_SCOPES", "openid")]), "test", "/prive/", "en");
    assert_eq!(page.matches("<dl>").count(), 1, "the login's own: {page}");
}
