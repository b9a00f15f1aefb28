//! The page for a form that was posted without the session it needs: what was sent went nowhere, and is not lost.

use crate::config::Config;
use crate::franceconnect::Level;
use crate::html::fill;
use crate::web::login::Wanted;
use crate::web::page::page;
use crate::web::{Language, browser, error_page};
use crate::wire::{Request, Response};

/// The page. The form stays in the browser, which offers to send it again; it is kept nowhere else. `somebody` is
/// here, whose session does not have the level.
pub(super) fn page_for(config: &Config, request: &Request, level: Option<Level>, somebody: bool) -> Response {
    let language = Language::of(request);
    if browser::from_elsewhere(request) {
        // Browsers leave our cookie out of it, so nothing is known of a session.
        let title = language.pick("Envoi refusé", "Sending refused");
        let text = language.pick(
            "Un autre site a voulu envoyer un formulaire à votre place. Rien n’a été transmis.",
            "Another site tried to send a form in your place. Nothing was passed on.",
        );
        return error_page::notice(config, language, 403, title, text);
    }
    let title = language.pick("Votre formulaire n’a pas été transmis", "Your form was not passed on");
    let why = if somebody {
        language.pick(
            "Cette page demande une connexion d’un niveau plus élevé.",
            "This page needs a login of a higher level.",
        )
    } else {
        language.pick(
            "Vous n’êtes pas connecté, ou votre session est terminée.",
            "You are not logged in, or your session has ended.",
        )
    };
    let first = language.pick(
        "Rien de ce que vous avez écrit n’a été transmis, et rien n’est perdu si vous gardez cette page ouverte.",
        "Nothing of what you wrote was passed on, and nothing is lost as long as you keep this page open.",
    );
    let link = language.pick("Se connecter dans un autre onglet", "Log in in another tab");
    let then = language.pick(
        "Revenez ensuite ici et rechargez la page : votre navigateur proposera d’envoyer le formulaire à nouveau.",
        "Then come back here and reload the page: your browser will offer to send the form again.",
    );
    let wanted = Wanted { return_to: format!("{}/profile", config.prefix), level };
    let main = fill(
        "<h1>{}</h1>\n<p>{} {}</p>\n<ol>\n<li><a href=\"{}\" target=\"_blank\" rel=\"noopener\">{}</a></li>\n<li>{}</li>\n</ol>",
        &[&title, &why, &first, &wanted.address(config), &link, &then],
    );
    page(config, language, 401, title, &main)
}
