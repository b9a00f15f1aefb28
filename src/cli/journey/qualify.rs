//! `journey qualify`: the internal acceptance of a running service, its progress, its report, its exit status.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use url::Url;

use super::clients::{Clients, Given};
use super::file::Kept;
use crate::cli::emulate::{self, Ready};
use crate::cli::emulated::{Emulated, Manners};
use crate::cli::lang::{self, Lang};
use crate::cli::listen::{self, Stop};
use crate::emulator::Product;
use crate::journey::Words;
use crate::journey::probe::is_hidden;
use crate::journey::qualification::driver::{Service, Trip};
use crate::journey::qualification::judge::Declared;
use crate::journey::qualification::report::Report;
use crate::journey::qualification::trace::{Observed, Registration};
use crate::journey::qualification::{
    Finding, Item, Pages, Verdict, attested, browser, gather, judge, run_beside,
};
use crate::time::Timestamp;

/// What stands below the options of `journey qualify --help`.
pub(super) const HELP: &str = "\
Le service doit utiliser l’émulateur que cette commande démarre (--listen), ou celui d’« emulate » ou de
« dev » (--emulator). Le client est celui des options, sinon de la configuration que franceconnect.toml nomme
pour cette adresse. Rien n’est envoyé à FranceConnect. La page officielle prévaut sur ce rapport.
Statut : 0 si tout est réussi ou à attester, 1 si un point échoue, 2 si la recette n’a pas pu avoir lieu.";

/// A point failed.
const FAILED: u8 = 1;
/// Nothing can be said of the service.
const IMPOSSIBLE: u8 = 2;

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "URL", value_parser = super::url, help = "Adresse du service")]
    url: Url,
    #[arg(long, value_name = "CHEMIN", default_value = "/", hide_default_value = true)]
    #[arg(help = "Page du bouton FranceConnect, ou adresse qui commence la connexion (par défaut : /)")]
    login_path: String,
    #[arg(
        long,
        value_name = "CHEMIN",
        help = "Page qui nomme la personne connectée (par défaut : cherchée)"
    )]
    profile_path: Option<String>,
    #[arg(
        long,
        value_name = "CHEMIN",
        help = "Adresse qui déconnecte (par défaut : cherchée sur les pages)"
    )]
    logout_path: Option<String>,
    #[arg(long, value_name = "POINTS", value_delimiter = ',', value_parser = point)]
    #[arg(help = "Seulement ces points, O6,27 par exemple")]
    only: Vec<&'static Item>,
    #[arg(long, value_name = "FICHIER", help = "Écrit le rapport à joindre à la demande, en HTML")]
    report: Option<PathBuf>,
    #[arg(long, value_name = "FICHIER", help = "Écrit le rapport en JSON")]
    json: Option<PathBuf>,
    #[arg(long, value_name = "URL", value_parser = super::url, conflicts_with = "listen")]
    #[arg(help = "Émulateur qui tourne déjà, interface de commande ouverte")]
    emulator: Option<Url>,
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8788", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où démarrer l’émulateur (par défaut : 127.0.0.1:8788)")]
    listen: SocketAddr,
    #[arg(long, value_name = "FICHIER", help = "Le client du service et les autres, comme pour emulate")]
    clients: Option<PathBuf>,
    #[command(flatten)]
    ready: Ready,
}

/// Runs it, prints each point.
pub(super) async fn run_all(args: Args, kept: Option<Kept>, lang: Lang) -> Result<(), ExitCode> {
    let impossible = |_| ExitCode::from(IMPOSSIBLE);
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error)).map_err(impossible)?;
    // Where the team keeps the last one; one of some points only is none.
    let recorded = kept.as_ref().filter(|_| args.only.is_empty()).and_then(Kept::report);
    let json = args.json.or(recorded);
    // Said before anything is done, not after minutes of it.
    for path in [&args.report, &json].into_iter().flatten() {
        if let Err(error) = writable(path) {
            unwritable(lang, path, &error);
            return Err(ExitCode::from(IMPOSSIBLE));
        }
    }
    let running = match &kept {
        Some(kept) => kept.running(&args.url, lang)?,
        None => None,
    };
    let given =
        Given { clients: args.clients.as_deref(), ready: args.ready, elsewhere: args.emulator.is_some() };
    let product = kept.as_ref().map(|kept| kept.dossier.product());
    let clients = Clients::of(lang, given, running.as_ref(), product).map_err(impossible)?;
    let service = Service {
        login: joined(&args.url, &args.login_path),
        profile: args.profile_path.as_ref().map(|path| joined(&args.url, path)),
        logout: args.logout_path.as_ref().map(|path| joined(&args.url, path)),
        secret: clients.secret(&args.url),
        url: args.url,
    };
    let (known, hosts, registered_as) =
        (clients.registration(&service.url), clients.hosts(), clients.parts());
    let observed = if let Some(emulator) = args.emulator {
        look(lang, service, emulator, known, hosts, stop).await
    } else {
        let emulated = Emulated::bind(lang, "--listen", args.listen).await.map_err(impossible)?;
        emulate::tell(lang, &emulated, clients.all(), clients.made_up, None);
        let issuer = emulated.issuer(Product::Standard);
        let Ok(emulator) = Url::parse(&issuer) else { return Err(ExitCode::from(IMPOSSIBLE)) };
        let served = clients.all().to_vec();
        let serving = emulated.serve(served, Manners { control: true, ..Manners::default() }, stop.clone());
        tokio::select! {
            ended = serving => {
                if let Err(error) = ended {
                    listen::failed(lang, &error);
                }
                Err(())
            }
            seen = look(lang, service, emulator, known, hosts, stop) => seen,
        }
    };
    let observed = observed.map_err(|()| ExitCode::from(IMPOSSIBLE))?;
    let (observed, pages) = observed;
    let declared =
        kept.map(|Kept { dossier, test, live, .. }| Declared { dossier: Some(dossier), test, live });
    let declared = declared.unwrap_or_default();
    let written = judge::declared(&declared, &observed);
    let mut findings = gather(judge::judge(&observed).into_iter().chain(written).chain(pages).collect());
    if let Some(dossier) = &declared.dossier {
        findings = attested(findings, dossier);
    }
    if !args.only.is_empty() {
        findings.retain(|finding| args.only.contains(&finding.item));
    }
    findings.iter().for_each(|finding| say(lang, finding));
    let report = report(&observed, registered_as, findings);
    summary(lang, &report);
    for (path, text) in [(&args.report, Report::to_html as fn(&Report) -> String), (&json, Report::to_json)] {
        let Some(path) = path else { continue };
        if let Err(error) = fs::write(path, text(&report)) {
            unwritable(lang, path, &error);
            return Err(ExitCode::from(IMPOSSIBLE));
        }
    }
    let [_, failed, ..] = report.counts();
    if failed > 0 { Err(ExitCode::from(FAILED)) } else { Ok(()) }
}

/// Whether a report can be written there, as far as that is told without touching what is there.
fn writable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        // A pipe would wait for whoever reads it.
        Ok(known) if known.is_file() || known.is_dir() => File::options().append(true).open(path).map(drop),
        Ok(_) => Ok(()),
        Err(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.map_or(Ok(()), |folder| fs::metadata(folder).map(drop))
        }
    }
}

fn unwritable(lang: Lang, path: &Path, error: &io::Error) {
    let path = path.display();
    lang.warn(
        format_args!("{path} : impossible à écrire : {error}"),
        format_args!("{path}: cannot be written: {error}"),
    );
}

/// Looks at the service, until it is seen or time to stop; what keeps from it is told.
async fn look(
    lang: Lang,
    service: Service,
    emulator: Url,
    registration: Option<Registration>,
    hosts: Vec<String>,
    stop: Stop,
) -> Result<(Observed, Vec<Finding>), ()> {
    let shown = io::stderr().is_terminal();
    // A closed terminal stops nothing.
    let progress = |text: &str| {
        if shown {
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    };
    let refused = |words: Words| {
        progress("");
        let (fr, en) = (harmless(&words.fr), harmless(&words.en));
        lang.warn(
            format_args!("La recette n’a pas pu avoir lieu : {fr}."),
            format_args!("The acceptance could not take place: {en}."),
        );
    };
    let trip = Trip::new(service, emulator, hosts).map_err(|trouble| refused(trouble.words()))?;
    let tell = |done: usize, total: usize| {
        let words = lang.pick("essais", "trials");
        progress(&if done == total { String::new() } else { format!("{words} {done}/{total}") });
    };
    let looked = trip.clone();
    let program = browser::find(|name| std::env::var_os(name));
    if program.is_none() {
        let Words { fr, en } = browser::Trouble::Absent.words();
        lang.warn(
            format_args!("Les pages ne seront pas regardées : {fr}."),
            format_args!("The pages will not be looked at: {en}."),
        );
    }
    let all = async {
        // Beside the logins, which are mostly waiting; without them there is nothing to say of the pages either.
        let pages = Pages::look(&looked, program);
        let (observed, pages) = run_beside(trip, registration, pages, tell).await.map_err(refused)?;
        if let Some(Words { fr, en }) = pages.warning() {
            progress("");
            lang.warn(fr, en);
        }
        let pages = pages.findings(observed.plus);
        Ok((observed, pages))
    };
    tokio::select! {
        seen = all => seen,
        () = stop.wait() => {
            progress("");
            lang.warn(
                "Recette interrompue : rien n’a été jugé ni écrit.",
                "Acceptance interrupted: nothing was judged or written.",
            );
            Err(())
        }
    }
}

fn say(lang: Lang, finding: &Finding) {
    let Item { id, fr, en, .. } = finding.item;
    let name = verdict(lang, &finding.verdict);
    lang.say(format_args!("{id:<4} {name:<11} {fr}"), format_args!("{id:<4} {name:<11} {en}"));
    let more = |label: (&str, &str), words: &Words| {
        let label = lang.pick(label.0, label.1);
        for line in lang.pick(&words.fr, &words.en).lines() {
            lang::print(format_args!("     {label} {}", harmless(line)));
        }
    };
    match &finding.verdict {
        Verdict::Passed => {}
        Verdict::Failed { seen, mend } => {
            more(("vu :", "seen:"), seen);
            more(("→", "→"), mend);
        }
        Verdict::Attest { question } => more(("?", "?"), question),
        Verdict::Skipped { why } => more(("–", "–"), why),
    }
}

/// Text in which nothing can command a terminal: pages are quoted in it.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect()
}

fn verdict(lang: Lang, verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => lang.pick("réussi", "passed"),
        Verdict::Failed { .. } => lang.pick("ÉCHEC", "FAILED"),
        Verdict::Attest { .. } => lang.pick("à attester", "to attest"),
        Verdict::Skipped { .. } => lang.pick("non jugé", "not judged"),
    }
}

/// What is written down of this run. `SOURCE_DATE_EPOCH` sets its date, so that a run can be compared with another.
fn report(observed: &Observed, registered: Vec<String>, findings: Vec<Finding>) -> Report {
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.trim().parse().ok());
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let at = epoch.unwrap_or_else(|| i64::try_from(now()).unwrap_or(i64::MAX));
    let product = if observed.plus { Product::Plus } else { Product::Standard };
    // What the emulator tells stands for what nobody gave.
    let told = observed.registration.iter().filter(|_| registered.is_empty());
    let told = told.flat_map(|known| known.redirect_uris.iter().chain(&known.post_logout_redirect_uris));
    let parts =
        registered.iter().chain(told).map(String::as_str).chain([observed.url.as_str(), product.name()]);
    Report {
        at: Timestamp::from_unix(at),
        url: observed.url.clone(),
        product: product.name(),
        fingerprint: Report::fingerprint_of(parts),
        findings,
    }
}

fn summary(lang: Lang, report: &Report) {
    let [passed, failed, attest, skipped] = report.counts();
    lang.say(
        format_args!("{passed} réussis, {failed} en échec, {attest} à attester, {skipped} non jugés. La page officielle de qualification prévaut."),
        format_args!("{passed} passed, {failed} failed, {attest} to attest, {skipped} not judged. The official page of the qualification prevails."),
    );
}

fn joined(url: &Url, path: &str) -> Url {
    url.join(path).unwrap_or_else(|_| url.clone())
}

fn point(text: &str) -> Result<&'static Item, String> {
    let text = text.trim();
    Item::named(text).ok_or_else(|| "point inconnu : O1 à O10, ou 1 à 32".to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_service_says_neither_commands_the_terminal_nor_turns_its_lines() {
        let text = "a\u{1b}[2Jb\u{202e}c\u{61c}d\u{2066}e\u{200b}f é";
        assert_eq!(super::harmless(text), "a [2Jb c d e f é");
    }
}
