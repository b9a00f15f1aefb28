//! Keys that say when they were made: read as those that do not, and told of when they are old, never refused.

use std::collections::BTreeMap;

use franceconnect_edge::config;
use franceconnect_edge::session::Known;
use franceconnect_edge::time::Timestamp;

use crate::cli::{program, text};
use crate::native_support::Folder;
use crate::support::conversation::{Browser, OTHER_KEY, World, configure, variables};

const KEY: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";

fn with_keys(keys: &str) -> BTreeMap<&'static str, String> {
    let mut variables = variables();
    variables.insert("FC_SESSION_KEYS", keys.to_owned());
    variables
}

/// How often a visitor of that day makes an isolate say that a key is old.
fn told(world: &mut World, day: &str) -> usize {
    world.now = Timestamp::of_day(day).unwrap();
    world.events.clear();
    assert_eq!(Browser::new().get(world, "/").status, 200);
    world.events.iter().filter(|event| event.code == "keys.old").count()
}

#[test]
fn a_date_changes_nothing_about_a_key() {
    let (mut world, mut browser) =
        (World::with(&with_keys(KEY), franceconnect_edge::emulator::Alg::Es256), Browser::new());
    browser.log_in(&mut world, "test");
    for keys in [format!("2026-11-25.{KEY}"), format!(" 2026-11-26.{OTHER_KEY} , 2026-11-25.{KEY}")] {
        world.config = configure(&with_keys(&keys));
        assert!(browser.is_logged_in(&mut world), "{keys}");
    }
    let made: Vec<_> = world.config.keys_made().map(|made| made.unwrap().day()).collect();
    assert_eq!(made, ["2026-11-26", "2026-11-25"]);
    for wrong in ["2026-02-30", "hier", ""] {
        let variables = with_keys(&format!("{wrong}.{KEY}"));
        let faults = config::read(|name| variables.get(name).cloned()).unwrap_err();
        let told: Vec<_> = faults.iter().map(|fault| (fault.variable, fault.fr.clone())).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].0 == "FC_SESSION_KEYS" && told[0].1.contains("n’est pas une date"), "{told:?}");
    }
}

#[test]
fn an_old_key_is_told_of_once() {
    let mut world = World::new();
    world.config = configure(&with_keys(&format!("2026-09-01.{OTHER_KEY},2026-01-01.{KEY}")));
    for (day, times) in [("2026-10-27", 0), ("2026-10-28", 1), ("2026-10-28", 0), ("2027-10-28", 0)] {
        assert_eq!(told(&mut world, day), times, "{day}");
    }
    let line = world.lines.iter().find(|line| line.contains("keys.old")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((line["level"].as_str(), line["service"].as_str()), (Some("warning"), Some("localhost:8787")));
    // What else an isolate learns makes it not say so again.
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    browser.post(&mut world, "/auth/logout");
    assert_eq!(told(&mut world, "2027-10-29"), 0);
    world.known = Known::default();
    assert_eq!(told(&mut world, "2027-10-29"), 1, "another isolate");
    world.config = configure(&with_keys(KEY));
    world.known = Known::default();
    assert_eq!(told(&mut world, "2036-01-01"), 0, "no date, no age");
}

#[test]
fn check_warns_and_finds_no_fault() {
    let folder = Folder::new();
    let run = |keys: &str| {
        let mut command = program(folder.path());
        command.args(["--lang", "en", "check"]).envs(with_keys(keys));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        text(&output.stdout)
    };
    let told = run(&format!("2020-01-01.{KEY}"));
    assert!(told.contains("key 1: it is ") && told.contains("within 300 days"), "{told}");
    assert!(!told.contains(KEY));
    assert!(!run(KEY).contains("300 days"));
}

#[test]
fn keygen_writes_the_day() {
    let folder = Folder::new();
    let output = program(folder.path()).arg("keygen").output().unwrap();
    let line = text(&output.stdout).trim().to_owned();
    let (day, key) = line.split_once('.').unwrap();
    assert!(Timestamp::of_day(day).is_some() && key.len() == 43, "{line}");
    assert_eq!(configure(&with_keys(&line)).keys_made().flatten().count(), 1);
}

#[test]
fn every_day_of_four_centuries_is_read_as_it_is_written() {
    const DAY: i64 = 86_400;
    let mut last = String::new();
    for day in 0..146_097 + 400 {
        let at = Timestamp::from_unix(day * DAY);
        assert!(at.day() > last, "{} after {last}", at.day());
        last = at.day();
        assert_eq!(Timestamp::of_day(&last), Some(at));
        assert_eq!(at.plus(DAY - 1).day(), last);
    }
    for (text, unix) in [("1970-01-01", 0), ("2000-02-29", 951_782_400), ("2026-11-25", 1_795_564_800)] {
        assert_eq!(Timestamp::of_day(text).map(Timestamp::unix), Some(unix), "{text}");
    }
    for text in ["2026-02-29", "2026-13-01", "2026-1-1", "2026-11-25-", "1969-12-31", "2026-11-00", "x", ""] {
        assert_eq!(Timestamp::of_day(text), None, "{text}");
    }
}
