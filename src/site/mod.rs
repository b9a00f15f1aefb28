//! What the gate serves: path rules, and files with the headers a browser expects.

mod file;
mod media_type;
mod path;
mod return_path;
mod rules;

pub use file::{FileAnswer, FileMeta, SiteFile};
pub use media_type::media_type;
pub use path::{PathRefused, SitePath};
pub use return_path::ReturnPath;
pub use rules::{Demand, Protected, RuleFault};
