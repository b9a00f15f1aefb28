//! Decides what to say of a service's request that FranceConnect refuses, or takes although it should be better: what
//! is wrong, and how to mend it. FranceConnect itself says a code.

mod authorize;
mod calls;
mod logout;

use crate::emulator::http::{Reply, Request};
use crate::emulator::{Emulator, Endpoint};
use crate::time::Timestamp;

/// One remark about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Note {
    /// Whether the request was refused for it, or may well be by FranceConnect; advice otherwise.
    pub(in crate::emulator) wrong: bool,
    pub(in crate::emulator) fr: String,
    pub(in crate::emulator) en: String,
}

impl Note {
    fn wrong(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { wrong: true, fr: fr.into(), en: en.into() }
    }

    fn advice(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { wrong: false, fr: fr.into(), en: en.into() }
    }
}

impl Emulator {
    /// What there is to say of `request`, which got `reply`.
    pub(super) fn diagnose(
        &self,
        now: Timestamp,
        request: &Request,
        endpoint: Endpoint,
        reply: &Reply,
    ) -> Vec<Note> {
        let mut notes = match endpoint {
            Endpoint::Authorize => self.diagnose_authorize(request, reply),
            Endpoint::Token => self.diagnose_token(now, request, reply),
            Endpoint::UserInfo => self.diagnose_userinfo(request, reply),
            Endpoint::Revocation => calls::revocation(request, reply),
            Endpoint::EndSession => self.diagnose_logout(request, reply),
            _ => Vec::new(),
        };
        let scripted =
            matches!(endpoint, Endpoint::Token | Endpoint::UserInfo | Endpoint::Jwks | Endpoint::Discovery)
                && request.header("origin").is_some();
        if scripted {
            notes.push(Note::wrong(
                "L’appel vient d’un script dans le navigateur. FranceConnect n’envoie aucun en-tête CORS : appelez \
                 cette adresse depuis le serveur, où le secret reste secret.",
                "The call comes from a script in the browser. FranceConnect sends no CORS header: call this address from \
                 the server, where the secret stays a secret.",
            ));
        }
        notes
    }
}
