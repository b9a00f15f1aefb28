//! Decides the pages the citizen walks through: choice of identity provider, login, information.

use super::account::Account;
use super::client::Client;
use super::http::Reply;
use super::idp::Idp;
use super::page::page;
use super::product::Product;
use super::state::{Interaction, Login};
use crate::html::{Html, ToHtml, fill};
use serde_json::Value;

fn name(client: Option<&Client>) -> &str {
    client.map_or("le service", |client| &client.name)
}

fn targets(client: Option<&Client>) -> Vec<String> {
    client.map(Client::origins).unwrap_or_default()
}

fn back_link(here: &str, client: Option<&Client>) -> Html {
    fill("<p><a href=\"{}/retour\">Revenir sur {}</a></p>", &[&here, &name(client)])
}

/// The selection page (*mire*).
pub(super) fn choice(product: Product, here: &str, client: Option<&Client>) -> Reply {
    let button = |idp: &Idp| {
        fill("<li><button type=\"submit\" name=\"idp\" value=\"{}\">{}</button></li>", &[&idp.id, &idp.name])
    };
    let buttons: Html = product.idps().iter().map(button).collect();
    let main = fill(
        "<h1>Choisissez un compte pour vous connecter à {}</h1>\
         <form method=\"post\" action=\"{}/fournisseur\"><ul class=\"choix\">{}</ul></form>{}",
        &[&name(client), &here, &buttons, &back_link(here, client)],
    );
    page(product, 200, "Choix du compte", &main, &targets(client))
}

/// The login form of the demonstration identity provider.
pub(super) fn login(product: Product, here: &str, client: Option<&Client>, idp: &Idp, wrong: bool) -> Reply {
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
    let rows: Html = product.accounts(idp).map(row).collect();
    let first = product.accounts(idp).next().map_or("", |account| account.login);
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
        &[&idp.name, &alert, &here, &first, &Account::PASSWORD, &back_link(here, client), &rows],
    );
    let title = "Connexion - fournisseur d’identité de démonstration";
    page(product, if wrong { 403 } else { 200 }, title, &main, &targets(client))
}

/// The information page: what the service will receive.
pub(super) fn information(
    product: Product,
    here: &str,
    client: Option<&Client>,
    interaction: &Interaction,
    login: &Login,
) -> Reply {
    let claims = login.account.claims(product, login.idp);
    let labels = product.labels(&interaction.scopes);
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
        &[&data, &here, &name(client), &back_link(here, client)],
    );
    page(product, 200, "Informations transmises", &main, &targets(client))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
