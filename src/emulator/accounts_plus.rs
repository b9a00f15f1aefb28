//! Decides the test accounts that FranceConnect+ alone has: citizens of other European countries, who come over
//! the eIDAS bridge, and one person whom the register knows otherwise than the identity provider.

use super::account::{Account, Identity};
use super::accounts::{ANGELA, accounts};
use super::idp::Idp;
use super::product::Product;

const fn european(
    login: &'static str,
    interest: &'static str,
    foreign_id: &'static str,
    identity: Identity,
) -> Account {
    Account { login, interest, identity, register: None, foreign_id: Some(foreign_id), error: None }
}

/// What every country tells, and nothing else.
const LEAST: Identity = Identity {
    given_names: &[],
    family_name: None,
    preferred_username: None,
    gender: "",
    birthdate: "",
    idp_birthdate: "",
    birthplace: "",
    birthcountry: "",
    email: "",
};

const EUROPEANS: &[Account] = &[
    european(
        "eidas_belge",
        "Citoyen belge : lieu de naissance en toutes lettres, ni pays ni adresse",
        "BE/FR/83051700157",
        Identity {
            given_names: &["Jürgen", "Maria"],
            family_name: Some("VAN DEN ÅKER"),
            preferred_username: Some("VAN DEN ÅKER"),
            gender: "male",
            birthdate: "1983-05-17",
            idp_birthdate: "1983-05-17",
            birthplace: "Sankt Vith (Ostbelgien)",
            ..LEAST
        },
    ),
    european(
        "eidas_tchèque",
        "Citoyenne tchèque : ni sexe, ni lieu ni pays de naissance, ni adresse",
        "CZ/FR/5f0c3c0e-6d1f-4a57",
        Identity {
            given_names: &["Žofie"],
            family_name: Some("DVOŘÁKOVÁ"),
            preferred_username: Some("DVOŘÁKOVÁ"),
            birthdate: "1979-12-31",
            idp_birthdate: "1979-12-31",
            ..LEAST
        },
    ),
];

const RECTIFIED: &[Account] = &[Account {
    login: "répertoire_différent",
    interest: "Le répertoire des personnes a un autre état civil que le fournisseur d’identité",
    identity: Identity { given_names: &["Angela"], family_name: Some("DUBOIS MERCIER"), ..ANGELA },
    register: Some(ANGELA),
    foreign_id: None,
    error: None,
}];

impl Product {
    /// The accounts that `idp` knows, the default first.
    pub(super) fn accounts(self, idp: &Idp) -> impl Iterator<Item = &'static Account> {
        let (french, foreign, own): (_, &[Account], &[Account]) = match (self, idp.bridge) {
            (Self::Standard, _) => (accounts(), &[], &[]),
            (Self::Plus, false) => (accounts(), &[], RECTIFIED),
            (Self::Plus, true) => (&[], EUROPEANS, &[]),
        };
        french.iter().chain(foreign).chain(own)
    }

    /// Every account that can log in or fail here, the default first.
    pub fn all_accounts(self) -> impl Iterator<Item = &'static Account> {
        // No account is known twice: French identity providers share theirs.
        let french = self.idps().iter().find(|idp| !idp.bridge);
        let bridge = self.idps().iter().find(|idp| idp.bridge);
        [french, bridge].into_iter().flatten().flat_map(move |idp| self.accounts(idp))
    }
}
