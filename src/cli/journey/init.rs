//! `journey init`: asks for what the file does not say, explains each question, and writes each answer at once, so that
//! it can be stopped anywhere and taken up again.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use super::deployed::{self, Environments};
use super::{Kept, MISSING, file, paper, tell};
use crate::cli::lang::{self, Lang};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::dossier::*;
use crate::journey::eligibility::reason;
use crate::journey::habilitation::BOXES;

/// What stands below the options of `journey init --help`.
pub(super) const HELP: &str = "\
Une ligne vide passe la question, la fin de l’entrée (Ctrl-D) arrête ; chaque réponse est écrite aussitôt, et la
commande reprend où elle en était. Sans terminal, les réponses se lisent sur l’entrée, une par ligne.";

/// Most bytes of answers in one go: an input without an end asks for no memory without an end.
const LONGEST: u64 = 1 << 20;

/// The file as it grows.
struct Draft<'a> {
    path: &'a Path,
    text: String,
    dossier: Dossier,
    lang: Lang,
}

/// Asks until everything is answered or the answers end.
pub(super) fn run(path: &Path, lang: Lang) -> ExitCode {
    let text = match paper::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => lang
            .pick(
                "# Le chemin vers FranceConnect, lu par la commande journey ; franceconnect.example.toml explique chaque ligne.\n",
                "# The way to FranceConnect, read by the command journey; franceconnect.example.toml explains each line.\n",
            )
            .to_owned(),
        Err(error) => return unwritable(path, &error, lang),
    };
    let dossier = match Dossier::read(&text) {
        Ok(dossier) => dossier,
        Err(flaws) => return file::warn(path, &flaws, lang),
    };
    let mut draft = Draft { path, text, dossier, lang };
    if io::stdin().is_terminal() {
        let file = path.display();
        lang.say(
            format_args!("{file} : chaque réponse y est écrite aussitôt. Une ligne vide laisse la question pour plus tard ; Ctrl-D arrête, et la même commande reprend."),
            format_args!("{file}: each answer is written there at once. An empty line leaves a question for later; Ctrl-D stops, and the same command goes on."),
        );
    }
    // What is not UTF-8 becomes a character that no field takes: said, and asked for again.
    let lines = io::stdin().lock().take(LONGEST).split(b'\n').map_while(Result::ok);
    let mut answers = lines.map(|line| String::from_utf8(line).unwrap_or_else(|_| '\0'.to_string()));
    if let Err(error) = draft.ask_all(&mut answers) {
        return unwritable(path, &error, lang);
    }
    if !path.exists() {
        return ExitCode::from(MISSING);
    }
    match Kept::read(path, lang) {
        Ok(kept) if tell::overview(&kept, &[], false, lang) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(MISSING),
        Err(status) => status,
    }
}

impl Draft<'_> {
    /// Every question, in the order of the steps. Ends with the answers.
    fn ask_all(&mut self, answers: &mut impl Iterator<Item = String>) -> io::Result<()> {
        let mut step = None;
        for field in FIELDS {
            let data = field.path == RECIPIENTS.path && self.dossier.data.is_empty();
            if data && !self.ask_data(answers)? {
                return Ok(());
            }
            if !self.is_due(*field) {
                continue;
            }
            if step != Some(field.step) {
                step = Some(field.step);
                let words = field.step.words();
                self.lang.say(format_args!("\n{}", words.fr), format_args!("\n{}", words.en));
            }
            if !self.ask(*field, answers)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a field is to be asked for now: what was granted, once there is nothing left to request.
    fn is_due(&self, field: Field) -> bool {
        let early = field.table == GRANTED_NUMBER.table
            && self.dossier.missing(field.step).any(|missing| missing.table != field.table);
        self.is_of_many(field)
            || self.is_kept_for_later(field)
            || self.environments(field).is_some()
            || !early && self.dossier.missing(field.step).any(|missing| missing.path == field.path)
    }

    /// Whether a field is to be asked for that says which of many services this is: where there are many.
    fn is_of_many(&self, field: Field) -> bool {
        if self.dossier.value(field).is_some() {
            return false;
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        [&deployed::SANDBOX, &deployed::PRODUCTION]
            .iter()
            .any(|place| place.wants(field, &self.dossier, folder))
    }

    /// Whether it is where the report of the acceptance goes, which nobody needs who has FranceConnect's agreement.
    fn is_kept_for_later(&self, field: Field) -> bool {
        let agreed = self.dossier.attested(Step::Qualification.name()).is_some();
        field.path == QUALIFICATION_REPORT.path && !agreed && self.dossier.value(field).is_none()
    }

    /// The environments of wrangler that a field is to choose from, while it does not.
    fn environments(&self, field: Field) -> Option<Environments> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let places = [&deployed::SANDBOX, &deployed::PRODUCTION].into_iter();
        let mut all = places.filter_map(|place| place.environments(field, &self.dossier, folder));
        all.next().filter(|_| self.dossier.value(field).is_none())
    }

    /// What is proposed for a field: the other product has a file of its own, and may be in the same folder.
    fn proposal(&self, field: Field) -> Option<&'static str> {
        let report = match self.dossier.product() {
            Product::Standard => "recette.json",
            Product::Plus => "recette-plus.json",
        };
        (field.path == QUALIFICATION_REPORT.path).then_some(report)
    }

    /// Asks until the answer may stand or is left out; `false` once there are no more answers.
    fn ask(&mut self, field: Field, answers: &mut impl Iterator<Item = String>) -> io::Result<bool> {
        if let Some(why) = reason(field) {
            self.lang.say(format_args!("  ({})", why.fr), format_args!("  ({})", why.en));
        }
        let (environments, proposal) = (self.environments(field), self.proposal(field));
        let mut question = self.lang.pick(field.fr, field.en).to_owned();
        if let Some(Words { fr, en }) = environments.as_ref().map(Environments::words) {
            question += &format!("\n  {}", self.lang.pick(fr, en));
        }
        question += &format!("\n  {}", field.path);
        match (field.kind, proposal) {
            (Kind::Tick, _) => question += self.lang.pick(" (o/n)", " (y/n)"),
            (_, Some(name)) => question += &self.lang.pick(format!(" (o : {name})"), format!(" (y: {name})")),
            _ => {}
        }
        question += " ? ";
        loop {
            let Some(answer) = prompt(&question, answers) else { return Ok(false) };
            let word = answer.to_lowercase();
            let yes = matches!(word.as_str(), "o" | "oui" | "y" | "yes");
            let answer = match (field.kind, proposal) {
                _ if answer.is_empty() => return Ok(true),
                (Kind::Tick, _) if yes => "true".to_owned(),
                (Kind::Tick, _) if matches!(word.as_str(), "n" | "non" | "no") => return Ok(true),
                (Kind::Tick, _) => {
                    self.lang.say("  o pour oui, n pour non.", "  y for yes, n for no.");
                    continue;
                }
                (_, Some(name)) if yes => name.to_owned(),
                _ => field.kind.usual(&answer),
            };
            let known = |answer| environments.as_ref().and_then(|environments| environments.fault(answer));
            let Some(fault) = field.kind.fault(&answer).or_else(|| known(&answer)) else {
                let text = filled(&self.text, field, &answer);
                self.write(text, |dossier| dossier.with(field, &answer), field.path)?;
                return Ok(true);
            };
            self.lang.say(format_args!("  {}", fault.fr), format_args!("  {}", fault.en));
        }
    }

    /// Each box of DataPass, with its purpose: none, and it is not asked for.
    fn ask_data(&mut self, answers: &mut impl Iterator<Item = String>) -> io::Result<bool> {
        self.lang.say(
            "Les données, chacune avec ce que le service en fait ; une ligne vide : ne pas la demander.",
            "The data, each with what the service does with it; an empty line: do not ask for it.",
        );
        for (scope, label) in BOXES.iter().filter(|(scope, _)| *scope != "openid") {
            let purpose = loop {
                let Some(purpose) = prompt(&format!("{label}\n  {scope} ? "), answers) else {
                    return Ok(false);
                };
                let Some(fault) = Kind::Text.fault(&purpose) else { break purpose };
                self.lang.say(format_args!("  {}", fault.fr), format_args!("  {}", fault.en));
            };
            if !purpose.is_empty() {
                let text = with_data(&self.text, scope, &purpose);
                self.write(text, |dossier| dossier.with_data(scope, &purpose), scope)?;
            }
        }
        Ok(true)
    }

    /// Keeps a text that says what was said and `change`, and nothing else.
    fn write(&mut self, text: String, change: impl Fn(Dossier) -> Dossier, place: &str) -> io::Result<()> {
        let expected = change(self.dossier.clone());
        let Some(dossier) = Dossier::read(&text).ok().filter(|dossier| *dossier == expected) else {
            self.lang.warn(
                format_args!("  Réponse non écrite : {place} existe sous une autre forme dans le fichier ; l’y mettre à la main."),
                format_args!("  Answer not written: {place} stands in the file in another form; put it there by hand."),
            );
            return Ok(());
        };
        paper::write(self.path, &text)?;
        (self.text, self.dossier) = (text, dossier);
        Ok(())
    }
}

/// Shows a question; answers what was typed, without blanks around it.
fn prompt(question: &str, answers: &mut impl Iterator<Item = String>) -> Option<String> {
    let mut out = io::stdout();
    // A terminal that has gone gives no answer either.
    let _ = write!(out, "{question}").and_then(|()| out.flush());
    let answer = answers.next();
    // A terminal shows the end of the line that was typed.
    if answer.is_none() || !io::stdin().is_terminal() {
        lang::print("");
    }
    Some(answer?.trim().to_owned())
}

fn unwritable(path: &Path, error: &io::Error, lang: Lang) -> ExitCode {
    let path = path.display();
    lang.warn(
        format_args!("{path} ne se lit ou ne s’écrit pas : {error}"),
        format_args!("Cannot read or write {path}: {error}"),
    );
    ExitCode::from(file::UNREADABLE)
}
