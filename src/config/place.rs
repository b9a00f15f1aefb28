//! Reads which provider is meant: an environment of FranceConnect, the emulator, or another issuer.

use url::Url;

use super::Source;
use super::address::{PublicUrl, is_loopback};
use super::reader::Reader;
use super::variables::*;
use crate::franceconnect::{Environment, Product};

/// Where a client is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    BuiltIn(Environment),
    Emulator(Product),
    Other,
    /// The name was not understood, and which rules hold is not known: only those that hold everywhere are applied,
    /// so that one misspelt word is one fault.
    Unknown,
}

impl Place {
    /// The place that FC_ENVIRONMENT names.
    pub(super) fn read(reader: &mut Reader<'_>, site: Option<&PublicUrl>) -> Self {
        let name = reader.value(FC_ENVIRONMENT);
        let place = match name.as_str() {
            "emulator" => Some(Self::Emulator(Product::Standard)),
            "plus-emulator" => Some(Self::Emulator(Product::Plus)),
            "other" => Some(Self::Other),
            _ => Environment::parse(&name).map(Self::BuiltIn),
        };
        match place {
            None => {
                let names: Vec<&str> = Environment::ALL.iter().map(|environment| environment.name).collect();
                let list = format!("{}, emulator, plus-emulator, other", names.join(", "));
                reader.faults.add(
                    FC_ENVIRONMENT,
                    format!("n’est pas l’un de : {list}."),
                    format!("is none of: {list}."),
                );
            }
            Some(Self::Emulator(_)) if site.is_some_and(|site| !site.is_loopback()) => reader.faults.add(
                FC_ENVIRONMENT,
                "désigne l’émulateur sur une adresse publique : n’importe qui entrerait avec un compte de test.",
                "names the emulator on a public address: anyone could log in with a test account.",
            ),
            Some(Self::BuiltIn(_)) if reader.given(FC_ISSUER).is_some() => reader.faults.add(
                FC_ISSUER,
                "ne se renseigne qu’avec l’émulateur ou FC_ENVIRONMENT=other : cet environnement a le sien.",
                "goes with the emulator or FC_ENVIRONMENT=other only: this environment has its own.",
            ),
            _ => {}
        }
        let place = place.unwrap_or(Self::Unknown);
        // Seen in FranceConnect's own tests: a page without a way back (Y030007), for every visitor.
        let plus = place.product() == Product::Plus || reader.given(FC_PLUS_CLIENT_ID).is_some();
        let real = matches!(place, Self::BuiltIn(_));
        if plus && real && site.is_some_and(PublicUrl::is_loopback) {
            reader.faults.add(
                PUBLIC_URL,
                "est une adresse de cette machine, que FranceConnect+ refuse ; l’émulateur (plus-emulator) en tient lieu.",
                "is an address of this machine, which FranceConnect+ refuses; the emulator (plus-emulator) stands for it.",
            );
        }
        place
    }

    /// Where a second client is registered: FranceConnect+ of the same kind, so that test and production are
    /// never mixed. Nothing if the first is no client of FranceConnect.
    pub(super) fn beside(self) -> Option<Self> {
        match self {
            Self::BuiltIn(environment) if environment.product == Product::Standard => {
                environment.sibling(Product::Plus).map(Self::BuiltIn)
            }
            Self::Emulator(Product::Standard) => Some(Self::Emulator(Product::Plus)),
            Self::Unknown => Some(Self::Unknown),
            _ => None,
        }
    }

    /// Whether FranceConnect's own rules hold, as opposed to any provider's.
    pub(super) fn is_strict(self) -> bool {
        !matches!(self, Self::Other | Self::Unknown)
    }

    /// Which product it is; another provider counts as the plain one.
    pub(super) fn product(self) -> Product {
        match self {
            Self::BuiltIn(environment) => environment.product,
            Self::Emulator(product) => product,
            Self::Other | Self::Unknown => Product::Standard,
        }
    }

    /// The endpoints, or where they are to be found; `name` is the variable of the issuer.
    pub(super) fn source(
        self,
        reader: &mut Reader<'_>,
        site: Option<&PublicUrl>,
        name: &'static str,
    ) -> Option<Source> {
        let allowed_origins = allowed_origins(reader, site, self);
        let text = match self {
            Self::BuiltIn(environment) => environment.issuer.to_owned(),
            Self::Unknown => {
                reader.given(name)?;
                return issuer(reader, site, name).and(None);
            }
            Self::Emulator(_) | Self::Other => issuer(reader, site, name)?,
        };
        if self == Self::Other {
            return Some(Source::Discovery { issuer: text, allowed_origins });
        }
        if text.ends_with('/') {
            reader.faults.add(
                name,
                "ne finit pas par une barre oblique pour l’émulateur, comme pour FranceConnect.",
                "has no trailing slash for the emulator, as for FranceConnect.",
            );
        }
        Some(Source::BuiltIn(Environment::provider(&text)))
    }
}

fn issuer(reader: &mut Reader<'_>, site: Option<&PublicUrl>, name: &'static str) -> Option<String> {
    let text = reader.required(name)?;
    let url = Url::parse(&text).ok().filter(|url| {
        let bare = url.username().is_empty() && url.password().is_none();
        let literal =
            text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && text.contains("://");
        matches!(url.scheme(), "http" | "https")
            && literal
            && bare
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let Some(url) = url else {
        reader.faults.add(
            name,
            "n’est pas une adresse https sans paramètres (OpenID Connect Discovery §2).",
            "is not an https address without a query (OpenID Connect Discovery §2).",
        );
        return None;
    };
    if url.scheme() == "http" && !(is_loopback(&url) && site.is_none_or(PublicUrl::is_loopback)) {
        reader.faults.add(
            name,
            "doit être en https ; http n’est permis qu’entre deux adresses de cette machine.",
            "must be https; http is allowed between two addresses of this machine only.",
        );
    }
    Some(text)
}

/// Origins of endpoints besides the issuer's.
fn allowed_origins(reader: &mut Reader<'_>, site: Option<&PublicUrl>, place: Place) -> Vec<String> {
    let list = reader.value(FC_ALLOWED_ORIGINS);
    let mut origins = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match PublicUrl::parse(entry) {
            Ok(origin) if !origin.is_secure() && site.is_some_and(|site| !site.is_loopback()) => reader
                .faults
                .add(FC_ALLOWED_ORIGINS, "doit lister des origines en https.", "must list https origins."),
            Ok(origin) if !place.is_strict() => origins.push(origin.origin().to_owned()),
            Ok(_) => reader.faults.add(
                FC_ALLOWED_ORIGINS,
                "ne se renseigne qu’avec FC_ENVIRONMENT=other.",
                "goes with FC_ENVIRONMENT=other only.",
            ),
            Err(_) => reader.faults.add(
                FC_ALLOWED_ORIGINS,
                "doit lister des origines comme https://hôte.",
                "must list origins such as https://host.",
            ),
        }
    }
    origins
}
