//! Decides the keys of kinds that FranceConnect has not, with which a fault signs: they are real, so that only the
//! registered algorithm is a reason to refuse them.

use super::keys::{decode, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// The key of RFC 6979 §A.2.6, known to everybody: private, then the two coordinates. `ring` draws none from a seed.
const P384: [&str; 3] = [
    "a509rS4bjBwFsZh1tmWfTeI8O2Z78pe6mqR3QHhxN9iW1XJOTHCoJfhyyepg0u31",
    "7DpOQVtOGaRWhhgCn0J_pdqai8SukuAuBqrlKGswDGTe-PDqkFWGYGSiVFFUgLwT",
    "gBXZty19VyROqO-awMYhiWcIpZNn-d-59UyoSz8cnbEoiyMcOuDU_nNE_SUzJkcg",
];

/// A key of another kind.
pub(in crate::emulator) struct Odd {
    pub(in crate::emulator) alg: &'static str,
    /// The public half.
    pub(in crate::emulator) jwk: Value,
    pair: Pair,
}

enum Pair {
    P384,
    Ed25519(Ed25519KeyPair),
}

impl Odd {
    /// One on P-384, the same for everybody.
    pub(in crate::emulator) fn p384(kid: &str) -> Self {
        let [_, x, y] = P384;
        let jwk =
            json!({ "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": kid, "x": x, "y": y });
        Self { alg: "ES384", jwk, pair: Pair::P384 }
    }

    /// The one of these 32 bytes.
    pub(in crate::emulator) fn ed25519(seed: &[u8], kid: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let x = encode(pair.public_key().as_ref());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x });
        Some(Self { alg: "EdDSA", jwk, pair: Pair::Ed25519(pair) })
    }

    /// The signature of `message`, base64url.
    pub(in crate::emulator) fn sign(&self, message: &[u8]) -> Option<String> {
        match &self.pair {
            Pair::Ed25519(pair) => Some(encode(pair.sign(message).as_ref())),
            Pair::P384 => {
                let [private, x, y] = P384.map(|number| decode(number).unwrap_or_default());
                let public = [[4].as_slice(), &x, &y].concat();
                let (alg, random) = (&ECDSA_P384_SHA384_FIXED_SIGNING, SystemRandom::new());
                let pair =
                    EcdsaKeyPair::from_private_key_and_public_key(alg, &private, &public, &random).ok()?;
                pair.sign(&random, message).ok().map(|signature| encode(signature.as_ref()))
            }
        }
    }
}
