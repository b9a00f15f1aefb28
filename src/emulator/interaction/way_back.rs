//! Decides the ways back to the service: with a code, giving up, from the page of an error.

use super::callback::{self, Callback};
use crate::emulator::Emulator;
use crate::emulator::fault::{self, Fault};
use crate::emulator::http::{Reply, Request};
use crate::emulator::page::error;
use crate::emulator::shelf::mark;
use crate::emulator::state::{Code, Grant, Interaction, Login};
use crate::time::Timestamp;
use std::sync::Arc;

/// The query of the way back from a page that came out of turn.
const OUT_OF_TURN: &str = "erreur=Y190004";

impl Emulator {
    /// The citizen agrees: a code for the service. The interaction is over.
    pub(super) fn finish(
        &mut self,
        now: Timestamp,
        id: &str,
        uid: &str,
        mut interaction: Interaction,
        login: Login,
    ) -> Reply {
        if let Some(session) = self.state.sessions.get_mut(id) {
            session.end(uid);
        }
        let lie = match self.fault {
            Some(Fault::Callback(lie)) => Some(lie),
            _ => None,
        };
        let mut code = self.random();
        if lie == Some(fault::Callback::CodeSpecial) {
            // Everything of VSCHAR (RFC 6749 §A.11) that a careless reader decodes twice or not at all.
            code.push_str("+/=&%25?#;, ~");
        }
        if lie == Some(fault::Callback::CodePlus) {
            code.push_str(" avec des espaces");
        }
        let repeats = lie == Some(fault::Callback::StateEarlier);
        let earlier = repeats.then(|| self.earlier_state(&interaction)).flatten();
        let mut told = Callback::success(&self.settings.issuer, &code, &interaction.state);
        let to = interaction.redirect_uri.clone();
        if lie == Some(fault::Callback::CodeOtherLogin) {
            interaction.nonce = "NonceDUneAutreConnexion0123456789ab".to_owned();
        }
        let consumed = (lie == Some(fault::Callback::CodeUsed)).then(|| mark(""));
        let grant = Arc::new(Grant { since: now, request: interaction, login });
        self.state.codes.insert(&code, Code { issued: now, grant, consumed });
        let Some(lie) = lie else { return Reply::see_other(&told.location(&to, false)) };
        lie.change(&mut told, self.chance.bytes());
        if let Some(earlier) = earlier {
            told.set("state", &earlier);
        }
        let mut reply = Reply::see_other(&lie.location(&told, &to));
        if lie == fault::Callback::Status302 {
            reply.status = 302;
        }
        reply
    }

    /// The `state` of another login of the same client, for the fault that repeats it.
    fn earlier_state(&self, now: &Interaction) -> Option<String> {
        let other = |earlier: &&Interaction| earlier.client_id == now.client_id && earlier.state != now.state;
        let mut earlier = self.state.codes.values().map(|code| &code.grant.request);
        earlier.find(other).map(|earlier| earlier.state.clone())
    }

    /// "Revenir sur …": the service is told that the citizen gave up, or what went wrong.
    pub(super) fn back(&mut self, now: Timestamp, request: &Request, uid: &str) -> Reply {
        let product = self.settings.product;
        let session = self.state.session(request.cookie(product.cookie()), now, product);
        let Some(interaction) = session.and_then(|session| session.end(uid)) else {
            return self.error("Y030030");
        };
        let issuer = &self.settings.issuer;
        if now.since(interaction.started) >= product.session_life() {
            // The engine has forgotten the request and its state; FranceConnect redirects by itself.
            let (error, description) = error::told("Y030030").unwrap_or_default();
            let told = Callback::error(issuer, error, description, "undefined");
            let location = callback::with_plus(&told, &interaction.redirect_uri);
            return Reply::with_body(302, "text/plain; charset=utf-8", "").header("location", location);
        }
        let out_of_turn = request.query == OUT_OF_TURN;
        let told = match interaction.failed.or(out_of_turn.then_some("Y190004")) {
            None => Some(("access_denied", "User auth aborted")),
            Some(code) => error::told(code),
        };
        let Some((error, description)) = told else { return self.error("Y030030") };
        let told = Callback::error(issuer, error, description, &interaction.state);
        Reply::see_other(&told.location(&interaction.redirect_uri, false))
    }

    pub(super) fn error_with_back(&mut self, code: &str, here: &str, interaction: &Interaction) -> Reply {
        self.error_leading(code, &format!("{here}/retour"), interaction)
    }

    /// A page that was refreshed or left out: the login is not over, but the service hears of it from who gives up here.
    pub(super) fn out_of_turn(&mut self, here: &str, interaction: &Interaction) -> Reply {
        self.error_leading("Y190004", &format!("{here}/retour?{OUT_OF_TURN}"), interaction)
    }

    fn error_leading(&mut self, code: &str, back: &str, interaction: &Interaction) -> Reply {
        let id = self.uuid();
        let name = self.client(interaction).map_or("", |client| &client.name);
        let back = error::told(code).map(|_| (name, back));
        error::page(&self.reader, self.settings.product, code, &id, back)
    }
}
