//! Decides how the pages of a service are looked at: in one browser, each for so long and all for so long, beside the
//! logins; a browser that is missing or fails costs the points of the pages, and says why.

use super::driver::Trip;
use super::seen::{self, Outside};
use super::{Finding, browser, page};
use crate::journey::Words;
use std::path::PathBuf;
use std::time::Duration;

/// What a browser is given for one page, and for all.
const A_PAGE: Duration = Duration::from_secs(15);
const PAGES: Duration = Duration::from_secs(60);

/// What was seen of the pages, or why nothing was.
#[derive(Debug)]
pub struct Pages {
    outside: Result<Outside, Words>,
}

impl Pages {
    /// Looks at the service of `trip` in the browser that `program` is.
    pub async fn look(trip: &Trip, program: Option<PathBuf>) -> Self {
        let login = &trip.service().login;
        let looked = async {
            let browser =
                browser::Browser::launch(&program.ok_or_else(browser::Trouble::none_found)?).await?;
            let local = matches!(login.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            let service =
                page::Service { url: login.to_string(), plus: false, public: true, any_certificate: local };
            service.visit(&browser, A_PAGE).await
        };
        let seen = tokio::time::timeout(PAGES, looked).await.unwrap_or(Err(browser::Trouble::Late));
        Self { outside: seen.map_err(|trouble| trouble.words()) }
    }

    /// The verdicts, for a service that is on FranceConnect+ or not, as its logins tell.
    pub fn findings(mut self, plus: bool) -> Vec<Finding> {
        if let Ok(seen) = &mut self.outside {
            seen.plus = plus;
        }
        let inside = Words::new(
            "les pages d’une personne connectée ne sont pas regardées dans un navigateur par cette commande",
            "this command does not look in a browser at the pages of somebody logged in",
        );
        let outside = seen::outside(self.outside.as_ref().map_err(Words::clone));
        outside.into_iter().chain(seen::inside(Err(inside))).collect()
    }
}
