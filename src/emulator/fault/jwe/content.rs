//! Decides how else the content may be encrypted: other ciphers, other lengths, bits flipped afterwards (RFC 7518
//! §5). `ring` has one cipher with one length of IV; the others are told with raw AES.

use super::Jwe;
use crate::emulator::token::jwe::{CEK, Managed, Parts, a256gcm};
use crate::emulator::token::keys::encode;
use crate::secret::Chance;
use aes_gcm::aead::consts::{U11, U16};
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use aes_gcm::aes::cipher::BlockCipherEncrypt;
use aes_gcm::aes::{Aes128, Aes256, Block};
use aes_gcm::{Aes128Gcm, AesGcm};
use ring::hmac;

/// Bytes of a GCM tag.
const TAG: usize = 16;

impl Jwe {
    /// The parts of the token.
    pub(super) fn content(
        self,
        header: Vec<u8>,
        managed: &Managed,
        plaintext: &[u8],
        chance: &mut Chance,
    ) -> Option<Parts> {
        let aad = encode(&header);
        let random: [u8; 16] = chance.bytes();
        let iv = random.get(..self.iv_length())?.to_vec();
        let plaintext = if self == Self::Zip { stored(plaintext) } else { plaintext.to_vec() };
        let cek = managed.cek.as_slice();
        let (ciphertext, tag) = match self {
            Self::EncNone => (plaintext, Vec::new()),
            Self::EncA256Cbc => cbc(cek, hmac::HMAC_SHA512, &aad, &iv, &plaintext)?,
            Self::EncA128Cbc => cbc(cek, hmac::HMAC_SHA256, &aad, &iv, &plaintext)?,
            Self::EncA128Gcm | Self::CekSixteen => {
                let key = Aes128Gcm::new_from_slice(cek).ok()?;
                sealed(&key, &iv, &aad, &plaintext)?
            }
            Self::IvEleven => {
                sealed(&AesGcm::<Aes256, U11>::new_from_slice(cek).ok()?, &iv, &aad, &plaintext)?
            }
            Self::IvSixteen => {
                sealed(&AesGcm::<Aes256, U16>::new_from_slice(cek).ok()?, &iv, &aad, &plaintext)?
            }
            // Of a key too short or too long, what a careless copy into a fixed buffer makes.
            _ => a256gcm(&fitted(cek), iv.as_slice().try_into().ok()?, &aad, &plaintext)?,
        };
        Some(Parts { header, encrypted_key: managed.encrypted_key.clone(), iv, ciphertext, tag })
    }

    /// The cipher that encrypts the content, and the bytes of its key.
    pub(super) fn cipher(self) -> (&'static str, usize) {
        match self {
            Self::EncA128Gcm => ("A128GCM", 16),
            Self::EncA256Cbc => ("A256CBC-HS512", 64),
            Self::EncA128Cbc => ("A128CBC-HS256", 32),
            _ => ("A256GCM", CEK),
        }
    }

    fn iv_length(self) -> usize {
        match self {
            Self::IvEleven => 11,
            Self::IvSixteen | Self::EncA256Cbc | Self::EncA128Cbc => 16,
            _ => 12,
        }
    }

    /// Changes the parts after they were made.
    pub(super) fn spoil(self, parts: &mut Parts) {
        let flip = |bytes: &mut Vec<u8>| bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        match self {
            Self::IvBit => flip(&mut parts.iv),
            Self::IvLong => parts.iv.extend([0; 4]),
            Self::IvEmpty => parts.iv.clear(),
            Self::CiphertextBit => flip(&mut parts.ciphertext),
            Self::CiphertextCut => drop(parts.ciphertext.pop()),
            Self::CiphertextEmpty => parts.ciphertext.clear(),
            Self::TagBit => flip(&mut parts.tag),
            Self::TagFifteen => parts.tag.truncate(TAG - 1),
            Self::TagTwelve => parts.tag.truncate(12),
            Self::TagFour => parts.tag.truncate(4),
            Self::TagEmpty => parts.tag.clear(),
            Self::TagLong => parts.tag.push(0),
            // The same JSON, but not the bytes that the tag is over.
            Self::HeaderRespaced => parts.header.push(b' '),
            _ => {}
        }
    }
}

/// `key`, cut or filled up to the length of a key.
fn fitted(key: &[u8]) -> Vec<u8> {
    key.iter().copied().chain(std::iter::repeat(0)).take(CEK).collect()
}

/// Ciphertext and tag of a GCM with any length of IV.
fn sealed<A: Aead>(key: &A, iv: &[u8], aad: &str, plaintext: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let sealing = Payload { msg: plaintext, aad: aad.as_bytes() };
    let mut text = key.encrypt(<&Nonce<A>>::try_from(iv).ok()?, sealing).ok()?;
    let tag = text.split_off(text.len().checked_sub(TAG)?);
    Some((text, tag))
}

/// Ciphertext and tag of AES-CBC with HMAC (RFC 7518 §5.2.2.1).
fn cbc(
    key: &[u8],
    hash: hmac::Algorithm,
    aad: &str,
    iv: &[u8],
    plaintext: &[u8],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mac_key, enc_key) = key.split_at_checked(key.len() / 2)?;
    let padding = 16 - plaintext.len() % 16;
    let padded = [plaintext, &vec![u8::try_from(padding).ok()?; padding]].concat();
    let encrypt: Box<dyn Fn(&mut Block)> = match enc_key.len() {
        16 => {
            let cipher = Aes128::new_from_slice(enc_key).ok()?;
            Box::new(move |block| cipher.encrypt_block(block))
        }
        _ => {
            let cipher = Aes256::new_from_slice(enc_key).ok()?;
            Box::new(move |block| cipher.encrypt_block(block))
        }
    };
    let (mut last, mut ciphertext) = (iv.to_vec(), Vec::new());
    for chunk in padded.chunks(16) {
        let mut block = Block::default();
        block.iter_mut().zip(chunk.iter().zip(&last)).for_each(|(to, (a, b))| *to = a ^ b);
        encrypt(&mut block);
        last = block.to_vec();
        ciphertext.extend_from_slice(&last);
    }
    let bits = u64::try_from(aad.len() * 8).ok()?.to_be_bytes();
    let mac = hmac::sign(&hmac::Key::new(hash, mac_key), &[aad.as_bytes(), iv, &ciphertext, &bits].concat());
    Some((ciphertext, mac.as_ref().get(..mac_key.len())?.to_vec()))
}

/// `bytes` as DEFLATE that only stores them (RFC 1951 §3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut blocks = bytes.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        out.extend_from_slice(block);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cbc_with_hmac_is_that_of_the_specification() {
        // RFC 7518 §B.1 and §B.3; the tag is over the whole ciphertext.
        let iv =
            [0x1a, 0xf3, 0x8c, 0x2d, 0xc2, 0xb9, 0x6f, 0xfd, 0xd8, 0x66, 0x94, 0x09, 0x23, 0x41, 0xbc, 0x04];
        let text = "A cipher system must not be required to be secret, and it must be able to fall into the hands \
                    of the enemy without inconvenience";
        let aad = "The second principle of Auguste Kerckhoffs";
        for (length, hash, expected) in [
            (32, hmac::HMAC_SHA256, "652c3fa36b0a7c5b3219fab3a30bc1c4"),
            (64, hmac::HMAC_SHA512, "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"),
        ] {
            let key: Vec<u8> = (0..length).collect();
            let (ciphertext, tag) = cbc(&key, hash, aad, &iv, text.as_bytes()).unwrap();
            assert_eq!((ciphertext.len(), crate::emulator::citizen::hex(&tag).as_str()), (144, expected));
        }
    }
}
