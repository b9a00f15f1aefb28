//! Decides how a login that is tried goes on: through the emulator's forms, back to the service, to the page that names
//! who is there, and out again.

use super::inspector::{Inspector, Noted};
use super::service::{NoWay, Trip, logout, names, profile};
use super::told;
use super::visitor::{Landing, Trouble, Visitor};
use crate::emulator::{Account, Product};
use crate::journey::Words;
use crate::journey::qualification::lies::{Expected, HONEST, Lie, Person, STRANGER};
use crate::journey::qualification::trace::{Attempt, Call, Leak, Registration, Seen, Trial, Who};
use std::collections::BTreeSet;
use std::fmt::Write;
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
    /// Whether that page lets nobody log out.
    pub leavable: bool,
    /// The client that the service is.
    pub client_id: String,
}

/// Why no login could be tried at all.
pub(in crate::journey::qualification) struct Stopped {
    pub(in crate::journey::qualification) why: Words,
    /// The request that the emulator refused, if that is why.
    pub(in crate::journey::qualification) refused: Option<(Attempt, Product)>,
    /// What the emulator has registered of that client.
    pub(in crate::journey::qualification) registered: Option<Registration>,
}

impl From<Words> for Stopped {
    fn from(why: Words) -> Self {
        Self { why, refused: None, registered: None }
    }
}

/// A login that was tried, with what only its own run can know.
pub(in crate::journey::qualification) struct Tried {
    pub(in crate::journey::qualification) trial: Trial,
    pub(in crate::journey::qualification) leaks: Vec<Leak>,
    /// The address that brought the code back.
    pub(in crate::journey::qualification) callback: Option<Url>,
    pub(super) visitor: Visitor,
    pub(super) attempt: Attempt,
}

impl Trip {
    /// The first login: finds out where things are.
    ///
    /// # Errors
    /// Why nothing can be tried on this service.
    pub(in crate::journey::qualification) async fn ground(&self) -> Result<(Ground, Inspector), Stopped> {
        let mut visitor = self.visitor("");
        let emulator = &self.bounds.emulator;
        Inspector::reach(&self.client, emulator)
            .await
            .map_err(|trouble| told::no_emulator(emulator, &trouble))?;
        let authorize = self.enter(&mut visitor).await.map_err(|no_way| match no_way {
            NoWay::Silent(trouble) => told::unanswered(&self.service.login, &trouble),
            NoWay::Lost(why) => why,
        })?;
        let (inspector, product) =
            Inspector::of(self.client.clone(), &authorize).ok_or_else(|| told::no_authorize(&authorize))?;
        if !inspector.answers().await {
            return Err(told::closed(emulator).into());
        }
        let landing = through(&mut visitor, &authorize, HONEST.person, product, |_| false).await;
        let landing = landing.map_err(|trouble| trouble.words())?;
        let client_id = query(&authorize, "client_id");
        if self.bounds.at_emulator(&landing.url) {
            let refused = Some((attempt(&authorize), product));
            let registered = inspector.registration(&client_id).await;
            return Err(Stopped { why: told::refused_by_emulator(&landing), refused, registered });
        }
        let callback = landing.hops.iter().find(|hop| carries_code(&hop.url)).map(|hop| hop.url.clone());
        let profile = match self.find_profile(&mut visitor, &landing).await {
            Ok(profile) => profile,
            Err(_) if landing.status >= 400 => {
                let calls = inspector.login(&attempt(&authorize)).await.calls;
                let wrong = calls.iter().find_map(|call| call.wrong.first());
                return Err(told::refused_by_service(&landing, wrong).into());
            }
            Err(why) => return Err(why.into()),
        };
        let mut nobody = self.visitor("");
        let before = nobody.open(&profile, |url| self.bounds.at_emulator(url)).await;
        let login_page = nobody.open(&self.service.login, |url| self.bounds.at_emulator(url)).await;
        let leavable = before.as_ref().is_ok_and(|page| logout(&page.page).is_some());
        let text =
            |landing: Result<Landing, Trouble>| landing.map(|at| at.words().to_owned()).unwrap_or_default();
        let callback = callback.map(|mut url| {
            url.set_query(None);
            url
        });
        let ground = Ground {
            profile,
            before: text(before),
            login_page: text(login_page),
            product,
            callback,
            leavable,
            client_id,
        };
        Ok((ground, inspector))
    }

    /// The page that names who has just logged in: the one given, that where the login ended, or one that it links to.
    async fn find_profile(&self, visitor: &mut Visitor, landing: &Landing) -> Result<Url, Words> {
        let named = |page: &Landing| HONEST.person.names.iter().any(|name| names(page.words(), name));
        if let Some(profile) = &self.service.profile {
            let seen = visitor.open(profile, |_| false).await;
            let seen = seen.map_err(|trouble| told::unanswered(profile, &trouble))?;
            return if named(&seen) { Ok(profile.clone()) } else { Err(told::unnamed(&seen)) };
        }
        if named(landing) {
            let mut url = landing.url.clone();
            url.set_query(None);
            return Ok(url);
        }
        let Some(link) = profile(&landing.page) else { return Err(told::unnamed(landing)) };
        let seen = visitor.follow(landing, link, |_| false).await.map_err(|trouble| trouble.words())?;
        if named(&seen) { Ok(seen.url) } else { Err(told::unnamed(&seen)) }
    }

    /// Tries one login.
    pub(in crate::journey::qualification) async fn try_login(
        &self,
        lie: &'static Lie,
        ground: &Ground,
        inspector: &Inspector,
    ) -> Tried {
        let mut visitor = self.visitor(lie.fault).waiting(lie.lateness());
        let mut tried = Tried {
            trial: Trial {
                lie,
                end: Ok(Seen::default()),
                who: Who::Nobody,
                calls: Vec::new(),
                trail: Vec::new(),
                leaving: None,
                recalled: false,
                figures: BTreeSet::new(),
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
        let asked = |calls: &[Call]| {
            calls.iter().filter(|call| call.endpoint == "userinfo" && call.status == 200).count()
        };
        let once =
            if *lie == HONEST { asked(&inspector.login(&tried.attempt).await.calls) } else { usize::MAX };
        let profile = visitor.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        tried.trial.figures = profile.as_ref().map(|page| figures(page.words())).unwrap_or_default();
        pages.extend(profile.ok());
        tried.trial.who = who(&pages, lie, ground);
        if lie.expected == Expected::LoggedOut && tried.trial.who == Who::Themself {
            tried.trial.leaving = Some(self.leave(&mut visitor, &pages, ground).await);
        }
        let Noted { calls, access_tokens, .. } = inspector.login(&tried.attempt).await;
        tried.trial.recalled = asked(&calls) > once;
        tried.trial.calls = calls;
        if *lie == HONEST {
            pages.extend(self.what_pages_load(&mut visitor.clone(), &pages).await);
        }
        tried.leaks = self.leaks(&pages, &visitor, &access_tokens);
        tried.visitor = visitor;
        tried
    }

    /// The authorization request of one more attempt, not followed.
    pub(in crate::journey::qualification) async fn attempt(&self) -> Option<Attempt> {
        let authorize = self.begin(&mut self.visitor("")).await.ok()?;
        Some(attempt(&authorize))
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

/// What tells an attempt from others.
pub(super) fn attempt(authorize: &Url) -> Attempt {
    Attempt {
        state: query(authorize, "state"),
        nonce: query(authorize, "nonce"),
        redirect_uri: query(authorize, "redirect_uri"),
        scope: query(authorize, "scope"),
        acr_values: query(authorize, "acr_values"),
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
pub(super) fn who(pages: &[Landing], lie: &Lie, ground: &Ground) -> Who {
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
        (false, None) if pages.iter().any(|page| lets_out(page, ground)) => Who::Unnamed,
        (false, None) => Who::Nobody,
    }
}

/// Most words with figures that are kept, and the longest.
const FIGURES: usize = 200;
const WORD: usize = 80;

/// The words that have a figure in them; addresses to write to are not the account's own.
fn figures(text: &str) -> BTreeSet<String> {
    let apart = |c: char| c.is_whitespace() || ",;:=<>()[]{}\"'«»/|°#".contains(c);
    let words = text.split(apart).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let kept = words.filter(|word| {
        word.len() <= WORD && !word.contains('@') && word.contains(|c: char| c.is_ascii_digit())
    });
    kept.take(FIGURES).map(str::to_owned).collect()
}

/// Whether the page that names whoever is there offers to log out, as it does not to nobody.
fn lets_out(page: &Landing, ground: &Ground) -> bool {
    !ground.leavable
        && page.status == 200
        && page.url.path() == ground.profile.path()
        && logout(&page.page).is_some()
}

pub(super) fn seen(landing: &Landing, ground: &Ground) -> Seen {
    let ways =
        landing.page.controls.iter().filter(|control| control.form || !control.target.starts_with('#'));
    Seen {
        address: bare(&landing.url),
        status: landing.status,
        waited: landing.hops.iter().map(|hop| hop.took).max().unwrap_or_default(),
        kind: landing.kind.clone(),
        title: landing.page.title.clone(),
        text: Seen::bounded(landing.words()),
        ways: ways.count() + landing.page.pressed,
        scripted: landing.page.scripted && landing.page.text.chars().count() < Seen::SHORTEST,
        at_callback: ground.callback.as_ref().is_some_and(|callback| callback.path() == landing.url.path()),
        injected: ["<script>alert(1)", "<img src=x onerror"]
            .iter()
            .any(|markup| landing.body.contains(markup)),
    }
}

/// An address without its query, which may carry a code, and without the name of an interaction.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    // Refused only where there can be none.
    let _ = (url.set_username(""), url.set_password(None));
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
