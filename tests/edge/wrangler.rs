//! The Worker as people run it: `npx wrangler`, on the unchanged `wrangler.toml`, its build command and all.
//! The other conversations with it skip wrangler's build and proxies (see `cloudflare.mjs`).

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use franceconnect_edge::emulator::Product;

use crate::http::Request;
use crate::platform::Platform;
use crate::process::{Process, free_port, project};
use crate::provider::{Emulator, Registration};
use crate::secrets;
use crate::world::variables;

/// Each of its runs builds into the same folder.
static BUILDING: Mutex<()> = Mutex::new(());

/// What `npx wrangler` runs, with the tools its build command needs, as a machine has them that ran it before.
/// (`npx` itself would not pass on the signal that ends it.)
fn wrangler(words: &[&str]) -> Command {
    const SCRIPT: &str = "source scripts/tools && need_wasm_targets && need_node_modules && need_wasm_bindgen \
                          && need_worker_build && export CARGO_INSTALL_ROOT=$TOOLS && exec wrangler \"$@\"";
    let mut command = Command::new("bash");
    command.current_dir(project()).args(["-c", SCRIPT, "wrangler"]).args(words);
    command.envs([("WRANGLER_SEND_METRICS", "false"), ("CI", "true"), ("NO_COLOR", "1")]);
    command.env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    command.env("WRANGLER_LOG_PATH", crate::process::logs().join("wrangler"));
    command
}

fn fresh_folder(name: &str) -> PathBuf {
    let folder = crate::process::logs().join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

pub fn deploys_dry() {
    deploys("", "http://localhost:8787");
}

/// An environment inherits neither variables nor namespaces: what is forgotten there is seen here.
pub fn deploys_staging_and_production_dry() {
    deploys("staging", "https://staging.my-service.fr");
    deploys("production", "https://my-service.fr");
}

fn deploys(environment: &str, public_url: &str) {
    let _alone = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = fresh_folder(&format!("wrangler-deploy-{environment}"));
    let mut command = wrangler(&["deploy", "--dry-run", "--outdir"]);
    let output = command.arg(&folder).arg(format!("--env={environment}")).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains(public_url), "another PUBLIC_URL than {public_url}:\n{said}");
    assert!(!said.contains("WARNING"), "{said}");
    for binding in ["env.FC_KV", "env.ASSETS", "env.PUBLIC_URL", "env.FC_ENVIRONMENT"] {
        assert!(said.contains(binding), "{binding} is not among the bindings:\n{said}");
    }
    let uploaded = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let uploaded: Vec<String> = uploaded.map(|name| name.to_string_lossy().into_owned()).collect();
    assert!(uploaded.iter().any(|name| name.ends_with(".wasm")), "{uploaded:?}");
    assert!(uploaded.iter().any(|name| name == "index.js"), "{uploaded:?}");
}

pub fn dev_lets_a_person_in_and_out_again() {
    let _alone = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let port = free_port();
    let site = format!("http://localhost:{port}");
    let emulator = Emulator::start("wrangler", &site, Product::Standard, Registration::default());
    let mut variables = variables(&site);
    variables.insert("FC_ENVIRONMENT", "emulator".to_owned());
    variables.insert("FC_ISSUER", emulator.issuer.clone());
    let mut command = wrangler(&["dev", "--local", "--ip", "127.0.0.1", "--inspector-port", "0"]);
    command.args(["--port", &port.to_string(), "--show-interactive-dev-session=false", "--persist-to"]);
    command.arg(fresh_folder("wrangler-state"));
    for (name, value) in &variables {
        command.args(["--var", &format!("{name}:{value}")]);
    }
    let mut process = Process::start("wrangler", command);
    secrets::watch(Platform::Cloudflare, process.log());
    process.wait_for("answer on its port", |_| {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
        (Request::new("GET", format!("{site}/auth/style.css")).send().status == 200).then_some(())
    });

    let mut browser = crate::browser::Browser::new(&site);
    assert_eq!(browser.get("/prive/").location(), "/auth/login?return_to=%2Fprive%2F");
    let landed = browser.log_in("test");
    assert_eq!((landed.status, landed.location()), (303, "/prive/"), "{}", landed.text());
    assert_eq!(emulator.take_calls(), ["jwks", "token", "userinfo"]);
    assert_eq!(browser.get("/prive/").body, crate::site("prive/index.html"));
    assert_eq!(browser.get("/prive").location(), "/prive/");
    assert_eq!(browser.fetch("/auth/session").json()["name"], "Angela DUBOIS");
    assert_eq!(browser.get("/absent").body, crate::site("404.html"));
    let left = browser.post("/auth/logout", "");
    let back = browser.walk(left.location(), "");
    assert_eq!(browser.get(&back).location(), "/deconnecte");
    assert_eq!(browser.get("/prive/").status, 303);
}
