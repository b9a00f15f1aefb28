//! What a visitor is told when something ends: calm, in their language, with a way on. Never the provider's
//! words, a token, or the rule that was broken: only its stable code, for the support.

use crate::config::Config;
use crate::franceconnect::button;
use crate::html::{Html, fill};
use crate::oidc::{Blame, Failure};
use crate::web::Language;
use crate::web::login::Wanted;
use crate::web::page::page;
use crate::web::request_id::MARK;
use crate::wire::Response;

/// The page for the end of a login, with the button for another try. `stays`: somebody is logged in, and still
/// is after this.
pub(super) fn failure(
    config: &Config,
    language: Language,
    failure: &Failure,
    wanted: &Wanted,
    stays: bool,
) -> Response {
    let (status, title, text) = words(language, failure, stays);
    let main = [
        fill("<h1>{}</h1>\n<p>{}</p>\n", &[&title, &text]),
        again(config, wanted),
        fill(
            "\n<p><small>{} <code>{}</code> · {}</small></p>",
            &[&language.pick("Code :", "Code:"), &failure.code, &Html::literal(MARK)],
        ),
    ];
    page(config, language, status, title, &main.into_iter().collect())
}

/// The button that leads to what was wanted.
fn again(config: &Config, wanted: &Wanted) -> Html {
    let product = config.registration_for(wanted.level).product();
    button(product, &format!("{}/login", config.prefix), &wanted.return_to, wanted.named(config))
}

fn words(language: Language, failure: &Failure, stays: bool) -> (u16, &'static str, &'static str) {
    let pick = |fr, en| language.pick(fr, en);
    match (failure.blame, failure.code) {
        (Blame::Denial, "id_token.subject") if stays => (
            403,
            pick("Une autre personne s’est identifiée", "Somebody else logged in"),
            pick(
                "Vous êtes connecté à ce site sous une identité, et une autre vient d’être présentée. Votre session n’a \
                 pas changé. Pour changer de personne, déconnectez-vous d’abord.",
                "You are logged in to this site as one person, and another has just been presented. Your session has \
                 not changed. To change persons, log out first.",
            ),
        ),
        (Blame::Denial, _) if stays => (
            200,
            pick("Vous restez connecté", "You stay logged in"),
            pick(
                "La vérification d’identité que cette page demande n’a pas été menée à son terme. Votre session n’a pas \
                 changé : vous pouvez poursuivre sur le site, ou recommencer.",
                "The identity check that this page asks for was not completed. Your session has not changed: you can \
                 go on using the site, or try again.",
            ),
        ),
        (Blame::Denial, "callback.access_denied") => (
            200,
            pick("Vous n’êtes pas connecté", "You are not logged in"),
            pick(
                "La connexion avec FranceConnect n’a pas été menée à son terme. Rien n’a été transmis à ce site. \
                 Vous pouvez recommencer, avec un autre compte si FranceConnect n’a pas reconnu le premier.",
                "The login with FranceConnect was not completed. Nothing was sent to this site. \
                 You can try again, with another account if FranceConnect did not know the first.",
            ),
        ),
        (Blame::Denial, _) => (
            200,
            pick("Une étape reste à faire", "One step is left"),
            pick(
                "FranceConnect a besoin de votre confirmation. Recommencez la connexion.",
                "FranceConnect needs your confirmation. Please log in again.",
            ),
        ),
        (Blame::Unreachable, "session.not_stored") => (
            503,
            pick("Votre connexion n’a pas pu être gardée", "Your login could not be kept"),
            pick(
                "FranceConnect vous a reconnu, mais ce site n’a pas pu enregistrer votre session. Réessayez dans quelques \
                 instants.",
                "FranceConnect knew you, but this site could not record your session. Please try again shortly.",
            ),
        ),
        (Blame::Unreachable, _) => (
            503,
            pick("FranceConnect ne répond pas", "FranceConnect does not answer"),
            pick(
                "Le service est momentanément indisponible. Réessayez dans quelques instants.",
                "The service is unavailable for the moment. Please try again shortly.",
            ),
        ),
        (Blame::Fault, _) => (
            500,
            pick("Ce site ne peut pas vous connecter", "This site cannot log you in"),
            pick(
                "Un réglage du site est en cause, et ses responsables en sont avertis. Vous n’y êtes pour rien.",
                "A setting of the site is the cause, and its operators have been told. It is not your doing.",
            ),
        ),
        (Blame::Refusal, _) => (
            400,
            pick("La connexion n’a pas abouti", "The login did not succeed"),
            pick(
                "Cette connexion est terminée, a expiré, ou n’a pas pu être vérifiée : cela arrive après un retour en \
                 arrière ou une longue pause. Recommencez la connexion.",
                "This login is over, has expired, or could not be verified: this happens after going back or a long \
                 pause. Please log in again.",
            ),
        ),
    }
}

/// A short page for a request that is not understood or not allowed.
pub(super) fn notice(config: &Config, language: Language, status: u16, title: &str, text: &str) -> Response {
    let mut main = fill("<h1>{}</h1>\n<p>{}</p>", &[&title, &text]);
    if status >= 400 {
        let word = language.pick("Référence :", "Reference:");
        let reference = fill("\n<p><small>{} {}</small></p>", &[&word, &Html::literal(MARK)]);
        main = [main, reference].into_iter().collect();
    }
    page(config, language, status, title, &main)
}

/// A page with the button: somebody must log in first.
pub(super) fn login_needed(config: &Config, language: Language, return_to: &str) -> Response {
    let title = language.pick("Connexion nécessaire", "Login needed");
    let text = language.pick("Connectez-vous pour voir cette page.", "Log in to see this page.");
    let main: Html =
        [fill("<h1>{}</h1>\n<p>{}</p>\n", &[&title, &text]), again(config, &Wanted::at(config, return_to))]
            .into_iter()
            .collect();
    page(config, language, 401, title, &main)
}
