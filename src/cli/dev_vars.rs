//! Decides how `.dev.vars` is read: as wrangler's dotenv reads it, except that what cannot be read is
//! reported instead of skipped.

use std::io;
use std::path::Path;

/// One variable of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) line: usize,
}

/// What a file holds, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct DevVars {
    pub(super) settings: Vec<Setting>,
    /// Lines that set nothing and are no comment.
    pub(super) unreadable: Vec<usize>,
}

impl DevVars {
    /// Reads the file at `path`; a file that is not there holds nothing.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self::parse(&text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn parse(text: &str) -> Self {
        let mut vars = Self::default();
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut line = 1;
        while !rest.is_empty() {
            let (here, next) = rest.split_once('\n').unwrap_or((rest, ""));
            let mut after = next;
            let statement = here.trim_start();
            let statement = statement.strip_prefix("export ").unwrap_or(statement);
            match statement.split_once('=') {
                Some((name, value)) if is_name(name.trim()) => {
                    let name = name.trim().to_owned();
                    // A quoted value may go on over the next lines; `value` ends where `here` ends.
                    let start = here.len() - value.len();
                    match rest.get(start..).and_then(quoted) {
                        Some((value, remainder)) => {
                            after = remainder.split_once('\n').map_or("", |(_, after)| after);
                            vars.settings.push(Setting { name, value, line });
                        }
                        None => vars.settings.push(Setting { name, value: bare(value), line }),
                    }
                }
                _ if statement.trim().is_empty() || statement.starts_with('#') => {}
                _ => vars.unreadable.push(line),
            }
            let consumed = rest.get(..rest.len() - after.len()).unwrap_or(rest);
            line += consumed.matches('\n').count();
            rest = after;
        }
        vars
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'.' | b'-'))
}

/// A value in quotes, and what follows the closing one: a comment or nothing, or else the quotes are part of a value
/// without quotes, as in `"{"keys":[]}"`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'))?;
    let inside = text.get(1..)?;
    let escaped = |at: usize| inside.get(..at).is_some_and(|before| before.ends_with('\\'));
    let end = inside.match_indices(quote).map(|(at, _)| at).find(|at| !escaped(*at))?;
    let (value, rest) = (inside.get(..end)?, inside.get(end + 1..)?);
    let line = rest.lines().next().unwrap_or_default().trim_start();
    (line.is_empty() || line.starts_with('#')).then(|| (unescape(quote, value), rest))
}

/// Double quotes know `\n` and `\r`.
fn unescape(quote: char, value: &str) -> String {
    if quote == '"' { value.replace("\\n", "\n").replace("\\r", "\r") } else { value.to_owned() }
}

/// A value without quotes, or with quotes inside its quotes, ends at a `#`.
fn bare(value: &str) -> String {
    let value = value.split('#').next().unwrap_or_default().trim();
    for quote in ['"', '\'', '`'] {
        let inside = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside {
            return unescape(quote, inside);
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_dotenv_reads_them() {
        let text = "\u{feff}# comment\n\
                    A=plain # comment\n\
                    export B = 'single # kept' # comment\n\
                    C=\"two\nlines\"\n\
                    D=`it's`\r\n\
                    E=\n\
                    F=a=b\n\
                    nonsense\n\
                    J='{\"keys\":[{\"kty\":\"EC\"}]}' # a JSON value, best in single quotes\n\
                    K={\"keys\":[{\"kty\":\"EC\"}]}\n\
                    L=\"{\"keys\":[{\"kty\":\"EC\"}]}\"\n\
                    M='it' 's'\n\
                    N='it\\'s'\n\
                    G=\"open\n\
                    A=last";
        let vars = DevVars::parse(text);
        // Of several, the last counts, as in dotenv.
        let get = |name| {
            let setting = vars.settings.iter().rev().find(|setting| setting.name == name);
            setting.map_or("<absent>", |setting| setting.value.as_str())
        };
        assert_eq!(get("A"), "last");
        assert_eq!(get("B"), "single # kept");
        assert_eq!(get("C"), "two\nlines");
        assert_eq!(get("D"), "it's");
        assert_eq!(get("E"), "");
        assert_eq!(get("F"), "a=b");
        assert_eq!(get("G"), "\"open");
        assert_eq!(get("H"), "<absent>");
        assert_eq!(get("J"), r#"{"keys":[{"kty":"EC"}]}"#);
        assert_eq!(get("K"), get("J"));
        assert_eq!(get("L"), get("J"));
        assert_eq!(get("M"), "it' 's");
        assert_eq!(get("N"), "it\\'s");
        assert_eq!(vars.unreadable, [9]);
        let lines: Vec<_> = vars.settings.iter().map(|setting| setting.line).collect();
        assert_eq!(lines, [2, 3, 4, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16]);
    }
}
