//! The tests that need no edge runtime: vectors, rules as data, conversations, the native host.

mod emulator;
mod jose;
mod rooms;
mod support;
