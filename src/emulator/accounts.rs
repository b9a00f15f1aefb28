//! Decides the test accounts: the logins of FranceConnect's sandbox, with identities invented where it
//! publishes none, and one account of our own as large as an identity can reasonably get.

use super::account::{Account, Identity};

/// The default identity, which the others vary.
pub(super) const ANGELA: Identity = Identity {
    given_names: &["Angela", "Claire", "Louise"],
    family_name: Some("DUBOIS"),
    preferred_username: Some(""),
    gender: "female",
    birthdate: "1962-08-24",
    idp_birthdate: "1962-08-24",
    birthplace: "75107",
    birthcountry: "99100",
    email: "wossewodda-3728@yopmail.com",
};

const fn account(login: &'static str, interest: &'static str, identity: Identity) -> Account {
    Account { login, interest, identity, register: None, foreign_id: None, error: None }
}

const fn failing(login: &'static str, interest: &'static str, code: &'static str) -> Account {
    Account { error: Some(code), ..account(login, interest, ANGELA) }
}

const fn named(family_name: &'static str) -> Identity {
    Identity { family_name: Some(family_name), ..ANGELA }
}

const fn first_names(given_names: &'static [&'static str]) -> Identity {
    Identity { given_names, ..ANGELA }
}

const fn born_on(date: &'static str) -> Identity {
    Identity { birthdate: date, idp_birthdate: date, ..ANGELA }
}

const fn born_at(birthplace: &'static str) -> Identity {
    Identity { birthplace, ..ANGELA }
}

const fn born_in(birthcountry: &'static str) -> Identity {
    Identity { birthplace: "", birthcountry, ..ANGELA }
}

const ACCOUNTS: &[Account] = &[
    account("test", "Compte par défaut", ANGELA),
    account(
        "avec_nom_dusage",
        "Nom d’usage différent du nom de naissance",
        Identity { family_name: Some("MERCIER"), preferred_username: Some("DUBOIS"), ..ANGELA },
    ),
    account("nom_composé", "Nom à trait d’union", named("LE GOFF-DUPONT")),
    account(
        "nom_50+_caractères",
        "Nom de naissance de 52 caractères",
        named("DE LA ROCHEFOUCAULD-MONTMORENCY-SAINT-GERMAIN-ANJOUX"),
    ),
    account(
        "nom_prénom_long",
        "Nom et prénoms longs",
        Identity {
            given_names: &["Maximilienne-Alexandrine", "Bartholoméa", "Guillemette-Wilhelmine", "Constance"],
            family_name: Some("VAN DEN BROECK-VANDERSTRAETEN-OPPENHEIM"),
            ..ANGELA
        },
    ),
    account(
        "carac_speciaux",
        "Apostrophe et tréma",
        Identity { given_names: &["Anaïs", "Zoë"], family_name: Some("D'HAŸ"), ..ANGELA },
    ),
    account(
        "caractères_spéciaux",
        "Lettres accentuées, é, œ, ç",
        Identity {
            given_names: &["Cœlia", "Françoise"], family_name: Some("ŒUVRARD-LEMAÎTRÉ"), ..ANGELA
        },
    ),
    account("plusieurs_prénoms_2", "Deux prénoms", first_names(&["Angela", "Claire"])),
    account("plusieurs_prénoms_3", "Trois prénoms", first_names(&["Angela", "Louise", "Marie"])),
    account("prénom_composé", "Prénom à trait d’union", first_names(&["Marie-Claire", "Louise"])),
    account(
        "prénom_composé_avec_espace",
        "Prénom composé d’une espace",
        first_names(&["Marie Claire", "Louise"]),
    ),
    account("moins_16_ans", "Moins de 16 ans", born_on("2015-06-20")),
    account("moins_18_ans", "Moins de 18 ans", born_on("2009-05-02")),
    account("moins_25_ans", "Moins de 25 ans", born_on("2007-01-23")),
    account("genre_indéfini", "Sexe non précisé", Identity { gender: "unspecified", ..ANGELA }),
    account("sans_prenom", "Aucun prénom", first_names(&[])),
    account("sans_nom_naissance", "Aucun nom de naissance", Identity { family_name: None, ..ANGELA }),
    account("sans_nom_dusage", "Aucun nom d’usage", Identity { preferred_username: None, ..ANGELA }),
    account("sans_telephone", "Aucun téléphone (donnée qui n’est plus transmise)", born_on("1962-08-25")),
    account("test_CORSE_2A", "Née en Corse-du-Sud", born_at("2A004")),
    account("test_CORSE_2B", "Née en Haute-Corse", born_at("2B050")),
    account("naissance_polynesie_française", "Née en Polynésie française", born_at("98729")),
    account("naissance_wallis_futuna", "Née à Wallis-et-Futuna", born_at("98611")),
    account("naissance_Algérie", "Née en Algérie, lieu vide", born_in("99352")),
    account("naissance_Maroc", "Née au Maroc, lieu vide", born_in("99350")),
    account("naissance_Portugal", "Née au Portugal, lieu vide", born_in("99139")),
    account("naissance_Belgique", "Née en Belgique, lieu vide", born_in("99131")),
    account("naissance_Espagne", "Née en Espagne, lieu vide", born_in("99134")),
    account("naissance_Italie", "Née en Italie, lieu vide", born_in("99127")),
    account(
        "naissance_etranger_birthplace_cog",
        "Née à l’étranger, avec un code de commune",
        Identity { birthplace: "75107", birthcountry: "99139", ..ANGELA },
    ),
    account(
        "naissance_etranger_birthplace_texte",
        "Née à l’étranger, avec un lieu en toutes lettres",
        Identity { birthplace: "LISBOA", birthcountry: "99139", ..ANGELA },
    ),
    account(
        "étranger_présumé_né_jour",
        "Jour de naissance inconnu",
        Identity { birthdate: "1992-11-01", idp_birthdate: "1992-11-00", ..born_in("99217") },
    ),
    account(
        "étranger_présumé_né_jour_et_mois",
        "Jour et mois de naissance inconnus",
        Identity { birthdate: "1992-01-01", idp_birthdate: "1992-00-00", ..born_in("99217") },
    ),
    account(
        "identité_maximale",
        "Propre à l’émulateur : la plus longue identité possible, pour la taille des cookies",
        Identity {
            given_names: &[
                "Maximilienne-Alexandrine",
                "Éléonore",
                "Bartholoméa",
                "Guillemette-Wilhelmine",
                "Françoise-Athénaïs",
                "Marie-Antoinette",
                "Constance",
                "Hyacinthe",
                "Philippine",
                "Scholastique",
            ],
            family_name: Some("DE LA ROCHEFOUCAULD-MONTMORENCY-SAINT-GERMAIN-ANJOUX"),
            preferred_username: Some("ŒUVRARD-LEMAÎTRE DE SAINT-GEORGES-D'ESPÉRANCHE-ANJOU"),
            birthplace: "",
            birthcountry: "99352",
            email: "maximilienne-alexandrine.eleonore.bartholomea.guillemet@\
                    une-tres-longue-adresse-electronique-de-soixante-trois-lettres.\
                    une-autre-partie-aussi-longue-que-le-permet-le-nom-de-domaine1.exemple.fr",
            ..ANGELA
        },
    ),
    failing("sans_mail", "Erreur : aucune adresse électronique", "Y600006"),
    failing("sans_genre", "Erreur : aucun sexe", "Y600006"),
    failing("sans_birthplace", "Erreur : aucun lieu de naissance", "Y600006"),
    failing("mois_00", "Erreur : mois de naissance nul", "Y600006"),
    failing("test_INVALID_COG", "Erreur : code de commune invalide", "Y600006"),
    failing("Désactivé", "Erreur : accès désactivé par l’usager", "Y180001"),
    failing("Y180001", "Erreur : accès désactivé par l’usager", "Y180001"),
    failing("E010004", "Erreur du répertoire : identité trop éloignée", "Y010004"),
    failing("E010006", "Erreur du répertoire : plusieurs identités", "Y010006"),
    failing("E010007", "Erreur du répertoire : reconnue par le seul nom d’usage", "Y010007"),
    failing("E010008", "Erreur du répertoire : personne inconnue", "Y010008"),
    failing("E010009", "Erreur du répertoire : demande rejetée", "Y010009"),
    failing("E010011", "Erreur du répertoire : pas de réponse", "Y010011"),
    failing("E010012", "Erreur du répertoire : injoignable", "Y010012"),
    failing("E010013", "Erreur du répertoire : échec technique", "Y010013"),
    failing("E010015", "Erreur du répertoire : personne décédée", "Y010015"),
    failing("E010099", "Erreur du répertoire : autre échec", "Y010099"),
];

/// Every test account of FranceConnect, which FranceConnect+ has too, the default first.
pub fn accounts() -> &'static [Account] {
    ACCOUNTS
}
