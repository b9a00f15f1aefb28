//! `keygen jwks`: keys that the configuration takes, and a change of keys from one set to the next.

use std::io::Write;
use std::process::{Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::config;
use franceconnect_edge::jose::{KeyManagement, PrivateKeySet};
use franceconnect_edge::secret::Secret;
use ring::{digest, rsa};
use serde_json::{Value, json};

use crate::cli::{program, text};
use crate::native_support::{Folder, KEY};
use crate::support::envelope::{self, Agreeing, with};
use crate::support::fixture;
use crate::support::signer::b64;

/// Runs `keygen jwks` with this on standard input.
fn keygen(folder: &Folder, words: &[&str], input: &str) -> Output {
    let mut command = program(folder.path());
    command.args(["keygen", "jwks"]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without having read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let told = text(&output.stderr);
    for key in [input, &text(&output.stdout)].into_iter().flat_map(keys_of) {
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            let number = key.get(name).and_then(Value::as_str);
            assert!(number.is_none_or(|number| !told.contains(number)), "{name} was told:\n{told}");
        }
    }
    output
}

fn keys_of(set: &str) -> Vec<Value> {
    let set: Value = serde_json::from_str(set).unwrap_or_default();
    set["keys"].as_array().cloned().unwrap_or_default()
}

fn kids(set: &str) -> Vec<String> {
    keys_of(set).iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// What a run that must succeed printed: one line.
fn printed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let line = text(&output.stdout);
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    line.trim_end().to_owned()
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// The configuration that needs a key for `alg`, with these keys.
fn read(alg: &str, set: &str) -> Result<config::Config, config::Faults> {
    let jwt = if alg == "ES256" { "private_key_jwt" } else { "" };
    config::read(|name| {
        let value = match name {
            "PUBLIC_URL" => "https://service.example",
            "FC_ENVIRONMENT" if alg == "ES256" => "sandbox",
            "FC_ENVIRONMENT" => "plus-integration",
            "FC_CLIENT_AUTH" => jwt,
            "FC_ENCRYPTION_ALG" if alg != "ES256" => alg,
            "FC_CLIENT_ID" | "FC_CLIENT_SECRET" => "client",
            "FC_SESSION_KEYS" => KEY,
            "FC_PRIVATE_KEYS" => set,
            _ => "",
        };
        Some(value.to_owned())
    })
}

#[test]
fn a_new_key_is_taken_by_the_configuration_and_named_by_its_thumbprint() {
    let folder = Folder::new();
    let ec = ["alg", "crv", "d", "kid", "kty", "use", "x", "y"];
    let rsa = ["alg", "d", "dp", "dq", "e", "kid", "kty", "n", "p", "q", "qi", "use"];
    for (words, alg, purpose, members) in [
        (&[][..], "ECDH-ES", "enc", &ec[..]),
        (&["--alg", "ES256"], "ES256", "sig", &ec),
        (&["--alg", "RSA-OAEP-256"], "RSA-OAEP-256", "enc", &rsa),
    ] {
        let output = keygen(&folder, words, "");
        let set = printed(&output);
        let keys = keys_of(&set);
        let [key] = &keys[..] else { panic!("{set}") };
        assert_eq!(key.as_object().unwrap().keys().collect::<Vec<_>>(), members);
        assert_eq!((&key["alg"], &key["use"]), (&json!(alg), &json!(purpose)));
        let canonical = match alg {
            "RSA-OAEP-256" => format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, key["e"], key["n"]),
            _ => format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, key["x"], key["y"]),
        };
        let thumbprint = b64(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        assert_eq!(key["kid"], json!(thumbprint));
        assert!(read(alg, &set).is_ok());
        let told = text(&output.stderr);
        for word in [
            "npx wrangler secret put FC_PRIVATE_KEYS",
            "SPIN_VARIABLE_FC_PRIVATE_KEYS",
            ".dev.vars",
            &thumbprint,
        ] {
            assert!(told.contains(word), "{word} is missing from:\n{told}");
        }
        if alg == "RSA-OAEP-256" {
            // Another library accepts the numbers only if they belong together.
            let numbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| bytes(&key[name]));
            let [n, e, d, p, q, dp, dq, qi] = &numbers;
            let public_key = rsa::PublicKeyComponents { n, e };
            let pair = rsa::KeyPairComponents { public_key, d, p, q, dP: dp, dQ: dq, qInv: qi };
            assert_eq!(rsa::KeyPair::from_components(&pair).unwrap().public().modulus_len(), 256);
        }
    }
    let (first, second) = (keygen(&folder, &[], ""), keygen(&folder, &[], ""));
    assert_ne!(kids(&printed(&first)), kids(&printed(&second)));
}

/// Which keys of `all` open a token with the set that `text` is.
fn opens(text: &str, all: &[&Value]) -> Vec<bool> {
    let keys = PrivateKeySet::parse(&Secret::new(text)).unwrap();
    let open = |key: &&Value| {
        let token = Agreeing::from_slice(&bytes(&key["d"])).token(&json!({ "kid": key["kid"] }), "inside");
        envelope::text(&token, KeyManagement::EcdhEs, &keys).is_ok()
    };
    all.iter().map(open).collect()
}

#[test]
fn keys_are_changed_in_three_steps() {
    let folder = Folder::new();
    let before = printed(&keygen(&folder, &[], ""));
    folder.write("cles.json", &before);
    let appended = printed(&keygen(&folder, &["--add-to", "cles.json", "--last"], ""));
    let [old, new] = &keys_of(&appended)[..] else { panic!("{appended}") };
    assert_eq!(std::slice::from_ref(old), keys_of(&before), "the present key is left as it is");
    let [old_kid, new_kid] = [old, new].map(|key| key["kid"].as_str().unwrap());
    let promoted = printed(&keygen(&folder, &["--from", "-", "--first", new_kid], &appended));
    folder.write("cles-2.json", format!("{promoted}\n"));
    let dropped = printed(&keygen(&folder, &["--from", "cles-2.json", "--drop", old_kid], ""));
    for (set, order, opened) in [
        (&before, vec![old_kid], [true, false]),
        (&appended, vec![old_kid, new_kid], [true, true]),
        (&promoted, vec![new_kid, old_kid], [true, true]),
        (&dropped, vec![new_kid], [false, true]),
    ] {
        assert_eq!(kids(set), order);
        assert_eq!(opens(set, &[old, new]), opened, "{order:?}");
        assert!(read("ECDH-ES", set).is_ok());
        folder.write("shown.json", set);
        let public = printed(&keygen(&folder, &["--from", "shown.json", "--public"], ""));
        assert_eq!(Some(public), PrivateKeySet::parse(&Secret::new(set.as_str())).unwrap().published());
    }
    // The newest first, where no time is to be lost.
    let added = printed(&keygen(&folder, &["--add-to", "-", "--alg", "ES256"], &before));
    assert_eq!((kids(&added)[1].as_str(), &keys_of(&added)[0]["alg"]), (old_kid, &json!("ES256")));
}

#[test]
fn sets_that_cannot_be_changed() {
    let folder = Folder::new();
    let ec = |seed: u8, kid: &str| Agreeing::new(seed).private(kid);
    let set = |keys: &[Value]| json!({ "keys": keys }).to_string();
    let one = set(&[ec(1, "-a")]);
    let four = set(&[ec(1, "a"), ec(2, "b"), ec(3, "c"), ec(4, "d")]);
    let faulty = set(&[with(ec(1, "a"), &json!({ "use": "sig" })), json!(7), ec(2, "b"), ec(3, "b")]);
    let public = set(&[with(ec(1, "a"), &json!({ "d": null }))]);
    let rows: [(&[&str], &str, i32, &[&str]); 12] = [
        (&["--add-to", "-"], &faulty, 1, &["clé n° 1 : use et alg", "clé n° 2 :", "clé n° 4 : son kid"]),
        (&["--from", "-", "--public"], &faulty, 1, &["clé n° 1", "clé n° 2", "clé n° 4"]),
        (&["--add-to", "-"], &public, 1, &["est une clé publique"]),
        (&["--add-to", "-"], "", 1, &["n’est pas un JWK Set"]),
        (&["--add-to", "-"], &ec(1, "a").to_string(), 1, &["n’est pas un JWK Set"]),
        (&["--add-to", "-"], &four, 1, &["aurait des erreurs", "plus de 4 clés"]),
        (&["--from", "-", "--drop", "-a"], &one, 1, &["aurait des erreurs", "aucune clé"]),
        (&["--from", "-", "--drop", "a"], &one, 1, &["Aucune clé du jeu n’a ce kid", "1. -a (ECDH-ES)"]),
        (&["--from", "-", "--first", "e"], &four, 1, &["2. b (ECDH-ES)", "4. d (ECDH-ES)"]),
        (&["--add-to", "absent.json"], "", 2, &["absent.json"]),
        (&["--from", "-"], &one, 2, &["--drop"]),
        (&["--alg", "RS256"], "", 2, &["RS256"]),
    ];
    for (words, input, status, parts) in rows {
        let output = keygen(&folder, words, input);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{words:?}: {told}");
        assert_eq!(text(&output.stdout), "", "{words:?}");
        for part in parts {
            assert!(told.contains(part), "{words:?}: {part:?} is missing from:\n{told}");
        }
    }
    for words in [
        &["--last"][..],
        &["--public"],
        &["--drop", "a"],
        &["--add-to", "-", "--first", "a"],
        &["--from", "-", "--alg", "ES256", "--public"],
        &["--from", "-", "--first", "a", "--drop", "a"],
    ] {
        assert_eq!(keygen(&folder, words, &four).status.code(), Some(2), "{words:?}");
    }
    let same = printed(&keygen(&folder, &["--from", "-", "--first", "-a"], &one));
    assert_eq!(kids(&same), ["-a"], "a name may begin with a hyphen");
}

/// A change of RSA keys needs two at a time; Cloudflare takes 5 kB for a secret.
#[test]
fn two_rsa_keys_fit_into_a_secret() {
    let folder = Folder::new();
    let kid = "k".repeat(43);
    let one = json!({ "keys": [fixture::rsa_key(0, &kid), Agreeing::new(1).private("s")] }).to_string();
    let output = keygen(&folder, &["--add-to", "-", "--alg", "RSA-OAEP-256"], &one);
    let two = printed(&output);
    assert!(two.len() < 4_000 && !text(&output.stderr).contains("octets"), "{}", two.len());
    let three = [keys_of(&two), vec![fixture::rsa_key(1, "z")]].concat();
    let three = json!({ "keys": three }).to_string();
    let output = keygen(&folder, &["--from", "-", "--first", "z"], &three);
    assert!(printed(&output).len() > 5_000 && text(&output.stderr).contains("octets"));
}

#[test]
fn a_set_in_dev_vars_is_judged_and_served() {
    let folder = Folder::new();
    let set = printed(&keygen(&folder, &[], ""));
    let rest = "PUBLIC_URL=https://service.example\nFC_ENVIRONMENT=plus-integration\nFC_CLIENT_ID=client\n";
    let secrets = format!("FC_CLIENT_SECRET=client-secret\nFC_SESSION_KEYS={KEY}\n");
    for quote in ["'", "\"", "`", ""] {
        folder.write(
            ".dev.vars",
            format!("{rest}{secrets}FC_PRIVATE_KEYS={quote}{set}{quote} # newest first\n"),
        );
        let output = program(folder.path()).arg("check").output().unwrap();
        let all = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{all}");
        assert!(all.contains("\n  jwks_uri https://service.example/auth/jwks.json\n"), "{all}");
        assert!(!all.contains(keys_of(&set)[0]["d"].as_str().unwrap()), "{all}");
    }
    folder.write(".dev.vars", format!("{rest}{secrets}FC_PRIVATE_KEYS='{}'\n", set.replace("enc", "sig")));
    let output = program(folder.path()).arg("check").output().unwrap();
    let all = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(all.contains("FC_PRIVATE_KEYS (.dev.vars:6) clé n° 1 : use et alg"), "{all}");
}
