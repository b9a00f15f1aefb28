//! The tests that need no edge runtime: vectors, rules as data, conversations, the native host.

mod jose;
mod rooms;
mod support;
