//! Finds the provider's endpoints: built in, kept from an earlier discovery, or discovered now.

use crate::config::{Config, Registration, Source};
use crate::oidc::{FetchAnswer, Provider, discovery};
use crate::secret::Chance;
use crate::session::{ANY_AGE, Key, LoadAnswer, Save};
use crate::time::Timestamp;
use crate::web::login::{self, Starting};
use crate::web::logout::{self, Leaving};
use crate::web::{Event, Reply, Step};

/// What the endpoints are wanted for.
#[derive(Debug)]
pub(super) enum Purpose {
    Login(Box<Starting>),
    Logout(Box<Leaving>),
}

/// Waits for the kept document.
#[derive(Debug)]
pub(super) struct LoadProvider(Purpose);

/// Waits for the provider's document.
#[derive(Debug)]
pub(super) struct AwaitProvider(Purpose);

/// Goes on with the provider when its endpoints are known. A purpose that carries the clock of its visit
/// goes on with the clock of the answer instead.
pub(super) fn find(config: &Config, purpose: Purpose) -> Step {
    let now = purpose.began();
    match purpose.registration(config).map(|registration| &registration.source) {
        Some(Source::BuiltIn(provider)) => Step::reply(go_on(config, purpose, Some(provider), false, now)),
        Some(Source::Discovery { issuer, .. }) => {
            Step::load(key(config, issuer), ANY_AGE, LoadProvider(purpose))
        }
        None => Step::reply(go_on(config, purpose, None, false, now)),
    }
}

impl LoadProvider {
    pub(super) fn resume(self, config: &Config, answer: &LoadAnswer) -> Step {
        let Some(registration) = self.0.registration(config) else {
            return Step::reply(go_on(config, self.0, None, false, answer.now));
        };
        let issuer = registration.issuer();
        match answer
            .open(&config.ring, &key(config, issuer))
            .and_then(|kept| Provider::read(&kept))
            .filter(|provider| provider.issuer == issuer)
        {
            Some(provider) => Step::reply(go_on(config, self.0, Some(&provider), true, answer.now)),
            None => Step::fetch(discovery::request(issuer), AwaitProvider(self.0)),
        }
    }
}

impl AwaitProvider {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let registration = self.0.registration(config);
        let Some((client, Source::Discovery { issuer, allowed_origins })) =
            registration.map(|registration| (&registration.client, &registration.source))
        else {
            return Step::reply(go_on(config, self.0, None, false, answer.now));
        };
        let now = answer.now;
        match discovery::judge(answer, issuer, allowed_origins, client) {
            Ok(provider) => {
                let mut purpose = self.0;
                let save = Save::seal(
                    &config.ring,
                    key(config, issuer),
                    &provider.to_value(),
                    discovery::LIFE,
                    now,
                    purpose.chance(),
                );
                let mut reply = go_on(config, purpose, Some(&provider), true, now);
                reply.save.extend(save);
                Step::reply(reply)
            }
            Err(failure) => match self.0 {
                Purpose::Login(starting) => Step::reply(login::failed(config, &starting, &failure)),
                Purpose::Logout(leaving) => {
                    let mut reply = logout::leave(config, *leaving, None, now);
                    reply.events.push(Event::failed(&failure));
                    Step::reply(reply)
                }
            },
        }
    }
}

impl Purpose {
    /// Whose endpoints are wanted: of the product that gives the level, or that the session is with.
    fn registration<'a>(&self, config: &'a Config) -> Option<&'a Registration> {
        match self {
            Self::Login(starting) => Some(config.registration_for(starting.wanted.level)),
            Self::Logout(leaving) => config.registration(&leaving.issuer),
        }
    }

    fn began(&self) -> Timestamp {
        match self {
            Self::Login(starting) => starting.now,
            Self::Logout(leaving) => leaving.now,
        }
    }

    fn chance(&mut self) -> &mut Chance {
        match self {
            Self::Login(starting) => &mut starting.chance,
            Self::Logout(leaving) => &mut leaving.chance,
        }
    }
}

fn go_on(
    config: &Config,
    purpose: Purpose,
    provider: Option<&Provider>,
    discovered: bool,
    now: Timestamp,
) -> Reply {
    match (purpose, provider) {
        (Purpose::Login(starting), Some(provider)) => {
            login::send(config, *starting, provider, discovered, now)
        }
        (Purpose::Login(starting), None) => login::failed(config, &starting, &login::UNPREPARED),
        (Purpose::Logout(leaving), provider) => logout::leave(config, *leaving, provider, now),
    }
}

fn key(config: &Config, issuer: &str) -> Key {
    Key::of(&config.ring, "discovery", issuer)
}
