//! Signatures: published vectors, then every bit and member that could be bent.

use franceconnect_edge::jose::{Algorithm, KeySet, Object, Untrusted, verify};
use serde_json::{Value, json};
use wycheproof_ng_kdf_jose::json_web;

use crate::support::signer::{Signer, b64, key_set};

const RFC7515_A3: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const RFC7515_A2: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const RFC7515_A5: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

fn rfc_keys() -> KeySet {
    key_set(&[
        json!({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
        json!({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}),
    ])
}

fn judge(token: &str, algorithm: Algorithm, keys: &KeySet) -> Result<Object, Untrusted> {
    verify(token, algorithm, keys).map(franceconnect_edge::jose::Verified::into_claims)
}

#[test]
fn rfc_7515_examples() {
    let keys = rfc_keys();
    for (token, algorithm) in [(RFC7515_A3, Algorithm::Es256), (RFC7515_A2, Algorithm::Rs256)] {
        assert_eq!(judge(token, algorithm, &keys).unwrap().text("iss"), Some("joe"));
    }
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        assert_eq!(judge(RFC7515_A5, algorithm, &keys), Err(Untrusted::Algorithm));
    }
    assert_eq!(judge(RFC7515_A3, Algorithm::Rs256, &keys), Err(Untrusted::Algorithm), "the caller names it");
}

/// Valid by Wycheproof, refused here: the tokens are not strict base64url.
const STRICTER: [usize; 2] = [372, 373];

#[test]
fn wycheproof_signatures() {
    let set = json_web::TestSet::load(json_web::TestName::JsonWebSignature).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let Some(key) = &group.public_key else { continue };
        let algorithm = key.get("alg").and_then(Value::as_str).and_then(Algorithm::parse);
        for test in &group.tests {
            let Some(token) = test.jws.as_ref().and_then(Value::as_str) else { continue };
            for algorithm in algorithm.map_or(vec![Algorithm::Es256, Algorithm::Rs256], |one| vec![one]) {
                let keys = key.get("keys").and_then(Value::as_array).map_or(vec![key.clone()], Clone::clone);
                // Payloads that are no objects are authentic all the same.
                let authentic =
                    matches!(judge(token, algorithm, &key_set(&keys)), Ok(_) | Err(Untrusted::Payload));
                let expected = !test.result.must_fail() && !STRICTER.contains(&test.tc_id);
                if test.result.must_fail() || algorithm_of(token) == Some(algorithm) {
                    assert_eq!(authentic, expected, "{} {}: {}", test.tc_id, algorithm.name(), test.comment);
                    if expected { valid += 1 } else { invalid += 1 }
                }
            }
        }
    }
    assert!(valid >= 5 && invalid >= 220, "only {valid} valid and {invalid} invalid tests were applicable");
}

fn algorithm_of(token: &str) -> Option<Algorithm> {
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    Algorithm::parse(header.get("alg")?.as_str()?)
}

#[test]
fn every_bent_bit_is_noticed() {
    let signer = Signer::new(7);
    let keys = signer.set(&json!({"kid": "a"}));
    let token = signer.sign(r#"{"alg":"ES256","kid":"a"}"#, br#"{"sub":"x"}"#);
    assert!(judge(&token, Algorithm::Es256, &keys).is_ok());
    for at in 0..token.len() {
        for bit in 0..7 {
            let mut bent = token.clone().into_bytes();
            bent[at] ^= 1 << bit;
            let Ok(bent) = String::from_utf8(bent) else { continue };
            assert!(judge(&bent, Algorithm::Es256, &keys).is_err(), "byte {at} bit {bit}");
        }
        assert!(judge(&token[..at], Algorithm::Es256, &keys).is_err(), "cut at {at}");
    }
}

#[test]
fn headers() {
    let signer = Signer::new(7);
    let keys = signer.set(&json!({"kid": "a", "use": "sig", "alg": "ES256"}));
    let long = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "a".repeat(100_000));
    let attacker = format!(r#"{{"alg":"ES256","kid":"a","jwk":{}}}"#, Signer::new(9).jwk(&json!({})));
    let rows: Vec<(&str, Result<(), Untrusted>)> = vec![
        (r#"{"alg":"ES256","kid":"a"}"#, Ok(())),
        (r#"{"alg":"ES256","kid":"a","typ":"JWT"}"#, Ok(())),
        (r#"{"alg":"ES256","kid":"a","typ":"jwt","x5t":"ignored","jku":"https://evil.example/"}"#, Ok(())),
        (r#"{"alg":"ES256"}"#, Ok(())),
        // A key that comes with the token is not even looked at.
        (&attacker, Ok(())),
        (r#"{"alg":"es256","kid":"a"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":"none"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":"nOnE"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":"HS256","kid":"a"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":"RS256","kid":"a"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":"ES256K","kid":"a"}"#, Err(Untrusted::Algorithm)),
        (r#"{"alg":["ES256"],"kid":"a"}"#, Err(Untrusted::Header)),
        (r#"{"kid":"a"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","alg":"ES256","kid":"a"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","kid":"b"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":7}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":null}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","crit":["exp"]}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","crit":null}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","b64":false,"crit":["b64"]}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","cty":"JWT"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","zip":"DEF"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","enc":"A256GCM"}"#, Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a","typ":"at+jwt"}"#, Err(Untrusted::Type)),
        (r#"{"alg":"ES256","kid":"a","typ":"logout+jwt"}"#, Err(Untrusted::Type)),
        (r#"{"alg":"ES256","kid":"b"}"#, Err(Untrusted::UnknownKey)),
        (r#"{"alg":"ES256","kid":"../a"}"#, Err(Untrusted::UnknownKey)),
        (r#"{"alg":"ES256","kid":""}"#, Err(Untrusted::UnknownKey)),
        (r#"["ES256","a"]"#, Err(Untrusted::Header)),
        ("\u{feff}{\"alg\":\"ES256\",\"kid\":\"a\"}", Err(Untrusted::Header)),
        (r#"{"alg":"ES256","kid":"a"} "#, Ok(())),
        (r#"{"alg":"ES256","kid":"a"}x"#, Err(Untrusted::Header)),
        (&long, Err(Untrusted::Encoding)),
    ];
    for (header, expected) in rows {
        let token = signer.sign(header, br#"{"sub":"x"}"#);
        let verdict = judge(&token, Algorithm::Es256, &keys).map(drop);
        assert_eq!(verdict, expected, "{}", &header[..header.len().min(80)]);
    }
}

#[test]
fn payloads_and_shapes() {
    let signer = Signer::new(7);
    let keys = signer.set(&json!({"kid": "a"}));
    let header = r#"{"alg":"ES256","kid":"a"}"#;
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let payloads: [(&[u8], bool); 10] = [
        (br#"{"sub":"x"}"#, true),
        (b" \n{\"sub\":\"x\"}\n ", true),
        (br#"["sub"]"#, false),
        (br#"{"sub":"x"}{}"#, false),
        (br#"{"sub":"x","sub":"y"}"#, false),
        (b"{\"sub\":\"\xff\"}", false),
        (br#"{"sub":"\ud800"}"#, false),
        (br#"{"exp":NaN}"#, false),
        (b"\xef\xbb\xbf{}", false),
        (deep.as_bytes(), false),
    ];
    for (payload, fine) in payloads {
        let verdict = judge(&signer.sign(header, payload), Algorithm::Es256, &keys);
        assert_eq!(verdict.is_ok(), fine, "{}", String::from_utf8_lossy(&payload[..payload.len().min(40)]));
        assert!(fine || verdict == Err(Untrusted::Payload));
    }
    let token = signer.sign(header, br#"{"sub":"x"}"#);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let der = b64(&[0x30, 0x44, 0x02, 0x20]);
    for (bad, why) in [
        (format!("{token}="), "padding"),
        (format!("{token}."), "four parts"),
        (format!("{token}.e30"), "four parts"),
        (format!(" {token}"), "blank"),
        (format!("{signed}."), "no signature"),
        (signed.to_owned(), "two parts"),
        (format!("{signed}.{der}"), "DER"),
        (format!("{signed}.{}", b64(&[0; 64])), "zeros"),
        (format!("{signed}.{signature}AA"), "long signature"),
        (String::new(), "nothing"),
        ("..".to_owned(), "dots"),
        ("a.b.c.d.e".to_owned(), "a JWE"),
    ] {
        assert!(judge(&bad, Algorithm::Es256, &keys).is_err(), "{why}");
    }
}

#[test]
fn keys_that_may_not_verify() {
    let signer = Signer::new(7);
    let token = signer.sign(r#"{"alg":"ES256"}"#, br#"{"sub":"x"}"#);
    let key = signer.jwk(&json!({}));
    let with = |name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let off_curve = with("y", json!(b64(&[1; 32])));
    let rows = [
        (key.clone(), true),
        (with("use", json!("sig")), true),
        (with("key_ops", json!(["verify"])), true),
        (with("x5c", json!(["junk"])), true),
        (with("use", json!("enc")), false),
        (with("use", json!(["sig"])), false),
        (with("key_ops", json!(["sign"])), false),
        (with("alg", json!("ES384")), false),
        (with("d", json!("AAAA")), false),
        (with("crv", json!("P-384")), false),
        (with("kty", json!("OKP")), false),
        (with("x", json!(b64(&[0; 33]))), false),
        (off_curve, false),
        (json!({"kty": "oct", "k": "AAAA"}), false),
        (json!("junk"), false),
    ];
    for (key, fine) in rows {
        assert_eq!(
            judge(&token, Algorithm::Es256, &key_set(std::slice::from_ref(&key))).is_ok(),
            fine,
            "{key}"
        );
        // The same key among noise, and noise before it.
        let noisy = key_set(&[json!({}), json!(7), Signer::new(8).jwk(&json!({"kid": "n"})), key.clone()]);
        assert_eq!(judge(&token, Algorithm::Es256, &noisy).is_ok(), fine, "{key} in noise");
    }
    let rsa = |n: &[u8], e: &[u8]| key_set(&[json!({"kty": "RSA", "n": b64(n), "e": b64(e)})]);
    let mut modulus = vec![0xc1; 256];
    for (n, e, why) in [
        (&[0xc1; 128][..], &[1, 0, 1][..], "1024 bits"),
        (&[0xc1; 256], &[1], "e = 1"),
        (&[0xc1; 256], &[3], "e = 3"),
        (&[0xc0; 256], &[1, 0, 1], "even modulus"),
        (&[0xc1; 600], &[1, 0, 1], "4800 bits"),
        (&[], &[1, 0, 1], "empty"),
    ] {
        assert_eq!(judge(RFC7515_A2, Algorithm::Rs256, &rsa(n, e)), Err(Untrusted::UnknownKey), "{why}");
    }
    modulus[0] = 0xc3;
    let verdict = judge(RFC7515_A2, Algorithm::Rs256, &rsa(&modulus, &[1, 0, 1]));
    assert_eq!(verdict, Err(Untrusted::Signature), "a sound key of somebody else");
    let many: Vec<Value> = (20..30).map(|seed| Signer::new(seed).jwk(&json!({}))).chain([key]).collect();
    assert!(judge(&token, Algorithm::Es256, &key_set(&many)).is_err(), "no token makes us try many keys");
}

#[test]
fn sets_that_are_no_sets() {
    for (text, fine) in [
        (r#"{"keys":[]}"#, true),
        (r#"{"keys":[],"more":1}"#, true),
        ("{}", false),
        ("[]", false),
        (r#"{"keys":{}}"#, false),
        (r#"{"keys":[],"keys":[]}"#, false),
        ("<html>", false),
        ("", false),
    ] {
        assert_eq!(KeySet::parse(text.as_bytes()).is_ok(), fine, "{text}");
    }
    assert!(
        Object::parse("{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice())
            .is_err()
    );
}
