//! Drives real logins of a service through the emulator, over HTTP: the same pages and forms as a browser without
//! scripts. What was seen is data; nothing is judged here.

mod claims;
mod inspector;
mod jar;
mod leaks;
mod leave;
mod login;
mod page;
mod replay;
mod service;
mod told;
mod visitor;

pub(super) use inspector::Inspector;
pub use login::Ground;
pub(super) use login::Stopped;
pub use page::{Control, Page};
pub(in crate::journey) use service::button;
pub(super) use service::folded;
pub use service::{Service, Trip};
pub use visitor::{Bounds, Trouble, client};
