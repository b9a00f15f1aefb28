//! The origins of `examples/origin`, each run as its first lines say: they believe what the gate tells them of a
//! visitor, and nothing else.

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::http::{Answer, Request};
use crate::keys;
use crate::platform::{Platform, clean};
use crate::process::{Process, free_port, logs, project};
use crate::world::World;

const AUDIENCE: &str = "https://app.internal";
const KID: &str = "assertion-2026";

/// What an example is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Node,
    Python,
    Php,
}

impl Language {
    const ALL: [Self; 3] = [Self::Node, Self::Python, Self::Php];

    fn command(self, port: u16) -> Command {
        match self {
            Self::Node => {
                let mut command = clean("node");
                command.arg("examples/origin/node/origin.mjs");
                command
            }
            Self::Python => {
                let python = tools().join("origin-python/bin/python");
                assert!(python.exists(), "{} is missing; scripts/tools origins", python.display());
                let mut command = clean(python);
                command.arg("examples/origin/python/origin.py");
                command
            }
            Self::Php => {
                let mut command = clean("php");
                let cache = logs().join(format!("php-{port}"));
                std::fs::create_dir_all(&cache).unwrap();
                command.args(["-S", &format!("127.0.0.1:{port}"), "examples/origin/php/origin.php"]);
                command.env("CACHE", cache);
                command
            }
        }
    }

    /// An origin of `gate` at this port.
    fn start(self, gate: &str, audience: &str, port: u16) -> Process {
        let mut command = self.command(port);
        command.envs([("GATE", gate), ("AUDIENCE", audience), ("PORT", &port.to_string())]);
        let mut process = Process::start(&format!("origin-{self:?}").to_lowercase(), command);
        process.wait_for("answer on its port", |_| std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        process
    }
}

/// Where `scripts/tools` installs.
fn tools() -> PathBuf {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("FRANCECONNECT_EDGE_TOOLS").unwrap_or_else(|| {
        let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")));
        cache.unwrap_or_else(|| project().join("artefacts")).join("franceconnect-edge")
    })
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signed with the key of the service that has this name.
fn signed(header: &Value, claims: &Value, kid: &str) -> String {
    let secret = URL_SAFE_NO_PAD.decode(keys::key("ES256", kid)["d"].as_str().unwrap()).unwrap();
    let text = format!("{}.{}", part(header), part(claims));
    let signature: Signature = SigningKey::from_slice(&secret).unwrap().sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn with(value: &Value, name: &str, new: Value) -> Value {
    let mut changed = value.clone();
    if new.is_null() {
        changed.as_object_mut().unwrap().remove(name);
    } else {
        changed[name] = new;
    }
    changed
}

/// Assertions that are none, and why.
fn refused(header: &Value, good: &Value, now: u64) -> Vec<(String, String)> {
    let jwt = signed(header, good, KID);
    let pieces: Vec<&str> = jwt.split('.').collect();
    let (text, signature) = (format!("{}.{}", pieces[0], pieces[1]), pieces[2]);
    let none = format!("{}.{}", part(&with(header, "alg", json!("none"))), pieces[1]);
    let shared = format!("{}.{}", part(&with(header, "alg", json!("HS256"))), pieces[1]);
    let public = keys::key("ES256", KID)["x"].as_str().unwrap().to_owned();
    let mac = ring::hmac::sign(
        &ring::hmac::Key::new(ring::hmac::HMAC_SHA256, public.as_bytes()),
        shared.as_bytes(),
    );
    let mut rows = vec![
        ("nothing".to_owned(), String::new()),
        ("no token".to_owned(), "Bearer secret".to_owned()),
        ("three words".to_owned(), "a.b.c".to_owned()),
        ("alg none".to_owned(), format!("{none}.")),
        ("alg none with a signature".to_owned(), format!("{none}.{signature}")),
        (
            "HS256 with the public key".to_owned(),
            format!("{shared}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref())),
        ),
        ("a signature cut short".to_owned(), format!("{text}.{}", &signature[..40])),
        ("a signature of zeros".to_owned(), format!("{text}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
        ("no signature".to_owned(), format!("{text}.")),
        ("another key under our name".to_owned(), signed(header, good, "stranger")),
        (
            "a name that is not published".to_owned(),
            signed(&with(header, "kid", json!("stranger")), good, "stranger"),
        ),
        ("two at once".to_owned(), format!("{jwt}, {jwt}")),
    ];
    // Signed as it ought to be.
    for (why, name, value) in [
        ("another audience", "aud", json!("https://other.internal")),
        ("no audience", "aud", Value::Null),
        ("another gate", "iss", json!("https://other.example")),
        ("no issuer", "iss", Value::Null),
        ("expired", "exp", json!(now - 30)),
        ("without end", "exp", Value::Null),
        ("from the future", "iat", json!(now + 600)),
        ("nobody", "sub", Value::Null),
    ] {
        rows.push((why.to_owned(), signed(header, &with(good, name, value), KID)));
    }
    for name in good.as_object().unwrap().keys() {
        let bent = part(&with(good, name, json!(format!("{}x", good[name]))));
        rows.push((format!("a bent {name}"), format!("{}.{bent}.{signature}", pieces[0])));
    }
    rows
}

fn asked(port: u16, assertions: &[&str]) -> Answer {
    let request = Request::new("GET", format!("http://127.0.0.1:{port}/"));
    assertions.iter().fold(request, |request, assertion| request.with("FC-Assertion", *assertion)).send()
}

fn believes_the_gate_alone(language: Language) {
    let world = World::with(Platform::Native, "ES256", |variables| {
        variables.insert("FC_ASSERTION_KEYS", keys::set(&[("ES256", KID)]));
        variables.insert("FC_ASSERTION_AUDIENCE", AUDIENCE.to_owned());
    });
    let port = free_port();
    let origin = language.start(&world.site, AUDIENCE, port);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": KID });
    let good = json!({
        "iss": world.site, "aud": AUDIENCE, "sub": "b6048e95v1", "acr": "eidas1", "auth_time": now - 60,
        "idp": "https://provider.example", "sid": "session", "iat": now, "exp": now + 300,
    });
    let named = with(&with(&good, "given_name", json!("Zoë")), "family_name", json!("LE GOFFIC"));
    let welcome = |claims: &Value, greeting: &str| {
        let answer = asked(port, &[&signed(&header, claims, KID)]);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, greeting),
            "{language:?}: {}",
            origin.said()
        );
    };
    welcome(&good, "Bonjour b6048e95v1 (eidas1)\n");
    welcome(&named, "Bonjour Zoë LE GOFFIC (eidas1)\n");
    let nobody = |why: &str, answer: Answer| {
        assert_eq!(answer.status, 401, "{language:?}, {why}: {}", answer.text());
        assert_eq!(answer.text(), "Accès refusé / Access refused\n", "{language:?}, {why}");
    };
    nobody("no header", asked(port, &[]));
    let jwt = signed(&header, &good, KID);
    nobody("two headers", asked(port, &[&jwt, &jwt]));
    for (why, assertion) in refused(&header, &good, now) {
        nobody(&why, asked(port, &[&assertion]));
    }
    welcome(&good, "Bonjour b6048e95v1 (eidas1)\n");
}

pub fn node_believes_the_gate_alone() {
    believes_the_gate_alone(Language::Node);
}

pub fn python_believes_the_gate_alone() {
    believes_the_gate_alone(Language::Python);
}

pub fn php_believes_the_gate_alone() {
    believes_the_gate_alone(Language::Php);
}

/// A whole way: a browser, the gate on this platform, and the origin behind it.
pub fn behind_the_gate(platform: Platform) {
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}");
    let mut world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_ASSERTION_KEYS", keys::set(&[("ES256", KID)]));
        variables.insert("FC_ORIGIN", address.clone());
        variables.insert("FC_PROTECTED_PATHS", "/".to_owned());
        variables.insert("FC_OPTIONAL_PATHS", "/accueil".to_owned());
        variables.insert("FC_PUBLIC_PATHS", "/aide, /deconnecte".to_owned());
        variables.insert("FC_ASSERTION_CLAIMS", "given_name family_name".to_owned());
    });
    let welcome = "Bonjour Angela Claire Louise DUBOIS (eidas1)\n";
    let mut browser = world.browser();
    assert_eq!(browser.log_in("test").status, 303);
    for language in Language::ALL {
        crate::process::wait_until_free(port);
        let origin = language.start(&world.site, &address, port);
        browser.cookies().remove("fc_assertion");
        let answer = browser.get("/prive/");
        let context = format!("{platform:?} {language:?}: {}", origin.said());
        assert_eq!((answer.status, answer.text().as_str()), (200, welcome), "{context}");
        assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{context}");
        let carried = browser.cookies()["fc_assertion"].clone();
        for path in ["/accueil", "/prive/again?x=1"] {
            let answer = browser.get(path);
            assert_eq!((answer.status, answer.text().as_str()), (200, welcome), "{context}");
            assert_eq!(answer.get("set-cookie"), None, "signed once: {context}");
        }
        assert_eq!(browser.cookies()["fc_assertion"], carried);
        // Who is nobody, or says that they are somebody, or whose path asks for nobody, is nobody to the origin.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let claims = json!({ "iss": world.site, "aud": address, "sub": "x", "iat": now, "exp": now + 300 });
        let forged = signed(&json!({ "alg": "ES256", "typ": "JWT", "kid": KID }), &claims, KID);
        for name in ["FC-Assertion", "fc_assertion", "Fc-assertion"] {
            for path in ["/aide", "/accueil"] {
                let request = Request::new("GET", format!("{}{path}", world.site)).with(name, forged.clone());
                assert_eq!(request.send().status, 401, "{name} {path} {context}");
            }
        }
        assert_eq!(browser.get("/aide").status, 401, "{context}");
    }
    // Another key signs: what was carried is not handed out any more, and origins find the key.
    world.deploy(|variables| {
        let both = keys::set(&[("ES256", "assertion-2027"), ("ES256", KID)]);
        variables.insert("FC_ASSERTION_KEYS", both);
    });
    crate::process::wait_until_free(port);
    let _origin = Language::Node.start(&world.site, &address, port);
    let answer = browser.get("/prive/");
    assert_eq!((answer.status, answer.text().as_str()), (200, welcome));
    assert!(answer.get("set-cookie").is_some_and(|cookie| cookie.starts_with("fc_assertion=")));
}
