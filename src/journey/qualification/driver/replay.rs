//! Decides which callbacks and attempts are tried out of place: again, in another browser, twice in one.

use super::inspector::Inspector;
use super::login::{Ground, attempt, seen, through, who};
use super::service::Trip;
use super::visitor::Landing;
use crate::journey::qualification::lies::{Expected, HONEST, Lie};
use crate::journey::qualification::trace::{Call, Replays};
use std::sync::Arc;

/// Logged in and left there.
static REPLAYED: Lie = Lie { expected: Expected::Accepted, ..HONEST };

impl Trip {
    /// Opens a callback again in the browser that had it, and one in another browser than the login began in.
    pub(in crate::journey::qualification) async fn replay(
        &self,
        ground: &Ground,
        inspector: &Inspector,
    ) -> Replays {
        let mut replays = Replays::default();
        let mut first = self.try_login(&REPLAYED, ground, inspector).await;
        if let Some(callback) = &first.callback {
            let again = first.visitor.open(callback, |_| false).await;
            let calls = inspector.login(&first.attempt).await.calls;
            let tokens = |calls: &[Call]| calls.iter().filter(|call| call.endpoint == "token").count();
            let sent_twice = tokens(&calls) > tokens(&first.trial.calls);
            replays.again = again.ok().map(|landing| (seen(&landing, ground), sent_twice));
        }
        let mut one = self.visitor("");
        if let (Ok(first), Ok(second)) = (self.begin(&mut one).await, self.begin(&mut one).await) {
            replays.twice = Some((attempt(&first), attempt(&second)));
        }
        let mut thief = self.visitor("");
        let Ok(authorize) = self.begin(&mut thief).await else { return replays };
        let bounds = Arc::clone(&self.bounds);
        let stopped =
            through(&mut thief, &authorize, HONEST.person, ground.product, |url| !bounds.at_emulator(url));
        let Ok(stopped) = stopped.await else { return replays };
        let mut victim = self.visitor("");
        let Ok(landing) = victim.open(&stopped.url, |_| false).await else { return replays };
        let profile = victim.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        let end = seen(&landing, ground);
        let pages: Vec<Landing> = [Some(landing), profile.ok()].into_iter().flatten().collect();
        replays.stolen = Some((end, who(&pages, &HONEST, ground)));
        replays
    }
}
