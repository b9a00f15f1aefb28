//! The sector identifier document: it must list every callback, or nobody passes.

use super::token::refused;
use super::{ISSUER, NOW, REDIRECT, SECRET, authorize, client, emulator, form, page_code};
use franceconnect_edge::emulator::{Client, Emulator, Reply, Request, ServiceDocument};
use franceconnect_edge::time::Timestamp;

const SECTOR: &str = "https://service.exemple.fr/secteur.json";

fn sectored() -> Emulator {
    let mut settings = emulator().settings().clone();
    settings.clients.push(Client {
        redirect_uris: vec![REDIRECT.into(), "https://autre.exemple.fr/retour".into()],
        sector_identifier_uri: Some(SECTOR.into()),
        ..client("secteur")
    });
    Emulator::new(settings)
}

/// Answers `request` as a server does, which fetches what is wanted; how often it did.
fn handle(
    emulator: &mut Emulator,
    now: Timestamp,
    request: &Request,
    answer: &Option<ServiceDocument>,
) -> (Reply, usize) {
    let wanted = emulator.wants(now, request);
    for url in &wanted {
        assert_eq!(url, SECTOR);
        emulator.learn(now, url, answer.clone());
    }
    (emulator.handle(now, request), wanted.len())
}

fn answer(status: u16, body: &str) -> Option<ServiceDocument> {
    Some(ServiceDocument { status, body: body.into(), ..ServiceDocument::default() })
}

#[test]
fn a_document_of_no_use_stops_everybody() {
    let both = format!(r#"["https://autre.exemple.fr/retour","x",1,"{REDIRECT}"]"#);
    let status = "unexpected sector_identifier_uri response status code, expected 200 OK, got";
    let unreachable = "could not load sector_identifier_uri response (fetch failed)".to_owned();
    let unread =
        "failed to parse sector_identifier_uri JSON response (the answer is not valid JSON)".to_owned();
    let list = "sector_identifier_uri must return single JSON array (undefined)".to_owned();
    let absent =
        "all registered redirect_uris must be included in the sector_identifier_uri response (undefined)";
    for (answered, code, description) in [
        (None, "Y04ED062", unreachable),
        (answer(404, &both), "Y04A8220", format!("{status} 404 Not Found (undefined)")),
        (answer(302, &both), "Y04A8220", format!("{status} 302 Found (undefined)")),
        (answer(200, "<html>"), "Y049E35D", unread.clone()),
        (answer(200, ""), "Y049E35D", unread),
        (answer(200, r#"{"redirect_uris":[]}"#), "Y04639D8", list),
        (answer(200, "[]"), "Y04639D8", absent.into()),
        (answer(200, &format!(r#"["{REDIRECT}"]"#)), "Y04639D8", absent.into()),
        (answer(200, &both.replace("retour", "retour/")), "Y04639D8", absent.into()),
    ] {
        let mut emulator = sectored();
        let request = Request::get(&authorize(&[("client_id", "secteur")]));
        let (page, _) = handle(&mut emulator, NOW, &request, &answered);
        assert_eq!((page_code(&page), page.status), (Some(code), 400), "{answered:?}");
        let posted = form(&[("client_id", "secteur"), ("client_secret", SECRET)]);
        let (reply, _) =
            handle(&mut emulator, NOW, &Request::post(&format!("{ISSUER}/token"), &posted), &answered);
        refused(&reply, 400, "invalid_client_metadata", &description, code, "token");
        // A mended document is seen at the next request; other clients never noticed.
        let (page, _) = handle(&mut emulator, NOW, &Request::get(&authorize(&[])), &None);
        assert_eq!(page.status, 303, "{answered:?}");
        let (page, fetches) = handle(&mut emulator, NOW, &request, &answer(200, &both));
        assert_eq!((page.status, fetches), (303, 1), "{answered:?}");
    }
}

#[test]
fn a_good_document_is_remembered_for_a_minute() {
    let both = answer(200, &format!(r#"["https://autre.exemple.fr/retour","{REDIRECT}"]"#));
    let mut emulator = sectored();
    let request = Request::get(&authorize(&[("client_id", "secteur")]));
    for (seconds, fetches) in [(0, 1), (59, 0), (60, 1), (61, 0)] {
        let (page, fetched) = handle(&mut emulator, NOW.plus(seconds), &request, &both);
        assert_eq!((page.status, fetched), (303, fetches), "{seconds}");
    }
    for uri in [REDIRECT, "https://autre.exemple.fr/retour"] {
        let url = authorize(&[("client_id", "secteur"), ("redirect_uri", uri)]);
        assert_eq!(handle(&mut emulator, NOW.plus(61), &Request::get(&url), &None).0.status, 303, "{uri}");
    }
}
