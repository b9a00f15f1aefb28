//! Of many services in one deployment the dossier names the one that it is about, and everything takes that one's values.

use crate::cli::{program, text};
use crate::native_support::Folder;

const DOSSIER: &str = "[service]\nname = \"Mairie\"\nlevel = \"eidas1\"\n\n[sandbox]\nconfiguration = \"wrangler.toml\"\npage = \"https://mairie.example.fr/\"\n";
const DOCUMENT: &str = r#"
[defaults]
FC_ENVIRONMENT = "sandbox"
FC_SCOPES = "openid given_name"

[services."mairie.example.fr"]
FC_CLIENT_ID = "client-de-la-mairie"
FC_CLIENT_SECRET = "$MAIRIE_SECRET"

[services."ecole.localhost:1"]
PUBLIC_URL = "http://ecole.localhost:1"
FC_CLIENT_ID = "client-de-l-ecole"
FC_CLIENT_SECRET = "$ECOLE_SECRET"
FC_SCOPES = "openid email"
"#;
const SECRET: &str = "secret-de-l-ecole-qui-ne-protege-personne-du-tout";

fn team(dossier: &str, wrangler: &str) -> Folder {
    let folder = Folder::new();
    folder.write("franceconnect.toml", format!("{DOSSIER}{dossier}"));
    folder.write("wrangler.toml", wrangler).write("services.toml", DOCUMENT);
    folder
}

fn run(folder: &Folder, words: &[&str]) -> (String, String) {
    let output =
        program(folder.path()).env("ECOLE_SECRET", SECRET).arg("journey").args(words).output().unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// The document as the configuration itself holds it.
fn held() -> String {
    let document = serde_json::json!({
        "services": {
            "mairie.example.fr": { "FC_CLIENT_ID": "client-de-la-mairie", "FC_SCOPES": "openid given_name" },
            "ecole.example.fr": { "FC_CLIENT_ID": "client-de-l-ecole" },
        },
    });
    format!("[vars]\nFC_ENVIRONMENT = \"sandbox\"\nFC_SERVICES = '{document}'\n")
}

#[test]
fn the_sheets_take_the_values_of_the_service_that_is_named() {
    let stored = "[vars]\nFC_SERVICES = \"store\"\n";
    for (dossier, wrangler) in [
        ("services = \"services.toml\"\nhost = \"mairie.example.fr\"\n", stored),
        // A secret of the platform is in no file.
        ("services = \"services.toml\"\nhost = \"MAIRIE.example.fr\"\n", "[vars]\n"),
        ("host = \"mairie.example.fr\"\n", held().as_str()),
    ] {
        let (printed, error) = run(&team(dossier, wrangler), &["sheet", "sandbox"]);
        assert!(printed.contains("https://mairie.example.fr/auth/callback"), "{printed}{error}");
        assert!(!printed.contains("FC_CLIENT_ID n’y est pas") && !printed.contains("ecole"), "{printed}");
        let (printed, _) = run(&team(dossier, wrangler), &["sheet", "habilitation"]);
        assert!(
            printed.contains("[mairie.example.fr] demande given_name, given_name_array, que [[data]]"),
            "{printed}"
        );
    }
}

#[test]
fn which_service_it_is_must_be_said_and_be_one() {
    for (dossier, wrangler, expected) in [
        (
            "",
            held().as_str(),
            "plusieurs services : dire duquel il s’agit, sandbox.host (ecole.example.fr, mairie.example.fr)",
        ),
        ("", "[vars]\nFC_SERVICES = \"store\"\n", "le nommer, sandbox.services"),
        ("services = \"services.toml\"\n", "[vars]\n", "sandbox.host (ecole.localhost:1, mairie.example.fr)"),
        ("host = \"lycee.example.fr\"\n", held().as_str(), "aucun service de ce nom (sandbox.host)"),
        ("host = \"mairie.example.fr\"\n", "[vars]\n", "le nommer, sandbox.services"),
        (
            "host = \"mairie.example.fr\"\n",
            "[vars]\nFC_SERVICES = \"[]\"\n",
            "FC_SERVICES n’est pas un document",
        ),
    ] {
        let (printed, error) = run(&team(dossier, wrangler), &["sheet", "sandbox"]);
        assert!(
            printed.contains("! wrangler.toml : ") && printed.contains(expected),
            "{expected}: {printed}{error}"
        );
    }
    let folder = team("services = \"absent.toml\"\nhost = \"a.fr\"\n", "[vars]\n");
    let (_, error) = run(&folder, &["sheet", "sandbox"]);
    assert!(error.contains("absent.toml illisible"), "{error}");
}

#[test]
fn the_acceptance_takes_its_client_and_init_asks_which_it_is() {
    let named = team("services = \"services.toml\"\nhost = \"ecole.localhost:1\"\n", "[vars]\n");
    let (printed, error) =
        run(&named, &["qualify", "--listen", "127.0.0.1:0", "--url", "http://ecole.localhost:1/"]);
    assert!(printed.contains("FC_CLIENT_ID=client-de-l-ecole\n"), "{printed}{error}");
    assert!(!printed.contains(SECRET) && !printed.contains("FC_CLIENT_SECRET"), "{printed}");

    let asked = |dossier: &str, wrangler: &str| {
        let folder = team(dossier, wrangler);
        let mut command = program(folder.path());
        let mut child = command
            .args(["journey", "init"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), "\n".repeat(90).as_bytes()).unwrap();
        let printed = text(&child.wait_with_output().unwrap().stdout);
        ["sandbox.services ?", "sandbox.host ?", "production.host ?"]
            .map(|question| printed.contains(question))
    };
    assert_eq!(asked("", &held()), [false, true, false]);
    assert_eq!(asked("", "[vars]\nFC_SERVICES = \"store\"\n"), [true, true, false]);
    assert_eq!(asked("services = \"services.toml\"\n", "[vars]\n"), [false, true, false]);
    assert_eq!(asked("host = \"mairie.example.fr\"\n", &held()), [false, false, false]);
}
