//! Decides in which language the program talks, and that a closed terminal never stops it.

use std::fmt::Display;
use std::io::{self, Write};

/// The language of messages at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Lang {
    Fr,
    En,
}

impl Lang {
    /// English where the machine's locale says so, else French. Looked up in the order of POSIX, which
    /// gives `LC_ALL` the first word.
    pub(super) fn of_machine(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable);
        let english = locale.find(|value| !value.is_empty()).is_some_and(|value| value.starts_with("en"));
        if english { Self::En } else { Self::Fr }
    }

    /// The word of this language.
    pub(super) fn pick<T>(self, fr: T, en: T) -> T {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// One line for whoever reads the results.
    pub(super) fn say(self, fr: impl Display, en: impl Display) {
        match self {
            Self::Fr => line(&mut io::stdout(), fr),
            Self::En => line(&mut io::stdout(), en),
        }
    }

    /// One line for whoever started the program.
    pub(super) fn warn(self, fr: impl Display, en: impl Display) {
        match self {
            Self::Fr => line(&mut io::stderr(), fr),
            Self::En => line(&mut io::stderr(), en),
        }
    }
}

/// One line that is the same in both languages.
pub(super) fn print(text: impl Display) {
    line(&mut io::stdout(), text);
}

/// `println!` panics when the reader has gone; a server does not stop for that.
fn line(to: &mut impl Write, text: impl Display) {
    let _ = writeln!(to, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let of = |set: &'static [(&str, &str)]| {
            Lang::of_machine(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[]), Lang::Fr);
        assert_eq!(of(&[("LANG", "C.UTF-8")]), Lang::Fr);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "fr_FR.UTF-8")]), Lang::Fr);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "")]), Lang::En);
    }
}
