//! An identity of one's own, typed at an identity provider: what is taken, what is refused beside its field, and who it is.

use super::plus::{self, Plus};
use super::{NOW, authorize, emulator, form, json_of, names, page_code, parameter, part, token, userinfo};
use franceconnect_edge::emulator::{Emulator, Encryption, Reply, Request, Visitor};
use serde_json::Value;

type Fields = Vec<(String, String)>;

/// What the form of a page would send.
fn fields(page: &Reply) -> Fields {
    let form = page.text().split_once("<form").unwrap().1.split_once("</form>").unwrap().0;
    let inputs = form.split("<input ").skip(1).map(|input| input.split('>').next().unwrap());
    let value = |input: &str, name: &str| {
        let value = input.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap();
        value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let sent = inputs.filter(|input| !input.contains("type=\"radio\"") || input.ends_with(" checked"));
    sent.map(|input| (value(input, "name"), value(input, "value"))).collect()
}

/// The form with other values in these fields.
fn changed(fields: &Fields, changes: &[(&str, &str)]) -> String {
    let value = |name: &str, old: &str| {
        changes.iter().find(|(changed, _)| *changed == name).map_or(old, |(_, new)| *new).to_owned()
    };
    let pairs: Fields = fields.iter().map(|(name, old)| (name.clone(), value(name, old))).collect();
    form(&pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
}

/// To the form at `idp`, filled in like `login`: the interaction's path and the page.
fn open(
    emulator: &mut Emulator,
    browser: &mut Visitor,
    url: &str,
    idp: &str,
    login: &str,
) -> (String, Reply) {
    let (path, _) = browser.open(emulator, NOW, url);
    browser.send(emulator, NOW, Request::post(&format!("{path}/fournisseur"), &form(&[("idp", idp)])));
    let (_, page) = browser.open(emulator, NOW, &format!("{path}/identite?{}", form(&[("compte", login)])));
    assert_eq!(page.status, 200, "{}", page.text());
    (path, page)
}

fn post(emulator: &mut Emulator, browser: &mut Visitor, path: &str, form: &str) -> Reply {
    browser.send(emulator, NOW, Request::post(&format!("{path}/identite"), form))
}

const LOW: &str = "demonstration-eidas-faible";

/// The identity that the service gets of who is like `login` but for `changes`.
fn told(login: &str, changes: &[(&str, &str)]) -> Value {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, page) = open(&mut emulator, &mut browser, &authorize(&[]), LOW, login);
    let sent = post(&mut emulator, &mut browser, &path, &changed(&fields(&page), changes));
    assert_eq!(sent.status, 303, "{}", sent.text());
    let back = browser.send(&mut emulator, NOW, Request::post(&format!("{path}/information"), ""));
    let answer = json_of(&token(&mut emulator, NOW, &[("code", &parameter(&back, "code").unwrap())]));
    part(userinfo(&mut emulator, NOW, answer["access_token"].as_str().unwrap()).text(), 1)
}

#[test]
fn whoever_is_typed_logs_in() {
    let typed = told("test", &[]);
    let (_, account) = super::identity(&mut emulator(), &[], "test");
    assert_eq!(typed, account, "the same civil status is the same person");
    let changes = [
        ("given_names", " Marie Claire ,Zoé, "),
        ("family_name", "D'ÉON-ŒUVRARD"),
        ("preferred_username", ""),
        ("gender", "male"),
        ("birthdate", "1992-00-00"),
        ("birthplace", ""),
        ("birthcountry", "99217"),
        ("email", "zoe@exemple.fr"),
    ];
    let other = told("test", &changes);
    assert_eq!(other["given_name"], "Marie Claire Zoé");
    assert_eq!(other["given_name_array"], serde_json::json!(["Marie Claire", "Zoé"]));
    assert_eq!((&other["family_name"], &other["gender"]), (&"D'ÉON-ŒUVRARD".into(), &"male".into()));
    assert_eq!((&other["birthdate"], &other["idp_birthdate"]), (&"1992-01-01".into(), &"1992-00-00".into()));
    assert_eq!((&other["birthplace"], &other["email"]), (&"".into(), &"zoe@exemple.fr".into()));
    assert_ne!(other["sub"], typed["sub"]);
    assert_eq!(told("test", &changes)["sub"], other["sub"], "and the next time too");
    assert_eq!(
        told("test", &[("email", "autre@exemple.fr")])["sub"],
        typed["sub"],
        "an address is no civil status"
    );
    assert!(!names(&told("sans_prenom", &[])).contains(&"given_name"));
}

#[test]
fn what_is_wrong_is_said_beside_its_field_and_nothing_is_lost() {
    let long = "A".repeat(513);
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, page) = open(&mut emulator, &mut browser, &authorize(&[]), LOW, "test");
    assert!(!page.text().contains("aria-invalid") && !page.text().contains("role=\"alert\""));
    let good = fields(&page);
    for (field, value) in [
        ("gender", ""),
        ("gender", "autre"),
        ("family_name", "Dubois"),
        ("family_name", "DUBOIS 3"),
        ("family_name", long.as_str()),
        ("preferred_username", "<script>"),
        ("given_names", "Anna\u{202e}"),
        ("given_names", "Łukasz"),
        ("birthdate", ""),
        ("birthdate", "2025-12-24"),
        ("birthdate", "1990-02-30"),
        ("birthplace", ""),
        ("birthplace", "Paris"),
        ("birthplace", "7510"),
        ("birthplace", "99001"),
        ("birthcountry", "FR"),
        ("birthcountry", ""),
        ("email", "angela"),
        ("email", ""),
    ] {
        let reply = post(&mut emulator, &mut browser, &path, &changed(&good, &[(field, value)]));
        let text = reply.text();
        assert_eq!(reply.status, 422, "{field} {value}");
        for part in [
            format!("<a href=\"#{field}\">"),
            format!("id=\"{field}-erreur\""),
            format!("{field}-erreur\" aria-invalid=\"true\""),
            "<title>Erreur : Saisir une identité - FranceConnect</title>".to_owned(),
        ] {
            assert!(text.contains(&part), "{field} {value}: {part} is missing in {text}");
        }
        assert_eq!(text.matches("autofocus").count(), 1, "{field} {value}");
        assert!(!text.contains("<script"), "escaped");
        let kept = fields(&reply);
        for (name, old) in &good {
            let expected = if name == field { value } else { old };
            let found = kept.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
            // No answer of a gender that does not exist is marked.
            assert_eq!(
                found,
                if field == "gender" && name == field { "" } else { expected },
                "{field} {value}"
            );
        }
    }
    let reply = post(&mut emulator, &mut browser, &path, "");
    assert_eq!(
        reply.text().matches("aria-invalid=\"true\"").count(),
        4,
        "everything that is missing at once"
    );
    let mended = post(&mut emulator, &mut browser, &path, &changed(&good, &[]));
    assert_eq!((mended.status, mended.get("location")), (303, Some(&*format!("{path}/information"))));
}

#[test]
fn the_form_begins_like_an_account_and_needs_a_provider() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, page) = open(&mut emulator, &mut browser, &authorize(&[]), LOW, "naissance_Maroc");
    assert!(fields(&page).contains(&("birthcountry".into(), "99350".into())));
    let (_, page) = browser.open(&mut emulator, NOW, &format!("{path}/identite?compte=personne"));
    assert!(fields(&page).contains(&("birthplace".into(), "75107".into())), "the first of the list");
    let (_, page) =
        browser.open(&mut emulator, NOW, &format!("{path}/connexion?compte=nom_50%2B_caract%C3%A8res"));
    assert!(page.text().contains("name=\"login\" value=\"nom_50+_caractères\""));
    let here = page.text();
    for link in ["/identite?compte=test\">", "/connexion?compte=nom_50%2B_caract%C3%A8res\">", "/identite\">"]
    {
        assert!(here.contains(&format!("href=\"{path}{link}")), "{link}");
    }
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let early = post(&mut emulator, &mut browser, &path, "");
    assert_eq!((early.status, page_code(&early)), (409, Some("Y190004")));
    let (at, _) = browser.open(&mut emulator, NOW, &format!("{path}/identite"));
    assert_eq!(at, path, "to the choice first");
}

#[test]
fn other_countries_and_helpers_have_fields_of_their_own() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.fetch(NOW, &Request::get(&plus::authorize(&[])));
    let mut subs = Vec::new();
    for (id, name) in [("IT/FR/1", "Rossi"), ("IT/FR/1", "Bianchi"), ("IT/FR/2", "Rossi")] {
        let mut browser = Visitor::new();
        let url = plus::authorize(&[]);
        let (path, page) = open(&mut plus.emulator, &mut browser, &url, "eidas-bridge", "eidas_tchèque");
        let bad =
            post(&mut plus.emulator, &mut browser, &path, &changed(&fields(&page), &[("foreign_id", "")]));
        assert_eq!(bad.status, 422);
        let form = changed(&fields(&page), &[("foreign_id", id), ("family_name", name)]);
        assert_eq!(post(&mut plus.emulator, &mut browser, &path, &form).status, 303);
        let back = browser.send(&mut plus.emulator, NOW, Request::post(&format!("{path}/information"), ""));
        let answer = json_of(&plus.token(NOW, &[("code", &parameter(&back, "code").unwrap())]));
        let info = plus.userinfo(NOW, answer["access_token"].as_str().unwrap());
        let person = plus.open(info.text());
        assert_eq!((&person["family_name"], &person["preferred_username"]), (&name.into(), &name.into()));
        assert_eq!((person.get("gender"), person.get("email")), (None, None));
        subs.push(person["sub"].as_str().unwrap().to_owned());
    }
    assert!(subs[0] == subs[1] && subs[0] != subs[2], "the foreign identifier says who it is");

    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, page) =
        open(&mut emulator, &mut browser, &authorize(&[]), "aidants-connect", "aidant_argent_logement");
    assert!(fields(&page).contains(&("rep_scope".into(), "argent, logement".into())));
    let none = post(&mut emulator, &mut browser, &path, &changed(&fields(&page), &[("rep_scope", " ")]));
    assert!(none.status == 422 && none.text().contains("id=\"rep_scope-erreur\""));
    assert_eq!(post(&mut emulator, &mut browser, &path, &changed(&fields(&page), &[])).status, 303);
}
