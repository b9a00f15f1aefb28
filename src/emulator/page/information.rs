//! Decides the information page: what the service will be told, by which the person goes on, or consents by ticking a
//! box where a private service must have that.

use super::steps::Scene;
use crate::emulator::http::Reply;
use crate::emulator::state::{Interaction, Login};
use crate::html::{Html, ToHtml, fill};
use serde_json::Value;

/// The page of `interaction`, of a person who has logged in. `consent` is whether the box is there, `refused` whether the
/// person went on without ticking it.
pub(in crate::emulator) fn page(
    scene: &Scene<'_>,
    interaction: &Interaction,
    login: &Login,
    consent: bool,
    refused: bool,
) -> Reply {
    let alert = Html::literal(match refused {
        false => "",
        true => scene.pick(
            "<p class=\"alerte\" role=\"alert\" id=\"erreur\"><a href=\"#consentement\">Cochez la case</a> pour que vos \
             données soient transmises.</p>",
            "<p class=\"alerte\" role=\"alert\" id=\"erreur\"><a href=\"#consentement\">Tick the box</a> for your data \
             to be passed on.</p>",
        ),
    });
    let tick = if consent { tick(scene, refused) } else { Html::default() };
    let (heading, go_on) =
        scene.pick(("Vous vous êtes identifié", "Continuer sur"), ("You have logged in", "Continue to"));
    let main = fill(
        "<h1>{}</h1>{}{}<form method=\"post\" action=\"{}/information\" novalidate>{}\
         <button type=\"submit\">{} {}</button></form>{}",
        &[
            &heading,
            &alert,
            &data(scene, interaction, login),
            &scene.here,
            &tick,
            &go_on,
            &scene.service(),
            &scene.back_link(),
        ],
    );
    let title = match consent {
        false => scene.pick("Informations transmises", "Information passed on"),
        true => scene.pick("Consentement", "Consent"),
    };
    match refused {
        false => scene.page(200, title, &main),
        true => scene.page(422, &format!("{}{title}", scene.pick("Erreur : ", "Error: ")), &main),
    }
}

/// The box that must be ticked.
fn tick(scene: &Scene<'_>, refused: bool) -> Html {
    let invalid = if refused { " aria-invalid=\"true\" aria-describedby=\"erreur\" autofocus" } else { "" };
    let agree = scene
        .pick("J’accepte que ces données soient transmises à", "I agree that these data are passed on to");
    fill(
        "<p class=\"reponse\"><input type=\"checkbox\" id=\"consentement\" name=\"consentement\" value=\"oui\" \
         required{}> <label for=\"consentement\">{} {}</label></p>",
        &[&Html::literal(invalid), &agree, &scene.service()],
    )
}

/// The claims with their values, and what is asked of other administrations.
fn data(scene: &Scene<'_>, interaction: &Interaction, login: &Login) -> Html {
    let scopes = &interaction.scopes;
    if scene.product.anonymous(scopes) {
        return Html::literal(scene.pick(
            "<p>Vous continuez de façon anonyme : aucune donnée personnelle n’est transmise.</p>",
            "<p>You continue anonymously: no personal data are passed on.</p>",
        ));
    }
    let claims = login.account.claims(scene.product, login.idp);
    let row = |(claim, fr, en): &(&'static str, &'static str, &'static str)| {
        let words = claims.get(*claim).map(shown).unwrap_or_default();
        let words =
            if words.is_empty() { scene.pick("non renseigné", "not given").to_owned() } else { words };
        fill("<dt>{}</dt><dd>{}</dd>", &[&scene.pick(fr, en), &words])
    };
    let mut all = Html::default();
    let list: Html = scene.product.labels(scopes).iter().map(row).collect();
    if !list.as_str().is_empty() {
        let words = scene.pick("Ces données seront transmises :", "These data will be passed on:");
        all.push(&fill("<p>{}</p><dl>{}</dl>", &[&words, &list]));
    }
    let providers = scene.product.providers(scopes);
    if !providers.is_empty() {
        let provider = |(name, scopes): &(&'static str, Vec<String>)| {
            let scopes: Html =
                scopes.iter().map(|scope| fill("<li><code>{}</code></li>", &[scope])).collect();
            fill("<dt lang=\"fr\">{}</dt><dd><ul>{}</ul></dd>", &[name, &scopes])
        };
        let words = scene.pick(
            "Le service pourra demander ces données à d’autres administrations :",
            "The service will be able to ask other administrations for these data:",
        );
        let list: Html = providers.iter().map(provider).collect();
        all.push(&fill("<p>{}</p><dl>{}</dl>", &[&words.to_html(), &list]));
    }
    all
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
