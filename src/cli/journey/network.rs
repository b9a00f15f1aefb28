//! `journey --probe`, `journey sheet … --probe`: what the steps look at on the network, once somebody asked for it.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

use super::Kept;
use crate::cli::lang::Lang;
use crate::config::Config;
use crate::journey::dossier::{Dossier, Step};
use crate::journey::probe::Prober;
use crate::journey::reach::{self, Looked};
use crate::journey::{Configuration, Words};
use crate::oidc::{FetchAnswer, Fetched, Unreachable};
use crate::session::{Known, LoadAnswer};
use crate::time::Timestamp;
use crate::web::{self, Content, Step as Next, Visit};
use crate::wire::{Header, Headers, Method, Request};

/// More than a login needs before it leaves for the provider.
const STEPS: usize = 8;

/// What is seen of `steps`, in their order.
///
/// # Errors
/// The exit status, once the reason was told.
pub(super) fn look(kept: &Kept, steps: &[Step], lang: Lang) -> Result<Vec<(Step, Looked)>, ExitCode> {
    let told = io::stderr().is_terminal();
    if told {
        // A closed terminal stops nothing.
        let _ = write!(io::stderr(), "{}", lang.pick("Je regarde le réseau…", "Looking at the network…"));
    }
    let seen = run(lang, async {
        let prober = Prober::new().map_err(|trouble| impossible(lang, &trouble.words()))?;
        let mut seen = Vec::new();
        for step in steps {
            let configuration = match step {
                Step::Production => kept.live.as_ref(),
                _ => kept.test.as_ref(),
            };
            seen.push((*step, look_at(&prober, &kept.dossier, *step, configuration).await));
        }
        Ok(seen)
    });
    if told {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    seen
}

fn run<T>(lang: Lang, task: impl Future<Output = Result<T, ExitCode>>) -> Result<T, ExitCode> {
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(task),
        Err(error) => Err(crate::cli::listen::failed(lang, &error)),
    }
}

fn impossible(lang: Lang, words: &Words) -> ExitCode {
    lang.warn(
        format_args!("Le réseau ne peut être regardé : {}.", words.fr),
        format_args!("The network cannot be looked at: {}.", words.en),
    );
    ExitCode::FAILURE
}

async fn look_at(
    prober: &Prober,
    dossier: &Dossier,
    step: Step,
    configuration: Option<&Configuration>,
) -> Looked {
    let places = reach::places(dossier, step, configuration);
    let mut looked = reach::look(prober, places, configuration).await;
    let declared = matches!(step, Step::Sandbox | Step::Production);
    if let Some(configuration) = configuration.filter(|_| declared)
        && let Some(login) = reach::authorize::login(dossier, configuration)
    {
        let configured = request(configuration, dossier, &login, prober).await;
        looked.extend(reach::authorize::dry(prober, &login, configuration, configured).await);
    }
    looked.complete(dossier, step, configuration)
}

/// The authorization request of a login that begins at `login`, made by the program that makes it when it is deployed.
async fn request(
    configuration: &Configuration,
    dossier: &Dossier,
    login: &Url,
    prober: &Prober,
) -> Result<Url, Words> {
    let unknown = || {
        Words::new(
            "sans FC_CLIENT_ID, la configuration n’a rien à demander à FranceConnect",
            "without FC_CLIENT_ID the configuration has nothing to ask of FranceConnect",
        )
    };
    let client = configuration.client(dossier.product());
    let config = client.and(configuration.config.as_ref().ok()).ok_or_else(unknown)?;
    sent(config, login, prober).await.ok_or_else(|| {
        Words::new(
            "la configuration ne mène pas à FranceConnect : check en dit les fautes",
            "the configuration does not lead to FranceConnect: check tells its faults",
        )
    })
}

/// Performs the steps of the visit until it leaves for the provider: nothing is kept, and only its discovery document
/// is fetched.
async fn sent(config: &Config, login: &Url, prober: &Prober) -> Option<Url> {
    let mut entropy = [0; 64];
    getrandom::fill(&mut entropy).ok()?;
    let mut headers = Headers::default();
    headers.set(Header::Host, Some(config.public_url().authority().to_owned()));
    let target = format!("{}?{}", login.path(), login.query().unwrap_or_default());
    let request = Request::new(Method::Get, &target, headers);
    let mut step = web::begin(config, Visit { now: now(), entropy, request, known: Known::default() });
    for _ in 0..STEPS {
        step = match step {
            Next::Done(reply) => {
                let Content::Respond(response) = reply.content else { return None };
                let to = response.headers.iter().find(|(name, _)| *name == "location");
                return to.and_then(|(_, to)| Url::parse(to).ok());
            }
            Next::Fetch(call, waiting) => {
                let url = Url::parse(call.url()).ok()?;
                let result = match prober.get(&url).await {
                    Ok(answer) => Ok(Fetched {
                        status: answer.status,
                        content_type: answer.header("content-type").map(str::to_owned),
                        date: answer.date(),
                        took: None,
                        body: answer.body,
                    }),
                    Err(_) => Err(Unreachable::Network),
                };
                waiting.resume(config, FetchAnswer { now: now(), result })
            }
            Next::Load(_, _, loading) => loading.resume(config, &LoadAnswer { now: now(), entry: Ok(None) }),
            Next::List(_, _) | Next::Store(..) | Next::Recall(_) => return None,
        };
    }
    None
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Timestamp::from_unix(i64::try_from(now).unwrap_or(i64::MAX))
}
