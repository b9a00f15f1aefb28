//! Points are judged from what was seen, written here as data.

use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::lies::{Expected, HONEST, LIES, Lie};
use franceconnect_edge::journey::qualification::trace::{
    Attempt, Call, Leak, Leaving, Observed, Registration, Replays, Sector, Seen, Trial, Who,
};
use franceconnect_edge::journey::qualification::{ITEMS, Verdict, gather, judge};

use super::failed;

const CALLBACK: &str = "https://service.exemple.fr/retour";

fn seen(status: u16) -> Seen {
    Seen {
        address: CALLBACK.to_owned(),
        status,
        kind: "text/html".to_owned(),
        text: "La connexion n’a pas abouti. Recommencer.".to_owned(),
        ways: 2,
        at_callback: true,
        ..Seen::default()
    }
}

fn trial(lie: &'static Lie) -> Trial {
    let call = |endpoint: &str| Call {
        endpoint: endpoint.to_owned(),
        at: 1_800_000_000,
        status: if endpoint == "end_session" { 303 } else { 200 },
        ..Call::default()
    };
    let refused = lie.expected == Expected::Refused;
    // Accounts have numbers, and persons one account each.
    let number = match lie.person.login {
        "nom_composé" => "1001",
        "caractères_spéciaux" => "1002",
        _ => "1003",
    };
    let endpoints = ["authorize", "interaction", "jwks", "token", "userinfo", "end_session"];
    Trial {
        lie,
        end: Ok(seen(if refused { 400 } else { 200 })),
        who: if refused { Who::Nobody } else { Who::Themself },
        calls: endpoints.map(call).into(),
        trail: Vec::new(),
        leaving: (lie.expected == Expected::LoggedOut).then(|| Leaving {
            control: Some("Se déconnecter".to_owned()),
            end: Some(seen(200)),
            asked_again: Some(true),
            ..Leaving::default()
        }),
        recalled: false,
        figures: [number.to_owned()].into(),
    }
}

/// A service in order.
pub fn sound() -> Observed {
    let attempt = |n: usize| Attempt {
        state: format!("{n:03}").repeat(5) + &format!("aB{n:03}").repeat(5),
        nonce: format!("{n:03}").repeat(5) + &format!("Cd{n:03}").repeat(5),
        redirect_uri: CALLBACK.to_owned(),
        scope: "openid given_name family_name".to_owned(),
        acr_values: "eidas1".to_owned(),
    };
    Observed {
        url: "https://service.exemple.fr/".to_owned(),
        plus: false,
        login_page: "S’identifier avec FranceConnect".to_owned(),
        honest: trial(&HONEST),
        trials: LIES.iter().map(trial).collect(),
        replays: Replays {
            again: Some((seen(400), false)),
            stolen: Some((seen(400), Who::Nobody)),
            twice: Some((attempt(1), attempt(2))),
        },
        // Three places that vary, eight times, are twenty-four.
        attempts: (0..1000).step_by(37).map(attempt).collect(),
        leaks: Vec::new(),
        registration: Some(Registration {
            redirect_uris: vec![CALLBACK.to_owned()],
            post_logout_redirect_uris: vec!["https://service.exemple.fr/sorti".to_owned()],
            sector: None,
        }),
        secret_known: true,
    }
}

/// The points that fail once this has changed.
fn without(change: impl FnOnce(&mut Observed)) -> Vec<&'static str> {
    let mut observed = sound();
    change(&mut observed);
    failed(&judge::judge(&observed))
}

#[test]
fn a_service_in_order_fails_nothing_and_each_point_is_said_once() {
    assert_eq!(without(|_| ()), [""; 0]);
    let findings = gather(judge::judge(&sound()));
    assert!(findings.iter().map(|finding| finding.item).eq(ITEMS));
}

#[test]
fn each_login_that_goes_otherwise_fails_the_points_that_rest_on_it() {
    for (at, lie) in LIES.iter().enumerate() {
        let points = without(|seen| {
            seen.trials[at].who = match lie.expected {
                Expected::Refused => Who::Themself,
                Expected::Either => Who::Another("AUTRE".to_owned()),
                _ => Who::Nobody,
            };
        });
        let mut expected: Vec<&str> = lie.points.to_vec();
        expected.sort_by_key(|id| ITEMS.iter().position(|item| item.id == *id));
        assert_eq!(points, expected, "{lie:?}");
    }
}

#[test]
fn an_account_is_found_by_sub_whatever_the_provider_and_the_address() {
    let numbered = |case: &'static str, fault: &'static str, number: &'static str| {
        without(move |seen| {
            let of = |trial: &&mut Trial| trial.lie.case == case && trial.lie.fault == fault;
            seen.trials.iter_mut().find(of).unwrap().figures = [number.to_owned()].into();
        })
    };
    assert_eq!(numbered("e19", "", "1004"), ["20", "21"]);
    assert_eq!(numbered("e16", "userinfo.claims_missing", "1004"), ["O4", "17", "20"]);
    assert_eq!(numbered("e20", "", "1001"), ["O3", "17", "20"]);
    // What is on each page, and what changes by itself, tells no account from another.
    let mut observed = sound();
    observed.trials.iter_mut().for_each(|trial| trial.figures = ["2026".to_owned()].into());
    let findings = judge::judge(&observed);
    let of = |id: &str| findings.iter().find(|finding| finding.item.id == id).unwrap().verdict.clone();
    assert_eq!(failed(&findings), [""; 0]);
    assert!(["O4", "17", "20", "21"].iter().all(|id| matches!(of(id), Verdict::Attest { .. })));
}

#[test]
fn state_and_nonce_are_long_mixed_varied_and_never_the_same() {
    let all = |change: fn(&mut Attempt)| without(|seen| seen.attempts.iter_mut().for_each(change));
    assert_eq!(all(|attempt| attempt.state.truncate(21)), ["O6"]);
    assert_eq!(all(|attempt| attempt.nonce = attempt.nonce.to_lowercase()), ["O6"]);
    assert_eq!(all(|attempt| "aB3".repeat(10).clone_into(&mut attempt.nonce)), ["O6"]);
    // Only the first three characters are ever another.
    assert_eq!(all(|attempt| attempt.state = format!("{}{}", &attempt.state[..3], "aB3".repeat(10))), ["O6"]);
    assert_eq!(without(|seen| seen.attempts.truncate(5)), ["O6"]);
}

#[test]
fn callbacks_out_of_place_are_refused() {
    assert_eq!(without(|seen| seen.replays.stolen = Some((Seen::default(), Who::Themself))), ["O6", "26"]);
    assert_eq!(without(|seen| seen.replays.stolen = Some((Seen::default(), Who::Unnamed))), ["O6", "26"]);
    assert_eq!(without(|seen| seen.replays.again = Some((Seen::default(), true))), ["26"]);
    let twice = |seen: &mut Observed| {
        let (one, other) = seen.replays.twice.as_mut().unwrap();
        other.nonce.clone_from(&one.nonce);
    };
    assert_eq!(without(twice), ["26"]);
}

#[test]
fn a_logout_ends_both_sessions_and_comes_back() {
    let honest = |change: fn(&mut Leaving)| without(|seen| change(seen.honest.leaving.as_mut().unwrap()));
    assert_eq!(honest(|leaving| leaving.control = None), ["O8", "15"]);
    assert_eq!(honest(|leaving| leaving.who = Who::Themself), ["O8", "15"]);
    assert_eq!(honest(|leaving| leaving.at_emulator = true), ["O8", "15"]);
    assert_eq!(honest(|leaving| leaving.asked_again = Some(false)), ["O8", "15"]);
    assert_eq!(without(|seen| seen.honest.calls.retain(|call| call.endpoint != "end_session")), ["O8", "15"]);
    let spoilt = |change: fn(&mut Leaving)| {
        without(|seen| {
            seen.trials.iter_mut().filter_map(|trial| trial.leaving.as_mut()).for_each(change);
        })
    };
    assert_eq!(spoilt(|leaving| leaving.who = Who::Themself), ["15"]);
    assert_eq!(spoilt(|leaving| leaving.end.as_mut().unwrap().status = 500), ["15"]);
    // FranceConnect's own error page is not the service's to mend.
    assert_eq!(spoilt(|leaving| leaving.at_emulator = true), [""; 0]);
}

#[test]
fn userinfo_is_called_at_once_and_secrets_stay_out_of_the_browser() {
    let late = |seen: &mut Observed| {
        seen.honest.calls.iter_mut().filter(|call| call.endpoint == "userinfo").for_each(|call| call.at += 6);
    };
    assert_eq!(without(late), ["30"]);
    assert_eq!(without(|seen| seen.honest.calls.retain(|call| call.endpoint != "userinfo")), ["30"]);
    assert_eq!(without(|seen| seen.honest.recalled = true), ["30"]);
    assert_eq!(without(|seen| seen.leaks.push(Leak::AccessToken("cookie".to_owned()))), ["30"]);
    assert_eq!(without(|seen| seen.leaks.push(Leak::Secret("/".to_owned()))), ["28"]);
}

#[test]
fn addresses_are_registered_on_https_and_listed_in_the_sector_document() {
    assert_eq!(without(|seen| seen.url = "http://service.exemple.fr/".to_owned()), ["25"]);
    let registered =
        |change: fn(&mut Registration)| without(|seen| change(seen.registration.as_mut().unwrap()));
    assert_eq!(registered(|known| known.redirect_uris = vec![format!("{CALLBACK}/")]), ["29"]);
    let other = "https://autre.exemple.fr/retour".to_owned();
    assert_eq!(
        registered(|known| known.redirect_uris.push("https://autre.exemple.fr/retour".to_owned())),
        ["29"]
    );
    let sector = |status: u16, listed: Option<Vec<String>>| {
        without(|seen| {
            let known = seen.registration.as_mut().unwrap();
            known.sector =
                Some(Sector { address: "https://service.exemple.fr/s.json".to_owned(), status, listed });
        })
    };
    assert_eq!(sector(200, Some(vec![CALLBACK.to_owned()])), [""; 0]);
    for (status, listed) in [
        (200, Some(vec![CALLBACK.to_owned(), other])),
        (200, Some(Vec::new())),
        (200, None),
        (404, Some(vec![CALLBACK.to_owned()])),
    ] {
        assert_eq!(sector(status, listed), ["O10"]);
    }
    assert_eq!(sector(0, None), ["31"]);
}

#[test]
fn what_could_not_be_tried_fails_nothing_and_passes_nothing() {
    let mut observed = sound();
    let why = Words::new("trop tard", "too late");
    for trial in observed.trials.iter_mut().filter(|trial| trial.lie.points == ["27"]) {
        *trial = Trial::unseen(trial.lie, why.clone());
    }
    for trial in observed.trials.iter_mut().filter(|trial| trial.lie.points.contains(&"18")) {
        *trial = Trial::unseen(trial.lie, why.clone());
    }
    let findings = judge::judge(&observed);
    assert_eq!(failed(&findings), [""; 0]);
    let of = |id: &str| findings.iter().find(|finding| finding.item.id == id).unwrap().verdict.clone();
    assert_eq!(of("18"), Verdict::Skipped { why: why.clone() });
    // The other logins of 27 are e4: to pass, all must have been tried.
    let Verdict::Skipped { why } = of("27") else { panic!("{:?}", of("27")) };
    assert!(why.fr.contains("n’ont pas pu être essayées") && why.fr.contains("e3"), "{}", why.fr);
    assert_eq!(of("26"), Verdict::Passed);
}
