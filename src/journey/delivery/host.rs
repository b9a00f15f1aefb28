//! Decides which program takes a secret on its standard input, by who runs the configuration, and what to do where none
//! does.

use crate::journey::Words;

/// Who runs a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Cloudflare, by this file and this environment of it.
    Wrangler(String, Option<String>),
    /// Whoever runs Spin.
    Spin,
    /// A program of one's own.
    Environment,
}

impl Host {
    /// The host of a configuration as the dossier names it.
    pub fn of(file: &str, env: Option<&str>) -> Self {
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        match file {
            "environment" => Self::Environment,
            _ if name.starts_with("spin") => Self::Spin,
            _ => Self::Wrangler(name.to_owned(), env.map(str::to_owned)),
        }
    }

    /// The command that keeps `variable`, its value on standard input, where the host has one.
    pub fn command(&self, variable: &str) -> Option<Vec<String>> {
        self.secret("put", variable)
    }

    /// The command that removes it, where the host has one.
    pub fn removal(&self, variable: &str) -> Option<Vec<String>> {
        self.secret("delete", variable)
    }

    fn secret(&self, what: &str, variable: &str) -> Option<Vec<String>> {
        let Self::Wrangler(file, env) = self else { return None };
        // Without a terminal npx fetches what is not installed and asks nobody: a secret goes to no program but one's own.
        let mut command =
            ["npx", "--no", "--", "wrangler", "secret", what, variable].map(str::to_owned).to_vec();
        if file != "wrangler.toml" {
            command.extend(["--config".to_owned(), file.clone()]);
        }
        match env {
            Some(env) => command.extend(["--env".to_owned(), env.clone()]),
            // Said even of the top level, or CLOUDFLARE_ENV (of the environment, or of .env) would choose another one.
            None => command.push("--env=".to_owned()),
        }
        Some(command)
    }

    /// Where the `client_id` stands, and the line to write there.
    pub fn line(&self, variable: &str, id: &str) -> (Words, String) {
        match self {
            Self::Wrangler(file, env) => {
                let table = env.as_ref().map_or("[vars]".to_owned(), |env| format!("[env.{env}.vars]"));
                (
                    Words::new(format!("{file}, {table}"), format!("{file}, {table}")),
                    format!("{variable} = \"{id}\""),
                )
            }
            Self::Spin => (
                Words::new(
                    "le fichier d’environnement de Spin (deploy/spin/production.env), ou spinapp.yaml",
                    "the environment file of Spin (deploy/spin/production.env), or spinapp.yaml",
                ),
                format!("SPIN_VARIABLE_{variable}=\"{id}\""),
            ),
            Self::Environment => (
                Words::new("l’environnement du programme", "the environment of the program"),
                format!("{variable}=\"{id}\""),
            ),
        }
    }

    /// What to do where the host itself takes secrets only where they show.
    pub fn recipes(&self, variable: &str) -> Vec<Words> {
        let lower = variable.to_lowercase();
        let own = |fr: &str, en: &str, command: String| {
            Words::new(
                format!("  {fr} :\n    journey enter {command}"),
                format!("  {en}:\n    journey enter {command}"),
            )
        };
        let why = match self {
            Self::Wrangler(..) => return Vec::new(),
            Self::Spin => Words::new(
                "Spin ne prend de secret que d’un coffre, de l’environnement ou d’un argument (spin up --variable, spin cloud variables set), que ps montre à toute la machine : le confier à un coffre, en ajoutant son programme à la commande.",
                "Spin takes a secret from a store, the environment or an argument (spin up --variable, spin cloud variables set), which ps shows to the whole machine: give it to a store, whose program you add to the command.",
            ),
            Self::Environment => Words::new(
                "Un programme lit son secret dans son environnement, et il faut bien qu’il y vienne de quelque part : le confier à un coffre, en ajoutant son programme à la commande.",
                "A program reads its secret from its environment, and it must come there from somewhere: give it to a store, whose program you add to the command.",
            ),
        };
        vec![
            why,
            own(
                "Vault, comme deploy/spin/runtime.toml le lit",
                "Vault, as deploy/spin/runtime.toml reads it",
                format!("-- vault kv put -mount=secret franceconnect-edge/{lower} value=-"),
            ),
            own(
                "Kubernetes, une clé du Secret de deploy/kubernetes",
                "Kubernetes, a key of the Secret of deploy/kubernetes",
                "--form patch -- kubectl patch secret franceconnect-edge --patch-file=/dev/stdin".to_owned(),
            ),
            own(
                "systemd, chiffré pour cette machine (LoadCredentialEncrypted=)",
                "systemd, encrypted for this machine (LoadCredentialEncrypted=)",
                format!("-- systemd-creds encrypt --name={lower} - /etc/credstore.encrypted/{lower}"),
            ),
            own("pass", "pass", format!("-- pass insert --multiline franceconnect/{lower}")),
        ]
    }
}
