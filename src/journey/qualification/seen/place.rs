//! Decides whether the button stands where it should: the link below it, the sentence above, first and apart, on both
//! pages, in the same tab (4, 5, 8, 9, 10).

use super::{Judged, Outside, flaw, quoting};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::qualification::page::{Control, Page, Piece, plain};

/// The page of each product that the link leads to.
const PAGES: [&str; 2] =
    ["https://franceconnect.gouv.fr/", "https://franceconnect.gouv.fr/france-connect-plus"];
/// What the sentence of each product says, as it is compared: without accents' variants, in lower case.
const SENTENCES: [&str; 2] = [
    "est la solution proposée par l'état pour sécuriser et simplifier la connexion à vos services en ligne",
    "est la solution proposée par l'état, pour renforcer la sécurité de vos services en ligne les plus sensibles",
];

fn of<T: Copy>(seen: &Outside, [standard, plus]: [T; 2]) -> T {
    if matches!(seen.product(), Product::Plus) { plus } else { standard }
}

fn no_button() -> Judged {
    Judged::Skip(Words::new(
        "Aucun bouton FranceConnect n’a été vu (voir O1).",
        "No FranceConnect button was seen (see O1).",
    ))
}

/// Where the button is among what is on the page.
fn at(page: &Page) -> Option<usize> {
    let button = page.button()?;
    page.flow.iter().position(|piece| matches!(piece, Piece::Control(control) if control.path == button.path))
}

/// 4: the link below the button.
pub(super) fn link_below(seen: &Outside) -> Judged {
    let Some(at) = at(&seen.login) else { return no_button() };
    let product = seen.product().name();
    let text = format!("Qu'est-ce que {product} ?");
    let mend = [
        "Reprendre tel quel le lien du système de design : texte, adresse, target, rel et title.",
        "Take the link of the design system as it is: text, address, target, rel and title.",
    ];
    let below = seen.login.flow.iter().skip(at + 1).take(12);
    let link = below.filter_map(|piece| match piece {
        Piece::Control(control) if control.element == "a" && asks_what(control) => Some(control),
        _ => None,
    });
    let Some(link) = link.into_iter().next() else {
        let seen = ["Le lien « {} » n’est pas sous le bouton.", "The link “{}” is not below the button."];
        return Judged::Flaws(vec![quoting(&text, seen, mend)]);
    };
    let mut flaws = Vec::new();
    let other = translated(&seen.login);
    let asks = |words: &str| {
        plain(words) == text || other && plain(words).starts_with(&format!("What is {product}"))
    };
    if !asks(&link.text) {
        flaws.push(quoting(
            &link.text,
            ["Le texte du lien est « {} ».", "The text of the link is “{}”."],
            mend,
        ));
    }
    let href = link.href.as_deref().unwrap_or_default();
    if href.trim_end_matches('/') != of(seen, PAGES).trim_end_matches('/') {
        flaws.push(quoting(href, ["Le lien mène à {}.", "The link leads to {}."], mend));
    }
    if link.target != "_blank" || !link.rel.split(' ').any(|word| word == "noopener" || word == "noreferrer")
    {
        let how = format!("target=\"{}\" rel=\"{}\"", link.target, link.rel);
        flaws.push(quoting(&how, ["Le lien a {}.", "The link has {}."], mend));
    }
    let announced = |title: &str| ["new window", "new tab"].iter().any(|words| title.contains(words));
    let title = plain(&link.title);
    if title != format!("{text} - nouvelle fenêtre") && !(other && announced(&title)) {
        let seen = [
            "Le lien n’annonce pas la nouvelle fenêtre (title « {} »).",
            "The link does not announce the new window (title “{}”).",
        ];
        flaws.push(quoting(&link.title, seen, mend));
    }
    Judged::Flaws(flaws)
}

fn asks_what(control: &Control) -> bool {
    let name = plain(&control.text).to_lowercase();
    let href = control.href.as_deref().unwrap_or_default();
    name.starts_with("qu'est-ce que") || href.contains("//franceconnect.gouv.fr")
}

/// 5: the sentence above it.
pub(super) fn sentence_above(seen: &Outside) -> Judged {
    let Some(at) = at(&seen.login) else { return no_button() };
    let said = |piece: &Piece| match piece {
        Piece::Text(text) => plain(&text.text).to_lowercase().contains(of(seen, SENTENCES)),
        _ => false,
    };
    let mend = [
        "Écrire au-dessus du bouton la phrase de présentation du système de design, telle quelle.",
        "Write the introductory sentence of the design system above the button, as it is.",
    ];
    if seen.login.flow.iter().take(at).any(said) {
        return Judged::Flaws(Vec::new());
    }
    let below = seen.login.flow.iter().skip(at).any(said);
    if translated(&seen.login) {
        return Judged::Ask(Words::new(
            "La page n’est pas en français : la phrase de présentation y est-elle traduite, au-dessus du bouton ?",
            "The page is not in French: does it have the introductory sentence translated, above the button?",
        ));
    }
    let seen = if below {
        ["La phrase de présentation est sous le bouton.", "The introductory sentence is below the button."]
    } else {
        ["La phrase de présentation manque.", "The introductory sentence is missing."]
    };
    Judged::Flaws(vec![flaw(seen, mend)])
}

/// Another way to log in on the page: what it is called.
fn another_way(piece: &Piece) -> Option<String> {
    const OTHERS: [&str; 9] = [
        "google",
        "facebook",
        "apple",
        "linkedin",
        "microsoft",
        "twitter",
        "agentconnect",
        "proconnect",
        "pro connect",
    ];
    match piece {
        Piece::Field(field) if field.kind == "password" => Some(field.label.clone()),
        Piece::Control(control) if !control.starts_login() && control.place == "main" => {
            let name = plain(&control.name).to_lowercase();
            OTHERS.iter().any(|other| name.contains(other)).then(|| control.name.clone())
        }
        _ => None,
    }
}

/// Whether these words say that there is another way: “OU” alone, or at the head of a line about it.
fn separates(text: &str) -> bool {
    let words = plain(text).to_lowercase();
    let words = words.trim_matches(['-', '—', '–', ' ', ':']);
    let begins = words.starts_with("ou ") || words.starts_with("or ");
    matches!(words, "ou" | "or") || begins && words.chars().count() <= 60
}

/// Whether the page says that it is in another language than French, into which its words may be translated.
fn translated(page: &Page) -> bool {
    !page.lang.is_empty() && !page.lang.to_lowercase().starts_with("fr")
}

/// 8: before every other way, with “OU” between, and not one of a row of social logins.
pub(super) fn first_and_apart(seen: &Outside) -> Judged {
    let Some(at) = at(&seen.login) else { return no_button() };
    let flow = &seen.login.flow;
    let ways: Vec<(usize, String)> =
        flow.iter().enumerate().filter_map(|(place, piece)| Some((place, another_way(piece)?))).collect();
    let mut flaws = Vec::new();
    let before = ways.iter().find(|(place, _)| *place < at);
    if let Some((_, name)) = before.filter(|_| seen.public) {
        flaws.push(quoting(
            name,
            [
                "Un autre moyen de connexion précède le bouton : « {} ».",
                "Another way to log in stands before the button: “{}”.",
            ],
            ["Mettre FranceConnect en premier.", "Put FranceConnect first."],
        ));
    }
    let apart = |from: usize, to: usize| {
        flow.iter().skip(from).take(to - from).any(|piece| match piece {
            Piece::Text(text) => separates(&text.text),
            _ => false,
        })
    };
    let unseparated = ways.iter().find(|(place, _)| !apart(at.min(*place), at.max(*place)));
    if let Some((_, name)) = unseparated {
        flaws.push(quoting(
            name,
            ["Rien ne sépare le bouton de « {} ».", "Nothing separates the button from “{}”."],
            [
                "Mettre « OU » entre FranceConnect et les autres moyens.",
                "Put “OU” between FranceConnect and the other ways.",
            ],
        ));
    }
    Judged::Flaws(flaws)
}

/// 9: on the page to log in on and the page to sign up on.
pub(super) fn on_both_pages(seen: &Outside) -> Judged {
    if seen.login.button().is_none() {
        return no_button();
    }
    let Some(signup) = &seen.signup else {
        let for_both =
            seen.login.flow.iter().any(|piece| matches!(piece, Piece::Text(text) if signs_up(&text.text)));
        if for_both {
            return Judged::Flaws(Vec::new());
        }
        return Judged::Ask(Words::new(
            "Aucune page d’inscription n’a été trouvée : la même page sert-elle aux deux, ou le bouton est-il aussi sur l’autre ?",
            "No sign-up page was found: is the same page for both, or is the button on the other as well?",
        ));
    };
    let missing = signup.button().is_none().then(|| {
        quoting(
            &signup.url,
            ["La page d’inscription {} n’a pas le bouton.", "The sign-up page {} has no button."],
            [
                "Mettre le bouton sur la page de connexion et sur celle d’inscription.",
                "Put the button on the login page and on the sign-up page.",
            ],
        )
    });
    Judged::Flaws(missing.into_iter().collect())
}

/// Whether these words are about making an account.
pub fn signs_up(words: &str) -> bool {
    let words = plain(words).to_lowercase();
    let makes = ["créer", "création", "creer", "create"].iter().any(|word| words.contains(word));
    let account = ["compte", "account"].iter().any(|word| words.contains(word));
    makes && account || words.starts_with("s'inscrire") || words == "inscription" || words == "sign up"
}

/// 10: no other window, no frame.
pub(super) fn same_tab(seen: &Outside) -> Judged {
    let page = &seen.login;
    let Some(button) = page.button() else { return no_button() };
    let mend = [
        "Laisser la connexion se faire dans le même onglet : ni target, ni window.open, ni cadre.",
        "Let the login happen in the same tab: no target, no window.open, no frame.",
    ];
    let mut flaws = Vec::new();
    if !matches!(button.target.as_str(), "" | "_self" | "_top") || button.opens || !seen.windows.is_empty() {
        let how = ["Le bouton ouvre une autre fenêtre.", "The button opens another window."];
        flaws.push(flaw(how, mend));
    }
    let framed = page.flow.iter().find_map(|piece| match piece {
        Piece::Frame { source, .. } if source.contains("franceconnect") => Some(source),
        _ => None,
    });
    if page.framed || framed.is_some() {
        let seen = ["La connexion se fait dans un cadre : {}.", "The login happens in a frame: {}."];
        flaws.push(quoting(framed.unwrap_or(&page.url), seen, mend));
    }
    Judged::Flaws(flaws)
}
