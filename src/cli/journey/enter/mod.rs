//! `journey enter`: takes the `client_id` and the `client_secret` that FranceConnect delivered, judges their form, and hands
//! the secret to the host's store on the standard input of the program that keeps it. It is in no file, argument,
//! variable, message or history.

mod hand;
mod known;
mod mode;
mod record;
mod signal;
mod terminal;
mod typing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::hand::Handed;
use self::terminal::{Silence, Terminal};
use super::{Kept, MISSING};
use crate::cli::lang::Lang;
use crate::cli::listen;
use crate::journey::delivery::{self, Delivery, Form, Host, Known, Side};
use crate::journey::dossier::*;
use crate::secret::{Secret, same};

/// What stands below the options of `journey enter --help`.
pub(super) const HELP: &str = "\
Le client_id s’affiche et se note ; le client_secret ne s’affiche pas, et va droit à l’entrée standard du programme qui
le garde : wrangler, si la configuration de production est wrangler.toml, ou celui qui suit --, par exemple
  journey enter -- vault kv put -mount=secret franceconnect-edge/fc_client_secret value=-
Tapé à la main, il est demandé deux fois ; collé, une fois. Sans terminal, les deux se lisent sur l’entrée, un par ligne
(le secret seul si la configuration a déjà le client_id) : rien n’est alors affiché, et l’écho est l’affaire d’autrui.
Statut : 0 si le secret est entré, 1 sinon, 2 si un fichier est illisible, 128 + n après un signal.";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, help = "Le prochain secret, à côté de celui qui sert encore (FC_CLIENT_SECRET_NEXT)")]
    next: bool,
    #[arg(long, help = "Ceux du bac à sable, et non de la production")]
    sandbox: bool,
    #[arg(long, value_enum, value_name = "FORME", default_value = "value")]
    #[arg(hide_possible_values = true, hide_default_value = true, requires = "program")]
    #[arg(
        help = "Ce qu’il lit : value (le secret seul, par défaut), line (NOM=secret) ou patch (Kubernetes)"
    )]
    form: Written,
    #[arg(last = true, value_name = "PROGRAMME")]
    #[arg(help = "Le programme qui garde le secret, et ses arguments : il le lit sur son entrée standard")]
    program: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Written {
    Value,
    Line,
    Patch,
}

/// Where all this happens.
struct Entry<'a> {
    delivery: Delivery<'a>,
    kept: &'a Kept,
    path: &'a Path,
    /// The folder of the configuration.
    folder: PathBuf,
    args: &'a Args,
    lang: Lang,
}

/// Asks, judges, hands over.
pub(super) async fn run(path: &Path, args: Args, lang: Lang) -> Result<(), ExitCode> {
    let kept = Kept::read(path, lang)?;
    let (side, own, other, place) = match args.sandbox {
        true => (Side::Test, kept.test.as_ref(), kept.live.as_ref(), SANDBOX_CONFIGURATION),
        false => (Side::Live, kept.live.as_ref(), kept.test.as_ref(), PRODUCTION_CONFIGURATION),
    };
    let delivery = Delivery::of(&kept.dossier, side, own, other).map_err(|faults| {
        faults.iter().for_each(|words| lang.warn(&words.fr, &words.en));
        ExitCode::from(MISSING)
    })?;
    let configuration = kept.folder.join(kept.dossier.value(place).unwrap_or_default());
    let folder = configuration.parent().unwrap_or(Path::new("")).to_owned();
    Entry { delivery, kept: &kept, path, folder, args: &args, lang }.all().await
}

impl Entry<'_> {
    async fn all(&self) -> Result<(), ExitCode> {
        let Delivery { place, present, .. } = self.delivery;
        let (name, product) =
            (self.kept.dossier.value(SERVICE_NAME).unwrap_or("–"), self.kept.dossier.product().name());
        self.lang
            .warn(format_args!("{name}, {product} : {place}"), format_args!("{name}, {product}: {place}"));
        let command = self.command()?;
        let mut terminal = Terminal::open().map_err(|error| listen::failed(self.lang, &error))?;
        let id = match (self.args.next, present) {
            (_, Some(id)) => {
                let variable = self.delivery.id;
                self.lang.warn(
                    format_args!("client_id : {id}, que {place} a déjà ({variable})."),
                    format_args!("client_id: {id}, which {place} has already ({variable})."),
                );
                Some(
                    delivery::client_id(id, self.delivery.other)
                        .map_err(|words| self.refuse("client_id", &words))?
                        .0,
                )
            }
            (true, None) => None,
            (false, None) => Some(self.client_id(&mut terminal).await?),
        };
        let Some((program, command)) = command else {
            self.lang.say(
                "private_key_jwt : ce client n’a pas de secret, ses clés en tiennent lieu (FC_PRIVATE_KEYS).",
                "private_key_jwt: this client has no secret, its keys stand for one (FC_PRIVATE_KEYS).",
            );
            return Ok(());
        };
        let secret = self.client_secret(&mut terminal, id.as_deref()).await?;
        self.hand(&mut terminal, &program, &command, &secret).await?;
        drop(secret);
        self.told()
    }

    /// What keeps the secret, the program first; nothing if there is none to keep.
    fn command(&self) -> Result<Option<(PathBuf, Vec<String>)>, ExitCode> {
        if !self.delivery.has_secret {
            return Ok(None);
        }
        let given = (!self.args.program.is_empty()).then(|| self.args.program.clone());
        let Some(command) = given.or_else(|| self.delivery.host.command(self.variable())) else {
            for words in self.delivery.host.recipes(self.variable()) {
                self.lang.warn(&words.fr, &words.en);
            }
            return Err(ExitCode::from(MISSING));
        };
        let program = command.first().map(String::as_str).unwrap_or_default();
        let Some(found) = hand::find(program) else {
            self.lang.warn(
                format_args!("{program} est introuvable : rien n’a été demandé."),
                format_args!("There is no {program}: nothing was asked for."),
            );
            return Err(ExitCode::from(MISSING));
        };
        Ok(Some((found, command)))
    }

    /// Where the program runs: one's own where one is, that of the host beside its configuration.
    fn place(&self) -> &Path {
        if self.args.program.is_empty() { &self.folder } else { Path::new("") }
    }

    /// The variable of the secret.
    fn variable(&self) -> &'static str {
        if self.args.next { self.delivery.next } else { self.delivery.secret }
    }

    /// Asks for the `client_id` until it may stand, and shows where it is written.
    async fn client_id(&self, terminal: &mut Terminal) -> Result<String, ExitCode> {
        let question = self.lang.pick("client_id, venu par courriel ? ", "client_id, which came by e-mail? ");
        let id = loop {
            let typed = terminal.ask(question).await.map_err(|silence| self.silent(silence))?;
            match delivery::client_id(typed.expose(), self.delivery.other) {
                Ok((id, unusual)) => {
                    unusual.iter().for_each(|words| self.lang.warn(&words.fr, &words.en));
                    break id;
                }
                Err(words) if terminal.is_interactive() => {
                    self.refuse("client_id", &words);
                }
                Err(words) => return Err(self.refuse("client_id", &words)),
            }
        };
        record::client_id(self, terminal, &id).await?;
        Ok(id)
    }

    /// Asks for the `client_secret` until it may stand: twice where it was typed unseen.
    async fn client_secret(&self, terminal: &mut Terminal, id: Option<&str>) -> Result<Secret, ExitCode> {
        let known = self.known();
        let question = self.lang.pick(
            "client_secret, venu par SMS (ne s’affiche pas) ? ",
            "client_secret, which came by SMS (does not show)? ",
        );
        let again = self.lang.pick("Encore une fois, pour comparer ? ", "Once more, to compare? ");
        loop {
            let answer = terminal.ask_hidden(question).await.map_err(|silence| self.silent(silence))?;
            let secret = match delivery::client_secret(&answer.line, id, &known) {
                Ok(secret) => secret,
                Err(words) if terminal.is_interactive() => {
                    self.refuse("client_secret", &words);
                    continue;
                }
                Err(words) => return Err(self.refuse("client_secret", &words)),
            };
            if known::is_on_command_line(&secret) {
                self.lang.warn(
                    "Ce secret est dans la ligne de commande, donc dans l’historique du shell : en demander un autre.",
                    "This secret stands on the command line, and so in the history of the shell: ask for another.",
                );
                return Err(ExitCode::from(MISSING));
            }
            if answer.blind {
                let second = terminal.ask_hidden(again).await.map_err(|silence| self.silent(silence))?;
                if !same(second.line.expose().trim(), secret.expose()) {
                    self.lang.warn("Les deux diffèrent.", "The two differ.");
                    continue;
                }
            }
            return match terminal.rest() {
                0 => Ok(secret),
                rest => {
                    self.lang.warn(
                        format_args!("L’entrée a {rest} ligne(s) de trop : rien n’a été confié à personne."),
                        format_args!("The input has {rest} line(s) too many: nothing was given to anybody."),
                    );
                    Err(ExitCode::from(MISSING))
                }
            };
        }
    }

    /// The secrets that this must not be; one's own environment is where the same secret may be in place already.
    fn known(&self) -> Vec<Known> {
        if self.args.sandbox {
            return Vec::new();
        }
        let dossier = &self.kept.dossier;
        let sandbox = self.kept.folder.join(dossier.value(SANDBOX_CONFIGURATION).unwrap_or_default());
        let folders = [self.folder.as_path(), sandbox.parent().unwrap_or(Path::new(""))];
        known::here(folders, dossier.value(SANDBOX_ENV), self.delivery.host != Host::Environment)
    }

    /// Hands the secret over, again if need be: it is not typed twice for a program that was not ready.
    async fn hand(
        &self,
        terminal: &mut Terminal,
        program: &Path,
        command: &[String],
        secret: &Secret,
    ) -> Result<(), ExitCode> {
        let form = match self.args.form {
            Written::Value => Form::Value,
            Written::Line => Form::Line,
            Written::Patch => Form::Patch,
        };
        let written = form.of(self.variable(), secret);
        loop {
            self.lang.warn(
                format_args!("→ {} (le secret par son entrée standard)", command.join(" ")),
                format_args!("→ {} (the secret on its standard input)", command.join(" ")),
            );
            match hand::over(program, command, self.place(), &written, terminal, self.lang).await {
                Handed::Over => return Ok(()),
                Handed::Stopped(status) => {
                    let program = program.display();
                    self.lang.warn(
                        format_args!("Interrompu : {program} a peut-être déjà pris le secret. Le vérifier chez l’hébergeur, ou recommencer."),
                        format_args!("Interrupted: {program} may have taken the secret already. See at the host, or begin again."),
                    );
                    return Err(ExitCode::from(status));
                }
                Handed::Not if !terminal.is_interactive() => return Err(ExitCode::from(MISSING)),
                Handed::Not => {}
            }
            let question = self.lang.pick(
                "Le secret est encore en mémoire. Corriger (npm install ? npx wrangler login ?), puis réessayer ? (o/n) ",
                "The secret is still in memory. Mend it (npm install? npx wrangler login?), then try again? (y/n) ",
            );
            if !self.agrees(terminal, question).await? {
                return Err(ExitCode::from(MISSING));
            }
        }
    }

    /// Whether the person says yes.
    async fn agrees(&self, terminal: &mut Terminal, question: &str) -> Result<bool, ExitCode> {
        let answer = terminal.ask(question).await.map_err(|silence| self.silent(silence))?;
        Ok(matches!(answer.expose().trim().to_lowercase().as_str(), "o" | "oui" | "y" | "yes"))
    }

    /// What comes next.
    fn told(&self) -> Result<(), ExitCode> {
        let variable = self.variable();
        self.lang.say(format_args!("{variable} est entré."), format_args!("{variable} is entered."));
        if self.args.next {
            let secret = self.delivery.secret;
            let removal = self.delivery.host.removal(variable).filter(|_| self.args.program.is_empty());
            let how = removal.map(|command| format!(" ({})", command.join(" "))).unwrap_or_default();
            self.lang.say(
                format_args!("Quand le journal dit token.next_secret : journey enter sans --next, le même secret pour {secret}, puis retirer {variable}{how}."),
                format_args!("Once the log says token.next_secret: journey enter without --next, the same secret for {secret}, then remove {variable}{how}."),
            );
        }
        if !self.args.sandbox {
            record::delivered(self);
        }
        if !self.args.sandbox && !self.args.next {
            self.lang.say(
                "Ensuite : déployer, puis journey live, qui regarde le déploiement du dehors.",
                "Next: deploy, then journey live, which looks at the deployment from outside.",
            );
        }
        Ok(())
    }

    /// Tells why something typed cannot stand.
    fn refuse(&self, what: &str, words: &crate::journey::Words) -> ExitCode {
        self.lang.warn(format_args!("{what} {}", words.fr), format_args!("{what} {}", words.en));
        ExitCode::from(MISSING)
    }

    /// Why nothing was typed, as a status.
    fn silent(&self, silence: Silence) -> ExitCode {
        match silence {
            Silence::Stopped(status) => {
                self.lang.warn("Arrêté : rien n’est entré.", "Stopped: nothing is entered.");
                return ExitCode::from(status);
            }
            Silence::Ended => self.lang.warn(
                "L’entrée s’arrête là : rien n’est entré.",
                "The input ends here: nothing is entered.",
            ),
            Silence::Odd => self.lang.warn(
                "Ce qui a été saisi n’est pas une ligne de texte : rien n’est entré.",
                "What was typed is no line of text: nothing is entered.",
            ),
            Silence::Failed(error) => self.lang.warn(
                format_args!("Le terminal ne se laisse pas rendre muet ({error}) : rien n’est demandé. Passer par l’entrée standard."),
                format_args!("The terminal cannot be made mute ({error}): nothing is asked for. Use standard input."),
            ),
        }
        ExitCode::from(MISSING)
    }
}
