//! Decides in which form a secret is written on the standard input of the program that keeps it.

use crate::secret::Secret;

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Alone, without an end of line: many programs would keep that, too.
    Value,
    /// A line `NAME=value`, as `--from-env-file` and its like read it.
    Line,
    /// A patch of a Secret of Kubernetes, which leaves its other keys alone.
    Patch,
}

impl Form {
    /// What is written for the variable `name`.
    pub fn of(self, name: &str, secret: &Secret) -> Secret {
        let value = secret.expose();
        match self {
            Self::Value => secret.clone(),
            Self::Line => Secret::new(format!("{name}={value}\n")),
            Self::Patch => {
                // JSON (RFC 8259 §7): in printable ASCII these two alone want an escape.
                let value = Secret::new(value.replace('\\', "\\\\").replace('"', "\\\""));
                Secret::new(format!(
                    "{{\"stringData\":{{\"{}\":\"{}\"}}}}",
                    name.to_lowercase(),
                    value.expose()
                ))
            }
        }
    }
}
