//! Decides why there is no answer, told apart as far as a person can do something about it.

use super::LIMIT;
use super::network::printable;
use crate::journey::Words;
use crate::time::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as TlsError};
use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;
use url::Url;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// An address that is not of http, by its scheme.
    NotHttp(String),
    /// The name of the host leads nowhere.
    Unresolved(String),
    /// Nobody takes the connection at this host and port.
    Closed(String),
    /// The certificate is not to be believed.
    Certificate(Refusal),
    /// Somebody answers, who does not speak TLS, or none that we speak.
    NotTls(String),
    /// No answer in time.
    Late(Duration),
    /// More than is read.
    TooLong,
    /// The connection broke off, in the words of the network.
    Broken(String),
}

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is over since then.
    Expired(Option<Timestamp>),
    /// It begins then.
    NotYet(Option<Timestamp>),
    /// It is for these names, none of them the host's.
    OtherName(Vec<String>),
    /// Nobody whom this machine knows vouches for it.
    UnknownAuthority,
    /// Something else, in the words of the TLS library.
    Other(String),
}

impl Trouble {
    /// Out of what the network says, whatever address was asked.
    pub(super) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let deepest = chain(&error).last().map(ToString::to_string);
        Self::Broken(printable(&deepest.unwrap_or_default()))
    }

    /// Out of what the network says of `url`.
    pub(super) fn at(url: &Url, error: reqwest::Error) -> Self {
        let host = || printable(url.host_str().unwrap_or_default());
        let port = url.port_or_known_default().unwrap_or_default();
        if error.is_dns() {
            return Self::Unresolved(host());
        }
        match tls(&error) {
            Some(TlsError::InvalidCertificate(why)) => return Self::Certificate(Refusal::of(why)),
            Some(other) => return Self::NotTls(printable(&other.to_string())),
            None => {}
        }
        if error.is_connect() && (error.is_timeout() || refused(&error)) {
            return Self::Closed(format!("{}:{port}", host()));
        }
        Self::of(error)
    }

    /// What happened, to stand after an address and a colon.
    pub fn words(&self) -> Words {
        match self {
            Self::NotHttp(scheme) => Words::new(
                format!("{scheme} n’est ni http ni https"),
                format!("{scheme} is neither http nor https"),
            ),
            Self::Unresolved(host) => Words::new(
                format!("le nom {host} ne mène nulle part (DNS)"),
                format!("the name {host} leads nowhere (DNS)"),
            ),
            Self::Closed(place) => Words::new(
                format!("personne ne répond sur {place}"),
                format!("nobody takes a connection at {place}"),
            ),
            Self::Certificate(refusal) => refusal.words(),
            Self::NotTls(why) => Words::new(
                format!("ce qui répond ne parle pas https ({why})"),
                format!("what answers does not speak https ({why})"),
            ),
            Self::Late(patience) => Words::new(
                format!("pas de réponse en {} s", patience.as_secs_f32()),
                format!("no answer within {} s", patience.as_secs_f32()),
            ),
            Self::TooLong => Words::new(
                format!("la réponse dépasse {} Kio", LIMIT / 1024),
                format!("the answer is longer than {} KiB", LIMIT / 1024),
            ),
            Self::Broken(why) => {
                Words::new(format!("la connexion a échoué ({why})"), format!("the connection failed ({why})"))
            }
        }
    }

    /// What to do about it, a sentence without its end.
    pub fn mend(&self) -> Words {
        match self {
            Self::NotHttp(_) => Words::new("écrire une adresse https", "write an https address"),
            Self::Unresolved(_) => Words::new(
                "publier ce nom dans le DNS, ou corriger l’adresse",
                "publish that name in the DNS, or mend the address",
            ),
            Self::Closed(_) => Words::new(
                "démarrer le service, ou ouvrir ce port (pare-feu, mandataire, hébergeur)",
                "start the service, or open that port (firewall, proxy, host)",
            ),
            Self::Certificate(refusal) => refusal.mend(),
            Self::NotTls(_) => Words::new(
                "servir https avec TLS 1.2 ou 1.3 sur ce port",
                "serve https with TLS 1.2 or 1.3 on that port",
            ),
            Self::Late(_) => Words::new(
                "regarder pourquoi le service tarde, puis recommencer",
                "look why the service is slow, then again",
            ),
            Self::TooLong => Words::new(
                "servir à cette adresse ce qui y est attendu",
                "serve there what is expected there",
            ),
            Self::Broken(_) => Words::new(
                "regarder ce qui coupe la connexion (mandataire, pare-feu), puis recommencer",
                "look at what cuts the connection (proxy, firewall), then again",
            ),
        }
    }
}

impl Refusal {
    fn of(error: &CertificateError) -> Self {
        let at = |time: &UnixTime| i64::try_from(time.as_secs()).ok().map(Timestamp::from_unix);
        match error {
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(at(not_after)),
            CertificateError::NotValidYet => Self::NotYet(None),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYet(at(not_before)),
            CertificateError::NotValidForName => Self::OtherName(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::OtherName(presented.iter().take(5).map(|name| name_of(name)).collect())
            }
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            other => Self::Other(printable(&other.to_string())),
        }
    }

    fn words(&self) -> Words {
        let day = |at: &Option<Timestamp>, fr: &str, en: &str| {
            let day = at.map(Timestamp::day);
            let with = |word: &str| day.as_ref().map(|day| format!(" {word} {day}")).unwrap_or_default();
            (with(fr), with(en))
        };
        match self {
            Self::Expired(at) => {
                let (fr, en) = day(at, "depuis le", "since");
                Words::new(format!("le certificat est périmé{fr}"), format!("the certificate is over{en}"))
            }
            Self::NotYet(at) => {
                let (fr, en) = day(at, ": il commence le", ": it begins on");
                Words::new(
                    format!("le certificat ne vaut pas encore{fr}"),
                    format!("the certificate is not valid yet{en}"),
                )
            }
            Self::OtherName(names) if names.is_empty() => {
                Words::new("le certificat est pour un autre nom", "the certificate is for another name")
            }
            Self::OtherName(names) => {
                let names = names.join(", ");
                Words::new(
                    format!("le certificat est pour un autre nom ({names})"),
                    format!("the certificate is for another name ({names})"),
                )
            }
            Self::UnknownAuthority => Words::new(
                "le certificat vient d’une autorité inconnue de cette machine",
                "the certificate is of an authority that this machine does not know",
            ),
            Self::Other(why) => Words::new(
                format!("le certificat est refusé ({why})"),
                format!("the certificate is refused ({why})"),
            ),
        }
    }

    fn mend(&self) -> Words {
        match self {
            Self::Expired(_) => Words::new("renouveler le certificat", "renew the certificate"),
            Self::NotYet(_) => Words::new(
                "regarder l’horloge de cette machine, et la date du certificat",
                "look at the clock of this machine, and at the date of the certificate",
            ),
            Self::OtherName(_) => Words::new(
                "demander un certificat pour ce nom, ou corriger l’adresse",
                "ask for a certificate for that name, or mend the address",
            ),
            Self::UnknownAuthority => Words::new(
                "servir la chaîne entière, intermédiaires compris, d’une autorité publique",
                "serve the whole chain, intermediates included, of a public authority",
            ),
            Self::Other(_) => Words::new("remplacer le certificat", "replace the certificate"),
        }
    }
}

/// What TLS said, wherever it is wrapped.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn refused(error: &(dyn Error + 'static)) -> bool {
    let kinds = [ErrorKind::ConnectionRefused, ErrorKind::HostUnreachable, ErrorKind::NetworkUnreachable];
    chain(error)
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|cause| kinds.contains(&cause.kind())))
}

/// An error and what is in it. One of the system's names as its source that of what it holds, and so leaves that out.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let now = next?;
        let held = now.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = held.map(|held| held as &(dyn Error + 'static)).or_else(|| now.source());
        Some(now)
    })
}

/// A name as the library prints it, `DnsName("example.org")`, without what is around it.
fn name_of(presented: &str) -> String {
    printable(presented.split('"').nth(1).unwrap_or(presented))
}
