//! Decides the panel: how the emulator behaves and toward whom, changed by forms, and the last logins.

use super::Behaviour;
use super::login::FIELD;
use crate::emulator::http::{Params, Reply, Request};
use crate::emulator::inspect::{Record, clock};
use crate::emulator::page::language::Lang;
use crate::emulator::page::page;
use crate::emulator::{Client, Emulator, Endpoint, Fault, Outcome, Stage};
use crate::html::{Html, ToHtml, fill};
use serde_json::{Map, Value, json};

/// Whom a form is about, beside a client by its id.
const EVERYBODY: &str = "*";
const NEXT: &str = "+";

/// Said of a login that is at none of our pages.
pub(super) const OVER: &str = "this login is at no page of the emulator any more";

impl Emulator {
    /// The pages of the control interface; `path` is what follows its prefix.
    pub(super) fn panel(&mut self, request: &Request, path: &str) -> Reply {
        match (request.method.as_str(), path) {
            ("GET", "" | "/") => {
                let login = request.query_params().get(FIELD).and_then(|number| number.parse().ok());
                self.panel_page(200, &[], login)
            }
            ("POST", "" | "/") => self.change(&request.form_params()),
            ("GET", path) => {
                let number = path.strip_prefix("/connexions/").and_then(|number| number.parse().ok());
                match number.and_then(|number| self.records.get(number)) {
                    Some(record) => self.login_page(record),
                    None => self.error("Y000404"),
                }
            }
            _ => self.error("Y000404"),
        }
    }

    fn change(&mut self, form: &Params) -> Reply {
        let login = form.get(FIELD).and_then(|number| number.parse().ok());
        match form.get("action") {
            Some("rotation") => self.rotate(),
            Some("forget") => self.records.clear(),
            Some("reset") => self.behaviours.reset(Behaviour::default()),
            _ => match self.asked(form) {
                Err(wrong) => return self.panel_page(422, &wrong, login),
                Ok(behaviour) if login.is_some() => {
                    return match login.and_then(|number| self.behave_in(number, Some(behaviour))) {
                        Some(pages) => Reply::see_other(&pages),
                        None => self.panel_page(422, &[OVER.to_owned()], None),
                    };
                }
                Ok(behaviour) => match form.get("whom").unwrap_or(EVERYBODY) {
                    EVERYBODY => self.behaviours.everybody = behaviour,
                    NEXT => self.behaviours.next = Some((None, behaviour)),
                    id if self.settings.clients.iter().any(|client| client.client_id == id) => {
                        self.behaviours.clients.insert(id.to_owned(), behaviour);
                    }
                    _ => return self.panel_page(422, &["client_id: unknown".to_owned()], None),
                },
            },
        }
        self.served = 0;
        Reply::see_other(&format!("{}/", self.settings.product.control()))
    }

    /// The behaviour that a form asks for.
    fn asked(&self, form: &Params) -> Result<Behaviour, Vec<String>> {
        let number = |name: &str| match form.filled(name) {
            None => Value::Null,
            Some(text) => text.trim().parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        };
        let outage: Vec<&str> =
            form.iter().filter(|(name, _)| *name == "outage").map(|(_, value)| value).collect();
        let members: Map<String, Value> = [
            ("fault", json!(form.get("fault").unwrap_or_default().trim())),
            ("latency_ms", number("latency_ms")),
            ("outage", json!(outage)),
            ("clock_skew_s", number("clock_skew_s")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        Behaviour::read(&members)
    }

    /// `login` is the only one that the form is about, while it is kept.
    fn panel_page(&self, status: u16, wrong: &[String], login: Option<u64>) -> Reply {
        let lang = self.reader.lang;
        let title = lang.pick("Tableau de bord", "Panel");
        let item = |text: &String| fill("<li>{}</li>", &[text]);
        let alert = match wrong {
            [] => Html::default(),
            _ => {
                let heading = lang.pick("Rien n’a été changé :", "Nothing was changed:");
                let items: Html = wrong.iter().map(item).collect();
                fill(
                    "<div class=\"alerte\" role=\"alert\"><p>{}</p><ul lang=\"en\">{}</ul></div>",
                    &[&heading, &items],
                )
            }
        };
        let main = fill(
            "<h1>{}</h1>{}<h2 id=\"connexions\">{}</h2>{}<h2>{}</h2>{}<h2 id=\"mentir\">{}</h2>{}",
            &[
                &title,
                &alert,
                &lang.pick("Dernières connexions", "Last logins"),
                &self.logins(lang),
                &lang.pick("Comportement", "Behaviour"),
                &self.behaviours_table(lang),
                &lang.pick("Faire mentir l’émulateur", "Make the emulator misbehave"),
                &self.form(lang, login.and_then(|number| self.records.get(number))),
            ],
        );
        let title = if wrong.is_empty() {
            title.to_owned()
        } else {
            format!("{} : {title}", lang.pick("Erreur", "Error"))
        };
        page(&self.reader, self.settings.product, status, &title, &main, &[])
    }

    fn logins(&self, lang: Lang) -> Html {
        let row = |record: &Record| {
            let lie = record.behaviour.fault.map_or("—", Fault::name);
            let remarks = record.exchanges.iter().flat_map(|exchange| &exchange.notes);
            fill(
                "<tr><td><a href=\"{}/connexions/{}\">{}</a></td><td>{}</td><td>{}</td><td><code>{}</code></td>\
                 <td>{}</td></tr>",
                &[
                    &self.settings.product.control(),
                    &record.number.to_string(),
                    &format!("{} {}", lang.pick("n°", "no."), record.number),
                    &clock(record.started),
                    &record.client_id,
                    &lie,
                    &remarks.filter(|note| note.wrong).count().to_string(),
                ],
            )
        };
        let rows: Html = self.records.iter().map(row).collect();
        if rows.as_str().is_empty() {
            return fill("<p>{}</p>", &[&lang.pick("Aucune pour l’instant.", "None so far.")]);
        }
        let head = lang.pick(
            ["Connexion", "Heure (UTC)", "client_id", "Faute", "À corriger"],
            ["Login", "Time (UTC)", "client_id", "Fault", "To mend"],
        );
        let head: Html = head.iter().map(|name| fill("<th scope=\"col\">{}</th>", &[name])).collect();
        fill(
            "<div class=\"large\" tabindex=\"0\" role=\"region\" aria-labelledby=\"connexions\"><table aria-labelledby=\"connexions\"><thead><tr>{}</tr>\
             </thead><tbody>{}</tbody></table></div>{}",
            &[
                &head,
                &rows,
                &self.button("forget", lang.pick("Oublier ces connexions", "Forget these logins")),
            ],
        )
    }

    fn behaviours_table(&self, lang: Lang) -> Html {
        let behaviours = &self.behaviours;
        let mut rows = vec![(whom(lang, EVERYBODY), &behaviours.everybody)];
        rows.extend(behaviours.clients.iter().map(|(id, behaviour)| (id.clone(), behaviour)));
        rows.extend(behaviours.next.as_ref().map(|(_, behaviour)| (whom(lang, NEXT), behaviour)));
        let row = |(whom, behaviour): &(String, &Behaviour)| {
            fill("<dt>{}</dt><dd>{}</dd>", &[whom, &behaviour.words(lang)])
        };
        let list: Html = rows.iter().map(row).collect();
        fill(
            "<dl>{}</dl>{}{}",
            &[
                &list,
                &self.button(
                    "reset",
                    lang.pick("Redevenir honnête avec tous", "Be honest with everybody again"),
                ),
                &self
                    .button("rotation", lang.pick("Changer de clés de signature", "Change the signing keys")),
            ],
        )
    }

    fn button(&self, action: &'static str, words: &str) -> Html {
        fill(
            "<form method=\"post\" action=\"{}/\"><button type=\"submit\" name=\"action\" value=\"{}\">{}</button></form>",
            &[&self.settings.product.control(), &action, &words],
        )
    }

    fn form(&self, lang: Lang, login: Option<&Record>) -> Html {
        let option = |value: &str, words: &str| fill("<option value=\"{}\">{}</option>", &[&value, &words]);
        let client = |client: &Client| option(&client.client_id, &client.client_id);
        let mut whom_options =
            vec![option(EVERYBODY, &whom(lang, EVERYBODY)), option(NEXT, &whom(lang, NEXT))];
        whom_options.extend(self.settings.clients.iter().map(client));
        let whom_options: Html = whom_options.into_iter().collect();
        let whom = match login {
            Some(login) => fill(
                "<p>{} {}</p><input type=\"hidden\" name=\"{}\" value=\"{}\">",
                &[
                    &lang.pick("Pour cette seule connexion, n°", "For this login alone, no."),
                    &login.number.to_string(),
                    &FIELD,
                    &login.number.to_string(),
                ],
            ),
            None => fill(
                "<label for=\"whom\">{}</label><select id=\"whom\" name=\"whom\">{}</select>",
                &[&lang.pick("Envers qui", "Toward whom"), &whom_options],
            ),
        };
        let product = self.settings.product;
        let told = |fault: &&Fault| {
            self.settings.clients.iter().any(|client| fault.applies(product, client.encryption))
        };
        let group = |stage: &Stage| {
            let of_stage = Fault::ALL.iter().filter(told).filter(|fault| fault.stage() == *stage);
            let options: Html = of_stage
                .map(|fault| {
                    option(
                        fault.name(),
                        &format!(
                            "{} : {} ({})",
                            fault.name(),
                            lang.pick(fault.what_fr(), fault.what()),
                            outcome(lang, *fault)
                        ),
                    )
                })
                .collect();
            fill("<optgroup label=\"{}\">{}</optgroup>", &[&stage.name(), &options])
        };
        let groups: Html = Stage::ALL.iter().map(group).collect();
        let check = |endpoint: &Endpoint| {
            fill(
                "<label class=\"case\"><input type=\"checkbox\" name=\"outage\" value=\"{}\"> {}</label>",
                &[&endpoint.name(), &endpoint.name()],
            )
        };
        let checks: Html = Endpoint::NAMED.iter().map(check).collect();
        fill(
            "<form method=\"post\" action=\"{}/\">\
             {}\
             <label for=\"fault\">{}</label><select id=\"fault\" name=\"fault\"><option value=\"\">{}</option>{}</select>\
             <label for=\"latency\">{}</label>\
             <input id=\"latency\" name=\"latency_ms\" inputmode=\"numeric\" placeholder=\"0\">\
             <label for=\"skew\">{}</label>\
             <input id=\"skew\" name=\"clock_skew_s\" placeholder=\"0\">\
             <fieldset><legend>{}</legend>{}</fieldset>\
             <button type=\"submit\">{}</button></form>",
            &[
                &self.settings.product.control(),
                &whom,
                &lang.pick("Faute", "Fault"),
                &lang.pick("aucune", "none"),
                &groups,
                &lang.pick(
                    "Retard de chaque réponse, en millisecondes",
                    "Delay of every answer, in milliseconds",
                ),
                &lang.pick("Avance de l’horloge, en secondes", "How far the clock is ahead, in seconds"),
                &lang.pick("Points d’accès en panne", "Endpoints out of order"),
                &checks,
                &lang.pick("Appliquer", "Apply"),
            ],
        )
    }
}

fn whom(lang: Lang, of: &str) -> String {
    match of {
        EVERYBODY => lang.pick("tout le monde", "everybody"),
        NEXT => lang.pick("la prochaine connexion", "the next login"),
        other => other,
    }
    .to_owned()
}

fn outcome(lang: Lang, fault: Fault) -> &'static str {
    match fault.outcome() {
        Outcome::Stops => lang.pick("à refuser", "to be refused"),
        Outcome::Succeeds => lang.pick("à accepter", "to be taken"),
        Outcome::Either => lang.pick("au choix", "either"),
    }
}

impl Behaviour {
    /// All that is asked, in a line.
    pub(in crate::emulator) fn words(&self, lang: Lang) -> Html {
        let mut told: Vec<String> = self.fault.map(|fault| fault.name().to_owned()).into_iter().collect();
        if !self.latency.is_zero() {
            let late = lang.pick("en retard de", "late by");
            told.push(format!("{late} {} ms", self.latency.as_millis()));
        }
        if !self.outage.is_empty() {
            let names: Vec<&str> = self.outage.iter().map(|endpoint| endpoint.name()).collect();
            told.push(format!("{} {}", lang.pick("en panne :", "out of order:"), names.join(", ")));
        }
        if self.clock_skew != 0 {
            told.push(format!("{} {:+} s", lang.pick("horloge", "clock"), self.clock_skew));
        }
        if told.is_empty() { lang.pick("honnête", "honest").to_html() } else { told.join(" ; ").to_html() }
    }
}
