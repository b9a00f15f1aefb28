//! The FranceConnect button: the State design system's markup and wording, which may not be changed.

use crate::html::{Html, ToHtml, fill};

/// The button in a form that starts a login and comes back to `return_to`; `login` is our login route.
///
/// The wording is French for every visitor: it may be translated, and FranceConnect's own asset is French.
pub fn button(login: &str, return_to: &str) -> Html {
    let values: [&dyn ToHtml; 2] = [&login, &return_to];
    fill(
        r#"<form action="{}" method="get">
<input type="hidden" name="return_to" value="{}">
<div class="fr-connect-group" lang="fr">
<button class="fr-connect" type="submit">
<span class="fr-connect__login">S’identifier avec</span>
<span class="fr-connect__brand">FranceConnect</span>
</button>
<p><a href="https://franceconnect.gouv.fr/" target="_blank" rel="noopener" title="Qu’est-ce que FranceConnect ? - nouvelle fenêtre">Qu’est-ce que FranceConnect ?</a></p>
</div>
</form>"#,
        &values,
    )
}
