//! The catalogue of FranceConnect's codes: status of each page, and what the link back tells the service.

use super::{ISSUER, NOW, authorize, emulator, page_code, parameter};
use franceconnect_edge::emulator::{Citizens, Emulator, Request, Visitor};

const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
const REFUSED: (&str, &str) = ("access_denied", "user authentication aborted");
const BROKEN: (&str, &str) = ("server_error", TECHNICAL);
const BUSY: (&str, &str) = ("temporarily_unavailable", TECHNICAL);

/// The page has no link back.
const NOWHERE: (&str, &str) = ("", "");

/// Codes with the status of their page and what a service learns.
const CODES: &[(&str, u16, (&str, &str))] = &[
    ("Y000000", 500, BROKEN),
    ("Y010004 Y010006 Y010007 Y010008 Y010009 Y010015", 403, REFUSED),
    ("Y010011 Y010012", 504, BUSY),
    ("Y010013", 400, BROKEN),
    ("Y020017 Y020019 Y020024 Y020029 Y020030", 500, BROKEN),
    ("Y020021", 400, ("invalid_request", TECHNICAL)),
    ("Y020022", 403, ("invalid_request", "invalid state parameter")),
    ("Y020023", 403, ("access_denied", TECHNICAL)),
    ("Y020025", 400, BROKEN),
    ("Y020026 Y020027", 502, BROKEN),
    ("Y030005 Y030006 Y030025 Y030026 Y030028", 500, BROKEN),
    ("Y030007", 400, NOWHERE),
    ("Y030027", 400, ("invalid_request", "invalid client_id parameter")),
    ("Y050001 Y050002 Y050003 Y050004", 500, NOWHERE),
    ("Y060001 Y060002 Y070001 Y070002", 504, BUSY),
    (
        "Y060003",
        400,
        (
            "invalid_request",
            "Authentication aborted due to invalid \"in_response_id\" parameter in the eIDAS response",
        ),
    ),
    (
        "Y060004",
        400,
        (
            "invalid_request",
            "Authentication aborted due to invalid \"relayState\" parameter in the eIDAS response",
        ),
    ),
    ("Y080001 Y080002", 400, REFUSED),
    ("Y100001", 500, ("", TECHNICAL)),
    ("Y100002", 400, ("invalid_request", "acr_values not supported")),
    ("Y100004 Y100011", 403, REFUSED),
    ("Y100009 Y100010", 400, BROKEN),
    ("Y100018", 400, ("invalid_request", "idp returned a not allowed acr value")),
    ("Y180001", 403, REFUSED),
    ("Y180002", 500, BROKEN),
    ("Y190001 Y190009 Y190012", 401, REFUSED),
    ("Y190002 Y190003 Y190013", 500, REFUSED),
    ("Y190004 Y190011", 409, REFUSED),
    ("Y190005 Y190008", 500, BROKEN),
    ("Y190010", 401, BROKEN),
    ("Y270001 Y270002 Y270003", 500, BROKEN),
    ("Y420001 Y420002", 400, REFUSED),
    ("Y470001 Y470003 Y470004", 401, BROKEN),
    ("Y470002", 400, BROKEN),
    ("Y510001 Y510002", 400, ("invalid_request", "required parameter missing or invalid")),
    ("Y520001 Y600007", 500, BROKEN),
    ("Y600006", 400, BROKEN),
    ("Y600020", 400, ("access_denied", TECHNICAL)),
];

/// An emulator with one citizen for each of `codes`, whose login ends with it.
fn failing(codes: &[&str]) -> Emulator {
    let citizen =
        |code: &&str| format!("[[citizen]]\nlogin = \"{code}\"\nlike = \"test\"\nerror = \"{code}\"\n");
    let file: String = codes.iter().map(citizen).collect();
    let mut settings = emulator().settings().clone();
    settings.citizens = Citizens::read(&file).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    Emulator::new(settings)
}

#[test]
fn each_code_has_its_status_and_tells_the_service_what_it_must() {
    for (codes, status, (error, description)) in CODES {
        let codes: Vec<&str> = codes.split(' ').collect();
        let mut emulator = failing(&codes);
        for code in codes {
            let mut browser = Visitor::new();
            let page = browser.log_in(&mut emulator, NOW, &authorize(&[]), code);
            assert_eq!((page_code(&page), page.status), (Some(code), *status));
            if (*error, *description) == NOWHERE {
                assert!(!page.text().contains("/retour\""), "{code}");
                continue;
            }
            let back = page.text().split("href=\"").find(|rest| rest.contains("/retour\"")).unwrap();
            let back = back.split('"').next().unwrap();
            let reply = browser.send(&mut emulator, NOW, Request::get(back));
            assert_eq!(reply.status, 303, "{code}");
            let told =
                ["error", "error_description", "iss"].map(|name| parameter(&reply, name).unwrap_or_default());
            assert_eq!(told, [*error, *description, ISSUER].map(str::to_owned), "{code}");
        }
    }
}

#[test]
fn every_page_has_an_identifier_of_its_own_and_no_cache_keeps_it() {
    let mut emulator = emulator();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let page = emulator.handle(NOW, &Request::get(&authorize(&[("nonce", "court")])));
        for shown in ["<title>Erreur de connexion - FranceConnect</title>", "Une erreur s’est produite"] {
            assert!(page.text().contains(shown), "{shown}");
        }
        assert!(page.text().contains("fs-technique-erreurs/?code=Y030007"), "{}", page.text());
        assert_eq!(page.get("cache-control"), Some("no-store"));
        assert!(page.get("content-type").unwrap().starts_with("text/html"));
        ids.push(page.text().split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned());
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    assert!(ids.iter().all(|id| id.len() == 36));
}
