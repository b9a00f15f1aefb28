//! The tests that need an edge runtime: the same conversations over HTTP against the native program, the
//! Worker in workerd and the component in a Spin host, each with an emulated FranceConnect.
//!
//!     cargo test --test edge                        everything
//!     cargo test --test edge -- spin::login         what has this in its name
//!
//! The programs are started when the first conversation needs them and shared by the others of their
//! platform; each conversation has a browser of its own. At the end the logs of all of them are searched.

// A test that meets what it does not expect fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod browser;
mod callback;
mod component;
mod cookies;
mod disk;
mod encrypted;
mod envelope;
mod examples;
mod faults;
mod files;
mod forwarding;
mod gate;
mod http;
mod interop;
mod keys;
mod limits;
mod login;
mod manifests;
mod names;
mod operations;
mod outage;
mod platform;
mod process;
mod provider;
mod published;
mod revocation;
mod secrets;
mod services;
mod soak;
mod steps;
mod store;
mod stores;
mod trailers;
mod world;
mod wrangler;

use std::process::ExitCode;
use std::sync::PoisonError;

use libtest_mimic::{Arguments, Trial};

use platform::Platform;
use world::World;

/// What a test is given.
#[derive(Clone, Copy)]
enum Test {
    /// A relying party that others talk to at the same time.
    Together(fn(&World)),
    /// The same, while nobody else does: to count calls, to switch faults.
    Alone(fn(&World)),
    /// A client of both products that others talk to at the same time.
    Both(fn(&World)),
    /// A platform, to start what it needs.
    Own(fn(Platform)),
}

impl Test {
    fn run(self, platform: Platform) {
        match self {
            Self::Together(test) => {
                let world = World::shared(platform);
                let _others = world.quiet.read().unwrap_or_else(PoisonError::into_inner);
                test(&world);
            }
            Self::Alone(test) => {
                let world = World::shared(platform);
                let _nobody = world.quiet.write().unwrap_or_else(PoisonError::into_inner);
                test(&world);
            }
            Self::Both(test) => test(&World::shared_by_both(platform)),
            Self::Own(test) => test(platform),
        }
    }
}

/// Names tests by their paths.
macro_rules! tests {
    ($($kind:ident: $module:ident { $($name:ident,)* })*) => {
        &[$($((concat!(stringify!($module), "::", stringify!($name)), Test::$kind($module::$name)),)*)*]
    };
}

const TESTS: &[(&str, Test)] = tests! {
    Together: login {
        from_the_gate_to_the_page_and_out_again,
        a_person_sees_who_they_are_and_a_script_the_little_it_needs,
        a_logged_in_browser_is_not_sent_away_again,
        another_site_can_log_nobody_out,
        a_return_from_logout_that_nobody_began_changes_nothing,
    }
    Own: login {
        three_calls_when_cold_and_two_when_warm,
        keys_outlive_an_instance,
        a_login_begins_here_and_ends_there,
    }
    Alone: callback {
        a_replay_makes_no_call_and_no_second_session,
        a_callback_belongs_to_the_browser_that_began,
        queries_that_are_no_callback,
    }
    Together: callback {
        of_two_at_the_same_time_one_at_most_gets_in,
        tabs_do_not_disturb_each_other,
        giving_up_is_no_error,
        every_error_of_franceconnect_is_a_page_in_both_languages,
        a_prefetch_or_a_frame_spends_nothing,
    }
    Alone: operations {
        its_health_costs_nothing,
    }
    Own: operations {
        its_health_says_that_the_configuration_is_not,
        the_secret_changes_and_nobody_notices,
        operators_see_providers_clocks_and_counts,
    }
    Together: operations {
        a_page_an_answer_and_a_line_name_one_visit,
    }
    Together: gate {
        no_spelling_of_a_protected_path_gets_a_byte,
        no_header_gets_a_byte,
        people_get_the_login_and_scripts_401,
        returns_stay_on_the_site,
        addresses_come_from_the_configuration_only,
        our_prefix_is_never_looked_for_on_the_site,
    }
    Together: cookies {
        a_bent_or_cut_session_is_none,
        of_two_sessions_none_is_believed,
        strangers_cookies_hide_nothing,
        one_kind_of_cookie_is_not_another,
    }
    Own: cookies {
        a_session_of_another_service_is_none,
        the_largest_session_fits_with_both_logins_remembered,
    }
    Together: files {
        a_path_finds_its_file_its_page_or_its_index,
        a_folder_gets_its_slash,
        what_is_not_there_is_answered_by_the_sites_own_page,
        head_says_what_get_would_send,
        what_the_browser_has_is_not_sent_again,
        a_part_is_sent_alone_where_the_platform_knows_parts,
        odd_paths_are_refused,
        nothing_from_beside_the_site_is_served,
    }
    Together: limits {
        an_address_beyond_16_kib_is_refused,
        a_form_beyond_8_kib_is_refused_announced_or_not,
        headers_of_every_kind_end_in_an_answer,
        what_is_no_proper_request_gets_nothing,
        many_visitors_at_once_each_get_their_own,
    }
    Own: outage {
        a_provider_that_is_down_is_a_page_with_another_try,
        a_provider_that_was_never_there_costs_no_code,
        a_provider_that_does_not_answer_is_given_ten_seconds,
        a_login_in_trouble_ends_as_it_must,
        without_secrets_every_page_names_all_that_is_missing,
    }
    Own: forwarding {
        what_passes_and_what_comes_back,
        large_bodies_pass_in_constant_memory,
        a_socket_passes_where_the_platform_can,
        a_service_that_is_bound_is_an_origin_on_workers,
        an_origin_that_says_nothing_is_given_thirty_seconds,
    }
    Own: names { of_every_kind_pass_both_ways, }
    Own: trailers { end_a_body_and_go_no_further, }
    Own: soak { memory_stays_flat_over_100_000_requests, }
    Own: faults {
        on_the_return,
        of_the_token_answer,
        of_the_id_token,
        of_the_userinfo_answer,
        of_a_key_set_that_is_refused,
        of_a_key_set_that_is_taken,
        of_the_metadata,
        of_the_logout,
    }
    Both: steps {
        a_higher_page_takes_a_second_login_in_the_place_of_the_first,
        a_page_of_the_highest_level_is_reached_at_once_or_step_by_step,
        a_script_is_told_which_level_is_missing,
        who_gives_up_halfway_stays_logged_in,
        somebody_else_at_a_step_up_is_refused,
        a_logout_leaves_both_with_the_tokens_they_signed,
    }
    Both: published {
        the_public_halves_of_the_keys,
        the_callbacks_that_share_a_client,
        nothing_else_under_these_names,
    }
    Together: published { nothing_without_keys, }
    Own: published { what_is_wrong_is_named_and_no_key_shown, }
    Own: encrypted {
        to_a_key_that_is_agreed_on,
        to_a_key_that_is_transported,
        for_a_service_that_signs_its_calls,
        to_any_of_four_keys,
        to_the_old_key_and_then_to_the_new_one,
    }
    Own: examples { behind_the_gate, }
    Own: envelope {
        of_an_agreed_key,
        of_a_transported_key,
    }
    Own: services {
        each_service_tells_of_its_own_old_keys,
        each_name_of_a_thousand_is_a_site_of_its_own,
        nothing_of_one_opens_on_another,
        two_hundred_logins_at_two_sites_at_once_stay_apart,
        a_sealed_document_in_the_store_is_what_is_served,
    }
    Own: revocation {
        everywhere_is_every_browser,
        and_of_sessions_in_the_store,
        one_on_the_second_page_counts,
        operators_end_sessions_in_front_of_an_application,
    }
    Own: stores { bad_ones_let_nobody_in_and_throw_nobody_out, }
    Own: interop {
        es256_and_the_secret_in_the_form,
        es256_and_the_secret_in_a_header,
        rs256_and_the_secret_in_the_form,
        rs256_and_the_secret_in_a_header,
        es256_and_no_secret_at_all,
        encrypted_to_a_key_that_is_agreed_on,
        encrypted_to_a_key_that_is_transported_and_no_secret,
    }
};

/// Tests of what is deployed, and of the tools that deploy it: once, not for each platform.
const DEPLOYED: &[(&str, fn())] = &[
    ("component::imports_and_exports_what_spin_has", component::imports_and_exports_what_spin_has),
    (
        "manifests::spin_toml_declares_every_variable",
        manifests::spin_toml_declares_every_variable_and_no_other,
    ),
    (
        "manifests::spin_lets_calls_out_to_franceconnect",
        manifests::spin_lets_calls_out_to_franceconnect_in_every_environment,
    ),
    (
        "manifests::wrangler_toml_holds_no_secret",
        manifests::wrangler_toml_holds_no_secret_and_no_unknown_name,
    ),
    ("manifests::what_is_deployed_is_small", manifests::what_is_deployed_keeps_within_its_budgets),
    ("examples::node_believes_the_gate_alone", examples::node_believes_the_gate_alone),
    ("examples::python_believes_the_gate_alone", examples::python_believes_the_gate_alone),
    ("examples::php_believes_the_gate_alone", examples::php_believes_the_gate_alone),
    (
        "outage::a_machine_that_stood_still_gives_up_no_login",
        outage::a_machine_that_stood_still_gives_up_no_login,
    ),
    ("revocation::a_store_on_disk_outlives_the_program", revocation::a_store_on_disk_outlives_the_program),
    (
        "revocation::what_is_over_leaves_a_store_that_forgets_nothing",
        revocation::what_is_over_leaves_a_store_that_forgets_nothing,
    ),
    ("wrangler::deploys_dry", wrangler::deploys_dry),
    ("wrangler::deploys_staging_and_production_dry", wrangler::deploys_staging_and_production_dry),
    ("wrangler::dev_lets_a_person_in_and_out_again", wrangler::dev_lets_a_person_in_and_out_again),
];

/// A file of the site.
fn site(name: &str) -> Vec<u8> {
    std::fs::read(process::project().join("site").join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if !arguments.list {
        let _ = std::fs::remove_dir_all(process::logs());
        platform::copy_worker();
    }
    let conclusion = libtest_mimic::run(&arguments, trials());
    World::end_shared();
    let found = secrets::search(conclusion.num_passed > 0 && arguments.filter.is_none());
    for find in &found {
        eprintln!("in a log: {find}");
    }
    if conclusion.has_failed() || !found.is_empty() { ExitCode::from(101) } else { ExitCode::SUCCESS }
}

fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: Box<dyn FnOnce() + Send>| {
        trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
    };
    // First, as they take long and have a processor to themselves while the platforms start.
    for &(name, test) in DEPLOYED {
        add(name.to_owned(), Box::new(test));
    }
    for platform in Platform::ALL {
        for &(name, test) in TESTS {
            add(format!("{}::{name}", platform.name()), Box::new(move || test.run(platform)));
        }
    }
    trials
}
