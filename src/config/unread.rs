//! Finds the services of a document without reading them: an isolate that starts has one visitor, and a thousand services
//! it may never be asked for. What is between the braces of one is read when somebody comes.

use std::ops::Range;

/// Where the parts of a document stand in its text.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) version: Option<Range<usize>>,
    pub(super) defaults: Option<Range<usize>>,
    /// Name, without its quotes, and members of each service.
    pub(super) services: Option<Vec<[Range<usize>; 2]>>,
}

impl Parts {
    /// Finds them; nothing if the text is not an object of just these members, each once.
    pub(super) fn of(document: &str) -> Option<Self> {
        let mut parts = Self::default();
        let mut scan = Scan { bytes: document.as_bytes(), at: 0 };
        scan.members(|scan, name| {
            match document.get(name)? {
                "version" if parts.version.is_none() => parts.version = Some(scan.value()?),
                "defaults" if parts.defaults.is_none() => parts.defaults = Some(scan.value()?),
                "services" if parts.services.is_none() => {
                    let mut services = Vec::new();
                    scan.members(|scan, name| {
                        services.push([name, scan.value()?]);
                        Some(())
                    })?;
                    parts.services = Some(services);
                }
                _ => return None,
            }
            Some(())
        })?;
        scan.peek().is_none().then_some(parts)
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// An object, of which `member` takes each value.
    fn members(&mut self, mut member: impl FnMut(&mut Self, Range<usize>) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            (self.peek()? == b'"').then_some(())?;
            let name = self.text()?;
            self.take(b':')?;
            member(self, name.start + 1..name.end - 1)?;
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
        }
    }

    /// A text with its quotes.
    fn text(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.at += 1;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(start..self.at)
    }

    /// A value, as far as its brackets go.
    fn value(&mut self) -> Option<Range<usize>> {
        self.peek()?;
        let (start, mut depth) = (self.at, 0_usize);
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.text()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b',' | b'}' | b']' if depth == 0 => return Some(start..self.at),
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}
