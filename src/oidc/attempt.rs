//! The data of one login in flight: what the browser must bring back unchanged, sealed in its flow cookie.

use serde_json::{Value, json};

use super::Provider;
use crate::jose::Object;
use crate::secret::Chance;
use crate::time::Timestamp;

/// One login in flight. It exists where it was begun, and where this browser's sealed cookie was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which provider was asked: its issuer. Two of them share one callback.
    pub(crate) issuer: String,
    /// The level that was asked for, in the provider's word.
    pub(crate) acr_values: Option<String>,
    /// Who must come back: the `sub` of a session whose level is to be raised.
    pub(crate) subject: Option<String>,
    /// Binds the callback to this browser (RFC 6749 §10.12).
    pub(crate) state: String,
    /// Binds the ID Token to this login (OIDC Core §3.1.2.1).
    pub(crate) nonce: String,
    /// When the login began; an ID Token issued earlier belongs to another one.
    pub(crate) started: Timestamp,
    /// Where the visitor wants to go afterwards: a path of the site.
    pub(crate) return_to: String,
    /// PKCE verifier, where the provider offers S256.
    pub(crate) code_verifier: Option<String>,
    /// The provider as discovered when the login began; nothing for built-in ones. A document that
    /// changes meanwhile changes nothing for this login (RFC 9700 §4.4).
    pub(crate) provider: Option<Provider>,
}

/// Characters of `state` and `nonce`: FranceConnect asks at least 22, documents of it 32.
const RANDOM_LENGTH: usize = 43;
/// Characters of the PKCE verifier (RFC 7636 §4.1: 43 to 128).
const VERIFIER_LENGTH: usize = 64;

impl Attempt {
    /// A new login at `provider` with its own random values. `discovered` endpoints are fixed for its life.
    pub(crate) fn begin(
        chance: &mut Chance,
        now: Timestamp,
        provider: &Provider,
        discovered: bool,
        return_to: String,
    ) -> Self {
        Self {
            issuer: provider.issuer.clone(),
            acr_values: None,
            subject: None,
            state: chance.alphanumeric(RANDOM_LENGTH),
            nonce: chance.alphanumeric(RANDOM_LENGTH),
            started: now,
            return_to,
            code_verifier: provider.pkce.then(|| chance.alphanumeric(VERIFIER_LENGTH)),
            provider: discovered.then(|| provider.clone()),
        }
    }

    /// The attempt as an object to be sealed.
    pub(crate) fn to_value(&self) -> Value {
        let mut value = json!({
            "issuer": self.issuer,
            "state": self.state,
            "nonce": self.nonce,
            "started": self.started.unix(),
            "return_to": self.return_to,
        });
        if let Some(members) = value.as_object_mut() {
            let texts = [
                ("acr_values", &self.acr_values),
                ("subject", &self.subject),
                ("code_verifier", &self.code_verifier),
            ];
            for (name, text) in texts {
                members.extend(text.as_ref().map(|text| (name.to_owned(), text.as_str().into())));
            }
            members.extend(self.provider.as_ref().map(|it| ("provider".to_owned(), it.to_value())));
        }
        value
    }

    /// Reads what [`Attempt::to_value`] made, out of this browser's cookie.
    pub(crate) fn read(opened: &Object) -> Option<Self> {
        let text = |name: &str| opened.text(name).map(str::to_owned);
        let provider = match opened.get("provider") {
            Some(_) => Some(Provider::read(&opened.object("provider")?)?),
            None => None,
        };
        Some(Self {
            issuer: text("issuer")?,
            acr_values: text("acr_values"),
            subject: text("subject"),
            state: text("state")?,
            nonce: text("nonce")?,
            started: Timestamp::from_unix(opened.optional_date("started").ok()??),
            return_to: text("return_to")?,
            code_verifier: text("code_verifier"),
            provider,
        })
    }
}
