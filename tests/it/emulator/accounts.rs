//! Who can log in: every account of FranceConnect's sandbox, failures of identity providers, the register, helpers.

use super::plus::{self, Plus};
use super::{AFTER, ISSUER, NOW, STATE, authorize, client, emulator, form, identity, page_code, parameter};
use franceconnect_edge::emulator::{
    Client, Emulator, Encryption, Product, Reply, Request, Settings, Visitor, accounts,
};

const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
const ABORTED: &str = "user authentication aborted";

/// What `/session/end` answers to the browser of somebody who has just logged in.
fn log_out(emulator: &mut Emulator, login: &str) -> Reply {
    let mut browser = Visitor::new();
    let back = browser.log_in(emulator, NOW, &authorize(&[]), login);
    let code = parameter(&back, "code").unwrap();
    let answer = super::json_of(&super::token(emulator, NOW, &[("code", &code)]));
    let query = form(&[
        ("id_token_hint", answer["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", AFTER),
        ("state", STATE),
    ]);
    browser.send(emulator, NOW, Request::get(&format!("{ISSUER}/session/end?{query}")))
}

#[test]
fn every_account_of_the_sandbox_exists() {
    for logins in [
        "test avec_nom_dusage nom_composé nom_50+_caractères nom_prénom_long carac_speciaux caractères_spéciaux",
        "plusieurs_prénoms_2 plusieurs_prénoms_3 prénom_composé prénom_composé_avec_espace",
        "moins_16_ans moins_18_ans moins_25_ans genre_indéfini",
        "sans_prenom sans_nom_naissance sans_nom_dusage sans_telephone test_CORSE_2A test_CORSE_2B",
        "naissance_Algérie naissance_Maroc naissance_Portugal naissance_Belgique naissance_Espagne",
        "naissance_Italie naissance_polynesie_française naissance_wallis_futuna",
        "naissance_etranger_birthplace_cog naissance_etranger_birthplace_texte",
        "étranger_présumé_né_jour étranger_présumé_né_jour_et_mois",
    ] {
        for login in logins.split(' ') {
            let account = accounts().iter().find(|account| account.login == login);
            assert!(account.is_some_and(|account| account.error.is_none()), "{login}");
        }
    }
    let error = |login: &str| accounts().iter().find(|account| account.login == login)?.error;
    for login in ["sans_mail", "sans_genre", "sans_birthplace", "mois_00", "test_INVALID_COG"] {
        assert_eq!(error(login), Some("Y600006"), "{login}");
    }
    assert_eq!((error("Désactivé"), error("Y180001")), (Some("Y180001"), Some("Y180001")));
    for number in ["04", "06", "07", "08", "09", "11", "12", "13", "15", "99"] {
        assert_eq!(error(&format!("E0100{number}")), Some(&*format!("Y0100{number}")));
    }
    for (login, birthdate, birthplace, birthcountry) in [
        ("test", "1962-08-24", "75107", "99100"),
        ("moins_16_ans", "2015-06-20", "75107", "99100"),
        ("moins_18_ans", "2009-05-02", "75107", "99100"),
        ("moins_25_ans", "2007-01-23", "75107", "99100"),
        ("test_CORSE_2B", "1962-08-24", "2B050", "99100"),
        ("naissance_Maroc", "1962-08-24", "", "99350"),
        ("naissance_Belgique", "1962-08-24", "", "99131"),
        ("naissance_Espagne", "1962-08-24", "", "99134"),
        ("naissance_Italie", "1962-08-24", "", "99127"),
        ("naissance_polynesie_française", "1962-08-24", "98729", "99100"),
        ("naissance_wallis_futuna", "1962-08-24", "98611", "99100"),
        ("étranger_présumé_né_jour", "1992-11-01", "", "99217"),
    ] {
        let (_, told) = identity(&mut emulator(), &[], login);
        let told =
            ["birthdate", "birthplace", "birthcountry"].map(|claim| told[claim].as_str().unwrap().to_owned());
        assert_eq!(told, [birthdate, birthplace, birthcountry], "{login}");
    }
    let (_, married) = identity(&mut emulator(), &[], "avec_nom_dusage");
    assert_eq!(
        (&married["family_name"], &married["preferred_username"]),
        (&"MERCIER".into(), &"DUBOIS".into())
    );
}

#[test]
fn an_identity_provider_that_fails_has_its_page_and_its_word_to_the_service() {
    let rows = [
        ("Y020021", 400, Some("invalid_request"), TECHNICAL),
        ("Y020022", 403, Some("invalid_request"), "invalid state parameter"),
        ("Y020023", 403, Some("access_denied"), TECHNICAL),
        ("Y020024", 500, Some("server_error"), TECHNICAL),
        ("Y020025", 400, Some("server_error"), TECHNICAL),
        ("Y020026", 502, Some("server_error"), TECHNICAL),
        ("Y020027", 502, Some("server_error"), TECHNICAL),
        ("Y020029", 500, Some("server_error"), TECHNICAL),
        ("Y020030", 500, Some("server_error"), TECHNICAL),
        ("Y080001", 400, Some("access_denied"), ABORTED),
        ("Y100001", 500, None, TECHNICAL),
        ("Y100002", 400, Some("invalid_request"), "acr_values not supported"),
        ("Y100011", 403, Some("access_denied"), ABORTED),
        ("Y100018", 400, Some("invalid_request"), "idp returned a not allowed acr value"),
        ("Y180002", 500, Some("server_error"), TECHNICAL),
        ("Y600006", 400, Some("server_error"), TECHNICAL),
        ("Y600020", 400, Some("access_denied"), TECHNICAL),
    ];
    for (code, status, error, description) in rows {
        let (mut emulator, mut browser) = (emulator(), Visitor::new());
        let login = if code == "Y600006" { "sans_genre" } else { code };
        let page = browser.log_in(&mut emulator, NOW, &authorize(&[]), login);
        assert_eq!((page_code(&page), page.status), (Some(code), status));
        let link = page.text().split_once("class=\"bouton\" href=\"").unwrap().1.split('"').next().unwrap();
        let back = browser.send(&mut emulator, NOW, Request::get(link));
        assert_eq!(parameter(&back, "error").as_deref(), error, "{code}");
        assert_eq!(parameter(&back, "error_description").as_deref(), Some(description), "{code}");
        assert_eq!(parameter(&back, "state").as_deref(), Some(STATE), "{code}");
    }
    let page = log_out(&mut emulator(), "Y020028");
    assert_eq!((page_code(&page), page.status), (Some("Y020028"), 500));
    assert_eq!(log_out(&mut emulator(), "test").status, 303);
}

#[test]
fn the_european_bridge_fails_in_its_own_ways() {
    for (code, status, error) in [
        ("Y050001", 500, None),
        ("Y060001", 504, Some("temporarily_unavailable")),
        ("Y070001", 504, Some("temporarily_unavailable")),
        ("Y060003", 400, Some("invalid_request")),
        ("Y060004", 400, Some("invalid_request")),
        ("Y080002", 400, Some("access_denied")),
    ] {
        let (mut plus, mut browser) = (Plus::new(Encryption::EcdhEs), Visitor::new());
        let page = plus.log_in(&mut browser, NOW, &plus::authorize(&[]), code);
        assert_eq!((page_code(&page), page.status), (Some(code), status));
        let link = page.text().split_once("class=\"bouton\" href=\"");
        let Some((_, link)) = link else {
            assert_eq!(error, None, "{code}: no link back");
            continue;
        };
        let back = browser.send(&mut plus.emulator, NOW, Request::get(link.split('"').next().unwrap()));
        assert_eq!(parameter(&back, "error").as_deref(), error, "{code}");
    }
}

#[test]
fn franceconnect_tells_what_the_register_says() {
    let scope = ("scope", "openid identite_pivot preferred_username email idp_birthdate");
    let (_, angela) = identity(&mut emulator(), &[scope], "test");
    let (id_token, rectified) = identity(&mut emulator(), &[scope], "répertoire_différent");
    assert_eq!(
        (&rectified["family_name"], &rectified["given_name"]),
        (&angela["family_name"], &angela["given_name"])
    );
    assert_eq!(rectified["sub"], angela["sub"], "whatever the identity provider thinks her name is");
    assert_eq!(id_token["sub"], angela["sub"]);
    assert_eq!(rectified["preferred_username"], "ANGIE", "the usage name is the identity provider’s");
    assert_eq!(rectified["email"], "angie@exemple.fr");
    assert_eq!(rectified["idp_birthdate"], "1962-00-00");
    assert_eq!(rectified["birthdate"], "1962-08-24");
    // FranceConnect+ tells both, and believes the identity provider.
    let scope = ("scope", "openid rnipp_identite_pivot");
    let (_, both) = Plus::new(Encryption::EcdhEs).identity(&[scope], "répertoire_différent");
    assert_eq!(
        (&both["family_name"], &both["rnipp_family_name"]),
        (&"DUBOIS MERCIER".into(), &"DUBOIS".into())
    );
    assert_eq!((&both["birthdate"], &both["rnipp_birthdate"]), (&"1962-00-00".into(), &"1962-08-24".into()));
    assert_ne!(both["sub"], rectified["sub"], "another civil status");
}

#[test]
fn somebody_helped_is_the_one_who_logs_in() {
    let (_, angela) = identity(&mut emulator(), &[], "test");
    let (_, helped) = identity(&mut emulator(), &[], "aidant_argent_logement");
    assert_eq!(helped["sub"], angela["sub"], "that of the person helped");
    assert_eq!(helped["rep_scope"], serde_json::json!(["argent", "logement"]));
    assert_eq!(angela.get("rep_scope"), None);
    let (_, anonymous) = identity(&mut emulator(), &[("scope", "openid")], "aidant_argent_logement");
    assert!(anonymous.get("rep_scope").is_some(), "no scope opens it");

    for (mandates, login, covered) in [
        (&["logement"][..], "aidant_argent_logement", true),
        (&["transports", "argent"], "aidant_argent_logement", true),
        (&["logement"], "aidant_transports", false),
        (&[], "aidant_transports", false),
        (&[], "test", true),
    ] {
        let rep_scope = Some(mandates.iter().map(|&scope| scope.to_owned()).collect());
        let clients = vec![Client { rep_scope, ..client("client") }];
        let mut emulator = Emulator::new(Settings { clients, ..Settings::default() });
        let reply = Visitor::new().log_in(&mut emulator, NOW, &authorize(&[]), login);
        let expected = if covered { (303, None) } else { (400, Some("Y600020")) };
        assert_eq!((reply.status, page_code(&reply)), expected, "{mandates:?} {login}");
    }
    assert!(accounts().of(Product::Plus).all(|account| account.rep_scope.is_empty()), "FranceConnect only");

    // A session that one service began is of no use to another that the mandate does not cover.
    let covered = Client { rep_scope: Some(vec!["logement".into()]), ..client("client") };
    let other = Client { rep_scope: Some(vec!["sante".into()]), ..client("autre") };
    let mut emulator = Emulator::new(Settings { clients: vec![covered, other], ..Settings::default() });
    let mut browser = Visitor::new();
    browser.log_in(&mut emulator, NOW, &authorize(&[]), "aidant_argent_logement");
    let (_, page) = browser.open(&mut emulator, NOW, &authorize(&[("client_id", "autre")]));
    assert_eq!(page_code(&page), Some("Y600020"));
}

#[test]
fn a_european_has_one_name_for_everything() {
    let citizens = "[[citizen]]\nlogin = \"x\"\nforeign_id = \"IT/FR/1\"\ngiven_names = [\"Ada\"]\n\
                    family_name = \"ROSSI\"\nbirthdate = \"1990-01-02\"\n";
    let mut settings = Plus::new(Encryption::EcdhEs).emulator.settings().clone();
    settings.citizens = franceconnect_edge::emulator::Citizens::read(citizens).unwrap();
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.emulator = Emulator::new(settings);
    let (_, ada) = plus.identity(&[], "x");
    assert_eq!(ada["preferred_username"], "ROSSI");
}

#[test]
fn a_suspicious_login_is_wanted_again_at_a_stronger_provider() {
    let asked = [("client_id", "amr"), ("claims", r#"{"id_token":{"amr":{"essential":true}}}"#)];
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&asked));
    let choose = |idp: &str| Request::post(&format!("{path}/fournisseur"), &form(&[("idp", idp)]));
    let account = form(&[("login", "connexion_suspecte"), ("password", "123")]);
    let enter = || Request::post(&format!("{path}/connexion"), &account);
    browser.send(&mut emulator, NOW, choose("demonstration-eidas-faible"));
    assert_eq!(browser.send(&mut emulator, NOW, enter()).get("location"), Some(path.as_str()));
    let (_, choice) = browser.open(&mut emulator, NOW, &path);
    assert!(choice.text().contains("role=\"alert\"") && choice.text().contains("eidas-substantiel\""));
    assert!(!choice.text().contains("eidas-faible\"") && !choice.text().contains("aidants"));
    assert_eq!(
        browser.send(&mut emulator, NOW, choose("demonstration-eidas-faible")).status,
        400,
        "no way around"
    );
    browser.send(&mut emulator, NOW, choose("demonstration-eidas-substantiel"));
    browser.send(&mut emulator, NOW, enter());
    let back = browser.send(&mut emulator, NOW, Request::post(&format!("{path}/information"), ""));
    let code = parameter(&back, "code").unwrap();
    let answer = super::json_of(&super::token(&mut emulator, NOW, &[("code", &code), ("client_id", "amr")]));
    let claims = super::part(answer["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["acr"], "eidas1", "the level stays what the service asked for");
    assert_eq!(claims["amr"], serde_json::json!(["fc", "pop", "mfa", "pin"]));
}
