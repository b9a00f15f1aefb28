//! Encrypted tokens: every bit that could be bent, every part that could be lost, doubled or moved.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::{KeyManagement, PrivateKeySet, TOKEN_LIMIT, Untrusted};
use serde_json::json;

use crate::support::envelope::{Agreeing, Transport, private_keys, text};
use crate::support::fixture;
use crate::support::signer::b64;

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A good token of each algorithm, and how many bits of it to pass over: an RSA operation takes milliseconds where
/// nothing is optimised.
fn good() -> (PrivateKeySet, [(String, KeyManagement, usize); 2]) {
    let (key, rsa) = (Agreeing::new(1), fixture::rsa_key(0, "r"));
    let named = json!({ "kid": "a" });
    let tokens = [
        (key.token(&named, "inside"), KeyManagement::EcdhEs, 1),
        (Transport::to(&rsa).token(&named, "inside"), KeyManagement::RsaOaep256, 13),
    ];
    (private_keys(&[key.private("a"), rsa]), tokens)
}

#[test]
fn every_bent_bit_is_noticed() {
    let (keys, tokens) = good();
    for (token, management, step) in tokens {
        assert_eq!(text(&token, management, &keys).as_deref(), Ok("inside"));
        let parts: Vec<&str> = token.split('.').collect();
        for (at, part) in parts.iter().enumerate() {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
            for bit in (0..bytes.len() * 8).step_by(step) {
                let mut bent = bytes.clone();
                bent[bit / 8] ^= 1 << (bit % 8);
                let bent = b64(&bent);
                let mut parts = parts.clone();
                parts[at] = &bent;
                let why = text(&parts.join("."), management, &keys).unwrap_err();
                // A header may be bent into another one of good form, which is then not the one authenticated.
                let header = at == 0 && why == Untrusted::Envelope;
                assert!(
                    why == Untrusted::Decryption || header,
                    "{management:?} part {at} bit {bit}: {why:?}"
                );
            }
        }
        for at in (0..token.len()).step_by(step) {
            for bit in 0..7 {
                let mut bent = token.clone().into_bytes();
                bent[at] ^= 1 << bit;
                let Ok(bent) = String::from_utf8(bent) else { continue };
                assert!(text(&bent, management, &keys).is_err(), "{management:?} character {at} bit {bit}");
            }
            assert!(text(&token[..at], management, &keys).is_err(), "{management:?} cut at {at}");
        }
    }
}

#[test]
fn parts_lost_doubled_moved_or_written_otherwise() {
    let (keys, tokens) = good();
    for (token, management, _) in &tokens {
        let parts: Vec<&str> = token.split('.').collect();
        let refused = |changed: String, expected: Option<Untrusted>, what: &str| {
            if changed == *token {
                return;
            }
            let verdict = text(&changed, *management, &keys);
            match expected {
                Some(expected) => assert_eq!(verdict, Err(expected), "{management:?} {what}: {changed}"),
                None => assert!(verdict.is_err(), "{management:?} {what}: {changed}"),
            }
        };
        for at in 0..parts.len() {
            let replaced = |by: &str| {
                let mut parts = parts.clone();
                parts[at] = by;
                parts.join(".")
            };
            let mut fewer = parts.clone();
            fewer.remove(at);
            refused(fewer.join("."), Some(Untrusted::NotEncrypted), "a part less");
            let mut more = parts.clone();
            more.insert(at, parts[at]);
            refused(more.join("."), Some(Untrusted::NotEncrypted), "a part twice");
            let part = parts[at];
            refused(replaced(""), Some(Untrusted::Envelope), "an empty part");
            refused(replaced(&format!("{part}{part}")), None, "a part doubled");
            for other in 0..at {
                let mut moved = parts.clone();
                moved.swap(at, other);
                refused(moved.join("."), None, "two parts exchanged");
            }
            for (by, what) in [
                (format!("{part}="), "padding"),
                (format!("{part}=="), "padding"),
                (format!(" {part}"), "a blank"),
                (format!("{part}\n"), "a line break"),
                (format!("{part}\0"), "a NUL"),
                (format!("{part}*"), "a star"),
                (format!("{part}+/"), "the other alphabet"),
            ] {
                refused(replaced(&by), Some(Untrusted::Encoding), what);
            }
            // Bits that the last character has and no byte takes.
            if !part.len().is_multiple_of(4) {
                let (rest, last) = part.split_at(part.len() - 1);
                let at = ALPHABET.find(last).unwrap() ^ 1;
                let loose = format!("{rest}{}", &ALPHABET[at..=at]);
                refused(replaced(&loose), Some(Untrusted::Encoding), "loose bits at the end");
            }
        }
        refused(String::new(), Some(Untrusted::NotEncrypted), "nothing");
        refused("....".to_owned(), Some(Untrusted::Envelope), "dots");
        refused(".....".to_owned(), Some(Untrusted::NotEncrypted), "more dots");
        refused(format!("{token}."), Some(Untrusted::NotEncrypted), "a sixth part");
        refused(token.replace('.', ","), Some(Untrusted::NotEncrypted), "commas");
        let jws = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";
        refused(jws.to_owned(), Some(Untrusted::NotEncrypted), "a JWS where a JWE is registered");
    }
}

#[test]
fn what_is_inside_comes_out_byte_for_byte_up_to_the_limit() {
    let key = Agreeing::new(1);
    let keys = private_keys(&[key.private("a")]);
    let header = key.token(&json!({}), "x").len();
    // Three bytes are four characters.
    let most = (TOKEN_LIMIT - header) / 4 * 3;
    for inside in ["x", "a.b.c", "\u{0}", "é\u{301}\u{feff}𝒜", " \n ", &"é".repeat(most / 2)] {
        let token = key.token(&json!({}), inside);
        assert_eq!(text(&token, KeyManagement::EcdhEs, &keys).as_deref(), Ok(inside));
    }
    let token = key.token(&json!({}), &"x".repeat(most + 8));
    assert!(token.len() > TOKEN_LIMIT);
    assert_eq!(text(&token, KeyManagement::EcdhEs, &keys), Err(Untrusted::Encoding));
    // One layer is taken off and no more: what is inside is given as it is.
    let nested = key.token(&json!({}), &key.token(&json!({}), "inside"));
    let once = text(&nested, KeyManagement::EcdhEs, &keys).unwrap();
    assert_eq!(text(&once, KeyManagement::EcdhEs, &keys).as_deref(), Ok("inside"));
}

#[test]
fn a_key_of_the_time_before_opens_and_a_name_is_only_a_hint() {
    let [new, old, gone] = [1, 2, 3].map(Agreeing::new);
    let (rsa_new, rsa_old) = (fixture::rsa_key(0, "rn"), fixture::rsa_key(1, "ro"));
    let keys = private_keys(&[new.private("n"), rsa_new.clone(), old.private("o"), rsa_old.clone()]);
    let published: serde_json::Value = serde_json::from_str(&keys.published().unwrap()).unwrap();
    let order: Vec<_> = published["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    assert_eq!(order, ["n", "rn", "o", "ro"]);
    for (kid, from_new, from_old) in [
        (json!(null), true, true),
        (json!("unknown"), true, true),
        (json!(""), true, true),
        // A name of ours means that key alone; one of another algorithm is unknown to this one.
        (json!("n"), true, false),
        (json!("o"), false, true),
        (json!("rn"), true, true),
        (json!("N"), true, true),
    ] {
        let changes = json!({ "kid": kid });
        for (key, opens) in [(&new, from_new), (&old, from_old), (&gone, false)] {
            let verdict = text(&key.token(&changes, "inside"), KeyManagement::EcdhEs, &keys);
            assert_eq!(verdict.is_ok(), opens, "{kid}");
            assert!(opens || verdict == Err(Untrusted::Decryption), "{kid}");
        }
    }
    for (kid, key, opens) in [
        (json!(null), &rsa_new, true),
        (json!(null), &rsa_old, true),
        (json!("ro"), &rsa_old, true),
        (json!("ro"), &rsa_new, false),
        (json!("o"), &rsa_old, true),
    ] {
        let token = Transport::to(key).token(&json!({ "kid": kid }), "inside");
        assert_eq!(text(&token, KeyManagement::RsaOaep256, &keys).is_ok(), opens, "{kid}");
    }
}
