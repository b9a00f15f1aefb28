//! Private keys: every fault of a set with its place, and what is published of a good one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::{KeyFault, KeyManagement, MOST_PRIVATE_KEYS, PrivateKeySet};
use franceconnect_edge::secret::Secret;
use num_bigint::BigUint;
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Value, json};

use crate::support::envelope::{Agreeing, private_keys, with};
use crate::support::fixture;
use crate::support::signer::b64;

fn parse(text: &str) -> Result<PrivateKeySet, Vec<KeyFault>> {
    PrivateKeySet::parse(&Secret::new(text))
}

fn faults(keys: &[Value]) -> Vec<KeyFault> {
    parse(&json!({ "keys": keys }).to_string()).err().unwrap_or_default()
}

fn ec(seed: u8) -> Value {
    Agreeing::new(seed).private(&format!("ec-{seed}"))
}

fn number(key: &Value, name: &str) -> BigUint {
    BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap())
}

fn rsa_jwk([n, e, d, p, q]: [&BigUint; 5]) -> Value {
    let text = |number: &BigUint| b64(&number.to_bytes_be());
    json!({
        "kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": "r",
        "n": text(n), "e": text(e), "d": text(d), "p": text(p), "q": text(q),
    })
}

/// A pair whose numbers belong together, whatever they are.
fn pair(p: &BigUint, q: &BigUint, e: u32) -> Value {
    let (one, e) = (BigUint::from(1_u8), BigUint::from(e));
    let d = e.modinv(&((p - &one) * (q - &one))).unwrap();
    rsa_jwk([&(p * q), &e, &d, p, q])
}

#[test]
fn texts_that_are_no_set() {
    let key = ec(1).to_string();
    let twice = key.replacen("\"kty\":\"EC\"", "\"kty\":\"EC\",\"kty\":\"EC\"", 1);
    let rows = [
        (String::new(), KeyFault::NotASet),
        ("changeme".to_owned(), KeyFault::NotASet),
        ("[]".to_owned(), KeyFault::NotASet),
        (format!("[{key}]"), KeyFault::NotASet),
        (key.clone(), KeyFault::NotASet),
        ("{}".to_owned(), KeyFault::NotASet),
        (r#"{"keys":null}"#.to_owned(), KeyFault::NotASet),
        (r#"{"keys":{}}"#.to_owned(), KeyFault::NotASet),
        (format!(r#"{{"keys":[{key}]"#), KeyFault::NotASet),
        (format!(r#"{{"keys":[{key}]}} x"#), KeyFault::NotASet),
        (format!("\u{feff}{{\"keys\":[{key}]}}"), KeyFault::NotASet),
        (format!(r#"{{"keys":[],"keys":[{key}]}}"#), KeyFault::NotASet),
        // A member twice inside a key: which of the two would be used, and which published?
        (format!(r#"{{"keys":[{twice}]}}"#), KeyFault::NotASet),
        (r#"{"keys":[]}"#.to_owned(), KeyFault::Empty),
    ];
    for (text, fault) in rows {
        assert_eq!(parse(&text).unwrap_err(), [fault], "{text}");
    }
    assert!(parse(&format!(" {{\"more\":1, \"keys\": [ {key} ]\n}} ")).is_ok());
}

/// A fault of the key at a place.
type At = fn(usize) -> KeyFault;

#[test]
fn one_fault_of_one_key() {
    let good = ec(1);
    let (x, d) = (good["x"].as_str().unwrap(), good["d"].as_str().unwrap());
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let short = b64(&URL_SAFE_NO_PAD.decode(d).unwrap()[1..]);
    let long = b64(&[&[0][..], &URL_SAFE_NO_PAD.decode(d).unwrap()].concat());
    let rows: [(Value, At); 38] = [
        (json!({ "kid": null }), KeyFault::Kid),
        (json!({ "kid": "" }), KeyFault::Kid),
        (json!({ "kid": 7 }), KeyFault::Kid),
        (json!({ "kid": "with blank" }), KeyFault::Kid),
        (json!({ "kid": "é" }), KeyFault::Kid),
        (json!({ "kid": "line\nbreak" }), KeyFault::Kid),
        (json!({ "kid": "k".repeat(129) }), KeyFault::Kid),
        (json!({ "use": null }), KeyFault::Use),
        (json!({ "use": "sig" }), KeyFault::Use),
        (json!({ "use": "ENC" }), KeyFault::Use),
        (json!({ "use": ["enc"] }), KeyFault::Use),
        (json!({ "alg": null }), KeyFault::Use),
        (json!({ "alg": "ES256" }), KeyFault::Use),
        (json!({ "alg": "ECDH-ES+A256KW" }), KeyFault::Use),
        (json!({ "alg": "RSA-OAEP" }), KeyFault::Use),
        (json!({ "alg": "RSA-OAEP-256" }), KeyFault::Kind),
        (json!({ "kty": "RSA" }), KeyFault::Kind),
        (json!({ "kty": "oct" }), KeyFault::Kind),
        (json!({ "kty": null }), KeyFault::Kind),
        (json!({ "crv": "P-384" }), KeyFault::Kind),
        (json!({ "crv": null }), KeyFault::Kind),
        (json!({ "d": null }), KeyFault::Public),
        (json!({ "d": 7 }), KeyFault::Numbers),
        (json!({ "d": "" }), KeyFault::Numbers),
        (json!({ "d": format!("{d}=") }), KeyFault::Numbers),
        (json!({ "d": format!(" {d}") }), KeyFault::Numbers),
        (json!({ "d": b64(&[0; 32]) }), KeyFault::Numbers),
        (json!({ "d": b64(&order) }), KeyFault::Numbers),
        (json!({ "d": b64(&[0xff; 32]) }), KeyFault::Numbers),
        (json!({ "d": short }), KeyFault::Numbers),
        (json!({ "d": long }), KeyFault::Numbers),
        (json!({ "d": b64(&[2; 32]) }), KeyFault::Numbers),
        (json!({ "x": null }), KeyFault::Numbers),
        (json!({ "y": null }), KeyFault::Numbers),
        (json!({ "x": good["y"], "y": good["x"] }), KeyFault::Numbers),
        (json!({ "x": ec(2)["x"], "y": ec(2)["y"] }), KeyFault::Numbers),
        (json!({ "x": format!("{x}=") }), KeyFault::Numbers),
        (json!({ "x": b64(&[&[0][..], &URL_SAFE_NO_PAD.decode(x).unwrap()].concat()) }), KeyFault::Numbers),
    ];
    assert_eq!(faults(std::slice::from_ref(&good)), []);
    for (changes, fault) in rows {
        let bad = with(good.clone(), &changes);
        assert_eq!(faults(std::slice::from_ref(&bad)), [fault(1)], "{changes}");
        assert_eq!(faults(&[ec(3), bad]), [fault(2)], "{changes} in second place");
    }
    for entry in [json!(null), json!(7), json!("key"), json!([good])] {
        assert_eq!(faults(&[ec(3), entry.clone()]), [KeyFault::NotAKey(2)], "{entry}");
    }
}

#[test]
fn numbers_of_rsa_keys() {
    let (good, other) = (fixture::rsa_key(0, "r"), fixture::rsa_key(1, "s"));
    let (n, p, q) = (number(&good, "n"), number(&good, "p"), number(&good, "q"));
    let text = |number: &BigUint| b64(&number.to_bytes_be());
    let led = |name: &str| b64(&[&[0][..], &number(&good, name).to_bytes_be()].concat());
    // A sound pair but for its exponent.
    let seventeen = pair(&p, &q, 17);
    let small = {
        let mut chance = rand_chacha::ChaCha20Rng::from_seed([1; 32]);
        let key = rsa::PrivateKey::new(&mut chance, 1024).unwrap();
        let number = |number: &rsa::BoxedUint| BigUint::from_bytes_be(&number.to_be_bytes());
        let (p, q) = (number(&key.primes()[0]), number(&key.primes()[1]));
        rsa_jwk([&number(key.n()), &number(key.e()), &number(key.d()), &p, &q])
    };
    let fine = [
        good.clone(),
        // All or none of these come with p and q (RFC 7518 §6.3.2); they follow from the others.
        with(good.clone(), &json!({ "dp": null, "dq": null, "qi": null })),
        with(good.clone(), &json!({ "dp": "AQAB", "dq": "AQAB", "qi": "AQAB" })),
        with(good.clone(), &json!({ "p": good["q"], "q": good["p"] })),
        with(good.clone(), &json!({ "d": led("d"), "p": led("p"), "q": led("q") })),
    ];
    for key in fine {
        assert_eq!(faults(std::slice::from_ref(&key)), [], "{key}");
        assert!(private_keys(&[key]).decrypts(KeyManagement::RsaOaep256));
    }
    let bad = [
        small,
        seventeen,
        with(good.clone(), &json!({ "e": "Aw" })),
        with(good.clone(), &json!({ "e": "AAEAAQ" })),
        with(good.clone(), &json!({ "e": "AQAC" })),
        with(good.clone(), &json!({ "e": "" })),
        with(good.clone(), &json!({ "n": led("n") })),
        with(good.clone(), &json!({ "n": other["n"] })),
        with(good.clone(), &json!({ "d": other["d"] })),
        with(good.clone(), &json!({ "d": "" })),
        with(good.clone(), &json!({ "d": "AA" })),
        with(good.clone(), &json!({ "d": "AQ" })),
        with(good.clone(), &json!({ "d": good["n"] })),
        with(good.clone(), &json!({ "p": other["p"] })),
        with(good.clone(), &json!({ "p": null })),
        with(good.clone(), &json!({ "q": null })),
        with(good.clone(), &json!({ "p": good["n"], "q": "AQ" })),
        with(good.clone(), &json!({ "p": good["p"], "q": good["p"] })),
        with(good.clone(), &json!({ "n": text(&(&p * &p)), "q": good["p"] })),
        with(good.clone(), &json!({ "n": text(&(&n + 2_u8)) })),
        with(good.clone(), &json!({ "d": format!("{}=", good["d"].as_str().unwrap()) })),
    ];
    for key in bad {
        assert_eq!(faults(std::slice::from_ref(&key)), [KeyFault::Numbers(1)], "{key}");
    }
    let public = with(good.clone(), &json!({ "d": null, "p": null, "q": null }));
    assert_eq!(faults(&[public]), [KeyFault::Public(1)]);
    assert_eq!(faults(&[with(good, &json!({ "alg": "ECDH-ES" }))]), [KeyFault::Kind(1)]);
}

/// The factors of such a modulus are a moment's work, and the arithmetic with them could last for ever.
#[test]
fn an_rsa_key_with_a_tiny_factor_is_none() {
    let good = fixture::rsa_key(0, "r");
    // The other factor is no prime either, but nobody asks: only that e·d is 1 where it must be.
    let large = number(&good, "n");
    for tiny in [3_u8, 251].map(BigUint::from) {
        for (p, q) in [(&tiny, &large), (&large, &tiny)] {
            // Not every such order lets every exponent have an inverse.
            let e = [65_537_u32, 65_539, 65_543].into_iter().find(|e| {
                let order = (p - BigUint::from(1_u8)) * (q - BigUint::from(1_u8));
                BigUint::from(*e).modinv(&order).is_some()
            });
            assert_eq!(faults(&[pair(p, q, e.unwrap())]), [KeyFault::Numbers(1)], "{tiny}");
        }
    }
}

#[test]
fn one_key_is_for_one_purpose() {
    let twice = with(ec(1), &json!({ "kid": "sig", "use": "sig", "alg": "ES256" }));
    assert_eq!(faults(&[ec(1), ec(2), twice]), [KeyFault::Repeated(3)]);
    let rsa = fixture::rsa_key(0, "r");
    assert_eq!(faults(&[rsa.clone(), with(rsa, &json!({ "kid": "s" }))]), [KeyFault::Repeated(2)]);
}

#[test]
fn all_faults_at_once_in_order() {
    let several = [
        with(ec(1), &json!({ "kid": null, "use": "sig" })),
        json!("junk"),
        with(ec(3), &json!({ "kid": "same", "d": null })),
        with(ec(4), &json!({ "kid": "same", "crv": "P-384" })),
    ];
    let expected = [
        KeyFault::Kid(1),
        KeyFault::Use(1),
        KeyFault::NotAKey(2),
        KeyFault::Public(3),
        KeyFault::RepeatedKid(4),
        KeyFault::Kind(4),
    ];
    assert_eq!(faults(&several), expected);
    let five: Vec<Value> = (1..=5).map(ec).collect();
    assert_eq!(MOST_PRIVATE_KEYS, 4);
    assert_eq!(faults(&five[..4]), []);
    assert_eq!(faults(&five), [KeyFault::TooMany]);
    let crowd: Vec<Value> = (1..=5).map(|seed| with(ec(seed), &json!({ "kid": "k" }))).collect();
    let repeated = [2, 3, 4].map(KeyFault::RepeatedKid);
    assert_eq!(faults(&crowd), [&[KeyFault::TooMany][..], &repeated].concat());
}

#[test]
fn public_halves_are_published_in_order_and_nothing_else() {
    let signing =
        with(ec(2), &json!({ "use": "sig", "alg": "ES256", "x5c": ["private?"], "note": "secret" }));
    let rsa = with(fixture::rsa_key(0, "rsa"), &json!({ "oth": null, "k": "secret" }));
    let keys = private_keys(&[ec(1), signing, rsa, ec(4)]);
    let text = keys.published().unwrap();
    let published: Value = serde_json::from_str(&text).unwrap();
    let members: Vec<Vec<&str>> = published["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    let (ec_members, rsa_members) =
        (["alg", "crv", "kid", "kty", "use", "x", "y"], ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(members, [&ec_members[..], &ec_members, &rsa_members, &ec_members]);
    let order: Vec<&Value> = published["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert_eq!(order, ["ec-1", "ec-2", "rsa", "ec-4"]);
    assert!(!text.contains("secret"));
    for secret in ["d", "p", "q", "dp", "dq", "qi"] {
        assert!(!text.contains(fixture::rsa_key(0, "rsa")[secret].as_str().unwrap()), "{secret}");
    }
    assert_eq!(format!("{keys:?}"), "PrivateKeySet(4 keys)");
    assert!(keys.decrypts(KeyManagement::EcdhEs) && keys.decrypts(KeyManagement::RsaOaep256) && keys.signs());
    let one = private_keys(&[ec(1)]);
    assert!(one.decrypts(KeyManagement::EcdhEs) && !one.decrypts(KeyManagement::RsaOaep256) && !one.signs());
    assert_eq!(PrivateKeySet::none().published(), None);
}
