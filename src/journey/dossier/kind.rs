//! Decides what each kind of field may hold, by the rules of the forms that it goes into.

use crate::franceconnect;
use crate::journey::Words;
use crate::time::Timestamp;
use std::net::IpAddr;

/// What a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A sentence or more.
    Text,
    /// An http or https address.
    Url,
    /// The name of a file.
    File,
    /// The number of an establishment.
    Siret,
    /// An e-mail address.
    Email,
    /// A French phone number.
    Phone,
    /// A French mobile number, which a text message reaches.
    Mobile,
    /// A day.
    Day,
    /// A whole number from 1.
    Count,
    /// The number of a DataPass request.
    Number,
    /// The name of a client of FranceConnect v1.
    Client,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An eIDAS level.
    Level,
    /// A box, to be ticked.
    Tick,
    /// Words: scopes.
    List,
    /// Words: IP addresses, or ranges of them.
    Networks,
}

/// Country codes whose numbers are French, and the digits that follow each: the first of a mobile, and how many in all.
const ABROAD: [(&str, &[&str], usize); 8] = [
    ("590", &["6", "7"], 9),
    ("594", &["6", "7"], 9),
    ("596", &["6", "7"], 9),
    ("262", &["6", "7"], 9),
    ("508", &["7"], 6),
    ("681", &[""], 6),
    ("687", &[""], 6),
    ("689", &["87", "89"], 8),
];

impl Kind {
    /// An answer as the file has it: words in small letters, lists without commas, a day as `2026-11-25`.
    pub fn usual(self, answer: &str) -> String {
        match self {
            Self::Word(_) | Self::Level => answer.to_lowercase(),
            Self::List | Self::Networks => {
                answer.split([',', ' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
            }
            Self::Count => answer.parse().map_or_else(|_| answer.to_owned(), |count: u32| count.to_string()),
            Self::Day => french_day(answer).unwrap_or_else(|| answer.to_owned()),
            _ => answer.to_owned(),
        }
    }

    /// What is wrong with a value that is not empty; nothing if it may stand.
    pub fn fault(self, value: &str) -> Option<Words> {
        let sound = match self {
            Self::Text | Self::File => !value.chars().any(|c| c.is_control() && c != '\n'),
            Self::Url => is_url(value),
            Self::Siret => is_siret(value),
            Self::Email => is_email(value),
            Self::Phone => is_phone(value, false),
            Self::Mobile => is_phone(value, true),
            Self::Day => Timestamp::of_day(value).is_some(),
            Self::Count => value.parse::<u32>().is_ok_and(|count| (1..=1200).contains(&count)),
            Self::Number => (1..=7).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Client => {
                (32..=64).contains(&value.len())
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            }
            Self::Word(words) => words.contains(&value),
            Self::Level => franceconnect::Level::parse(value).is_some(),
            Self::Tick => matches!(value, "true" | "false"),
            Self::List => value.split_whitespace().all(is_scope),
            Self::Networks => value.split_whitespace().all(is_network),
        };
        (!sound).then(|| self.words())
    }

    fn words(self) -> Words {
        let (fr, en) = match self {
            Self::Text | Self::File => (
                "contient un caractère de commande (une flèche, une tabulation ?), ou n’est pas de l’UTF-8.",
                "holds a control character (an arrow key, a tabulator?), or is not UTF-8.",
            ),
            Self::Url => (
                "n’est pas une adresse http ou https d’un nom de domaine.",
                "is not an http or https address of a domain name.",
            ),
            Self::Siret => (
                "n’est pas un SIRET : 14 chiffres dont le dernier vérifie les autres.",
                "is no SIRET: 14 digits of which the last verifies the others.",
            ),
            Self::Email => ("n’est pas une adresse électronique.", "is no e-mail address."),
            Self::Phone => ("n’est pas un numéro de téléphone français.", "is no French phone number."),
            Self::Mobile => (
                "n’est pas un portable français : le client_secret y vient par SMS.",
                "is no French mobile: the client_secret comes to it by SMS.",
            ),
            Self::Day => ("n’est pas une date : 2026-11-25.", "is no date: 2026-11-25."),
            Self::Count => {
                ("n’est pas un nombre entier de 1 à 1200.", "is not a whole number from 1 to 1200.")
            }
            Self::Number => ("n’est pas un numéro : 7 chiffres au plus.", "is no number: 7 digits at most."),
            Self::Client => (
                "n’est pas un client_id de FranceConnect v1 : 32 à 64 lettres, chiffres et tirets.",
                "is no client_id of FranceConnect v1: 32 to 64 letters, digits and hyphens.",
            ),
            Self::Word(words) => {
                let words = words.join(", ");
                return Words::new(format!("n’est pas l’un de : {words}."), format!("is none of: {words}."));
            }
            Self::Level => {
                ("n’est pas l’un de : eidas1, eidas2, eidas3.", "is none of: eidas1, eidas2, eidas3.")
            }
            Self::Tick => ("doit être true ou false.", "must be true or false."),
            Self::List => ("contient un mot qui n’est pas un scope.", "holds a word that is no scope."),
            Self::Networks => (
                "contient autre chose que des adresses IP ou des plages (192.0.2.0/28).",
                "holds something else than IP addresses or ranges (192.0.2.0/28).",
            ),
        };
        Words::new(fr, en)
    }
}

/// A scope token (RFC 6749 §3.3).
pub(super) fn is_scope(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

fn is_url(value: &str) -> bool {
    url::Url::parse(value).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| host.contains('.') || host == "localhost")
    })
}

/// 14 digits under the formula of Luhn; those of La Poste (SIREN 356 000 000) add up to a multiple of five.
fn is_siret(value: &str) -> bool {
    let digits: Option<Vec<u32>> =
        value.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 14) else { return false };
    let doubled = digits.iter().rev().enumerate().map(|(at, digit)| match (at % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) => twice / 10 + twice % 10,
    });
    let plain: u32 = digits.iter().sum();
    let post = digits.starts_with(&[3, 5, 6, 0, 0, 0, 0, 0, 0]) && plain.is_multiple_of(5);
    post || (plain > 0 && doubled.sum::<u32>().is_multiple_of(10))
}

fn is_email(value: &str) -> bool {
    let domain = |domain: &str| {
        domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            })
    };
    let local = |local: &str| {
        !local.is_empty() && local.chars().all(|c| c.is_ascii_graphic() && !"()<>[]:;@\\,\"".contains(c))
    };
    value.rsplit_once('@').is_some_and(|(before, after)| local(before) && domain(after))
}

/// The rule of DataPass: blanks, dots and hyphens count for nothing; territories have country codes of their own.
fn is_phone(value: &str, mobile: bool) -> bool {
    let bare: String = value.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let home = |number: &str| {
        digits(number, 9) && if mobile { number.starts_with(['6', '7']) } else { !number.starts_with('0') }
    };
    match (bare.strip_prefix('0'), bare.strip_prefix('+')) {
        (Some(number), _) => home(number),
        (None, Some(number)) => match number.strip_prefix("33") {
            Some(number) => home(number),
            None => ABROAD.iter().any(|(code, firsts, count)| {
                number.strip_prefix(code).is_some_and(|number| {
                    digits(number, *count)
                        && (!mobile || firsts.iter().any(|first| number.starts_with(first)))
                })
            }),
        },
        (None, None) => false,
    }
}

/// `1/3/2027` as `2027-03-01`.
fn french_day(text: &str) -> Option<String> {
    let parts: Vec<u32> = text.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [day, month, year] = *parts else { return None };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn is_network(value: &str) -> bool {
    let (address, length) = value.split_once('/').map_or((value, None), |(a, l)| (a, Some(l)));
    let most = address.parse().map(|address| if matches!(address, IpAddr::V4(_)) { 32 } else { 128 });
    most.is_ok_and(|most| length.is_none_or(|length| length.parse::<u8>().is_ok_and(|l| l <= most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_written_as_the_file_has_them() {
        for (kind, answer, expected) in [
            (Kind::Word(&["public"]), "Public", "public"),
            (Kind::Level, "eIDAS1", "eidas1"),
            (Kind::List, "openid,given_name,  family_name", "openid given_name family_name"),
            (Kind::Networks, "192.0.2.1, 2001:db8::/64", "192.0.2.1 2001:db8::/64"),
            (Kind::Day, "1/3/2027", "2027-03-01"),
            (Kind::Day, "2027-03-01", "2027-03-01"),
            (Kind::Count, "036", "36"),
            (Kind::Text, "Mairie, 1/3/2027", "Mairie, 1/3/2027"),
        ] {
            assert_eq!(kind.usual(answer), expected);
            assert_eq!(kind.fault(expected), None, "{expected}");
        }
        assert!(Kind::Day.fault(&Kind::Day.usual("31/2/2027")).is_some());
    }

    #[test]
    fn each_kind_takes_what_its_form_takes() {
        for (kind, sound, unsound) in [
            (
                Kind::Siret,
                &["130 025 265 00013", "35600000000048", "35600000049837"][..],
                &["13002526500014", "1300252650001", "00000000000000"][..],
            ),
            (
                Kind::Email,
                &["marie.dupont@villeneuve.example.fr"],
                &["marie", "marie@localhost", "m d@x.fr", "@x.fr", "m@x..fr"],
            ),
            (
                Kind::Phone,
                &["01 23 45 67 89", "+33 1.23.45.67.89", "+262692123456", "+508 41 23 45"],
                &["00 23 45 67 89", "+41 22 345 67 89", "123"],
            ),
            (
                Kind::Mobile,
                &["06 12 34 56 78", "+33712345678", "+590 690 12 34 56", "+689 87 12 34 56"],
                &[
                    "01 23 45 67 89",
                    "+33 1 23 45 67 89",
                    "+590 590 12 34 56",
                    "+689 40 12 34 56",
                    "06 12 34 56 7",
                ],
            ),
            (Kind::Number, &["1", "1234567"], &["12345678", "12a", "-1"]),
            (
                Kind::Client,
                &[
                    "0123456789abcdef0123456789ABCDE-",
                    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                ],
                &[
                    "0123456789abcdef0123456789abcde",
                    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                    "0123456789abcdef_0123456789abcdef",
                    "0123456789abcdef 0123456789abcdef",
                ],
            ),
            (Kind::Count, &["1", "36"], &["0", "-1", "trois"]),
            (
                Kind::Networks,
                &["192.0.2.1 2001:db8::/64", "1.1.1.1/32", "0.0.0.0/0", "::1/128"],
                &[
                    "192.0.2.1/33",
                    "example.fr",
                    "192.0.2",
                    "192.0.2.1/",
                    "192.0.2.1/-1",
                    "::1/129",
                    "256.0.2.1",
                ],
            ),
            (
                Kind::Url,
                &["https://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479"],
                &["ftp://a.fr/", "legifrance", "https://serveur/"],
            ),
        ] {
            for value in sound {
                assert_eq!(kind.fault(value), None, "{value}");
            }
            for value in unsound {
                assert!(kind.fault(value).is_some(), "{value}");
            }
        }
    }
}
