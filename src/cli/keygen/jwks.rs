//! `keygen jwks`: private keys for `FC_PRIVATE_KEYS`, and the three steps of a change of keys.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use serde_json::Value;

use super::{draw, no_randomness, set};
use crate::cli::faults;
use crate::cli::lang::{self, Lang};
use crate::config;
use crate::secret::Secret;

/// Bytes that Cloudflare takes for one secret.
const CLOUDFLARE_LIMIT: usize = 5_000;
/// The exit status when a file cannot be read, as of `check`.
const UNREADABLE: u8 = 2;

/// What stands below the options of `keygen jwks --help`.
pub(super) const HELP: &str = "\
Sans option, tire une clé ECDH-ES, celle de FranceConnect+. Les clés de FC_PRIVATE_KEYS ouvrent toutes les jetons, et
sont toutes publiées à /auth/jwks.json ; FranceConnect+ chiffre pour la première de l’algorithme déclaré, et la
première clé ES256 signe. Pour en changer sans perdre une connexion, trois déploiements, à plus de cinq minutes l’un
de l’autre, car /auth/jwks.json peut rester 300 s en cache :
  1. keygen jwks --add-to cles.json --last >cles-1.json       la nouvelle est publiée, toutes les instances l’ont ;
  2. keygen jwks --from cles-1.json --first KID >cles-2.json  la nouvelle sert désormais ;
  3. keygen jwks --from cles-2.json --drop KID >cles-3.json   l’ancienne ne sert plus à personne.
Chaque fois, poser ce qui est écrit : npx wrangler secret put FC_PRIVATE_KEYS <cles-1.json. Ne pas écrire dans le
fichier lu, que le shell viderait d’abord. Une clé volée, elle, se remplace d’un coup (--add-to, puis --drop), quitte
à perdre les connexions de cinq minutes. Cloudflare ne rend pas ses secrets : garder le jeu en lieu sûr. Deux clés RSA
tiennent dans les 5 ko d’un secret, pas trois.";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
#[command(group = clap::ArgGroup::new("change").args(["first", "drop", "public"]).conflicts_with("add_to"))]
pub(super) struct Args {
    #[arg(long, value_name = "ALG", default_value = "ECDH-ES", hide_default_value = true)]
    #[arg(value_parser = PossibleValuesParser::new(draw::ALGORITHMS), hide_possible_values = true)]
    #[arg(help = "ECDH-ES (par défaut), RSA-OAEP-256, ou ES256 pour private_key_jwt et FC_ASSERTION_KEYS")]
    alg: String,
    #[arg(long, value_name = "FICHIER")]
    #[arg(help = "Ajoute la clé en tête du jeu que contient FICHIER (- : l’entrée standard)")]
    add_to: Option<PathBuf>,
    #[arg(long, requires = "add_to", help = "Avec --add-to : ajoute la clé à la fin")]
    last: bool,
    #[arg(long, value_name = "FICHIER", requires = "change", conflicts_with_all = ["add_to", "alg"])]
    #[arg(help = "Ne tire pas de clé, change le jeu que contient FICHIER (- : l’entrée standard)")]
    from: Option<PathBuf>,
    // Every 64th name begins with a hyphen.
    #[arg(long, value_name = "KID", requires = "from", allow_hyphen_values = true)]
    #[arg(help = "Avec --from : met cette clé en tête")]
    first: Option<String>,
    #[arg(long, value_name = "KID", requires = "from", allow_hyphen_values = true)]
    #[arg(help = "Avec --from : retire cette clé")]
    drop: Option<String>,
    #[arg(long, requires = "from", help = "Avec --from : n’affiche que ce qui en est publié")]
    public: bool,
}

/// Prints the set alone on standard output, and on standard error what is in it and where to put it.
pub(super) fn run(args: &Args, lang: Lang) -> ExitCode {
    match changed(args, lang) {
        Ok(Some(keys)) => tell(&keys, lang),
        Ok(None) => {}
        Err(status) => return status,
    }
    ExitCode::SUCCESS
}

/// The keys after what was asked for, of which nothing is wrong; none if they were only to be shown.
fn changed(args: &Args, lang: Lang) -> Result<Option<Vec<Value>>, ExitCode> {
    let present = args.add_to.as_ref().or(args.from.as_ref());
    let text = present.map(|path| {
        set::text(path).map_err(|error| {
            let path = path.display();
            lang.warn(
                format_args!("{path} illisible : {error}"),
                format_args!("Cannot read {path}: {error}"),
            );
            ExitCode::from(UNREADABLE)
        })
    });
    let mut keys = match text.transpose()? {
        None => Vec::new(),
        Some(text) => set::read(&text).map_err(|faults| {
            lang.warn("Le jeu de clés lu a des erreurs :", "The set of keys that was read has faults:");
            faults::list(lang, &faults);
            ExitCode::FAILURE
        })?,
    };
    if args.public {
        let published = config::private_keys(&Secret::new(set::line(&keys)));
        lang::print(published.ok().and_then(|keys| keys.published()).unwrap_or_default());
        return Ok(None);
    }
    if let Some(kid) = &args.first {
        let key = set::take(&mut keys, kid).ok_or_else(|| unknown(lang, &keys))?;
        keys.insert(0, key);
    } else if let Some(kid) = &args.drop {
        set::take(&mut keys, kid).ok_or_else(|| unknown(lang, &keys))?;
    } else {
        let key = draw::key(&args.alg).ok_or_else(|| no_randomness(lang))?;
        keys.insert(if args.last { keys.len() } else { 0 }, key);
    }
    match config::private_keys(&Secret::new(set::line(&keys))) {
        Ok(_) => Ok(Some(keys)),
        Err(faults) => {
            lang.warn("Le jeu de clés aurait des erreurs :", "The set of keys would have faults:");
            faults::list(lang, &faults);
            Err(ExitCode::FAILURE)
        }
    }
}

fn unknown(lang: Lang, keys: &[Value]) -> ExitCode {
    lang.warn("Aucune clé du jeu n’a ce kid ; il contient :", "No key of the set has that kid; it holds:");
    list(keys, lang);
    ExitCode::FAILURE
}

/// Names and algorithms, which are public.
fn list(keys: &[Value], lang: Lang) {
    for (place, key) in (1..).zip(keys) {
        let (kid, alg) = (set::kid(key), key.get("alg").and_then(Value::as_str).unwrap_or_default());
        let line = format!("  {place}. {kid} ({alg})");
        lang.warn(&line, &line);
    }
}

fn tell(keys: &[Value], lang: Lang) {
    let line = set::line(keys);
    lang::print(&line);
    lang.warn(
        "Clés privées, à poser dans FC_PRIVATE_KEYS (npx wrangler secret put FC_PRIVATE_KEYS, ou SPIN_VARIABLE_FC_PRIVATE_KEYS, ou .dev.vars entre apostrophes : FC_PRIVATE_KEYS='…') :",
        "Private keys, to put into FC_PRIVATE_KEYS (npx wrangler secret put FC_PRIVATE_KEYS, or SPIN_VARIABLE_FC_PRIVATE_KEYS, or .dev.vars in single quotes: FC_PRIVATE_KEYS='…'):",
    );
    if keys.iter().all(|key| key.get("alg").and_then(Value::as_str) == Some("ES256")) {
        lang.warn(
            "ou bien dans FC_ASSERTION_KEYS, pour l’origine : jamais la même clé dans les deux.",
            "or else into FC_ASSERTION_KEYS, for the origin: never the same key in both.",
        );
    }
    list(keys, lang);
    let size = line.len();
    if size > CLOUDFLARE_LIMIT {
        lang.warn(
            format_args!("Attention : {size} octets, et Cloudflare n’en prend que 5 ko par secret."),
            format_args!("Beware: {size} bytes, and Cloudflare takes 5 kB for a secret."),
        );
    }
}
