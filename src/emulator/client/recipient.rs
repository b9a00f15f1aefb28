//! Decides which of a service's public keys a token may be encrypted to: published for encryption with the
//! algorithm it registered, named, and sound (RFC 7517 §4, RFC 7518 §6).

use crate::emulator::client::Encryption;
use crate::emulator::token::keys::decode;
use num_bigint::BigUint;
use serde_json::Value;

/// Fewest bits of a modulus (RFC 7518 §4.3).
const SHORTEST_MODULUS: u64 = 2048;

/// The numbers of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) enum Public {
    /// A point on P-256, uncompressed: `04 ‖ x ‖ y`.
    P256(Vec<u8>),
    /// An RSA modulus and exponent.
    Rsa(BigUint, BigUint),
}

/// A key to encrypt to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Recipient {
    /// How.
    pub(in crate::emulator) alg: Encryption,
    /// The key's name.
    pub(in crate::emulator) kid: String,
    /// The key.
    pub(in crate::emulator) key: Public,
}

impl Recipient {
    /// The key of the JWK `key`, if `alg` can be done with it and it says so itself.
    pub(in crate::emulator) fn read(key: &Value, alg: Encryption) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let meant = text("use") == Some("enc") && text("alg") == Some(alg.name());
        let kid = text("kid").filter(|kid| meant && !kid.is_empty())?.to_owned();
        let number = |name: &str| text(name).and_then(decode);
        let key = match (alg, text("kty")?) {
            (Encryption::EcdhEs, "EC") if text("crv") == Some("P-256") => {
                let coordinate = |name| number(name).filter(|bytes| bytes.len() == 32);
                let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
                // Off the curve there is nothing to agree on.
                p256::PublicKey::from_sec1_bytes(&point).ok()?;
                Public::P256(point)
            }
            (Encryption::RsaOaep | Encryption::RsaOaep256, "RSA") => {
                let (n, e) = (BigUint::from_bytes_be(&number("n")?), BigUint::from_bytes_be(&number("e")?));
                let sound = n.bits() >= SHORTEST_MODULUS && e > BigUint::from(2_u8);
                sound.then_some(Public::Rsa(n, e))?
            }
            _ => return None,
        };
        Some(Self { alg, kid, key })
    }
}
