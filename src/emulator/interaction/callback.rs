//! Decides what a service is told in the citizen's browser: code or error, `state` and `iss` (RFC 6749
//! §4.1.2, RFC 9207).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of one callback, in order; a fault may repeat one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Callback(pub(in crate::emulator) Vec<(&'static str, String)>);

impl Callback {
    /// The citizen comes with a code.
    pub(in crate::emulator) fn success(issuer: &str, code: &str, state: &str) -> Self {
        Self::new(vec![("code", code.to_owned())], issuer, state)
    }

    /// The citizen comes with an error, which FranceConnect once leaves without a name.
    pub(in crate::emulator) fn error(issuer: &str, error: &str, description: &str, state: &str) -> Self {
        let told = [("error", error), ("error_description", description)];
        let told = told.into_iter().filter(|(_, value)| !value.is_empty());
        Self::new(told.map(|(name, value)| (name, value.to_owned())).collect(), issuer, state)
    }

    fn new(mut told: Vec<(&'static str, String)>, issuer: &str, state: &str) -> Self {
        if !state.is_empty() {
            told.push(("state", state.to_owned()));
        }
        told.push(("iss", issuer.to_owned()));
        Self(told)
    }

    /// The value of `name`; empty when there is none.
    pub(in crate::emulator) fn get(&self, name: &str) -> String {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Gives every `name` this value.
    pub(in crate::emulator) fn set(&mut self, name: &str, value: &str) {
        for (_, old) in self.0.iter_mut().filter(|(known, _)| *known == name) {
            value.clone_into(old);
        }
    }

    /// Leaves `name` out.
    pub(in crate::emulator) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| *known != name);
    }

    /// Tells `name` a second time.
    pub(in crate::emulator) fn repeat(&mut self, name: &str) {
        let again: Vec<_> = self.0.iter().filter(|(known, _)| *known == name).cloned().collect();
        self.0.extend(again);
    }

    /// The address to redirect to, spaces as `%20`.
    pub(in crate::emulator) fn location(&self, redirect_uri: &str, fragment: bool) -> String {
        let encode = |value: &str| utf8_percent_encode(value, RESERVED).to_string();
        let pairs: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        join(redirect_uri, &pairs.join("&"), fragment)
    }
}

/// The address to redirect to, spaces as `+`, as FranceConnect's own redirect writes them.
pub(in crate::emulator) fn with_plus(callback: &Callback, redirect_uri: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&callback.0).finish();
    join(redirect_uri, &query, false)
}

/// `uri` with `pairs` added to its query (or as its fragment), whatever query it has already.
pub(in crate::emulator) fn join(uri: &str, pairs: &str, fragment: bool) -> String {
    let separator = match (fragment, uri.contains('?')) {
        (true, _) => '#',
        (false, true) => '&',
        (false, false) => '?',
    };
    if pairs.is_empty() { uri.to_owned() } else { format!("{uri}{separator}{pairs}") }
}
