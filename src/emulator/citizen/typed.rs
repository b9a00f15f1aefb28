//! Decides whether what somebody typed is an identity: the fields that an identity provider asks for, what is wrong with
//! each, and the account that is made of them on the fly.

use super::shapes::{is_address, is_birthdate, is_commune, is_letter, is_number};
use super::{Account, Crowd, Identity};
use crate::emulator::http::Params;
use crate::time::Timestamp;

/// Longest text of a field, in characters.
pub(in crate::emulator) const LONGEST: usize = 512;

/// Where French data end.
const FRANCE: &str = "99100";

/// What is wrong with a field, in French and in English.
pub(in crate::emulator) type Wrong = (&'static str, &'static str, &'static str);

/// What has been typed, by the name of its field.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Typed {
    crowd: Crowd,
    values: Vec<(&'static str, String)>,
}

impl Typed {
    /// The fields that an identity provider of `crowd` asks for, in the order of the form.
    pub(in crate::emulator) fn fields(crowd: Crowd) -> &'static [&'static str] {
        match crowd {
            Crowd::Register => &[
                "gender",
                "family_name",
                "preferred_username",
                "given_names",
                "birthdate",
                "birthplace",
                "birthcountry",
                "email",
            ],
            Crowd::Helped => &[
                "rep_scope",
                "gender",
                "family_name",
                "preferred_username",
                "given_names",
                "birthdate",
                "birthplace",
                "birthcountry",
                "email",
            ],
            Crowd::Abroad => {
                &["foreign_id", "family_name", "given_names", "gender", "birthdate", "birthplace"]
            }
        }
    }

    /// As if somebody had typed what `account` has.
    pub(in crate::emulator) fn like(account: &Account) -> Self {
        let person = &account.identity;
        let value = |field| match field {
            "rep_scope" => account.rep_scope.join(", "),
            "foreign_id" => account.foreign_id.clone().unwrap_or_default(),
            "given_names" => person.given_names.join(", "),
            "family_name" => person.family_name.clone().unwrap_or_default(),
            "preferred_username" => person.preferred_username.clone().unwrap_or_default(),
            "gender" => person.gender.clone(),
            "birthdate" => person.idp_birthdate.clone(),
            "birthplace" => person.birthplace.clone(),
            "birthcountry" => person.birthcountry.clone(),
            _ => person.email.clone(),
        };
        let crowd = account.crowd();
        Self { crowd, values: Self::fields(crowd).iter().map(|&field| (field, value(field))).collect() }
    }

    /// The fields of a form that was sent, without the blanks around them.
    pub(in crate::emulator) fn sent(crowd: Crowd, params: &Params) -> Self {
        let value = |field| params.get(field).unwrap_or_default().trim().to_owned();
        Self { crowd, values: Self::fields(crowd).iter().map(|&field| (field, value(field))).collect() }
    }

    /// What the field holds; empty when there is none.
    pub(in crate::emulator) fn value(&self, field: &str) -> &str {
        self.values.iter().find(|(known, _)| *known == field).map_or("", |(_, value)| value)
    }

    /// Who that is: somebody whom the register knows by the same civil status, unknown parts of the date completed.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of the form.
    pub(in crate::emulator) fn account(&self, now: Timestamp) -> Result<Account, Vec<Wrong>> {
        let wrong: Vec<Wrong> = self
            .values
            .iter()
            .filter_map(|(field, value)| {
                let (fr, en) = self.fault(field, value, now)?;
                Some((*field, fr, en))
            })
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let text = |field| self.value(field).to_owned();
        let identity = Identity {
            given_names: list(self.value("given_names")),
            family_name: Some(text("family_name")).filter(|name| !name.is_empty()),
            preferred_username: Some(text("preferred_username")),
            gender: text("gender"),
            birthdate: text("birthdate").replace("-00", "-01"),
            idp_birthdate: text("birthdate"),
            birthplace: text("birthplace"),
            birthcountry: text("birthcountry"),
            email: text("email"),
        };
        Ok(Account {
            login: "identité saisie".to_owned(),
            interest: String::new(),
            interest_en: String::new(),
            identity,
            register: None,
            foreign_id: Some(text("foreign_id")).filter(|id| !id.is_empty()),
            rep_scope: list(self.value("rep_scope")),
            suspicious: false,
            error: None,
        })
    }

    /// What is wrong with `value`, in French and in English.
    fn fault(&self, field: &str, value: &str, now: Timestamp) -> Option<(&'static str, &'static str)> {
        let (french, born_here) = (self.crowd != Crowd::Abroad, self.value("birthcountry") == FRANCE);
        let needed = match field {
            "foreign_id" | "rep_scope" | "birthdate" => true,
            "gender" | "birthcountry" | "email" => french,
            "birthplace" => french && born_here,
            _ => !french,
        };
        if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
            return Some((
                "Cette valeur est trop longue ou illisible.",
                "This value is too long or unreadable.",
            ));
        }
        if value.is_empty() {
            return needed.then_some(("Ce champ est obligatoire.", "This field is required."));
        }
        let sound = match field {
            "gender" => matches!(value, "male" | "female" | "unspecified"),
            "family_name" | "preferred_username" if french => {
                value.chars().all(|c| is_letter(c) && !c.is_lowercase())
            }
            "given_names" if french => list(value).iter().all(|name| name.chars().all(is_letter)),
            "given_names" | "family_name" => value.chars().any(char::is_alphabetic),
            "birthdate" => is_birthdate(value) && *value <= *now.day(),
            "birthplace" => !(french && born_here) || is_commune(value),
            "birthcountry" => value.len() == 5 && value.starts_with("99") && is_number(value),
            "email" => is_address(value),
            _ => true,
        };
        (!sound).then_some(match field {
            "gender" => ("Choisissez une des réponses.", "Choose one of the answers."),
            "family_name" | "preferred_username" => (
                "Écrivez le nom en majuscules, accentuées s’il le faut, avec espaces, tirets et apostrophes droites.",
                "Write the name in capitals, with accents where needed, spaces, hyphens and straight apostrophes.",
            ),
            "given_names" => (
                "Un prénom n’a que des lettres du français, des espaces, des tirets et des apostrophes droites.",
                "A first name has letters of French, spaces, hyphens and straight apostrophes only.",
            ),
            "birthdate" => (
                "Écrivez une date passée, comme 1962-08-24 ; 1962-08-00 ou 1962-00-00 si elle est en partie inconnue.",
                "Write a past date, such as 1962-08-24; 1962-08-00 or 1962-00-00 if it is partly unknown.",
            ),
            "birthplace" => (
                "Écrivez le code INSEE de la commune, 5 caractères comme 75107 ou 2A004.",
                "Write the INSEE code of the commune, 5 characters such as 75107 or 2A004.",
            ),
            "birthcountry" => (
                "Écrivez le code INSEE du pays, 5 chiffres qui commencent par 99 ; la France est 99100.",
                "Write the INSEE code of the country, 5 digits that begin with 99; France is 99100.",
            ),
            _ => (
                "Écrivez une adresse électronique, comme angela@exemple.fr.",
                "Write an e-mail address, such as angela@exemple.fr.",
            ),
        })
    }
}

/// What commas separate, without empty entries.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::accounts;

    const NOW: Timestamp = Timestamp::from_unix(1_764_000_000);

    #[test]
    fn whoever_logs_in_could_have_typed_who_they_are() {
        for account in accounts().iter().filter(|account| account.error.is_none()) {
            let typed = Typed::like(account).account(NOW);
            let same =
                typed.map(|typed| (typed.crowd(), typed.identity.given_names, typed.identity.birthdate));
            let own = &account.identity;
            let expected = Ok((account.crowd(), own.given_names.clone(), own.birthdate.clone()));
            if account.register.is_none() {
                assert_eq!(same, expected, "{}", account.login);
            }
        }
    }
}
