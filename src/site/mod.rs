//! What the gate serves: path rules, files with the headers a browser expects, and what is passed on to an origin.

mod access;
mod file;
mod forward;
mod hygiene;
mod media_type;
mod path;
mod return_path;
mod rules;
mod spelling;

pub use access::{Access, Exceptions, Rules};
pub use file::{FileAnswer, FileMeta, SiteFile};
pub use forward::{Forward, Passage, Upstream, value_bytes, value_text};
pub use media_type::media_type;
pub use path::{PathRefused, SitePath};
pub use return_path::ReturnPath;
pub use rules::{Demand, Protected, RuleFault};
