//! Tokens that other libraries encrypted and signed open here, and what is signed here another library believes.

use franceconnect_edge::jose::{Algorithm, KeyManagement, sign, verify};
use serde_json::{Value, json};

use crate::support::envelope::{Agreeing, open, private_keys, with};
use crate::support::fixture;
use crate::support::signer::key_set;

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[test]
fn tokens_of_other_libraries_open_and_are_authentic() {
    let mut opened = Vec::new();
    for library in fixture::libraries() {
        let keys = private_keys(array(&library["private_keys"]));
        let provider = key_set(array(&library["provider_keys"]));
        for token in array(&library["tokens"]) {
            let name = format!("{}: {} {}", library["made_by"], token["name"], token["alg"]);
            let management = KeyManagement::parse(token["alg"].as_str().unwrap()).unwrap();
            let jwe = token["jwe"].as_str().unwrap();
            let inside = open(jwe, management, &keys).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            let verified = verify(inside.text.expose(), Algorithm::Es256, &provider)
                .unwrap_or_else(|why| panic!("{name}: {why:?}"));
            assert_eq!(Value::Object(verified.into_claims().into_members()), token["claims"], "{name}");
            opened.push(management);
        }
    }
    let of = |management| opened.iter().filter(|opened| **opened == management).count();
    assert_eq!((of(KeyManagement::EcdhEs), of(KeyManagement::RsaOaep256)), (18, 11));
}

#[test]
fn what_is_published_of_the_keys_of_other_libraries_has_no_secret() {
    for library in fixture::libraries() {
        let keys = array(&library["private_keys"]);
        let published: Value = serde_json::from_str(&private_keys(keys).published().unwrap()).unwrap();
        for (key, published) in keys.iter().zip(array(&published["keys"])) {
            let secret = json!({ "d": null, "p": null, "q": null, "dp": null, "dq": null, "qi": null });
            assert_eq!(published, &with(key.clone(), &secret), "{}", library["made_by"]);
        }
    }
}

#[test]
fn an_assertion_is_believed_by_another_library() {
    let (new, old) = (Agreeing::new(11), Agreeing::new(12));
    let signing = |key: &Agreeing, kid| with(key.private(kid), &json!({ "use": "sig", "alg": "ES256" }));
    let keys = private_keys(&[Agreeing::new(13).private("enc"), signing(&new, "new"), signing(&old, "old")]);
    let claims = json!({ "iss": "client", "sub": "client", "aud": "https://op.example", "jti": "Œ", "exp": 4_000_000_000_i64 });
    let assertion = sign(&claims, &keys).unwrap();
    let header = jsonwebtoken::decode_header(assertion.expose()).unwrap();
    assert_eq!(
        (header.alg, header.kid.as_deref(), header.typ.as_deref()),
        (jsonwebtoken::Algorithm::ES256, Some("new"), Some("JWT")),
        "the newest key that signs"
    );
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&["https://op.example"]);
    for (key, believed) in [(&new, true), (&old, false)] {
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.public()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        let read = jsonwebtoken::decode::<Value>(assertion.expose(), &key, &rules);
        assert_eq!(read.map(|read| read.claims).ok(), believed.then(|| claims.clone()));
    }
    assert!(sign(&claims, &private_keys(&[old.private("enc")])).is_none(), "no key signs");
}
