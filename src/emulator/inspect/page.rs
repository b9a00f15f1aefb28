//! Decides how one login is shown: what is wrong in it, its sequence diagram, and every exchange with its tokens decoded.

use super::{Exchange, Note, Record, Verdict, clock};
use crate::emulator::Emulator;
use crate::emulator::http::Reply;
use crate::emulator::inspect::tokens::Shown;
use crate::emulator::page::language::Lang;
use crate::emulator::page::page;
use crate::html::{Html, fill};

impl Emulator {
    /// The page of one login.
    pub(in crate::emulator) fn login_page(&self, record: &Record) -> Reply {
        let lang = self.reader.lang;
        let title = format!("{} {}", lang.pick("Connexion n°", "Login no."), record.number);
        let numbered =
            || record.exchanges.iter().enumerate().map(|(at, exchange)| (at.saturating_add(1), exchange));
        let diagram: Html = numbered().map(|(number, exchange)| arrows(lang, number, exchange)).collect();
        let details: Html = numbered().map(|(number, exchange)| detail(lang, number, exchange)).collect();
        let lanes = [lang.pick("Navigateur", "Browser"), "Service", self.settings.product.name()];
        let lanes: Html = lanes.iter().map(|lane| fill("<span>{}</span>", &[lane])).collect();
        let main = fill(
            "<p><a href=\"{}/\">{}</a></p><h1>{}</h1><p>{} — {} UTC</p>{}{}<h2>{}</h2>\
             <div class=\"voies\" aria-hidden=\"true\">{}</div><ol class=\"sequence\">{}</ol><h2>{}</h2>{}",
            &[
                &self.settings.product.control(),
                &lang.pick("Tableau de bord", "Panel"),
                &title,
                &record.client_id,
                &clock(record.started),
                &lie(lang, record),
                &remarks(lang, record),
                &lang.pick("Séquence", "Sequence"),
                &lanes,
                &diagram,
                &lang.pick("Échanges", "Exchanges"),
                &details,
            ],
        );
        page(&self.reader, self.settings.product, 200, &title, &main, &[])
    }
}

/// What the emulator did wrong, and how the service took it.
fn lie(lang: Lang, record: &Record) -> Html {
    let behaviour = &record.behaviour;
    if behaviour.is_honest() {
        return Html::default();
    }
    let what = match behaviour.fault {
        Some(fault) => fill(
            "{} <code>{}</code> ({}).",
            &[
                &lang.pick("Faute commise par l’émulateur :", "Fault committed by the emulator:"),
                &fault.name(),
                &lang.pick(fault.what_fr(), fault.what()),
            ],
        ),
        None => fill(
            "{} {}.",
            &[
                &lang.pick("Comportement de l’émulateur :", "Behaviour of the emulator:"),
                &behaviour.words(lang),
            ],
        ),
    };
    let words = record.verdict().map_or("", |verdict| match verdict {
        Verdict::Right => lang.pick("Le service a fait ce qu’il fallait.", "The service did right."),
        Verdict::Believed => lang.pick(
            "Le service a continué : il a cru ce qu’il devait refuser.",
            "The service went on: it believed what it had to refuse.",
        ),
        Verdict::TooStrict => lang.pick(
            "Le service s’est arrêté, alors que rien ne l’exigeait.",
            "The service stopped, although nothing asked for it.",
        ),
        Verdict::Unseen => lang.pick(
            "D’ici on ne voit pas ce que le service en a fait : vérifiez s’il a ouvert une session.",
            "What the service made of it cannot be seen from here: check whether it opened a session.",
        ),
        Verdict::NotReached => {
            lang.pick("La connexion n’en est pas arrivée là.", "The login has not come to that.")
        }
    });
    let class = if record.verdict() == Some(Verdict::Believed) { "alerte" } else { "note" };
    fill("<p class=\"{}\">{} {}</p>", &[&class, &what, &words])
}

fn remarks(lang: Lang, record: &Record) -> Html {
    let of = |(at, exchange): (usize, &Exchange)| {
        let number = at.saturating_add(1);
        let item = |note: &Note| {
            fill(
                "<li><a href=\"#e{}\">{}</a> {}</li>",
                &[&number.to_string(), &number.to_string(), &words(lang, note)],
            )
        };
        exchange.notes.iter().map(item).collect::<Html>()
    };
    let list: Html = record.exchanges.iter().enumerate().map(of).collect();
    if list.as_str().is_empty() {
        let nothing = lang
            .pick("Rien à redire aux demandes du service.", "Nothing to say against the service's requests.");
        return fill("<p class=\"note\">{}</p>", &[&nothing]);
    }
    fill(
        "<div class=\"alerte\"><p>{}</p><ul>{}</ul></div>",
        &[
            &lang.pick("À corriger dans les demandes du service :", "To mend in the service's requests:"),
            &list,
        ],
    )
}

fn words(lang: Lang, note: &Note) -> Html {
    let advice = if note.wrong { "" } else { lang.pick("Conseil : ", "Advice: ") };
    fill("{}{}", &[&advice, lang.pick(&note.fr, &note.en)])
}

/// One exchange as two arrows, and the way back to the service that follows from it.
fn arrows(lang: Lang, number: usize, exchange: &Exchange) -> Html {
    let (lane, from) = match exchange.browser {
        true => ("navigateur", lang.pick("Navigateur", "Browser")),
        false => ("service", "Service"),
    };
    let told = exchange.notes.iter().any(|note| note.wrong);
    let mark = if told || !exchange.code.is_empty() { " faux" } else { "" };
    let answer = format!("{} {}", exchange.status, exchange.code);
    let path = short(&exchange.path);
    let mut all = fill(
        "<li class=\"{}{}\"><p class=\"aller\"><span class=\"lu\">{} → FranceConnect : </span><a href=\"#e{}\">{} {}</a></p>\
         <p class=\"retour\">{}</p></li>",
        &[&lane, &mark, &from, &number.to_string(), &exchange.method, &path, &answer],
    );
    let away = exchange.location.as_ref().filter(|_| exchange.browser);
    if let Some(to) = away.filter(|to| to.contains("://")) {
        let names: Vec<String> = url::Url::parse(to)
            .map(|url| url.query_pairs().map(|(name, _)| name.into_owned()).collect())
            .unwrap_or_default();
        let place = to.split(['?', '#']).next().unwrap_or_default();
        all.push(&fill(
            "<li class=\"renvoi\"><p class=\"aller\"><span class=\"lu\">{} → Service : </span>{} <small>{}</small></p></li>",
            &[&lang.pick("Navigateur", "Browser"), &place, &names.join(", ")],
        ));
    }
    all
}

/// A path without the name of its interaction, which says nothing.
fn short(path: &str) -> String {
    match super::uid(path).filter(|uid| !uid.is_empty()) {
        Some(uid) => path.replace(&uid, "…"),
        None => path.to_owned(),
    }
}

fn detail(lang: Lang, number: usize, exchange: &Exchange) -> Html {
    let pair = |(name, value): &(String, String)| fill("<dt>{}</dt><dd><code>{}</code></dd>", &[name, value]);
    let parameters: Html = exchange.params.iter().map(pair).collect();
    let notes: Html = exchange.notes.iter().map(|note| fill("<li>{}</li>", &[&words(lang, note)])).collect();
    let notes =
        if notes.as_str().is_empty() { notes } else { fill("<ul class=\"alerte\">{}</ul>", &[&notes]) };
    let location = exchange.location.as_ref().map(|to| fill("<p>Location : <code>{}</code></p>", &[to]));
    let answer = exchange.answer().and_then(|answer| serde_json::to_string_pretty(&answer).ok());
    let answer = answer.map(|answer| fill("<pre tabindex=\"0\">{}</pre>", &[&answer]));
    let tokens: Html = exchange.tokens().iter().map(|token| shown(lang, token)).collect();
    let open = if exchange.notes.is_empty() { Html::default() } else { Html::literal(" open") };
    fill(
        "<details id=\"e{}\"{}><summary>{}. {} {} → {} {} <small>{} UTC</small></summary>{}<dl>{}</dl>{}{}{}</details>",
        &[
            &number.to_string(),
            &open,
            &number.to_string(),
            &exchange.method,
            &exchange.path,
            &exchange.status.to_string(),
            &exchange.code,
            &clock(exchange.at),
            &notes,
            &parameters,
            &location.unwrap_or_default(),
            &answer.unwrap_or_default(),
            &tokens,
        ],
    )
}

fn shown(lang: Lang, token: &Shown) -> Html {
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let part = |title: &str, value: &serde_json::Value| match value.is_null() {
        true => Html::default(),
        false => fill("<p>{}</p><pre tabindex=\"0\">{}</pre>", &[&title, &pretty(value)]),
    };
    let unread =
        lang.pick("chiffré : seul le service peut le lire", "encrypted: only the service can read it");
    let head =
        if token.claims.is_null() { format!("{} ({unread})", token.name) } else { token.name.to_owned() };
    let mut all = fill("<h3>{}</h3>", &[&head]);
    if let Some(encryption) = &token.encryption {
        all.push(&part(lang.pick("En-tête du chiffrement", "Header of the encryption"), encryption));
    }
    all.push(&part(lang.pick("En-tête", "Header"), &token.header));
    all.push(&part(lang.pick("Claims", "Claims"), &token.claims));
    all
}
