//! Decides what the keys of a line that does not show mean: characters, corrections, a paste, the end.

use std::mem::take;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Most bytes of a line; its memory is taken at once, so that no copy is left behind where it grows.
pub(super) const MOST: usize = 4096;
/// What a terminal puts around a paste, once it was asked to (xterm, bracketed paste).
const PASTE: (&[u8], &[u8]) = (b"[200~", b"[201~");

/// How a line ended.
#[derive(Debug)]
pub(super) enum End {
    /// With Enter; and whether all of it was one paste.
    Line(Secret, bool),
    /// With Ctrl-C or Ctrl-\.
    Interrupt,
    /// With Ctrl-D on an empty line.
    Leave,
    /// It is longer than any secret, or no UTF-8.
    Odd,
}

/// A line as it is typed.
pub(super) struct Typing {
    line: Zeroizing<Vec<u8>>,
    /// An escape sequence under way, without its escape.
    sequence: Option<Vec<u8>>,
    pasting: bool,
    /// Whether a key was pressed that was no paste.
    by_hand: bool,
    odd: bool,
}

impl Typing {
    pub(super) fn new() -> Self {
        let line = Zeroizing::new(Vec::with_capacity(MOST));
        Self { line, sequence: None, pasting: false, by_hand: false, odd: false }
    }

    /// Takes one byte; answers how the line ended if it did.
    pub(super) fn take(&mut self, byte: u8) -> Option<End> {
        if let Some(sequence) = &mut self.sequence {
            sequence.push(byte);
            self.escape();
            return None;
        }
        match byte {
            0x1b => self.sequence = Some(Vec::new()),
            // Inside a paste an end of line is a character like others: what was pasted is judged as a whole.
            _ if self.pasting => self.push(byte),
            b'\r' | b'\n' => return Some(self.end()),
            0x03 | 0x1c => return Some(End::Interrupt),
            0x04 if self.line.is_empty() => return Some(End::Leave),
            0x04 => return Some(self.end()),
            0x08 | 0x7f => self.back(),
            // Ctrl-U and Ctrl-W: from the beginning, since nobody sees how far a word goes.
            0x15 | 0x17 => self.line.clear(),
            byte if byte.is_ascii_control() => {}
            byte => {
                self.by_hand = true;
                self.push(byte);
            }
        }
        None
    }

    fn push(&mut self, byte: u8) {
        if self.line.len() < MOST {
            self.line.push(byte);
        } else {
            self.odd = true;
        }
    }

    /// Removes a character, which may have several bytes.
    fn back(&mut self) {
        self.by_hand = true;
        while self.line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
    }

    /// What a sequence says, once it is whole: a paste begins or ends; arrows and the like do nothing.
    fn escape(&mut self) {
        let Some(sequence) = &self.sequence else { return };
        let whole = match sequence.as_slice() {
            [b'[' | b'O'] => false,
            [b'[', .., last] => (0x40..=0x7e).contains(last),
            _ => true,
        };
        if whole || sequence.len() > 16 {
            match sequence.as_slice() {
                start if start == PASTE.0 => self.pasting = true,
                end if end == PASTE.1 => self.pasting = false,
                _ => {}
            }
            self.sequence = None;
        }
    }

    fn end(&mut self) -> End {
        let pasted = !self.by_hand && !self.line.is_empty();
        // The allocation moves, so that nothing is copied.
        match String::from_utf8(take(&mut *self.line)) {
            Ok(line) if !self.odd => End::Line(Secret::new(line), pasted),
            Ok(line) => {
                drop(Secret::new(line));
                End::Odd
            }
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                End::Odd
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How `keys` end, and what is left of them.
    fn typed(keys: &[u8]) -> (String, bool) {
        let mut typing = Typing::new();
        let end = keys.iter().find_map(|key| typing.take(*key));
        match end {
            Some(End::Line(line, pasted)) => (line.expose().to_owned(), pasted),
            other => (format!("{other:?}"), false),
        }
    }

    #[test]
    fn keys_mean_what_they_mean_on_a_line_that_shows() {
        let long = [b'a'; MOST + 1];
        for (keys, line, pasted) in [
            (&b"abc\r"[..], "abc", false),
            (b"abx\x7fc\n", "abc", false),
            ("aé\x7fbc\r".as_bytes(), "abc", false),
            (b"\x7fa\r", "a", false),
            (b"wrong\x15abc\r", "abc", false),
            (b"wrong\x17abc\r", "abc", false),
            (b"a\x1b[D\x1bOCb\tc\x1a\r", "abc", false),
            (b"a\x1b[1;5Cbc\x04", "abc", false),
            (b"\x1b[200~abc\x1b[201~\r", "abc", true),
            (b"\x1b[200~Votre secret :\nabc\n\x1b[201~\r", "Votre secret :\nabc\n", true),
            (b"\x1b[200~a\x03b\x1b[201~\r", "a\x03b", true),
            (b"\x1b[200~ab\x1b[201~c\r", "abc", false),
            (b"\x1b[200~abd\x1b[201~\x7fc\r", "abc", false),
            (b"\r", "", false),
            (b"ab\x03", "Some(Interrupt)", false),
            (b"ab\x1c", "Some(Interrupt)", false),
            (b"\x04", "Some(Leave)", false),
            (b"\xff\r", "Some(Odd)", false),
            (&[&long[..], b"\r"].concat(), "Some(Odd)", false),
            (b"abc", "None", false),
        ] {
            assert_eq!(typed(keys), (line.to_owned(), pasted), "{}", keys.escape_ascii());
        }
    }

    #[test]
    fn the_line_never_moves_while_it_grows() {
        let mut typing = Typing::new();
        let before = typing.line.as_ptr();
        for _ in 0..MOST + 100 {
            typing.take(b'a');
        }
        assert_eq!(typing.line.as_ptr(), before, "a copy would stay behind");
    }
}
