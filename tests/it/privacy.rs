//! What nobody may read: identities, tokens and secrets in logs, addresses, error pages and the store.

use franceconnect_edge::emulator::{Fault, Product, accounts};
use franceconnect_edge::wire::params;

use crate::support::conversation::{Browser, SECRET, World};

/// Every text of a person's identity that is long enough to be told from chance.
fn traces(account: &franceconnect_edge::emulator::Account) -> Vec<String> {
    let person = &account.identity;
    let texts = person.given_names.iter().chain(&person.family_name).chain(&person.preferred_username);
    texts
        .chain([&person.email, &person.idp_birthdate, &person.birthplace])
        .filter(|text| text.len() >= 5)
        .cloned()
        .collect()
}

#[test]
fn no_identity_leaves_the_profile_page() {
    for account in accounts().of(Product::Standard).filter(|account| account.error.is_none()) {
        let (mut world, mut browser) = (World::new(), Browser::new());
        let callback = browser.authorize(&mut world, &account.login, "/prive/");
        let landed = browser.get(&mut world, &callback);
        let seen = [
            world.lines.concat(),
            world.called.join("\n"),
            format!("{landed:?}"),
            world.store.values().map(|value| String::from_utf8_lossy(value).into_owned()).collect(),
            format!("{:?}", browser.get(&mut world, "/prive/")),
        ]
        .join("\n");
        for trace in traces(account) {
            assert!(!seen.contains(&trace), "{}: {trace} in {seen}", account.login);
        }
    }
}

#[test]
fn no_secret_of_a_login_is_logged_or_shown() {
    let told = Fault::ALL.iter().copied().filter(|fault| fault.applies(Product::Standard, None));
    let all = told.map(Some).chain([None]);
    for fault in all {
        let (mut world, mut browser) = (World::new(), Browser::new());
        let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
        let url = sent.get("location").unwrap().to_owned();
        world.emulator.misbehave(fault);
        let reply = browser.emulator.log_in(&mut world.emulator, world.now, &url, "test");
        let Some(callback) = reply.get("location").map(str::to_owned) else { continue };
        let answer = browser.get(&mut world, &callback);
        let log = world.lines.concat();
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        let queries = [url, callback.clone()]
            .map(|url| url.split_once('?').map_or(String::new(), |(_, query)| query.to_owned()));
        let values = queries.iter().filter_map(|query| params::Params::parse(query).ok());
        let secrets: Vec<String> = values
            .flat_map(|query| {
                ["state", "nonce", "code"].map(|name| query.get(name).unwrap_or_default().to_owned())
            })
            .filter(|value| value.len() > 10)
            .chain([SECRET.to_owned()])
            .collect();
        for secret in &secrets {
            let name = fault.map_or("none", Fault::name);
            assert!(!log.contains(secret.as_str()) && !page.contains(secret.as_str()), "{name}");
            assert!(!world.called.iter().any(|url| url.contains(secret.as_str())), "{name}");
        }
        assert!(
            world.called.iter().all(|url| !url.contains('?')),
            "nothing in the addresses that are called"
        );
    }
}

#[test]
fn what_is_private_is_not_stored_by_caches() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let mut targets = vec!["/prive/".to_owned(), "/auth/login".to_owned(), "/auth/profile".to_owned()];
    targets.extend(
        ["/auth/session", "/auth/callback?x", "/auth/logout", "/auth/logout/callback"].map(str::to_owned),
    );
    for logged_in in [false, true] {
        if logged_in {
            let callback = browser.authorize(&mut world, "test", "/prive/");
            assert_eq!(browser.get(&mut world, &callback).get("cache-control"), Some("private, no-store"));
        }
        for target in &targets {
            let answer = browser.clone().get(&mut world, target);
            assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{target}");
        }
    }
}

#[test]
fn what_a_provider_says_of_a_person_is_text_on_every_page() {
    for fault in ["userinfo.hostile_markup", "userinfo.hostile_headers", "userinfo.hostile_controls"] {
        let (mut world, mut browser) = (World::new(), Browser::new());
        world.emulator.misbehave(Some(Fault::from_name(fault).unwrap()));
        browser.log_in(&mut world, "test");
        let profile = browser.get(&mut world, "/auth/profile");
        let page = String::from_utf8(profile.body).unwrap();
        assert!(!page.contains("<script") && !page.contains("<img"), "{fault}: {page}");
        // Markup is harmless text, so its owner may log in and sees it.
        assert_eq!(profile.status == 200, fault == "userinfo.hostile_markup", "{fault}");
        assert_eq!(page.contains("&lt;"), fault == "userinfo.hostile_markup", "{fault}: {page}");
    }
}

/// Whole visits, from the gate to the logout, honest and with every fault: whatever was secret, personal or typed
/// is in no line, and in no page or header but those that are for its owner.
#[test]
fn no_line_page_or_header_holds_what_is_somebodys() {
    const TYPED: &str = "dossier-4711-de-la-personne";
    let told = Fault::ALL.iter().copied().filter(|fault| fault.applies(Product::Standard, None));
    for fault in told.map(Some).chain([None]) {
        let (mut world, mut browser) = (World::new(), Browser::new());
        let name = fault.map_or("none", Fault::name);
        let mut kept: Vec<String> =
            [SECRET, TYPED, "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE", "eyJ"].map(str::to_owned).to_vec();
        kept.extend(traces(accounts().iter().next().unwrap()));
        let mut answers = vec![browser.get(&mut world, &format!("/prive/?{TYPED}"))];
        let sent = browser.get(&mut world, &format!("/auth/login?return_to=/prive/{TYPED}"));
        let url = sent.get("location").unwrap().to_owned();
        kept.extend(browser.cookies.values().cloned());
        world.emulator.misbehave(fault);
        let reply = browser.emulator.log_in(&mut world.emulator, world.now, &url, "test");
        if let Some(callback) = reply.get("location").map(str::to_owned) {
            answers.push(browser.get(&mut world, &callback));
            kept.extend(browser.cookies.values().cloned());
            kept.extend(asked(&callback));
        }
        kept.extend(asked(&url));
        answers.push(browser.get(&mut world, &format!("/prive/?{TYPED}")));
        answers.push(browser.get(&mut world, &format!("/auth/{TYPED}?{TYPED}")));
        browser.get(&mut world, "/auth/profile");
        answers.push(browser.post(&mut world, "/auth/logout"));
        for line in &world.lines {
            let whole: serde_json::Value = serde_json::from_str(line).unwrap();
            let mut names: Vec<_> = whole.as_object().unwrap().keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names, ["code", "level", "message", "request", "service"], "{name}");
        }
        let log = world.lines.concat();
        for answer in answers {
            // What is for the browser alone, and where it is sent.
            let headers =
                answer.headers.iter().filter(|(name, _)| !["set-cookie", "location"].contains(name));
            let headers: String = headers.map(|(_, value)| value.as_str()).collect();
            // The button leads back to where the person wanted to go.
            let page = String::from_utf8_lossy(&answer.body).replace(&format!("%2Fprive%2F{TYPED}"), "");
            for secret in &kept {
                for (place, text) in [("log", &log), ("page", &page), ("headers", &headers)] {
                    let own = place == "page" && text.contains("value=\"/prive/") && secret == TYPED;
                    assert!(own || !text.contains(secret.as_str()), "{name}: {secret} in {place}: {text}");
                }
            }
        }
    }
}

/// What a query holds that is long enough to be told from chance, and is not public.
fn asked(url: &str) -> Vec<String> {
    let query = params::Params::parse(url.split_once('?').map_or("", |(_, query)| query)).unwrap_or_default();
    let secret = ["state", "nonce", "code"].into_iter().filter_map(|name| query.get(name).map(str::to_owned));
    secret.filter(|value| value.len() > 10).collect()
}
