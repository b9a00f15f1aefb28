//! Ways to be right that not every service shares: none of them fails a point.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::{Browser, Party, Shared, Way, cookie, end_session, page, random, redirect, with_cookie};

/// The button, or what leads to it.
pub(super) fn welcome(party: &Party, uri: &Uri) -> Response {
    let button =
        "<form action=/entrer><button class=fr-connect>S’identifier avec FranceConnect</button></form>";
    let link = "<a class=fr-connect href=/entrer>S’identifier avec FranceConnect</a>";
    let text = match party.way {
        Way::LinkAsButton => link.to_owned(),
        Way::LoginElsewhere if uri.path() == "/" => {
            "<form action=/local method=post><input name=login><button>Se connecter</button></form>\
             <a href=/connexion>Se connecter</a>"
                .to_owned()
        }
        Way::English => {
            "<form action=/entrer><button class=fr-connect>Sign in with FranceConnect</button></form>"
                .to_owned()
        }
        Way::Scripted => return shell(),
        Way::ErrorsAsMessages if uri.query() == Some("echec") => {
            format!("<p role=alert>Connexion interrompue.</p>{button}")
        }
        Way::Broker => {
            button.replace("S’identifier avec FranceConnect", "Se connecter").replace(" class=fr-connect", "")
        }
        _ => format!("<script src=/app.js></script>{button}"),
    };
    page(200, &text)
}

/// What a script fills in.
fn shell() -> Response {
    page(200, "<div id=app></div><script type=module src=/app.js></script>")
}

/// The page of somebody who is logged in.
pub(super) fn inside(party: &Party, browser: &Browser, name: &str, number: usize) -> String {
    let form = "<form action=/sortir method=post><button>Se déconnecter</button></form>";
    match party.way {
        Way::English => {
            format!("<p>Hello {name}, file {number}</p>{}", form.replace("Se déconnecter", "Log out"))
        }
        Way::CapitalsWithoutAccents => {
            let plain = name.to_uppercase().replace('Œ', "OE").replace('Î', "I").replace(['É', 'È'], "E");
            format!("<p>{}, dossier {number}</p>{form}", plain.replace('Ç', "C"))
        }
        Way::NamedOnProfile => format!("<p>Bonjour</p><a href=/compte>Mon compte</a>{form}"),
        Way::ConfirmedLogout => {
            format!("<p>Bonjour {name}, dossier {number}</p><a href=/quitter>Se déconnecter</a>")
        }
        Way::LogoutWithToken => {
            let field = format!("<input type=hidden name=jeton value={}>", browser.token);
            format!(
                "<p>Bonjour {name}, dossier {number}</p>{}",
                form.replace("<button>", &format!("{field}<button>"))
            )
        }
        _ => format!("<p>Bonjour {name}, dossier {number}</p>{form}"),
    }
}

pub(super) async fn profile(State(party): Shared, headers: HeaderMap) -> Response {
    match party.browser(&headers).user {
        Some(user) => page(200, &format!("<p>{}, dossier {}</p>", user.name, user.number)),
        None => redirect("/"),
    }
}

/// Who is there, for a script; letters that are not of ASCII written as their numbers.
pub(super) async fn data(State(party): Shared, headers: HeaderMap) -> Response {
    let Some(user) = party.browser(&headers).user else {
        return (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "application/json")], "{}")
            .into_response();
    };
    let name: String = user
        .name
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let body = format!("{{\"nom\":\"{name}\",\"dossier\":{}}}", user.number);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// An error as this way has it.
pub(super) fn error(party: &Party) -> Option<Response> {
    match party.way {
        Way::ErrorsAsMessages => Some(redirect("/?echec")),
        Way::ErrorsElsewhere => Some(redirect("/echec")),
        Way::Scripted => Some(redirect("/#echec")),
        Way::English => Some(page(400, "The login did not succeed. <a href=/>Try again</a>")),
        Way::PressedErrors => {
            let back = "<button onclick=\"history.back()\">Recommencer</button>";
            Some(page(400, &format!("La connexion n’a pas abouti. {back}")))
        }
        _ => None,
    }
}

pub(super) async fn failed() -> Response {
    page(200, "<p>La connexion n’a pas abouti.</p><a href=/>Recommencer</a>")
}

/// The way to FranceConnect at `to`.
pub(super) fn to_france_connect(party: &Party, to: &str) -> Response {
    if party.way != Way::FormInBetween {
        return redirect(to);
    }
    let url = url::Url::parse(to).unwrap();
    let fields: String = url
        .query_pairs()
        .map(|(name, value)| format!("<input type=hidden name={name} value=\"{value}\">"))
        .collect();
    let (action, _) = to.split_once('?').unwrap();
    let send = "<noscript><button>Continuer</button></noscript><script>document.forms[0].submit()</script>";
    page(200, &format!("<form action={action}>{fields}{send}</form>"))
}

/// The cookie of a browser.
pub(super) fn kept(party: &Party, id: &str) -> String {
    let more = match party.way {
        Way::PartitionedCookie => "Secure; SameSite=None; Partitioned",
        Way::RefreshAfterwards => "SameSite=Strict",
        _ => "SameSite=Lax",
    };
    format!("qui={id}; Path=/; HttpOnly; {more}")
}

/// Where a login that succeeded goes on.
pub(super) fn arrived(party: &Party, headers: &HeaderMap) -> Response {
    match party.way {
        // A cookie for its own site only: the page asks for the next one itself, and is its own site.
        Way::RefreshAfterwards => {
            let (id, browser) = (random(), party.browser(headers));
            party.browsers.lock().unwrap().insert(id.clone(), browser);
            let page = page(200, "<meta http-equiv=refresh content=\"0; url=/\">Un instant…");
            with_cookie(page, &kept(party, &id))
        }
        Way::Broker => {
            let (ticket, browser) = (random(), party.browser(headers));
            let begun = browser.token.clone();
            party.browsers.lock().unwrap().insert(ticket.clone(), browser);
            redirect(&format!("{}/ouvrir?{begun}&{ticket}", party.front))
        }
        _ => redirect("/"),
    }
}

pub(super) async fn asked(State(_): Shared) -> Response {
    page(200, "Voulez-vous partir ? <form action=/sortir method=post><button>Se déconnecter</button></form>")
}

/// The service's own end of a login by way of a broker: the one that this browser began.
pub(super) async fn opened(State(party): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let Some((begun, ticket)) = uri.query().and_then(|query| query.split_once('&')) else {
        return party.error(400, "ticket");
    };
    let line = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let browser = party.browsers.lock().unwrap().remove(ticket);
    let Some(browser) = browser.filter(|_| line.contains(&format!("debut={begun}"))) else {
        return party.error(400, "ticket");
    };
    let id = random();
    party.browsers.lock().unwrap().insert(id.clone(), browser);
    with_cookie(redirect("/"), &kept(&party, &id))
}

/// Where the service sends a browser that has no session: the broker’s own page of ways to log in.
pub(super) fn to_broker(party: &Party) -> Response {
    let begun = random();
    let to = format!("{}/courtier?{begun}", party.site);
    with_cookie(redirect(&to), &format!("debut={begun}; Path=/; HttpOnly; SameSite=Lax"))
}

pub(super) async fn broker(uri: Uri) -> Response {
    let begun = uri.query().unwrap_or_default();
    page(200, &format!("<input name=username><a href=\"/entrer?{begun}\">FranceConnect</a>"))
}

/// The broker's own logout, and FranceConnect's.
pub(super) async fn broker_left(State(party): Shared, headers: HeaderMap) -> Response {
    let browser = party.browser(&headers);
    if let Some(id) = cookie(&headers) {
        party.browsers.lock().unwrap().remove(&id);
    }
    end_session(&party, &browser)
}
