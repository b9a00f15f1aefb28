//! What the operator's page shows: the providers, the configuration without its secrets, and what went wrong.

use crate::config::{Config, Registration};
use crate::franceconnect::Level;
use crate::html::{Html, fill};
use crate::session::KEY_AGE;
use crate::time::Timestamp;
use crate::web::operator::{Found, Visit, What};
use crate::web::page::form_page;
use crate::web::{Counted, Language, Severity, guidance, operator_revoke};
use crate::wire::Response;

const DAY: i64 = 86_400;

/// The page.
pub(super) fn show(config: &Config, visit: &Visit, counts: &[Counted]) -> Response {
    let language = visit.language;
    let title = language.pick("Exploitation", "Operations");
    let parts = [
        fill("<h1>{}</h1>\n", &[&title]),
        fill("<p>{} {}</p>\n", &[&"franceconnect-edge", &env!("CARGO_PKG_VERSION")]),
        providers(language, &visit.found, config),
        settings(config, language),
        keys(config, language, visit.now),
        events(language, counts),
        operator_revoke::forms(config, language),
    ];
    form_page(config, language, 200, title, &parts.into_iter().collect())
}

fn providers(language: Language, found: &[Found], config: &Config) -> Html {
    let leeway =
        config.registrations().map(|registration| registration.client.leeway).max().unwrap_or_default();
    let rows = found.iter().map(|found| {
        let what = match found.what {
            What::Discovery => language.pick("découverte", "discovery"),
            What::Keys => language.pick("clés", "keys"),
        };
        let answer = match &found.failure {
            None => fill("<strong>{}</strong>", &[&language.pick("répond", "answers")]),
            Some(failure) => fill(
                "<strong>{}</strong> <code>{}</code> {}",
                &[&language.pick("échec", "failure"), &failure.code, &guidance::of(language, failure.code)],
            ),
        };
        let took = found.took.map_or(Html::default(), |took| fill(", {} ms", &[&took.to_string()]));
        let clock = found.ahead.map_or(Html::default(), |ahead| {
            let word = match ahead.abs() > leeway {
                true => language.pick("écart d’horloge, trop grand", "clock difference, too large"),
                false => language.pick("écart d’horloge", "clock difference"),
            };
            fill(", {} : {} s", &[&word, &format!("{ahead:+}")])
        });
        row(&format!("{} ({what})", found.product), &[answer, took, clock].into_iter().collect())
    });
    section(language.pick("Fournisseurs", "Providers"), rows.collect())
}

fn settings(config: &Config, language: Language) -> Html {
    let text = |name: &str, value: &str| row(name, &fill("<code>{}</code>", &[&value]));
    let registered = |registration: &Registration| -> Html {
        let client = &registration.client;
        let level = registration.level.map_or("", Level::name);
        let auth = client.auth.name();
        [
            text(registration.product().name(), registration.issuer()),
            text("client_id", &client.id),
            text(language.pick("niveau", "level"), level),
            text("scope", &registration.scopes.parameter()),
            text(language.pick("authentification", "authentication"), auth),
        ]
        .into_iter()
        .chain(client.next_secret.as_ref().map(|_| {
            let word = language.pick("en cours de changement", "being changed");
            row("client_secret", &Html::text(word))
        }))
        .collect()
    };
    let jwks = config
        .jwks
        .as_ref()
        .map(|_| text("jwks_uri", &format!("{}{}/jwks.json", config.public_url.origin(), config.prefix)));
    let declared = [
        text("redirect_uri", config.redirect_uri()),
        text("post_logout_redirect_uri", config.post_logout_redirect_uri()),
    ];
    let rows = config.registrations().map(registered).chain(declared).chain(jwks);
    section(language.pick("Réglages", "Settings"), rows.collect())
}

fn keys(config: &Config, language: Language, now: Timestamp) -> Html {
    let rows = (1..).zip(config.keys_made()).map(|(place, made)| {
        let age = match made {
            None => language.pick("sans date", "without a date").to_owned(),
            Some(made) => {
                let days = now.since(made) / DAY;
                let word = match now.since(made) >= KEY_AGE {
                    true => language.pick("jours : à changer", "days: to be changed"),
                    false => language.pick("jours", "days"),
                };
                format!("{} ({days} {word})", made.day())
            }
        };
        row(&format!("{} {place}", language.pick("clé n°", "key")), &Html::text(&age))
    });
    section("FC_SESSION_KEYS", rows.collect())
}

fn events(language: Language, counts: &[Counted]) -> Html {
    let title = language.pick("Événements de cette instance", "Events of this instance");
    if counts.is_empty() {
        let none = language.pick("Aucun depuis son démarrage.", "None since it began.");
        return fill("<h2>{}</h2>\n<p>{}</p>\n", &[&title, &none]);
    }
    let rows = counts.iter().map(|Counted { event, times }| {
        let help = match event.level {
            Severity::Info => Html::default(),
            Severity::Warning | Severity::Error => fill(
                "<br><span lang=\"en\">{}</span><br>{}",
                &[&event.message, &guidance::of(language, event.code)],
            ),
        };
        fill("<dt><code>{}</code></dt><dd>{}{}</dd>\n", &[&event.code, &times.to_string(), &help])
    });
    section(title, rows.collect())
}

fn row(name: &str, value: &Html) -> Html {
    fill("<dt>{}</dt><dd>{}</dd>\n", &[&name, value])
}

fn section(title: &str, rows: Html) -> Html {
    fill("<h2>{}</h2>\n<dl>\n{}</dl>\n", &[&title, &rows])
}
