//! Decides how one login under way shall go on: told from its first page by a link to the panel, or by a program.

use super::Behaviour;
use crate::emulator::Emulator;
use crate::emulator::fault::{Fault, Keys};
use crate::emulator::page::language::Reader;
use crate::html::{Html, fill};
use std::sync::Arc;

/// Names the login in the panel's address and form.
pub(super) const FIELD: &str = "connexion";

/// The link by which the citizen's browser spoils this very login; nothing where the panel is not open.
pub(in crate::emulator) fn link(reader: &Reader) -> Html {
    let Some((panel, number)) = reader.panel.as_ref().zip(reader.login) else { return Html::default() };
    let words = reader
        .lang
        .pick("Faire mentir l’émulateur pour cette connexion", "Make the emulator lie in this login");
    let address = format!("{panel}?{FIELD}={number}#mentir");
    fill("<p class=\"discret\"><a href=\"{}\">{}</a></p>", &[&address, &words])
}

impl Emulator {
    /// Lets the login of this number go on so, or as everybody's; answers the path of its pages. Nothing when it is at
    /// none of them: unknown, forgotten, or already back at the service.
    pub(super) fn behave_in(&mut self, number: u64, behaviour: Option<Behaviour>) -> Option<String> {
        let record = self.records.get_mut(number)?;
        let uid = record.uid.clone()?;
        let interaction =
            self.state.sessions.values_mut().find_map(|session| session.interactions.get_mut(&uid))?;
        let behaviour = behaviour.map(Arc::new);
        interaction.behaviour.clone_from(&behaviour);
        let client_id = record.client_id.clone();
        self.behaviours.last = behaviour.clone().map(|told| (record.started, told));
        let whole =
            behaviour.map_or_else(|| self.behaviours.toward(Some(&client_id)), |told| (*told).clone());
        let rotates = whole.fault == Some(Fault::Keys(Keys::RotatedBetweenLogins));
        if let Some(record) = self.records.get_mut(number) {
            record.behaviour = whole;
        }
        self.served = 0;
        if rotates {
            self.rotate();
        }
        Some(format!("{}/interaction/{uid}", self.base))
    }
}
