//! Many services in one deployment, which share all that they can: keys, client, secret, provider. Their names differ.

use std::time::{Duration, Instant};

use franceconnect_edge::config::{seal_services, services_entry};
use franceconnect_edge::emulator::Product;
use franceconnect_edge::host::native::Store;
use franceconnect_edge::secret::Chance;
use franceconnect_edge::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::browser::Browser;
use crate::http::{Answer, Request};
use crate::platform::{NATIVE_STORE, Platform, SERVICES_ENTRY, Variables};
use crate::process::{free_port, words};
use crate::provider::{Emulator, Registration};
use crate::world::{OTHER_KEY, SESSION_KEY, World, variables};

/// Logins at the same time.
const LOGINS: usize = 200;

/// A deployment of two services on this machine, and of as many others as wanted.
struct Two {
    world: World,
    mairie: String,
    ecole: String,
    port: u16,
}

impl Two {
    fn new(platform: Platform, others: usize) -> Self {
        Self::with(platform, others, |_, _| {})
    }

    fn with(platform: Platform, others: usize, change: impl FnOnce(&mut Variables, &Value)) -> Self {
        let port = free_port();
        let [mairie, ecole] = ["mairie", "ecole"].map(|name| format!("http://{name}.localhost:{port}"));
        let emulator = Emulator::start(
            platform.name(),
            &format!("{mairie} {ecole}"),
            Product::Standard,
            Registration::default(),
        );
        let mut services = Map::new();
        let mut variables = variables(&mairie);
        let own = json!({
            "FC_ENVIRONMENT": "emulator",
            "FC_ISSUER": emulator.issuer,
            "FC_CLIENT_SECRET": variables["FC_CLIENT_SECRET"],
        });
        for site in [&mairie, &ecole] {
            services.insert(site.replace("http://", ""), own.clone());
        }
        for number in 0..others {
            let client = json!({ "FC_CLIENT_ID": format!("client-{number}") });
            services.insert(format!("s{number}.example.fr"), client);
        }
        services.insert("broken.example.fr".to_owned(), json!({ "FC_SCOPES": "email" }));
        // Spin lets calls out to this alone; each service says its own.
        variables.insert("FC_ISSUER", emulator.issuer.clone());
        // And those at FranceConnect itself may not have it.
        let document = json!({ "version": 7, "defaults": { "FC_ISSUER": "" }, "services": services });
        variables.insert("FC_SERVICES", document.to_string());
        change(&mut variables, &document);
        let world = World::serve(platform, mairie.clone(), Some(emulator), &variables);
        Self { world, mairie, ecole, port }
    }

    /// What a visitor of `host` gets.
    fn ask(&self, host: &str, target: &str) -> Answer {
        Request::new("GET", format!("http://127.0.0.1:{}{target}", self.port)).with("host", host).send()
    }
}

/// The same browser, which takes what it holds of one site to another.
fn carried(from: &mut Browser, to: &str) -> Browser {
    let mut browser = Browser::new(to);
    *browser.cookies() = from.cookies().clone();
    browser
}

/// Nobody looks at the keys of one service because another one was visited first.
pub fn each_service_tells_of_its_own_old_keys(platform: Platform) {
    let two = Two::with(platform, 0, |variables, document| {
        let mut document = document.clone();
        for (at, service) in document["services"].as_object_mut().unwrap().values_mut().enumerate() {
            let key = [SESSION_KEY, OTHER_KEY][at % 2];
            service["FC_SESSION_KEYS"] = json!(format!("2020-01-{:02}.{key}", at + 1));
        }
        variables.insert("FC_SERVICES", document.to_string());
    });
    for site in [&two.mairie, &two.ecole, &two.mairie] {
        let host = site.strip_prefix("http://").unwrap();
        assert_eq!(two.ask(host, "/").status, 200);
        let line = two.world.line_with(&format!("\"service\":\"{host}\""));
        assert_eq!(line["code"].as_str(), Some("keys.old"), "{line:?}");
    }
}

pub fn each_name_of_a_thousand_is_a_site_of_its_own(platform: Platform) {
    let two = Two::new(platform, 1_000);
    for number in [0, 1, 500, 999] {
        let sent = two.ask(&format!("s{number}.example.fr"), "/auth/login");
        let location = sent.location();
        assert!(location.contains(&format!("client_id=client-{number}&")), "{location}");
        assert!(
            location.contains(&format!("redirect_uri=https%3A%2F%2Fs{number}.example.fr%2F")),
            "{location}"
        );
    }
    for (target, status) in [("/", 200), ("/auth/login", 303), ("/auth/nothing", 404)] {
        let public = two.ask("s500.example.fr", target);
        assert_eq!(
            (public.status, public.get("strict-transport-security")),
            (status, Some("max-age=31536000"))
        );
        let local = Request::new("GET", format!("{}{target}", two.mairie)).send();
        assert_eq!((local.status, local.get("strict-transport-security")), (status, None));
    }
    for host in ["S500.Example.FR", "s500.example.fr:443"] {
        let location = two.ask(host, "/auth/login").location().to_owned();
        // A login begins under the one name that the cookies are for.
        let hop = location.starts_with("https://s500.example.fr/auth/login?");
        assert!(hop || location.contains("client_id=client-500&"), "{host}: {location}");
    }
    let broken = two.ask("broken.example.fr", "/");
    assert!(broken.status == 503 && broken.text().contains("FC_SCOPES"), "{}", broken.text());
    for host in
        ["s1000.example.fr", "localhost", "mairie.localhost", "127.0.0.1", "s1.example.fr.evil.example"]
    {
        for target in ["/", "/prive/", "/auth/login", "/auth/callback?state=x&code=y", "/auth/jwks.json"] {
            let nowhere = two.ask(host, target);
            assert_eq!(nowhere.status, 421, "{host} {target}");
            let text = nowhere.text();
            assert!(
                !["client", "FC_", "example.fr", "mairie"].iter().any(|word| text.contains(word)),
                "{text}"
            );
            assert!(nowhere.all("set-cookie").is_empty());
        }
    }
}

pub fn nothing_of_one_opens_on_another(platform: Platform) {
    let two = Two::new(platform, 0);
    for (here, there) in [(&two.mairie, &two.ecole), (&two.ecole, &two.mairie)] {
        let mut inside = Browser::new(here);
        assert_eq!(inside.log_in("test").status, 303);
        assert!(inside.is_logged_in());
        let mut elsewhere = carried(&mut inside, there);
        assert!(!elsewhere.is_logged_in(), "a session");
        assert_eq!(elsewhere.get("/prive/").status, 303);
        let mut on_the_way = Browser::new(here);
        let callback = on_the_way.authorize("test", "/prive/");
        let target = callback.strip_prefix(here.as_str()).unwrap();
        two.world.emulator().take_calls();
        let mut elsewhere = carried(&mut on_the_way, there);
        assert_eq!(elsewhere.get(target).status, 400, "a callback with its flow");
        assert!(!elsewhere.is_logged_in());
        assert_eq!(two.world.emulator().take_calls(), [""; 0], "no code is spent for another");
        assert_eq!(on_the_way.get(&callback).status, 303, "and it is good where it belongs");
        let left = inside.post("/auth/logout", "");
        let state = left.location().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let back = format!("/auth/logout/callback?state={state}");
        assert_eq!(carried(&mut inside, there).get(&back).status, 200, "a logout");
        assert_eq!(inside.get(&back).status, 303);
    }
}

pub fn two_hundred_logins_at_two_sites_at_once_stay_apart(platform: Platform) {
    let two = Two::new(platform, 0);
    let names = ["test", "avec_nom_dusage"].map(|login| {
        let mut browser = Browser::new(&two.mairie);
        browser.log_in(login);
        browser.fetch("/auth/session").json()["preferred_username"].to_string()
    });
    assert_ne!(names[0], names[1]);
    std::thread::scope(|scope| {
        let logins: Vec<_> = (0..LOGINS)
            .map(|number| {
                let (two, names) = (&two, &names);
                scope.spawn(move || {
                    let sites = [&two.mairie, &two.ecole];
                    let (site, other) = (sites[number % 2], sites[(number + 1) % 2]);
                    let who = number / 2 % 2;
                    let mut browser = Browser::new(site);
                    let landed = browser.log_in(["test", "avec_nom_dusage"][who]);
                    assert_eq!(landed.status, 303, "{number}: {}", landed.text());
                    assert_eq!(landed.location(), "/prive/");
                    let told = browser.fetch("/auth/session");
                    assert_eq!(told.status, 200, "{number}");
                    assert_eq!(
                        told.json()["preferred_username"].to_string(),
                        names[who],
                        "{number}: somebody else"
                    );
                    assert!(!carried(&mut browser, other).is_logged_in(), "{number}: at the other site too");
                })
            })
            .collect();
        let failed = logins.into_iter().filter_map(|login| login.join().err());
        let failed: Vec<String> = failed.map(|panic| words(&*panic)).collect();
        let troubles = two.world.lines_with("host.fetch");
        assert!(failed.is_empty(), "{} of {LOGINS}: {} {troubles}", failed.len(), failed.join("\n"));
    });
}

pub fn a_sealed_document_in_the_store_is_what_is_served(platform: Platform) {
    let two = Two::with(platform, 0, |variables, document| {
        let keys = |name: &str| (name == "FC_SESSION_KEYS").then(|| SESSION_KEY.to_owned());
        let now = Timestamp::from_unix(1_750_000_000);
        let sealed = seal_services(keys, &document.to_string(), now, &mut Chance::new(&[7; 64]));
        let sealed = sealed.unwrap();
        if platform == Platform::Native {
            let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
                .join(format!("services-{}.redb", free_port()));
            Store::open(&file).unwrap().put(services_entry(&sealed)).unwrap();
            variables.insert(NATIVE_STORE, file.display().to_string());
        }
        variables.insert(SERVICES_ENTRY, sealed);
        variables.insert("FC_SERVICES", "store".to_owned());
    });
    // Who came before the document was there asks again after ten seconds.
    let start = Instant::now();
    while Request::new("GET", format!("{}/auth/style.css", two.mairie)).send().status != 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "the document is not found");
        std::thread::sleep(Duration::from_millis(200));
    }
    for site in [&two.mairie, &two.ecole] {
        let mut browser = Browser::new(site);
        assert_eq!(browser.log_in("test").status, 303);
        assert!(browser.is_logged_in());
    }
    assert_eq!(two.ask("stade.example.fr", "/").status, 421);
}
