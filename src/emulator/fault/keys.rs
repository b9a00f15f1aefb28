//! Decides the lies of the key set.

use super::signature::{Pen, STRANGER};
use super::{deep, twice};
use crate::emulator::client::Alg;
use crate::emulator::http::Reply;
use crate::emulator::token::id_token::Unsigned;
use crate::emulator::token::keys::{SigningKey, decode, encode, hs256, noise, rs256_short, rsa_pair};
use crate::emulator::token::odd::Odd;
use rsa::traits::PublicKeyParts;
use serde_json::{Map, Value, json};

faults! {
    /// What the key set says, and when.
    Keys, "jwks", Keys;
    EmptySet = "empty_set", Stops, "no key at all", "aucune clé";
    KeysMissing = "keys_missing", Stops, "an object without `keys`", "un objet sans `keys`";
    KeysObject = "keys_object", Stops, "`keys` is an object", "`keys` est un objet";
    KeysNull = "keys_null", Stops, "`keys` is null", "`keys` est nul";
    KeysTwice = "keys_twice", Stops, "`keys` twice: a stranger's, then the right ones",
        "`keys` deux fois : celles d’un inconnu, puis les bonnes";
    Noise = "noise", Succeeds, "other kinds, curves, uses, secrets and private keys beside the right ones",
        "d’autres types, courbes, usages, secrets et clés privées à côté des bonnes clés";
    NoiseNotObjects = "noise_not_objects", Either, "entries that are no objects beside the right ones",
        "des éléments qui ne sont pas des objets à côté des bonnes clés";
    Deep = "deep", Either, "a member ten thousand arrays deep", "un membre profond de dix mille tableaux";
    NoAlgNoUse = "no_alg_no_use", Succeeds, "keys without `alg` and `use`", "des clés sans `alg` ni `use`";
    KidMissing = "kid_missing", Either, "keys without `kid`", "des clés sans `kid`";
    KidNumber = "kid_number", Either, "`kid` of the keys is a number", "`kid` des clés est un nombre";
    UseAgainstOps = "use_against_ops", Either, "the signing key's `use` is to sign, its `key_ops` is to encrypt",
        "l’usage `use` de la clé est de signer, l’usage `key_ops` de chiffrer";
    NumberPadded = "number_padded", Either, "a number of the signing key in base64 with padding",
        "un nombre de la clé de signature en base64 avec remplissage";
    Hundred = "hundred", Either, "a hundred keys beside the right ones", "cent clés à côté des bonnes";
    DuplicateKid = "duplicate_kid", Either, "a stranger's key of the same `kid` before the right one",
        "la clé d’un inconnu, de même `kid`, avant la bonne";
    RotatedBeforeSigning = "rotated_before_signing", Succeeds, "replaced between the callback and the signature",
        "remplacées entre le retour et la signature";
    RotatedBetweenLogins = "rotated_between_logins", Succeeds, "replaced when a login begins",
        "remplacées au début d’une connexion";
    UnknownKid = "unknown_kid", Stops at IdToken, "tokens signed by a key that is never published",
        "des jetons signés par une clé qui n’est jamais publiée";
    WithoutOurs = "without_ours", Stops at IdToken, "only a stranger's key is published",
        "seule la clé d’un inconnu est publiée";
    UseEnc = "use_enc", Stops at IdToken, "the signing key is published for encryption",
        "la clé de signature est publiée pour le chiffrement";
    KeyOpsEncrypt = "key_ops_encrypt", Stops at IdToken, "the signing key has `key_ops` of encryption",
        "la clé de signature a les `key_ops` du chiffrement";
    AlgOther = "alg_other", Stops at IdToken, "the signing key is published for another algorithm",
        "la clé de signature est publiée pour un autre algorithme";
    KtyOther = "kty_other", Stops at IdToken, "the signing key is published with another `kty`",
        "la clé de signature est publiée avec un autre `kty`";
    Private = "private", Stops at IdToken, "the signing key is published with its private member",
        "la clé de signature est publiée avec son membre privé";
    Oct = "oct", Stops at IdToken, "tokens signed with a published symmetric key",
        "des jetons signés avec une clé symétrique publiée";
    Rsa1024 = "rsa_1024", Stops at IdToken, "tokens signed with a published RSA key of 1024 bits",
        "des jetons signés avec une clé RSA publiée de 1024 bits";
    P384 = "p384", Stops at IdToken, "tokens signed with a published key on P-384",
        "des jetons signés avec une clé publiée sur P-384";
    Ed25519 = "ed25519", Stops at IdToken, "tokens signed with a published Ed25519 key",
        "des jetons signés avec une clé Ed25519 publiée";
    Unusable = "unusable", Stops at IdToken, "the signing key is not on its curve, or its modulus is even",
        "la clé de signature n’est pas sur sa courbe, ou son module est pair";
    NumberLong = "number_long", Stops at IdToken, "a number of the signing key has one byte too many in front",
        "un nombre de la clé de signature a un octet de trop au début";
    NumberMissing = "number_missing", Stops at IdToken, "a number of the signing key is missing",
        "il manque un nombre de la clé de signature";
    NumberZero = "number_zero", Stops at IdToken, "the numbers of the signing key are zero",
        "les nombres de la clé de signature sont nuls";
    ExponentOne = "exponent_one", Stops at IdToken, "the RSA exponent is 1; there is no EC key at all",
        "l’exposant RSA est 1 ; il n’y a aucune clé EC";
    ExponentThree = "exponent_three", Stops at IdToken, "the RSA exponent is 3; there is no EC key at all",
        "l’exposant RSA est 3 ; il n’y a aucune clé EC";
    ModulusHuge = "modulus_huge", Stops at IdToken, "the RSA modulus is of 16,384 bits; there is no EC key at all",
        "le module RSA est de 16 384 bits ; il n’y a aucune clé EC";
    ContentTypeHtml = "content_type_html", Stops, "the right keys, called a page",
        "les bonnes clés, présentées comme une page";
    CacheNone = "cache_none", Succeeds, "`Cache-Control: no-store`",
        "à ne pas mettre en cache : `Cache-Control: no-store`";
    CacheDecade = "cache_decade", Succeeds, "`Cache-Control: max-age` of ten years",
        "`Cache-Control: max-age` de dix ans";
    CacheZero = "cache_zero", Succeeds, "`Cache-Control: max-age=0`",
        "déjà périmé : `Cache-Control: max-age=0`";
    CacheAbsurd = "cache_absurd", Succeeds, "a `Cache-Control: max-age` of thirty digits",
        "un `Cache-Control: max-age` de trente chiffres";
}

/// `kid` of the symmetric key, and of the short RSA key.
const ODD_KID: &str = "pkcs11:autre";

impl Keys {
    /// The lying answer.
    pub(in crate::emulator) fn answer(self, honest: Vec<SigningKey>, seed: &[u8; 32]) -> Reply {
        let strangers: Vec<Value> = honest
            .iter()
            .filter_map(|key| SigningKey::derive(seed, key.alg, STRANGER))
            .map(|key| Value::Object(key.jwk))
            .collect();
        let mut set = Value::Null;
        let mut raw = None;
        let mut keys: Vec<Value> = honest.iter().filter_map(|key| self.changed(key)).collect();
        match self {
            Self::EmptySet => keys.clear(),
            Self::KeysMissing => set = json!({ "clefs": keys }),
            Self::KeysObject => set = json!({ "keys": { "0": keys } }),
            Self::KeysTwice => raw = Some(twice(&json!({ "keys": keys }), "keys", &json!(strangers))),
            Self::Noise => keys = [others(seed), keys].concat(),
            Self::NoiseNotObjects => keys.splice(..0, [json!("clef"), json!(12), Value::Null]).for_each(drop),
            Self::Hundred => {
                let other = |n: usize| jwk("RSA", &format!("autre-{n}"), seed, &[("n", 256), ("e", 3)]);
                keys = (0..100).map(other).chain(keys).collect();
            }
            Self::DuplicateKid => {
                let twin = |(key, ours): (Value, &SigningKey)| with(key, &[("kid", json!(ours.kid()))]);
                keys = strangers.into_iter().zip(&honest).map(twin).chain(keys).collect();
            }
            Self::KeysNull => set = json!({ "keys": null }),
            Self::Deep => raw = Some(deep(&json!({ "keys": keys }))),
            Self::P384 | Self::Ed25519 => keys.extend(self.odd(seed).map(|odd| odd.jwk)),
            Self::WithoutOurs => keys = strangers,
            Self::Oct => {
                let secret = encode(&noise(seed, ODD_KID, 32));
                keys.push(json!({ "kty": "oct", "use": "sig", "alg": "HS256", "kid": ODD_KID, "k": secret }));
            }
            Self::Rsa1024 => {
                let short =
                    rsa_pair(seed, ODD_KID, 1024).map(|key| encode(&key.n().to_be_bytes_trimmed_vartime()));
                keys.push(json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": ODD_KID, "n": short, "e": "AQAB" }));
            }
            _ => {}
        }
        if set.is_null() {
            set = json!({ "keys": keys });
        }
        let content_type = match self {
            Self::ContentTypeHtml => "text/html; charset=utf-8",
            _ => "application/jwk-set+json; charset=utf-8",
        };
        let cache = match self {
            Self::CacheNone => "no-store",
            Self::CacheDecade => "public, max-age=315360000, immutable",
            Self::CacheZero => "max-age=0",
            Self::CacheAbsurd => "max-age=999999999999999999999999999999",
            _ => "public, max-age=600",
        };
        let body = raw.unwrap_or_else(|| set.to_string());
        Reply::with_body(200, content_type, body).header("cache-control", cache)
    }

    /// Whether tokens are signed with another key, so that keys fetched earlier do not save the login.
    pub(super) fn signs(self) -> bool {
        let replaced =
            matches!(self, Self::RotatedBeforeSigning | Self::RotatedBetweenLogins | Self::UnknownKid);
        replaced || matches!(self, Self::Oct | Self::Rsa1024 | Self::P384 | Self::Ed25519)
    }

    /// The token of these claims, signed with another key where that is the lie.
    pub(in crate::emulator) fn sign(self, claims: &Map<String, Value>, pen: &Pen<'_>) -> Option<String> {
        let unsigned = |alg: &str| Unsigned::with_header(&json!({ "alg": alg, "kid": ODD_KID }), claims);
        let (input, signature) = match self {
            Self::Oct => {
                let input = unsigned("HS256").signing_input();
                let signature = hs256(input.as_bytes(), &noise(pen.seed, ODD_KID, 32))?;
                (input, signature)
            }
            Self::Rsa1024 => {
                let input = unsigned("RS256").signing_input();
                let signature = rs256_short(input.as_bytes(), &rsa_pair(pen.seed, ODD_KID, 1024)?)?;
                (input, signature)
            }
            Self::P384 | Self::Ed25519 => {
                let odd = self.odd(pen.seed)?;
                let input = unsigned(odd.alg).signing_input();
                let signature = odd.sign(input.as_bytes())?;
                (input, signature)
            }
            Self::UnknownKid => {
                let key = SigningKey::derive(pen.seed, pen.key.alg, "pkcs11:inconnue")?;
                return Unsigned::new(&key, claims).sign(&key);
            }
            _ => return Unsigned::new(&pen.key, claims).sign(&pen.key),
        };
        Some(format!("{input}.{signature}"))
    }

    fn odd(self, seed: &[u8; 32]) -> Option<Odd> {
        match self {
            Self::P384 => Some(Odd::p384(ODD_KID)),
            _ => Odd::ed25519(&noise(seed, ODD_KID, 32), ODD_KID),
        }
    }

    /// One of the signing keys as this lie publishes it.
    fn changed(self, honest: &SigningKey) -> Option<Value> {
        let mut key = honest.jwk.clone();
        let mut set = |name: &str, value: Value| key.insert(name.to_owned(), value);
        let ec = honest.alg == Alg::Es256;
        match self {
            Self::NoAlgNoUse => {
                key.remove("alg");
                key.remove("use");
            }
            Self::UseEnc => drop(set("use", json!("enc"))),
            Self::KeyOpsEncrypt => {
                set("key_ops", json!(["encrypt", "wrapKey"]));
                key.remove("use");
            }
            Self::AlgOther => drop(set("alg", json!(if ec { "ES384" } else { "RS512" }))),
            Self::KtyOther => drop(set("kty", json!(if ec { "RSA" } else { "EC" }))),
            Self::Private => drop(set("d", json!(honest.private))),
            Self::Unusable => change(&mut key, if ec { "y" } else { "n" }, |number| {
                if let Some(last) = number.last_mut() {
                    *last ^= 1;
                }
            }),
            // A modulus keeps its value under a zero, so it gets another byte.
            Self::NumberLong => {
                change(&mut key, if ec { "x" } else { "n" }, |number| number.insert(0, u8::from(!ec)));
            }
            Self::ExponentOne | Self::ExponentThree | Self::ModulusHuge if ec => return None,
            Self::ExponentThree => drop(set("e", json!("Aw"))),
            Self::ModulusHuge => change(&mut key, "n", |number| {
                *number = number.repeat(8);
            }),
            Self::KidMissing => drop(key.remove("kid")),
            Self::KidNumber => drop(set("kid", json!(12))),
            Self::UseAgainstOps => drop(set("key_ops", json!(["encrypt", "wrapKey"]))),
            Self::NumberMissing => drop(key.remove(if ec { "y" } else { "n" })),
            Self::NumberZero => {
                for name in ["x", "y", "n"] {
                    change(&mut key, name, |number| number.fill(0));
                }
            }
            Self::NumberPadded => {
                let name = if ec { "x" } else { "n" };
                let padded = key.get(name).and_then(Value::as_str).map(|number| format!("{number}="));
                key.insert(name.to_owned(), json!(padded));
            }
            Self::ExponentOne => drop(set("e", json!("AQ"))),
            _ => {}
        }
        Some(Value::Object(key))
    }
}

fn change(key: &mut Map<String, Value>, name: &str, how: impl FnOnce(&mut Vec<u8>)) {
    let number = key.get(name).and_then(Value::as_str).and_then(decode);
    if let Some(mut number) = number {
        how(&mut number);
        key.insert(name.to_owned(), json!(encode(&number)));
    }
}

/// A key of numbers that mean nothing, of the given lengths.
fn jwk(kty: &str, kid: &str, seed: &[u8; 32], numbers: &[(&'static str, usize)]) -> Value {
    let number = |(name, length): &(&'static str, usize)| {
        (*name, json!(encode(&noise(seed, &format!("{kid}{name}"), *length))))
    };
    let numbers: Vec<(&str, Value)> = numbers.iter().map(number).collect();
    with(json!({ "kty": kty, "kid": kid, "use": "sig" }), &numbers)
}

fn with(mut key: Value, members: &[(&str, Value)]) -> Value {
    if let Value::Object(key) = &mut key {
        key.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    key
}

/// Keys that no token of ours is signed with, each for its own reason.
fn others(seed: &[u8; 32]) -> Vec<Value> {
    let point = |kid: &str, length| jwk("EC", kid, seed, &[("x", length), ("y", length)]);
    let p256 = |kid: &str| with(point(kid, 32), &[("crv", json!("P-256"))]);
    vec![
        with(jwk("OKP", "okp", seed, &[("x", 32)]), &[("crv", json!("Ed25519")), ("alg", json!("EdDSA"))]),
        with(point("p384", 48), &[("crv", json!("P-384")), ("alg", json!("ES384"))]),
        with(point("p521", 66), &[("crv", json!("P-521")), ("alg", json!("ES512"))]),
        with(point("koblitz", 32), &[("crv", json!("secp256k1")), ("alg", json!("ES256K"))]),
        with(p256("chiffrement"), &[("use", json!("enc")), ("alg", json!("ECDH-ES"))]),
        with(p256("privee"), &[("d", json!(encode(&noise(seed, "d", 32))))]),
        with(p256("certificat"), &[("x5c", json!(["bm9u"])), ("x5t", json!("?")), ("x5u", json!(7))]),
        with(p256("ops"), &[("key_ops", json!(["deriveBits"])), ("ext", json!(true))]),
        with(jwk("oct", "secret", seed, &[("k", 32)]), &[("alg", json!("HS256"))]),
        with(jwk("RSA", "courte", seed, &[("n", 128)]), &[("e", json!("AQAB")), ("alg", json!("RS256"))]),
        with(
            jwk("RSA", "chiffrement-rsa", seed, &[("n", 256)]),
            &[("e", json!("AQAB")), ("use", json!("enc"))],
        ),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "avenir", "pub": "AA" }),
        json!({ "kty": "EC", "kid": "incomplete", "crv": "P-256" }),
        json!({ "kty": 1, "kid": [] }),
        json!({}),
    ]
}
