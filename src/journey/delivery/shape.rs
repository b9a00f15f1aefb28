//! Decides whether what was typed can be a `client_id` or a `client_secret`. What is known of their form: FranceConnect
//! takes secrets of 32 ASCII characters or more, and its client ids have had 32 to 64 letters, digits and hyphens.

use crate::journey::Words;
use crate::secret::{Secret, same};

/// Fewest and most characters of a secret; the form of FranceConnect gives the first, the other tells a page from a word.
const LENGTHS: (usize, usize) = (32, 512);

/// A secret that is known already, and where: `FC_CLIENT_SECRET of .dev.vars`.
#[derive(Debug)]
pub struct Known {
    /// Its variable.
    pub variable: String,
    /// Where it stands.
    pub place: String,
    /// Itself.
    pub secret: Secret,
}

/// What a paste brings along at either end: blanks of every kind, and marks without a width.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// The `client_id` in what was typed, and what is unusual about it.
///
/// # Errors
/// Why it cannot be one.
pub fn client_id(typed: &str, other: Option<&str>) -> Result<(String, Option<Words>), Words> {
    let id = trimmed(typed);
    common(id, "client_id")?;
    if id.contains(['"', '\'', '\\', '`', '@', '/']) {
        return Err(Words::new(
            "a un guillemet, une barre ou une arobase : un client_id n’a que des lettres, des chiffres et des traits d’union.",
            "has a quotation mark, a slash or an at sign: a client_id has letters, digits and hyphens only.",
        ));
    }
    if other == Some(id) {
        return Err(Words::new(
            "est celui de l’autre environnement : un client n’existe que dans le sien.",
            "is that of the other environment: a client exists in its own only.",
        ));
    }
    let usual = (32..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let unusual = || {
        Words::new(
            "Forme inhabituelle (d’ordinaire 32 à 64 lettres, chiffres et traits d’union) : à comparer au courriel.",
            "An unusual form (32 to 64 letters, digits and hyphens as a rule): compare it with the e-mail.",
        )
    };
    Ok((id.to_owned(), (!usual).then(unusual)))
}

/// The `client_secret` in what was typed.
///
/// # Errors
/// Why it cannot be one; the secret is never in the words.
pub fn client_secret(typed: &Secret, client_id: Option<&str>, known: &[Known]) -> Result<Secret, Words> {
    let secret = trimmed(typed.expose());
    common(secret, "client_secret")?;
    let quotes = ['"', '\'', '`'];
    if quotes.iter().any(|quote| secret.starts_with(*quote) && secret.ends_with(*quote)) {
        return Err(Words::new(
            "est entre guillemets : les retirer.",
            "stands in quotation marks: remove them.",
        ));
    }
    let length = secret.chars().count();
    if length < LENGTHS.0 {
        return Err(Words::new(
            format!(
                "n’a que {length} caractères, quand FranceConnect en donne {} ou plus : il en manque.",
                LENGTHS.0
            ),
            format!(
                "has {length} characters only, where FranceConnect gives {} or more: some are missing.",
                LENGTHS.0
            ),
        ));
    }
    if length > LENGTHS.1 {
        return Err(Words::new(
            format!("a {length} caractères : c’est autre chose qu’un secret."),
            format!("has {length} characters: that is something else than a secret."),
        ));
    }
    if client_id.is_some_and(|id| same(id, secret)) {
        return Err(Words::new(
            "est le client_id : le secret vient à part, par SMS.",
            "is the client_id: the secret comes apart, by SMS.",
        ));
    }
    if let Some(Known { variable, place, .. }) =
        known.iter().find(|known| same(known.secret.expose(), secret))
    {
        return Err(Words::new(
            format!(
                "est celui que {variable} a déjà dans {place} : un secret ne sert que dans un environnement, chez un produit."
            ),
            format!(
                "is the one that {variable} has in {place} already: a secret serves in one environment, at one product."
            ),
        ));
    }
    Ok(Secret::new(secret))
}

/// What holds of both: one word of printable ASCII, without its own name before it.
fn common(text: &str, name: &str) -> Result<(), Words> {
    if text.is_empty() {
        return Err(Words::new("n’a pas été saisi.", "was not typed."));
    }
    let mut words = text.split_whitespace();
    if words.clone().nth(1).is_some() {
        let whole = words.any(|word| word.len() >= LENGTHS.0);
        return Err(if whole {
            Words::new(
                format!("est au milieu d’une phrase : on dirait le message entier. Ne donner que le {name}."),
                format!("stands in a sentence: this looks like the whole message. Give the {name} alone."),
            )
        } else {
            Words::new(
                format!("contient un blanc : le {name} est d’un seul tenant."),
                format!("holds a blank: the {name} is all of one piece."),
            )
        });
    }
    if let Some(at) = text.chars().position(|c| !c.is_ascii_graphic()) {
        let at = at.saturating_add(1);
        return Err(Words::new(
            format!(
                "a pour {at}ᵉ caractère autre chose que de l’ASCII : une messagerie change traits d’union et guillemets."
            ),
            format!(
                "has something else than ASCII as character {at}: messaging software changes hyphens and quotation marks."
            ),
        ));
    }
    let lower = text.to_ascii_lowercase();
    if let Some(sign) = ['=', ':'].into_iter().find(|sign| lower.contains(&format!("{name}{sign}"))) {
        return Err(Words::new(
            format!("commence par son nom (« {sign} ») : ne donner que ce qui suit."),
            format!("begins with its name (\"{sign}\"): give only what follows."),
        ));
    }
    Ok(())
}
