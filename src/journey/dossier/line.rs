//! Decides how an answer is written into the file: as one line, every other line left as the team wrote it.

use super::{Field, Kind};

/// `text` with the value of `field` in it: in the place of the line that names it, whose remark stays, else at the end of
/// its table, else in a new table.
pub fn filled(text: &str, field: Field, value: &str) -> String {
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let filled = with_line(text, field, &format!("{} = {}", field.name, toml(field.kind, value)));
    filled.lines().collect::<Vec<_>>().join(end_of_line) + end_of_line
}

fn with_line(text: &str, field: Field, line: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let is_head = |line: &String| line.trim_start().starts_with('[');
    let head = format!("[{}]", field.table);
    let Some(start) = lines.iter().position(|line| line.split('#').next().unwrap_or_default().trim() == head)
    else {
        return appended(text, &format!("{head}\n{line}"));
    };
    let after = start.saturating_add(1);
    let end = lines.iter().skip(after).position(is_head).map_or(lines.len(), |length| after + length);
    let named = |line: &String| line.split_once('=').is_some_and(|(name, _)| name.trim() == field.name);
    match lines.iter().take(end).skip(after).position(named) {
        Some(at) => {
            if let Some(old) = lines.get_mut(after + at) {
                *old = format!("{line}{}", remark(old));
            }
        }
        None => {
            // Blank lines and comments before the next table belong to it.
            let filled = |line: &String| !(line.trim().is_empty() || line.trim_start().starts_with('#'));
            let last = lines.iter().take(end).rposition(filled).unwrap_or(start);
            lines.insert(last.saturating_add(1), line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

/// What stands behind the empty value of a line.
fn remark(line: &str) -> &str {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim_start());
    let behind = ["\"\"", "''", "[]", "false"].iter().find_map(|empty| value.strip_prefix(empty));
    behind.filter(|rest| rest.trim_start().starts_with('#')).map_or("", str::trim_end)
}

/// `text` that asks for `scope`, too.
pub fn with_data(text: &str, scope: &str, purpose: &str) -> String {
    appended(text, &format!("[[data]]\nscope = {}\npurpose = {}", quoted(scope), quoted(purpose)))
}

/// `text` with a block of its own behind it.
fn appended(text: &str, block: &str) -> String {
    let before = text.trim_end();
    let gap = if before.is_empty() { "" } else { "\n\n" };
    format!("{before}{gap}{block}\n")
}

/// A value as TOML writes it.
fn toml(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Tick | Kind::Count | Kind::Day => value.to_owned(),
        Kind::List | Kind::Networks => {
            let words: Vec<String> = value.split_whitespace().map(quoted).collect();
            format!("[{}]", words.join(", "))
        }
        _ => quoted(value),
    }
}

/// A string in quotes (TOML 1.0, basic strings).
fn quoted(value: &str) -> String {
    let mut quoted = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
