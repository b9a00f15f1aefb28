//! Decides the pages on which the citizen chooses an identity provider and a test account.

use crate::emulator::behaviour::login;
use crate::emulator::citizen::{Account, Idp};
use crate::emulator::client::Client;
use crate::emulator::http::Reply;
use crate::emulator::page::language::Reader;
use crate::emulator::page::page;
use crate::emulator::product::Product;
use crate::html::{Html, fill};
use std::sync::Arc;
use url::form_urlencoded;

/// What every page of a login knows: who reads it, where it stands, and for which service.
pub(in crate::emulator) struct Scene<'a> {
    pub(in crate::emulator) reader: &'a Reader,
    pub(in crate::emulator) product: Product,
    /// The path of the interaction.
    pub(in crate::emulator) here: &'a str,
    pub(in crate::emulator) client: Option<&'a Client>,
}

impl Scene<'_> {
    /// The word of the reader's language.
    pub(super) fn pick<T>(&self, fr: T, en: T) -> T {
        self.reader.lang.pick(fr, en)
    }

    pub(super) fn service(&self) -> &str {
        self.client.map_or("", |client| &client.name)
    }

    pub(super) fn back_link(&self) -> Html {
        let words = self.pick("Revenir sur", "Back to");
        fill("<p><a href=\"{}/retour\">{} {}</a></p>", &[&self.here, &words, &self.service()])
    }

    pub(super) fn page(&self, status: u16, title: &str, main: &Html) -> Reply {
        let targets = self.client.map(Client::origins).unwrap_or_default();
        page(self.reader, self.product, status, title, main, &targets)
    }
}

/// The selection page (*mire*); only of stronger identity providers after a suspicious login.
pub(in crate::emulator) fn choice(scene: &Scene<'_>, suspicious: bool) -> Reply {
    let button = |idp: &Idp| {
        let name = scene.pick(idp.name, idp.name_en);
        fill("<li><button type=\"submit\" name=\"idp\" value=\"{}\">{}</button></li>", &[&idp.id, &name])
    };
    let offered = scene.product.idps().iter().filter(|idp| idp.strong || !suspicious);
    let buttons: Html = offered.map(button).collect();
    let alert = Html::literal(match suspicious {
        false => "",
        true => scene.pick(
            "<p class=\"alerte\" role=\"alert\">Votre connexion paraît inhabituelle. Pour votre sécurité, \
             identifiez-vous avec un de ces comptes, plus sûrs.</p>",
            "<p class=\"alerte\" role=\"alert\">Your login looks unusual. For your safety, identify with one of these \
             accounts, which are stronger.</p>",
        ),
    });
    let heading = scene.pick("Choisissez un compte pour vous connecter à", "Choose an account to log in to");
    let main = fill(
        "<h1>{} {}</h1>{}\
         <form method=\"post\" action=\"{}/fournisseur\"><ul class=\"choix\">{}</ul></form>{}{}",
        &[
            &heading,
            &scene.service(),
            &alert,
            &scene.here,
            &buttons,
            &scene.back_link(),
            &login::link(scene.reader),
        ],
    );
    scene.page(200, scene.pick("Choix du compte", "Choice of account"), &main)
}

/// The login form of the demonstration identity provider, with `login` in it.
pub(in crate::emulator) fn login(
    scene: &Scene<'_>,
    idp: &Idp,
    accounts: &[Arc<Account>],
    login: &str,
    wrong: bool,
) -> Reply {
    let alert = Html::literal(match wrong {
        false => "",
        true => scene.pick(
            "<p class=\"alerte\" role=\"alert\" id=\"erreur\">Identifiant ou mot de passe inconnu : choisissez un \
             compte de la liste, le mot de passe est toujours 123.</p>",
            "<p class=\"alerte\" role=\"alert\" id=\"erreur\">Unknown username or password: choose an account of the \
             list, the password is always 123.</p>",
        ),
    });
    let invalid = " aria-invalid=\"true\" aria-describedby=\"erreur\"";
    let invalid = Html::literal(if wrong { invalid } else { "" });
    let (username, password) = scene.pick(("Identifiant", "Mot de passe"), ("Username", "Password"));
    let form = fill(
        "<form method=\"post\" action=\"{}/connexion\">\
         <label for=\"login\">{}</label>\
         <input id=\"login\" name=\"login\" value=\"{}\" autocomplete=\"off\" autocapitalize=\"none\" \
         spellcheck=\"false\" required{}>\
         <label for=\"password\">{}</label>\
         <input id=\"password\" name=\"password\" type=\"password\" value=\"{}\" autocomplete=\"off\" required{}>\
         <p><button type=\"submit\">{}</button></p></form>",
        &[
            &scene.here,
            &username,
            &login,
            &invalid,
            &password,
            &Account::PASSWORD,
            &invalid,
            &scene.pick("Valider", "Log in"),
        ],
    );
    let main = fill(
        "<h1>{}</h1>{}{}{}{}",
        &[&scene.pick(idp.name, idp.name_en), &alert, &form, &scene.back_link(), &list(scene, accounts)],
    );
    let title = scene.pick(
        "Connexion - fournisseur d’identité de démonstration",
        "Login - demonstration identity provider",
    );
    match wrong {
        false => scene.page(200, title, &main),
        true => scene.page(403, &format!("{}{title}", scene.pick("Erreur : ", "Error: ")), &main),
    }
}

/// The test accounts: each a link that fills the login form in, and one to an identity of one's own that begins like it.
fn list(scene: &Scene<'_>, accounts: &[Arc<Account>]) -> Html {
    let (heading, username, interest, change) = scene.pick(
        ("Comptes de test", "Identifiant", "Intérêt", "Modifier"),
        ("Test accounts", "Username", "Purpose", "Change"),
    );
    let row = |account: &Account| {
        let login = &account.login;
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("compte", login).finish();
        // On a phone a long name has a line for each part.
        let parts: Html = login.split_inclusive('_').map(|part| fill("{}<wbr>", &[&part])).collect();
        fill(
            "<tr><td><a href=\"{}/connexion?{}\">{}</a></td>\
             <td>{} <a href=\"{}/identite?{}\">{}<span class=\"lu\"> {}</span></a></td></tr>",
            &[
                &scene.here,
                &query,
                &parts,
                scene.pick(&account.interest, &account.interest_en),
                &scene.here,
                &query,
                &change,
                login,
            ],
        )
    };
    let rows: Html = accounts.iter().map(|account| row(account)).collect();
    fill(
        "<h2 id=\"comptes\">{}</h2><p><a href=\"{}/identite\">{}</a></p>\
         <table aria-labelledby=\"comptes\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\
         <tbody>{}</tbody></table>",
        &[
            &heading,
            &scene.here,
            &scene.pick("Saisir une identité", "Enter an identity"),
            &username,
            &interest,
            &rows,
        ],
    )
}
