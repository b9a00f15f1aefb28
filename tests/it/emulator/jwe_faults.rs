//! Lies of FranceConnect+: each is what its row says, seen by a reader that keeps every rule of encryption, and the
//! lies of signed tokens are told inside.

use super::plus::Plus;
use super::{NONCE, NOW, SECRET, json_of, part};
use crate::support::service_keys::{ServiceKeys, key_set};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::fault::{Jwe, Sealed};
use franceconnect_edge::emulator::{Encryption, Fault, Outcome, Product, Request};
use serde_json::Value;
use sha2::Digest;

fn lies(alg: Encryption) -> impl Iterator<Item = (Fault, Sealed, Jwe)> {
    let told = Fault::ALL.iter().copied().filter(move |fault| fault.applies(Product::Plus, Some(alg)));
    told.filter_map(|fault| match fault {
        Fault::Jwe(of, lie) => Some((fault, of, lie)),
        _ => None,
    })
}

/// The claims of `jwe` for a reader that keeps every rule: encryption, signature, whose it is; or the rule it breaks.
fn believe(plus: &mut Plus, jwe: &str, of: Sealed, sub: &Value) -> Result<Value, &'static str> {
    let inner = plus.keys.open(jwe.trim_end_matches('\n'), plus.alg)?;
    let inner = inner.trim_end_matches('\n').to_owned();
    let jwks = Request::get(&format!("{}/jwks", super::plus::ISSUER));
    let keys = json_of(&plus.emulator.handle(NOW, &jwks));
    let key = jsonwebtoken::DecodingKey::from_jwk(&serde_json::from_value(keys["keys"][0].clone()).unwrap());
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    (rules.validate_exp, rules.validate_aud) = (false, false);
    rules.required_spec_claims.clear();
    let token = jsonwebtoken::decode::<Value>(&inner, &key.unwrap(), &rules).map_err(|_| "signature")?;
    if token.header.cty.is_some() {
        return Err("nested");
    }
    match of {
        Sealed::IdToken if token.claims["nonce"] != NONCE => Err("nonce"),
        Sealed::UserInfo if token.claims["sub"] != *sub => Err("sub"),
        _ => Ok(token.claims),
    }
}

fn check(alg: Encryption) {
    let mut plus = Plus::new(alg);
    // An earlier login of the same person, whose token must not serve twice.
    let sub = plus.identity(&[("nonce", "AutreNonce0123456789abcdefghijklm")], "test").0["sub"].clone();
    for (fault, of, _) in lies(alg) {
        let name = fault.name();
        plus.emulator.misbehave(Some(fault));
        let (id_token, userinfo) = plus.tokens(&[], "test");
        plus.emulator.misbehave(None);
        let (lying, honest) = match of {
            Sealed::IdToken => ((id_token, of), (userinfo, Sealed::UserInfo)),
            Sealed::UserInfo => ((userinfo, of), (id_token, Sealed::IdToken)),
        };
        let believed = believe(&mut plus, &lying.0, lying.1, &sub);
        match fault.outcome() {
            Outcome::Succeeds => assert_eq!(believed.err(), None, "{name} {alg:?}"),
            Outcome::Stops => assert!(believed.is_err(), "{name} {alg:?}: {}", lying.0),
            Outcome::Either => {}
        }
        assert_eq!(believe(&mut plus, &honest.0, honest.1, &sub).err(), None, "{name}: of the other token");
    }
    let after = plus.tokens(&[], "test").0;
    assert_eq!(believe(&mut plus, &after, Sealed::IdToken, &sub).err(), None, "and then behaves");
}

#[test]
fn every_lie_under_ecdh_es() {
    check(Encryption::EcdhEs);
}

#[test]
fn every_lie_under_rsa_oaep_256() {
    check(Encryption::RsaOaep256);
}

#[test]
fn every_lie_under_rsa_oaep() {
    check(Encryption::RsaOaep);
}

#[test]
fn a_lie_is_about_one_product_and_one_family() {
    let count = |product, alg| {
        let told = |fault: &&Fault| matches!(fault, Fault::Jwe(..)) && fault.applies(product, alg);
        Fault::ALL.iter().filter(told).count()
    };
    assert_eq!(count(Product::Standard, Some(Encryption::EcdhEs)) + count(Product::Plus, None), 0);
    let [ecdh, sha1, sha256] = Encryption::ALL.map(|alg| count(Product::Plus, Some(alg)));
    assert!(ecdh > sha256 && sha1 == sha256 && sha256 > 150, "{ecdh} {sha256}");
    let lowest = Fault::from_name("id_token.acr_lowest").unwrap();
    assert!(!lowest.applies(Product::Standard, None) && lowest.applies(Product::Plus, None));
    let mut standard = super::emulator();
    let jwe = Fault::from_name("id_token_jwe.bare_claims").unwrap();
    standard.misbehave(Some(jwe));
    let code = super::code(&mut standard, NOW, &[], "test");
    let answer = json_of(&super::token(&mut standard, NOW, &[("code", &code)]));
    assert_eq!(answer["id_token"].as_str().unwrap().split('.').count(), 3, "FranceConnect cannot tell it");
}

/// The ID Token under the lie `name`.
fn lying(alg: Encryption, name: &str) -> (Plus, String) {
    let mut plus = Plus::new(alg);
    plus.emulator.misbehave(Some(Fault::from_name(name).unwrap()));
    let token = plus.tokens(&[], "test").0;
    (plus, token)
}

/// Decrypts as a reader that believes the header and checks nothing would.
fn gullible<C: Aead + KeyInit>(jwe: &str, cek: &[u8]) -> String {
    let parts: Vec<&str> = jwe.split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let (iv, sealed) = (decode(parts[2]), [decode(parts[3]), decode(parts[4])].concat());
    let nonce = <&aes_gcm::aead::Nonce<C>>::try_from(iv.as_slice()).unwrap();
    let cipher = C::new_from_slice(cek).unwrap();
    let inner = cipher.decrypt(nonce, Payload { msg: &sealed, aad: parts[0].as_bytes() }).unwrap();
    String::from_utf8(inner).unwrap()
}

#[test]
fn forgeries_open_for_whoever_does_what_their_header_says() {
    let secret = sha2::Sha256::digest(SECRET);
    let (_, dir) = lying(Encryption::EcdhEs, "id_token_jwe.alg_dir");
    assert_eq!(part(&gullible::<aes_gcm::Aes256Gcm>(&dir, &secret), 1)["nonce"], NONCE);
    let (_, none) = lying(Encryption::RsaOaep256, "id_token_jwe.alg_none");
    assert_eq!(part(&gullible::<aes_gcm::Aes256Gcm>(&none, &[0; 32]), 1)["nonce"], NONCE);

    let (plus, short) = lying(Encryption::RsaOaep256, "id_token_jwe.cek_16");
    let key = URL_SAFE_NO_PAD.decode(short.split('.').nth(1).unwrap()).unwrap();
    let cek = plus.keys.rsa.oaep_decrypt::<sha2::Sha256>(&key).unwrap();
    assert_eq!(cek.len(), 16);
    assert_eq!(part(&gullible::<aes_gcm::Aes128Gcm>(&short, &cek), 1)["nonce"], NONCE);

    let (plus, old) = lying(Encryption::RsaOaep256, "id_token_jwe.alg_rsa1_5");
    let key = URL_SAFE_NO_PAD.decode(old.split('.').nth(1).unwrap()).unwrap();
    let cek = plus.keys.rsa.decrypt(rsa::Pkcs1v15Encrypt, &key).unwrap();
    assert_eq!(part(&gullible::<aes_gcm::Aes256Gcm>(&old, &cek), 1)["nonce"], NONCE);

    let (plus, long) = lying(Encryption::RsaOaep, "id_token_jwe.iv_16");
    let key = URL_SAFE_NO_PAD.decode(long.split('.').nth(1).unwrap()).unwrap();
    let cek = plus.keys.rsa.oaep_decrypt::<sha1::Sha1>(&key).unwrap();
    type LongIv = aes_gcm::AesGcm<aes_gcm::aes::Aes256, aes_gcm::aead::consts::U16>;
    assert_eq!(part(&gullible::<LongIv>(&long, &cek), 1)["nonce"], NONCE);

    // A key on a curve of the liar's choice gives a secret of his choice, whatever ours is.
    let (_, weak) = lying(Encryption::EcdhEs, "id_token_jwe.epk_off_curve");
    let mut z = [0; 32];
    z[31] = 1;
    let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let info = [field(b"A256GCM"), field(b""), field(b""), 256_u32.to_be_bytes().to_vec()].concat();
    let cek = sha2::Sha256::digest([&1_u32.to_be_bytes()[..], &z, &info].concat());
    assert_eq!(part(&gullible::<aes_gcm::Aes256Gcm>(&weak, &cek), 1)["nonce"], NONCE);
}

#[test]
fn another_algorithm_is_told_with_the_key_that_is_published_for_it() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let mut rsa = plus.keys.jwk(Encryption::RsaOaep256);
    rsa["kid"] = "autre".into();
    plus.set = Some(key_set(&[plus.keys.jwk(Encryption::EcdhEs), rsa]));
    plus.emulator.misbehave(Fault::from_name("id_token_jwe.alg_unregistered"));
    let token = plus.tokens(&[], "test").0;
    assert_eq!(part(&token, 0)["kid"], "autre");
    assert!(plus.keys.open(&token, Encryption::RsaOaep256).is_ok());
    assert_eq!(plus.keys.open(&token, Encryption::EcdhEs), Err("algorithm"));
}

#[test]
fn the_first_fitting_key_is_used_and_the_last_on_demand() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let other = ServiceKeys::new(6);
    let mut second = other.jwk(Encryption::EcdhEs);
    second["kid"] = "ancienne".into();
    plus.set = Some(key_set(&[plus.keys.jwk(Encryption::EcdhEs), second]));
    let first = plus.tokens(&[], "test").0;
    assert!(plus.keys.open(&first, Encryption::EcdhEs).is_ok());
    plus.emulator.misbehave(Fault::from_name("id_token_jwe.key_last"));
    let last = plus.tokens(&[], "test").0;
    assert!(other.open(&last, Encryption::EcdhEs).is_ok());
    assert_eq!(part(&last, 0)["kid"], "ancienne");
}

#[test]
fn lies_of_signed_tokens_are_told_inside() {
    for fault in Fault::ALL {
        let of_userinfo = match fault {
            Fault::Claims(_) | Fault::Signature(_) | Fault::Header(_) | Fault::Form(_) => false,
            Fault::UserInfo(_) => true,
            _ => continue,
        };
        let name = fault.name();
        let mut plus = Plus::new(Encryption::EcdhEs);
        plus.emulator.misbehave(Some(*fault));
        let (id_token, userinfo) = plus.tokens(&[], "test");
        let told = if of_userinfo { userinfo } else { id_token };
        let unencrypted = ["plain_json", "json_as_jwt", "form_encoded", "status_401", "status_403"];
        let encrypted = told.starts_with("ey") && told.trim_end().split('.').count() == 5;
        assert_eq!(
            encrypted,
            !unencrypted.iter().any(|word| name == format!("userinfo.{word}")),
            "{name}: {told}"
        );
        assert_eq!(part(&plus.tokens(&[], "test").0, 0)["enc"], "A256GCM", "{name}");
    }
}

#[test]
fn levels_are_below_and_above_the_one_negotiated() {
    for (name, asked, told) in [
        ("acr_lower", "eidas2", "eidas1"),
        ("acr_lower", "eidas3", "eidas2"),
        ("acr_lowest", "eidas3", "eidas1"),
        ("acr_higher", "eidas2", "eidas3"),
        ("acr_higher", "eidas3", "eidas3"),
        ("acr_beyond", "eidas3", "eidas4"),
        ("acr_case", "eidas2", "EIDAS2"),
    ] {
        let mut plus = Plus::new(Encryption::EcdhEs);
        plus.emulator.misbehave(Fault::from_name(&format!("id_token.{name}")));
        assert_eq!(plus.identity(&[("acr_values", asked)], "test").0["acr"], told, "{name} {asked}");
    }
}

#[test]
fn headers_say_what_the_row_says() {
    for (word, member, told) in [
        ("alg_ecdh_es_a256kw", "alg", Value::from("ECDH-ES+A256KW")),
        ("alg_ecdh_es_a128kw", "alg", "ECDH-ES+A128KW".into()),
        ("alg_a256gcmkw", "alg", "A256GCMKW".into()),
        ("alg_pbes2_huge", "p2c", 1_000_000_000.into()),
        ("alg_unregistered", "alg", "RSA-OAEP-256".into()),
        ("alg_case", "alg", "ecdh-es".into()),
        ("alg_missing", "alg", Value::Null),
        ("enc_a256cbc_hs512", "enc", "A256CBC-HS512".into()),
        ("enc_a128cbc_hs256", "enc", "A128CBC-HS256".into()),
        ("enc_missing", "enc", Value::Null),
        ("cty_lower", "cty", "jwt".into()),
        ("cty_media_type", "cty", "application/jwt".into()),
        ("cty_json", "cty", "JSON".into()),
        ("cty_missing", "cty", Value::Null),
        ("zip", "zip", "DEF".into()),
        ("kid_missing", "kid", Value::Null),
        ("kid_unknown", "kid", "inconnue".into()),
        ("typ_jwt", "typ", "JWT".into()),
        ("apu_apv", "apu", "RnJhbmNlQ29ubmVjdA".into()),
        ("apu_number", "apu", 12.into()),
        ("outer_iss", "iss", "https://autre.exemple.fr/api/v2".into()),
        ("outer_missing", "aud", Value::Null),
        ("epk_null", "epk", Value::Null),
    ] {
        let told_by = |of: &str| {
            let mut plus = Plus::new(Encryption::EcdhEs);
            plus.emulator.misbehave(Some(Fault::from_name(&format!("{of}_jwe.{word}")).unwrap()));
            let (id_token, userinfo) = plus.tokens(&[], "test");
            part(if of == "id_token" { &id_token } else { &userinfo }, 0)[member].clone()
        };
        assert_eq!((told_by("id_token"), told_by("userinfo")), (told.clone(), told), "{word}");
    }
    for (word, coordinate, length) in [("epk_short", "x", 31), ("epk_long", "x", 33), ("epk_p384", "y", 48)] {
        let (_, token) = lying(Encryption::EcdhEs, &format!("id_token_jwe.{word}"));
        let epk = part(&token, 0)["epk"][coordinate].as_str().unwrap().to_owned();
        assert_eq!(URL_SAFE_NO_PAD.decode(epk).unwrap().len(), length, "{word}");
    }
}
