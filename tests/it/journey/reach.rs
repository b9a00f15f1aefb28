//! What is said of the addresses of a step: which are looked at, how each must answer, every other answer with what to
//! mend; and that the service as it is answers so.

use std::path::Path;
use std::time::Duration;

use franceconnect_edge::journey::Configuration;
use franceconnect_edge::journey::dossier::Step;
use franceconnect_edge::journey::probe::{Answer, Prober, Trouble};
use franceconnect_edge::journey::reach::{Place, Remark, State, What, gather, judge, look, places};
use serde_json::{Value, json};

use super::{configuration, dossier, private_keys};
use crate::native_support::{KEY, Server};

const CALLBACK: &str = "https://staging.my-service.fr/auth/callback";

pub fn answer(url: &str, status: u16, kind: &str, location: &str, body: &str) -> Result<Answer, Trouble> {
    let header = |name: &str, value: &str| (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()));
    Ok(Answer {
        url: url.parse().unwrap(),
        status,
        headers: header("content-type", kind).into_iter().chain(header("location", location)).collect(),
        body: body.as_bytes().to_vec(),
        whole: true,
        took: Duration::ZERO,
        certificate_until: None,
    })
}

fn place(what: What) -> Place {
    let url = match what {
        What::Law => "https://www.legifrance.gouv.fr/loda/id/X",
        What::Keys => "https://staging.my-service.fr/auth/jwks.json",
        _ => CALLBACK,
    };
    let encryption = (what == What::Keys).then_some("ECDH-ES");
    Place { encryption, ..Place::new(what, url.parse().unwrap()) }
}

/// `+` sound, `?` not seen, `-` wrong, with the words.
fn said(remark: &Remark) -> String {
    let mark = match remark.state {
        State::Sound(_) => '+',
        State::Unseen(_) => '?',
        State::Wrong(..) => '-',
    };
    assert_eq!(mark == '-', remark.is_wrong());
    format!("{mark} {}", remark.words().fr)
}

fn one(place: &Place, answer: &Result<Answer, Trouble>) -> String {
    let remarks = judge(place, answer, None);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    said(&remarks[0])
}

#[test]
fn what_is_looked_at_follows_from_the_step_and_the_configuration() {
    let listed = |step, configuration: Option<&Configuration>, changes: &[(&str, &str)]| {
        let places = places(&dossier(changes), step, configuration);
        places.iter().map(|place| format!("{:?} {}", place.what, place.url)).collect::<Vec<_>>()
    };
    let order = "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479";
    let conditions = "Reference https://partenaires.franceconnect.gouv.fr/cgu";
    assert_eq!(listed(Step::Eligibility, None, &[]), [format!("Law {order}"), conditions.to_owned()]);
    assert_eq!(
        listed(Step::Eligibility, None, &[(order, "https://example.org/t")]),
        ["Law https://example.org/t", &format!("Reference {order}"), conditions]
    );
    assert_eq!(listed(Step::Habilitation, None, &[]), [format!("Law {order}")]);
    assert_eq!(listed(Step::Sandbox, None, &[]), ["Page https://staging.my-service.fr/"]);
    assert!(listed(Step::Qualification, None, &[]).is_empty());
    let shared = configuration(&[("FC_SECTOR_REDIRECT_URIS", "https://other.fr/auth/callback")]);
    let ours = [
        "Callback https://staging.my-service.fr/auth/callback",
        "LogoutCallback https://staging.my-service.fr/auth/logout/callback",
        "Logout https://staging.my-service.fr/auth/logout",
    ];
    let sector = "Sector https://staging.my-service.fr/auth/sector-identifier.json";
    let [one, two, three] = ours;
    let page = "Page https://my-service.fr/";
    assert_eq!(listed(Step::Production, Some(&shared), &[]), [page, one, two, three, sector]);
    let plus = plus();
    let places =
        places(&dossier(&[("level = \"eidas1\"", "level = \"eidas2\"")]), Step::Sandbox, Some(&plus));
    let keys = places.last().unwrap();
    assert_eq!(
        (keys.what, keys.url.path(), keys.encryption),
        (What::Keys, "/auth/jwks.json", Some("ECDH-ES"))
    );
}

/// A configuration of FranceConnect+ whose secrets are not seen.
fn plus() -> Configuration {
    unseen_keys(&[
        ("PUBLIC_URL", "https://staging.my-service.fr"),
        ("FC_ENVIRONMENT", "plus-integration"),
        ("FC_ENCRYPTION_ALG", "ECDH-ES"),
    ])
}

fn unseen_keys(variables: &[(&str, &str)]) -> Configuration {
    let value = |name: &str| {
        let found = variables.iter().chain(&[("FC_CLIENT_ID", "client")]).find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let stand_in = |name: &str| match name {
        "FC_SESSION_KEYS" => Some(KEY.to_owned()),
        "FC_PRIVATE_KEYS" => Some(private_keys(90, "unset")),
        _ => Some("unset".to_owned()),
    };
    Configuration::read("wrangler.toml".to_owned(), value, stand_in)
}

#[test]
fn every_answer_but_the_right_one_is_told_with_what_to_mend() {
    let html = "text/html; charset=utf-8";
    let cases: &[(What, u16, &str, &str, &str)] = &[
        (
            What::Law,
            200,
            html,
            "",
            "+ Texte (legal_basis.url), https://www.legifrance.gouv.fr/loda/id/X : répond (200).",
        ),
        (
            What::Law,
            403,
            html,
            "",
            "? Texte (legal_basis.url), https://www.legifrance.gouv.fr/loda/id/X : n’a pas pu être regardé : 403",
        ),
        (What::Law, 503, html, "", "?"),
        (What::Law, 404, html, "", "répond 404 (text/html) ; corriger legal_basis.url"),
        (What::Reference, 404, html, "", "? Référence"),
        (What::Page, 200, html, "", "+ URL du site"),
        (What::Page, 200, "application/json", "", "- URL du site"),
        (
            What::Page,
            303,
            html,
            "https://elsewhere.fr/a?b=c",
            "redirige vers https://elsewhere.fr/a ; déclarer la page",
        ),
        (What::Page, 401, html, "", "répond 401 (text/html) ; l’ouvrir"),
        (What::Callback, 400, html, "", "+ URL de redirection de connexion"),
        (What::Callback, 400, "application/json", "", "répond 400 (application/json) ; amener"),
        (What::Callback, 200, html, "", "répond 200 (text/html) ; amener"),
        (What::Callback, 404, html, "", "répond 404 (text/html) ; déployer le service"),
        (
            What::Callback,
            301,
            "",
            "/auth/callback/",
            "redirige vers https://staging.my-service.fr/auth/callback/ ; servir cette adresse elle-même",
        ),
        (What::Callback, 503, html, "", "répond 503 (text/html) ; lire le journal"),
        (What::Callback, 403, html, "", "- URL de redirection de connexion"),
        (What::LogoutCallback, 200, html, "", "+ URL de redirection de déconnexion"),
        (What::LogoutCallback, 400, html, "", "- URL de redirection de déconnexion"),
        (What::Logout, 200, html, "", "+ Page de déconnexion"),
        (What::Logout, 405, html, "", "- Page de déconnexion"),
        (What::Callback, 200, "a\u{1b}[31m\u{61c}b", "", "répond 200 (a\u{fffd}[31m\u{fffd}b) ; amener"),
    ];
    for (what, status, kind, location, expected) in cases {
        let place = place(*what);
        let said = one(&place, &answer(place.url.as_str(), *status, kind, location, ""));
        assert!(said.contains(expected), "{what:?} {status}: {said}");
    }
    let moved = answer("https://www.legifrance.gouv.fr/there", 200, html, "", "");
    assert!(
        one(&place(What::Law), &moved)
            .contains("après redirection vers https://www.legifrance.gouv.fr/there")
    );
}

#[test]
fn no_answer_is_told_once_for_a_service_and_apart_for_others() {
    let closed = || Err(Trouble::Closed("staging.my-service.fr:443".to_owned()));
    assert!(one(&place(What::Callback), &closed()).starts_with("- URL de redirection de connexion"));
    assert!(one(&place(What::Law), &closed()).contains("corriger legal_basis.url"));
    assert!(one(&place(What::Reference), &closed()).starts_with("? Référence"));
    let all = [What::Page, What::Callback, What::Logout].map(|what| (place(what), closed()));
    let remarks = gather(&all, None);
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert_eq!(
        said(&remarks[0]),
        "- Le service, https://staging.my-service.fr : personne ne répond sur staging.my-service.fr:443 ; démarrer le \
         service, ou ouvrir ce port (pare-feu, mandataire, hébergeur)."
    );
    let late = Err(Trouble::Late(Duration::from_secs(10)));
    let two = [(place(What::Callback), closed()), (place(What::Logout), late), (place(What::Law), closed())];
    assert_eq!(gather(&two, None).len(), 3);
}

fn wrong(remarks: &[Remark]) -> Vec<String> {
    remarks.iter().filter(|remark| remark.is_wrong()).map(|remark| remark.words().fr).collect()
}

#[test]
fn the_sector_document_is_the_list_of_the_configuration() {
    let other = "https://other.fr/auth/callback";
    let shared = configuration(&[("FC_SECTOR_REDIRECT_URIS", other)]);
    let place = Place::new(
        What::Sector,
        "https://staging.my-service.fr/auth/sector-identifier.json".parse().unwrap(),
    );
    let seen = |status, body: &str| {
        wrong(&judge(
            &place,
            &answer(place.url.as_str(), status, "application/json", "", body),
            Some(&shared),
        ))
    };
    let list = |uris: &[&str]| json!(uris).to_string();
    assert!(seen(200, &list(&[other, CALLBACK])).is_empty());
    let cases: &[(u16, String, &[&str])] = &[
        (404, String::new(), &["Y04A8220"]),
        (303, list(&[CALLBACK, other]), &["Y04A8220"]),
        (200, "<html>".to_owned(), &["Y049E35D"]),
        (200, "{}".to_owned(), &["Y04639D8"]),
        (200, "[1]".to_owned(), &["Y04639D8"]),
        (200, list(&[CALLBACK]), &["il y manque https://other.fr/auth/callback"]),
        (200, list(&[CALLBACK, other, "https://x.fr/\u{1b}out"]), &["https://x.fr/\u{fffd}out y est"]),
        (200, list(&["https://x.fr/out"]), &[CALLBACK, other, "https://x.fr/out y est"]),
    ];
    for (status, body, expected) in cases {
        let told = seen(*status, body);
        assert_eq!(told.len(), expected.len(), "{body}: {told:?}");
        for (told, expected) in told.iter().zip(*expected) {
            assert!(told.contains(expected), "{body}: {told}");
        }
    }
    let silent = judge(&place, &Err(Trouble::Late(Duration::from_secs(10))), Some(&shared));
    assert!(wrong(&silent)[0].contains("Y04ED062"), "{silent:?}");
}

/// A public key of that name.
fn key(kid: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "use": "enc", "alg": "ECDH-ES", "kid": kid })
}

fn without(kid: &str, member: &str) -> Value {
    let mut key = key(kid);
    key.as_object_mut().unwrap().remove(member);
    key
}

fn with(kid: &str, member: &str, value: &str) -> Value {
    let mut key = key(kid);
    key[member] = value.into();
    key
}

#[test]
fn the_key_set_must_be_one_that_franceconnect_can_encrypt_for() {
    let configuration = plus();
    let place = place(What::Keys);
    let cases: &[(Value, &[&str])] = &[
        (json!([key("a"), key("b")]), &[]),
        (json!([key("a"), with("s", "use", "sig")]), &[]),
        (json!([key("a"), key("a")]), &["le kid a (ECDH-ES, enc) y est deux fois"]),
        (json!([key("a"), without("b", "kid")]), &["la clé 2 n’a pas de kid"]),
        (json!([without("a", "use")]), &["aucune clé use=enc alg=ECDH-ES", "la clé 1 n’a pas de use"]),
        (json!([without("a", "alg")]), &["aucune clé use=enc alg=ECDH-ES", "la clé 1 n’a pas de alg"]),
        (json!([with("a", "alg", "RSA-OAEP-256")]), &["Y046B607"]),
        (json!([with("a", "use", "sig")]), &["aucune clé use=enc"]),
        (json!([]), &["aucune clé use=enc"]),
        (json!([with("a", "d", "c2VjcmV0")]), &["PRIVÉES"]),
        (json!("keys"), &["n’est pas un JWK Set"]),
        (json!([1]), &["n’est pas un JWK Set"]),
    ];
    for (keys, expected) in cases {
        let body = json!({ "keys": keys }).to_string();
        let seen = answer(place.url.as_str(), 200, "application/json", "", &body);
        let remarks = judge(&place, &seen, Some(&configuration));
        let told = wrong(&remarks);
        assert_eq!(told.len(), expected.len(), "{keys}: {told:?}");
        for (told, expected) in told.iter().zip(*expected) {
            assert!(told.contains(expected), "{keys}: {told}");
        }
        assert!(!format!("{remarks:?}").contains("c2VjcmV0"), "{remarks:?}");
    }
    let silent = judge(&place, &Err(Trouble::TooLong), Some(&configuration));
    assert!(wrong(&silent)[0].contains("Y044D511"), "{silent:?}");
}

/// What is expected of the service is what it does.
#[test]
fn the_service_as_it_is_answers_as_it_must() {
    let (ours, others) = (private_keys(1, "une"), private_keys(2, "autre"));
    let more = [
        ("FC_SECTOR_REDIRECT_URIS", "https://other.fr/auth/callback"),
        ("FC_ENVIRONMENT", "plus-emulator"),
        ("FC_ENCRYPTION_ALG", "ECDH-ES"),
        ("FC_PRIVATE_KEYS", &ours),
        ("FC_ISSUER", "http://127.0.0.1:9/plus/api/v2"),
    ];
    let server = Server::start(Path::new("site"), &more);
    let origin = format!("http://localhost:{}", server.address.port());
    let here = [&more[..], &[("PUBLIC_URL", origin.as_str())]].concat();
    let seen = |configuration: &Configuration| {
        let page = format!("{origin}/");
        let changes =
            [("https://staging.my-service.fr/", page.as_str()), ("level = \"eidas1\"", "level = \"eidas2\"")];
        let places = places(&dossier(&changes), Step::Sandbox, Some(configuration));
        assert_eq!(places.len(), 6, "{places:?}");
        let prober = Prober::new().unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(look(&prober, places, Some(configuration))).remarks
    };
    let remarks = seen(&configuration(&here));
    assert_eq!(wrong(&remarks), [""; 0]);
    assert_eq!(remarks.len(), 6);
    assert_eq!(remarks.last().unwrap().shown, None, "they are on the sheet");
    let unseen = here.iter().copied().filter(|(name, _)| *name != "FC_PRIVATE_KEYS").collect::<Vec<_>>();
    let remarks = seen(&unseen_keys(&unseen));
    assert_eq!(wrong(&remarks), [""; 0]);
    let shown = remarks.last().unwrap().shown.as_deref().unwrap();
    let served = server.get("/auth/jwks.json").body;
    assert_eq!(shown.parse::<Value>().unwrap(), serde_json::from_slice::<Value>(&served).unwrap());

    // Of another configuration it is not the service.
    let another = [
        &here[..],
        &[("FC_PRIVATE_KEYS", others.as_str()), ("FC_SECTOR_REDIRECT_URIS", "https://third.fr/c")],
    ];
    let told = wrong(&seen(&configuration(&another.concat()))).join("\n");
    for part in [
        "il y manque https://third.fr/c",
        "https://other.fr/auth/callback y est",
        "il y manque la clé autre",
        "la clé une ",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
