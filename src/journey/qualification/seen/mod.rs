//! Decides the points that pages show, from pages that were read; no browser and no network is needed for it.
//!
//! Each point is one function from what was seen to its flaws: none, and the point is passed. What only a person can
//! tell is asked of one, and what could not be seen is said to be so.

mod button;
mod evidence;
mod inside;
mod place;
mod wording;

pub(super) use inside::{Pivot, is_way_to_profile, pivot};
pub use place::signs_up;

use super::page::{Page, plain};
use super::{Evidence, Finding, Item, Means, Verdict};
use crate::franceconnect::Product;
use crate::journey::Words;

/// What was seen of a service before anybody logged in.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The service should show the button of FranceConnect+.
    pub plus: bool,
    /// The page with the button.
    pub login: Page,
    /// The address asked for, where it left the service at once: `login` is then no page of the service's.
    pub straight: Option<String>,
    /// The page to sign up on, where it is another.
    pub signup: Option<Page>,
    /// The legal notice.
    pub legal: Option<Page>,
    /// What is said of personal data.
    pub privacy: Option<Page>,
    /// Addresses of those two that answered with an error, and its status.
    pub dead: Vec<(String, u16)>,
    /// Windows that opened when the button was pressed.
    pub windows: Vec<String>,
    /// Where it led without them, redirects included, each without its query.
    pub leads_to: Vec<String>,
    /// A public service, which shows FranceConnect first.
    pub public: bool,
    /// Pictures of the page with the button: in light, in dark.
    pub pictures: Vec<Evidence>,
}

impl Outside {
    fn product(&self) -> Product {
        if self.plus { Product::Plus } else { Product::Standard }
    }

    /// Every page that was seen.
    fn pages(&self) -> impl Iterator<Item = &Page> {
        [Some(&self.login), self.signup.as_ref(), self.legal.as_ref(), self.privacy.as_ref()]
            .into_iter()
            .flatten()
    }
}

/// What was seen once somebody had logged in through the emulator.
#[derive(Debug, Clone, Default)]
pub struct Inside {
    /// The page the login led to, then that of the profile and others, each once.
    pub pages: Vec<Page>,
    /// Who logged in: an invention of the emulator's.
    pub person: Person,
    /// The address of the profile, where one was found, and what it answered.
    pub profile: Option<(String, Option<u16>)>,
    /// The profile of somebody else, of whom FranceConnect tells little.
    pub little_known: Option<Page>,
    /// What became of values sent in the place of the identity.
    pub forged: Option<Forged>,
    /// Pictures of the page the login led to, and of the profile.
    pub pictures: Vec<Evidence>,
}

/// Values sent in the place of the identity that came from FranceConnect.
#[derive(Debug, Clone, Default)]
pub struct Forged {
    /// The profile has a form that took them; else they were sent to its address.
    pub form: bool,
    /// The path they were sent to.
    pub to: String,
    /// What it answered.
    pub status: Option<u16>,
    /// What the values were called.
    pub names: Vec<String>,
    /// Those that the profile shows since.
    pub shown: Vec<String>,
}

/// The names of the person who logged in.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// First names.
    pub given: Vec<String>,
    /// The name at birth.
    pub family: String,
    /// The name in use, if another.
    pub usage: Option<String>,
    /// The date of birth, as FranceConnect writes it.
    pub birthdate: String,
}

/// A point, and how it is judged.
type Point<Seen> = (&'static str, fn(&Seen) -> Judged);

/// What a point comes to.
pub(super) enum Judged {
    /// The flaws seen, none for a point that is passed.
    Flaws(Vec<Flaw>),
    /// A question for a person.
    Ask(Words),
    /// Why it could not be looked at.
    Skip(Words),
}

/// Something wrong: what was seen, and how to mend it.
pub(super) struct Flaw {
    seen: Words,
    mend: Words,
}

/// A flaw, in French and in English: what was seen, how to mend it.
pub(super) fn flaw(seen: [&str; 2], mend: [&str; 2]) -> Flaw {
    let [seen, mend] = [seen, mend].map(|[fr, en]| Words::new(fr, en));
    Flaw { seen, mend }
}

/// A flaw with a quotation of the page in it, where the words say `{}`.
pub(super) fn quoting(quoted: &str, seen: [&str; 2], mend: [&str; 2]) -> Flaw {
    let quoted: String = plain(quoted).chars().take(120).collect();
    let [fr, en] = seen.map(|words| words.replace("{}", &quoted));
    flaw([&fr, &en], mend)
}

/// The verdicts on the points of the pages before a login, in the order of the list; with nothing seen, and why, each
/// is left to a person or skipped.
pub fn outside(seen: Result<&Outside, Words>) -> Vec<Finding> {
    let points: [Point<Outside>; 15] = [
        ("O1", button::official),
        ("1", button::only_picture),
        ("2", button::unaltered),
        ("3", button::markup),
        ("4", place::link_below),
        ("5", place::sentence_above),
        ("6", button::states),
        ("7", button::size),
        ("8", place::first_and_apart),
        ("9", place::on_both_pages),
        ("10", place::same_tab),
        ("11", wording::one_word),
        ("12", wording::accessible),
        ("13", wording::another_way),
        ("22", wording::told),
    ];
    let straight = seen.as_ref().ok().and_then(|seen| seen.straight.as_deref());
    if let Some(address) = straight {
        return straight_away(judge(&points, Err(&left(address))), address);
    }
    let mut findings = judge(&points, seen.as_ref().copied());
    if let Ok(seen) = seen {
        findings.iter_mut().for_each(|finding| finding.evidence = evidence::outside(seen, finding.item.id));
    }
    findings
}

/// Why nothing was seen where the way went to FranceConnect at once.
fn left(address: &str) -> Words {
    Words::new(
        format!("{address} mène droit à FranceConnect, sans page du service"),
        format!("{address} leads straight to FranceConnect, with no page of the service"),
    )
}

/// A service that shows no page has no button on it; FranceConnect's page is not judged in its place.
fn straight_away(mut findings: Vec<Finding>, address: &str) -> Vec<Finding> {
    let mend = Words::new(
        "Présenter le bouton sur une page du service ; si cette page existe, la donner par --login-path.",
        "Show the button on a page of the service; if there is such a page, give it with --login-path.",
    );
    let Words { fr, en } = left(address);
    let seen = Words::new(format!("{fr}."), format!("{en}."));
    for finding in findings.iter_mut().filter(|finding| finding.item.id == "O1") {
        finding.verdict = Verdict::Failed { seen: seen.clone(), mend: mend.clone() };
    }
    findings
}

/// The same of the pages after a login.
pub fn inside(seen: Result<&Inside, Words>) -> Vec<Finding> {
    let points: [Point<Inside>; 7] = [
        ("O2", inside::named_in_header),
        ("O5", inside::not_editable),
        ("14", inside::profile_in_reach),
        ("15", inside::one_way_out),
        ("16", inside::no_second_password),
        ("18", inside::explained),
        ("19", inside::birth_name),
    ];
    let mut findings = judge(&points, seen.as_ref().copied());
    if let Ok(seen) = seen {
        findings.iter_mut().for_each(|finding| finding.evidence = evidence::inside(seen, finding.item.id));
    }
    findings
}

fn judge<Seen>(points: &[Point<Seen>], seen: Result<&Seen, &Words>) -> Vec<Finding> {
    let finding = |(id, judge): &Point<Seen>| {
        let item = Item::named(id)?;
        let verdict = match seen.map(judge) {
            Ok(Judged::Flaws(flaws)) => failed(&flaws),
            Ok(Judged::Ask(question)) => Verdict::Attest { question },
            Ok(Judged::Skip(why)) => Verdict::Skipped { why },
            Err(why) => unseen(item, why),
        };
        Some(Finding { item, verdict, evidence: Vec::new() })
    };
    points.iter().filter_map(finding).collect()
}

/// A point of which nothing was seen: a person may see it.
fn unseen(item: &Item, why: &Words) -> Verdict {
    if !item.means.contains(&Means::Person) {
        return Verdict::Skipped { why: why.clone() };
    }
    let fr = format!("{} : est-ce le cas ? Rien n’en a été vu : {}.", item.fr, why.fr);
    let en = format!("{}: is it so? Nothing of it was seen: {}.", item.en, why.en);
    Verdict::Attest { question: Words::new(fr, en) }
}

/// Passed without flaws; else all that was seen, and all that there is to mend, each once.
fn failed(flaws: &[Flaw]) -> Verdict {
    let join = |of: fn(&Flaw) -> &Words| {
        let mut all: Vec<&Words> = flaws.iter().map(of).collect();
        all.dedup();
        let text = |of: fn(&Words) -> &str| all.iter().map(|words| of(words)).collect::<Vec<_>>().join(" ");
        Words::new(text(|words| &words.fr), text(|words| &words.en))
    };
    if flaws.is_empty() {
        return Verdict::Passed;
    }
    Verdict::Failed { seen: join(|flaw| &flaw.seen), mend: join(|flaw| &flaw.mend) }
}
