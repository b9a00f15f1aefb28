//! Decides how the citizen comes back from a logout when something goes wrong there.

faults! {
    /// How the citizen comes back from a logout.
    Logout, "logout", Logout;
    ErrorPage = "error_page", Succeeds, "an error page instead of the return",
        "une page d’erreur au lieu du retour";
    Unavailable = "unavailable", Succeeds, "503 instead of the return", "503 au lieu du retour";
    StateOther = "other_state", Succeeds, "the return carries another `state`",
        "le retour porte un autre `state`";
    StateMissing = "no_state", Succeeds, "the return carries no `state`", "le retour ne porte pas de `state`";
    StateTwice = "state_twice", Succeeds, "the return carries `state` twice",
        "le retour porte `state` deux fois";
    StateHostile = "state_hostile", Succeeds, "the return carries markup as `state`",
        "le retour porte des balises comme `state`";
    Error = "error", Succeeds, "the return carries an `error`", "le retour porte une `error`";
    Code = "code", Succeeds, "the return carries a `code`", "le retour porte un `code`";
    StateHuge = "state_huge", Succeeds, "the return carries a `state` of 100 kB",
        "le retour porte un `state` de 100 ko";
}

impl Logout {
    /// The parameters that the citizen brings back instead of `state`.
    pub(in crate::emulator) fn told(self, state: Option<&str>, random: &str) -> Vec<(&'static str, String)> {
        let honest = state.map(|state| ("state", state.to_owned()));
        match self {
            Self::ErrorPage | Self::Unavailable => honest.into_iter().collect(),
            Self::StateOther => vec![("state", random.to_owned())],
            Self::StateMissing => Vec::new(),
            Self::StateTwice => honest.clone().into_iter().chain(honest).collect(),
            Self::StateHostile => vec![("state", "\"><script>alert(1)</script>\r\n".to_owned())],
            Self::Code => honest.into_iter().chain([("code", random.to_owned())]).collect(),
            Self::StateHuge => vec![("state", "s".repeat(100 * 1024))],
            Self::Error => honest.into_iter().chain([("error", "server_error".to_owned())]).collect(),
        }
    }
}
