//! What FranceConnect adds to OpenID Connect: environments, scopes, claims, eIDAS levels, identity, its
//! error words, the button.

mod acr;
mod birthdate;
mod button;
mod environment;
mod error;
mod identity;
mod product;
mod scope;

pub use acr::{Level, Reached};
pub use birthdate::BirthDate;
pub use button::button;
pub use environment::Environment;
pub use error::{ERRORS, callback_error};
pub use identity::{Identity, Label};
pub use product::Product;
pub use scope::{ScopeFault, Scopes};
