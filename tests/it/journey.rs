//! The way to FranceConnect: the file a team keeps, and the steps that are paper.

mod dossier;

use franceconnect_edge::journey::dossier::Dossier;

/// The example, as a team would have filled it in.
pub fn example() -> String {
    std::fs::read_to_string("franceconnect.example.toml").unwrap()
}

/// What the example says after some of its text was replaced.
pub fn dossier(changes: &[(&str, &str)]) -> Dossier {
    let mut text = example();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    Dossier::read(&text).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}
