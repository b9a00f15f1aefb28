//! Decides what is done about a banner that lies over the FranceConnect button: what a visitor does, who refuses it.

use super::super::browser::{Tab, Trouble};
use super::{Page, plain};
use serde_json::json;
use std::time::Duration;

/// What takes a banner away, the refusals first.
const WORDS: [&str; 14] = [
    "tout refuser",
    "continuer sans accepter",
    "refuser",
    "reject all",
    "decline",
    "je refuse",
    "tout accepter",
    "accepter",
    "j'accepte",
    "accept",
    "j'ai compris",
    "ok",
    "fermer",
    "close",
];

/// Takes away what covers the button, if anything does and lets itself be taken away.
///
/// # Errors
/// When the page does not let itself be looked at in time.
pub(super) async fn dismiss(tab: &Tab, limit: Duration) -> Result<(), Trouble> {
    let page = Page::read(tab, limit).await?;
    let Some(button) = page.button() else { return Ok(()) };
    let script = format!(
        "(() => {{ const found = document.querySelector({}); if (!found) return false; \
         found.scrollIntoView({{ block: 'center' }}); const box = found.getBoundingClientRect(); \
         const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
         return !!top && !found.contains(top) && !top.contains(found) }})()",
        json!(button.path)
    );
    if tab.evaluate(&script, limit).await? != json!(true) {
        return Ok(());
    }
    let named = |word: &str| {
        page.controls().find(|control| {
            let name = plain(&control.name).to_lowercase();
            !control.starts_login() && control.path != button.path && name.starts_with(word)
        })
    };
    if let Some(control) = WORDS.iter().find_map(|word| named(word)) {
        tab.click(&control.path, limit).await?;
    }
    Ok(())
}
