//! Decides the citizen's way: identity provider, login, information page, back to the service.
//!
//! Each step is a page of its own below `/interaction/{uid}`, bound to the browser by a cookie.

pub(in crate::emulator) mod authorize;
pub(in crate::emulator) mod callback;
mod way_back;

use crate::emulator::citizen::Idp;
use crate::emulator::citizen::typed::Typed;
use crate::emulator::http::{Reply, Request};
use crate::emulator::page::steps::{self, Scene};
use crate::emulator::page::{identity, information};
use crate::emulator::state::{Interaction, Login, Session};
use crate::emulator::{Account, Emulator};
use crate::time::Timestamp;
use authorize::Refusal;
use callback::Callback;
use std::sync::Arc;

impl Emulator {
    /// `/authorize`, by GET or by a POSTed form.
    pub(in crate::emulator) fn authorize(&mut self, now: Timestamp, request: &Request) -> Reply {
        let params = if request.method == "POST" { request.form_params() } else { request.query_params() };
        let load = |client: &_| self.load(client).map_err(|trouble| trouble.code);
        let interaction = match authorize::judge(&self.settings, &params, now, load) {
            Ok(interaction) => Interaction { behaviour: self.promised.take(), ..interaction },
            Err(Refusal::Page(code)) => return self.error(code),
            Err(Refusal::Redirect { to, error, description, state, fragment }) => {
                let told = Callback::error(&self.settings.issuer, error, &description, &state);
                return Reply::see_other(&told.location(&to, fragment));
            }
        };
        let uid = self.random();
        let product = self.settings.product;
        let known = request.cookie(product.cookie()).filter(|id| self.state.sessions.contains_key(id));
        let id = known.map_or_else(|| self.random(), str::to_owned);
        if !self.state.sessions.contains_key(&id) {
            let fresh = Session { since: now, login: None, interactions: Default::default() };
            self.state.sessions.insert(&id, fresh);
        }
        let interaction = self.state.shared(interaction);
        if let Some(session) = self.state.session(Some(&id), now, product) {
            session.begin(uid.clone(), interaction);
        }
        let location = format!("{}/interaction/{uid}", self.base);
        self.with_session(Reply::see_other(&location), &id)
    }

    /// The pages below `/interaction/`; `rest` is `{uid}` or `{uid}/{step}`.
    pub(in crate::emulator) fn interaction(
        &mut self,
        now: Timestamp,
        request: &Request,
        rest: &str,
    ) -> Reply {
        let (uid, step) = rest.split_once('/').unwrap_or((rest, ""));
        if step == "retour" && request.method == "GET" {
            return self.back(now, request, uid);
        }
        // Browsers keep the cookie from foreign forms already; this names the fault.
        if request.method == "POST" && request.header("sec-fetch-site") == Some("cross-site") {
            return self.error("Y470001");
        }
        let (id, interaction, login) = match self.current(now, request, uid) {
            Ok(current) => current,
            Err(code) => return self.error(code),
        };
        let product = self.settings.product;
        let here = format!("{}/interaction/{uid}", self.base);
        if let Some(code) = interaction.failed {
            return self.error_with_back(code, &here, &interaction);
        }
        let form = request.form_params();
        let scene = Scene { reader: &self.reader, product, here: &here, client: self.client(&interaction) };
        let accounts = |idp| self.settings.citizens.at(idp).cloned().collect::<Vec<_>>();
        let reply = match (request.method.as_str(), step) {
            ("GET", "") if login.is_some() => Reply::see_other(&format!("{here}/information")),
            ("GET", "") if interaction.idp.is_some() => Reply::see_other(&format!("{here}/connexion")),
            ("GET", "") => steps::choice(&scene, interaction.suspicious),
            ("POST", "fournisseur") => {
                let offered = |idp: &&Idp| idp.strong || !interaction.suspicious;
                let chosen =
                    product.idps().iter().find(|idp| Some(idp.id) == form.get("idp") && offered(idp));
                let Some(chosen) = chosen else { return self.error("Y000400") };
                self.update(&id, uid, |interaction| interaction.idp = Some(chosen));
                Reply::see_other(&format!("{here}/connexion"))
            }
            ("GET", "connexion" | "identite") => match interaction.idp {
                Some(idp) => {
                    let asked = request.query_params();
                    let accounts = accounts(idp);
                    let asked = |account: &&Arc<Account>| Some(account.login.as_str()) == asked.get("compte");
                    let model = accounts.iter().find(asked).or(accounts.first());
                    if step == "identite" {
                        let empty = || Typed::sent(idp.crowd, &Default::default());
                        let typed = model.map_or_else(empty, |model| Typed::like(model));
                        identity::form(&scene, idp, &typed, &[])
                    } else {
                        let login = model.map_or("", |account| &account.login);
                        steps::login(&scene, idp, &accounts, login, false)
                    }
                }
                None => Reply::see_other(&here),
            },
            ("POST", "connexion") => {
                let Some(idp) = interaction.idp else { return self.out_of_turn(&here, &interaction) };
                let (login, password) = (form.get("login").unwrap_or_default(), form.get("password"));
                let accounts = accounts(idp);
                let known = accounts.iter().find(|account| account.login == login);
                match known.filter(|_| password == Some(Account::PASSWORD)) {
                    None => steps::login(&scene, idp, &accounts, login, true),
                    Some(account) => {
                        let login = Login { account: account.clone(), idp, at: now };
                        return self.identified(&id, uid, &interaction, login, &here);
                    }
                }
            }
            ("POST", "identite") => {
                let Some(idp) = interaction.idp else { return self.out_of_turn(&here, &interaction) };
                let typed = Typed::sent(idp.crowd, &form);
                match typed.account(now) {
                    Err(wrong) => identity::form(&scene, idp, &typed, &wrong),
                    Ok(account) => {
                        let login = Login { account: Arc::new(account), idp, at: now };
                        return self.identified(&id, uid, &interaction, login, &here);
                    }
                }
            }
            (method, "information") => {
                let Some(login) = login else { return self.out_of_turn(&here, &interaction) };
                let consent = scene.client.is_some_and(|client| client.identity_consent);
                let agreed = !consent || form.get("consentement") == Some("oui");
                // A session that another service began may be of no use to this one; and where nothing is told there
                // is nothing to consent to, so that the registration contradicts the request.
                let contradiction = consent && product.anonymous(&interaction.scopes);
                let error = login.account.login_error(scene.client).or(contradiction.then_some("Y600007"));
                if let Some(code) = error {
                    return self.fail(&id, uid, code, &here, &interaction);
                }
                match method {
                    "POST" if agreed => self.finish(now, &id, uid, interaction, login),
                    "POST" => information::page(&scene, &interaction, &login, consent, true),
                    _ if interaction.direct && !consent => self.finish(now, &id, uid, interaction, login),
                    _ => information::page(&scene, &interaction, &login, consent, false),
                }
            }
            _ => return self.error("Y000404"),
        };
        self.with_session(reply, &id)
    }

    /// The interaction `uid` of this browser, with its session's id and login.
    fn current(
        &mut self,
        now: Timestamp,
        request: &Request,
        uid: &str,
    ) -> Result<(String, Interaction, Option<Login>), &'static str> {
        let product = self.settings.product;
        let id = request.cookie(product.cookie());
        let session = self.state.session(id, now, product).ok_or("Y190001")?;
        let Some(interaction) = session.interactions.get(uid) else {
            let elsewhere = |session: &Session| session.interactions.contains_key(uid);
            return Err(if self.state.sessions.values().any(elsewhere) { "Y04D7C28" } else { "Y04D5AB7" });
        };
        if now.since(interaction.started) >= product.session_life() {
            return Err("Y04D5AB7");
        }
        let remembered = interaction.identified || product.single_sign_on(interaction.level);
        let login = session.login.clone().filter(|_| remembered);
        Ok((id.unwrap_or_default().to_owned(), interaction.clone(), login))
    }

    /// The citizen has identified, if FranceConnect takes that from their identity provider: the session gets another
    /// id, so that one planted before the login is worth nothing after it.
    fn identified(
        &mut self,
        id: &str,
        uid: &str,
        interaction: &Interaction,
        login: Login,
        here: &str,
    ) -> Reply {
        if let Some(code) = login.account.login_error(self.client(interaction)) {
            return self.fail(id, uid, code, here, interaction);
        }
        if login.account.suspicious && !login.idp.strong {
            self.update(id, uid, |interaction| (interaction.idp, interaction.suspicious) = (None, true));
            return self.with_session(Reply::see_other(here), id);
        }
        self.update(id, uid, |interaction| interaction.identified = true);
        let renewed = self.random();
        if let Some(mut session) = self.state.sessions.remove(id) {
            session.since = login.at;
            session.login = Some(login);
            self.state.sessions.insert(&renewed, session);
        }
        self.with_session(Reply::see_other(&format!("{here}/information")), &renewed)
    }

    /// The login ends with the page of `code`, whatever the citizen does but go back.
    fn fail(
        &mut self,
        id: &str,
        uid: &str,
        code: &'static str,
        here: &str,
        interaction: &Interaction,
    ) -> Reply {
        self.update(id, uid, |interaction| interaction.failed = Some(code));
        let page = self.error_with_back(code, here, interaction);
        self.with_session(page, id)
    }

    fn update(&mut self, id: &str, uid: &str, change: impl FnOnce(&mut Interaction)) {
        let session = self.state.sessions.get_mut(id);
        if let Some(interaction) = session.and_then(|session| session.interactions.get_mut(uid)) {
            change(interaction);
        }
    }

    fn with_session(&self, reply: Reply, id: &str) -> Reply {
        let secure = if self.settings.issuer.starts_with("https:") { "; Secure" } else { "" };
        let product = self.settings.product;
        // FranceConnect+ has it end with the browser, and its own memory of it sooner.
        let life =
            if product.sliding() { format!("; Max-Age={}", product.session_life()) } else { String::new() };
        let cookie = format!("{}={id}; Path=/{life}; HttpOnly; SameSite=Lax{secure}", product.cookie());
        reply.header("set-cookie", cookie)
    }
}
