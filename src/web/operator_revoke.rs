//! What an operator ends: one session, those of one person, or all that began before now. Written before it is said.

use crate::config::Config;
use crate::html::{Html, fill};
use crate::session::revocation::{self, Target};
use crate::session::{Known, Save, StoreAnswer};
use crate::time::Timestamp;
use crate::web::presence::Asked;
use crate::web::{Event, Language, Reply, Severity, Step, browser, error_page};
use crate::wire::params::Params;

/// Waits for the store to have it.
#[derive(Debug)]
pub(super) struct StoreOrder {
    language: Language,
    known: Known,
    rest: Vec<Save>,
    all: Vec<Save>,
}

/// Judges the form of somebody who has the key.
pub(super) fn start(config: &Config, asked: Asked) -> Step {
    let language = Language::of(&asked.request);
    if !browser::from_this_site(&asked.request, &config.public_url) {
        let text = language.pick("Ce formulaire vient d’ailleurs.", "This form comes from elsewhere.");
        return Step::reply(Reply::respond(error_page::notice(config, language, 403, text, text)));
    }
    let form = std::str::from_utf8(&asked.request.body).ok().and_then(|form| Params::parse(form).ok());
    let Some(target) = form.as_ref().and_then(|form| target(config, form, asked.now)) else {
        let text = language.pick("Rien à révoquer n’est nommé.", "Nothing to revoke is named.");
        return Step::reply(Reply::respond(error_page::notice(config, language, 400, text, text)));
    };
    let Asked { now, known, .. } = asked;
    let all = revocation::revoke(&config.ring, target, now);
    StoreOrder { language, known, rest: all.clone(), all }.next(config)
}

fn target(config: &Config, form: &Params, now: Timestamp) -> Option<Target> {
    let given = |name: &str| form.get(name).map(str::trim).filter(|value| !value.is_empty());
    match form.get("what")? {
        "session" => Target::session(given("sid")?, now),
        "person" => {
            let issuer = given("iss")?;
            // A misspelt one would end nobody's sessions and be told as done.
            config.registration(issuer)?;
            Some(Target::person(issuer, given("sub")?))
        }
        "everybody" => Some(Target::Everybody),
        _ => None,
    }
}

impl StoreOrder {
    fn next(mut self, config: &Config) -> Step {
        if let Some(save) = self.rest.pop() {
            return Step::store(save, self);
        }
        let title = self.language.pick("C’est révoqué", "It is revoked");
        let text = self.language.pick(
            "Enregistré. Les autres instances l’apprennent dans le délai de FC_REVOCATION_FRESHNESS.",
            "Recorded. Other instances learn it within FC_REVOCATION_FRESHNESS.",
        );
        let mut reply = Reply::respond(error_page::notice(config, self.language, 200, title, text));
        reply.known = Some(self.known.revoking(&config.ring, &self.all));
        let meaning = "an operator ended sessions: one, those of a person, or all";
        reply.events.push(Event::new(Severity::Warning, "operator.revoked", meaning));
        Step::reply(reply)
    }

    pub(super) fn resume(self, config: &Config, answer: &StoreAnswer) -> Step {
        if answer.result.is_ok() {
            return self.next(config);
        }
        let title = self.language.pick("Rien n’est sûr", "Nothing is certain");
        let text = self.language.pick(
            "Le magasin n’a pas pris la révocation, ou il n’y en a pas : recommencez.",
            "The store did not take the revocation, or there is none: try again.",
        );
        let response = error_page::notice(config, self.language, 503, title, text);
        let mut reply = Reply::respond(response);
        let meaning = "an operator’s revocation could not be recorded: the store failed, or there is none";
        reply.events.push(Event::new(Severity::Error, "operator.not_revoked", meaning));
        Step::reply(reply)
    }
}

/// The forms of the page.
pub(super) fn forms(config: &Config, language: Language) -> Html {
    let field =
        |name: &'static str| fill("<label>{} <input name=\"{}\" required></label>\n", &[&name, &name]);
    let form = |what: &'static str, title: &'static str, fields: Vec<Html>| {
        let fields: Html = fields.into_iter().collect();
        fill(
            "<form action=\"{}/operator\" method=\"post\">\n<input type=\"hidden\" name=\"what\" value=\"{}\">\n{}\
             <button class=\"fce-action\" type=\"submit\">{}</button></form>\n",
            &[&config.prefix, &what, &fields, &title],
        )
    };
    let person = language.pick("Fermer les sessions d’une personne", "End the sessions of a person");
    let session = language.pick("Fermer une session", "End one session");
    let all = language.pick("Fermer toutes les sessions", "End all sessions");
    let parts = [
        fill("<h2>{}</h2>\n", &[&language.pick("Révoquer", "Revoke")]),
        form("session", session, vec![field("sid")]),
        form("person", person, vec![field("iss"), field("sub")]),
        form("everybody", all, Vec::new()),
    ];
    parts.into_iter().collect()
}
