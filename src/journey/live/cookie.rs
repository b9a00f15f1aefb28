//! Decides how a `Set-Cookie` is read (RFC 6265bis §5.6), and which cookies are the hosting's and not the service's.

/// A cookie as it was set.
#[derive(Debug)]
pub(super) struct Cookie<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    attributes: Vec<(String, &'a str)>,
}

/// Set by what stands in front of a service, as it likes.
const HOSTING: [&str; 7] =
    ["__cf_bm", "_cfuvid", "cf_clearance", "__cflb", "AWSALB", "AWSALBCORS", "incap_ses"];

impl<'a> Cookie<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let attributes = parts.map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim().to_ascii_lowercase(), value.trim())
        });
        Some(Self { name: name.trim(), value: value.trim(), attributes: attributes.collect() })
    }

    /// The value of an attribute named in lower case; of several the last counts.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// Whether it is set in order to be forgotten.
    pub(super) fn removes(&self) -> bool {
        let over = self.attribute("max-age").is_some_and(|age| age == "0" || age.starts_with('-'));
        self.value.is_empty() || self.value == "\"\"" || over
    }

    /// Whether scripts have to read it: a token against forged requests, sent back in a header.
    pub(super) fn is_for_scripts(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.contains("xsrf") || name.contains("csrf")
    }

    pub(super) fn is_hosting(&self) -> bool {
        HOSTING.iter().any(|known| self.name.starts_with(known))
    }
}
