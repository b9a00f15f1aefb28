//! What is wrong with a configuration, in words for people. No value of a variable is ever repeated.

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variable it is about.
    pub variable: &'static str,
    /// Whether the variable is simply not there: on some hosts secrets cannot be seen beforehand.
    pub missing: bool,
    /// What is wrong and what to do, in French.
    pub fr: String,
    /// The same in English.
    pub en: String,
}

/// Everything that is wrong, in the order of the table of variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault, once: a variable of two registrations, or a list, may have the same one again.
    pub(super) fn add(&mut self, variable: &'static str, fr: impl Into<String>, en: impl Into<String>) {
        let fault = Fault { variable, missing: false, fr: fr.into(), en: en.into() };
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// Notes that a variable without a default is not set.
    pub(super) fn missing(&mut self, variable: &'static str) {
        self.0.push(Fault {
            variable,
            missing: true,
            fr: "n’est pas renseignée.".to_owned(),
            en: "is not set.".to_owned(),
        });
    }

    /// Notes those of a part.
    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The faults.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same faults in the order of the table.
    pub(super) fn sorted(self) -> Self {
        let mut sorted = Vec::with_capacity(self.0.len());
        for name in super::variables::NAMES {
            sorted.extend(self.0.iter().filter(|fault| fault.variable == *name).cloned());
        }
        Self(sorted)
    }
}
