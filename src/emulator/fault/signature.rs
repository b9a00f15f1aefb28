//! Decides who else may have signed the ID Token, and with what.

use crate::emulator::client::Alg;
use crate::emulator::token::id_token::Unsigned;
use crate::emulator::token::keys::{SigningKey, decode, encode, hs256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};

faults! {
    /// Who signed the ID Token, and how.
    Signature, "id_token", IdToken;
    AlgNone = "alg_none", Stops, "`alg` is `none`, no signature", "`alg` vaut `none`, sans signature";
    AlgNoneCapital = "alg_none_capital", Stops, "`alg` is `None`, no signature",
        "`alg` vaut `None`, sans signature";
    AlgNoneMixed = "alg_none_mixed", Stops, "`alg` is `nOnE`, no signature",
        "`alg` vaut `nOnE`, sans signature";
    AlgNoneSigned = "alg_none_signed", Stops, "`alg` is `none`, with a signature",
        "`alg` vaut `none`, avec une signature";
    AlgMissing = "alg_missing", Stops, "no `alg`", "pas de `alg`";
    AlgNumber = "alg_number", Stops, "`alg` is a number", "`alg` est un nombre";
    AlgCase = "alg_case", Stops, "`alg` in lower case", "`alg` en minuscules";
    AlgArray = "alg_array", Stops, "`alg` in an array", "`alg` dans un tableau";
    AlgSpace = "alg_space", Stops, "`alg` with a space after it", "`alg` suivi d’une espace";
    AlgOtherName = "alg_other_name", Stops, "`alg` names a longer hash than was used",
        "`alg` nomme un condensat plus long que celui utilisé";
    AlgOtherKey = "alg_other_key", Stops, "signed with the other algorithm and its real key",
        "signé avec l’autre algorithme et sa vraie clé";
    AlgPs256 = "alg_ps256", Stops, "PS256 with the real RSA key", "PS256 avec la vraie clé RSA";
    AlgRs512 = "alg_rs512", Stops, "RS512 with the real RSA key", "RS512 avec la vraie clé RSA";
    Hs256PublicPem = "hs256_public_pem", Stops, "HS256 keyed with the public key as PEM",
        "HS256, la clé étant la clé publique en PEM";
    Hs256PublicDer = "hs256_public_der", Stops, "HS256 keyed with the public key as DER",
        "HS256, la clé étant la clé publique en DER";
    Hs256PublicJwk = "hs256_public_jwk", Stops, "HS256 keyed with the public key as JWK",
        "HS256, la clé étant la clé publique en JWK";
    Hs256PublicRaw = "hs256_public_raw", Stops, "HS256 keyed with the modulus or the coordinates",
        "HS256, la clé étant le module ou les coordonnées";
    Hs256ClientSecret = "hs256_client_secret", Stops, "HS256 keyed with the client secret",
        "HS256, la clé étant le secret du client";
    Hs256Wrong = "hs256_wrong_secret", Stops, "HS256 keyed with another secret",
        "HS256, la clé étant un autre secret";
    Hs256Empty = "hs256_empty", Stops, "HS256 keyed with nothing", "HS256, la clé étant vide";
    Empty = "signature_empty", Stops, "no signature", "pas de signature";
    Foreign = "signature_foreign", Stops, "a stranger's signature under our `kid`",
        "la signature d’un inconnu sous notre `kid`";
    Der = "signature_der", Stops, "the signature in DER form", "la signature au format DER";
    Short = "signature_short", Stops, "the signature without its last byte",
        "la signature sans son dernier octet";
    Long = "signature_long", Stops, "the signature with one byte more", "la signature avec un octet de plus";
    Zero = "signature_zero", Stops, "a signature of zeros", "une signature de zéros";
    Swapped = "signature_swapped", Stops, "the halves of the signature exchanged",
        "les moitiés de la signature échangées";
    Order = "signature_order", Stops, "a signature of the curve's order twice, or of the modulus",
        "une signature faite deux fois de l’ordre de la courbe, ou du module";
    PayloadChanged = "payload_changed", Stops, "claims changed after signing",
        "des claims modifiés après la signature";
    HeaderChanged = "header_changed", Stops, "a header changed after signing",
        "un en-tête modifié après la signature";
    KidEncKey = "kid_enc_key", Stops, "signed by a key published for encryption",
        "signé par une clé publiée pour le chiffrement";
    KidOtherAlg = "kid_other_alg", Stops, "`kid` of the other algorithm's key",
        "`kid` de la clé de l’autre algorithme";
    Jwk = "jwk", Stops, "a stranger's key in the header, and his signature",
        "la clé d’un inconnu dans l’en-tête, et sa signature";
    Jku = "jku", Stops, "the address of a stranger's keys, and his signature",
        "l’adresse des clés d’un inconnu, et sa signature";
    X5u = "x5u", Stops, "the address of a stranger's certificate, and his signature",
        "l’adresse du certificat d’un inconnu, et sa signature";
    X5c = "x5c", Stops, "a stranger's certificate, and his signature",
        "le certificat d’un inconnu, et sa signature";
}

/// What there is to sign with.
pub(in crate::emulator) struct Pen<'a> {
    pub(in crate::emulator) seed: &'a [u8; 32],
    pub(in crate::emulator) issuer: &'a str,
    pub(in crate::emulator) client_secret: &'a str,
    /// The key that ought to sign.
    pub(in crate::emulator) key: SigningKey,
    /// The real key of the other algorithm, if [`Signature::needs_other`].
    pub(in crate::emulator) other: Option<SigningKey>,
}

impl Pen<'_> {
    /// The honest header.
    pub(in crate::emulator) fn header(&self) -> Map<String, Value> {
        let members = [("alg", self.key.alg.name()), ("kid", self.key.kid())];
        members.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
    }
}

/// Label of the key that strangers sign with.
pub(in crate::emulator) const STRANGER: &str = "attaquant";

/// How many points P-256 has (SEC 2 §2.4.2): zero, to whoever forgets to look at the range.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Label, and so `kid`, of the key published for encryption.
pub(in crate::emulator) fn enc_key(alg: Alg) -> String {
    format!("pkcs11:{}:chiffrement", alg.name())
}

/// Label, and so `kid`, of a second key that fits.
pub(in crate::emulator) fn second_key(alg: Alg) -> String {
    format!("pkcs11:{}:seconde", alg.name())
}

impl Signature {
    /// Whether the key of the other algorithm is used or named, and so must be published.
    pub(in crate::emulator) fn needs_other(self) -> bool {
        matches!(self, Self::AlgOtherKey | Self::AlgPs256 | Self::AlgRs512 | Self::KidOtherAlg)
    }

    /// The token of these claims.
    pub(in crate::emulator) fn sign(self, claims: &Map<String, Value>, pen: &Pen<'_>) -> Option<String> {
        let mut header = pen.header();
        let mut set = |name: &str, value: Value| drop(header.insert(name.to_owned(), value));
        let stranger = || SigningKey::derive(pen.seed, pen.key.alg, STRANGER);
        match self {
            Self::AlgNone | Self::AlgNoneSigned => set("alg", json!("none")),
            Self::AlgNoneCapital => set("alg", json!("None")),
            Self::AlgNoneMixed => set("alg", json!("nOnE")),
            Self::AlgMissing => drop(header.remove("alg")),
            Self::AlgNumber => set("alg", json!(256)),
            Self::AlgCase => set("alg", json!(pen.key.alg.name().to_lowercase())),
            Self::AlgOtherName => {
                set("alg", json!(if pen.key.alg == Alg::Es256 { "ES512" } else { "RS512" }))
            }
            Self::AlgOtherKey => {
                set("alg", json!(pen.other.as_ref()?.alg.name()));
                set("kid", json!(pen.other.as_ref()?.kid()));
            }
            Self::AlgArray => set("alg", json!([pen.key.alg.name()])),
            Self::AlgSpace => set("alg", json!(format!("{} ", pen.key.alg.name()))),
            Self::AlgPs256 | Self::AlgRs512 => {
                set("alg", json!(if self == Self::AlgPs256 { "PS256" } else { "RS512" }));
                set("kid", json!(pen.rsa()?.kid()));
            }
            Self::KidOtherAlg => set("kid", json!(pen.other.as_ref()?.kid())),
            Self::KidEncKey => set("kid", json!(enc_key(pen.key.alg))),
            Self::Jwk => set("jwk", Value::Object(stranger()?.jwk)),
            Self::Jku => set("jku", json!(format!("{}/piege/attaquant", pen.issuer))),
            Self::X5u => set("x5u", json!(format!("{}/piege/attaquant", pen.issuer))),
            Self::X5c => set("x5c", json!([STANDARD.encode(stranger()?.spki)])),
            _ if self.hmac_key(pen).is_some() => set("alg", json!("HS256")),
            _ => {}
        }
        let unsigned = Unsigned::with_header(&Value::Object(header), claims);
        let input = unsigned.signing_input();
        let signature = self.signature(&input, pen)?;
        match self {
            Self::PayloadChanged => {
                let mut claims = claims.clone();
                claims.insert("sub".to_owned(), json!(format!("{}v1", "0".repeat(64))));
                claims.insert("family_name".to_owned(), json!("PIRATE"));
                let payload = encode(Value::Object(claims).to_string().as_bytes());
                Some(format!("{}.{payload}.{signature}", encode(&unsigned.header)))
            }
            Self::HeaderChanged => {
                let header = [unsigned.header.as_slice(), b" "].concat();
                Some(format!("{}.{}.{signature}", encode(&header), encode(&unsigned.payload)))
            }
            _ => Some(format!("{input}.{signature}")),
        }
    }

    fn signature(self, input: &str, pen: &Pen<'_>) -> Option<String> {
        let message = input.as_bytes();
        if let Some(key) = self.hmac_key(pen) {
            return hs256(message, &key);
        }
        let other_than = |label: &str| SigningKey::derive(pen.seed, pen.key.alg, label)?.sign(message);
        let honest = pen.key.sign(message)?;
        let bytes = decode(&honest)?;
        match self {
            Self::AlgNone | Self::AlgNoneCapital | Self::AlgNoneMixed | Self::Empty => Some(String::new()),
            Self::AlgOtherKey => pen.other.as_ref()?.sign(message),
            Self::AlgPs256 => pen.rsa()?.sign_as(message, Algorithm::PS256),
            Self::AlgRs512 => pen.rsa()?.sign_as(message, Algorithm::RS512),
            Self::Foreign | Self::Jwk | Self::Jku | Self::X5u | Self::X5c => other_than(STRANGER),
            Self::KidEncKey => other_than(&enc_key(pen.key.alg)),
            Self::Der => Some(encode(&der(&bytes))),
            Self::Short => Some(encode(bytes.split_last()?.1)),
            Self::Long => Some(encode(&[bytes.as_slice(), &[0]].concat())),
            Self::Zero => Some(encode(&vec![0; bytes.len()])),
            Self::Swapped => {
                let (first, second) = bytes.split_at_checked(bytes.len() / 2)?;
                Some(encode(&[second, first].concat()))
            }
            Self::Order if pen.key.alg == Alg::Es256 => Some(encode(&[ORDER, ORDER].concat())),
            Self::Order => pen.key.jwk.get("n").and_then(Value::as_str).map(str::to_owned),
            _ => Some(honest),
        }
    }

    fn hmac_key(self, pen: &Pen<'_>) -> Option<Vec<u8>> {
        let number =
            |name: &str| pen.key.jwk.get(name).and_then(Value::as_str).and_then(decode).unwrap_or_default();
        match self {
            Self::Hs256PublicPem => {
                let lines: Vec<String> = STANDARD
                    .encode(&pen.key.spki)
                    .as_bytes()
                    .chunks(64)
                    .map(|line| String::from_utf8_lossy(line).into_owned())
                    .collect();
                let pem =
                    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
                Some(pem.into_bytes())
            }
            Self::Hs256PublicDer => Some(pen.key.spki.clone()),
            Self::Hs256PublicJwk => Some(Value::Object(pen.key.jwk.clone()).to_string().into_bytes()),
            Self::Hs256PublicRaw => Some([number("n"), number("x"), number("y")].concat()),
            Self::Hs256ClientSecret => Some(pen.client_secret.as_bytes().to_vec()),
            Self::Hs256Wrong => Some(format!("{}-autre", pen.client_secret).into_bytes()),
            Self::Hs256Empty => Some(Vec::new()),
            _ => None,
        }
    }
}

impl Pen<'_> {
    fn rsa(&self) -> Option<&SigningKey> {
        if self.key.alg == Alg::Rs256 { Some(&self.key) } else { self.other.as_ref() }
    }
}

/// `r ‖ s` as X.509 writes it; a signature of another length (RSA) becomes an octet string.
fn der(raw: &[u8]) -> Vec<u8> {
    let tagged = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&[tag, length], content].concat()
    };
    let integer = |number: &[u8]| {
        let significant: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign = significant.first().is_none_or(|first| *first >= 0x80).then_some(0);
        tagged(2, &sign.into_iter().chain(significant).collect::<Vec<u8>>())
    };
    match raw.split_at_checked(32) {
        Some((r, s)) if raw.len() == 64 => tagged(0x30, &[integer(r), integer(s)].concat()),
        _ => tagged(4, raw),
    }
}
