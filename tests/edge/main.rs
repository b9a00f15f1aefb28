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
mod http;
mod login;
mod platform;
mod process;
mod provider;
mod secrets;
mod world;

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
    Together: login { from_the_gate_to_the_page_and_out_again, }
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for platform in Platform::ALL {
        for &(name, test) in TESTS {
            let name = format!("{}::{name}", platform.name());
            trials.push(Trial::test(name, move || {
                test.run(platform);
                Ok(())
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    World::end_shared();
    let found = secrets::search();
    for find in &found {
        eprintln!("in a log: {find}");
    }
    if conclusion.has_failed() || !found.is_empty() { ExitCode::from(101) } else { ExitCode::SUCCESS }
}
