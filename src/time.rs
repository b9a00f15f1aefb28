//! Decides what a moment is: whole seconds since 1970, read by a host, never by the core itself.

/// A moment in whole seconds since 1970-01-01T00:00:00Z (`NumericDate` of RFC 7519 §2 without fractions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after 1970; negative before it.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// This moment and `seconds` more, stopping at the end of time rather than overflowing.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Timestamp {
    /// The beginning of a day written `2026-11-25` (RFC 3339 §5.6), from 1970 to 9999.
    pub fn of_day(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i64>().ok()).flatten()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() || year < 1970 || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let at = Self(days(year, month, day).saturating_mul(DAY));
        // The thirty-first of a shorter month is another day.
        (at.day() == text).then_some(at)
    }

    /// The day in universal time, written `2026-11-25`.
    pub fn day(self) -> String {
        let days = self.0.div_euclid(DAY);
        // A year of 365.2425 days on average: near enough to begin with, and never too late.
        let mut year = 1970 + days.saturating_mul(400).div_euclid(146_097) - 1;
        while days >= self::days(year + 1, 1, 1) {
            year += 1;
        }
        let mut month = 1;
        while month < 12 && days >= self::days(year, month + 1, 1) {
            month += 1;
        }
        format!("{year:04}-{month:02}-{:02}", days - self::days(year, month, 1) + 1)
    }
}

/// The months as French people write them.
pub const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March end with the day that comes and goes.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap + (month * 153 + 2).div_euclid(5) + day - 1 - 719_468
}
