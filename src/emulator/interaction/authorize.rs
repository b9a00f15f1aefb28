//! Decides whether an authorization request is one FranceConnect takes: its eleven parameters, their
//! values, and the exact answer to each fault (OpenID Connect Core §3.1.2, narrowed by FranceConnect).
//!
//! Order: the front door (page Y030007 for anything missing, malformed or foreign), the client, then what
//! the engine checks, then FranceConnect's own rules of level, `amr` and identity provider.

use crate::emulator::Settings;
use crate::emulator::citizen::Idp;
use crate::emulator::client::Client;
use crate::emulator::http::Params;
use crate::emulator::product::Product;
use crate::emulator::state::Interaction;
use crate::time::Timestamp;
use serde_json::Value;
use url::Host;

/// Every parameter of an authorization request that FranceConnect takes: another name ends it on a page of its own.
pub(crate) const PARAMETERS: [&str; 11] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "acr_values",
    "state",
    "nonce",
    "claims",
    "prompt",
    "idp_hint",
    "ui_locales",
];

/// Fewest characters of a nonce.
const NONCE_LENGTH: usize = 22;

/// What FranceConnect's check of addresses no longer takes, in characters.
const LONGEST_ADDRESS: usize = 2083;

/// Most characters of a prompt.
const LONGEST_PROMPT: usize = 64;

/// Every level by rank; the lowest one asked counts, if the product gives it.
const LEVELS: [&str; 3] = ["eidas1", "eidas2", "eidas3"];

/// Why a request is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) enum Refusal {
    /// A page of FranceConnect with this code; the service learns nothing.
    Page(&'static str),
    /// The service is told, in the query or in the fragment.
    Redirect { to: String, error: &'static str, description: String, state: String, fragment: bool },
}

/// Judges the parameters of `/authorize`; `load` tells the code of the page for a client whose keys are no use.
pub(in crate::emulator) fn judge(
    settings: &Settings,
    params: &Params,
    now: Timestamp,
    load: impl Fn(&Client) -> Result<(), &'static str>,
) -> Result<Interaction, Refusal> {
    let product = settings.product;
    let sent = front_door(params, settings.strict_urls).ok_or(Refusal::Page("Y030007"))?;
    let client = settings.client(sent.client_id).ok_or(Refusal::Page("Y04EA6EF"))?;
    load(client).map_err(Refusal::Page)?;
    let registered = client.redirect_uris.iter().any(|uri| uri == sent.redirect_uri);
    // The engine only tells a service what is wrong at an address it knows.
    let refuse = |error: &'static str, description: &str, fragment: bool| {
        if !registered {
            return Refusal::Page("Y040001");
        }
        Refusal::Redirect {
            to: sent.redirect_uri.to_owned(),
            error,
            description: description.to_owned(),
            state: sent.state.to_owned(),
            fragment,
        }
    };
    let invalid = |description: &str| refuse("invalid_request", description, false);

    match sent.response_type {
        "code" => {}
        "" => return Err(invalid("missing required parameter 'response_type'")),
        other => {
            // Hybrid and implicit answers belong in the fragment, their refusals too.
            let fragment = other.contains("token");
            let description = "unsupported response_type requested";
            return Err(refuse("unsupported_response_type", description, fragment));
        }
    }
    let mut known: Vec<String> = Vec::new();
    for scope in sent.scope.split_whitespace() {
        if product.has_scope(scope) && !known.iter().any(|earlier| earlier == scope) {
            known.push(scope.to_owned());
        }
    }
    if known.iter().any(|scope| !client.may_ask(scope)) {
        return Err(refuse("invalid_scope", "requested scope is not allowed", false));
    }
    if !known.iter().any(|scope| scope == "openid") {
        return Err(invalid("openid scope must be requested when using the acr_values parameter"));
    }
    if !registered {
        return Err(Refusal::Page("Y04C013C"));
    }
    let asked = params.filled("claims").map_or(Ok(Asked::default()), asks_amr).map_err(invalid)?;

    let level = negotiated(product, sent.acr_values)
        .map_err(|description| refuse("invalid_acr", &description, false))?;
    if asked.anywhere && !client.amr {
        return Err(Refusal::Page("Y100009"));
    }
    let idp = params
        .filled("idp_hint")
        .map(|hint| chosen(product, client, hint))
        .transpose()
        .map_err(|()| refuse("invalid_idp_hint", "An idp_hint was provided but is not allowed", false))?;
    Ok(Interaction {
        started: now,
        client_id: client.client_id.as_str().into(),
        redirect_uri: sent.redirect_uri.into(),
        state: sent.state.to_owned(),
        nonce: sent.nonce.to_owned(),
        scopes: known.into(),
        level,
        identified: false,
        amr: asked.in_id_token,
        direct: client.direct && params.get("prompt").is_some_and(|prompt| prompt == "login"),
        idp,
        suspicious: false,
        failed: None,
        behaviour: None,
    })
}

/// The parameters that must be there, once the front door has let the request in.
struct Sent<'a> {
    response_type: &'a str,
    client_id: &'a str,
    redirect_uri: &'a str,
    scope: &'a str,
    acr_values: &'a str,
    state: &'a str,
    nonce: &'a str,
}

fn front_door(params: &Params, strict_urls: bool) -> Option<Sent<'_>> {
    if params.repeated().is_some() || params.foreign(&PARAMETERS).is_some() {
        return None;
    }
    if !params.get("prompt").is_none_or(prompt_allowed) {
        return None;
    }
    let sent = Sent {
        response_type: params.get("response_type")?,
        client_id: params.filled("client_id")?,
        redirect_uri: params.filled("redirect_uri")?,
        scope: params.get("scope")?,
        acr_values: params.get("acr_values")?,
        state: params.get("state")?,
        nonce: params.get("nonce")?,
    };
    let usable = is_address(sent.redirect_uri, strict_urls);
    (usable && sent.nonce.chars().count() >= NONCE_LENGTH).then_some(sent)
}

/// Whether `text` is a web address; a strict one has a top-level domain, as FranceConnect+ wants it. The sandbox of
/// FranceConnect takes others, `localhost` among them.
pub(in crate::emulator) fn is_address(text: &str, strict: bool) -> bool {
    let odd = |c: char| c.is_whitespace() || c == '<' || c == '>';
    let Some(url) =
        url::Url::parse(text).ok().filter(|_| text.len() < LONGEST_ADDRESS && !text.contains(odd))
    else {
        return false;
    };
    let public = |host: Host<&str>| match host {
        Host::Domain(name) => name.trim_end_matches('.').contains('.') && !name.ends_with(".localhost"),
        Host::Ipv4(address) => !address.is_loopback(),
        Host::Ipv6(address) => !address.is_loopback(),
    };
    matches!(url.scheme(), "http" | "https") && url.host().is_some_and(|host| !strict || public(host))
}

/// The level that `acr_values` leads to, or why it leads to none.
fn negotiated(product: Product, acr_values: &str) -> Result<&'static str, String> {
    let lowest =
        acr_values.split(' ').filter_map(|word| LEVELS.iter().position(|known| *known == word)).min();
    match lowest.and_then(|rank| LEVELS.get(rank)) {
        None => Ok(product.default_level()),
        Some(level) if product.levels().contains(level) => Ok(level),
        Some(got) => Err(format!(
            "acr_value is not valid, should be equal one of these values, expected {}, got {got}",
            product.levels().join(",")
        )),
    }
}

fn prompt_allowed(prompt: &str) -> bool {
    let words = prompt.split(' ').filter(|word| !word.is_empty());
    // A space at either end leaves an empty word, which is neither.
    let whole = !prompt.is_empty() && prompt.len() <= LONGEST_PROMPT && prompt.trim_matches(' ') == prompt;
    whole && words.into_iter().all(|word| matches!(word, "login" | "consent"))
}

/// Where `claims` asks for `amr`.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    anywhere: bool,
    in_id_token: bool,
}

/// Whether `claims` asks for `amr` (OpenID Connect Core §5.5).
fn asks_amr(claims: &str) -> Result<Asked, &'static str> {
    let claims: Value =
        serde_json::from_str(claims).map_err(|_| "could not parse the claims parameter JSON")?;
    let Value::Object(claims) = claims else {
        return Err("claims parameter should be a JSON object");
    };
    let (userinfo, id_token) = (claims.get("userinfo"), claims.get("id_token"));
    if userinfo.is_none() && id_token.is_none() {
        return Err("claims parameter should have userinfo or id_token properties");
    }
    if userinfo.is_some_and(|part| !part.is_object()) {
        return Err("claims.userinfo should be an object");
    }
    if id_token.is_some_and(|part| !part.is_object()) {
        return Err("claims.id_token should be an object");
    }
    let amr = |part: Option<&Value>| part.and_then(|part| part.get("amr")).is_some();
    Ok(Asked { anywhere: amr(userinfo) || amr(id_token), in_id_token: amr(id_token) })
}

/// The identity provider that a hint names: one of the client's own list, or of the selection page if it has none. A
/// client may be allowed a provider that the emulator does not
/// play: the default one stands in for it.
fn chosen(product: Product, client: &Client, hint: &str) -> Result<&'static Idp, ()> {
    let known = product.idps().iter().find(|idp| idp.id == hint);
    match &client.idp_hints {
        None => known,
        Some(own) if own.iter().any(|allowed| allowed == hint) => known.or(product.idps().first()),
        Some(_) => None,
    }
    .ok_or(())
}
