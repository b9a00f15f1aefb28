//! FranceConnect+: what its tests share, whole logins, metadata, levels, sessions, accounts.

use super::{NONCE, NOW, REDIRECT, SECRET, STATE, client, form, json_of, names, page_code, parameter, part};
use crate::support::service_keys::{ServiceKeys, key_set};
use franceconnect_edge::emulator::accounts;
use franceconnect_edge::emulator::{
    Client, Emulator, Encryption, Product, Reply, Request, ServiceDocument, Settings, Visitor,
};
use franceconnect_edge::time::Timestamp;
use serde_json::{Value, json};

pub const ISSUER: &str = "http://127.0.0.1:8788/plus/api/v2";
pub const JWKS: &str = "http://localhost:3000/auth/jwks.json";

/// FranceConnect+ and the keys of the service that it knows.
pub struct Plus {
    pub emulator: Emulator,
    pub keys: ServiceKeys,
    pub alg: Encryption,
    /// What the key set's address answers.
    pub set: Option<ServiceDocument>,
    /// How often it was asked.
    pub fetches: usize,
}

impl Plus {
    pub fn new(alg: Encryption) -> Self {
        Self::with(alg, |_| {})
    }

    pub fn with(alg: Encryption, change: impl Fn(&mut Client)) -> Self {
        let register = |id: &str| {
            let mut client = Client { encryption: Some(alg), jwks_uri: Some(JWKS.into()), ..client(id) };
            change(&mut client);
            client
        };
        let hinted = Client { amr: true, idp_hints: Some(vec!["eidas-bridge".into()]), ..register("amr") };
        let clients = vec![register("client"), hinted];
        let keys = ServiceKeys::new(5);
        let set = Some(key_set(&[keys.jwk(alg)]));
        let settings = Settings {
            product: Product::Plus,
            issuer: ISSUER.into(),
            clients,
            seed: [7; 32],
            control: false,
            strict_urls: false,
            ..Settings::default()
        };
        Self { emulator: Emulator::new(settings), keys, alg, set, fetches: 0 }
    }

    /// Fetches what the emulator wants to know before `request`, as a server does.
    pub fn fetch(&mut self, now: Timestamp, request: &Request) {
        for url in self.emulator.wants(now, request) {
            assert_eq!(url, JWKS);
            self.fetches += 1;
            self.emulator.learn(now, &url, self.set.clone());
        }
    }

    pub fn handle(&mut self, now: Timestamp, request: &Request) -> Reply {
        self.fetch(now, request);
        self.emulator.handle(now, request)
    }

    pub fn log_in(&mut self, visitor: &mut Visitor, now: Timestamp, url: &str, account: &str) -> Reply {
        self.fetch(now, &Request::get(url));
        visitor.log_in(&mut self.emulator, now, url, account)
    }

    pub fn token(&mut self, now: Timestamp, pairs: &[(&str, &str)]) -> Reply {
        let usual = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", REDIRECT),
            ("client_id", "client"),
            ("client_secret", SECRET),
        ];
        let kept =
            usual.iter().filter(|(name, _)| !pairs.iter().any(|(c, _)| c.trim_start_matches('-') == *name));
        let added = pairs.iter().filter(|(name, _)| !name.starts_with('-'));
        let pairs: Vec<(&str, &str)> = kept.chain(added).copied().collect();
        self.handle(now, &Request::post(&format!("{ISSUER}/token"), &form(&pairs)))
    }

    pub fn userinfo(&mut self, now: Timestamp, access_token: &str) -> Reply {
        let request = Request::get(&format!("{ISSUER}/userinfo"));
        self.handle(now, &request.with("authorization", &format!("Bearer {access_token}")))
    }

    pub fn open(&self, jwe: &str) -> Value {
        part(&self.keys.open(jwe, self.alg).unwrap_or_else(|rule| panic!("{rule}: {jwe}")), 1)
    }

    /// A login of `account` by a fresh browser: both tokens as they were sent.
    pub fn tokens(&mut self, changes: &[(&str, &str)], account: &str) -> (String, String) {
        let back = self.log_in(&mut Visitor::new(), NOW, &authorize(changes), account);
        let code = parameter(&back, "code").unwrap_or_else(|| panic!("{account}: {} {back:?}", back.text()));
        let client = changes.iter().find(|(name, _)| *name == "client_id").map_or("client", |(_, id)| id);
        let answer = json_of(&self.token(NOW, &[("code", &code), ("client_id", client)]));
        let info = self.userinfo(NOW, answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")));
        (answer["id_token"].as_str().unwrap().to_owned(), info.text().to_owned())
    }

    /// The claims of both.
    pub fn identity(&mut self, changes: &[(&str, &str)], account: &str) -> (Value, Value) {
        let (id_token, userinfo) = self.tokens(changes, account);
        (self.open(&id_token), self.open(&userinfo))
    }
}

/// An authorization request: the usual parameters, `changes` replacing or adding some, `-name` removing.
pub fn authorize(changes: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid identite_pivot preferred_username email"),
        ("acr_values", "eidas2"),
        ("state", STATE),
        ("nonce", NONCE),
    ];
    let kept =
        usual.iter().filter(|(name, _)| !changes.iter().any(|(c, _)| c.trim_start_matches('-') == *name));
    let added = changes.iter().filter(|(name, _)| !name.starts_with('-'));
    let pairs: Vec<(&str, &str)> = kept.chain(added).copied().collect();
    format!("{ISSUER}/authorize?{}", form(&pairs))
}

#[test]
fn a_whole_login_under_every_encryption() {
    for alg in Encryption::ALL {
        let mut plus = Plus::new(alg);
        let (id_token, userinfo) = plus.tokens(&[], "test");
        for (jwe, epk) in [(&id_token, alg == Encryption::EcdhEs), (&userinfo, alg == Encryption::EcdhEs)] {
            let header = part(jwe, 0);
            let mut expected = vec!["alg", "aud", "cty", "enc", "iss", "kid"];
            if epk {
                expected.insert(4, "epk");
            }
            assert_eq!(names(&header), expected, "{alg:?}");
            let said = ["alg", "aud", "cty", "enc", "iss", "kid"].map(|name| header[name].as_str().unwrap());
            assert_eq!(said, [alg.name(), "client", "JWT", "A256GCM", ISSUER, "chiffrement-2026"]);
            let inner = plus.keys.open(jwe, alg).unwrap();
            let signed = part(&inner, 0);
            assert_eq!((names(&signed), &signed["alg"]), (vec!["alg", "kid"], &json!("ES256")));
            assert!(signed["kid"].as_str().unwrap().starts_with("pkcs11:hsm:"));
        }
        let (claims, identity) = (plus.open(&id_token), plus.open(&userinfo));
        assert_eq!(names(&claims), ["acr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub"]);
        assert_eq!((&claims["acr"], &claims["nonce"]), (&json!("eidas2"), &json!(NONCE)));
        assert_eq!(names(&identity).len(), 13);
        assert_eq!(identity["sub"], claims["sub"]);
        assert_eq!(plus.fetches, 1, "one fetch for one login");
    }
}

#[test]
fn metadata_say_what_differs() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let path = format!("{ISSUER}/.well-known/openid-configuration");
    let metadata = json_of(&plus.handle(NOW, &Request::get(&path)));
    for (name, expected) in [
        ("issuer", json!(ISSUER)),
        ("acr_values_supported", json!(["eidas2", "eidas3"])),
        ("id_token_signing_alg_values_supported", json!(["ES256"])),
        ("userinfo_signing_alg_values_supported", json!(["ES256"])),
        ("id_token_encryption_alg_values_supported", json!(["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"])),
        ("userinfo_encryption_alg_values_supported", json!(["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"])),
        ("id_token_encryption_enc_values_supported", json!(["A256GCM"])),
        ("userinfo_encryption_enc_values_supported", json!(["A256GCM"])),
        ("token_endpoint_auth_methods_supported", json!(["client_secret_post", "private_key_jwt"])),
        ("token_endpoint_auth_signing_alg_values_supported", json!(["ES256"])),
    ] {
        assert_eq!(metadata[name], expected, "{name}");
    }
    let scopes = metadata["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("rnipp_identite_pivot")) && !scopes.contains(&json!("idp_birthdate")));
    let standard = super::emulator().handle(NOW, &Request::get(&path.replace("/plus", "")));
    assert_eq!(json_of(&standard).get("id_token_encryption_alg_values_supported"), None);
}

#[test]
fn the_lowest_known_level_wins() {
    for (asked, given) in [
        ("eidas2", "eidas2"),
        ("eidas3", "eidas3"),
        ("eidas3 eidas2", "eidas2"),
        ("inconnu  eidas3", "eidas3"),
        ("inconnu", "eidas3"),
        ("eidas4 EIDAS2", "eidas3"),
    ] {
        let mut plus = Plus::new(Encryption::EcdhEs);
        assert_eq!(plus.identity(&[("acr_values", asked)], "test").0["acr"], given, "{asked}");
    }
    for asked in ["eidas1", "eidas3 eidas1", "eidas1 eidas2"] {
        let mut plus = Plus::new(Encryption::EcdhEs);
        let reply = plus.handle(NOW, &Request::get(&authorize(&[("acr_values", asked)])));
        assert_eq!(parameter(&reply, "error").as_deref(), Some("invalid_acr"), "{asked}");
        let description = "acr_value is not valid, should be equal one of these values, expected \
                           eidas2,eidas3, got eidas1";
        assert_eq!(parameter(&reply, "error_description").as_deref(), Some(description), "{asked}");
    }
}

#[test]
fn a_session_lasts_ten_minutes_and_never_serves_the_highest_level() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let mut browser = Visitor::new();
    let asks_again = |plus: &mut Plus, browser: &mut Visitor, minutes: i64, level: &str| {
        let (now, url) = (NOW.plus(minutes * 60), authorize(&[("acr_values", level)]));
        plus.fetch(now, &Request::get(&url));
        !browser.open(&mut plus.emulator, now, &url).0.ends_with("/information")
    };
    assert!(asks_again(&mut plus, &mut browser, 0, "eidas2"));
    plus.log_in(&mut browser, NOW, &authorize(&[]), "test");
    for (minutes, level, again) in
        [(1, "eidas2", false), (1, "eidas3", true), (9, "eidas3 eidas2", false), (10, "eidas2", true)]
    {
        assert_eq!(asks_again(&mut plus, &mut browser, minutes, level), again, "{minutes} {level}");
    }
    // Who has identified for this very request is not asked twice.
    let back = plus.log_in(&mut browser, NOW.plus(660), &authorize(&[("acr_values", "eidas3")]), "test");
    assert!(parameter(&back, "code").is_some());
    let cookie = plus.handle(NOW, &Request::get(&authorize(&[])));
    let cookie = cookie.get("set-cookie").unwrap();
    assert!(cookie.starts_with("fc_plus_session_id=") && !cookie.contains("Max-Age"), "{cookie}");
}

#[test]
fn identities_are_the_identity_providers_and_the_registers_beside_them() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let mut shape = |scope: &str, login: &str| plus.identity(&[("scope", scope)], login).1;
    assert_eq!(shape("openid profile", "étranger_présumé_né_jour_et_mois")["birthdate"], "1992-00-00");
    let presumed = shape("openid rnipp_birthdate", "étranger_présumé_né_jour");
    assert_eq!(
        (&presumed["birthdate"], &presumed["rnipp_birthdate"]),
        (&json!("1992-11-00"), &json!("1992-11-01"))
    );
    let both = shape("openid rnipp_identite_pivot", "répertoire_différent");
    assert_eq!(
        (&both["given_name"], &both["rnipp_given_name"]),
        (&json!("Angela"), &json!("Angela Claire Louise"))
    );
    assert_eq!(both["rnipp_given_name_array"], json!(["Angela", "Claire", "Louise"]));
    assert_eq!(names(&both).len(), 5 + 6 + 7);
    let profile = shape("openid rnipp_profile", "test");
    assert_eq!(names(&profile).len(), 5 + 5 + 5, "{profile}");
    let plain = shape("openid profile birth email given_name_array idp_id idp_birthdate", "test");
    for absent in ["given_name_array", "idp_id", "idp_birthdate", "rnipp_birthdate", "rnipp_given_name"] {
        assert_eq!(plain.get(absent), None, "{absent}");
    }
}

#[test]
fn european_citizens_tell_less() {
    let asked = r#"{"id_token":{"amr":{"essential":true}}}"#;
    let mut plus = Plus::new(Encryption::RsaOaep256);
    let scope = ("scope", "openid identite_pivot preferred_username email rnipp_identite_pivot");
    let changes = [("client_id", "amr"), ("claims", asked), scope];
    let (id_token, belgian) = plus.identity(&changes, "eidas_belge");
    assert!(id_token["amr"].as_array().unwrap().contains(&json!("eidas")));
    assert_eq!(belgian["birthplace"], "Sankt Vith (Ostbelgien)");
    assert_eq!(belgian["preferred_username"], belgian["family_name"]);
    let (_, czech) = plus.identity(&changes, "eidas_tchèque");
    for absent in ["birthcountry", "email", "rnipp_given_name", "rnipp_birthdate"] {
        assert_eq!((belgian.get(absent), czech.get(absent)), (None, None), "{absent}");
    }
    assert_eq!((czech.get("gender"), czech.get("birthplace")), (None, None));
    assert_ne!(belgian["sub"], czech["sub"]);
    let (id_token, french) = plus.identity(&changes, "test");
    assert_eq!(id_token["amr"], json!(["fc", "pop", "mfa", "pin"]));
    assert_eq!(french["email"], "wossewodda-3728@yopmail.com");
}

#[test]
fn every_account_logs_in_or_fails_as_it_says() {
    for account in accounts().of(Product::Plus) {
        let mut plus = Plus::new(Encryption::EcdhEs);
        // This one fails when it logs out.
        match account.error.filter(|code| *code != "Y020028") {
            None => {
                let (id_token, userinfo) = plus.identity(&[], &account.login);
                assert_eq!(id_token["sub"], userinfo["sub"], "{}", &account.login);
            }
            Some(code) => {
                let page = plus.log_in(&mut Visitor::new(), NOW, &authorize(&[]), &account.login);
                assert_eq!(page_code(&page), Some(code), "{}", &account.login);
            }
        }
    }
}

#[test]
fn pages_say_its_name() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.fetch(NOW, &Request::get(&authorize(&[])));
    let mut browser = Visitor::new();
    let (path, choice) = browser.open(&mut plus.emulator, NOW, &authorize(&[]));
    for shown in ["<title>Choix du compte - FranceConnect+</title>", "FIP1-HIGH", "eidas-bridge"] {
        assert!(choice.text().contains(shown), "{shown}");
    }
    let bridge = Request::post(&format!("{path}/fournisseur"), "idp=eidas-bridge");
    browser.send(&mut plus.emulator, NOW, bridge);
    let (_, login) = browser.open(&mut plus.emulator, NOW, &format!("{path}/connexion"));
    assert!(login.text().contains("value=\"eidas_belge\"") && !login.text().contains("nom_composé"));
    let form = form(&[("login", "test"), ("password", "123")]);
    let unknown = browser.send(&mut plus.emulator, NOW, Request::post(&format!("{path}/connexion"), &form));
    assert_eq!(unknown.status, 403, "the bridge knows nobody from here");
    let error = plus.handle(NOW, &Request::get(&authorize(&[("nonce", "court")])));
    assert!(error.text().contains("<title>Erreur de connexion - FranceConnect+</title>"));
}
