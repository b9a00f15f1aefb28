//! Which sessions are over before their time: revocations, each an entry of the store that is found by its name.
//!
//! KV has no compare-and-swap: of two who change one list at once, one is lost, and a session would come back. So each
//! revocation is an entry of its own, never changed, and the list is what the store lists under a prefix:
//!
//! ```text
//! revoked-AUDIENCE-KIND-TAG-BEFORE-MAC
//! ```
//!
//! `KIND` is `a` (all), `p` (a person) or `s` (a session), so that a listing that is cut loses the narrowest first. `TAG`
//! and `MAC` are made under a key of the ring: nobody reads from a name whom it concerns, or makes one. An entry is
//! written once under every key of the ring, so that the promotion of another key brings nobody back.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Key, KeyRing, LIST_MOST, Lifetime, ListAnswer, Save, StoreDown};
use crate::secret::fingerprint;
use crate::time::Timestamp;

/// Seconds before a store that failed is asked for the list again.
const PATIENCE: i64 = 10;
/// Seconds in which one visit of an isolate fetches the list, and the others go on with the one they have.
const CLAIM: i64 = 2;
/// Longest life a session can have, which bounds what a key that is gone may have written.
const LONGEST: i64 = 604_800;
/// Most obsolete entries that one visit removes.
const SWEEP: usize = 16;

/// What sessions a revocation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The one with this id.
    Session([u8; 16]),
    /// Those of one person at one provider.
    Person([u8; 16]),
    /// All of the service.
    Everybody,
}

impl Target {
    /// The session with the id that logs and origins are told: 32 hexadecimal digits.
    pub fn session(sid: &str) -> Option<Self> {
        unhex(sid).map(Self::Session)
    }

    /// The person whom `issuer` calls `sub`.
    pub fn person(issuer: &str, sub: &str) -> Self {
        Self::Person(person(issuer, sub))
    }

    fn kind(self) -> char {
        match self {
            Self::Everybody => 'a',
            Self::Person(_) => 'p',
            Self::Session(_) => 's',
        }
    }

    fn tags(self, ring: &KeyRing) -> impl Iterator<Item = [u8; 16]> {
        let of = match self {
            Self::Everybody => [0; 16],
            Self::Person(id) | Self::Session(id) => id,
        };
        let parts = [format!("tag {}", self.kind()).into_bytes(), of.to_vec()].concat();
        ring.tags(&[&parts]).collect::<Vec<_>>().into_iter()
    }
}

/// What a head says of whom it is about: a hash, which stays under the seal.
pub(super) fn person(issuer: &str, sub: &str) -> [u8; 16] {
    fingerprint(&[issuer.as_bytes(), &[0], sub.as_bytes()].concat())
}

/// The entries that end what `target` names, as far as it began at `before` or earlier. Where nothing that began then
/// can still live there are none.
pub fn revoke(
    ring: &KeyRing,
    life: Lifetime,
    target: Target,
    before: Timestamp,
    now: Timestamp,
) -> Vec<Save> {
    // A moment to come would end logins that nobody has made yet.
    let before = before.min(now).max(Timestamp::from_unix(0));
    let expires_in = before.plus(life.absolute).since(now);
    if expires_in <= 0 {
        return Vec::new();
    }
    let kind = target.kind();
    let names = target.tags(ring).enumerate().filter_map(|(key, tag)| {
        let mac = macs(ring, kind, tag, before).nth(key)?;
        let (tag, mac, unix) = (hex(&tag), hex(&mac), before.unix());
        Some(format!("{}{kind}-{tag}-{unix:010x}-{mac}", prefix(ring)))
    });
    names.map(|name| Save::Put { key: Key::named(name), value: b"-".to_vec(), expires_in }).collect()
}

/// What the names of this service's revocations begin with.
pub(crate) fn prefix(ring: &KeyRing) -> String {
    let audience: String = hex(&ring.audience()).chars().take(8).collect();
    format!("revoked-{audience}-")
}

fn macs(ring: &KeyRing, kind: char, tag: [u8; 16], before: Timestamp) -> impl Iterator<Item = [u8; 8]> {
    let parts = [format!("mac {kind}").into_bytes(), tag.to_vec(), before.unix().to_be_bytes().to_vec()];
    ring.tags(&[&parts.concat()]).collect::<Vec<_>>().into_iter()
}

/// The revocations that are known. Nothing leaves but what is obsolete: a store that forgets brings nobody back.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    everybody: Option<Timestamp>,
    others: HashMap<[u8; 16], Timestamp>,
}

/// A name, taken apart.
struct Name {
    kind: char,
    tag: [u8; 16],
    before: Timestamp,
    mac: [u8; 8],
}

impl Name {
    fn parse(name: &str, prefix: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(prefix)?.split('-');
        let (kind, tag, before, mac) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let kind = kind.chars().next().filter(|_| kind.len() == 1)?;
        if parts.next().is_some() || before.len() != 10 || !matches!(kind, 'a' | 'p' | 's') {
            return None;
        }
        let before = Timestamp::from_unix(i64::from_str_radix(before, 16).ok()?);
        Some(Self { kind, tag: unhex(tag)?, before, mac: unhex(mac)? })
    }
}

impl Revocations {
    /// Whether the session is over.
    fn cover(&self, ring: &KeyRing, sid: [u8; 16], person: [u8; 16], started: Timestamp) -> bool {
        let before = |tag| self.others.get(&tag).is_some_and(|before| started <= *before);
        self.everybody.is_some_and(|before| started <= before)
            || (!self.others.is_empty()
                && (Target::Session(sid).tags(ring).any(before)
                    || Target::Person(person).tags(ring).any(before)))
    }

    fn knows(&self, name: &Name) -> bool {
        let known = if name.kind == 'a' { self.everybody } else { self.others.get(&name.tag).copied() };
        known.is_some_and(|known| name.before <= known)
    }

    fn add(&mut self, name: &Name) {
        if self.knows(name) {
            return;
        }
        if name.kind == 'a' {
            self.everybody = Some(name.before);
        } else {
            self.others.insert(name.tag, name.before);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.others.len().saturating_add(usize::from(self.everybody.is_some()))
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
}

/// What came of a listing.
pub(crate) struct Listed {
    pub(crate) known: Known,
    /// Obsolete entries to remove; stores without expiry would keep them for ever.
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
        person: [u8; 16],
        started: Timestamp,
    ) -> bool {
        self.list.as_ref().is_some_and(|(list, _)| list.cover(ring, sid, person, started))
    }

    /// The same knowledge, while a visit is under way to fetch the list.
    #[must_use]
    pub fn claimed(mut self, now: Timestamp) -> Self {
        self.claimed = Some(now);
        self
    }

    /// What two visits learned: the newer list with what only the other knows.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (newer, older) = match (&self.list, &other.list) {
            (Some((_, mine)), Some((_, theirs))) if mine > theirs => (self, other),
            (Some(_), None) => (self, other),
            _ => (other, self),
        };
        let Some((older, _)) = older.list else { return newer };
        let mut newer = newer;
        if let Some((list, _)) = &mut newer.list
            && !Arc::ptr_eq(list, &older)
        {
            let list = Arc::make_mut(list);
            list.everybody = list.everybody.max(older.everybody);
            for (tag, before) in &older.others {
                let known = list.others.entry(*tag).or_insert(*before);
                *known = (*known).max(*before);
            }
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
    pub(crate) fn learn(&self, ring: &KeyRing, life: Lifetime, answer: &ListAnswer) -> Listed {
        let now = answer.now;
        let absent = answer.names == Err(StoreDown::Absent);
        let (names, failed) = match &answer.names {
            Ok(names) => (names.as_slice(), false),
            Err(StoreDown::Absent) => ([].as_slice(), false),
            Err(StoreDown::Failed) => {
                let known = Self { failed: Some(now), claimed: None, ..self.clone() };
                return Listed { known, sweep: Vec::new(), failed: true, cut: false };
            }
        };
        let mut list = self.list.as_ref().map(|(list, _)| list.as_ref().clone()).unwrap_or_default();
        let obsolete = |before: Timestamp, life: i64| before.plus(life) <= now;
        list.everybody = list.everybody.filter(|before| !obsolete(*before, life.absolute));
        list.others.retain(|_, before| !obsolete(*before, life.absolute));
        let (prefix, mut sweep) = (prefix(ring), Vec::new());
        for text in names.iter().take(LIST_MOST) {
            let Some(name) = Name::parse(text, &prefix) else { continue };
            let ours =
                list.knows(&name) || macs(ring, name.kind, name.tag, name.before).any(|mac| mac == name.mac);
            if obsolete(name.before, if ours { life.absolute } else { LONGEST }) {
                sweep.push(Save::Delete(Key::named(text.clone())));
            } else if ours {
                list.add(&name);
            }
        }
        sweep.truncate(SWEEP);
        let known = Self { list: Some((Arc::new(list), now)), failed: None, claimed: None, absent };
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
