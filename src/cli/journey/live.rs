//! `journey live`: whether the deployment is ready to be opened, seen from outside and without logging in.

use std::path::Path;
use std::process::ExitCode;

use url::Url;

use super::{DOSSIER, Kept};
use crate::cli::lang::{self, Lang};
use crate::journey::Words;
use crate::journey::dossier::PRODUCTION_PAGE;
use crate::journey::live::{End, Finding, Known, Seen, Target, json, judge, look, remarks};
use crate::journey::probe::{Prober, Trouble};
use crate::journey::qualification::Verdict;
use crate::secret::Secret;

/// What stands below the options of `journey live --help`.
pub(super) const HELP: &str = "\
Sans option, l’adresse et ce qui est attendu viennent de franceconnect.toml et de la configuration de production qu’il
nomme. Avec FC_OPERATOR_KEY dans l’environnement, la page d’exploitation du service est lue aussi. Pour un autre
logiciel, --url et --login-path suffisent : seul ce qui vaut pour tout service est alors jugé.
Aucune connexion n’est faite ; FranceConnect n’est interrogé que sur ses clés publiques.
Statut : 0 si rien n’échoue, 1 si un point échoue, 2 si rien n’a pu être regardé.";

/// The key that opens the operator's page; only the environment gives it.
const OPERATOR: &str = "FC_OPERATOR_KEY";
/// A check failed.
const FAILED: u8 = 1;
/// Nothing can be said of the deployment.
const IMPOSSIBLE: u8 = 2;

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "URL", value_parser = bare)]
    #[arg(help = "Adresse du service (par défaut : celle de la configuration de production)")]
    url: Option<Url>,
    #[arg(long, value_name = "CHEMIN")]
    #[arg(help = "Page du bouton FranceConnect, ou adresse qui commence la connexion")]
    login_path: Option<String>,
    #[arg(long, value_name = "CHEMIN", help = "Adresse de retour de déconnexion")]
    logout_callback: Option<String>,
    #[arg(long, value_name = "CHEMIN", help = "Document d’identifiant de secteur")]
    sector: Option<String>,
    #[arg(long, value_name = "CHEMIN", help = "Clés publiques du service (FranceConnect+)")]
    jwks: Option<String>,
    #[arg(long, help = "Écrit les points en JSON")]
    json: bool,
}

/// Looks, judges, prints.
pub(super) async fn run(args: Args, file: &Path, lang: Lang) -> Result<(), ExitCode> {
    let impossible = |_| ExitCode::from(IMPOSSIBLE);
    // Of a service of others there may be no file at all.
    let stranger = args.url.is_some() && file == Path::new(DOSSIER) && !file.exists();
    let kept = if stranger { None } else { Some(Kept::read(file, lang)?) };
    let known = kept.as_ref().map(|kept| Known::of(&kept.dossier, kept.live.as_ref(), kept.test.as_ref()));
    let known = known.unwrap_or_default();
    let target = target(args.url, kept.as_ref(), &known).ok_or_else(|| {
        lang.warn(
            "Aucune adresse : --url, ou production.configuration ou production.page dans franceconnect.toml.",
            "No address: --url, or production.configuration or production.page in franceconnect.toml.",
        );
        ExitCode::from(IMPOSSIBLE)
    })?;
    let site = target.site.clone();
    let given = |path: &Option<String>| path.as_ref().and_then(|path| site.join(path).ok());
    let target = Target {
        login: given(&args.login_path).unwrap_or(target.login),
        logout: given(&args.logout_callback).or(target.logout),
        sector: given(&args.sector).or(target.sector),
        keys: given(&args.jwks).or(target.keys),
        operator: std::env::var(OPERATOR).ok().filter(|key| !key.is_empty()).map(Secret::new),
        ..target
    };
    let prober =
        Prober::new().map_err(|trouble| refused(lang, &site, &trouble.words())).map_err(impossible)?;
    let seen = look(&prober, &target, &known).await;
    if let Some(why) = nothing(&seen) {
        refused(lang, &site, &why);
        return Err(ExitCode::from(IMPOSSIBLE));
    }
    let (findings, remarks) = (judge(&seen, &known), remarks(&seen, &known));
    if args.json {
        lang::print(format_args!("{:#}", json(&seen, &findings, &remarks)));
    } else {
        tell(lang, &site, &findings, &remarks);
    }
    let failed = findings.iter().any(|finding| matches!(finding.verdict, Verdict::Failed { .. }));
    if failed { Err(ExitCode::from(FAILED)) } else { Ok(()) }
}

/// What is looked at: the address that was given, else that of the configuration, else the page of the file.
fn target(url: Option<Url>, kept: Option<&Kept>, known: &Known) -> Option<Target> {
    let configured = || Url::parse(&known.live.as_ref()?.site).ok();
    let page = kept.and_then(|kept| bare(kept.dossier.value(PRODUCTION_PAGE)?).ok());
    let site = url.or_else(configured).or_else(|| page.clone())?;
    let mut target = Target::of(site, known);
    if let Some(page) = page.filter(|page| known.live.is_none() && page.origin() == target.site.origin()) {
        target.login = page;
    }
    Some(target)
}

/// An address without a name and a password, which would stand in the history of the shell, and go out over http.
fn bare(text: &str) -> Result<Url, String> {
    let url = super::url(text)?;
    let bare = url.username().is_empty() && url.password().is_none();
    if bare { Ok(url) } else { Err("adresse sans nom ni mot de passe attendue".to_owned()) }
}

/// Why nothing can be judged, if nothing answered; a certificate that is refused is an answer.
fn nothing(seen: &Seen) -> Option<Words> {
    match &seen.front.end {
        _ if seen.is_there() => None,
        End::Lost(Trouble::Certificate(_)) => None,
        End::Lost(trouble) => Some(trouble.words()),
        _ => None,
    }
}

fn refused(lang: Lang, site: &Url, why: &Words) {
    lang.warn(
        format_args!("La vérification n’a pas pu avoir lieu : {site} : {}.", why.fr),
        format_args!("The check could not take place: {site}: {}.", why.en),
    );
}

fn tell(lang: Lang, site: &Url, findings: &[Finding], remarks: &[Words]) {
    lang.say(
        format_args!("{site}, vu du dehors et sans connexion"),
        format_args!("{site}, seen from outside and without a login"),
    );
    findings.iter().for_each(|finding| say(lang, finding));
    for Words { fr, en } in remarks {
        lang.say(format_args!("Remarque : {fr}"), format_args!("Note: {en}"));
    }
    let count = |of: fn(&Verdict) -> bool| findings.iter().filter(|finding| of(&finding.verdict)).count();
    let passed = count(|verdict| matches!(verdict, Verdict::Passed));
    let failed = count(|verdict| matches!(verdict, Verdict::Failed { .. }));
    let attest = count(|verdict| matches!(verdict, Verdict::Attest { .. }));
    let skipped = count(|verdict| matches!(verdict, Verdict::Skipped { .. }));
    lang.say(
        format_args!("{passed} réussis, {failed} en échec, {attest} à voir par une personne, {skipped} non regardés. Aucune connexion n’a été faite."),
        format_args!("{passed} passed, {failed} failed, {attest} for a person to see, {skipped} not looked at. No login was made."),
    );
}

fn say(lang: Lang, finding: &Finding) {
    let check = finding.check;
    let name = match &finding.verdict {
        Verdict::Passed => lang.pick("réussi", "passed"),
        Verdict::Failed { .. } => lang.pick("ÉCHEC", "FAILED"),
        Verdict::Attest { .. } => lang.pick("à voir", "to see"),
        Verdict::Skipped { .. } => lang.pick("non regardé", "not seen"),
    };
    let id = check.id;
    lang.say(
        format_args!("{id:<15} {name:<11} {}", check.fr),
        format_args!("{id:<15} {name:<11} {}", check.en),
    );
    let more = |mark: &str, words: &Words| {
        for line in lang.pick(&words.fr, &words.en).lines() {
            lang::print(format_args!("                {mark} {line}"));
        }
    };
    match &finding.verdict {
        Verdict::Passed => {}
        Verdict::Failed { seen, mend } => {
            more(lang.pick("vu :", "seen:"), seen);
            more("→", mend);
        }
        Verdict::Attest { question } => more("?", question),
        Verdict::Skipped { why } => more("–", why),
    }
}
