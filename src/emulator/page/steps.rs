//! Decides the pages the citizen walks through: choice of identity provider, login, information.

use crate::emulator::citizen::{Account, Idp};
use crate::emulator::client::Client;
use crate::emulator::http::Reply;
use crate::emulator::page::language::Reader;
use crate::emulator::page::page;
use crate::emulator::product::Product;
use crate::emulator::state::{Interaction, Login};
use crate::html::{Html, ToHtml, fill};
use serde_json::Value;
use std::sync::Arc;

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

    fn service(&self) -> &str {
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

/// The selection page (*mire*).
pub(in crate::emulator) fn choice(scene: &Scene<'_>) -> Reply {
    let button = |idp: &Idp| {
        let name = scene.pick(idp.name, idp.name_en);
        fill("<li><button type=\"submit\" name=\"idp\" value=\"{}\">{}</button></li>", &[&idp.id, &name])
    };
    let buttons: Html = scene.product.idps().iter().map(button).collect();
    let heading = scene.pick("Choisissez un compte pour vous connecter à", "Choose an account to log in to");
    let main = fill(
        "<h1>{} {}</h1>\
         <form method=\"post\" action=\"{}/fournisseur\"><ul class=\"choix\">{}</ul></form>{}",
        &[&heading, &scene.service(), &scene.here, &buttons, &scene.back_link()],
    );
    scene.page(200, scene.pick("Choix du compte", "Choice of account"), &main)
}

/// The login form of the demonstration identity provider.
pub(in crate::emulator) fn login(
    scene: &Scene<'_>,
    idp: &Idp,
    accounts: &[Arc<Account>],
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
    let invalid =
        Html::literal(if wrong { " aria-invalid=\"true\" aria-describedby=\"erreur\"" } else { "" });
    let row = |account: &Account| {
        let interest = scene.pick(&account.interest, &account.interest_en);
        fill("<tr><td><code>{}</code></td><td>{}</td></tr>", &[&account.login, interest])
    };
    let rows: Html = accounts.iter().map(|account| row(account)).collect();
    let first = accounts.first().map_or("", |account| account.login.as_str());
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
            &first,
            &invalid,
            &password,
            &Account::PASSWORD,
            &invalid,
            &scene.pick("Valider", "Log in"),
        ],
    );
    let (list, interest) = scene.pick(("Comptes de test", "Intérêt"), ("Test accounts", "Purpose"));
    let main = fill(
        "<h1>{}</h1>{}{}{}<h2 id=\"comptes\">{}</h2>\
         <table aria-labelledby=\"comptes\"><thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table>",
        &[
            &scene.pick(idp.name, idp.name_en),
            &alert,
            &form,
            &scene.back_link(),
            &list,
            &username,
            &interest,
            &rows,
        ],
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

/// The information page: what the service will receive.
pub(in crate::emulator) fn information(scene: &Scene<'_>, interaction: &Interaction, login: &Login) -> Reply {
    let claims = login.account.claims(scene.product, login.idp);
    let labels = scene.product.labels(&interaction.scopes);
    let row = |(claim, fr, en): &(&'static str, &'static str, &'static str)| {
        let words = claims.get(*claim).map(shown).unwrap_or_default();
        let words = if words.is_empty() {
            scene.pick("non renseigné", "not given").to_html()
        } else {
            words.to_html()
        };
        fill("<dt>{}</dt><dd>{}</dd>", &[&scene.pick(fr, en), &words])
    };
    let list: Html = labels.iter().map(row).collect();
    let data = if labels.is_empty() {
        Html::literal(scene.pick(
            "<p>Vous continuez de façon anonyme : aucune donnée personnelle n’est transmise.</p>",
            "<p>You continue anonymously: no personal data are passed on.</p>",
        ))
    } else {
        let words = scene.pick("Ces données seront transmises :", "These data will be passed on:");
        fill("<p>{}</p><dl>{}</dl>", &[&words, &list])
    };
    let (heading, go_on) =
        scene.pick(("Vous vous êtes identifié", "Continuer sur"), ("You have logged in", "Continue to"));
    let main = fill(
        "<h1>{}</h1>{}<form method=\"post\" action=\"{}/information\">\
         <button type=\"submit\">{} {}</button></form>{}",
        &[&heading, &data, &scene.here, &go_on, &scene.service(), &scene.back_link()],
    );
    scene.page(200, scene.pick("Informations transmises", "Information passed on"), &main)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
