//! `emulate`: FranceConnect and FranceConnect+, emulated on one address for a service that runs elsewhere (wrangler,
//! Spin, any language).

mod clients;
mod files;
mod tell;

pub(super) use clients::ready;
pub(super) use tell::tell;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use url::Url;

use super::emulated::{Emulated, Manners};
use super::lang::{self, Lang};
use super::listen::{self, Stop};
use crate::emulator::{Authority, Client, Presented, Product};

/// What stands below the options of `emulate --help`.
pub(super) const HELP: &str = "\
Sans option, un client de chaque produit est prêt, avec des adresses de retour usuelles de localhost :
tout ce qu’il faut coller est affiché. FranceConnect+ est à la même adresse, sous /plus : client_id suivi
de -plus, même secret. Le secret se donne aussi par FC_CLIENT_SECRET dans l’environnement.

Le même port parle http et https. L’autorité de certification du https est créée au premier démarrage et
ne vaut que pour localhost. Tout est dit dans docs/emulateur.md.";

#[derive(Clone, Copy, ValueEnum)]
enum Signing {
    #[value(name = "ES256")]
    Es256,
    #[value(name = "RS256")]
    Rs256,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encrypting {
    #[value(name = "ECDH-ES")]
    EcdhEs,
    #[value(name = "RSA-OAEP-256")]
    RsaOaep256,
    #[value(name = "RSA-OAEP")]
    RsaOaep,
}

#[derive(Clone, Copy, ValueEnum)]
enum Certificate {
    Expired,
    OtherName,
    UnknownAuthority,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8788", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où écouter (par défaut : 127.0.0.1:8788)")]
    listen: SocketAddr,
    #[arg(long, value_name = "DOSSIER")]
    #[arg(help = "Dossier de l’autorité de certification (par défaut : ~/.local/share/franceconnect-edge)")]
    ca: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FICHIER",
        help = "Les clients, [[client]] par [[client]], à la place de ceux qui sont prêts"
    )]
    #[arg(conflicts_with_all = [
        "client_id", "client_secret", "redirect_uris", "post_logout_redirect_uris", "alg", "jwks_uri", "encryption",
        "private_key_jwt",
    ])]
    clients: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FICHIER",
        help = "Les usagers, [[citizen]] par [[citizen]], à la place de ceux du bac à sable"
    )]
    citizens: Option<PathBuf>,
    #[command(flatten)]
    ready: Ready,
    #[arg(long, conflicts_with = "no_control")]
    #[arg(help = "Ouvre le tableau de bord et l’interface de commande même hors de cette machine")]
    control: bool,
    #[arg(
        long,
        help = "Les ferme : rien ne fait commettre de faute à l’émulateur, ni ne montre les connexions"
    )]
    no_control: bool,
    #[arg(
        long,
        value_name = "TEXTE",
        help = "Tire d’un texte les clés et tout ce qui est aléatoire, pour rejouer"
    )]
    seed: Option<String>,
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "expired|other-name|unknown-authority"
    )]
    #[arg(help = "Présente en https un certificat que tout client doit refuser")]
    certificate: Option<Certificate>,
    #[arg(long, help = "FranceConnect+ refuse les adresses de retour locales, comme le vrai")]
    strict_urls: bool,
}

/// The client that is ready.
const CLIENT_ID: &str = "service-local";

/// What changes the clients that are ready.
#[derive(clap::Args)]
pub(super) struct Ready {
    #[arg(long, value_name = "ID", default_value = CLIENT_ID, hide_default_value = true)]
    #[arg(help = "client_id du service (par défaut : service-local)")]
    client_id: String,
    #[arg(long, value_name = "SECRET", help = "client_secret du service")]
    client_secret: Option<String>,
    #[arg(long = "redirect-uri", value_name = "URL", value_parser = url)]
    #[arg(help = "Adresse de retour exacte, répétable (par défaut : des adresses usuelles de localhost)")]
    redirect_uris: Vec<String>,
    #[arg(long = "post-logout-redirect-uri", value_name = "URL", value_parser = url)]
    #[arg(help = "Retour de déconnexion exact, répétable (par défaut : des adresses usuelles de localhost)")]
    post_logout_redirect_uris: Vec<String>,
    #[arg(long, value_enum, ignore_case = true, default_value = "ES256", hide_default_value = true)]
    #[arg(hide_possible_values = true, value_name = "ES256|RS256")]
    #[arg(help = "Signature des jetons de FranceConnect (par défaut : ES256)")]
    alg: Signing,
    #[arg(long, value_name = "URL", value_parser = url)]
    #[arg(help = "Clés publiques du service pour FranceConnect+ (par défaut : …/auth/jwks.json)")]
    jwks_uri: Option<String>,
    #[arg(long, value_enum, ignore_case = true, default_value = "ECDH-ES", hide_default_value = true)]
    #[arg(hide_possible_values = true, value_name = "ECDH-ES|RSA-OAEP-256|RSA-OAEP")]
    #[arg(help = "Chiffrement des jetons de FranceConnect+ (par défaut : ECDH-ES)")]
    encryption: Encrypting,
    #[arg(long, help = "Le service s’authentifie auprès de FranceConnect+ par private_key_jwt")]
    private_key_jwt: bool,
}

impl Ready {
    /// Whether options describe a client, rather than leaving it to what is usual.
    pub(super) fn is_given(&self) -> bool {
        self.client_id != CLIENT_ID
            || !self.redirect_uris.is_empty()
            || !self.post_logout_redirect_uris.is_empty()
            || self.jwks_uri.is_some()
            || self.private_key_jwt
            || !matches!((self.alg, self.encryption), (Signing::Es256, Encrypting::EcdhEs))
    }

    /// Whether an option gives the secret.
    pub(super) fn has_secret(&self) -> bool {
        self.client_secret.is_some()
    }

    /// The secret that an option gives, or the environment.
    pub(super) fn secret(&self) -> Option<String> {
        let given = self.client_secret.clone().or_else(|| std::env::var("FC_CLIENT_SECRET").ok());
        given.filter(|secret| !secret.is_empty())
    }
}

/// The clients of a file, if one is named.
pub(super) fn registered(
    lang: Lang,
    clients: Option<&Path>,
) -> Result<Option<Vec<(Product, Client)>>, ExitCode> {
    files::read(lang, clients, None).map(|(clients, _)| clients)
}

/// Serves until a signal.
pub(super) async fn run(args: Args, lang: Lang) -> Result<(), ExitCode> {
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let (registered, citizens) = files::read(lang, args.clients.as_deref(), args.citizens.as_deref())?;
    let authority = authority(lang, args.ca)?;
    let emulated = Emulated::bind(lang, "--listen", args.listen).await?;
    let (clients, secret_shown) = match registered {
        Some(clients) => (clients, false),
        None => clients::ready(args.ready),
    };
    let control = args.control || (args.listen.ip().is_loopback() && !args.no_control);
    tell::tell(lang, &emulated, &clients, secret_shown, authority.as_ref());
    if control {
        emulated.tell_panel(lang);
    }
    lang::print(format_args!("ready {}", emulated.issuer(Product::Standard)));
    let presented = match args.certificate {
        None => Presented::Right,
        Some(Certificate::Expired) => Presented::Expired,
        Some(Certificate::OtherName) => Presented::OtherName,
        Some(Certificate::UnknownAuthority) => Presented::UnknownAuthority,
    };
    let (strict_urls, seed) = (args.strict_urls, args.seed);
    let manners = Manners { control, strict_urls, citizens, authority, presented, seed };
    emulated.serve(clients, manners, stop).await.map_err(|error| listen::failed(lang, &error))
}

/// What https stands on, in the folder `given` or in that of the user. Where the user has none there is no https, and
/// http all the same.
fn authority(lang: Lang, given: Option<PathBuf>) -> Result<Option<Authority>, ExitCode> {
    let wanted = given.is_some();
    let Some(folder) = given.or_else(users_folder) else {
        lang.warn(
            "Pas de https : aucun dossier où garder l’autorité de certification ; donnez-en un par --ca.",
            "No https: no folder to keep the certificate authority in; give one with --ca.",
        );
        return Ok(None);
    };
    Authority::at(&folder).map(Some).or_else(|error| {
        let folder = folder.display();
        lang.warn(
            format_args!(
                "L’autorité de certification ne peut être lue ni gardée dans {folder} : {error} (--ca)"
            ),
            format_args!(
                "The certificate authority can be neither read nor kept in {folder}: {error} (--ca)"
            ),
        );
        if wanted { Err(ExitCode::FAILURE) } else { Ok(None) }
    })
}

/// Where programs keep data of this user (XDG Base Directory Specification).
fn users_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = set("XDG_DATA_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| Some(set("HOME")?.join(".local/share")));
    Some(data?.join("franceconnect-edge"))
}

fn url(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        // Compared as text at each login, so kept as it was written.
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        _ => Err("adresse http ou https attendue".to_owned()),
    }
}

/// What this program's own variables call the emulator of `product`.
fn environment(product: Product) -> &'static str {
    match product {
        Product::Standard => "emulator",
        Product::Plus => "plus-emulator",
    }
}
