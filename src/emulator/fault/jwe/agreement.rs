//! Decides the lies about a key that is agreed on: the ephemeral point, the derivation, a key too many (RFC 7518
//! §4.6).

use super::management::{agreed_and_wrapped, set};
use super::{Jwe, Letter};
use crate::emulator::token::jwe::{CEK, Managed, concat_kdf, epk};
use crate::emulator::token::keys::{decode, encode, noise};
use crate::secret::Chance;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{ProjectivePoint, PublicKey, SecretKey};
use serde_json::{Value, json};

/// An ephemeral key whose private half is known, which `ring` does not tell.
struct Ephemeral {
    private: Vec<u8>,
    point: Vec<u8>,
    z: Vec<u8>,
}

impl Ephemeral {
    fn draw(theirs: &[u8], chance: &mut Chance) -> Option<Self> {
        let secret = SecretKey::from_slice(&chance.bytes::<32>()).ok()?;
        let theirs = PublicKey::from_sec1_bytes(theirs).ok()?;
        let shared = (ProjectivePoint::from(theirs) * *secret.to_nonzero_scalar()).to_affine();
        Some(Self {
            private: secret.to_bytes().to_vec(),
            point: secret.public_key().to_sec1_point(false).as_bytes().to_vec(),
            z: shared.to_sec1_point(false).x()?.to_vec(),
        })
    }

    /// One whose first coordinate begins with a zero: one in 256 does.
    fn draw_short(theirs: &[u8], chance: &mut Chance) -> Option<Self> {
        let short = |ours: &Self| ours.point.get(1) == Some(&0);
        std::iter::from_fn(|| Some(Self::draw(theirs, chance))).take(100_000).flatten().find(short)
    }
}

impl Jwe {
    /// How a content key is agreed on with the holder of the point `theirs`.
    pub(super) fn agree(self, theirs: &[u8], letter: &Letter<'_>, chance: &mut Chance) -> Option<Managed> {
        let ours = match self {
            Self::EpkShort => Ephemeral::draw_short(theirs, chance)?,
            _ => Ephemeral::draw(theirs, chance)?,
        };
        let noise = |length| noise(letter.pen.seed, "bruit", length);
        let (cipher, length) = self.cipher();
        let algorithm = if self == Self::KdfAlgorithm { "ECDH-ES" } else { cipher };
        let (apu, apv) = match self {
            Self::PartyInfo => (b"FranceConnect".to_vec(), letter.client_id.as_bytes().to_vec()),
            Self::PartyLong => (noise(4096), Vec::new()),
            _ => (Vec::new(), Vec::new()),
        };
        // What an implementation that does not look at the point would arrive at.
        let z = match self {
            Self::EpkOffCurve => [vec![0; 31], vec![1]].concat(),
            Self::EpkZero => vec![0; 32],
            _ => ours.z,
        };
        let mut managed = Managed {
            members: vec![("alg", json!("ECDH-ES")), ("epk", epk(&ours.point)?)],
            cek: concat_kdf(&z, algorithm, &apu, &apv, length),
            encrypted_key: Vec::new(),
        };
        match self {
            Self::KeyNotEmpty => managed.encrypted_key = noise(CEK),
            Self::KdfNone => managed.cek = z,
            Self::AlgEcdhA256Kw | Self::AlgEcdhA128Kw => {
                let alg = if self == Self::AlgEcdhA256Kw { "ECDH-ES+A256KW" } else { "ECDH-ES+A128KW" };
                set(&mut managed, "alg", json!(alg));
                managed.cek = chance.bytes::<CEK>().to_vec();
                managed.encrypted_key = agreed_and_wrapped(alg, &z, &managed.cek)?;
            }
            Self::PartyInfo | Self::PartyEmpty => {
                managed.members.extend([("apu", json!(encode(&apu))), ("apv", json!(encode(&apv)))]);
            }
            Self::PartyLong => set(&mut managed, "apu", json!(encode(&apu))),
            Self::ApuNumber => set(&mut managed, "apu", json!(12)),
            Self::ApvArray => set(&mut managed, "apv", json!(["Qm9i"])),
            Self::ApuNotBase64 => set(&mut managed, "apu", json!("é+/=")),
            Self::ApuUnused => set(&mut managed, "apu", json!(encode(b"FranceConnect"))),
            Self::ApvUnused => set(&mut managed, "apv", json!(encode(letter.client_id.as_bytes()))),
            Self::EpkMissing => managed.members.retain(|(name, _)| *name != "epk"),
            _ => {
                let point = epk(&ours.point)?;
                set(&mut managed, "epk", self.point(point, &ours.private, &noise(48)));
            }
        }
        Some(managed)
    }

    /// The ephemeral key `honest` as this lie writes it.
    fn point(self, mut honest: Value, private: &[u8], noise: &[u8]) -> Value {
        let x = honest.get("x").and_then(Value::as_str).unwrap_or_default().to_owned();
        let bytes = decode(&x).unwrap_or_default();
        match self {
            Self::EpkNull => return Value::Null,
            Self::EpkText => return json!(honest.to_string()),
            Self::EpkArray => return json!([honest]),
            Self::EpkP384 => {
                return json!({ "kty": "EC", "crv": "P-384", "x": encode(noise), "y": encode(noise) });
            }
            Self::EpkX25519 => {
                let x = encode(noise.get(..32).unwrap_or_default());
                return json!({ "kty": "OKP", "crv": "X25519", "x": x });
            }
            _ => {}
        }
        let Some(members) = honest.as_object_mut() else { return honest };
        let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        match self {
            Self::EpkCrvOther => set("crv", json!("P-384")),
            Self::EpkKtyOther => set("kty", json!("OKP")),
            Self::EpkOffCurve => {
                set("x", json!(encode(&[vec![0; 31], vec![1]].concat())));
                set("y", json!(encode(&[0; 32])));
            }
            Self::EpkBeyondField => set("x", json!(encode(&[0xff; 32]))),
            Self::EpkShort => set("x", json!(encode(bytes.get(1..).unwrap_or_default()))),
            Self::EpkLong => set("x", json!(encode(&[[0].as_slice(), &bytes].concat()))),
            Self::EpkZero => {
                set("x", json!(encode(&[0; 32])));
                set("y", json!(encode(&[0; 32])));
            }
            Self::EpkPadded => set("x", json!(format!("{x}="))),
            Self::EpkNumber => set("x", json!(12)),
            Self::EpkPrivate => set("d", json!(encode(private))),
            Self::EpkExtra => {
                for (name, value) in [("kid", "ephemere"), ("use", "enc"), ("alg", "ECDH-ES")] {
                    set(name, json!(value));
                }
            }
            Self::EpkCrvMissing => drop(members.remove("crv")),
            Self::EpkKtyMissing => drop(members.remove("kty")),
            Self::EpkYMissing => drop(members.remove("y")),
            _ => {}
        }
        honest
    }
}
