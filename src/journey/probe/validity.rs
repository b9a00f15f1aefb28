//! Decides until when a certificate is valid: one date out of its DER (RFC 5280 §4.1), and nothing is believed for it.

use crate::time::Timestamp;

/// Tags of DER (X.690 §8).
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last moment of a certificate, if it can be read.
pub(super) fn until(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (body, _) = element(certificate, SEQUENCE)?;
    // Certificates of the first version do not say it.
    let rest = element(body, VERSION).map_or(body, |(_, rest)| rest);
    let (_serial, rest) = element(rest, INTEGER)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    let (_issuer, rest) = element(rest, SEQUENCE)?;
    let (validity, _) = element(rest, SEQUENCE)?;
    let (_from, rest) = element(validity, UTC_TIME).or_else(|| element(validity, GENERALIZED_TIME))?;
    match element(rest, UTC_TIME) {
        Some((time, _)) => {
            let text = std::str::from_utf8(time).ok()?;
            // Two digits of a year mean 1950 to 2049 (RFC 5280 §4.1.2.5.1).
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            moment(&format!("{century}{text}"))
        }
        None => moment(std::str::from_utf8(element(rest, GENERALIZED_TIME)?.0).ok()?),
    }
}

/// The content of the element that `bytes` begin with, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (_, rest) = bytes.split_first().filter(|(first, _)| **first == tag)?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        ..=0x7f => (usize::from(*length), rest),
        // Up to three bytes of length: no certificate has more.
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// `20261130235959Z`.
fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z').filter(|text| text.len() == 14)?;
    let number = |from: usize| digits.get(from..from + 2)?.parse::<u8>().ok().map(i64::from);
    let day = format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?);
    let seconds = number(8)? * 3600 + number(10)? * 60 + number(12)?;
    Some(Timestamp::of_day(&day)?.plus(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_of_its_spellings() {
        let key = KeyPair::generate().unwrap();
        for (year, month, day, expected) in
            [(2026, 12, 31, "2026-12-31"), (2049, 1, 2, "2049-01-02"), (2051, 2, 28, "2051-02-28")]
        {
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params.not_after = date_time_ymd(year, month, day);
            let certificate = params.self_signed(&key).unwrap();
            assert_eq!(until(certificate.der()).map(Timestamp::day).as_deref(), Some(expected));
            // No beginning of it is one, whatever its lengths promise.
            let der = certificate.der();
            for end in 0..der.len() {
                assert_eq!(until(&der[..end]), None, "{end}");
            }
            // Whatever stands in a place, it is read or not, and nothing more happens.
            for at in 0..der.len() {
                for byte in [0x00, 0x17, 0x18, 0x30, 0x39, 0x5a, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xff] {
                    let mut bent = der.to_vec();
                    bent[at] = byte;
                    let _ = until(&bent);
                }
            }
        }
        assert_eq!(moment("20261130235959Z").map(Timestamp::unix), Some(1_796_083_199));
        for odd in ["", "Z", "2026113023595Z", "20261330000000Z", "2026113é235959Z", "20261130235959+"] {
            assert_eq!(moment(odd), None, "{odd}");
        }
    }
}
