//! Decides how a login that is tried goes on: through the emulator's forms, back to the service, to the page that names
//! who is there, and out again.

use super::inspector::{Inspector, Noted};
use super::service::{Trip, logout, names, profile};
use super::visitor::{Landing, Trouble, Visitor};
use crate::emulator::{Account, Product};
use crate::journey::Words;
use crate::journey::qualification::lies::{Expected, HONEST, Lie, Person, STRANGER};
use crate::journey::qualification::trace::{Attempt, Call, Leak, Leaving, Replays, Seen, Trial, Who};
use std::fmt::Write;
use std::sync::Arc;
use url::Url;

/// Most pages of the emulator in one login.
const PAGES: usize = 8;

/// What the honest login found out, which the others rest on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The page that names who is logged in.
    pub profile: Url,
    /// The same for nobody.
    pub before: String,
    /// The page with the button, for nobody.
    pub login_page: String,
    /// Which of the two the service uses.
    pub product: Product,
    /// Where the callback is.
    pub callback: Option<Url>,
}

/// A login that was tried, with what only its own run can know.
pub(in crate::journey::qualification) struct Tried {
    pub(in crate::journey::qualification) trial: Trial,
    pub(in crate::journey::qualification) leaks: Vec<Leak>,
    /// The address that brought the code back.
    pub(in crate::journey::qualification) callback: Option<Url>,
    pub(super) visitor: Visitor,
    attempt: Attempt,
}

impl Trip {
    /// The first login: finds out where things are.
    ///
    /// # Errors
    /// Why nothing can be tried on this service.
    pub(in crate::journey::qualification) async fn ground(&self) -> Result<(Ground, Inspector), Words> {
        let mut visitor = self.visitor("");
        let authorize = self.begin(&mut visitor).await?;
        let (inspector, product) = Inspector::of(self.client.clone(), &authorize).ok_or_else(|| {
            Words::new("l’émulateur n’a pas cette adresse d’autorisation", "the emulator has no such address")
        })?;
        if !inspector.answers().await {
            return Err(Words::new(
                "l’interface de commande de l’émulateur ne répond pas : démarrez-le avec --control",
                "the control interface of the emulator does not answer: start it with --control",
            ));
        }
        let landing = through(&mut visitor, &authorize, HONEST.person, product, |_| false).await;
        let landing = landing.map_err(|trouble| trouble.words())?;
        if self.bounds.at_emulator(&landing.url) {
            return Err(refused_by_emulator(&landing));
        }
        let callback = landing.hops.iter().find(|hop| carries_code(&hop.url)).map(|hop| hop.url.clone());
        let profile = self.find_profile(&mut visitor, &landing).await?;
        let mut nobody = self.visitor("");
        let before = nobody.open(&profile, |url| self.bounds.at_emulator(url)).await;
        let login_page = nobody.open(&self.service.login, |url| self.bounds.at_emulator(url)).await;
        let text =
            |landing: Result<Landing, Trouble>| landing.map(|at| at.words().to_owned()).unwrap_or_default();
        let callback = callback.map(|mut url| {
            url.set_query(None);
            url
        });
        let ground =
            Ground { profile, before: text(before), login_page: text(login_page), product, callback };
        Ok((ground, inspector))
    }

    /// The page that names who has just logged in: the one given, that where the login ended, or one that it links to.
    async fn find_profile(&self, visitor: &mut Visitor, landing: &Landing) -> Result<Url, Words> {
        let named = |page: &Landing| HONEST.person.names.iter().any(|name| names(page.words(), name));
        if let Some(profile) = &self.service.profile {
            let seen = visitor.open(profile, |_| false).await.map_err(|trouble| trouble.words())?;
            return if named(&seen) { Ok(profile.clone()) } else { Err(unnamed(&seen)) };
        }
        if named(landing) {
            let mut url = landing.url.clone();
            url.set_query(None);
            return Ok(url);
        }
        let Some(link) = profile(&landing.page) else { return Err(unnamed(landing)) };
        let seen = visitor.follow(landing, link, |_| false).await.map_err(|trouble| trouble.words())?;
        if named(&seen) { Ok(seen.url) } else { Err(unnamed(&seen)) }
    }

    /// Tries one login.
    pub(in crate::journey::qualification) async fn try_login(
        &self,
        lie: &'static Lie,
        ground: &Ground,
        inspector: &Inspector,
    ) -> Tried {
        let mut visitor = self.visitor(lie.fault);
        let mut tried = Tried {
            trial: Trial {
                lie,
                end: Ok(Seen::default()),
                who: Who::Nobody,
                calls: Vec::new(),
                trail: Vec::new(),
                leaving: None,
            },
            leaks: Vec::new(),
            callback: None,
            visitor: visitor.clone(),
            attempt: Attempt::default(),
        };
        let authorize = match self.begin(&mut visitor).await {
            Ok(authorize) => authorize,
            Err(why) => {
                tried.trial.end = Err(why);
                return tried;
            }
        };
        tried.attempt = attempt(&authorize);
        let mut pages = Vec::new();
        match through(&mut visitor, &authorize, lie.person, ground.product, |_| false).await {
            Ok(landing) => {
                tried.callback =
                    landing.hops.iter().find(|hop| carries_code(&hop.url)).map(|hop| hop.url.clone());
                tried.trial.trail = trail(&landing);
                tried.trial.end = Ok(seen(&landing, ground));
                pages.push(landing);
            }
            Err(trouble) => tried.trial.end = Err(trouble.words()),
        }
        let profile = visitor.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        pages.extend(profile.ok());
        tried.trial.who = who(&pages, lie, ground);
        if lie.expected == Expected::LoggedOut && tried.trial.who == Who::Themself {
            tried.trial.leaving = Some(self.leave(&mut visitor, &pages, ground).await);
        }
        let Noted { calls, access_tokens } = inspector.login(&tried.attempt).await;
        tried.trial.calls = calls;
        tried.leaks = self.leaks(&pages, &visitor, &access_tokens);
        tried.visitor = visitor;
        tried
    }

    /// Logs out by what the pages offer.
    async fn leave(&self, visitor: &mut Visitor, pages: &[Landing], ground: &Ground) -> Leaving {
        let mut leaving = Leaving::default();
        let by_page = pages.iter().rev().find_map(|page| Some((page, logout(&page.page)?)));
        let ended = match (&self.service.logout, by_page) {
            (Some(url), _) => {
                leaving.control = Some(url.path().to_owned());
                visitor.open(url, |_| false).await
            }
            (None, Some((page, control))) => {
                leaving.control = Some(control.words.clone());
                visitor.follow(page, control, |_| false).await
            }
            (None, None) => return leaving,
        };
        if let Ok(landing) = ended {
            leaving.at_emulator = self.bounds.at_emulator(&landing.url);
            leaving.end = Some(seen(&landing, ground));
        }
        let after = visitor.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        leaving.who = who(after.ok().as_slice(), &HONEST, ground);
        leaving.asked_again = self.asks_again(visitor).await;
        leaving
    }

    /// Whether another login of the same browser has to say who they are.
    async fn asks_again(&self, visitor: &mut Visitor) -> Option<bool> {
        let authorize = self.begin(visitor).await.ok()?;
        let bounds = Arc::clone(&self.bounds);
        let page = visitor.open(&authorize, |url| !bounds.at_emulator(url)).await.ok()?;
        Some(bounds.at_emulator(&page.url) && page.page.form_with(&["idp"]).is_some())
    }

    /// Opens a callback again in the browser that had it, and one in another browser than the login began in.
    pub(in crate::journey::qualification) async fn replay(
        &self,
        ground: &Ground,
        inspector: &Inspector,
    ) -> Replays {
        let mut replays = Replays::default();
        let mut first = self.try_login(&REPLAYED, ground, inspector).await;
        if let Some(callback) = &first.callback {
            let again = first.visitor.open(callback, |_| false).await;
            let calls = inspector.login(&first.attempt).await.calls;
            let tokens = |calls: &[Call]| calls.iter().filter(|call| call.endpoint == "token").count();
            let sent_twice = tokens(&calls) > tokens(&first.trial.calls);
            replays.again = again.ok().map(|landing| (seen(&landing, ground), sent_twice));
        }
        let mut thief = self.visitor("");
        let Ok(authorize) = self.begin(&mut thief).await else { return replays };
        let bounds = Arc::clone(&self.bounds);
        let stopped =
            through(&mut thief, &authorize, HONEST.person, ground.product, |url| !bounds.at_emulator(url));
        let Ok(stopped) = stopped.await else { return replays };
        let mut victim = self.visitor("");
        let Ok(landing) = victim.open(&stopped.url, |_| false).await else { return replays };
        let profile = victim.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        let end = seen(&landing, ground);
        let pages: Vec<Landing> = [Some(landing), profile.ok()].into_iter().flatten().collect();
        replays.stolen = Some((end, who(&pages, &HONEST, ground)));
        replays
    }

    /// The authorization request of one more attempt, not followed.
    pub(in crate::journey::qualification) async fn attempt(&self) -> Option<Attempt> {
        let authorize = self.begin(&mut self.visitor("")).await.ok()?;
        Some(attempt(&authorize))
    }

    fn leaks(&self, pages: &[Landing], visitor: &Visitor, access_tokens: &[String]) -> Vec<Leak> {
        let mut leaks = Vec::new();
        let mut look = |text: &str, place: &str| {
            if self.service.secret.as_ref().is_some_and(|secret| secret.len() > 7 && text.contains(secret)) {
                leaks.push(Leak::Secret(place.to_owned()));
            }
            if access_tokens.iter().any(|token| text.contains(token)) {
                leaks.push(Leak::AccessToken(place.to_owned()));
            }
        };
        for page in pages.iter().filter(|page| !self.bounds.at_emulator(&page.url)) {
            look(&page.body, page.url.path());
            page.hops.iter().for_each(|hop| look(hop.url.as_str(), hop.url.path()));
        }
        visitor.cookies().for_each(|value| look(value, "cookie"));
        leaks
    }
}

/// Goes through the emulator's pages as `person`, until the way leaves them or does not go on.
pub(super) async fn through(
    visitor: &mut Visitor,
    authorize: &Url,
    person: &Person,
    product: Product,
    stop: impl Fn(&Url) -> bool + Copy,
) -> Result<Landing, Trouble> {
    let idp = product.idps().get(person.idp).map_or("", |idp| idp.id);
    let mut landing = visitor.open(authorize, stop).await?;
    for _ in 0..PAGES {
        if !visitor.bounds().at_emulator(&landing.url) {
            break;
        }
        let page = &landing.page;
        let next = if let Some(form) = page.form_with(&["login", "password"]) {
            form.clone().with("login", person.login).with("password", Account::PASSWORD)
        } else if let Some(form) = page.form_with(&["idp"]) {
            form.clone().with("idp", idp)
        } else if let Some(form) = page.controls.iter().find(|control| control.form && control.post) {
            form.clone().with("consentement", "oui")
        } else {
            break;
        };
        let mut followed = visitor.follow(&landing, &next, stop).await?;
        followed.hops.splice(..0, landing.hops);
        landing = followed;
    }
    Ok(landing)
}

/// Logged in and left there.
static REPLAYED: Lie = Lie { expected: Expected::Accepted, ..HONEST };

/// What tells an attempt from others.
fn attempt(authorize: &Url) -> Attempt {
    Attempt {
        state: query(authorize, "state"),
        nonce: query(authorize, "nonce"),
        redirect_uri: query(authorize, "redirect_uri"),
    }
}

fn query(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn carries_code(url: &Url) -> bool {
    url.query_pairs().any(|(name, _)| name == "code")
}

/// Who the pages say is logged in; a name that stands there for nobody too says nothing.
fn who(pages: &[Landing], lie: &Lie, ground: &Ground) -> Who {
    let told =
        |name: &&str| !names(&ground.before, name) && pages.iter().any(|page| names(page.words(), name));
    let own = lie.person.names;
    if lie.fault == "userinfo.sub_other" && told(&STRANGER) {
        return Who::Another(STRANGER.to_owned());
    }
    let others =
        [HONEST.person.names, crate::journey::qualification::lies::COELIA.names].into_iter().flatten();
    let mut others = others.filter(|name| !own.contains(name));
    match (own.iter().any(told), others.find(|name| told(name))) {
        (_, Some(other)) => Who::Another((*other).to_owned()),
        (true, None) => Who::Themself,
        (false, None) => Who::Nobody,
    }
}

fn seen(landing: &Landing, ground: &Ground) -> Seen {
    let ways =
        landing.page.controls.iter().filter(|control| control.form || !control.target.starts_with('#'));
    Seen {
        address: bare(&landing.url),
        status: landing.status,
        kind: landing.kind.clone(),
        title: landing.page.title.clone(),
        text: Seen::bounded(landing.words()),
        ways: ways.count(),
        at_callback: ground.callback.as_ref().is_some_and(|callback| callback.path() == landing.url.path()),
        injected: ["<script>alert(1)", "<img src=x onerror"]
            .iter()
            .any(|markup| landing.body.contains(markup)),
    }
}

/// An address without its query, which may carry a code, and without the name of an interaction.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    if let Some((before, after)) = url.path().split_once("/interaction/") {
        let step = after.split_once('/').map_or("", |(_, step)| step);
        let path = format!("{before}/interaction/-/{step}");
        url.set_path(&path);
    }
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

fn trail(landing: &Landing) -> Vec<String> {
    let line = |hop: &super::visitor::Hop| {
        let names: Vec<String> = hop.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let mut line = format!("{} {}", hop.method, bare(&hop.url));
        if !names.is_empty() {
            let _ = write!(line, " [{}]", names.join(", "));
        }
        let _ = write!(line, " → {}", hop.status);
        line
    };
    landing.hops.iter().map(line).collect()
}

fn refused_by_emulator(landing: &Landing) -> Words {
    let told: String = landing.page.text.chars().take(300).collect();
    Words::new(
        format!("l’émulateur refuse la demande du service : {told}"),
        format!("the emulator refuses the request of the service: {told}"),
    )
}

fn unnamed(landing: &Landing) -> Words {
    let (path, status) = (landing.url.path(), landing.status);
    Words::new(
        format!(
            "une connexion honnête finit sur {path} (statut {status}) sans que le nom de la personne s’y lise : donnez la page qui la nomme par --profile-path"
        ),
        format!(
            "an honest login ends on {path} (status {status}) without the person's name on it: give the page that names them with --profile-path"
        ),
    )
}
