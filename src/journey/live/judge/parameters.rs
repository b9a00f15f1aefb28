//! Decides whether an authorization request asks for what it may: data and level within the habilitation, values that
//! are drawn for each login, and no parameter that FranceConnect refuses.

use super::{Problems, each, failed, no_login, no_parameter, skipped};
use crate::emulator::PARAMETERS;
use crate::franceconnect::{Level, Product};
use crate::journey::Words;
use crate::journey::dossier::claims;
use crate::journey::live::authorization::Authorization;
use crate::journey::live::check::Case;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;

/// Those without which it takes no request.
const NEEDED: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "acr_values", "state", "nonce"];
/// What `prompt` may be.
const PROMPTS: [&str; 4] = ["login", "consent", "login consent", "consent login"];
/// Shortest `state` and `nonce`, in characters.
const SHORTEST: usize = 22;

pub(in crate::journey::live) fn scopes(case: &Case<'_>) -> Verdict {
    each(case, |asked| scopes_of(case, asked))
}

fn scopes_of(case: &Case<'_>, asked: &Authorization<'_>) -> Verdict {
    let Some(scope) = asked.given("scope") else { return no_parameter("scope") };
    let configured = configured(case, "scope");
    if configured.is_some_and(|configured| configured != scope) {
        let scope = printable(scope);
        return failed(
            Words::new(
                format!("scope est « {scope} » : ce n’est pas celui de la configuration."),
                format!("scope is \"{scope}\": it is not that of the configuration."),
            ),
            Words::new("Déployer la configuration de production.", "Deploy the configuration of production."),
        );
    }
    let Some((_, granted)) = &case.known.granted else {
        return skipped(
            "aucune habilitation n’est enregistrée : [habilitation] dans franceconnect.toml",
            "no habilitation is recorded: [habilitation] in franceconnect.toml",
        );
    };
    let product = case.product().unwrap_or(Product::Standard);
    let more: Vec<String> = claims(scope.split_whitespace(), product)
        .into_iter()
        .filter(|claim| !granted.contains(claim))
        .collect();
    if more.is_empty() {
        return Verdict::Passed;
    }
    let more = printable(&more.join(", "));
    failed(
        Words::new(
            format!("La connexion demande {more}, que l’habilitation ne donne pas."),
            format!("A login asks for {more}, which the habilitation does not grant."),
        ),
        Words::new(
            "Le retirer de FC_SCOPES, ou demander une modification sur DataPass.",
            "Take it out of FC_SCOPES, or ask for a change on DataPass.",
        ),
    )
}

pub(in crate::journey::live) fn level(case: &Case<'_>) -> Verdict {
    each(case, |asked| level_of(case, asked))
}

fn level_of(case: &Case<'_>, asked: &Authorization<'_>) -> Verdict {
    let Some(text) = asked.given("acr_values") else { return no_parameter("acr_values") };
    let told = printable(text);
    let mend = |level: &str| {
        Words::new(format!("Demander {level} (FC_ACR_VALUES)."), format!("Ask for {level} (FC_ACR_VALUES)."))
    };
    let levels: Option<Vec<Level>> =
        text.split(' ').filter(|word| !word.is_empty()).map(Level::parse).collect();
    let Some(levels) = levels.filter(|levels| !levels.is_empty()) else {
        return failed(
            Words::new(format!("acr_values est « {told} »."), format!("acr_values is \"{told}\".")),
            mend("eidas1, eidas2, eidas3"),
        );
    };
    if let Some(product) = case.product()
        && levels.iter().any(|level| level.product() != product)
    {
        let name = product.name();
        return failed(
            Words::new(
                format!("acr_values est « {told} », que {name} ne donne pas."),
                format!("acr_values is \"{told}\", which {name} does not give."),
            ),
            mend(product.lowest().name()),
        );
    }
    if let Some((granted, _)) = &case.known.granted
        && levels.iter().any(|level| level > granted)
    {
        return failed(
            Words::new(
                format!("acr_values est « {told} », au-dessus de l’habilitation."),
                format!("acr_values is \"{told}\", above the habilitation."),
            ),
            mend(granted.name()),
        );
    }
    let configured = case.known.live.as_ref().and_then(|live| live.level);
    match configured {
        // Any level is the level of some product.
        None if case.product().is_none() => {
            skipped("le produit n’est pas connu d’ici", "the product is not known here")
        }
        Some(level) if levels != [level] => failed(
            Words::new(
                format!("acr_values est « {told} » : ce n’est pas celui de la configuration."),
                format!("acr_values is \"{told}\": it is not that of the configuration."),
            ),
            mend(level.name()),
        ),
        _ => Verdict::Passed,
    }
}

pub(in crate::journey::live) fn random(case: &Case<'_>) -> Verdict {
    let [first, second] = case.asked.as_slice() else { return no_login() };
    let mut problems = Problems::default();
    for name in ["state", "nonce"] {
        let (Some(one), Some(other)) = (first.given(name), second.given(name)) else {
            return no_parameter(name);
        };
        let shortest = one.chars().count().min(other.chars().count());
        let mut add = |fr: String, en: String| {
            let mend = Words::new(
                format!("Tirer {name} au hasard à chaque connexion : 32 octets en base64url suffisent."),
                format!("Draw {name} at random for each login: 32 bytes in base64url are enough."),
            );
            problems.add(Words::new(fr, en), mend);
        };
        if shortest < SHORTEST {
            add(
                format!("{name} a {shortest} caractères, et il en faut {SHORTEST}."),
                format!("{name} has {shortest} characters, and {SHORTEST} are needed."),
            );
        } else if one == other {
            add(
                format!("{name} est le même pour deux connexions."),
                format!("{name} is the same for two logins."),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

pub(in crate::journey::live) fn request(case: &Case<'_>) -> Verdict {
    each(case, |asked| request_of(case, asked))
}

fn request_of(case: &Case<'_>, asked: &Authorization<'_>) -> Verdict {
    let mut problems = Problems::default();
    let mut add = |fr: String, en: String, mend: (&str, &str)| {
        problems.add(Words::new(fr, en), Words::new(mend.0, mend.1));
    };
    let names: Vec<&str> = asked.names().collect();
    for (place, name) in names.iter().enumerate() {
        let told = printable(name);
        if !PARAMETERS.contains(name) {
            add(
                format!("Le paramètre {told}, que FranceConnect refuse (Y030007)."),
                format!("The parameter {told}, which FranceConnect refuses (Y030007)."),
                ("N’envoyer que les paramètres de FranceConnect.", "Send FranceConnect’s parameters only."),
            );
        } else if names.iter().take(place).any(|earlier| earlier == name) {
            add(
                format!("Le paramètre {told} deux fois (Y030007)."),
                format!("The parameter {told} twice (Y030007)."),
                ("L’envoyer une fois.", "Send it once."),
            );
        }
    }
    for name in NEEDED.iter().filter(|name| !names.contains(name)) {
        add(
            format!("Le paramètre {name} manque (Y030007)."),
            format!("The parameter {name} is missing (Y030007)."),
            ("L’envoyer à chaque connexion.", "Send it with each login."),
        );
    }
    let kind = asked.given("response_type").unwrap_or("code");
    if kind != "code" {
        let kind = printable(kind);
        add(
            format!("response_type est « {kind} »."),
            format!("response_type is \"{kind}\"."),
            ("FranceConnect ne connaît que code.", "FranceConnect knows code only."),
        );
    }
    if asked.given("prompt").is_some_and(|prompt| !PROMPTS.contains(&prompt)) {
        add(
            "prompt n’est pas de ceux que FranceConnect accepte (Y030007).".to_owned(),
            "prompt is none that FranceConnect takes (Y030007).".to_owned(),
            ("login, consent, ou rien.", "login, consent, or nothing."),
        );
    } else {
        for name in ["prompt", "claims", "idp_hint", "ui_locales"] {
            if case.known.live.is_some() && asked.given(name) != configured(case, name) {
                add(
                    format!("{name} n’est pas celui de la configuration."),
                    format!("{name} is not that of the configuration."),
                    ("Déployer la configuration de production.", "Deploy the configuration of production."),
                );
            }
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

/// What the configuration sends under this name.
fn configured<'a>(case: &Case<'a>, name: &str) -> Option<&'a str> {
    let request = &case.known.live.as_ref()?.request;
    request.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
