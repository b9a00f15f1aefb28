//! What FranceConnect delivered, judged before it is handed on: what can be a secret, what cannot, and where it goes.

use super::{configuration, dossier};
use franceconnect_edge::journey::delivery::{self, Delivery, Form, Host, Known, Side};
use franceconnect_edge::secret::Secret;

const SECRET: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
const ID: &str = "0e1a6c1f2b3d4c5e8f90a1b2c3d4e5f60718293a";
const LIVE: [(&str, &str); 2] = [("PUBLIC_URL", "https://my-service.fr"), ("FC_ENVIRONMENT", "production")];

#[test]
fn a_secret_is_one_word_as_franceconnect_makes_them() {
    let known = vec![Known {
        variable: "FC_CLIENT_SECRET".to_owned(),
        place: ".dev.vars".to_owned(),
        secret: Secret::new("that-of-the-sandbox-0123456789abcdef"),
    }];
    let judge = |typed: &str| delivery::client_secret(&Secret::new(typed), Some(ID), &known);
    for typed in [
        SECRET.to_owned(),
        format!("  {SECRET}\t\n"),
        format!("\u{feff}\u{a0}{SECRET}\u{200b}"),
        "a\"b\\c'd`e~f!0123456789abcdef0123456789".to_owned(),
    ] {
        let secret = judge(&typed).unwrap_or_else(|words| panic!("{typed}: {words:?}"));
        assert!(typed.contains(secret.expose()) && secret.expose().is_ascii(), "{typed}");
    }
    let short = &SECRET[..31];
    for (typed, reason) in [
        ("", "n’a pas été saisi"),
        (" \u{200b} ", "n’a pas été saisi"),
        (
            &format!("FranceConnect : votre client_secret est {SECRET} (production)"),
            "on dirait le message entier",
        ),
        (&format!("Votre secret :\n{SECRET}"), "on dirait le message entier"),
        (&SECRET.replace("8oY", "8 oY"), "contient un blanc"),
        (&SECRET.replace("Zg", "Zg\u{2011}"), "a pour 13ᵉ caractère autre chose que de l’ASCII"),
        (&SECRET.replace("Zg", "Zg\u{7}"), "a pour 13ᵉ caractère autre chose que de l’ASCII"),
        (&format!("\"{SECRET}\""), "est entre guillemets"),
        (&format!("'{SECRET}'"), "est entre guillemets"),
        (&format!("FC_CLIENT_SECRET={SECRET}"), "commence par son nom"),
        (&format!("client_secret:{SECRET}"), "commence par son nom"),
        (short, "n’a que 31 caractères"),
        (&SECRET.repeat(12), "c’est autre chose qu’un secret"),
        (ID, "est le client_id"),
        ("that-of-the-sandbox-0123456789abcdef", "est celui que FC_CLIENT_SECRET a déjà dans .dev.vars"),
    ] {
        let words = judge(typed).expect_err(typed);
        assert!(words.fr.contains(reason), "{typed}: {}", words.fr);
        for part in [SECRET, short] {
            assert!(!words.fr.contains(part) && !words.en.contains(part), "{words:?}");
        }
    }
}

#[test]
fn a_client_id_is_not_that_of_the_other_environment() {
    let judge = |typed: &str| delivery::client_id(typed, Some("that-of-the-sandbox"));
    assert_eq!(judge(&format!(" {ID}\n")), Ok((ID.to_owned(), None)));
    assert!(judge("abc").is_ok_and(|(id, unusual)| id == "abc" && unusual.is_some()));
    for (typed, reason) in [
        ("", "n’a pas été saisi"),
        ("that-of-the-sandbox", "celui de l’autre environnement"),
        ("technique@villeneuve.example.fr", "une arobase"),
        ("abc\" # x", "contient un blanc"),
        ("abc\"", "a un guillemet"),
        ("client_id=abc", "commence par son nom"),
        (&format!("Votre client_id : {ID}"), "on dirait le message entier"),
    ] {
        let words = judge(typed).expect_err(typed);
        assert!(words.fr.contains(reason), "{typed}: {}", words.fr);
    }
}

#[test]
fn each_product_has_its_variables_and_no_environment_takes_those_of_the_other() {
    let plus = [("level = \"eidas1\"", "level = \"eidas2\"")];
    let keys = crate::support::conversation::private_keys(&["ECDH-ES", "ES256"]);
    let of = |changes: &[(&str, &str)], side, more: &[(&str, &str)]| {
        let (dossier, own) = (dossier(changes), configuration(more));
        let found = Delivery::of(&dossier, side, Some(&own), None);
        found
            .map(|found| (found.secret, found.next, found.has_secret))
            .map_err(|words| words.into_iter().map(|words| words.fr).collect::<String>())
    };
    let live = |more: &[(&'static str, &'static str)]| [&LIVE, more].concat();
    let plus_alone = [LIVE[0], ("FC_ENVIRONMENT", "plus-production"), ("FC_PRIVATE_KEYS", keys.as_str())];
    let jwt = [("FC_CLIENT_AUTH", "private_key_jwt"), ("FC_PRIVATE_KEYS", keys.as_str())];
    let (first, second) = (
        ("FC_CLIENT_SECRET", "FC_CLIENT_SECRET_NEXT", true),
        ("FC_PLUS_CLIENT_SECRET", "FC_PLUS_CLIENT_SECRET_NEXT", true),
    );
    assert_eq!(of(&[], Side::Live, &LIVE), Ok(first));
    assert_eq!(of(&[], Side::Test, &[]), Ok(first));
    assert_eq!(of(&plus, Side::Live, &LIVE), Ok(second), "before it has its client");
    assert_eq!(of(&plus, Side::Live, &plus_alone), Ok(first));
    assert_eq!(of(&[], Side::Live, &[&LIVE[..], &jwt].concat()), Ok((first.0, first.1, false)));
    for (found, reason) in [
        (of(&[], Side::Live, &[]), "n’est pas de production"),
        (of(&[], Side::Test, &LIVE), "est de production"),
        (of(&[], Side::Live, &plus_alone), "que chez FranceConnect+"),
        (of(&[], Side::Live, &live(&[("FC_SCOPES", "given_name")])), "FC_SCOPES doit contenir openid"),
    ] {
        let told = found.expect_err(reason);
        assert!(told.contains(reason), "{told}");
    }
    let none = Delivery::of(&dossier(&[]), Side::Live, None, None).expect_err("no configuration");
    assert!(none[0].fr.starts_with("production.configuration manque"), "{none:?}");
}

#[test]
fn each_host_has_its_command_or_says_why_it_has_none() {
    let words =
        |file: &str, env| Host::of(file, env).command("FC_CLIENT_SECRET").map(|command| command.join(" "));
    assert_eq!(
        words("wrangler.toml", None).as_deref(),
        Some("npx --no -- wrangler secret put FC_CLIENT_SECRET --env=")
    );
    assert_eq!(
        words("deploy/live.toml", Some("production")).as_deref(),
        Some("npx --no -- wrangler secret put FC_CLIENT_SECRET --config live.toml --env production")
    );
    for file in ["spin.toml", "deploy/spin.toml", "environment"] {
        let host = Host::of(file, None);
        let recipes: String = host.recipes("FC_CLIENT_SECRET").into_iter().map(|words| words.fr).collect();
        assert!(
            host.command("FC_CLIENT_SECRET").is_none() && recipes.contains("fc_client_secret value=-"),
            "{file}"
        );
        assert!(!host.line("FC_CLIENT_ID", ID).1.contains('\n'));
    }
}

#[test]
fn a_form_of_writing_keeps_every_character() {
    let odd = Secret::new("a\"b\\c'0123456789abcdef0123456789abcdef");
    let of = |form: Form| form.of("FC_CLIENT_SECRET", &odd).expose().to_owned();
    assert_eq!(of(Form::Value), odd.expose());
    assert_eq!(of(Form::Line), format!("FC_CLIENT_SECRET={}\n", odd.expose()));
    let patch: serde_json::Value = serde_json::from_str(&of(Form::Patch)).unwrap();
    assert_eq!(patch, serde_json::json!({ "stringData": { "fc_client_secret": odd.expose() } }));
}

#[test]
fn a_client_id_takes_the_place_of_its_one_line_or_none() {
    let text = std::fs::read_to_string("wrangler.toml").unwrap();
    let after = delivery::with_client_id(&text, Some("production"), "FC_CLIENT_ID", ID).unwrap();
    let changed: Vec<_> = text.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
    assert_eq!(changed, [("FC_CLIENT_ID = \"\"", format!("FC_CLIENT_ID = \"{ID}\"").as_str())]);
    assert!(after.find(ID) > after.find("[env.production.vars]"), "in its own table");
    let top = "[vars]\r\nFC_CLIENT_ID = \"old\" # from the portal\r\nPUBLIC_URL = \"https://a.fr\"\r\n";
    let after = delivery::with_client_id(top, None, "FC_CLIENT_ID", "new").unwrap();
    assert_eq!(after, "[vars]\r\nFC_CLIENT_ID = \"new\"\r\nPUBLIC_URL = \"https://a.fr\"\r\n");
    for (text, env) in [
        ("[vars]\nPUBLIC_URL = \"https://a.fr\"\n", None),
        ("[vars]\nFC_CLIENT_ID = \"\"\n", Some("production")),
        ("[env.production]\nvars = { FC_CLIENT_ID = \"\" }\n", Some("production")),
        ("[env.production.vars]\nFC_CLIENT_ID = '''\n'''\n", Some("production")),
        (
            "[env.production.vars]\nNOTE = \"\"\"\nFC_CLIENT_ID = 1\n\"\"\"\nFC_CLIENT_ID = \"\"\n",
            Some("production"),
        ),
        ("no toml", None),
    ] {
        assert_eq!(delivery::with_client_id(text, env, "FC_CLIENT_ID", "new"), None, "{text}");
    }
}
