//! Decides in which order a service is looked at, how many things at a time, and when enough time has been spent.

use super::driver::{Ground, Inspector, Stopped, Trip};
use super::judge;
use super::lies::{HONEST, LIES, Lie, ROTATED};
use super::trace::{Attempt, Leak, Observed, Registration, Replays, Sector, Trial};
use crate::journey::Words;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long the first, honest login may take.
const FIRST: Duration = Duration::from_secs(45);
/// How long everything may take.
const WHOLE: Duration = Duration::from_secs(170);
/// How many logins go on at a time.
const AT_A_TIME: usize = 6;
/// What a service that keeps one visitor waiting is given to answer another.
const ANOTHER: Duration = Duration::from_secs(5);
/// Between two looks at how far a login came.
const GLANCE: Duration = Duration::from_millis(100);
/// What a sector identifier document is given to come.
const SECTOR: Duration = Duration::from_secs(10);

/// Looks at the service; `tell` hears how many of how many things are done. What is registered of it the emulator says,
/// if nobody else does.
///
/// # Errors
/// Why nothing can be said of this service.
pub async fn run(
    trip: Trip,
    registration: Option<Registration>,
    tell: impl Fn(usize, usize),
) -> Result<Observed, Words> {
    run_beside(trip, registration, std::future::ready(()), tell).await.map(|(observed, ())| observed)
}

/// The same, with something `beside` it that logs in as well: once a first login shows that it can be done, and before
/// the keys are replaced, which a service may not bear twice in a minute.
///
/// # Errors
/// Why nothing can be said of this service.
pub async fn run_beside<T>(
    trip: Trip,
    registration: Option<Registration>,
    beside: impl Future<Output = T>,
    tell: impl Fn(usize, usize),
) -> Result<(Observed, T), Words> {
    let deadline = Instant::now() + WHOLE;
    let first = tokio::time::timeout(FIRST, trip.ground()).await.map_err(|_| {
        let seconds = FIRST.as_secs();
        Words::new(
            format!("une première connexion n’a pas abouti en {seconds} secondes"),
            format!("a first login did not end within {seconds} seconds"),
        )
    })?;
    let (ground, inspector) = match first {
        Ok(found) => found,
        Err(stopped) => {
            let observed = refused(&trip, registration, stopped).await?;
            return Ok((observed, beside.await));
        }
    };
    let looked = Arc::new(Looked { trip, ground, inspector });
    let lies: Vec<&'static Lie> = LIES.iter().filter(|lie| lie.applies(looked.ground.product)).collect();
    let attempts = looked.trip.attempts;
    let total = lies.len() + attempts + 2;
    let mut done = 0;
    let mut step = || {
        done += 1;
        tell(done, total);
    };

    let mut leaks = Vec::new();
    let mut keep = |(trial, mut found): (Trial, Vec<Leak>)| {
        leaks.append(&mut found);
        trial
    };
    let honest = keep(looked.trial(&HONEST, deadline).await);
    step();
    let mut trials = Vec::new();
    // Where FranceConnect is late there is nothing to do but wait: the rest goes on meanwhile, if the service can.
    let (late, lies): (Vec<_>, Vec<_>) = lies.into_iter().partition(|lie| !lie.lateness().is_zero());
    let (mut waiting, serves_others) = looked.keep_waiting(&late, deadline).await;
    if !serves_others {
        trials.extend(ended(&mut waiting, &mut step).await.into_iter().map(&mut keep));
    }
    // Keys are replaced once everything has been seen that a service needs its keys for, and before lies make it look
    // for keys that do not exist, which it may not do again for a while.
    let (believed, others): (Vec<_>, Vec<_>) = lies.into_iter().partition(|lie| lie.points == ["27"]);
    let logins = async {
        let some = others.into_iter().map(|lie| looked.task(lie, deadline));
        trials.extend(together(some, &mut step).await.into_iter().map(&mut keep));
        let replays = looked.trip.replay(&looked.ground, &looked.inspector);
        let replays = tokio::time::timeout_at(deadline, replays).await.unwrap_or_default();
        step();
        let attempts = (0..attempts).map(|_| {
            let looked = Arc::clone(&looked);
            async move { tokio::time::timeout_at(deadline, looked.trip.attempt()).await.ok().flatten() }
        });
        let attempts: Vec<Attempt> = together(attempts, &mut step).await.into_iter().flatten().collect();
        (replays, attempts)
    };
    let ((replays, attempts), beside) = tokio::join!(logins, beside);
    let mut rotated = looked.trial(&ROTATED, deadline).await;
    if judge::contradicts(&rotated.0) && Instant::now() + looked.trip.cooldown < deadline {
        tokio::time::sleep(looked.trip.cooldown).await;
        rotated = looked.trial(&ROTATED, deadline).await;
    }
    trials.push(keep(rotated));
    step();
    let some = believed.into_iter().filter(|lie| **lie != ROTATED).map(|lie| looked.task(lie, deadline));
    trials.extend(together(some, &mut step).await.into_iter().map(&mut keep));
    trials.extend(ended(&mut waiting, &mut step).await.into_iter().map(&mut keep));
    let place = |trial: &Trial| LIES.iter().position(|lie| lie == trial.lie);
    trials.sort_by_key(place);
    let registration = match registration {
        None => looked.inspector.registration(&looked.ground.client_id).await,
        known => known,
    };
    let registration = match registration {
        Some(known) => Some(with_sector(&looked.trip, known).await),
        None => None,
    };
    let service = looked.trip.service();
    let observed = Observed {
        url: service.address(),
        plus: looked.ground.product == crate::emulator::Product::Plus,
        login_page: looked.ground.login_page.clone(),
        honest,
        trials,
        replays,
        attempts,
        leaks,
        registration,
        secret_known: service.secret.is_some(),
    };
    Ok((observed, beside))
}

/// What can be said of a service whose first request FranceConnect refuses: that its addresses are why, or nothing.
async fn refused(
    trip: &Trip,
    registration: Option<Registration>,
    stopped: Stopped,
) -> Result<Observed, Words> {
    let Stopped { why, refused, registered } = stopped;
    let (Some(known), Some((attempt, product))) = (registration.or(registered), refused) else {
        return Err(why);
    };
    let unseen = |lie| Trial::unseen(lie, why.clone());
    let observed = Observed {
        url: trip.service().address(),
        plus: product == crate::emulator::Product::Plus,
        login_page: String::new(),
        honest: unseen(&HONEST),
        trials: LIES.iter().filter(|lie| lie.applies(product)).map(unseen).collect(),
        replays: Replays::default(),
        attempts: vec![attempt],
        leaks: Vec::new(),
        registration: Some(with_sector(trip, known).await),
        secret_known: trip.service().secret.is_some(),
    };
    if judge::addresses_fail(&observed) { Ok(observed) } else { Err(why) }
}

/// Fetches the document whose address is registered.
async fn with_sector(trip: &Trip, mut known: Registration) -> Registration {
    if let Some(sector) = &mut known.sector {
        let fetched = tokio::time::timeout(SECTOR, trip.document(&sector.address)).await;
        (sector.status, sector.listed) = fetched.unwrap_or_default();
    }
    known
}

struct Looked {
    trip: Trip,
    ground: Ground,
    inspector: Inspector,
}

impl Looked {
    /// One login, as a task of its own.
    fn task(
        self: &Arc<Self>,
        lie: &'static Lie,
        deadline: Instant,
    ) -> impl Future<Output = (Trial, Vec<Leak>)> + Send + use<> {
        let looked = Arc::clone(self);
        async move { looked.trial(lie, deadline).await }
    }

    async fn trial(&self, lie: &'static Lie, deadline: Instant) -> (Trial, Vec<Leak>) {
        let tried = self.trip.try_login(lie, &self.ground, &self.inspector);
        match tokio::time::timeout_at(deadline, tried).await {
            Ok(tried) => (tried.trial, tried.leaks),
            Err(_) => (Trial::unseen(lie, out_of_time()), Vec::new()),
        }
    }

    /// Begins logins in which FranceConnect is late; whether the service answers others while it waits for it. One that
    /// cannot would be blamed for every other wait.
    async fn keep_waiting(
        self: &Arc<Self>,
        late: &[&'static Lie],
        deadline: Instant,
    ) -> (JoinSet<(Trial, Vec<Leak>)>, bool) {
        let before = self.inspector.last().await;
        let waiting = late.iter().map(|lie| self.task(lie, deadline)).collect();
        let waits = async {
            for lie in late {
                while !self.inspector.has_told(lie, before).await {
                    tokio::time::sleep(GLANCE).await;
                }
            }
        };
        // One that does not come so far keeps nobody waiting.
        let answers = match tokio::time::timeout(ANOTHER, waits).await {
            Ok(()) => tokio::time::timeout(ANOTHER, self.trip.attempt()).await.is_ok(),
            Err(_) => true,
        };
        (waiting, answers)
    }
}

fn out_of_time() -> Words {
    let seconds = WHOLE.as_secs();
    Words::new(
        format!("les {seconds} secondes de la recette sont passées"),
        format!("the {seconds} seconds of the acceptance have passed"),
    )
}

/// Does all of this, some at a time.
async fn together<T: Send + 'static>(
    tasks: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
    step: &mut impl FnMut(),
) -> Vec<T> {
    let room = Arc::new(Semaphore::new(AT_A_TIME));
    let mut set = JoinSet::new();
    for task in tasks {
        let room = Arc::clone(&room);
        set.spawn(async move {
            // The semaphore is never closed.
            let _place = room.acquire_owned().await;
            task.await
        });
    }
    ended(&mut set, step).await
}

/// What became of these, once all have ended.
async fn ended<T: Send + 'static>(set: &mut JoinSet<T>, step: &mut impl FnMut()) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(ended) = set.join_next().await {
        all.extend(ended.ok());
        step();
    }
    all
}

impl Registration {
    /// What is registered, the sector identifier document not yet fetched.
    pub fn new(
        redirect_uris: Vec<String>,
        post_logout_redirect_uris: Vec<String>,
        sector: Option<String>,
    ) -> Self {
        let sector = sector.map(|address| Sector { address, status: 0, listed: None });
        Self { redirect_uris, post_logout_redirect_uris, sector }
    }
}
