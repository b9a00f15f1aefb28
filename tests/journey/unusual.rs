//! Pages that are right in a way of their own fail no point.

use crate::faulty::{failed, served, visited};
use crate::support::{LIMIT, browser, page, site};
use axum::response::Response;
use franceconnect_edge::journey::qualification::page::Service;
use franceconnect_edge::journey::qualification::seen::outside;

const BANNER: &str = "<div id=cookies style='position: fixed; inset: 0; background: #fff; color: #000'>Cookies ? \
    <button onclick='cookies.remove()'>Tout accepter</button> <button onclick='cookies.remove()'>Tout refuser</button></div>";
const ENGLISH: [(&str, &str); 5] = [
    ("lang=\"fr\"", "lang=\"en\""),
    ("S’identifier avec", "Sign in with"),
    ("FranceConnect est la solution proposée par l’État", "FranceConnect is what the State offers"),
    ("Qu’est-ce que FranceConnect ? - nouvelle fenêtre", "What is FranceConnect? - new window"),
    (">Qu’est-ce que FranceConnect ?", ">What is FranceConnect?"),
];

/// What is changed of the sound page to log in on.
const WAYS: &[&[(&str, &str)]] = &[
    &[(
        "<body>",
        "<body><script>addEventListener('load', () => { document.body.innerHTML += `BANNER` })</script>",
    )],
    &[
        ("<body>", "<body><template>"),
        (
            "</body>",
            "</template><script>document.body.append(document.querySelector('template').content)</script>",
        ),
    ],
    &[
        (
            "<button class=\"fr-connect\" type=\"submit\">",
            "<a class=\"fr-connect\" style=\"color: #fff\" href=\"/login\">",
        ),
        ("</button>", "</a>"),
    ],
    &[("<p>OU</p>", "<h2>Ou avec votre identifiant de la ville</h2>")],
    &[("<h1>", "<p>Le stade du FC Villeneuve</p><h1>")],
    &[("rel=\"noopener\"", "rel=\"noreferrer\""), ("gouv.fr/\"", "gouv.fr\"")],
    &[("Données personnelles", "Politique de confidentialité"), ("Créer un compte", "S’inscrire")],
    &ENGLISH,
];

async fn changed(path: &str, changes: &[(&str, &str)]) -> Response {
    let answer = served(path);
    if path.split('?').next() != Some("/") {
        return answer;
    }
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut body = String::from_utf8(body.into()).unwrap();
    for (from, to) in changes {
        assert!(body.contains(from), "{from}");
        body = body.replacen(from, &to.replace("BANNER", BANNER), 1);
    }
    Response::from_parts(head, body.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_in_another_way_fails_nothing() {
    let browser = browser().await;
    for changes in WAYS {
        let base = site(move |path: &str| {
            let path = path.to_owned();
            async move { changed(&path, changes).await }
        })
        .await;
        let findings = outside(Ok(&visited(&browser, &base, false).await));
        assert_eq!(failed(&findings), [""; 0], "{changes:?} {findings:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_button_is_found_behind_another_and_at_another_address() {
    let broker = site(|path: &str| {
        let path = path.to_owned();
        std::future::ready(served(&path))
    })
    .await;
    let base = site(move |path: &str| {
        let answer = match path {
            "/accueil" => page("<h1>Bienvenue</h1><a href=/>Se connecter</a>"),
            "/courtier" => page(&format!("<h1>Bienvenue</h1><a href={broker}/>Se connecter</a>")),
            path => served(path),
        };
        std::future::ready(answer)
    })
    .await;
    let browser = browser().await;
    for path in ["/accueil", "/courtier"] {
        let service =
            Service { url: format!("{base}{path}"), plus: false, public: true, any_certificate: false };
        let findings = outside(Ok(&service.visit(&browser, LIMIT).await.unwrap()));
        assert_eq!(failed(&findings), [""; 0], "{path} {findings:#?}");
    }
}
