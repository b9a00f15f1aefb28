//! Decides whether the button is the official one and looks it: its component, label, markup, states and size (O1, 1, 2,
//! 3, 6, 7).

use super::{Flaw, Judged, Outside, flaw, quoting};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::qualification::page::{Control, Piece, Style, plain};

/// Least size of the official picture, where the component is not used, in CSS pixels: width, height.
const PICTURE: (f64, f64) = (245.0, 60.0);
/// Least height and size of text of the component, which follows its content.
const COMPONENT: (f64, f64) = (40.0, 16.0);
/// Grounds of the component, on a light and on a dark page.
const GROUNDS: [&str; 2] = ["rgb(0, 0, 145)", "rgb(133, 133, 246)"];
/// Least contrast of a text (RGAA 3.2).
const CONTRAST: f64 = 4.5;

const USE_THE_COMPONENT: [&str; 2] = [
    "Reprendre le bouton du système de design de l’État (classe fr-connect) sans rien y changer.",
    "Take the button of the State’s design system (class fr-connect) and change nothing in it.",
];

/// Nothing to say of a button that is not there, or not the official one: O1 says that.
fn with_component(seen: &Outside, judge: impl Fn(&Control) -> Vec<Flaw>) -> Judged {
    match seen.login.button() {
        Some(button) if button.is_official() => Judged::Flaws(judge(button)),
        Some(button) if !button.picture.is_empty() => Judged::Ask(Words::new(
            "Le bouton est une image : est-ce l’image officielle, dans ses proportions, ses couleurs et ses états ?",
            "The button is a picture: is it the official one, in its proportions, colours and states?",
        )),
        Some(_) => Judged::Skip(Words::new(
            "Le bouton n’est pas le bouton officiel (voir O1).",
            "The button is not the official one (see O1).",
        )),
        None => Judged::Skip(Words::new(
            "Aucun bouton FranceConnect n’a été vu (voir O1).",
            "No FranceConnect button was seen (see O1).",
        )),
    }
}

/// An address without what is drawn anew in each run: two runs say the same.
pub(super) fn steady(url: &str) -> String {
    let place = url.split(['?', '#']).next().unwrap_or_default();
    let parts = place.split('/').map(|part| if part.len() < 32 { part } else { "…" });
    parts.collect::<Vec<_>>().join("/")
}

/// O1: there is one, and it is the component or the official picture.
pub(super) fn official(seen: &Outside) -> Judged {
    match seen.login.button() {
        None => Judged::Flaws(vec![quoting(
            &steady(&seen.login.url),
            ["La page {} n’a pas de bouton FranceConnect.", "The page {} has no FranceConnect button."],
            USE_THE_COMPONENT,
        )]),
        Some(button) if button.is_official() => Judged::Flaws(Vec::new()),
        Some(button) if !button.picture.is_empty() => Judged::Ask(Words::new(
            "Le bouton est une image : est-ce l’image officielle, sans rien de changé ?",
            "The button is a picture: is it the official one, with nothing altered?",
        )),
        Some(button) => Judged::Flaws(vec![quoting(
            &button.name,
            ["Le bouton « {} » est fait maison.", "The button “{}” is home-made."],
            USE_THE_COMPONENT,
        )]),
    }
}

/// 1: no other picture or control stands for FranceConnect.
pub(super) fn only_picture(seen: &Outside) -> Judged {
    let Some(button) = seen.login.button() else { return with_component(seen, |_| Vec::new()) };
    let pictures = seen.login.flow.iter().filter_map(|piece| match piece {
        Piece::Picture(picture) => Some(format!("{} {}", picture.name, picture.source)),
        _ => None,
    });
    let stands_for = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "").contains("franceconnect");
    let others =
        seen.login.controls().filter(|control| control.path != button.path && control.starts_login());
    // The same button may stand twice on a page; another may not stand beside it.
    let others = others.filter(|control| !(control.is_official() && button.is_official()));
    let mend = [
        "N’employer que le bouton officiel pour représenter FranceConnect.",
        "Let only the official button stand for FranceConnect.",
    ];
    let seen_also = [
        "Une autre image ou commande représente FranceConnect : « {} ».",
        "Another picture or control stands for FranceConnect: “{}”.",
    ];
    let others = others.map(|control| control.name.clone()).chain(pictures.filter(|text| stands_for(text)));
    Judged::Flaws(others.map(|text| quoting(&text, seen_also, mend)).collect())
}

/// 2: the words, colours, font and proportions.
pub(super) fn unaltered(seen: &Outside) -> Judged {
    with_component(seen, |button| {
        let mut flaws = Vec::new();
        let name = plain(&button.name).replace("FranceConnect+", "FranceConnect");
        if !["S'identifier avec FranceConnect", "Sign in with FranceConnect", "Log in with FranceConnect"]
            .contains(&name.as_str())
        {
            flaws.push(quoting(
                &button.name,
                ["Le libellé est « {} ».", "The label is “{}”."],
                ["Écrire « S’identifier avec FranceConnect ».", "Write “S’identifier avec FranceConnect”."],
            ));
        }
        let style = &button.style;
        let mend =
            ["Retirer les styles qui visent .fr-connect.", "Remove the styles that aim at .fr-connect."];
        if !GROUNDS.contains(&style.background.as_str()) && !button.disabled {
            flaws.push(quoting(
                &style.background,
                ["Le fond du bouton est {}.", "The ground of the button is {}."],
                mend,
            ));
        }
        let bent = style.transform != "none" || style.filter != "none" || style.opacity < 1.0;
        if bent {
            let how =
                format!("transform {}, filter {}, opacity {}", style.transform, style.filter, style.opacity);
            flaws.push(quoting(
                &how,
                ["Le bouton est déformé ou délavé ({}).", "The button is bent or washed out ({})."],
                mend,
            ));
        }
        if let Some(part) = button.parts.iter().find(|part| !part.text.is_empty() && part.font != style.font)
        {
            let seen = [
                "Une partie du bouton a sa propre police : {}.",
                "Part of the button has a font of its own: {}.",
            ];
            flaws.push(quoting(&part.font, seen, mend));
        }
        flaws
    })
}

/// 3: the markup of the design system.
pub(super) fn markup(seen: &Outside) -> Judged {
    let plus = matches!(seen.product(), Product::Plus);
    with_component(seen, |button| {
        let mut flaws = Vec::new();
        let mend = [
            "Reprendre tel quel le balisage du système de design.",
            "Take the markup of the design system as it is.",
        ];
        if !button.groups.iter().any(|group| group == "fr-connect-group") {
            flaws.push(flaw(
                [
                    "Le bouton n’est pas dans un bloc fr-connect-group.",
                    "The button is not in a block fr-connect-group.",
                ],
                mend,
            ));
        }
        for class in ["fr-connect__login", "fr-connect__brand"] {
            if !button.parts.iter().any(|part| part.classes.iter().any(|own| own == class)) {
                flaws.push(quoting(class, ["Il manque un élément {}.", "An element {} is missing."], mend));
            }
        }
        // A link looks the same, and is one for who cannot see: it leads to another page.
        if button.element != "button" && (button.element != "a" || button.href.is_none()) {
            let seen = ["Le bouton est un élément <{}>.", "The button is an element <{}>."];
            flaws.push(quoting(
                &button.element,
                seen,
                ["Employer <button type=\"submit\">.", "Use <button type=\"submit\">."],
            ));
        }
        match (plus, button.has_class("fr-connect--plus")) {
            (true, false) => flaws.push(flaw(
                [
                    "Le service est sur FranceConnect+ et le bouton est celui de FranceConnect.",
                    "The service is on FranceConnect+ and the button is FranceConnect’s.",
                ],
                ["Ajouter la classe fr-connect--plus.", "Add the class fr-connect--plus."],
            )),
            (false, true) => flaws.push(flaw(
                [
                    "Le service est sur FranceConnect et le bouton est celui de FranceConnect+.",
                    "The service is on FranceConnect and the button is FranceConnect+’s.",
                ],
                ["Retirer la classe fr-connect--plus.", "Remove the class fr-connect--plus."],
            )),
            _ => {}
        }
        flaws
    })
}

/// 6: it reacts to the pointer, can be pressed, and can be read in light and in dark.
pub(super) fn states(seen: &Outside) -> Judged {
    let page = &seen.login;
    with_component(seen, |button| {
        let mut flaws = Vec::new();
        if button.disabled {
            flaws.push(flaw(
                ["Le bouton est inactif.", "The button is disabled."],
                ["Ne le désactiver qu’exceptionnellement.", "Disable it only exceptionally."],
            ));
        }
        if page.hovered.as_ref().is_some_and(|hovered| hovered.background == button.style.background) {
            flaws.push(flaw(
                ["Le bouton ne change pas au survol.", "The button does not change under the pointer."],
                [
                    "Charger la feuille de style officielle, qui a cet état.",
                    "Load the official style sheet, which has this state.",
                ],
            ));
        }
        let faint = |style: &Style| style.contrast.is_some_and(|contrast| contrast < CONTRAST);
        let dark = page.dark.as_ref().filter(|style| faint(style));
        if let Some(style) = dark.or(Some(&button.style).filter(|style| faint(style))) {
            let ratio = format!("{:.1}", style.contrast.unwrap_or_default());
            flaws.push(quoting(
                &ratio,
                [
                    "Le texte du bouton se lit mal, en clair ou en sombre (contraste {}:1).",
                    "The text of the button is hard to read, in light or in dark (contrast {}:1).",
                ],
                [
                    "Laisser au bouton ses couleurs en clair comme en sombre.",
                    "Leave its colours to the button, in light as in dark.",
                ],
            ));
        }
        flaws
    })
}

/// 7: its size.
pub(super) fn size(seen: &Outside) -> Judged {
    let Some(button) = seen.login.button() else { return with_component(seen, |_| Vec::new()) };
    let frame = button.frame;
    let box_of = format!("{:.0} × {:.0} px", frame.width, frame.height);
    if !button.is_official()
        && !button.picture.is_empty()
        && (frame.width < PICTURE.0 || frame.height < PICTURE.1)
    {
        return Judged::Flaws(vec![quoting(
            &box_of,
            ["L’image du bouton mesure {}.", "The picture of the button measures {}."],
            [
                "Lui donner 245 × 60 px ou plus, dans ses proportions.",
                "Give it 245 × 60 px or more, in its proportions.",
            ],
        )]);
    }
    with_component(seen, |button| {
        let small = frame.height < COMPONENT.0 || button.style.size < COMPONENT.1;
        // The component follows its text: about 1:4 at most, whatever the text is.
        let stretched = frame.width > frame.height * 8.0 || frame.height > 160.0;
        let wrong = small || stretched || button.clipped;
        let seen = [
            "Le bouton mesure {} : il ne suit pas la taille de son texte.",
            "The button measures {}: it does not follow the size of its text.",
        ];
        let mend = [
            "Ne lui imposer ni taille, ni police plus petite que 16 px.",
            "Force neither a size on it nor a font smaller than 16 px.",
        ];
        wrong.then(|| quoting(&box_of, seen, mend)).into_iter().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::steady;

    #[test]
    fn an_address_is_the_same_in_each_run() {
        let drawn = "http://127.0.0.1:8788/api/v2/interaction/6TBbuwtswKW9lAV1YsV_I_pYdHvIUHvDKb7XNFfiAfM";
        assert_eq!(steady(&format!("{drawn}/page?x=1#y")), "http://127.0.0.1:8788/api/v2/interaction/…/page");
        assert_eq!(steady("https://service.exemple.fr/connexion"), "https://service.exemple.fr/connexion");
    }
}
