//! What nobody may read: identities, tokens and secrets in logs, addresses, error pages and the store.

use franceconnect_edge::emulator::{Fault, Product, accounts};
use franceconnect_edge::web::Event;
use franceconnect_edge::wire::params;

use crate::support::conversation::{Browser, SECRET, World};

/// Every text of a person's identity that is long enough to be told from chance.
fn traces(account: &franceconnect_edge::emulator::Account) -> Vec<String> {
    let person = &account.identity;
    let texts = person.given_names.iter().copied().chain(person.family_name).chain(person.preferred_username);
    texts
        .chain([person.email, person.idp_birthdate, person.birthplace])
        .filter(|text| text.len() >= 5)
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_identity_leaves_the_profile_page() {
    for account in accounts().iter().filter(|account| account.error.is_none()) {
        let (mut world, mut browser) = (World::new(), Browser::new());
        let callback = browser.authorize(&mut world, account.login, "/prive/");
        let landed = browser.get(&mut world, &callback);
        let seen = [
            world.events.iter().map(Event::to_json).collect::<String>(),
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
        let log = world.events.iter().map(Event::to_json).collect::<String>();
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
