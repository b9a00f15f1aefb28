//! Encrypted tokens: published vectors, and the one way in which what does not open fails.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::{KeyManagement, PrivateKeySet, Untrusted};
use serde_json::{Value, json};
use wycheproof_ng_kdf_jose::json_web;

use crate::support::envelope::{
    Agreeing, Transport, compact, concat_kdf, private_keys, rsa_number, seal, text, unseal, with,
};
use crate::support::fixture;
use crate::support::signer::b64;

const BOTH: [KeyManagement; 2] = [KeyManagement::EcdhEs, KeyManagement::RsaOaep256];

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

#[test]
fn the_examples_of_rfc_7516_are_of_algorithms_that_are_not_ours() {
    let (agreeing, examples) = (Agreeing::new(1), fixture::rfc_7516());
    assert_eq!(examples.len(), 3);
    let keys = private_keys(&[agreeing.private("a"), fixture::rsa_key(0, "b"), fixture::rsa_key(1, "c")]);
    for example in examples {
        for management in BOTH {
            let verdict = text(example["jwe"].as_str().unwrap(), management, &keys);
            assert_eq!(verdict, Err(Untrusted::Envelope), "{} {management:?}", example["name"]);
        }
    }
}

/// The private key of a group, under the one name and use that it has here; none if it is of a kind that has none.
fn usable(key: &Value) -> Option<PrivateKeySet> {
    let alg = match (key["kty"].as_str()?, key.get("crv").and_then(Value::as_str)) {
        ("EC", Some("P-256")) => "ECDH-ES",
        ("RSA", None) => "RSA-OAEP-256",
        _ => return None,
    };
    Some(private_keys(&[with(key.clone(), &json!({ "use": "enc", "alg": alg, "kid": "a" }))]))
}

#[test]
fn wycheproof_json_web_encryption() {
    let set = json_web::TestSet::load(json_web::TestName::JsonWebEncryption).unwrap();
    let (mut opened, mut refused, mut without_a_key) = (Vec::new(), 0, 0);
    for group in &set.test_groups {
        let key = group.private_key.as_ref().unwrap();
        let own = usable(key);
        let keys = own.unwrap_or_else(|| private_keys(&[Agreeing::new(1).private("a")]));
        without_a_key += usize::from(usable(key).is_none()) * group.tests.len();
        for test in &group.tests {
            let token = test.jwe.as_ref().unwrap();
            let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
            for management in BOTH {
                // No test of the set has `cty`, so none may open as it is.
                let verdict = text(&token, management, &keys).map(drop);
                assert!(
                    matches!(
                        verdict,
                        Err(Untrusted::Envelope | Untrusted::NotEncrypted | Untrusted::Encoding)
                    ),
                    "{} {management:?}: {verdict:?}",
                    test.tc_id
                );
                refused += 1;
            }
            // One is a token in JSON, some have no header: none of them is in scope.
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap_or_default();
            let Ok(header) = serde_json::from_slice::<Value>(&header) else { continue };
            let management = header["alg"].as_str().and_then(KeyManagement::parse);
            let (Some(management), "A256GCM") = (management, header["enc"].as_str().unwrap_or_default())
            else {
                continue;
            };
            assert!(
                !test.result.must_fail(),
                "{}: an invalid one in scope would be judged below",
                test.tc_id
            );
            // With `cty`, and so authenticated anew under the same content key, it opens.
            let parts: Vec<&str> = token.split('.').collect();
            let cek = content_key(management, &header, key, &decode(parts[1]));
            let plain = unseal(&token, &cek);
            let changed = with(header, &json!({ "cty": "JWT" })).to_string();
            let renewed = compact(&changed, &decode(parts[1]), &cek, &plain);
            assert_eq!(text(&renewed, management, &keys).unwrap().as_bytes(), plain, "{}", test.tc_id);
            opened.push(test.tc_id);
        }
    }
    assert_eq!(opened, [78, 90], "the only tests of our two algorithms with A256GCM");
    assert_eq!((refused, without_a_key), (2 * 139, 52));
}

/// The content key by other means than the product's: that it is right shows when it opens the original.
fn content_key(management: KeyManagement, header: &Value, key: &Value, encrypted: &[u8]) -> [u8; 32] {
    let number = |value: &Value| decode(value.as_str().unwrap());
    match management {
        KeyManagement::EcdhEs => {
            let point = [vec![4], number(&header["epk"]["x"]), number(&header["epk"]["y"])].concat();
            let theirs = p256::PublicKey::from_sec1_bytes(&point).unwrap();
            let ours = p256::SecretKey::from_slice(&number(&key["d"])).unwrap();
            let shared = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
            concat_kdf(shared.raw_secret_bytes(), "A256GCM", b"", b"")
        }
        KeyManagement::RsaOaep256 => {
            let [n, e, d, p, q] = ["n", "e", "d", "p", "q"].map(|name| rsa_number(&number(&key[name])));
            let key = rsa::PrivateKey::from_components(n, e, d, vec![p, q]).unwrap();
            key.oaep_decrypt::<sha2::Sha256>(encrypted).unwrap().try_into().unwrap()
        }
    }
}

/// What the set does to tokens of `ECDH-ES+A128KW`, done to one of `ECDH-ES`; the point is that of test 51.
#[test]
fn the_refusals_that_wycheproof_has_for_wrapped_keys_only() {
    let key = Agreeing::new(1);
    let keys = private_keys(&[key.private("a")]);
    let good = key.token(&json!({}), "inside");
    assert_eq!(text(&good, KeyManagement::EcdhEs, &keys).as_deref(), Ok("inside"));
    let off_curve = json!({ "epk": {
        "kty": "EC", "crv": "P-256",
        "x": "gTli65eTQ7z-Bh147ff8K3m7k2UiDiG2LpYkWAaFJCc", "y": "cLAnjKa4bzjD7DJVPwa9EPrRzMG7rONgsiUD-kf30Fs",
    } });
    let parts: Vec<&str> = good.split('.').collect();
    let bent = |at: usize, to: &str| {
        let mut parts = parts.clone();
        parts[at] = to;
        parts.join(".")
    };
    let changed = |at: usize| {
        let mut bytes = decode(parts[at]);
        bytes[0] ^= 1;
        bent(at, &b64(&bytes))
    };
    let without = |at: usize| {
        let mut parts = parts.clone();
        parts.remove(at);
        parts.join(".")
    };
    let named = b64(String::from_utf8(decode(parts[0])).unwrap().replace("\"alg\"", "\"Alg\"").as_bytes());
    let rows = [
        ("modified tag", changed(4), Untrusted::Decryption),
        ("missing tag", bent(4, ""), Untrusted::Envelope),
        ("missing tag and separator", without(4), Untrusted::NotEncrypted),
        ("modified ciphertext", changed(3), Untrusted::Decryption),
        ("missing ciphertext", bent(3, ""), Untrusted::Envelope),
        ("missing ciphertext and separator", without(3), Untrusted::NotEncrypted),
        ("modified IV", changed(2), Untrusted::Decryption),
        ("missing IV", bent(2, ""), Untrusted::Envelope),
        ("missing IV and separator", without(2), Untrusted::NotEncrypted),
        ("an encrypted key where none may be", bent(1, "AAAA"), Untrusted::Envelope),
        ("missing encrypted key and separator", without(1), Untrusted::NotEncrypted),
        ("modified header", bent(0, &named), Untrusted::Envelope),
        ("missing header", bent(0, ""), Untrusted::Envelope),
        ("missing header and separator", without(0), Untrusted::NotEncrypted),
        ("invalid curve point", key.token(&off_curve, "inside"), Untrusted::Envelope),
    ];
    for (name, token, expected) in rows {
        assert_eq!(text(&token, KeyManagement::EcdhEs, &keys), Err(expected), "{name}");
    }
}

#[test]
fn whatever_fails_after_the_form_fails_in_one_way() {
    let (key, other) = (Agreeing::new(1), Agreeing::new(2));
    let (rsa, stranger) = (fixture::rsa_key(0, "r"), fixture::rsa_key(1, "s"));
    let keys = private_keys(&[key.private("a"), rsa.clone()]);
    let (to, elsewhere) = (Transport::to(&rsa), Transport::to(&stranger));
    let header = Transport::header().to_string();
    let cek = [3; 32];
    let wrapped = |encrypted: &[u8]| compact(&header, encrypted, &cek, b"inside");
    let good = wrapped(&to.encrypt::<sha2::Sha256>(&cek));
    assert_eq!(text(&good, KeyManagement::RsaOaep256, &keys).as_deref(), Ok("inside"));
    let encoded = b64(header.as_bytes());
    let (ciphertext, mut tag) = seal(&cek, crate::support::envelope::IV, encoded.as_bytes(), b"inside");
    tag[15] ^= 0x80;
    let key_part = b64(&to.encrypt::<sha2::Sha256>(&cek));
    let wrong_tag = format!(
        "{encoded}.{key_part}.{}.{}.{}",
        b64(&crate::support::envelope::IV),
        b64(&ciphertext),
        b64(&tag)
    );
    let not_utf8 = compact(&header, &to.encrypt::<sha2::Sha256>(&cek), &cek, b"\xff\xfe");
    let modulus = decode(rsa["n"].as_str().unwrap());
    let spaced = header.replace("\":\"", "\": \"");
    let respaced = good.replacen(&encoded, &b64(spaced.as_bytes()), 1);
    let bare = |bytes: &[u8]| to.encrypt::<sha2::Sha256>(bytes);
    let rows = [
        ("RSA: wrong tag", wrong_tag),
        ("RSA: somebody else's key", wrapped(&elsewhere.encrypt::<sha2::Sha256>(&cek))),
        ("RSA: another content key", wrapped(&bare(&[4; 32]))),
        ("RSA: content key of 16 bytes", wrapped(&bare(&[3; 16]))),
        ("RSA: content key of 31 bytes", wrapped(&bare(&[3; 31]))),
        ("RSA: content key of 33 bytes", wrapped(&bare(&[3; 33]))),
        ("RSA: empty content key", wrapped(&bare(&[]))),
        ("RSA: OAEP with another hash", wrapped(&to.encrypt::<sha2::Sha512>(&cek))),
        ("RSA: garbage", wrapped(&[0x5a; 256])),
        ("RSA: zero", wrapped(&[0; 256])),
        ("RSA: one", wrapped(&[&[0; 255][..], &[1]].concat())),
        ("RSA: the modulus", wrapped(&modulus)),
        ("RSA: beyond the modulus", wrapped(&[0xff; 256])),
        ("RSA: a byte short", wrapped(&bare(&cek)[1..])),
        ("RSA: a zero in front", wrapped(&[&[0][..], &bare(&cek)].concat())),
        ("RSA: a byte more", wrapped(&[&bare(&cek)[..], &[0]].concat())),
        ("RSA: one byte", wrapped(&[1])),
        ("RSA: header written in another way", respaced),
        ("RSA: not UTF-8", not_utf8),
        ("EC: somebody else's key", other.token(&json!({}), "inside")),
        ("EC: apu that was not agreed on", key.token(&json!({ "apu": "QWxpY2U" }), "inside")),
        ("EC: another epk", key.token(&json!({ "epk": other.public() }), "inside")),
    ];
    for (name, token) in rows {
        let management = if name.starts_with("EC") { BOTH[0] } else { BOTH[1] };
        assert_eq!(text(&token, management, &keys), Err(Untrusted::Decryption), "{name}");
    }
    // No key of the algorithm at all is the same from outside.
    let none = PrivateKeySet::none();
    assert_eq!(text(&good, KeyManagement::RsaOaep256, &none), Err(Untrusted::Decryption));
}
