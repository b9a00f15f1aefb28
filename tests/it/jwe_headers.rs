//! Encrypted tokens: every member of a header and of the sender's key, one change at a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::{KeyManagement, Untrusted};
use serde_json::{Value, json};

use crate::support::envelope::{Agreeing, Transport, compact, concat_kdf, private_keys, text, with};
use crate::support::fixture;
use crate::support::signer::b64;

const BOTH: [KeyManagement; 2] = [KeyManagement::EcdhEs, KeyManagement::RsaOaep256];

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

#[test]
fn headers() {
    let (key, rsa) = (Agreeing::new(1), fixture::rsa_key(0, "r"));
    let keys = private_keys(&[key.private("a"), rsa.clone()]);
    let to = Transport::to(&rsa);
    let long = "k".repeat(257);
    let refused = Err(Untrusted::Envelope);
    let opens = Ok("inside".to_owned());
    let rows = [
        (json!({}), &opens),
        (json!({ "cty": "jwt" }), &opens),
        (json!({ "typ": "JWT" }), &opens),
        (json!({ "typ": "jwt", "x5t": "ignored", "jku": "https://evil.example/", "x5c": ["junk"] }), &opens),
        (json!({ "iss": "https://op.example", "aud": ["client"], "sub": 7 }), &opens),
        (json!({ "jwk": Agreeing::new(9).private("evil") }), &opens),
        (json!({ "kid": "" }), &opens),
        (json!({ "kid": "k".repeat(256) }), &opens),
        (json!({ "kid": long }), &refused),
        (json!({ "kid": 7 }), &refused),
        (json!({ "kid": ["a"] }), &refused),
        (json!({ "alg": null }), &refused),
        (json!({ "alg": 7 }), &refused),
        (json!({ "alg": ["ECDH-ES", "RSA-OAEP-256"] }), &refused),
        (json!({ "alg": "ecdh-es" }), &refused),
        (json!({ "alg": "none" }), &refused),
        (json!({ "alg": "dir" }), &refused),
        (json!({ "alg": "ECDH-ES+A256KW" }), &refused),
        (json!({ "alg": "RSA1_5" }), &refused),
        (json!({ "alg": "RSA-OAEP" }), &refused),
        (json!({ "alg": "RSA-OAEP-384" }), &refused),
        (json!({ "alg": "rsa-oaep-256" }), &refused),
        (json!({ "alg": "A256KW" }), &refused),
        (json!({ "alg": "PBES2-HS256+A128KW", "p2c": 1_000_000_000, "p2s": "AAAAAAAAAAA" }), &refused),
        (json!({ "p2c": 1 }), &refused),
        (json!({ "p2s": "AAAA" }), &refused),
        (json!({ "iv": "AAAA" }), &refused),
        (json!({ "tag": "AAAA" }), &refused),
        (json!({ "enc": null }), &refused),
        (json!({ "enc": "a256gcm" }), &refused),
        (json!({ "enc": "A128GCM" }), &refused),
        (json!({ "enc": "A256CBC-HS512" }), &refused),
        (json!({ "enc": { "A256GCM": true } }), &refused),
        (json!({ "cty": null }), &refused),
        (json!({ "cty": "" }), &refused),
        (json!({ "cty": "JSON" }), &refused),
        (json!({ "cty": "application/jwt" }), &refused),
        (json!({ "cty": ["JWT"] }), &refused),
        (json!({ "typ": "at+jwt" }), &refused),
        (json!({ "typ": "JOSE" }), &refused),
        (json!({ "typ": 7 }), &refused),
        (json!({ "zip": "DEF" }), &refused),
        (json!({ "crit": ["exp"] }), &refused),
        (json!({ "crit": [] }), &refused),
        (json!({ "b64": true }), &refused),
    ];
    for (changes, expected) in &rows {
        for (token, management) in
            [(key.token(changes, "inside"), BOTH[0]), (to.token(changes, "inside"), BOTH[1])]
        {
            assert_eq!(&&text(&token, management, &keys), expected, "{management:?} {changes}");
        }
    }
    // Under the name of the other algorithm, and with the other one asked for.
    for (token, management) in [
        (key.token(&json!({ "alg": "RSA-OAEP-256" }), "inside"), BOTH[0]),
        (to.token(&json!({ "alg": "ECDH-ES" }), "inside"), BOTH[1]),
        (key.token(&json!({}), "inside"), BOTH[1]),
        (to.token(&json!({}), "inside"), BOTH[0]),
        // An encrypted key where the key is agreed on, and none where it is sent.
        (key.token(&json!({ "alg": "RSA-OAEP-256" }), "inside"), BOTH[1]),
    ] {
        assert_eq!(text(&token, management, &keys), refused, "{management:?}");
    }
}

#[test]
fn what_a_sender_may_bring_to_the_agreement() {
    let key = Agreeing::new(1);
    let keys = private_keys(&[key.private("a")]);
    let sender = Agreeing::new(200);
    let epk = sender.public();
    let negated = {
        // The point with the other y has the same x, and so the same shared secret.
        let y = num_bigint::BigUint::from_bytes_be(&decode(epk["y"].as_str().unwrap()));
        let prime = num_bigint::BigUint::from_bytes_be(&[
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ]);
        (b64(&(&prime - &y).to_bytes_be()), b64(&(&prime + 5_u8).to_bytes_be()), b64(&prime.to_bytes_be()))
    };
    let (other_y, beyond, prime) = negated;
    let (opens, refused) = (Ok("inside".to_owned()), Err(Untrusted::Envelope));
    let decryption = Err(Untrusted::Decryption);
    let spaced = |text: &Value| format!("{}=", text.as_str().unwrap());
    let rows = [
        (epk.clone(), &opens),
        (with(epk.clone(), &json!({ "kid": "ephemeral", "alg": "ECDH-ES", "use": "enc" })), &opens),
        (with(epk.clone(), &json!({ "y": other_y })), &opens),
        (with(epk.clone(), &json!({ "d": b64(&[1; 32]) })), &refused),
        (with(epk.clone(), &json!({ "kty": "OKP", "crv": "X25519" })), &refused),
        (with(epk.clone(), &json!({ "kty": "RSA" })), &refused),
        (with(epk.clone(), &json!({ "kty": null })), &refused),
        (with(epk.clone(), &json!({ "crv": "P-384" })), &refused),
        (with(epk.clone(), &json!({ "crv": "secp256k1" })), &refused),
        (with(epk.clone(), &json!({ "crv": null })), &refused),
        (with(epk.clone(), &json!({ "x": null })), &refused),
        (with(epk.clone(), &json!({ "y": null })), &refused),
        (with(epk.clone(), &json!({ "x": 7 })), &refused),
        (with(epk.clone(), &json!({ "x": epk["y"], "y": epk["x"] })), &refused),
        (with(epk.clone(), &json!({ "x": b64(&[0; 32]), "y": b64(&[0; 32]) })), &refused),
        (with(epk.clone(), &json!({ "x": "", "y": "" })), &refused),
        (with(epk.clone(), &json!({ "x": beyond })), &refused),
        (with(epk.clone(), &json!({ "x": prime })), &refused),
        (with(epk.clone(), &json!({ "x": b64(&decode(epk["x"].as_str().unwrap())[1..]) })), &refused),
        (
            with(
                epk.clone(),
                &json!({ "x": b64(&[&[0][..], &decode(epk["x"].as_str().unwrap())].concat()) }),
            ),
            &refused,
        ),
        (with(epk.clone(), &json!({ "x": spaced(&epk["x"]) })), &refused),
        (Agreeing::new(201).public(), &decryption),
        (json!("epk"), &refused),
        (json!([epk]), &refused),
        (json!({}), &refused),
    ];
    for (epk, expected) in rows {
        assert_eq!(&text(&key.token(&json!({ "epk": epk }), "inside"), BOTH[0], &keys), expected, "{epk}");
    }
    assert_eq!(text(&key.token(&json!({ "epk": null }), "inside"), BOTH[0], &keys), refused, "no epk");
    // A member twice, deep inside: two readers could see two points.
    let twice = key.header(&sender).to_string().replace("\"crv\":", "\"crv\":\"P-256\",\"crv\":");
    let cek = concat_kdf(&key.shared(&sender), "A256GCM", b"", b"");
    assert_eq!(text(&compact(&twice, b"", &cek, b"inside"), BOTH[0], &keys), refused, "crv twice");
    for (apu, apv, expected) in [
        (json!("QWxpY2U"), json!("Qm9i"), &opens),
        (json!(""), json!(b64(&[0xff; 256])), &opens),
        (json!(b64(&[0xff; 257])), json!(""), &refused),
        (json!("QWxpY2U="), json!(""), &refused),
        (json!("QWxpY2V"), json!(""), &refused),
        (json!(7), json!(""), &refused),
        (json!(["QWxpY2U"]), json!(""), &refused),
    ] {
        let party =
            |name: &Value| URL_SAFE_NO_PAD.decode(name.as_str().unwrap_or_default()).unwrap_or_default();
        let header = with(key.header(&sender), &json!({ "apu": apu, "apv": apv }));
        let cek = concat_kdf(&key.shared(&sender), "A256GCM", &party(&apu), &party(&apv));
        let token = compact(&header.to_string(), b"", &cek, b"inside");
        assert_eq!(&text(&token, BOTH[0], &keys), expected, "{apu} {apv}");
    }
}
