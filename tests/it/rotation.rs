//! The changes of keys and secrets that the guide describes, walked step by step, all at once: while isolates of two
//! deployments answer side by side, nobody is logged out and no login fails. And the steps that may not be left out.

use std::collections::BTreeMap;

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::session::Known;
use franceconnect_edge::time::Timestamp;
use serde_json::{Value, json};

use crate::support::conversation::{Browser, SECRET, World, both_variables, configure, private_keys};

const OLD: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
const NEW: &str = "w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";
const NEXT: &str = "n3w-5ecret-of-the-test-client-0123456789abc";
/// `FC_SESSION_MAX`, and what a session may be idle here: every one is to be asked for at every step.
const MOST: i64 = 28_800;

/// What a deployment says, and what is done before the next one.
#[derive(Clone, Copy)]
struct Step {
    /// `FC_SESSION_KEYS`.
    sessions: [&'static str; 2],
    /// Which of the private keys stand in the set, in this order.
    private: &'static [usize],
    /// `FC_CLIENT_SECRET` and the next one, of both clients.
    secrets: [&'static str; 2],
    /// The partner form is sent: from now on the providers know the next secret alone.
    form: bool,
    /// Seconds that are waited for, once the deployment is everywhere.
    wait: i64,
}

/// “Rotating the session keys”, “Rotating the private keys”, “Changing the client secret”.
const GUIDE: [Step; 4] = [
    Step { sessions: [OLD, ""], private: &[0], secrets: [SECRET, ""], form: false, wait: 300 },
    Step { sessions: [OLD, NEW], private: &[0, 1], secrets: [SECRET, NEXT], form: true, wait: 300 },
    Step { sessions: [NEW, OLD], private: &[1, 0], secrets: [NEXT, NEXT], form: false, wait: MOST },
    Step { sessions: [NEW, ""], private: &[1], secrets: [NEXT, ""], form: false, wait: 300 },
];

fn settings(step: &Step, store: &str) -> BTreeMap<&'static str, String> {
    let keys: Value = serde_json::from_str(&private_keys(&["ECDH-ES", "ECDH-ES"])).unwrap();
    let private: Vec<&Value> = step.private.iter().map(|at| &keys["keys"][at]).collect();
    let mut variables = both_variables();
    let [secret, next] = step.secrets;
    for (name, value) in [
        ("FC_SESSION_KEYS", step.sessions.join(",")),
        ("FC_PRIVATE_KEYS", json!({ "keys": private }).to_string()),
        ("FC_CLIENT_SECRET", secret.to_owned()),
        ("FC_CLIENT_SECRET_NEXT", next.to_owned()),
        ("FC_PLUS_CLIENT_SECRET", secret.to_owned()),
        ("FC_PLUS_CLIENT_SECRET_NEXT", next.to_owned()),
        ("FC_SESSION_STORE", store.to_owned()),
        ("FC_SESSION_IDLE", MOST.to_string()),
        ("FC_SESSION_MAX", MOST.to_string()),
    ] {
        variables.insert(name, value);
    }
    variables
}

/// A deployment under way: some isolates are of the one before still.
struct Walk {
    world: World,
    /// The two deployments that answer, and where the sessions are.
    sides: [BTreeMap<&'static str, String>; 2],
    /// Who is logged in, since when.
    here: Vec<(Browser, Timestamp)>,
    /// What went wrong.
    lost: Vec<String>,
}

impl Walk {
    /// The next request meets an isolate that has just begun.
    fn side(&mut self, side: usize) {
        self.world.config = configure(&self.sides[side]);
        self.world.known = Known::default();
    }

    /// A login that begins at one isolate and ends at another; FranceConnect+ has our keys from a third.
    fn log_in(&mut self, page: &str, [begun, published, ended]: [usize; 3]) {
        let mut browser = Browser::new();
        // FranceConnect+ keeps a set for five minutes.
        self.world.now = self.world.now.plus(301);
        self.side(begun);
        let sent = browser.get(&mut self.world, page);
        let sent = browser.get(&mut self.world, sent.get("location").unwrap());
        self.side(published);
        let callback = browser.identify(&mut self.world, "test", sent.get("location").unwrap());
        self.side(ended);
        let landed = browser.get(&mut self.world, &callback);
        if landed.get("location") == Some(page) {
            self.here.push((browser, self.world.now));
        } else {
            self.lost.push(format!("login: {}", self.world.last_code()));
        }
    }

    /// Everybody whose session may still live has it, at either isolate, also after the other has renewed it.
    fn visit(&mut self) {
        let now = self.world.now;
        self.here.retain(|(_, started)| now.since(*started) < MOST);
        for side in [0, 1, 0] {
            self.side(side);
            for (browser, _) in &mut self.here {
                let page = browser.get(&mut self.world, "/prive/").status;
                if page != 200 || !browser.is_logged_in(&mut self.world) {
                    self.lost.push("session".to_owned());
                }
            }
        }
    }

    /// What is ended at one isolate has ended at the other.
    fn leave(&mut self, [left, asked]: [usize; 2]) {
        let Some((mut browser, _)) = self.here.pop() else { return };
        let mut copy = browser.clone();
        self.side(left);
        browser.post(&mut self.world, "/auth/logout");
        self.side(asked);
        if copy.is_logged_in(&mut self.world) {
            self.lost.push("logout".to_owned());
        }
    }
}

/// Everything that goes wrong on the way.
fn walk(steps: &[Step], store: &'static str) -> Vec<String> {
    let first = settings(&steps[0], store);
    let mut walk = Walk {
        world: World::with(&first, Alg::Es256),
        sides: [first.clone(), first],
        here: Vec::new(),
        lost: Vec::new(),
    };
    for pair in steps.windows(2) {
        walk.sides = [settings(&pair[0], store), settings(&pair[1], store)];
        for at in 0..8_usize {
            let [begun, published, ended] = [at & 1, at >> 1 & 1, at >> 2];
            walk.log_in("/prive/sante", [begun, published, ended]);
            // Its tokens are not encrypted.
            if published == begun {
                walk.log_in("/prive/", [begun, published, ended]);
            }
        }
        walk.visit();
        walk.leave([0, 1]);
        walk.leave([1, 0]);
        // It is everywhere.
        walk.sides[0] = walk.sides[1].clone();
        walk.visit();
        if pair[1].form {
            walk.world.emulator.change_secret(NEXT);
            walk.world.plus.as_mut().unwrap().change_secret(NEXT);
        }
        // Some log in meanwhile, and the last of them just before the next deployment.
        for page in ["/prive/", "/prive/sante"] {
            walk.world.now = walk.world.now.plus(pair[1].wait - 301);
            walk.log_in(page, [0, 0, 0]);
            walk.visit();
        }
    }
    walk.lost.sort();
    walk.lost.dedup();
    walk.lost
}

#[test]
fn every_step_of_the_guide_side_by_side_with_the_one_before() {
    for store in ["cookie", "kv"] {
        assert_eq!(walk(&GUIDE, store), [""; 0], "{store}");
    }
}

/// The walk notices what it is for: each row leaves out what the guide says.
#[test]
fn no_step_of_the_guide_can_be_left_out() {
    type Change = fn(&mut [Step; 4]);
    let rows: [(&str, Change, &[&str]); 5] = [
        ("a session key that seals at once", |steps| steps[1].sessions = [OLD, ""], &["session"]),
        ("no wait before the old one goes", |steps| steps[2].wait = 400, &["session"]),
        (
            "a private key that is first at once",
            |steps| steps[1].private = &[0],
            &["login: id_token.decryption"],
        ),
        ("the old one dropped at once", |steps| steps[2].private = &[1], &["login: id_token.decryption"]),
        ("no next secret", |steps| steps[1].secrets = [SECRET, ""], &["login: token.invalid_client"]),
    ];
    for (what, change, expected) in rows {
        let mut steps = GUIDE;
        change(&mut steps);
        let lost = walk(&steps, "cookie");
        assert!(expected.iter().all(|code| lost.iter().any(|lost| lost == code)), "{what}: {lost:?}");
    }
}
