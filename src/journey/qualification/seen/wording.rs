//! Decides what is said around the button: FranceConnect in one word, what everybody can read and reach, another way, and
//! what is told of personal data (11, 12, 13, 22).

use super::{Flaw, Judged, Outside, flaw, quoting};
use crate::journey::Words;
use crate::journey::qualification::page::{Control, Page, Piece, plain};

/// Least contrast of a text, and of a large one (RGAA 3.2).
const CONTRAST: (f64, f64) = (4.5, 3.0);

/// Each text of a page: runs, names of controls and fields, the title.
fn texts(page: &Page) -> impl Iterator<Item = &str> {
    let pieces = page.flow.iter().map(|piece| match piece {
        Piece::Text(text) => text.text.as_str(),
        Piece::Control(control) => control.name.as_str(),
        Piece::Field(field) => field.label.as_str(),
        Piece::Picture(picture) => picture.name.as_str(),
        Piece::Frame { title, .. } => title.as_str(),
    });
    pieces.chain([page.title.as_str()])
}

/// A way of writing FranceConnect that is not its name, if there is one in this text.
fn misspelt(text: &str) -> Option<String> {
    let text = plain(text);
    // Addresses are written as addresses are.
    let words: Vec<&str> = text.split(' ').filter(|word| !word.contains(['/', '@', '_'])).collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    for (at, word) in words.iter().enumerate() {
        let (lower, alone) = (word.to_lowercase(), bare(word));
        let split = lower.contains("france-connect") || lower.contains("france_connect");
        let next = words.get(at + 1).map(|word| bare(word).to_lowercase()).unwrap_or_default();
        // A club has its town beside it, in the same sentence.
        let club =
            *word == "FC" && words.get(at + 1).is_some_and(|word| word.starts_with(char::is_uppercase));
        if split || alone == "FC" && !club {
            return Some((*word).to_owned());
        }
        if bare(&lower).ends_with("france") && next == "connect" {
            return Some(format!("{word} {}", words.get(at + 1)?));
        }
        let address = lower.trim_end_matches('.').contains('.');
        if lower.contains("franceconnect")
            && !word.contains("FranceConnect")
            && !word.contains("FRANCECONNECT")
            && !address
        {
            return Some((*word).to_owned());
        }
    }
    None
}

/// 11: one word, with its two capitals, never abbreviated.
pub(super) fn one_word(seen: &Outside) -> Judged {
    let mut found: Vec<String> = seen.pages().flat_map(texts).filter_map(misspelt).collect();
    found.sort();
    found.dedup();
    let flaws = found.iter().take(5).map(|word| {
        quoting(
            word,
            ["On lit « {} ».", "“{}” is written."],
            ["Écrire « FranceConnect » partout.", "Write “FranceConnect” everywhere."],
        )
    });
    Judged::Flaws(flaws.collect())
}

/// 12: what of the criteria a machine sees; the rest is an audit by people.
pub(super) fn accessible(seen: &Outside) -> Judged {
    let page = &seen.login;
    let mut flaws: Vec<Flaw> = Vec::new();
    let faint = |contrast: Option<f64>, large: bool| {
        contrast.is_some_and(|contrast| contrast < if large { CONTRAST.1 } else { CONTRAST.0 })
    };
    let texts = page.flow.iter().filter_map(|piece| match piece {
        Piece::Text(text) if faint(text.contrast, text.large) => Some(&text.text),
        Piece::Control(control)
            if !control.is_official() && !control.disabled && !control.text.is_empty() =>
        {
            faint(control.style.contrast, control.style.size >= 24.0).then_some(&control.text)
        }
        _ => None,
    });
    flaws.extend(texts.take(3).map(|text| {
        quoting(
            text,
            [
                "Le texte « {} » n’est pas assez contrasté (RGAA 3.2).",
                "The text “{}” has too little contrast (RGAA 3.2).",
            ],
            ["Porter le contraste à 4,5:1.", "Raise the contrast to 4.5:1."],
        )
    }));
    flaws.extend(page.controls().filter(|control| control.name.is_empty()).take(3).map(|control| {
        quoting(
            control.href.as_deref().unwrap_or(&control.path),
            [
                "Une commande ou un lien n’a pas de nom ({}, RGAA 6.2).",
                "A control or link has no name ({}, RGAA 6.2).",
            ],
            ["Lui donner un texte, ou un aria-label.", "Give it a text, or an aria-label."],
        )
    }));
    if let Some(button) = page.button() {
        flaws.extend(keyboard(page, button));
    }
    if flaws.is_empty() {
        return Judged::Ask(Words::new(
            "Contraste, noms, ordre et focus sont justes sur la page du bouton. L’audit RGAA du parcours entier a-t-il été mené, sans défaut bloquant ?",
            "Contrast, names, order and focus are right on the page of the button. Has the RGAA audit of the whole way been made, with no blocking fault?",
        ));
    }
    Judged::Flaws(flaws)
}

fn keyboard(page: &Page, button: &Control) -> Option<Flaw> {
    let way = page.keyboard.as_ref();
    if let Some(stuck) = way.and_then(|way| way.stuck.as_ref()) {
        return Some(quoting(
            stuck,
            [
                "Le clavier ne sort pas de « {} » (RGAA 12.9).",
                "The keyboard does not leave “{}” (RGAA 12.9).",
            ],
            ["Laisser la touche Tab à la page.", "Leave the Tab key to the page."],
        ));
    }
    let jumps = page.flow.iter().any(|piece| match piece {
        Piece::Control(control) => control.tab > 0,
        Piece::Field(field) => field.tab > 0,
        _ => false,
    });
    if button.tab < 0 || jumps || way.is_some_and(|way| !way.reached && !button.disabled) {
        return Some(flaw(
            [
                "Le clavier n’atteint pas le bouton dans l’ordre de la page (RGAA 12.8).",
                "The keyboard does not reach the button in the order of the page (RGAA 12.8).",
            ],
            [
                "Retirer les tabindex, et ce qui détourne la touche Tab.",
                "Remove the tabindex attributes, and what diverts the Tab key.",
            ],
        ));
    }
    let marked = way.map_or(button.marked, |way| way.marked);
    (!marked && !button.disabled).then(|| {
        flaw(
            [
                "On ne voit pas que le bouton a le focus (RGAA 10.7).",
                "One does not see that the button has the focus (RGAA 10.7).",
            ],
            ["Ne pas retirer son contour (outline).", "Do not remove its outline."],
        )
    })
}

/// 13: another way, on the same page.
pub(super) fn another_way(seen: &Outside) -> Judged {
    let page = &seen.login;
    if page.button().is_none() {
        return Judged::Skip(Words::new(
            "Aucun bouton FranceConnect n’a été vu (voir O1).",
            "No FranceConnect button was seen (see O1).",
        ));
    }
    let other = |name: &str| {
        let name = plain(name).to_lowercase();
        ["sans franceconnect", "autre moyen", "autrement", "without franceconnect", "another way"]
            .iter()
            .any(|words| name.contains(words))
    };
    let form = page.fields().any(|field| field.kind == "password");
    let login = page.controls().any(|control| {
        let name = plain(&control.name).to_lowercase();
        control.place == "main"
            && !control.starts_login()
            && ["se connecter", "connexion", "log in", "sign in", "s'identifier"]
                .iter()
                .any(|words| name.starts_with(words))
    });
    if form || login || texts(page).any(other) {
        return Judged::Flaws(Vec::new());
    }
    Judged::Flaws(vec![flaw(
        [
            "La page n’indique aucun moyen équivalent sans FranceConnect.",
            "The page tells of no equivalent way without FranceConnect.",
        ],
        [
            "Proposer le même service autrement, et le dire près du bouton.",
            "Offer the same service in another way, and say so near the button.",
        ],
    )])
}

/// 22: which data, why, and whom to ask.
pub(super) fn told(seen: &Outside) -> Judged {
    let mut flaws: Vec<Flaw> = seen
        .dead
        .iter()
        .map(|(url, status)| {
            quoting(
                &format!("{} ({status})", super::button::steady(url)),
                [
                    "Un lien du pied de page mène à une erreur : {}.",
                    "A link at the foot leads to an error: {}.",
                ],
                ["Faire répondre la page.", "Have the page answer."],
            )
        })
        .collect();
    if seen.legal.is_none() {
        flaws.push(flaw(
            [
                "Aucune page de mentions légales n’est atteinte depuis la page du bouton.",
                "No legal notice is reached from the page of the button.",
            ],
            [
                "Lier les mentions légales au pied de chaque page.",
                "Link the legal notice at the foot of each page.",
            ],
        ));
    }
    let Some(privacy) = &seen.privacy else {
        flaws.push(flaw(
            [
                "Aucune page sur les données personnelles n’est atteinte depuis la page du bouton.",
                "No page on personal data is reached from the page of the button.",
            ],
            [
                "Dire quelles données viennent de FranceConnect, pourquoi, et lier cette page.",
                "Say which data come from FranceConnect and why, and link that page.",
            ],
        ));
        return Judged::Flaws(flaws);
    };
    let said = texts(privacy).map(plain).collect::<Vec<_>>().join(" ");
    let lower = said.to_lowercase();
    if !said.contains("FranceConnect") {
        flaws.push(quoting(
            &privacy.url,
            ["La page {} ne parle pas de FranceConnect.", "The page {} does not speak of FranceConnect."],
            ["Dire quelles données en viennent, et pourquoi.", "Say which data come from it, and why."],
        ));
    }
    let officer = lower.contains("protection des données") || lower.contains("data protection officer");
    let short = lower.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "dpo" | "dpd"));
    if !officer && !short {
        flaws.push(quoting(
            &privacy.url,
            [
                "La page {} ne nomme pas de délégué à la protection des données.",
                "The page {} names no data protection officer.",
            ],
            ["Dire comment lui écrire.", "Say how to write to them."],
        ));
    }
    Judged::Flaws(flaws)
}
