//! Decides what is tried on a service: the logins, the misbehaviours e1 to e20 told in them, what a correct service makes
//! of each, and which points rest on it.

use crate::emulator::{Fault, Product};
use std::time::Duration;

/// What a correct service makes of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The person is logged in, and is who they are.
    Accepted,
    /// Somebody is logged in; who, others decide.
    LetIn,
    /// Somebody is logged in, or a page says that nobody is: the choice is the service's.
    Either,
    /// Nobody is logged in, and a page says so.
    Refused,
    /// The person logs in and out, and is logged out at the service whatever FranceConnect does.
    LoggedOut,
}

/// A citizen of the emulator whom no page names by chance.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub login: &'static str,
    /// What a page may call them, each enough to be recognised.
    pub names: &'static [&'static str],
    /// Which identity provider of the selection page they use, counted from 0.
    pub idp: usize,
}

/// Who logs in usually.
pub const ANGELA: Person = Person { login: "nom_composé", names: &["LE GOFF-DUPONT", "Angela"], idp: 0 };
/// The same through another identity provider, which knows another e-mail address.
pub const ANGELA_ELSEWHERE: Person = Person { idp: 1, ..ANGELA };
/// Somebody else with the same e-mail address.
pub const COELIA: Person =
    Person { login: "caractères_spéciaux", names: &["ŒUVRARD-LEMAÎTRÉ", "Cœlia"], idp: 0 };
/// Somebody of no stated gender, of the same first name as the first, of an address that the first has elsewhere only.
pub(super) const UNSPECIFIED: Person =
    Person { login: "genre_indéfini", names: &["Angela", "DUBOIS"], idp: 1 };
/// The name that a foreign userinfo brings.
pub const STRANGER: &str = "AUTRE";

/// One login that is tried.
#[derive(Debug, PartialEq, Eq)]
pub struct Lie {
    /// `e1` to `e20`; empty for what is honest.
    pub case: &'static str,
    /// The emulator's name of the fault; empty if it tells none.
    pub fault: &'static str,
    /// Who logs in.
    pub person: &'static Person,
    /// What a correct service makes of it.
    pub expected: Expected,
    /// The points that rest on it.
    pub points: &'static [&'static str],
}

impl Lie {
    /// The fault, if one is told.
    pub fn fault(&self) -> Option<Fault> {
        Fault::from_name(self.fault)
    }

    /// How much later FranceConnect answers in it than it usually does.
    pub fn lateness(&self) -> Duration {
        self.fault().map_or(Duration::ZERO, Fault::lateness)
    }

    /// What happens in it, in French and in English.
    pub fn what(&self) -> (&'static str, &'static str) {
        match (self.fault(), self.case) {
            (Some(fault), _) => (fault.what_fr(), fault.what()),
            (None, "e19") => (
                "la même personne par un autre fournisseur d’identité, avec une autre adresse électronique",
                "the same person through another identity provider, with another e-mail address",
            ),
            (None, "e20") => (
                "une autre personne qui a la même adresse électronique",
                "another person who has the same e-mail address",
            ),
            (None, "e16") => ("une personne dont le sexe n’est pas précisé", "a person of no stated gender"),
            _ => ("une connexion et une déconnexion honnêtes", "an honest login and logout"),
        }
    }

    /// Whether it can be tried with `product`.
    pub fn applies(&self, product: Product) -> bool {
        !matches!((self.fault(), product), (Some(Fault::Jwe(..)), Product::Standard))
    }
}

const fn refused(case: &'static str, fault: &'static str, points: &'static [&'static str]) -> Lie {
    Lie { case, fault, person: &ANGELA, expected: Expected::Refused, points }
}

const fn accepted(
    case: &'static str,
    fault: &'static str,
    person: &'static Person,
    points: &'static [&'static str],
) -> Lie {
    Lie { case, fault, person, expected: Expected::Accepted, points }
}

const fn let_in(fault: &'static str, person: &'static Person) -> Lie {
    Lie { case: "e16", fault, person, expected: Expected::LetIn, points: &["18"] }
}

const fn logged_out(case: &'static str, fault: &'static str, points: &'static [&'static str]) -> Lie {
    Lie { case, fault, person: &ANGELA, expected: Expected::LoggedOut, points }
}

const OWN: &[&str] = &["O6", "26"];
const NONCE: &[&str] = &["O6", "26", "27"];
const BELIEVED: &[&str] = &["27"];
const ERRORS: &[&str] = &["O7", "23"];
const LOGOUT: &[&str] = &["15"];

/// The honest login, which all others are compared with.
pub const HONEST: Lie = logged_out("", "", &["O8", "15", "30"]);

/// Keys replaced while somebody logs in.
pub const ROTATED: Lie = accepted("e6", "jwks.rotated_before_signing", &ANGELA, BELIEVED);

/// What is tried besides, in the order of the report.
pub const LIES: &[Lie] = &[
    refused("e1", "callback.state_other", OWN),
    refused("e1", "callback.state_missing", OWN),
    refused("e2", "callback.state_undefined", OWN),
    refused("e3", "callback.iss_other", BELIEVED),
    refused("e4", "id_token.nonce_other", NONCE),
    refused("e4", "id_token.nonce_missing", NONCE),
    refused("e5", "id_token.signature_foreign", BELIEVED),
    refused("e5", "userinfo.signature_foreign", BELIEVED),
    ROTATED,
    refused("e6", "jwks.unknown_kid", BELIEVED),
    refused("e7", "id_token.alg_none", BELIEVED),
    refused("e7", "id_token.hs256_client_secret", BELIEVED),
    refused("e7", "id_token.alg_other_key", BELIEVED),
    refused("e7", "userinfo.alg_none", BELIEVED),
    refused("e8", "id_token.iss_other", BELIEVED),
    refused("e8", "id_token.aud_other", BELIEVED),
    refused("e8", "id_token.exp_past", BELIEVED),
    refused("e8", "id_token.iat_future", BELIEVED),
    refused("e8", "userinfo.iss_other", BELIEVED),
    refused("e8", "userinfo.aud_other", BELIEVED),
    refused("e9", "id_token.acr_lower", BELIEVED),
    refused("e10", "userinfo.sub_other", BELIEVED),
    refused("e11", "userinfo.plain_json", BELIEVED),
    refused("e12", "callback.error_access_denied", ERRORS),
    refused("e12", "callback.error_server_error", ERRORS),
    refused("e12", "callback.error_temporarily_unavailable", ERRORS),
    refused("e12", "callback.error_invalid_request", ERRORS),
    refused("e12", "callback.error_invalid_scope", ERRORS),
    refused("e12", "callback.error_login_required", ERRORS),
    refused("e12", "callback.error_unknown", ERRORS),
    refused("e12", "callback.error_hostile", ERRORS),
    refused("e13", "callback.code_missing", ERRORS),
    refused("e13", "callback.nothing", ERRORS),
    // Whether a service gives up or waits for the minute is its own choice: nothing official says how long is too long.
    Lie { expected: Expected::Either, ..refused("e14", "token.slow", ERRORS) },
    refused("e14", "token.error_invalid_grant", ERRORS),
    refused("e14", "token.error_invalid_client", ERRORS),
    refused("e14", "token.status_500", ERRORS),
    refused("e14", "userinfo.status_401", ERRORS),
    refused("e14", "userinfo.status_500", ERRORS),
    refused("e15", "callback.code_used", ERRORS),
    let_in("userinfo.claims_missing", &ANGELA),
    let_in("userinfo.birthdate_zero", &ANGELA),
    let_in("userinfo.birthplace_empty", &ANGELA),
    let_in("userinfo.preferred_username_missing", &ANGELA),
    let_in("", &UNSPECIFIED),
    refused("e17", "id_token_jwe.plain_jws", BELIEVED),
    refused("e17", "id_token_jwe.key_foreign", BELIEVED),
    refused("e17", "userinfo_jwe.plain_jws", BELIEVED),
    refused("e17", "userinfo_jwe.key_foreign", BELIEVED),
    logged_out("e18", "logout.error_page", LOGOUT),
    logged_out("e18", "logout.unavailable", LOGOUT),
    logged_out("e18", "logout.other_state", LOGOUT),
    accepted("e19", "", &ANGELA_ELSEWHERE, &["20", "21"]),
    accepted("e20", "", &COELIA, &["O3", "17", "20"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Outcome, accounts};
    use crate::journey::qualification::Item;

    #[test]
    fn every_lie_is_one_of_the_emulators_and_ends_as_the_emulator_has_it() {
        for lie in LIES {
            assert!(lie.points.iter().all(|id| Item::named(id).is_some()), "{lie:?}");
            if lie.fault.is_empty() || lie.expected == Expected::Either {
                continue;
            }
            let outcome = lie.fault().unwrap_or_else(|| panic!("{} is no fault", lie.fault)).outcome();
            assert_eq!(outcome == Outcome::Stops, lie.expected == Expected::Refused, "{}", lie.fault);
        }
    }

    #[test]
    fn all_twenty_cases_are_tried_and_every_person_exists() {
        for number in 1..=20 {
            assert!(LIES.iter().any(|lie| lie.case == format!("e{number}")), "e{number}");
        }
        let known = |login: &str| accounts().iter().find(|account| account.login == login).unwrap().clone();
        for person in LIES.iter().map(|lie| lie.person) {
            let identity = known(person.login).identity.clone();
            let told = format!("{} {}", identity.given_names.join(" "), identity.family_name.unwrap());
            assert!(person.names.iter().all(|name| told.contains(name)), "{told}");
        }
        assert_eq!(known(ANGELA.login).identity.email, known(COELIA.login).identity.email);
    }
}
