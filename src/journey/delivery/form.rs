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
        // One allocation, which is wiped: one that grows leaves what it held behind. Any character may want an escape.
        let most = 2 * value.len() + name.len() + 64;
        let mut text = String::with_capacity(most);
        match self {
            Self::Value => text.push_str(value),
            Self::Line => text.extend([name, "=", value, "\n"]),
            Self::Patch => {
                text.extend(["{\"stringData\":{\"", &name.to_lowercase(), "\":\""]);
                // JSON (RFC 8259 §7): in printable ASCII these two alone want an escape.
                for c in value.chars() {
                    text.extend(matches!(c, '\\' | '"').then_some('\\'));
                    text.push(c);
                }
                text.push_str("\"}}");
            }
        }
        Secret::new(text)
    }
}
