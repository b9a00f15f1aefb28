//! Decides what the pages show somebody who has logged in: who they are, their profile, one way out, no second password,
//! an identity that is FranceConnect's (O2, O5, 14, 15, 16, 18, 19).

use super::button::steady;
use super::{Inside, Judged, Person, flaw, quoting};
use crate::journey::Words;
use crate::journey::qualification::page::{Control, Field, Page, Piece, Text, plain};

const LOGOUTS: [&str; 8] = [
    "se déconnecter",
    "déconnexion",
    "me déconnecter",
    "déconnectez-vous",
    "log out",
    "logout",
    "sign out",
    "log off",
];

fn low(text: &str) -> String {
    plain(text).to_lowercase()
}

/// What a piece says, and where.
fn said(piece: &Piece) -> Option<(&str, &str)> {
    match piece {
        Piece::Text(text) => Some((&text.text, &text.place)),
        Piece::Control(control) => Some((&control.name, &control.place)),
        _ => None,
    }
}

fn names(person: &Person, text: &str) -> bool {
    let text = low(text);
    if person.family.is_empty() && person.given.is_empty() {
        return false;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'').collect();
    let has = |name: &str| {
        let name = low(name);
        !name.is_empty() && (words.contains(&name.as_str()) || name.contains(' ') && text.contains(&name))
    };
    let first = person.given.first().map(String::as_str).unwrap_or_default();
    if has(first) || has(&person.family) || person.usage.as_deref().is_some_and(has) {
        return true;
    }
    let initial =
        |name: &str| name.chars().next().into_iter().flat_map(char::to_lowercase).collect::<String>();
    let last = person.usage.as_deref().unwrap_or(&person.family);
    text.replace(['.', ' '], "") == format!("{}{}", initial(first), initial(last))
}

/// O2: the header of the page that a login leads to names them.
pub(super) fn named_in_header(seen: &Inside) -> Judged {
    let Some(page) = seen.pages.first() else { return nothing() };
    if seen.person.family.is_empty() && seen.person.given.is_empty() {
        return Judged::Skip(Words::new(
            "Le service ne demande aucun nom à FranceConnect.",
            "The service asks FranceConnect for no name.",
        ));
    }
    let mut header: Vec<&str> = page
        .flow
        .iter()
        .filter_map(said)
        .filter(|(_, place)| matches!(*place, "header" | "nav"))
        .map(|(text, _)| text)
        .collect();
    if header.is_empty() {
        // A page that marks no header: what stands at its top.
        header = page.flow.iter().filter_map(said).map(|(text, _)| text).take(10).collect();
    }
    if header.iter().any(|text| names(&seen.person, text)) {
        return Judged::Flaws(Vec::new());
    }
    Judged::Flaws(vec![quoting(
        &steady(&page.url),
        ["L’en-tête de {} ne dit pas qui est connecté.", "The header of {} does not say who is logged in."],
        [
            "Y mettre le nom, le prénom ou les initiales, à la place de « Mon compte » ou à côté.",
            "Put the name, first name or initials there, in the place of “My account” or beside it.",
        ],
    )])
}

fn nothing() -> Judged {
    Judged::Skip(Words::new(
        "Aucune page n’a été vue après une connexion.",
        "No page was seen after a login.",
    ))
}

/// Whether a control leads to the profile of this person, or opens what does.
pub fn is_way_to_profile(person: &Person, control: &Control) -> bool {
    let name = low(&control.name);
    let words = ["profil", "compte", "mes informations", "mes données", "account"];
    let named = words.iter().any(|word| name.contains(word)) || names(person, &control.name);
    named && !control.is_risky()
}

impl Person {
    /// Whether words name this person.
    pub(in crate::journey::qualification) fn is_named_in(&self, text: &str) -> bool {
        names(self, text)
    }
}

/// 14: a way to the profile.
pub(super) fn profile_in_reach(seen: &Inside) -> Judged {
    let Some(page) = seen.pages.first() else { return nothing() };
    if let Some((url, Some(status @ 400..))) = &seen.profile {
        return Judged::Flaws(vec![quoting(
            &format!("{} ({status})", steady(url)),
            ["Le profil mène à une erreur : {}.", "The profile leads to an error: {}."],
            ["Faire répondre la page du profil.", "Have the page of the profile answer."],
        )]);
    }
    if page.controls().any(|control| is_way_to_profile(&seen.person, control)) {
        return Judged::Flaws(Vec::new());
    }
    Judged::Flaws(vec![quoting(
        &steady(&page.url),
        ["Rien ne mène de {} au profil.", "Nothing leads from {} to the profile."],
        [
            "Faire du nom, dans l’en-tête, un lien vers le profil.",
            "Make the name in the header a link to the profile.",
        ],
    )])
}

/// 15, the part that pages show: one way out, and one only.
pub(super) fn one_way_out(seen: &Inside) -> Judged {
    if seen.pages.is_empty() {
        return nothing();
    }
    let count = |page: &Page| {
        page.controls().filter(|control| LOGOUTS.contains(&low(&control.name).as_str())).count()
    };
    if let Some(page) = seen.pages.iter().find(|page| count(page) > 1) {
        return Judged::Flaws(vec![quoting(
            &steady(&page.url),
            ["La page {} a plusieurs commandes de déconnexion.", "The page {} has several ways to log out."],
            [
                "N’en garder qu’une, qui ferme la session du service et celle de FranceConnect.",
                "Keep one only, which ends the session of the service and that of FranceConnect.",
            ],
        )]);
    }
    if seen.pages.iter().all(|page| count(page) == 0) {
        return Judged::Flaws(vec![flaw(
            ["Aucune commande « Se déconnecter » n’a été vue.", "No way to log out was seen."],
            ["Mettre un « Se déconnecter » visible.", "Put a visible “Se déconnecter”."],
        )]);
    }
    Judged::Flaws(Vec::new())
}

/// 16: nothing asks for a password, nor offers to change one.
pub(super) fn no_second_password(seen: &Inside) -> Judged {
    if seen.pages.is_empty() {
        return nothing();
    }
    let asks = |page: &&Page| {
        let offers = |name: &str| {
            let name = low(name);
            name.contains("mot de passe") || name.contains("password")
        };
        page.fields().any(|field| field.kind == "password")
            || page.controls().any(|control| offers(&control.name))
    };
    let flaws = seen.pages.iter().filter(asks).map(|page| {
        quoting(
            &steady(&page.url),
            [
                "La page {} demande ou propose un mot de passe.",
                "The page {} asks for a password or offers one.",
            ],
            [
                "Retirer tout mot de passe pour qui est venu par FranceConnect.",
                "Remove any password for those who came through FranceConnect.",
            ],
        )
    });
    Judged::Flaws(flaws.collect())
}

/// What of the pivot identity a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pivot {
    /// The name at birth.
    Family,
    /// The first names.
    Given,
    /// The date of birth.
    Birthdate,
    /// Where somebody was born, their sex.
    Other,
}

/// What of the pivot identity a field holds, by what it is called or by what is in it.
pub fn pivot(person: &Person, field: &Field) -> Option<Pivot> {
    const CALLED: [(&str, Pivot); 12] = [
        ("family_name", Pivot::Family),
        ("nom de naissance", Pivot::Family),
        ("nom de famille", Pivot::Family),
        ("given_name", Pivot::Given),
        ("prénom", Pivot::Given),
        ("birthplace", Pivot::Other),
        ("birthcountry", Pivot::Other),
        ("birthdate", Pivot::Birthdate),
        ("date de naissance", Pivot::Birthdate),
        ("de naissance", Pivot::Other),
        ("gender", Pivot::Other),
        ("sexe", Pivot::Other),
    ];
    let called = format!("{} {}", low(&field.label), low(&field.name));
    if called.contains("usage") || matches!(field.kind.as_str(), "password" | "search" | "hidden") {
        return None;
    }
    let value = low(&field.value);
    let holds = |known: &str| !known.is_empty() && value == low(known);
    if holds(&person.family) {
        Some(Pivot::Family)
    } else if holds(&person.given.join(" ")) {
        Some(Pivot::Given)
    } else if holds(&person.birthdate) {
        Some(Pivot::Birthdate)
    } else {
        CALLED.iter().find(|(word, _)| called.contains(word)).map(|(_, pivot)| *pivot)
    }
}

/// Fields of the pages that hold the pivot identity.
fn pivots(seen: &Inside) -> impl Iterator<Item = &Field> {
    seen.pages.iter().flat_map(Page::fields).filter(|field| pivot(&seen.person, field).is_some())
}

/// O5: no field lets it be changed.
pub(super) fn not_editable(seen: &Inside) -> Judged {
    if seen.pages.is_empty() {
        return nothing();
    }
    let kept = seen.forged.iter().flat_map(|forged| &forged.shown).take(1).map(|shown| {
        quoting(
            shown,
            [
                "Une valeur envoyée à la place de l’identité a été gardée : « {} ».",
                "A value sent in the place of the identity was kept: “{}”.",
            ],
            [
                "Côté serveur, ne prendre l’identité que de FranceConnect, quoi que la demande contienne.",
                "On the server, take the identity from FranceConnect only, whatever the request holds.",
            ],
        )
    });
    // A field without a value is one that FranceConnect did not fill: it may be asked for.
    let open = pivots(seen).filter(|field| !field.locked && !field.value.is_empty()).map(|field| {
        quoting(
            if field.label.is_empty() { &field.name } else { &field.label },
            [
                "Le champ « {} », venu de FranceConnect, se modifie.",
                "The field “{}”, which came from FranceConnect, can be changed.",
            ],
            [
                "Le mettre en lecture seule, et ignorer ce qui serait envoyé.",
                "Make it read-only, and ignore what may be sent.",
            ],
        )
    });
    Judged::Flaws(open.chain(kept).collect())
}

/// 18: it is said why it cannot be changed, and nothing empty is fixed.
pub(super) fn explained(seen: &Inside) -> Judged {
    let texts =
        || seen.pages.iter().flat_map(|page| page.flow.iter()).filter_map(said).map(|(text, _)| low(text));
    let mut fixed: Vec<&Field> = pivots(seen).filter(|field| field.locked).collect();
    let shown = !fixed.is_empty()
        || texts().any(|text| text.contains("nom de naissance") || text.contains("date de naissance"));
    if !shown {
        return Judged::Skip(Words::new(
            "L’identité n’est montrée sur aucune des pages vues.",
            "The identity is shown on none of the pages seen.",
        ));
    }
    // Of whom FranceConnect tells little, the rest may not be fixed as nothing.
    let little_known = seen.little_known.iter().flat_map(Page::fields);
    fixed.extend(little_known.filter(|field| field.locked && pivot(&seen.person, field).is_some()));
    let mut flaws: Vec<_> = fixed
        .iter()
        .filter(|field| field.value.is_empty())
        .map(|field| {
            quoting(
                &field.label,
                [
                    "Le champ « {} » est figé sans qu’aucune valeur soit venue.",
                    "The field “{}” is fixed although no value came.",
                ],
                ["Ne figer que ce que FranceConnect a transmis.", "Fix only what FranceConnect sent."],
            )
        })
        .collect();
    let why = |text: &String| {
        text.contains("franceconnect")
            && ["modif", "chang", "corrig", "lecture seule"].iter().any(|word| text.contains(word))
    };
    let hints = seen.pages.iter().flat_map(Page::fields).map(|field| low(&field.hint));
    if !texts().chain(hints).any(|text| why(&text)) {
        flaws.push(flaw(
            [
                "Rien n’explique que l’identité vient de FranceConnect et ne se modifie pas.",
                "Nothing explains that the identity comes from FranceConnect and cannot be changed.",
            ],
            [
                "L’écrire à côté : « Ces données viennent de FranceConnect et ne se modifient pas ici. »",
                "Write it beside: “These data come from FranceConnect and cannot be changed here.”",
            ],
        ));
    }
    Judged::Flaws(flaws)
}

/// 19: what the name at birth is called wherever it stands.
pub(super) fn birth_name(seen: &Inside) -> Judged {
    let family = low(&seen.person.family);
    let is_family = |text: &str| !family.is_empty() && low(text) == family;
    let mut called: Vec<String> = Vec::new();
    for page in &seen.pages {
        called.extend(page.fields().filter(|field| is_family(&field.value)).map(|field| field.label.clone()));
        let mut label: Option<&Text> = None;
        for piece in &page.flow {
            let Piece::Text(text) = piece else { continue };
            let spoken = text.text.split_once(':').filter(|(_, value)| is_family(value));
            if let Some((own, _)) = spoken {
                called.push(own.to_owned());
            }
            if is_family(&text.text) {
                called.extend(
                    label
                        .filter(|label| label.cell == "label" || label.text.trim_end().ends_with(':'))
                        .map(|label| label.text.clone()),
                );
            }
            label = Some(text);
        }
    }
    // The name in use may be the same word.
    called.retain(|label| !low(label).contains("usage"));
    if called.is_empty() {
        return Judged::Skip(Words::new(
            "Le nom de naissance n’est montré, avec un libellé, sur aucune des pages vues.",
            "The name at birth is shown with a label on none of the pages seen.",
        ));
    }
    let wrong = called
        .iter()
        .find(|label| !low(label).contains("nom de naissance") && !low(label).contains("birth name"));
    let flaws = wrong.map(|label| {
        quoting(
            label,
            ["Le nom de naissance est appelé « {} ».", "The name at birth is called “{}”."],
            ["L’appeler « Nom de naissance ».", "Call it “Nom de naissance”."],
        )
    });
    Judged::Flaws(flaws.into_iter().collect())
}
