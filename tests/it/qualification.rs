//! The points that pages show, judged from pages written by hand: each fault fails its point and no other, in both
//! languages, and what cannot be seen is said to be so.

use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::page::{
    Control, Field, Frame, Keyboard, Page, Part, Picture, Piece, Style, Text,
};
use franceconnect_edge::journey::qualification::seen::{Forged, Inside, Outside, Person, inside, outside};
use franceconnect_edge::journey::qualification::{Finding, Means, Verdict};

fn text(text: &str) -> Piece {
    Piece::Text(Text { text: text.to_owned(), place: "main".to_owned(), ..Text::default() })
}

fn style(background: &str) -> Style {
    Style {
        background: background.to_owned(),
        color: "rgb(255, 255, 255)".to_owned(),
        font: "Marianne".to_owned(),
        size: 16.0,
        filter: "none".to_owned(),
        opacity: 1.0,
        transform: "none".to_owned(),
        zoom: 1.0,
        contrast: Some(14.0),
    }
}

fn control(element: &str, name: &str, place: &str) -> Control {
    Control {
        element: element.to_owned(),
        path: name.to_owned(),
        name: name.to_owned(),
        text: name.to_owned(),
        place: place.to_owned(),
        style: style("rgba(0, 0, 0, 0)"),
        ..Control::default()
    }
}

fn part(class: &str, text: &str) -> Part {
    Part {
        classes: vec![class.to_owned()],
        text: text.to_owned(),
        font: "Marianne".to_owned(),
        ..Part::default()
    }
}

fn button() -> Control {
    Control {
        classes: vec!["fr-connect".to_owned()],
        groups: vec!["fr-connect-group".to_owned()],
        parts: vec![
            part("fr-connect__login", "S’identifier avec"),
            part("fr-connect__brand", "FranceConnect"),
        ],
        frame: Frame { x: 0.0, y: 0.0, width: 230.0, height: 60.0 },
        style: style("rgb(0, 0, 145)"),
        marked: true,
        ..control("button", "S’identifier avec FranceConnect", "main")
    }
}

fn link() -> Control {
    Control {
        href: Some("https://franceconnect.gouv.fr/".to_owned()),
        target: "_blank".to_owned(),
        rel: "noopener".to_owned(),
        title: "Qu’est-ce que FranceConnect ? - nouvelle fenêtre".to_owned(),
        ..control("a", "Qu’est-ce que FranceConnect ?", "main")
    }
}

fn password() -> Piece {
    Piece::Field(Field { kind: "password".to_owned(), label: "Mot de passe".to_owned(), ..Field::default() })
}

const SENTENCE: &str = "FranceConnect est la solution proposée par l’État pour sécuriser et simplifier la connexion à \
                        vos services en ligne.";

fn login() -> Page {
    Page {
        url: "https://service.example/".to_owned(),
        title: "Se connecter".to_owned(),
        lang: "fr".to_owned(),
        flow: vec![
            text(SENTENCE),
            Piece::Control(Box::new(button())),
            Piece::Control(Box::new(link())),
            text("OU"),
            password(),
            Piece::Control(Box::new(control("button", "Se connecter", "main"))),
        ],
        hovered: Some(style("rgb(18, 18, 255)")),
        dark: Some(style("rgb(133, 133, 246)")),
        ..Page::default()
    }
}

fn sound() -> Outside {
    let privacy = "FranceConnect transmet votre identité ; écrire au DPO.";
    Outside {
        login: login(),
        signup: Some(login()),
        legal: Some(Page::default()),
        privacy: Some(Page { flow: vec![text(privacy)], ..Page::default() }),
        public: true,
        ..Outside::default()
    }
}

fn the_button(page: &mut Page) -> &mut Control {
    match &mut page.flow[1] {
        Piece::Control(control) => control,
        other => panic!("{other:?}"),
    }
}

fn the_link(page: &mut Page) -> &mut Control {
    match &mut page.flow[2] {
        Piece::Control(control) => control,
        other => panic!("{other:?}"),
    }
}

fn failed(findings: &[Finding]) -> Vec<&'static str> {
    let failed = findings.iter().filter(|finding| match &finding.verdict {
        Verdict::Failed { seen, mend } => {
            for Words { fr, en } in [seen, mend] {
                assert!(!fr.is_empty() && !en.is_empty() && fr != en && !fr.contains("{}"), "{fr} {en}");
            }
            true
        }
        _ => false,
    });
    failed.map(|finding| finding.item.id).collect()
}

#[test]
fn a_sound_page_fails_nothing_and_each_fault_its_point() {
    type Fault = fn(&mut Outside);
    let faults: [(&str, Fault); 31] = [
        ("O1", |seen| seen.login.flow.truncate(1)),
        ("1", |seen| {
            let name = "Logo FranceConnect".to_owned();
            seen.login.flow.push(Piece::Picture(Picture { name, named: true, ..Picture::default() }));
        }),
        ("2", |seen| the_button(&mut seen.login).name = "Connexion FranceConnect".to_owned()),
        ("2", |seen| the_button(&mut seen.login).style.filter = "grayscale(1)".to_owned()),
        ("2", |seen| the_button(&mut seen.login).style.opacity = 0.5),
        ("3", |seen| the_button(&mut seen.login).groups.clear()),
        ("3", |seen| the_button(&mut seen.login).element = "a".to_owned()),
        ("3", |seen| the_button(&mut seen.login).parts.truncate(1)),
        ("4", |seen| the_link(&mut seen.login).rel.clear()),
        ("4", |seen| the_link(&mut seen.login).title.clear()),
        ("4", |seen| seen.login.flow.swap(1, 2)),
        ("5", |seen| seen.login.flow.swap(0, 3)),
        ("6", |seen| seen.login.hovered = Some(style("rgb(0, 0, 145)"))),
        ("6", |seen| seen.login.dark.as_mut().unwrap().contrast = Some(2.0)),
        ("7", |seen| the_button(&mut seen.login).frame.height = 20.0),
        ("7", |seen| the_button(&mut seen.login).clipped = true),
        ("8", |seen| seen.login.flow.insert(0, password())),
        ("8", |seen| drop(seen.login.flow.remove(3))),
        ("9", |seen| seen.signup = Some(Page::default())),
        ("10", |seen| the_button(&mut seen.login).target = "_blank".to_owned()),
        ("10", |seen| seen.windows.push("https://service.example/login".to_owned())),
        ("11", |seen| seen.login.flow.push(text("Votre compte France-Connect"))),
        ("11", |seen| seen.login.title = "Connexion FC".to_owned()),
        ("12", |seen| the_button(&mut seen.login).marked = false),
        ("13", |seen| seen.login.flow.truncate(4)),
        ("22", |seen| seen.legal = None),
        ("22", |seen| seen.privacy = None),
        ("22", |seen| seen.dead.push(("https://service.example/mentions".to_owned(), 500))),
        ("12", |seen| seen.login.keyboard = Some(Keyboard::default())),
        ("12", |seen| seen.login.keyboard = Some(Keyboard { reached: true, ..Keyboard::default() })),
        ("12", |seen| {
            let stuck = Some("Rechercher".to_owned());
            seen.login.keyboard = Some(Keyboard { reached: true, marked: true, stuck });
        }),
    ];
    assert_eq!(failed(&outside(Ok(&sound()))), [""; 0]);
    for (at, (id, fault)) in faults.iter().enumerate() {
        let mut seen = sound();
        fault(&mut seen);
        // A sentence in the place of “OU” also leaves nothing between the ways.
        let failed: Vec<_> =
            failed(&outside(Ok(&seen))).into_iter().filter(|other| *id != "5" || *other != "8").collect();
        assert_eq!(failed, [*id], "fault {at}");
    }
}

#[test]
fn franceconnect_plus_has_its_own_class_link_and_sentence() {
    let mut seen = sound();
    seen.plus = true;
    assert_eq!(failed(&outside(Ok(&seen))), ["3", "4", "5"]);
    the_button(&mut seen.login).classes.push("fr-connect--plus".to_owned());
    let link = the_link(&mut seen.login);
    link.text = "Qu'est-ce que FranceConnect+ ?".to_owned();
    link.href = Some("https://franceconnect.gouv.fr/france-connect-plus".to_owned());
    link.title = "Qu'est-ce que FranceConnect+ ? - nouvelle fenêtre".to_owned();
    let sentence = "FranceConnect+ est la solution proposée par l'État, pour renforcer la sécurité de vos services en \
                    ligne les plus sensibles";
    seen.login.flow[0] = text(sentence);
    assert_eq!(failed(&outside(Ok(&seen))), [""; 0]);
}

#[test]
fn the_name_is_written_in_one_word_but_in_addresses() {
    for (words, right) in [
        ("Avec FranceConnect, FranceConnect+ ou « FranceConnect ».", true),
        ("FRANCECONNECT EN CAPITALES", true),
        ("Voir https://franceconnect.gouv.fr/ ou support.partenaires@franceconnect.gouv.fr", true),
        ("Le site franceconnect.gouv.fr.", true),
        ("La France connectée", true),
        ("France Connect", false),
        ("France-connect", false),
        ("franceconnect", false),
        ("Franceconnect+", false),
        ("le bouton (FC)", false),
    ] {
        let mut seen = sound();
        seen.login.flow.push(text(words));
        assert_eq!(failed(&outside(Ok(&seen))).is_empty(), right, "{words}");
    }
}

#[test]
fn a_picture_is_asked_about_and_what_is_missing_is_skipped() {
    let mut seen = sound();
    let image = the_button(&mut seen.login);
    image.classes.clear();
    image.picture = "/img/franceconnect-bouton.svg".to_owned();
    image.frame = Frame { width: 300.0, height: 74.0, ..Frame::default() };
    let findings = outside(Ok(&seen));
    assert_eq!(failed(&findings), [""; 0]);
    assert!(matches!(findings[0].verdict, Verdict::Attest { .. }));
    the_button(&mut seen.login).frame.height = 30.0;
    assert_eq!(failed(&outside(Ok(&seen))), ["7"]);

    let findings = outside(Ok(&Outside { login: Page::default(), ..sound() }));
    assert_eq!(failed(&findings), ["O1"]);
    assert!(
        findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Skipped { .. })).count() >= 9
    );
    let why = Words::new("pas de navigateur", "no browser");
    for finding in outside(Err(why.clone())).iter().chain(&inside(Err(why.clone()))) {
        let asked = finding.item.means.contains(&Means::Person);
        match &finding.verdict {
            Verdict::Attest { question } if asked => {
                assert!(question.fr.contains(&why.fr) && question.en.contains(&why.en))
            }
            verdict if asked => panic!("{} {verdict:?}", finding.item.id),
            verdict => assert_eq!(*verdict, Verdict::Skipped { why: why.clone() }, "{}", finding.item.id),
        }
    }
    assert!(
        inside(Ok(&Inside::default()))
            .iter()
            .all(|finding| matches!(finding.verdict, Verdict::Skipped { .. } | Verdict::Passed))
    );
}

fn field(name: &str, label: &str, value: &str, locked: bool) -> Piece {
    let [name, label, value] = [name, label, value].map(str::to_owned);
    Piece::Field(Field { kind: "text".to_owned(), name, label, value, locked, ..Field::default() })
}

fn profile() -> Inside {
    let flow = vec![
        Piece::Control(Box::new(control("a", "Angela DUBOIS", "header"))),
        Piece::Control(Box::new(control("button", "Se déconnecter", "header"))),
        text("Ces données viennent de FranceConnect et ne se modifient pas ici."),
        field("family_name", "Nom de naissance", "DUBOIS", true),
        field("birthdate", "Date de naissance", "1962-08-24", true),
        field("usage", "Nom d’usage", "DUBOIS", false),
        field("email", "Adresse électronique", "angela@example.org", false),
    ];
    let person = Person {
        given: vec!["Angela".to_owned(), "Claire".to_owned()],
        family: "DUBOIS".to_owned(),
        usage: None,
        birthdate: "1962-08-24".to_owned(),
    };
    Inside { pages: vec![Page { flow, ..Page::default() }], person, ..Inside::default() }
}

#[test]
fn a_profile_names_the_person_and_each_fault_fails_its_point() {
    type Fault = fn(&mut Vec<Piece>);
    let faults: [(&str, Fault); 11] = [
        ("O2", |flow| flow[0] = Piece::Control(Box::new(control("a", "Mon compte", "header")))),
        ("O5", |flow| flow[4] = field("birthdate", "Né le", "1962-08-24", false)),
        ("O5", |flow| flow.push(field("prenom", "Prénom", "Angela", false))),
        ("14", |flow| {
            let place = "header".to_owned();
            flow[0] = Piece::Text(Text { text: "A. D.".to_owned(), place, ..Text::default() });
        }),
        ("15", |flow| drop(flow.remove(1))),
        ("15", |flow| flow.push(Piece::Control(Box::new(control("a", "Déconnexion", "main"))))),
        ("16", |flow| flow.push(password())),
        ("18", |flow| flow[2] = text("Bonjour.")),
        ("18", |flow| flow[4] = field("birthdate", "Date de naissance", "", true)),
        ("19", |flow| flow[3] = field("family_name", "Nom", "DUBOIS", true)),
        ("19", |flow| flow.extend([text("Nom :"), text("Dubois")])),
    ];
    assert_eq!(failed(&inside(Ok(&profile()))), [""; 0]);
    for (at, (id, fault)) in faults.iter().enumerate() {
        let mut seen = profile();
        fault(&mut seen.pages[0].flow);
        assert_eq!(failed(&inside(Ok(&seen))), [*id], "fault {at}");
    }
}

#[test]
fn what_is_behind_the_profile_counts_as_well() {
    type Fault = fn(&mut Inside);
    let faults: [(&str, Fault); 3] = [
        ("O5", |seen| {
            let shown = vec!["DUBOIS FORGERIE".to_owned()];
            seen.forged = Some(Forged { shown, ..Forged::default() });
        }),
        ("14", |seen| seen.profile = Some(("https://service.example/profil".to_owned(), Some(404)))),
        ("18", |seen| {
            let flow = vec![field("birthplace", "Lieu de naissance", "", true)];
            seen.little_known = Some(Page { flow, ..Page::default() });
        }),
    ];
    for (id, fault) in faults {
        let mut seen = profile();
        fault(&mut seen);
        assert_eq!(failed(&inside(Ok(&seen))), [id]);
    }
    let ignored = Forged { to: "/profil".to_owned(), status: Some(303), ..Forged::default() };
    let seen = Inside { forged: Some(ignored), ..profile() };
    assert_eq!(failed(&inside(Ok(&seen))), [""; 0]);
    // Who asks for no name has none to show.
    let nameless = Inside { person: Person::default(), ..profile() };
    let named = inside(Ok(&nameless)).into_iter().find(|finding| finding.item.id == "O2").unwrap();
    assert!(matches!(named.verdict, Verdict::Skipped { .. }));
}
