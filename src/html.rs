//! Decides how text becomes markup: escaped, always. A page is built from [`Html`] values only.

/// Markup that is safe to send: literals of the program, and escaped text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Markup written in this program. `'static` keeps visitors' text out of it.
    pub fn literal(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Text, escaped for element content and for quoted attributes.
    pub fn text(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                // Control characters are invalid in HTML; U+FFFD shows that something was there.
                c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
                c => out.push(c),
            }
        }
        Self(out)
    }

    /// Adds `more` at the end.
    pub fn push(&mut self, more: &Html) {
        self.0.push_str(&more.0);
    }

    /// The markup as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup as the bytes of a body.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.push(&part);
        }
        all
    }
}

/// Values that may stand in a template's `{}`.
pub trait ToHtml {
    /// The value as markup, escaped unless it is markup already.
    fn to_html(&self) -> Html;
}

impl ToHtml for Html {
    fn to_html(&self) -> Html {
        self.clone()
    }
}

impl ToHtml for str {
    fn to_html(&self) -> Html {
        Html::text(self)
    }
}

impl ToHtml for String {
    fn to_html(&self) -> Html {
        Html::text(self)
    }
}

impl<T: ToHtml + ?Sized> ToHtml for &T {
    fn to_html(&self) -> Html {
        (**self).to_html()
    }
}

/// Fills each `{}` of a literal template with the next value, escaping text.
///
/// The template is a `'static` literal of the program; a missing value leaves its `{}` empty.
pub fn fill(template: &'static str, values: &[&dyn ToHtml]) -> Html {
    let mut pieces = template.split("{}");
    let mut out = String::from(pieces.next().unwrap_or_default());
    let mut values = values.iter();
    for piece in pieces {
        if let Some(value) = values.next() {
            out.push_str(value.to_html().as_str());
        }
        out.push_str(piece);
    }
    Html(out)
}
