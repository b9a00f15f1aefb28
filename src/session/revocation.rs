//! Which sessions are over before their time: revocations, each an entry of the store that is found by its name.
//!
//! KV has no compare-and-swap: of two who change one list at once, one is lost, and a session would come back. So each
//! revocation is an entry of its own, never changed, and the list is what the store lists under a prefix:
//!
//! ```text
//! revoked-AUDIENCE-KIND-TAG-AT-MAC
//! ```
//!
//! `KIND` is `a` (all), `p` (a person) or `s` (a session), so that a listing that is cut loses the narrowest first. `AT`
//! is the moment until which those began who are concerned; of one session, when it would have ended anyway. `TAG`
//! and `MAC` are made under a key of the ring: nobody reads from a name whom it concerns, or makes one. An entry is
//! written once under every key of the ring, so that the promotion of another key brings nobody back.
//!
//! It stays until the last session it concerns has ended, whatever `FC_SESSION_MAX` was, is or will be: a life that is
//! shortened for a day must bring nobody back.

use std::collections::HashMap;
use std::sync::Arc;

use super::store::SWEEP;
use super::{Key, KeyRing, LIST_MOST, Lifetime, ListAnswer, Save, StoreDown};
use crate::secret::fingerprint;
use crate::time::Timestamp;

/// Seconds before a store that failed is asked for the list again.
const PATIENCE: i64 = 10;
/// Seconds in which one visit of an isolate fetches the list, and the others go on with the one they have.
const CLAIM: i64 = 2;

/// What sessions a revocation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The one with this id, which ends at this moment in any case.
    Session([u8; 16], Timestamp),
    /// Those of one person at one provider.
    Person([u8; 16]),
    /// All of the service.
    Everybody,
}

impl Target {
    /// The session with the id that logs and origins are told: 32 hexadecimal digits.
    pub fn session(sid: &str, now: Timestamp) -> Option<Self> {
        Some(Self::Session(unhex(sid)?, now.plus(Lifetime::LONGEST)))
    }

    /// The person whom `issuer` calls `sub`.
    pub fn person(issuer: &str, sub: &str) -> Self {
        Self::Person(person(issuer, sub))
    }

    /// The kind, the one of its kind, and the moment in its name.
    fn parts(self, now: Timestamp) -> (char, [u8; 16], Timestamp) {
        match self {
            Self::Everybody => ('a', [0; 16], now),
            Self::Person(id) => ('p', id, now),
            Self::Session(id, ends) => ('s', id, ends),
        }
    }
}

fn tags(ring: &KeyRing, kind: char, of: [u8; 16]) -> Vec<[u8; 16]> {
    ring.tags(&[&[format!("tag {kind}").into_bytes(), of.to_vec()].concat()]).collect()
}

/// When no session that such an entry concerns can live any more.
fn over(kind: char, at: Timestamp) -> Timestamp {
    if kind == 's' { at } else { at.plus(Lifetime::LONGEST) }
}

/// What a head says of whom it is about: a hash, which stays under the seal.
pub(super) fn person(issuer: &str, sub: &str) -> [u8; 16] {
    fingerprint(&[issuer.as_bytes(), &[0], sub.as_bytes()].concat())
}

/// The entries that end what `target` names, as far as it has begun. Where nothing of it can still live there are none.
pub fn revoke(ring: &KeyRing, target: Target, now: Timestamp) -> Vec<Save> {
    let (kind, of, at) = target.parts(now);
    let expires_in = over(kind, at).since(now);
    if expires_in <= 0 {
        return Vec::new();
    }
    let names = tags(ring, kind, of).into_iter().enumerate().filter_map(|(key, tag)| {
        let mac = macs(ring, kind, tag, at).nth(key)?;
        let (tag, mac, unix) = (hex(&tag), hex(&mac), at.unix());
        Some(format!("{}{kind}-{tag}-{unix:010x}-{mac}", prefix(ring)))
    });
    names.map(|name| Save::Put { key: Key::named(name), value: b"-".to_vec(), expires_in }).collect()
}

/// What the names of this service's revocations begin with.
pub(crate) fn prefix(ring: &KeyRing) -> String {
    let audience: String = hex(&ring.audience()).chars().take(8).collect();
    format!("revoked-{audience}-")
}

fn macs(ring: &KeyRing, kind: char, tag: [u8; 16], at: Timestamp) -> impl Iterator<Item = [u8; 8]> {
    let parts = [format!("mac {kind}").into_bytes(), tag.to_vec(), at.unix().to_be_bytes().to_vec()];
    ring.tags(&[&parts.concat()]).collect::<Vec<_>>().into_iter()
}

/// Whom a session is of: the person as its provider knows them, and as another one does.
type Persons = [Option<[u8; 16]>; 2];

/// The revocations that are known. Nothing leaves but what is over: a store that forgets brings nobody back.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    everybody: Option<Timestamp>,
    persons: HashMap<[u8; 16], Timestamp>,
    sessions: HashMap<[u8; 16], Timestamp>,
}

/// A name, taken apart.
struct Name {
    kind: char,
    tag: [u8; 16],
    at: Timestamp,
    mac: [u8; 8],
}

impl Name {
    fn parse(name: &str, prefix: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(prefix)?.split('-');
        let (kind, tag, at, mac) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let kind = kind.chars().next().filter(|_| kind.len() == 1)?;
        if parts.next().is_some() || at.len() != 10 || !matches!(kind, 'a' | 'p' | 's') {
            return None;
        }
        let at = Timestamp::from_unix(i64::from_str_radix(at, 16).ok()?);
        Some(Self { kind, tag: unhex(tag)?, at, mac: unhex(mac)? })
    }
}

impl Revocations {
    /// Whether the session is over.
    fn cover(&self, ring: &KeyRing, sid: [u8; 16], persons: Persons, started: Timestamp) -> bool {
        let among = |known: &HashMap<_, Timestamp>, kind, of| {
            let before = |tag| known.get(&tag).is_some_and(|at| started <= *at);
            !known.is_empty() && tags(ring, kind, of).into_iter().any(before)
        };
        self.everybody.is_some_and(|at| started <= at)
            || among(&self.sessions, 's', sid)
            || persons.into_iter().flatten().any(|person| among(&self.persons, 'p', person))
    }

    fn knows(&self, name: &Name) -> bool {
        let known = match name.kind {
            'a' => self.everybody,
            'p' => self.persons.get(&name.tag).copied(),
            _ => self.sessions.get(&name.tag).copied(),
        };
        known.is_some_and(|known| name.at <= known)
    }

    fn add(&mut self, name: &Name) {
        if self.knows(name) {
            return;
        }
        match name.kind {
            'a' => self.everybody = Some(name.at),
            'p' => _ = self.persons.insert(name.tag, name.at),
            _ => _ = self.sessions.insert(name.tag, name.at),
        }
    }

    /// Forgets what is over.
    fn settle(&mut self, now: Timestamp) {
        self.everybody = self.everybody.filter(|at| over('a', *at) > now);
        self.persons.retain(|_, at| over('p', *at) > now);
        self.sessions.retain(|_, at| over('s', *at) > now);
    }

    /// Takes over what another list knows.
    fn merge(&mut self, other: &Self) {
        self.everybody = self.everybody.max(other.everybody);
        for (mine, theirs) in [(&mut self.persons, &other.persons), (&mut self.sessions, &other.sessions)] {
            for (tag, at) in theirs {
                let known = mine.entry(*tag).or_insert(*at);
                *known = (*known).max(*at);
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.persons.len() + self.sessions.len() + usize::from(self.everybody.is_some())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What an isolate knows of one service's revocations, from one visit to the next.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The list, and when the store gave it.
    list: Option<(Arc<Revocations>, Timestamp)>,
    /// When the store failed, if it has not answered since.
    failed: Option<Timestamp>,
    /// When a visit went to fetch the list.
    claimed: Option<Timestamp>,
    /// There is no store.
    absent: bool,
    /// The log has been told that a session key is old.
    told: bool,
}

/// What came of a listing.
pub(crate) struct Listed {
    pub(crate) known: Known,
    /// Entries that are over, to remove; stores without expiry would keep them for ever.
    pub(crate) sweep: Vec<Save>,
    /// The store gave nothing.
    pub(crate) failed: bool,
    /// There are more than one listing returns: some are not known.
    pub(crate) cut: bool,
}

impl Known {
    /// Whether a session is over before its time, as far as is known.
    pub(crate) fn revokes(
        &self,
        ring: &KeyRing,
        sid: [u8; 16],
        persons: Persons,
        started: Timestamp,
    ) -> bool {
        self.list.as_ref().is_some_and(|(list, _)| list.cover(ring, sid, persons, started))
    }

    /// The same knowledge, while a visit is under way to fetch the list.
    #[must_use]
    pub fn claimed(mut self, now: Timestamp) -> Self {
        self.claimed = Some(now);
        self
    }

    /// The same knowledge, and the log is told of an old key; nothing if it has been.
    pub(crate) fn telling(&self) -> Option<Self> {
        (!self.told).then(|| Self { told: true, ..self.clone() })
    }

    /// What two visits learned: the newer list with what only the other knows.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let told = self.told || other.told;
        let (newer, older) = match (&self.list, &other.list) {
            (Some((_, mine)), Some((_, theirs))) if mine > theirs => (self, other),
            (Some(_), None) => (self, other),
            _ => (other, self),
        };
        let mut newer = Self { told, ..newer };
        let Some((older, _)) = older.list else { return newer };
        if let Some((list, _)) = &mut newer.list
            && !Arc::ptr_eq(list, &older)
        {
            Arc::make_mut(list).merge(&older);
        }
        newer
    }

    /// Whether the store is to be asked for the list before a session is believed.
    pub(crate) fn due(&self, freshness: i64, now: Timestamp) -> bool {
        let within =
            |since: Option<Timestamp>, most: i64| since.is_some_and(|at| (0..most).contains(&now.since(at)));
        // While another visit asks, a list that has just ceased to be fresh will do, and no older one.
        let claimed = self.is_fresh(freshness.saturating_add(CLAIM), now) && within(self.claimed, CLAIM);
        !self.is_fresh(freshness, now) && !within(self.failed, PATIENCE) && !claimed
    }

    /// Whether a store gave the list less than `most` seconds ago.
    pub(crate) fn is_fresh(&self, most: i64, now: Timestamp) -> bool {
        self.list.as_ref().is_some_and(|(_, at)| (0..most).contains(&now.since(*at)))
    }

    /// Whether there is no store to ask.
    pub(crate) fn absent(&self) -> bool {
        self.absent
    }

    /// Judges the store's answer. A store may lie: what it lists counts only if a key of ours made it for this service,
    /// and what it no longer lists still counts.
    pub(crate) fn learn(&self, ring: &KeyRing, answer: &ListAnswer) -> Listed {
        let now = answer.now;
        let mut sweep: Vec<Save> = answer.ended.iter().map(|name| Save::Delete(Key::listed(name))).collect();
        let absent = answer.names == Err(StoreDown::Absent);
        let (names, failed) = match &answer.names {
            Ok(names) => (names.as_slice(), false),
            Err(StoreDown::Absent) => ([].as_slice(), false),
            Err(StoreDown::Failed) => {
                let known = Self { failed: Some(now), claimed: None, ..self.clone() };
                return Listed { known, sweep, failed: true, cut: false };
            }
        };
        let mut list = self.list.as_ref().map(|(list, _)| list.as_ref().clone()).unwrap_or_default();
        list.settle(now);
        let prefix = prefix(ring);
        for text in names.iter().take(LIST_MOST) {
            let Some(name) = Name::parse(text, &prefix) else { continue };
            // Also under a key that is gone, or that only the next deployment knows.
            if over(name.kind, name.at) <= now {
                sweep.push(Save::Delete(Key::listed(text)));
            } else if list.knows(&name) || macs(ring, name.kind, name.tag, name.at).any(|mac| mac == name.mac)
            {
                list.add(&name);
            }
        }
        sweep.truncate(SWEEP);
        let known =
            Self { list: Some((Arc::new(list), now)), failed: None, claimed: None, absent, told: self.told };
        Listed { known, sweep, failed, cut: names.len() >= LIST_MOST }
    }

    /// The same knowledge and what has just been revoked: here at once, elsewhere when the store tells.
    #[must_use]
    pub fn revoking(mut self, ring: &KeyRing, saves: &[Save]) -> Self {
        let prefix = prefix(ring);
        // A list that was never read stays due.
        let (list, _) = self.list.get_or_insert_with(|| (Arc::default(), Timestamp::from_unix(i64::MIN)));
        let list = Arc::make_mut(list);
        for name in saves.iter().filter_map(|save| Name::parse(save.key().as_str(), &prefix)) {
            list.add(&name);
        }
        self
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn hex_of(sid: [u8; 16]) -> String {
    hex(&sid)
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != N.checked_mul(2)? || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
