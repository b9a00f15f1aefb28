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
