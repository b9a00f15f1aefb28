//! Files of clients and of citizens: what they may say, and every flaw of a broken one with its line, at once.

use super::{NOW, REDIRECT, authorize, client, identity};
use franceconnect_edge::document::Flaw;
use franceconnect_edge::emulator::{
    Alg, Citizens, Client, ClientAuth, Emulator, Encryption, Product, Settings, accounts,
};

fn clients(text: &str) -> Result<Vec<(Product, Client)>, Vec<Flaw>> {
    let environment = |name: &str| (name == "SECRET").then(|| "s".repeat(40));
    Client::read(text, environment)
}

/// Line, place and the first words of what is wrong.
fn told(flaws: &[Flaw]) -> Vec<String> {
    let words = |text: &str| text.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    flaws.iter().map(|flaw| format!("{} {}: {}", flaw.line, flaw.place, words(&flaw.fr))).collect()
}

const SOUND: &str = r#"
[[client]]
platform = "FranceConnect"
name = "Ma démarche"
client_id = "ma-demarche"
client_secret = "$SECRET"
site = "https://demarche.example"
redirect_uris = ["https://demarche.example/callback", "https://autre.example/callback"]
post_logout_redirect_uris = ["https://demarche.example/logout"]
sector_identifier_uri = "https://demarche.example/sector.json"
signup_id = "1234567"
ip_server_addresses_and_ranges = ["192.0.2.1/32", "2001:db8::/64", "198.51.100.7"]
id_token_signed_response_alg = "RS256"
entity_id = "0123456789abcdef0123456789ABCDEF"
scopes = ["openid", "profile"]
rep_scope = ["logement"]
claims = []
allowed_idp_hints = ["demonstration-courriel"]
allowed_prompts = ["login"]
identity_consent = true
active = false

[[client]]
platform = "FranceConnect+"
name = "Ma démarche"
client_id = "ma-demarche"
redirect_uris = ["http://localhost:3000/callback"]
post_logout_redirect_uris = ["http://localhost:3000/logout"]
token_endpoint_auth_method = "private_key_jwt"
jwks_uri = "http://localhost:3000/jwks.json"
id_token_encrypted_response_alg = "RSA-OAEP-256"
"#;

#[test]
fn a_file_of_clients_has_the_fields_of_the_record() {
    let read = clients(SOUND).unwrap();
    let [(Product::Standard, low), (Product::Plus, high)] = &read[..] else { panic!("{read:?}") };
    assert_eq!(low.client_secret, "s".repeat(40));
    assert_eq!((low.signing_alg, low.encryption, low.amr), (Alg::Rs256, None, false));
    assert_eq!(low.redirect_uris.len(), 2);
    assert_eq!(low.scopes.as_deref(), Some(&["openid".to_owned(), "profile".to_owned()][..]));
    assert_eq!(low.entity_id.as_deref(), Some("0123456789abcdef0123456789ABCDEF"));
    assert_eq!((low.rep_scope.as_deref(), &high.rep_scope), (Some(&["logement".to_owned()][..]), &None));
    assert!(low.direct && low.identity_consent && !low.active);
    assert_eq!((high.signing_alg, high.encryption), (Alg::Es256, Some(Encryption::RsaOaep256)));
    assert_eq!((high.auth, high.amr, high.active), (ClientAuth::PrivateKeyJwt, true, true));
}

#[test]
fn every_flaw_of_a_file_of_clients_is_told_at_once() {
    let long = "x".repeat(1025);
    let broken = format!(
        r#"
[[client]]
name = ""
redirect_uris = ["https://a.example/", "https://b.example/"]
client_id = ""
client_secret = "court"
site = "http://a.example"
post_logout_redirect_uris = ["ftp://a.example/"]
signup_id = "12345678"
ip_server_addresses_and_ranges = ["1.1.1.1/33"]
id_token_signed_response_alg = "HS256"
entity_id = "trop-court"
sector_identifer_uri = "https://a.example/"
scopes = ["openid", "rnipp_birth"]
[[client]]
platform = "FranceConnect+"
name = "n"
client_id = "c"
client_secret = "$ABSENT"
redirect_uris = "https://a.example/"
post_logout_redirect_uris = ["https://a.example/{long}"]
id_token_signed_response_alg = "RS256"
token_endpoint_auth_method = "client_secret_basic"
active = "oui"
[[client]]
platform = "FranceConnect+"
name = "n"
client_id = "c"
client_secret = "$SECRET"
redirect_uris = ["https://a.example/"]
post_logout_redirect_uris = ["https://a.example/"]
jwks_uri = "https://a.example/"
id_token_encrypted_response_alg = "ECDH-ES"
"#
    );
    let flaws = clients(&broken).unwrap_err();
    assert_eq!(
        told(&flaws),
        [
            "2 client 1, platform: Veuillez saisir votre environnement",
            "3 client 1, name: Veuillez saisir le nom",
            "4 client 1, redirect_uris: Veuillez renseigner un seul",
            "5 client 1, client_id: Ce champ est obligatoire.",
            "6 client 1, client_secret: doit avoir au moins",
            "7 client 1, site: Veuillez saisir une url",
            "8 client 1, post_logout_redirect_uris: Veuillez saisir votre url",
            "9 client 1, signup_id: Veuillez saisir un numéro",
            "10 client 1, ip_server_addresses_and_ranges: Veuillez saisir une adresse",
            "11 client 1, id_token_signed_response_alg: Les algorithmes de signature",
            "12 client 1, entity_id: Le client id doit",
            "13 client 1, sector_identifer_uri: n’est pas un champ",
            "14 client 1, scopes: rnipp_birth n’est pas un",
            "15 client 2, jwks_uri: Ce champ est obligatoire.",
            "15 client 2, id_token_encrypted_response_alg: doit être ECDH-ES, RSA-OAEP-256",
            "19 client 2, client_secret: nomme une variable que",
            "20 client 2, redirect_uris: doit être une liste",
            "20 client 2, redirect_uris: Veuillez saisir votre url",
            "21 client 2, post_logout_redirect_uris: Veuillez saisir votre url",
            "22 client 2, id_token_signed_response_alg: FranceConnect+ ne signe qu’avec",
            "23 client 2, token_endpoint_auth_method: doit être client_secret_post ou",
            "24 client 2, active: doit être true ou",
            "28 client 3, client_id: est déjà celui d’un",
        ]
    );
    assert!(!format!("{flaws:?}").contains("court\""), "no value is quoted");
}

#[test]
fn files_that_hold_nothing_say_so() {
    assert_eq!(told(&clients("").unwrap_err()), ["1 client: manque : aucun client"]);
    assert_eq!(told(&clients("\n[[client]\n").unwrap_err())[0].split(' ').next(), Some("2"));
    assert_eq!(told(&clients("client = 3").unwrap_err())[0], "1 client: doit être des tables");
}

const CITIZENS: &str = r#"
[[citizen]]
login = "jeanne"
interest = "Née à Nouméa"
given_names = ["Jeanne", "Marie"]
family_name = "EXEMPLE"
gender = "female"
birthdate = "1970-02-03"
birthplace = "98818"
birthcountry = "99100"
email = "jeanne@exemple.fr"

[[citizen]]
login = "jeanne_sans_nom_d_usage"
like = "jeanne"
without = ["given_names"]
idp_birthdate = "1970-00-00"

[[citizen]]
login = "comme_au_bac_a_sable"
like = "avec_nom_dusage"
email = "autre@exemple.fr"

[[citizen]]
login = "refusee"
like = "jeanne"
error = "Y010008"
"#;

#[test]
fn citizens_of_ones_own_log_in() {
    let citizens = Citizens::read(CITIZENS).unwrap();
    let mut emulator =
        Emulator::new(Settings { clients: vec![client("client")], citizens, ..Settings::default() });
    let (_, jeanne) = identity(&mut emulator, &[], "jeanne");
    assert_eq!(
        (jeanne["given_name"].as_str(), jeanne["birthplace"].as_str()),
        (Some("Jeanne Marie"), Some("98818"))
    );
    let (_, bare) = identity(&mut emulator, &[], "jeanne_sans_nom_d_usage");
    assert_eq!((bare.get("given_name"), bare["family_name"].as_str()), (None, Some("EXEMPLE")));
    assert_eq!(
        (bare["birthdate"].as_str(), bare["idp_birthdate"].as_str()),
        (Some("1970-02-03"), Some("1970-00-00"))
    );
    let (_, other) = identity(&mut emulator, &[], "comme_au_bac_a_sable");
    assert_eq!(
        (other["family_name"].as_str(), other["email"].as_str()),
        (Some("MERCIER"), Some("autre@exemple.fr"))
    );
    let mut visitor = franceconnect_edge::emulator::Visitor::new();
    let page = visitor.log_in(&mut emulator, NOW, &authorize(&[("redirect_uri", REDIRECT)]), "refusee");
    assert_eq!(super::page_code(&page), Some("Y010008"));
}

#[test]
fn every_flaw_of_a_file_of_citizens_is_told_at_once() {
    let broken = r#"
citizens = 1
[[citizen]]
login = ""
birthdate = "1970-13-01"
idp_birthdate = "1970-1-1"
gender = "femme"
given_names = "Jeanne"
[[citizen]]
login = "a"
like = "personne"
error = "Y999999"
without = ["email"]
prenom = "Jeanne"
[citizen.register]
like = "test"
nom = "X"
[[citizen]]
login = "a"
foreign_id = "IT/FR/1"
rep_scope = ["logement"]
suspicious = "oui"
"#;
    assert_eq!(
        told(&Citizens::read(broken).unwrap_err()),
        [
            "2 citizens: n’est pas un champ",
            "4 citizen 1, login: est obligatoire.",
            "5 citizen 1, birthdate: doit être une date",
            "6 citizen 1, idp_birthdate: doit être une date",
            "7 citizen 1, gender: doit être male, female",
            "8 citizen 1, given_names: doit être une liste",
            "11 citizen 2, like: ne nomme aucun citoyen",
            "12 citizen 2, error: n’est pas un code",
            "13 citizen 2, without: ne peut nommer que",
            "14 citizen 2, prenom: n’est pas un champ",
            "17 citizen 2, register, nom: n’est pas un champ",
            "19 citizen 3, login: est déjà celui d’un",
            "21 citizen 3, rep_scope: n’existe pas pour une",
            "22 citizen 3, suspicious: doit être true ou",
        ]
    );
}

#[test]
fn the_citizens_of_the_sandbox_are_without_flaw() {
    assert_eq!(accounts().iter().next().map(|account| account.login.as_str()), Some("test"));
    assert!(accounts().of(Product::Standard).count() >= 50);
}

#[test]
fn the_file_of_citizens_in_the_guides_is_sound() {
    for guide in ["docs/emulator.md", "docs/emulateur.md"] {
        let text = std::fs::read_to_string(guide).unwrap();
        let block = text.split("```toml\n").find(|block| block.starts_with("[[citizen]]")).unwrap();
        let citizens =
            Citizens::read(block.split("```").next().unwrap()).unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let settings = Settings { clients: vec![client("client")], citizens, ..Settings::default() };
        let (_, jeanne) = identity(&mut Emulator::new(settings.clone()), &[], "jeanne");
        assert_eq!(
            (&jeanne["birthdate"], &jeanne["idp_birthdate"]),
            (&"1970-02-01".into(), &"1970-02-00".into())
        );
        let (_, rectified) = identity(&mut Emulator::new(settings.clone()), &[], "jeanne_au_répertoire");
        assert_eq!(rectified["given_name"], "Jeanne Marie", "{guide}");
        let (_, helped) = identity(&mut Emulator::new(settings.clone()), &[], "jeanne_aidée");
        assert_eq!((&helped["sub"], helped["rep_scope"].is_array()), (&jeanne["sub"], true), "{guide}");
        assert_eq!(settings.citizens.of(Product::Standard).count(), 4, "{guide}");
    }
}
