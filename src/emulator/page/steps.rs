//! Decides the pages the citizen walks through: choice of identity provider, login, information.

use crate::emulator::citizen::Account;
use crate::emulator::citizen::Idp;
use crate::emulator::client::Client;
use crate::emulator::http::Reply;
use crate::emulator::page::page;
use crate::emulator::product::Product;
use crate::emulator::state::{Interaction, Login};
use crate::html::{Html, ToHtml, fill};
use serde_json::Value;
use std::sync::Arc;

/// What every page of a login knows: where it stands, and for which service.
pub(in crate::emulator) struct Scene<'a> {
    pub(in crate::emulator) product: Product,
    /// The path of the interaction.
    pub(in crate::emulator) here: &'a str,
    pub(in crate::emulator) client: Option<&'a Client>,
}

impl Scene<'_> {
    fn service(&self) -> &str {
        self.client.map_or("le service", |client| &client.name)
    }

    fn back_link(&self) -> Html {
        fill("<p><a href=\"{}/retour\">Revenir sur {}</a></p>", &[&self.here, &self.service()])
    }

    fn page(&self, status: u16, title: &str, main: &Html) -> Reply {
        let targets = self.client.map(Client::origins).unwrap_or_default();
        page(self.product, status, title, main, &targets)
    }
}

/// The selection page (*mire*).
pub(in crate::emulator) fn choice(scene: &Scene<'_>) -> Reply {
    let button = |idp: &Idp| {
        fill("<li><button type=\"submit\" name=\"idp\" value=\"{}\">{}</button></li>", &[&idp.id, &idp.name])
    };
    let buttons: Html = scene.product.idps().iter().map(button).collect();
    let main = fill(
        "<h1>Choisissez un compte pour vous connecter à {}</h1>\
         <form method=\"post\" action=\"{}/fournisseur\"><ul class=\"choix\">{}</ul></form>{}",
        &[&scene.service(), &scene.here, &buttons, &scene.back_link()],
    );
    scene.page(200, "Choix du compte", &main)
}

/// The login form of the demonstration identity provider.
pub(in crate::emulator) fn login(
    scene: &Scene<'_>,
    idp: &Idp,
    accounts: &[Arc<Account>],
    wrong: bool,
) -> Reply {
    let alert = if wrong {
        Html::literal(
            "<p class=\"alerte\" role=\"alert\">Identifiant ou mot de passe inconnu : choisissez un compte de \
             la liste, le mot de passe est toujours 123.</p>",
        )
    } else {
        Html::default()
    };
    let row = |account: &Account| {
        fill("<tr><td><code>{}</code></td><td>{}</td></tr>", &[&account.login, &account.interest])
    };
    let rows: Html = accounts.iter().map(|account| row(account)).collect();
    let first = accounts.first().map_or("", |account| account.login.as_str());
    let main = fill(
        "<h1>{}</h1>{}<form method=\"post\" action=\"{}/connexion\">\
         <label for=\"login\">Identifiant</label>\
         <input id=\"login\" name=\"login\" value=\"{}\" autocomplete=\"off\" autocapitalize=\"none\" \
         spellcheck=\"false\" required>\
         <label for=\"password\">Mot de passe</label>\
         <input id=\"password\" name=\"password\" type=\"password\" value=\"{}\" autocomplete=\"off\" required>\
         <p><button type=\"submit\">Valider</button></p></form>{}\
         <h2>Comptes de test</h2><table><thead><tr><th scope=\"col\">Identifiant</th>\
         <th scope=\"col\">Intérêt</th></tr></thead><tbody>{}</tbody></table>",
        &[&idp.name, &alert, &scene.here, &first, &Account::PASSWORD, &scene.back_link(), &rows],
    );
    let title = "Connexion - fournisseur d’identité de démonstration";
    scene.page(if wrong { 403 } else { 200 }, title, &main)
}

/// The information page: what the service will receive.
pub(in crate::emulator) fn information(scene: &Scene<'_>, interaction: &Interaction, login: &Login) -> Reply {
    let claims = login.account.claims(scene.product, login.idp);
    let labels = scene.product.labels(&interaction.scopes);
    let row = |(claim, label): &(&'static str, &'static str)| {
        let words = claims.get(*claim).map(shown).unwrap_or_default();
        let words = if words.is_empty() { "non renseigné".to_html() } else { words.to_html() };
        fill("<dt>{}</dt><dd>{}</dd>", &[label, &words])
    };
    let list: Html = labels.iter().map(row).collect();
    let data = if labels.is_empty() {
        Html::literal("<p>Vous continuez de façon anonyme : aucune donnée personnelle n’est transmise.</p>")
    } else {
        fill("<p>Ces données seront transmises :</p><dl>{}</dl>", &[&list])
    };
    let main = fill(
        "<h1>Vous vous êtes identifié</h1>{}<form method=\"post\" action=\"{}/information\">\
         <button type=\"submit\">Continuer sur {}</button></form>{}",
        &[&data, &scene.here, &scene.service(), &scene.back_link()],
    );
    scene.page(200, "Informations transmises", &main)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
