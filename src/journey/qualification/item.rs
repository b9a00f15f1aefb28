//! Decides which points there are: those known from the official page or from its reviewers (O1 to O10), and the list
//! that a service can go through by itself (1 to 32). The official page prevails over both.

use Certainty::{Confirmed, Dated, Secondhand, Unsure};
use Means::{Emulator, Page, Person, Probe, Source};

/// How sure the source of a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// FranceConnect's own code, tests or documentation, or an official repository of the State.
    Confirmed,
    /// Another service provider's public issue, change or code.
    Secondhand,
    /// A draft of FranceConnect's documentation, of 2023.
    Dated,
    /// Inferred, or not found.
    Unsure,
}

/// How a point can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A page in a browser.
    Page,
    /// A request.
    Probe,
    /// A login through the emulator, which may misbehave.
    Emulator,
    /// Sources or configuration.
    Source,
    /// A person, who attests.
    Person,
}

/// One point of the acceptance.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name in reports: `O1` to `O10`, `1` to `32`.
    pub id: &'static str,
    /// How sure its source is.
    pub certainty: Certainty,
    /// How it can be looked at.
    pub means: &'static [Means],
    /// What is required, in French.
    pub fr: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Item {
    /// The point of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        ITEMS.iter().find(|item| item.id == id)
    }
}

const fn item(
    id: &'static str,
    certainty: Certainty,
    means: &'static [Means],
    fr: &'static str,
    en: &'static str,
) -> Item {
    Item { id, certainty, means, fr, en }
}

/// Every point, in the order of the report.
pub const ITEMS: &[Item] = &[
    item(
        "O1",
        Secondhand,
        &[Page, Person],
        "Le bouton est le bouton officiel : composant ou image d’origine, taille, rien de changé",
        "The button is the official one: component or original image, size, nothing altered",
    ),
    item(
        "O2",
        Secondhand,
        &[Page, Emulator, Person],
        "Une personne connectée le voit d’un coup d’œil, son nom dans l’en-tête, et atteint son profil",
        "Somebody logged in sees it at a glance, their name in the header, and can reach their profile",
    ),
    item(
        "O3",
        Secondhand,
        &[Emulator, Source, Person],
        "Un compte d’avant FranceConnect est rapproché par l’identité pivot, jamais par la seule adresse électronique",
        "An account older than FranceConnect is matched by the pivot identity, never by the e-mail address alone",
    ),
    item(
        "O4",
        Secondhand,
        &[Page, Emulator, Person],
        "L’adresse venue de FranceConnect sert à écrire à la personne, pas à la reconnaître, et se change",
        "The address that came from FranceConnect is for writing to the person, not for recognising them, and can be changed",
    ),
    item(
        "O5",
        Secondhand,
        &[Page, Probe],
        "L’identité pivot ne se modifie ni à l’écran ni par une demande forgée",
        "The pivot identity can be changed neither on screen nor by a forged request",
    ),
    item(
        "O6",
        Secondhand,
        &[Probe, Emulator],
        "state et nonce : 22 caractères ou plus, majuscules, minuscules et chiffres, au hasard, jamais deux fois, vérifiés",
        "state and nonce: 22 characters or more, upper case, lower case and digits, random, never twice, verified",
    ),
    item(
        "O7",
        Secondhand,
        &[Emulator, Person],
        "Un abandon ou une erreur donne un message humain",
        "Giving up or failing leads to a message for people",
    ),
    item(
        "O8",
        Secondhand,
        &[Page, Emulator],
        "Une seule déconnexion ferme la session du service et celle de FranceConnect, avec un retour enregistré",
        "One logout ends the session of the service and that of FranceConnect, with a registered return",
    ),
    item(
        "O9",
        Secondhand,
        &[Source, Person],
        "La production ne demande que les données de l’habilitation",
        "Production asks only for the data of the habilitation",
    ),
    item(
        "O10",
        Secondhand,
        &[Probe],
        "Le document d’identifiant de secteur ne liste que des adresses de retour de connexion",
        "The sector identifier document lists login callbacks only",
    ),
    item(
        "1",
        Dated,
        &[Page, Person],
        "Le bouton officiel est la seule représentation de FranceConnect",
        "The official button is the only picture of FranceConnect",
    ),
    item(
        "2",
        Confirmed,
        &[Page, Person],
        "Le libellé est exact ; ni couleur, ni police, ni proportion changées",
        "The label is exact; no colour, font or proportion changed",
    ),
    item(
        "3",
        Confirmed,
        &[Page],
        "Le balisage du bouton est celui du système de design de l’État, avec la variante FranceConnect+ si et seulement si c’est elle",
        "The button’s markup is that of the State’s design system, with the FranceConnect+ variant if and only if that is the product",
    ),
    item(
        "4",
        Confirmed,
        &[Page, Probe],
        "Sous le bouton, le lien « Qu’est-ce que FranceConnect ? » : texte, adresse, nouvelle fenêtre annoncée",
        "Below the button the link “Qu’est-ce que FranceConnect ?”: text, address, new window announced",
    ),
    item(
        "5",
        Confirmed,
        &[Page],
        "La phrase de présentation précède le bouton",
        "The introductory sentence stands above the button",
    ),
    item(
        "6",
        Confirmed,
        &[Page, Person],
        "Le bouton réagit au survol et existe en clair et en sombre",
        "The button reacts to hovering, in light and in dark",
    ),
    item("7", Confirmed, &[Page, Person], "Le bouton a sa taille", "The button has its size"),
    item(
        "8",
        Dated,
        &[Page, Person],
        "Le bouton est à part, en premier pour un service public, séparé par « OU » des autres moyens",
        "The button stands apart, first for a public service, separated by “OU” from the other ways",
    ),
    item(
        "9",
        Dated,
        &[Page],
        "Le bouton est sur la page de connexion et sur celle d’inscription",
        "The button is on the login page and on the sign-up page",
    ),
    item(
        "10",
        Unsure,
        &[Page],
        "La connexion se fait dans le même onglet, sans cadre ni fenêtre",
        "The login happens in the same tab, without frame or window",
    ),
    item(
        "11",
        Secondhand,
        &[Page],
        "FranceConnect s’écrit en un mot, jamais FC",
        "FranceConnect is written in one word, never FC",
    ),
    item(
        "12",
        Confirmed,
        &[Page, Person],
        "Les critères d’accessibilité du parcours sont tenus",
        "The accessibility criteria of the way through are met",
    ),
    item(
        "13",
        Confirmed,
        &[Page, Person],
        "Un moyen équivalent existe sans FranceConnect",
        "There is an equivalent way without FranceConnect",
    ),
    item(
        "14",
        Secondhand,
        &[Page, Emulator, Person],
        "La personne connectée est nommée et son profil accessible",
        "The person logged in is named and their profile within reach",
    ),
    item(
        "15",
        Secondhand,
        &[Page, Emulator],
        "Un seul « Se déconnecter », visible, qui ferme les deux sessions et revient sur le service, même quand FranceConnect échoue",
        "One visible “Se déconnecter”, which ends both sessions and returns to the service, even when FranceConnect fails",
    ),
    item(
        "16",
        Secondhand,
        &[Page, Person],
        "Aucun second mot de passe ni identifiant n’est demandé après FranceConnect",
        "No second password or identifier is asked for after FranceConnect",
    ),
    item(
        "17",
        Secondhand,
        &[Emulator, Source, Person],
        "L’adresse de FranceConnect n’est pas revérifiée si elle est gardée, se change, et n’identifie personne",
        "The address from FranceConnect is not verified again if kept, can be changed, and identifies nobody",
    ),
    item(
        "18",
        Secondhand,
        &[Page, Probe, Emulator, Person],
        "L’identité pivot est en lecture seule, expliquée, et n’est figée que si une valeur est venue",
        "The pivot identity is read-only, explained, and fixed only where a value came",
    ),
    item(
        "19",
        Secondhand,
        &[Page],
        "family_name est présenté comme « Nom de naissance »",
        "family_name is presented as “Nom de naissance”",
    ),
    item(
        "20",
        Secondhand,
        &[Emulator, Source, Person],
        "Le compte est retrouvé par sub seulement",
        "The account is found by sub only",
    ),
    item(
        "21",
        Secondhand,
        &[Emulator, Person],
        "La même personne par un autre fournisseur d’identité retrouve le même compte",
        "The same person through another identity provider finds the same account",
    ),
    item(
        "22",
        Secondhand,
        &[Page, Source, Person],
        "Seules les données nécessaires sont demandées, et la personne sait lesquelles et pourquoi",
        "Only the necessary data are asked for, and the person knows which and why",
    ),
    item(
        "23",
        Secondhand,
        &[Emulator, Person],
        "Chaque erreur a sa page : statut, message, moyen de recommencer, pas de JSON",
        "Every error has its page: status, message, a way to try again, no JSON",
    ),
    item(
        "24",
        Secondhand,
        &[Person],
        "Aucune pièce d’identité n’est redemandée pour la même identité",
        "No identity document is asked for again for the same identity",
    ),
    item(
        "25",
        Confirmed,
        &[Probe, Source],
        "Retours et site sont en https",
        "Callbacks and site are on https",
    ),
    item(
        "26",
        Secondhand,
        &[Emulator],
        "state et nonce sont propres à chaque essai, gardés hors du navigateur ou scellés, vérifiés, à usage unique",
        "state and nonce belong to each attempt, are kept away from the browser or sealed, verified, and used once",
    ),
    item(
        "27",
        Secondhand,
        &[Emulator],
        "Signature, chiffrement, iss, aud, exp, nonce, acr et sub sont vérifiés dans l’ID Token et dans userinfo",
        "Signature, encryption, iss, aud, exp, nonce, acr and sub are verified in the ID Token and in userinfo",
    ),
    item(
        "28",
        Confirmed,
        &[Probe, Source, Person],
        "Le secret reste sur le serveur",
        "The secret stays on the server",
    ),
    item(
        "29",
        Confirmed,
        &[Source, Probe],
        "Les adresses de retour sont exactement les adresses enregistrées",
        "The callbacks are exactly the registered ones",
    ),
    item(
        "30",
        Dated,
        &[Emulator, Source],
        "userinfo est appelé aussitôt, et seul l’ID Token est gardé, pour la déconnexion",
        "userinfo is called at once, and only the ID Token is kept, for the logout",
    ),
    item(
        "31",
        Secondhand,
        &[Probe, Person],
        "Les flux réseau sont ouverts dans les deux sens",
        "Network flows are open in both directions",
    ),
    item(
        "32",
        Secondhand,
        &[Source],
        "Identifiants de production et de bac à sable sont séparés",
        "Credentials of production and of the sandbox are apart",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_two_points_each_once_in_both_languages() {
        assert_eq!(ITEMS.len(), 42);
        for item in ITEMS {
            assert_eq!(Item::named(item.id), Some(item));
            assert!(!item.means.is_empty() && item.fr != item.en, "{}", item.id);
        }
    }
}
