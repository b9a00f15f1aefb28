//! Decides what a team has in hand the day FranceConnect fails: what its gate does then, how to tell whose fault it is, what
//! to say to visitors, whom to write to.

use super::configuration::{Configuration, environment, under_prefix};
use super::dossier::*;
use super::eligibility::SUPPORT;
use super::{Sheet, Words};

/// Something that the gate does while FranceConnect is out of order; tests hold it to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Who is logged in stays so.
    Sessions,
    /// What is open to everybody stays open.
    Public,
    /// A login that begins meets FranceConnect's own page.
    Door,
    /// A login that comes back is told so, and may try again.
    Return,
    /// Who waits does not wait long.
    Slow,
    /// Keys that are known go on serving.
    Keys,
    /// A logout is one.
    Logout,
    /// Nobody takes the site out of service.
    Health,
    /// The log says what failed.
    Codes,
}

impl Claim {
    /// Each, in the order of the sheet.
    pub const ALL: [Self; 9] = [
        Self::Sessions,
        Self::Public,
        Self::Door,
        Self::Return,
        Self::Slow,
        Self::Keys,
        Self::Logout,
        Self::Health,
        Self::Codes,
    ];

    /// The claim, for people.
    pub fn words(self) -> Words {
        let (fr, en) = match self {
            Self::Sessions => (
                "Qui est connecté le reste, jusqu’au terme de sa session : aucune page n’interroge FranceConnect.",
                "Who is logged in stays so until the session ends: no page asks FranceConnect.",
            ),
            Self::Public => {
                ("Les pages ouvertes à tous le restent.", "Pages that are open to everybody stay open.")
            }
            Self::Door => (
                "Qui se connecte est envoyé à FranceConnect, et y trouve sa page d’erreur. La connexion commencée peut être reprise un peu plus tard.",
                "Who logs in is sent to FranceConnect, and meets its error page. The login that was begun can be taken up a little later.",
            ),
            Self::Return => (
                "Qui revient sans que FranceConnect réponde au site lit « FranceConnect ne répond pas » (503), avec le bouton pour réessayer, qui mène à la page voulue.",
                "Who comes back while FranceConnect does not answer the site reads \"FranceConnect does not answer\" (503), with the button for another try, which leads to the page that was wanted.",
            ),
            Self::Slow => (
                "Un appel à FranceConnect est abandonné après dix secondes.",
                "A call to FranceConnect is given up after ten seconds.",
            ),
            Self::Keys => (
                "Si seules ses clés sont injoignables, les connexions aboutissent encore avec celles que l’on a : dix minutes.",
                "If only its keys cannot be had, logins still succeed with those that are known: ten minutes.",
            ),
            Self::Logout => (
                "Qui se déconnecte l’est ici d’abord ; le navigateur peut finir sur une page d’erreur de FranceConnect.",
                "Who logs out is out here first; the browser may end on an error page of FranceConnect.",
            ),
            Self::Health => (
                "/auth/health répond toujours 200 : une panne de FranceConnect n’est pas une raison de retirer le site.",
                "/auth/health still answers 200: an outage of FranceConnect is no reason to take the site down.",
            ),
            Self::Codes => (
                "Le journal et les compteurs disent où : token.status, jwks.status, userinfo.status (une erreur), ou …unreachable (pas de réponse).",
                "The log and the counters say where: token.status, jwks.status, userinfo.status (an error), or …unreachable (no answer).",
            ),
        };
        Words::new(fr, en)
    }
}

/// Codes that look like an outage, and whose cause they are.
const OURS: [(&str, &str, &str); 4] = [
    (
        "token.invalid_client",
        "le client_secret n’est plus reconnu : expiré ou changé",
        "the client_secret is no longer taken: over or changed",
    ),
    (
        "token.invalid_grant",
        "l’adresse de retour, ou un code rejoué : pas une panne",
        "the callback address, or a code used twice: no outage",
    ),
    (
        "id_token.iat, id_token.exp",
        "l’horloge, d’un côté ou de l’autre",
        "the clock, on one side or the other",
    ),
    (
        "Y…",
        "une page d’erreur de FranceConnect, dont le code s’explique à https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code=Y…",
        "an error page of FranceConnect, whose code is explained at https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code=Y…",
    ),
];

/// What to keep at hand; it may be read before that day, and printed.
pub fn sheet(dossier: &Dossier, configuration: Option<&Configuration>) -> Sheet {
    let product = dossier.product();
    let name = product.name();
    let mut sheet =
        Sheet::new("Le jour où FranceConnect ne répond pas", "The day FranceConnect does not answer");
    let ours = |text: &str| under_prefix(configuration, text);
    sheet.heading("Ce que fait le site", "What the site does");
    for claim in Claim::ALL {
        let Words { fr, en } = claim.words();
        sheet.note(ours(&format!("- {fr}")), ours(&format!("- {en}")));
    }
    sheet.heading("Savoir ce qui est en panne", "Telling what is out of order");
    sheet.note(
        ours("/auth/operator (FC_OPERATOR_KEY) interroge FranceConnect depuis le site : s’il répond, en combien de temps, et l’écart des horloges. Les codes du journal, comptés par site, disent depuis quand et combien."),
        ours("/auth/operator (FC_OPERATOR_KEY) asks FranceConnect from the site: whether it answers, how fast, and by how much the clocks differ. The codes of the log, counted for each site, say since when and how many."),
    );
    let hosts =
        configuration.and_then(|known| known.registration(product)).and_then(|(_, own)| environment(own));
    if let Some(environment) = hosts {
        let issuer = environment.issuer;
        sheet.note(
            format!("D’une autre machine : curl -sS {issuer}/jwks, ou journey sheet outage --probe, qui demande aussi si FranceConnect accepte la demande du service. S’il répond là et non au site, les appels sortants du site sont en cause."),
            format!("From another machine: curl -sS {issuer}/jwks, or journey sheet outage --probe, which also asks whether FranceConnect takes the service’s request. If it answers there and not to the site, the site’s outbound calls are at fault."),
        );
    }
    for (code, fr, en) in OURS {
        sheet.note(format!("- {code} : {fr}"), format!("- {code}: {en}"));
    }
    sheet.note(
        "On ne connaît pas de page d’état de FranceConnect : le support dit ce qu’il en est.",
        "No status page of FranceConnect is known: the support tells.",
    );
    sheet.heading("Le dire aux visiteurs", "Telling visitors");
    sheet.note(
        "À mettre au-dessus du bouton, et à retirer ensuite ; le site n’a pas de bandeau à lui, c’est une page à vous qui change. Ne pas retirer le bouton : il marche dès que FranceConnect revient.",
        "To be put above the button, and removed afterwards; the gate has no banner of its own, it is a page of yours that changes. Do not remove the button: it works as soon as FranceConnect is back.",
    );
    sheet.letter(notice(dossier));
    if dossier.is_ticked(ALTERNATIVE) {
        sheet.note(
            "Le dossier déclare un autre moyen de se connecter (boxes.alternative_connexion) : y renvoyer. Ce site-ci n’en a pas lui-même ; il est dans votre application, sur un chemin que FC_PROTECTED_PATHS ne couvre pas.",
            "The file declares another way to log in (boxes.alternative_connexion): send people there. The gate itself has none; it is in your application, on a path that FC_PROTECTED_PATHS does not cover.",
        );
    }
    sheet.heading("Prévenir FranceConnect", "Telling FranceConnect");
    sheet.note(
        format!("À {SUPPORT}, si cela dure plus d’un quart d’heure ou ne touche que vous. Jamais de secret, de jeton ni de nom d’usager."),
        format!("To {SUPPORT}, if it lasts more than a quarter of an hour or concerns you alone. Never a secret, a token or the name of a citizen."),
    );
    sheet.letter(letter(dossier, configuration, name));
    sheet.heading("Ensuite", "Afterwards");
    sheet.note(
        "Rien à relancer : les clés se relisent d’elles-mêmes, la connexion suivante aboutit. Retirer le message, noter le début, la fin et les codes.",
        "Nothing to restart: keys are read again by themselves, the next login succeeds. Remove the notice, note the beginning, the end and the codes.",
    );
    sheet
}

/// What visitors read, in French as they do.
fn notice(dossier: &Dossier) -> String {
    let other = match dossier.is_ticked(ALTERNATIVE) {
        true => " Vous pouvez aussi vous connecter autrement : [lien].",
        false => "",
    };
    format!(
        "La connexion avec {name} est perturbée en ce moment. Cela ne vient pas de vous. Si vous êtes déjà connecté, vous pouvez \
         continuer. Sinon, réessayez un peu plus tard.{other}",
        name = dossier.product().name(),
    )
}

/// What the support needs to look.
fn letter(dossier: &Dossier, configuration: Option<&Configuration>, name: &str) -> String {
    let said = |field| dossier.value(field).unwrap_or("…").to_owned();
    let client = configuration.and_then(|known| known.client(dossier.product())).unwrap_or("…");
    let config = configuration.and_then(|known| known.config.as_ref().ok());
    let origin = config.map_or("…", |config| config.public_url().origin());
    format!(
        "Objet : {name}, connexions en échec en PRODUCTION pour « {service} »\n\nBonjour,\n\nDepuis le … à … h … (heure de \
         Paris), les connexions de nos usagers échouent. Service « {service} », {origin}, DataPass {number}, client_id \
         {client}.\n\nCe que nous voyons : … (code de notre journal, par exemple token.status), … fois ; page d’erreur de \
         FranceConnect : code Y… et identifiant … ; depuis une autre machine : … .\n\nPour nous joindre : {given} {family}, \
         {phone}, {email}.",
        service = said(SERVICE_NAME),
        number = said(GRANTED_NUMBER),
        given = said(TECHNICAL_GIVEN_NAME),
        family = said(TECHNICAL_FAMILY_NAME),
        phone = said(TECHNICAL_PHONE),
        email = said(TECHNICAL_EMAIL),
    )
}
