//! `check`: everything at once, the line of each fault, no value of a secret.

use crate::cli::{program, text};
use crate::native_support::{Folder, KEY};

/// Runs `check` and returns its status and what it printed.
fn check(folder: &Folder, words: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let mut command = program(folder.path());
    command.arg("check").args(words).envs(environment.iter().copied());
    let output = command.output().unwrap();
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(!all.contains("hush") && !all.contains(KEY), "a secret was printed:\n{all}");
    (output.status.code().unwrap(), all)
}

fn assert_all(printed: &str, parts: &[&str]) {
    for part in parts {
        assert!(printed.contains(part), "{part:?} is missing from:\n{printed}");
    }
}

#[test]
fn a_wrangler_file_without_faults_leaves_the_secrets_to_set() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "name = \"site\"\n[assets]\nrun_worker_first = true\nhtml_handling = \"none\"\n\
         [vars]\nPUBLIC_URL = \"https://site.example.fr\"\nFC_CLIENT_ID = \"client\"\n",
    );
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 0, "{printed}");
    assert_all(
        &printed,
        &[
            "npx wrangler secret put FC_CLIENT_SECRET",
            "npx wrangler secret put FC_SESSION_KEYS",
            "Aucune erreur",
        ],
    );
}

#[test]
fn every_fault_of_a_wrangler_file_is_told_with_its_line() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "[assets]\n\
         directory = \"site\"\n\
         [vars]\n\
         PUBLIC_URL = \"https://site.example.fr/path\"\n\
         FC_CLIENTID = \"client\"\n\
         FC_SCOPES = 3\n\
         FC_CLIENT_SECRET = \"hush\"\n\
         FC_PREFIX = \"auth\"\n\
         OTHER = \"of another program\"\n",
    );
    let (status, printed) = check(&folder, &["--wrangler", "wrangler.toml"], &[]);
    assert_eq!(status, 1);
    assert_all(
        &printed,
        &[
            "run_worker_first",
            "html_handling",
            "PUBLIC_URL (wrangler.toml:4)",
            "FC_CLIENTID (wrangler.toml:5) n’est pas une variable connue ; vouliez-vous dire FC_CLIENT_ID ?",
            "FC_CLIENT_ID n’est pas renseignée",
            "FC_SCOPES (wrangler.toml:6)",
            "FC_CLIENT_SECRET (wrangler.toml:7) est un secret en clair",
            "FC_PREFIX (wrangler.toml:8)",
            "secret put FC_SESSION_KEYS",
        ],
    );
    assert!(!printed.contains("OTHER"));
    let (_, english) = check(&folder, &["--wrangler", "--lang", "en"], &[]);
    assert_all(&english, &["did you mean FC_CLIENT_ID?", "To set:"]);
}

#[test]
fn dev_vars_lie_over_wrangler_unless_it_is_for_a_deployment() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "[vars]\nPUBLIC_URL = \"https://site.example.fr\"\nFC_CLIENT_ID = \"client\"\n",
    );
    folder.write(
        ".dev.vars",
        format!(
            "FC_CLIENT_SECRET=hush\nFC_SESSION_KEYS='{KEY}'\nPUBLIC_URL=nonsense\nFC_NONSENSE_HERE=1\nwhat\n"
        ),
    );
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1);
    assert_all(
        &printed,
        &[
            "PUBLIC_URL (.dev.vars:3)",
            "FC_NONSENSE_HERE (.dev.vars:4) n’est pas une variable connue",
            ".dev.vars:5",
        ],
    );
    assert!(!printed.contains("secret put"), "{printed}");
    let (status, printed) = check(&folder, &["--wrangler", "--deploy"], &[]);
    assert_eq!(status, 0, "{printed}");
    assert!(!printed.contains(".dev.vars"));
}

#[test]
fn an_environment_of_wrangler_has_its_own_variables() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "[vars]\nPUBLIC_URL = \"https://site.example.fr\"\nFC_CLIENT_ID = \"client\"\n\
         [env.staging.vars]\nPUBLIC_URL = \"https://staging.example.fr\"\n",
    );
    let (status, printed) = check(&folder, &["--wrangler", "--env", "staging"], &[]);
    assert_eq!(status, 1, "FC_CLIENT_ID is not inherited");
    assert_all(&printed, &["FC_CLIENT_ID", "npx wrangler secret put FC_CLIENT_SECRET --env staging"]);
    let (status, printed) = check(&folder, &["--wrangler", "--env", "production"], &[]);
    assert_eq!(status, 1);
    assert_all(&printed, &["[env.production]", "staging"]);
}

#[test]
fn a_file_that_cannot_be_read_is_status_2() {
    let folder = Folder::new();
    assert_eq!(check(&folder, &["--wrangler"], &[]).0, 2);
    assert_eq!(check(&folder, &["--spin", "absent.toml"], &[]).0, 2);
    folder.write("wrangler.toml", "[vars]\nA = \"1\"\nFC_CLIENT_SECRET = \"hush\n");
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 2);
    assert_all(&printed, &["wrangler.toml:3"]);
    folder.write("wrangler.toml", b"\xff");
    assert_eq!(check(&folder, &["--wrangler"], &[]).0, 2);
}

const SPIN: &str = r#"spin_manifest_version = 2
[variables]
public_url = { default = "http://localhost:3000" }
fc_client_id = { required = true }
fc_client_secret = { required = true, secret = true }
fc_session_keys = { required = true, secret = true }
fc_scopes = { default = "openid" }
[component.other.variables]
thing = "1"
[component.edge]
allowed_outbound_hosts = ["https://fcp-low.sbx.dev-franceconnect.fr:443"]
[component.edge.variables]
public_url = "{{ public_url }}"
fc_client_id = "{{ fc_client_id }}"
fc_client_secret = "{{ fc_client_secret }}"
fc_session_keys = "{{ fc_session_keys }}"
fc_scopes = "{{ fc_scopes }}"
"#;

#[test]
fn a_spin_file_is_filled_from_its_defaults_and_the_environment() {
    let folder = Folder::new();
    folder.write("spin.toml", SPIN);
    let (status, printed) = check(&folder, &["--spin"], &[]);
    assert_eq!(status, 1, "a required variable that is no secret has to be given to be judged");
    assert_all(&printed, &["FC_CLIENT_ID", "SPIN_VARIABLE_FC_CLIENT_SECRET", "fc_session_keys="]);
    let (status, printed) = check(&folder, &["--spin"], &[("SPIN_VARIABLE_FC_CLIENT_ID", "client")]);
    assert_eq!(status, 0, "{printed}");
    assert_all(&printed, &["SPIN_VARIABLE_FC_SESSION_KEYS"]);
    let all = [
        ("SPIN_VARIABLE_FC_CLIENT_ID", "client"),
        ("SPIN_VARIABLE_FC_CLIENT_SECRET", "hush"),
        ("SPIN_VARIABLE_FC_SESSION_KEYS", KEY),
    ];
    let (status, printed) = check(&folder, &["--spin"], &all);
    assert_eq!(status, 0, "{printed}");
    assert!(!printed.contains("À poser"));
    let broken = [("SPIN_VARIABLE_FC_SESSION_KEYS", "hush"), ("SPIN_VARIABLE_PUBLIC_URL", "hush")];
    let (status, printed) = check(&folder, &["--spin"], &broken);
    assert_eq!(status, 1);
    assert_all(&printed, &["PUBLIC_URL (spin.toml:13)", "FC_SESSION_KEYS (spin.toml:16)"]);
}

#[test]
fn a_spin_file_that_keeps_secrets_or_loses_variables_is_told_so() {
    let folder = Folder::new();
    let leaking = SPIN
        .replace(
            "fc_client_secret = { required = true, secret = true }",
            "fc_client_secret = { default = \"hush\" }",
        )
        .replace("fc_scopes = \"{{ fc_scopes }}\"\n", "fc_scop = \"openid\"\n");
    folder.write("spin.toml", leaking);
    let (status, printed) = check(&folder, &["--spin"], &[]);
    assert_eq!(status, 1);
    assert_all(
        &printed,
        &[
            "FC_CLIENT_SECRET (spin.toml:5) est un secret en clair",
            "secret = true",
            "FC_SCOPES (spin.toml:7) est déclarée mais pas donnée",
            "FC_SCOP (spin.toml:17) n’est pas une variable connue ; vouliez-vous dire FC_SCOPES ?",
        ],
    );
    folder.write("spin.toml", "spin_manifest_version = 2\n[component.a]\nsource = \"a.wasm\"\n");
    assert_eq!(check(&folder, &["--spin"], &[]).0, 1);
}

#[test]
fn a_spin_file_must_allow_calls_to_its_provider() {
    let folder = Folder::new();
    let hosts = "allowed_outbound_hosts = [\"https://fcp-low.sbx.dev-franceconnect.fr:443\"]";
    for (replaced, allowed) in [
        (hosts, true),
        ("allowed_outbound_hosts = [\"https://other.example\", \"https://*.dev-franceconnect.fr\"]", true),
        ("allowed_outbound_hosts = [\"{{ given_elsewhere }}\"]", true),
        ("allowed_outbound_hosts = [\"{{ public_url }}\"]", false),
        ("allowed_outbound_hosts = []", false),
        ("", false),
    ] {
        folder.write("spin.toml", SPIN.replace(hosts, replaced));
        let (status, printed) = check(&folder, &["--spin"], &[("SPIN_VARIABLE_FC_CLIENT_ID", "client")]);
        assert_eq!(status, i32::from(!allowed), "{replaced}: {printed}");
        assert_eq!(printed.contains("allowed_outbound_hosts"), !allowed, "{printed}");
    }
}

#[test]
fn what_to_declare_is_printed_and_a_deployment_has_a_public_address() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "[vars]\nPUBLIC_URL = \"http://localhost:8787\"\nFC_CLIENT_ID = \"client\"\n",
    );
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 0, "{printed}");
    assert_all(
        &printed,
        &[
            "redirect_uri http://localhost:8787/auth/callback",
            "post_logout_redirect_uri http://localhost:8787/auth/logout/callback",
        ],
    );
    let (status, printed) = check(&folder, &["--wrangler", "--deploy"], &[]);
    assert_eq!(status, 1);
    assert_all(&printed, &["PUBLIC_URL (wrangler.toml:2) est une adresse de cette machine"]);
}

#[test]
fn the_environment_is_judged_as_serve_would_read_it() {
    let folder = Folder::new();
    folder.write(".dev.vars", "FC_CLIENT_SECRET=hush\nFC_CLIENT_ID=client\n");
    let (status, printed) = check(&folder, &[], &[("PUBLIC_URL", "https://site.example.fr")]);
    assert_eq!(status, 1, "nothing else can set a secret here");
    assert_all(&printed, &["FC_SESSION_KEYS : export FC_SESSION_KEYS=…"]);
    let set = [
        ("PUBLIC_URL", "https://site.example.fr"),
        ("FC_SESSION_KEYS", KEY),
        ("FC_DEBUG", "1"),
        ("FC_PROTECTED_PATH", "/x"),
    ];
    let (status, printed) = check(&folder, &[], &set);
    assert_eq!(status, 0, "{printed}");
    assert_all(
        &printed,
        &["FC_PROTECTED_PATH n’est pas une variable connue ; vouliez-vous dire FC_PROTECTED_PATHS ?"],
    );
    assert!(!printed.contains("FC_DEBUG"), "a variable of fontconfig");
}

#[test]
fn the_files_of_this_repository_lack_only_what_a_service_brings() {
    let folder = Folder::new();
    for name in ["wrangler.toml", "spin.toml"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        folder.write(name, std::fs::read(path).unwrap());
    }
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1);
    assert_all(&printed, &["Erreurs (1) :", "FC_CLIENT_ID"]);
    folder.write(".dev.vars", "FC_CLIENT_ID=client\n");
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 0, "{printed}");
    let (status, printed) = check(&folder, &["--spin"], &[]);
    assert_eq!(status, 1);
    assert_all(&printed, &["Erreurs (1) :", "FC_CLIENT_ID"]);
    let (status, printed) = check(&folder, &["--spin"], &[("SPIN_VARIABLE_FC_CLIENT_ID", "client")]);
    assert_eq!(status, 0, "{printed}");
    assert!(!printed.contains("Remarques"), "{printed}");
    let production =
        [("SPIN_VARIABLE_FC_CLIENT_ID", "client"), ("SPIN_VARIABLE_FC_ENVIRONMENT", "production")];
    let (status, printed) = check(&folder, &["--spin"], &production);
    assert_eq!(status, 1, "the host that may be called is still the sandbox's");
    assert_all(&printed, &["allowed_outbound_hosts", "https://oidc.franceconnect.gouv.fr"]);
}

#[test]
fn franceconnect_plus_is_added_to_them_by_the_lines_that_are_there() {
    let folder = Folder::new();
    // The lines that are commented out, in the place of the one that they give another value.
    for (name, start) in [("wrangler.toml", "# FC_"), ("spin.toml", "# fc_protected_paths = ")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.lines().any(|line| line.starts_with(start)), "{name}");
        let lines = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(bare) if line.starts_with(start) => bare,
            _ if line.to_lowercase().starts_with("fc_protected_paths = ") && !line.contains("{{") => "",
            _ => line,
        });
        folder.write(name, lines.collect::<Vec<_>>().join("\n"));
    }
    // A level without a client that gives it is a fault.
    folder.write(".dev.vars", "FC_CLIENT_ID=client\n");
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1);
    assert_all(&printed, &["Erreurs (1) :", "FC_PROTECTED_PATHS (wrangler.toml:"]);
    // FranceConnect+ takes no address of this machine.
    let site = "https://famille.example.fr";
    folder.write(".dev.vars", format!("FC_CLIENT_ID=client\nFC_PLUS_CLIENT_ID=plus\nPUBLIC_URL={site}\n"));
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 0, "{printed}");
    for secret in ["FC_PLUS_CLIENT_SECRET", "FC_PRIVATE_KEYS"] {
        assert_all(&printed, &[&format!("{secret} : npx wrangler secret put {secret}")]);
    }
    let clients = [
        ("SPIN_VARIABLE_FC_CLIENT_ID", "client"),
        ("SPIN_VARIABLE_PUBLIC_URL", site),
        ("SPIN_VARIABLE_FC_PLUS_CLIENT_ID", "plus"),
    ];
    let (status, printed) = check(&folder, &["--spin"], &clients[..2]);
    assert_eq!((status, printed.contains("FC_PROTECTED_PATHS (spin.toml:")), (1, true), "{printed}");
    let (status, printed) = check(&folder, &["--spin"], &clients);
    assert_eq!(status, 0, "{printed}");
}

#[test]
fn spin_gives_the_component_every_variable_there_is() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("spin.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let given = manifest["component"]["franceconnect-edge"]["variables"].as_table().unwrap();
    for variable in franceconnect_edge::config::VARIABLES {
        let name = variable.name.to_lowercase();
        assert!(given.contains_key(&name), "{name} cannot be set on Spin");
        assert!(manifest["variables"].as_table().unwrap().contains_key(&name), "{name} has no default");
    }
}

#[test]
fn files_of_rules_beside_the_pages_are_refused() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "name = \"site\"\n[assets]\ndirectory = \"site\"\nrun_worker_first = true\nhtml_handling = \"none\"\n\
         [vars]\nPUBLIC_URL = \"https://site.example.fr\"\nFC_CLIENT_ID = \"client\"\n",
    );
    folder.write("site/_redirects", "/open /prive/index.html 200\n");
    folder.write("site/_headers", "/*\n  Access-Control-Allow-Origin: *\n");
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1, "{printed}");
    assert_all(&printed, &["site/_redirects", "site/_headers"]);
}

#[test]
fn a_local_address_and_the_addresses_to_declare_are_told_before_the_rest_is_right() {
    let folder = Folder::new();
    folder.write(
        "wrangler.toml",
        "name = \"site\"\n[assets]\nrun_worker_first = true\nhtml_handling = \"none\"\n\
         [vars]\nPUBLIC_URL = \"http://localhost:8787\"\nFC_SCOPES = \"email\"\nFC_PREFIX = \"/compte\"\n",
    );
    let (status, printed) = check(&folder, &["--wrangler", "--deploy"], &[]);
    assert_eq!(status, 1, "{printed}");
    assert_all(
        &printed,
        &["FC_CLIENT_ID", "FC_SCOPES", "PUBLIC_URL", "http://localhost:8787/compte/logout/callback"],
    );
}
