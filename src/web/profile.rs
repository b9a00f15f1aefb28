//! Who is here: the profile page for people, a little JSON for the site's own scripts.

use serde_json::json;

use crate::config::Config;
use crate::franceconnect::Level;
use crate::html::{Html, ToHtml, fill};
use crate::session::Session;
use crate::session::current::{Opened, Presence};
use crate::time::Timestamp;
use crate::web::page::{form_page, private};
use crate::web::presence::Asked;
use crate::web::{Language, Reply, error_page, gate, identity};
use crate::wire::Response;

/// The profile page, or the button for those who are not here.
pub(super) fn page_of(config: &Config, asked: &mut Asked, presence: Presence) -> Reply {
    let language = Language::of(&asked.request);
    match present(config, presence, asked.now) {
        Found::Ambiguous => gate::ambiguous(config, language),
        Found::Nobody => {
            let back = format!("{}/profile", config.prefix);
            Reply::respond(error_page::login_needed(config, language, &back))
        }
        Found::Here(opened, session) => {
            let response = profile(config, language, &session);
            Reply::respond(renewed(response, config, &opened, asked))
        }
    }
}

/// `/session`: 200 and who is here, or 401. For scripts of the same site: no CORS header is ever sent.
pub(super) fn json_of(config: &Config, now: Timestamp, presence: Presence) -> Reply {
    let login = format!("{}/login", config.prefix);
    match present(config, presence, now) {
        Found::Nobody | Found::Ambiguous => {
            let body = json!({ "authenticated": false, "login": login });
            Reply::respond(private(Response::with_body(401, "application/json", body.to_string())))
        }
        Found::Here(opened, session) => {
            let body = json!({
                "authenticated": true,
                "name": session.citizen.identity.display_name(),
                "given_name": session.citizen.identity.text("given_name"),
                "family_name": session.citizen.identity.text("family_name"),
                "preferred_username": session.citizen.identity.text("preferred_username"),
                "acr": session.citizen.level.map(Level::name),
                "amr": session.citizen.amr,
                "iss": session.citizen.issuer,
                "expires_in": opened.expires_in(config.lifetime, now),
                "profile": format!("{}/profile", config.prefix),
                "logout": format!("{}/logout", config.prefix),
            });
            // Never renewed: a script that asks from time to time would keep a session that nobody uses.
            Reply::respond(private(Response::with_body(200, "application/json", body.to_string())))
        }
    }
}

enum Found {
    Nobody,
    Ambiguous,
    Here(Opened, Box<Session>),
}

fn present(config: &Config, presence: Presence, now: Timestamp) -> Found {
    match presence {
        Presence::Nobody => Found::Nobody,
        Presence::Ambiguous => Found::Ambiguous,
        // Below what the service asks of everybody since: no page opens, so nobody is here.
        Presence::Somebody(opened) if opened.level < config.level() => Found::Nobody,
        Presence::Somebody(opened) => match opened.session(&config.ring, now) {
            Some(session) => Found::Here(opened, Box::new(session)),
            None => Found::Nobody,
        },
    }
}

fn renewed(response: Response, config: &Config, opened: &Opened, asked: &mut Asked) -> Response {
    match opened.renewal(&config.ring, config.cookies, config.lifetime, asked.now, &mut asked.chance) {
        Some(cookie) => response.header("set-cookie", cookie),
        None => response,
    }
}

fn profile(config: &Config, language: Language, session: &Session) -> Response {
    let title = language.pick("Votre profil", "Your profile");
    let name = session.citizen.identity.display_name();
    let here = match &name {
        Some(name) => fill(
            language
                .pick("<p>Connecté : <strong>{}</strong></p>\n", "<p>Logged in: <strong>{}</strong></p>\n"),
            &[name],
        ),
        None => Html::literal(language.pick("<p>Vous êtes connecté.</p>\n", "<p>You are logged in.</p>\n")),
    };
    let product =
        config.registration(&session.citizen.issuer).map_or("FranceConnect", |at| at.product().name());
    let origin = fill(
        language.pick(
            "<p>Ces données viennent de {} et ne se modifient pas ici.</p>\n",
            "<p>These data come from {} and cannot be changed here.</p>\n",
        ),
        &[&product],
    );
    let [told, register] = identity::lists(language, &session.citizen);
    let login = identity::login(language, &session.citizen);
    let values: [&dyn ToHtml; 11] = [
        &title,
        &here,
        &told,
        &register,
        &origin,
        &login,
        &config.prefix,
        &language.pick("Se déconnecter", "Log out"),
        &config.prefix,
        &language.pick("Se déconnecter partout", "Log out everywhere"),
        &language.pick(
            "Ferme aussi vos sessions sur ce site dans les autres navigateurs et appareils.",
            "Also ends your sessions on this site in other browsers and devices.",
        ),
    ];
    let main = fill(
        "<h1>{}</h1>\n{}{}{}{}{}<form action=\"{}/logout\" method=\"post\">\
         <button class=\"fce-action\" type=\"submit\">{}</button></form>\n\
         <form action=\"{}/logout/everywhere\" method=\"post\">\
         <p><button class=\"fce-action\" type=\"submit\">{}</button><br><small>{}</small></p></form>",
        &values,
    );
    form_page(config, language, 200, title, &main)
}
