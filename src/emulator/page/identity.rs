//! Decides the form for an identity of one's own at a demonstration identity provider: fields with their hints, and
//! what is wrong beside each, so that nothing typed is lost.

use super::steps::Scene;
use crate::emulator::citizen::typed::{LONGEST, Typed, Wrong};
use crate::emulator::citizen::{Crowd, Idp};
use crate::emulator::http::Reply;
use crate::html::{Html, ToHtml, fill};

/// Field, label and hint in French, label and hint in English.
const WORDS: &[(&str, [&str; 2], [&str; 2])] = &[
    (
        "rep_scope",
        ["Portée du mandat", "Mots séparés par des virgules, comme argent, logement"],
        ["Scope of the mandate", "Words separated by commas, such as argent, logement"],
    ),
    (
        "foreign_id",
        ["Identifiant dans l’autre pays", "Comme BE/FR/83051700157 ; le sub en dépend"],
        ["Identifier in the other country", "Such as BE/FR/83051700157; the sub depends on it"],
    ),
    ("gender", ["Sexe", ""], ["Gender", ""]),
    ("family_name", ["Nom de naissance", "En majuscules"], ["Birth name", "In capitals"]),
    (
        "preferred_username",
        ["Nom d’usage", "En majuscules ; peut rester vide"],
        ["Usage name", "In capitals; may stay empty"],
    ),
    (
        "given_names",
        ["Prénoms", "Séparés par des virgules : Marie Claire, Louise"],
        ["First names", "Separated by commas: Marie Claire, Louise"],
    ),
    (
        "birthdate",
        ["Date de naissance", "AAAA-MM-JJ ; 00 pour un jour, ou un mois et un jour, inconnus"],
        ["Date of birth", "YYYY-MM-DD; 00 for an unknown day, or an unknown month and day"],
    ),
    (
        "birthplace",
        ["Lieu de naissance", "Code INSEE de la commune ; vide pour une naissance à l’étranger"],
        ["Place of birth", "INSEE code of the commune; empty for a birth abroad"],
    ),
    (
        "birthcountry",
        ["Pays de naissance", "Code INSEE du pays ; 99100 pour la France"],
        ["Country of birth", "INSEE code of the country; 99100 for France"],
    ),
    (
        "email",
        ["Adresse électronique", "Comme angela@exemple.fr"],
        ["E-mail address", "Such as angela@exemple.fr"],
    ),
];

/// The answers for the gender, the last of which only other countries give.
const GENDERS: &[(&str, &str, &str)] = &[
    ("female", "Féminin", "Female"),
    ("male", "Masculin", "Male"),
    ("unspecified", "Non précisé", "Unspecified"),
    ("", "Non transmis", "Not passed on"),
];

/// The form of `typed`, with what is `wrong` in it.
pub(in crate::emulator) fn form(scene: &Scene<'_>, idp: &Idp, typed: &Typed, wrong: &[Wrong]) -> Reply {
    let first = wrong.first().map(|(field, ..)| *field);
    let fields: Html = Typed::fields(idp.crowd)
        .iter()
        .map(|&field| {
            let fault = wrong.iter().find(|(known, ..)| *known == field);
            let fault = fault.map(|(_, fr, en)| scene.pick(*fr, *en));
            Field { scene, field, value: typed.value(field), fault, first: first == Some(field), idp }
                .markup()
        })
        .collect();
    let entry = |(field, fr, en): &Wrong| {
        let (label, _) = words(scene, field);
        fill("<li><a href=\"#{}\">{}</a> : {}</li>", &[field, &label, &scene.pick(fr, en)])
    };
    let summary = if wrong.is_empty() {
        Html::default()
    } else {
        let list: Html = wrong.iter().map(entry).collect();
        let title = scene.pick("Cette identité ne va pas encore", "This identity is not right yet");
        fill("<div class=\"alerte\" role=\"alert\"><h2>{}</h2><ul>{}</ul></div>", &[&title, &list])
    };
    let heading = scene.pick("Saisir une identité", "Enter an identity");
    let main = fill(
        "<h1>{}</h1>{}<p>{}</p><form method=\"post\" action=\"{}/identite\" novalidate>{}\
         <p><button type=\"submit\">{}</button></p></form><p><a href=\"{}/connexion\">{}</a></p>{}",
        &[
            &heading,
            &summary,
            &scene.pick(
                "Inventez une personne : aucune donnée réelle n’a sa place ici. La même identité civile a toujours \
                 le même sub.",
                "Invent a person: no real data belong here. The same civil status always has the same sub.",
            ),
            &scene.here,
            &fields,
            &scene.pick("Se connecter avec cette identité", "Log in with this identity"),
            &scene.here,
            &scene.pick("Comptes de test", "Test accounts"),
            &scene.back_link(),
        ],
    );
    match wrong {
        [] => scene.page(200, heading, &main),
        _ => scene.page(422, &format!("{}{heading}", scene.pick("Erreur : ", "Error: ")), &main),
    }
}

/// Label and hint of a field.
fn words(scene: &Scene<'_>, field: &str) -> (&'static str, &'static str) {
    let known = WORDS.iter().find(|(known, ..)| *known == field);
    let [label, hint] = known.map_or(["", ""], |(_, fr, en)| scene.pick(*fr, *en));
    (label, hint)
}

/// One field of the form.
struct Field<'a> {
    scene: &'a Scene<'a>,
    field: &'static str,
    value: &'a str,
    fault: Option<&'static str>,
    /// Whether it is the first that is wrong: there the person goes on.
    first: bool,
    idp: &'a Idp,
}

impl Field<'_> {
    fn markup(&self) -> Html {
        if self.field == "gender" { self.radios() } else { self.input() }
    }

    /// `aria-…` of the input, and the hint and the fault that they name.
    fn described(&self, hint: &str) -> (Html, Html) {
        let field = &self.field;
        let (mut ids, mut shown) = (Vec::new(), Html::default());
        if !hint.is_empty() {
            ids.push(format!("{field}-aide"));
            shown.push(&fill("<span class=\"aide\" id=\"{}-aide\">{}</span>", &[field, &hint]));
        }
        if let Some(fault) = self.fault {
            ids.push(format!("{field}-erreur"));
            shown.push(&fill("<span class=\"erreur\" id=\"{}-erreur\">{}</span>", &[field, &fault]));
        }
        let mut attributes = Html::default();
        if !ids.is_empty() {
            attributes.push(&fill(" aria-describedby=\"{}\"", &[&ids.join(" ")]));
        }
        if self.fault.is_some() {
            attributes.push(&Html::literal(" aria-invalid=\"true\""));
        }
        (attributes, shown)
    }

    fn focus(&self) -> Html {
        Html::literal(if self.first { " autofocus" } else { "" })
    }

    fn input(&self) -> Html {
        let (label, hint) = words(self.scene, self.field);
        let (attributes, shown) = self.described(hint);
        fill(
            "<label for=\"{}\">{}</label>{}<input id=\"{}\" name=\"{}\" value=\"{}\" maxlength=\"{}\" \
             autocomplete=\"off\" spellcheck=\"false\"{}{}>",
            &[
                &self.field,
                &label,
                &shown,
                &self.field,
                &self.field,
                &self.value,
                &LONGEST.to_string(),
                &attributes,
                &self.focus(),
            ],
        )
    }

    fn radios(&self) -> Html {
        let (label, hint) = words(self.scene, self.field);
        let (attributes, shown) = self.described(hint);
        let offered = if self.idp.crowd == Crowd::Abroad { GENDERS.len() } else { GENDERS.len() - 1 };
        let radio = |(at, (value, fr, en)): (usize, &(&str, &str, &str))| {
            // The error summary leads to the first answer.
            let id = if at == 0 { self.field.to_owned() } else { format!("{}-{at}", self.field) };
            let checked = Html::literal(if *value == self.value { " checked" } else { "" });
            let focus = if at == 0 { self.focus() } else { Html::default() };
            fill(
                "<p class=\"reponse\"><input type=\"radio\" id=\"{}\" name=\"{}\" value=\"{}\"{}{}> \
                 <label for=\"{}\">{}</label></p>",
                &[&id, &self.field, value, &checked, &focus, &id, &self.scene.pick(*fr, *en)],
            )
        };
        let radios: Html = GENDERS.iter().take(offered).enumerate().map(radio).collect();
        fill(
            "<fieldset{}><legend>{}</legend>{}{}</fieldset>",
            &[&attributes.to_html(), &label, &shown, &radios],
        )
    }
}
