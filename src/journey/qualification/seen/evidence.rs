//! Decides what of the pages is shown beside a verdict: markup, figures, pictures. The persons in it are inventions of the
//! emulator.

use super::button::steady;
use super::{Inside, Outside};
use crate::journey::Words;
use crate::journey::qualification::Evidence;
use crate::journey::qualification::page::{Piece, Style, plain};
use std::fmt::Write;

/// Most lines shown of a page.
const LINES: usize = 40;

/// What was seen of the button, for the points about it.
pub(super) fn outside(seen: &Outside, id: &str) -> Vec<Evidence> {
    if id == "4" {
        return unasked(seen);
    }
    let Some(button) = seen.login.button().filter(|_| matches!(id, "O1" | "2" | "3" | "6" | "7")) else {
        return Vec::new();
    };
    let state = |title: &str, style: &Style| {
        format!(
            "{title}: color {}, background {}, font {}, {} px\n",
            style.color, style.background, style.font, style.size
        )
    };
    let mut text = format!(
        "<{} class=\"{}\"> {:?}\nin: {}\n{:.0} × {:.0} px\n",
        button.element,
        button.classes.join(" "),
        button.name,
        button.groups.iter().take(3).cloned().collect::<Vec<_>>().join(" "),
        button.frame.width,
        button.frame.height,
    );
    for part in &button.parts {
        text.push_str(&format!(
            "  <{} class=\"{}\"> {:?}\n",
            part.element,
            part.classes.join(" "),
            part.text
        ));
    }
    text.push_str(&state("light", &button.style));
    let others = [("hovered", &seen.login.hovered), ("dark", &seen.login.dark)];
    others
        .iter()
        .filter_map(|(title, style)| Some(state(title, style.as_ref()?)))
        .for_each(|line| text.push_str(&line));
    let title = Words::new("Le bouton, tel qu’il est", "The button as it is");
    let picture = match id {
        "O1" => seen.pictures.first(),
        "6" => seen.pictures.get(1),
        _ => None,
    };
    [Evidence::Text { title, text }].into_iter().chain(picture.cloned()).collect()
}

/// The link below the button leads out of the machine, where this acceptance does not go.
fn unasked(seen: &Outside) -> Vec<Evidence> {
    let link = seen.login.controls().filter_map(|control| control.href.as_deref());
    let link = link.filter(|href| href.starts_with("https://franceconnect.gouv.fr")).take(1);
    let title = Words::new(
        "L’adresse du lien, lue et non demandée : rien n’est envoyé à FranceConnect",
        "The address of the link, read and not asked for: nothing is sent to FranceConnect",
    );
    link.map(|href| Evidence::Text { title: title.clone(), text: format!("{href}\n") }).collect()
}

/// What was seen of somebody logged in, for the points about them.
pub(super) fn inside(seen: &Inside, id: &str) -> Vec<Evidence> {
    let picture = |at: usize| seen.pictures.get(at).or(seen.pictures.first()).cloned();
    match id {
        "O2" => header(seen).into_iter().chain(picture(0)).collect(),
        "14" | "15" | "16" => header(seen).into_iter().collect(),
        "O5" => forged(seen).into_iter().collect(),
        "18" => identity(seen).into_iter().chain(forged(seen)).chain(picture(1)).collect(),
        "19" => identity(seen).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Which pages were seen, and what the header of the first one says.
fn header(seen: &Inside) -> Option<Evidence> {
    let first = seen.pages.first()?;
    let mut text = String::new();
    for page in &seen.pages {
        let _ = writeln!(text, "{}", steady(&page.url));
    }
    let said = first.flow.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some((&text.text, &text.place)),
        Piece::Control(control) => Some((&control.name, &control.place)),
        _ => None,
    });
    let header = said.filter(|(_, place)| matches!(place.as_str(), "header" | "nav"));
    for (words, place) in header.take(LINES) {
        let _ = writeln!(text, "  <{place}> {}", plain(words));
    }
    let title = Words::new(
        "Les pages vues après la connexion, et l’en-tête de la première",
        "The pages seen after the login, and the header of the first",
    );
    Some(Evidence::Text { title, text })
}

/// The fields of the pages, as they are.
fn identity(seen: &Inside) -> Option<Evidence> {
    let mut text = String::new();
    for page in &seen.pages {
        for field in page.fields().filter(|field| field.kind != "password").take(LINES) {
            let locked = if field.locked { " (readonly)" } else { "" };
            let label = if field.label.is_empty() { &field.name } else { &field.label };
            let _ = writeln!(text, "{}{locked} = {}", plain(label), plain(&field.value));
        }
        let texts = || {
            page.flow.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None })
        };
        let pairs = texts()
            .zip(texts().skip(1))
            .filter(|(label, value)| label.cell == "label" && value.cell.is_empty());
        for (label, value) in pairs.take(LINES) {
            let _ = writeln!(text, "{} : {}", plain(&label.text), plain(&value.text));
        }
    }
    let title = Words::new(
        "Ce que les pages vues disent d’une personne inventée",
        "What the pages seen say of an invented person",
    );
    (!text.is_empty()).then_some(Evidence::Text { title, text })
}

fn forged(seen: &Inside) -> Option<Evidence> {
    let forged = seen.forged.as_ref()?;
    let status = forged.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let mut text = format!("POST {} [{}] → {status}\n", steady(&forged.to), forged.names.join(", "));
    for shown in &forged.shown {
        let _ = writeln!(text, "  {}", plain(shown));
    }
    let title = if forged.form {
        Words::new(
            "D’autres valeurs envoyées par le formulaire du profil",
            "Other values sent by the form of the profile",
        )
    } else {
        Words::new(
            "Le profil n’a pas de formulaire : d’autres valeurs envoyées à son adresse",
            "The profile has no form: other values sent to its address",
        )
    };
    Some(Evidence::Text { title, text })
}
