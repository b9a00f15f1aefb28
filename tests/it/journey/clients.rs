//! Which client `journey qualify` takes for the service: that of the options, else that of the configuration which the
//! dossier names for this address, else the ready one. The service is not there, so that each run ends at once.

use std::process::Command;

use crate::cli::text;
use crate::native_support::Folder;

const SECRET: &str = "secret-de-la-configuration-qui-ne-protege-personne";
const DOSSIER: &str = r#"
[sandbox]
configuration = "wrangler.toml"
wrangler_env = "staging"

[production]
configuration = "spin.toml"
"#;
const SPIN: &str = r#"
[variables]
public_url = { default = "http://spin.localhost:1" }
fc_client_id = { default = "client-de-spin" }
fc_client_secret = { default = "", secret = true }

[component.gate.variables]
public_url = "{{ public_url }}"
fc_client_id = "{{ fc_client_id }}"
fc_client_secret = "{{ fc_client_secret }}"
"#;

fn vars(url: &str, client: &str) -> String {
    format!("PUBLIC_URL = \"{url}\"\nFC_CLIENT_ID = \"{client}\"\nFC_PREFIX = \"/fc\"\n")
}

fn team() -> Folder {
    let folder = Folder::new();
    let (here, staging) = (
        vars("http://wrangler.localhost:1", "client-du-dossier"),
        vars("http://staging.localhost:1", "client-d-essai"),
    );
    folder.write("franceconnect.toml", DOSSIER).write("spin.toml", SPIN);
    folder.write("wrangler.toml", format!("[vars]\n{here}\n[env.staging.vars]\n{staging}"));
    folder.write(".dev.vars", format!("FC_CLIENT_SECRET='{SECRET}'\n"));
    folder
}

/// What the emulator for the service at `url` is told to expect; everything that was printed is checked for the secret.
fn told(folder: &Folder, url: &str, more: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command: Command = crate::cli::program(folder.path());
    command.args(["journey", "qualify", "--listen", "127.0.0.1:0", "--url", url]).args(more);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let (printed, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("pas de réponse"), "{error}");
    assert!(!printed.contains(SECRET) && !error.contains(SECRET), "{printed}{error}");
    printed
}

#[test]
fn the_client_is_that_of_the_configuration_at_this_address() {
    let folder = team();
    let in_spin = [("SPIN_VARIABLE_FC_CLIENT_SECRET", SECRET)];
    for (url, environment, id, callback) in [
        (
            "http://wrangler.localhost:1",
            &[][..],
            "client-du-dossier",
            "http://wrangler.localhost:1/fc/callback",
        ),
        ("http://staging.localhost:1/page", &[], "client-d-essai", "http://staging.localhost:1/fc/callback"),
        ("http://spin.localhost:1", &in_spin, "client-de-spin", "http://spin.localhost:1/auth/callback"),
    ] {
        let printed = told(&folder, url, &[], environment);
        assert!(printed.contains(&format!("FC_CLIENT_ID={id}\n")), "{id}:\n{printed}");
        assert!(printed.contains(&format!("redirect_uris: {callback}\n")), "{callback}:\n{printed}");
        assert!(!printed.contains("FC_CLIENT_SECRET"), "{printed}");
    }
    // Nobody gave a secret: that of the emulator is to be pasted, with the client of the configuration.
    let printed = told(&folder, "http://spin.localhost:1", &[], &[]);
    assert!(
        printed.contains("FC_CLIENT_ID=client-de-spin\nFC_CLIENT_SECRET=secret-de-l-emulateur"),
        "{printed}"
    );
}

#[test]
fn options_come_first_and_another_address_is_another_service() {
    let folder = team();
    let at = "http://wrangler.localhost:1";
    let printed = told(&folder, at, &["--client-id", "autre"], &[]);
    assert!(printed.contains("FC_CLIENT_ID=autre\n") && !printed.contains("client-du-dossier"), "{printed}");
    let clients = "[[client]]\nclient_id = \"du-fichier\"\nclient_secret = \"0123456789012345678901234567890123\"\n\
                   platform = \"FranceConnect\"\nname = \"Un service\"\nsite = \"http://wrangler.localhost:1/\"\n\
                   redirect_uris = [\"http://wrangler.localhost:1/retour\"]\n\
                   post_logout_redirect_uris = [\"http://wrangler.localhost:1/\"]\nid_token_signed_response_alg = \"ES256\"\n";
    folder.write("clients.toml", clients);
    let printed = told(&folder, at, &["--clients", "clients.toml"], &[]);
    assert!(
        printed.contains("FC_CLIENT_ID=du-fichier\n") && !printed.contains("client-du-dossier"),
        "{printed}"
    );
    let printed = told(&folder, "http://autre.localhost:1", &[], &[]);
    assert!(printed.contains("FC_CLIENT_ID=service-local\n"), "{printed}");
    std::fs::remove_file(folder.path().join("franceconnect.toml")).unwrap();
    let printed = told(&folder, at, &[], &[]);
    assert!(printed.contains("FC_CLIENT_ID=service-local\n"), "{printed}");
}

#[test]
fn a_dossier_that_is_named_must_be_there_and_be_sound() {
    let folder = team();
    folder.write("broken.toml", "[organisation]\nsiret = \"1\"\n");
    for (file, expected) in [
        ("absent.toml", "absent.toml n’existe pas encore"),
        ("broken.toml", "broken.toml:2 organisation, siret"),
    ] {
        let mut command = crate::cli::program(folder.path());
        let output = command
            .args(["journey", "qualify", "--url", "http://localhost:1", "--file", file])
            .output()
            .unwrap();
        let error = text(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(expected), "{error}");
    }
}
