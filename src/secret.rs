//! Decides what may not be printed, how secrets are compared, and where randomness comes from.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A string that no `Debug`, log or page shows, wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes charge of `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself, for the one place that sends or seals it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether two strings are equal, in a time that depends on their lengths only.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The first `N` bytes of the SHA-256 of `data`: names for keys and cookies, never proofs by themselves.
pub fn fingerprint<const N: usize>(data: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(Sha256::digest(data)) {
        *to = from;
    }
    out
}

/// Everything random of one visit: a ChaCha20 keystream under a key made of the host's 64 bytes of entropy.
///
/// One visit, one stream: two visits with the same entropy would draw the same state, so a host that
/// cannot obtain entropy must answer an error instead of calling the core.
pub struct Chance(ChaCha20);

impl Chance {
    /// Seeds the stream; all 64 bytes count.
    pub fn new(entropy: &[u8; 64]) -> Self {
        Self(ChaCha20::new(&Sha256::digest(entropy), &[0; 12].into()))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// Random bytes over whatever is there.
    pub fn fill(&mut self, to: &mut [u8]) {
        to.fill(0);
        self.0.apply_keystream(to);
    }

    /// `length` random letters and digits, with at least one digit, one upper and one lower case
    /// letter, as FranceConnect's qualification asks of `state` and `nonce`: drawn again as a whole
    /// until all three occur, which keeps every accepted string equally likely.
    ///
    /// `length` is at least 8, or the wait for all three could be long; smaller values count as 8.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let length = length.max(8);
        loop {
            let mut text = String::with_capacity(length);
            while text.len() < length {
                // Six bits index the alphabet; the two values beyond it are drawn again, not folded.
                let index = usize::from(self.bytes::<1>()[0] & 63);
                text.extend(ALPHABET.get(index).map(|&letter| char::from(letter)));
            }
            if text.contains(|c: char| c.is_ascii_digit())
                && text.contains(|c: char| c.is_ascii_uppercase())
                && text.contains(|c: char| c.is_ascii_lowercase())
            {
                return text;
            }
        }
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance(…)")
    }
}
