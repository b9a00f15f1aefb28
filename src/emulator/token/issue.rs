//! Decides how claims become a token: signed for the client as registered, or as the fault has it, and on
//! FranceConnect+ encrypted to a key of its.

use crate::emulator::Emulator;
use crate::emulator::client::Alg;
use crate::emulator::fault::{Fault, Header, Letter, Pen, Sealed, Signature, enc_key, second_key};
use crate::emulator::state::Grant;
use crate::emulator::token::id_token::Unsigned;
use crate::emulator::token::jwe;
use crate::emulator::token::keys::SigningKey;
use crate::secret::Chance;
use serde_json::{Map, Value, json};

impl Emulator {
    /// The signed token of `claims` for the client of `grant`; `lie` is the fault, if it is about this token.
    pub(in crate::emulator) fn issue(
        &self,
        claims: &Map<String, Value>,
        grant: &Grant,
        lie: Option<Fault>,
    ) -> Option<String> {
        let pen = self.pen(grant, lie)?;
        match lie {
            Some(Fault::Signature(lie)) => lie.sign(claims, &pen),
            Some(Fault::Header(lie)) => lie.sign(claims, &pen),
            Some(Fault::Form(lie)) => lie.sign(claims, &pen),
            Some(Fault::Keys(lie)) => lie.sign(claims, &pen),
            _ => Unsigned::with_header(&Value::Object(pen.header()), claims).sign(&pen.key),
        }
    }

    /// `token`, which makes these claims, as it leaves: encrypted if the client registered that.
    pub(in crate::emulator) fn seal(
        &mut self,
        of: Sealed,
        token: String,
        claims: &Map<String, Value>,
        grant: &Grant,
    ) -> Option<String> {
        let mut chance = Chance::new(&self.chance.bytes());
        let client = self.client(&grant.request)?;
        let recipients = self.recipients(client).ok()?;
        let Some(to) = recipients.first() else { return Some(token) };
        let inner = token.clone();
        let (issuer, client_id) = (&self.settings.issuer, &client.client_id);
        let sealed = match self.fault {
            Some(Fault::Jwe(place, lie)) if place == of => {
                let letter = Letter {
                    of,
                    token: &token,
                    claims,
                    pen: &self.pen(grant, None)?,
                    client_id,
                    to: &recipients,
                    keys: self.client_keys(client).ok()?,
                    earlier: self.state.last_sealed.get(client_id),
                };
                lie.seal(&letter, &mut chance)?
            }
            _ => jwe::encrypt(to, issuer, client_id, token.as_bytes(), &mut chance)?,
        };
        self.inner = Some(inner);
        if self.fault.is_none() && of == Sealed::IdToken {
            self.state.last_sealed.insert(grant.request.client_id.to_string(), sealed.clone());
        }
        Some(sealed)
    }

    /// What signs for the client of `grant`.
    pub(in crate::emulator) fn pen(&self, grant: &Grant, lie: Option<Fault>) -> Option<Pen<'_>> {
        let client = self.client(&grant.request)?;
        let alg = self.alg(client);
        let other = match alg {
            Alg::Es256 => Alg::Rs256,
            Alg::Rs256 => Alg::Es256,
        };
        Some(Pen {
            seed: &self.settings.seed,
            issuer: &self.settings.issuer,
            client_secret: &client.client_secret,
            key: self.key(alg)?,
            other: if needs_other(lie) { self.key(other) } else { None },
        })
    }

    /// The keys that the key set shows: the EC key, and the RSA key if anybody needs it, since making one
    /// takes a second.
    pub(in crate::emulator) fn published_keys(&self) -> Vec<SigningKey> {
        let rsa = self.settings.clients.iter().any(|client| self.alg(client) == Alg::Rs256);
        let algs =
            if rsa || needs_other(self.fault) { vec![Alg::Es256, Alg::Rs256] } else { vec![Alg::Es256] };
        let beside = |label: fn(Alg) -> String| {
            algs.iter()
                .filter_map(|alg| SigningKey::derive(&self.settings.seed, *alg, &label(*alg)))
                .collect::<Vec<_>>()
        };
        let mut keys: Vec<SigningKey> = algs.iter().filter_map(|alg| self.key(*alg)).collect();
        match self.fault {
            Some(Fault::Header(Header::KidMissingSeveral)) => {
                keys.splice(..0, beside(second_key)).for_each(drop)
            }
            Some(Fault::Signature(Signature::KidEncKey)) => {
                let mut others = beside(enc_key);
                for key in &mut others {
                    key.jwk.insert("use".into(), json!("enc"));
                    key.jwk.remove("alg");
                }
                keys.extend(others);
            }
            _ => {}
        }
        keys
    }
}

/// Whether the fault uses or names the key of the algorithm that the client is not registered with.
fn needs_other(fault: Option<Fault>) -> bool {
    match fault {
        Some(Fault::Signature(lie)) => lie.needs_other(),
        Some(Fault::UserInfo(lie)) => needs_other(lie.like()),
        _ => false,
    }
}
