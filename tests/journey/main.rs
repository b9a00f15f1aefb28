//! What the internal acceptance sees of a service with a real browser: an installed Chromium, which must be there.

// A test that meets what it does not expect fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod browser;
mod entered;
mod faulty;
mod inventory;
mod party;
mod report;
mod sample;
mod support;
mod unusual;
