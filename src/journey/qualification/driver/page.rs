//! Decides what a page says and what it offers to do: its words as a person reads them, its links, its forms.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// Most controls that are read of a page.
const CONTROLS: usize = 2000;
/// Most bytes of fields and addresses that the buttons of a page are given in all: each has those of its form, and a page
/// made for it would turn thousands of both into gigabytes.
const GIVEN: usize = 8 * 1024 * 1024;
/// Most scripts of a page that are remembered.
const SCRIPTS: usize = 20;

/// A page as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The words of `title`.
    pub title: String,
    /// The words of the body, blanks run together.
    pub text: String,
    /// What can be followed or sent, in the order of the page.
    pub controls: Vec<Control>,
    /// The addresses of its scripts, as written.
    pub scripts: Vec<String>,
    /// Whether it has any script.
    pub scripted: bool,
    /// Where it leads by itself within a second.
    pub refresh: Option<String>,
    /// Buttons of no form whose script leads elsewhere.
    pub pressed: usize,
}

/// A link, or a button of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Control {
    /// What it is called: its text, its `title`, `aria-label`, `value` and what its pictures say.
    pub words: String,
    /// The value of `class`.
    pub class: String,
    /// Its address as written; empty where the page names none.
    pub target: String,
    /// Whether the form is posted.
    pub post: bool,
    /// The fields that are sent; none of a link.
    pub fields: Vec<(String, String)>,
    /// Whether it is a button of a form.
    pub form: bool,
}

#[derive(Default)]
struct Form {
    target: String,
    post: bool,
    fields: Vec<(String, String)>,
    /// Where its buttons are among the controls.
    buttons: Vec<usize>,
    words: String,
}

#[derive(Default)]
struct Reader {
    page: Page,
    form: Option<Form>,
    /// The link or button whose words are being read.
    open: Option<usize>,
    /// The element whose content nobody sees.
    unseen: Option<&'static str>,
    in_title: bool,
    /// How much of [`GIVEN`] is used up.
    given: usize,
}

/// Elements whose content is not read by anybody; a `template` among them.
const UNSEEN: [&str; 4] = ["script", "style", "template", "noscript"];

impl Page {
    /// Reads a document, whatever it is made of.
    pub fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        // Scripts and styles are text for a browser, and must not begin tags.
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
            match token {
                Token::StartTag(tag) => reader.start(&tag),
                Token::EndTag(tag) => reader.end(&String::from_utf8_lossy(&tag.name)),
                Token::String(text) => reader.words(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        reader.close_form();
        let mut page = reader.page;
        page.title = squeezed(&page.title);
        page.text = squeezed(&page.text);
        for control in &mut page.controls {
            control.words = squeezed(&control.words);
        }
        page
    }

    /// What is said in data that a page's script would show: every name and value of JSON.
    pub fn of_data(kind: &str, body: &str) -> Self {
        fn say(value: &serde_json::Value, text: &mut String) {
            use serde_json::Value::{Array, Object, String};
            match value {
                Object(members) => members.iter().for_each(|(name, value)| {
                    text.push_str(name);
                    text.push(' ');
                    say(value, text);
                }),
                Array(values) => values.iter().for_each(|value| say(value, text)),
                String(said) => {
                    text.push_str(said);
                    text.push(' ');
                }
                other => text.push_str(&format!("{other} ")),
            }
        }
        let mut page = Self::default();
        if let Some(data) = serde_json::from_str(body).ok().filter(|_| kind.contains("json")) {
            say(&data, &mut page.text);
        } else if kind.contains("json") {
            body.clone_into(&mut page.text);
        }
        page
    }

    /// The form that has all these fields, by its first button.
    pub fn form_with(&self, names: &[&str]) -> Option<&Control> {
        let has = |control: &&Control| {
            names.iter().all(|name| control.fields.iter().any(|(known, _)| known == name))
        };
        self.controls.iter().filter(|control| control.form).find(has)
    }
}

impl Control {
    /// The control with this field set to `value`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Reader {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        if name == "script" {
            self.page.scripted = true;
            self.page.scripts.extend(attribute(tag, "src").filter(|_| self.page.scripts.len() < SCRIPTS));
        }
        if self.unseen.is_none() {
            self.unseen = UNSEEN.into_iter().find(|unseen| *unseen == name && !tag.self_closing);
        }
        if self.unseen.is_some() {
            return;
        }
        let of = |name: &str| attribute(tag, name);
        match name.as_str() {
            "title" => self.in_title = true,
            "a" | "area" if of("href").is_some() => self.open_control(tag, of("href"), false),
            "form" => {
                self.close_form();
                let post = of("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                self.form = Some(Form { target: of("action").unwrap_or_default(), post, ..Form::default() });
            }
            "meta" if of("http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case("refresh")) => {
                self.page.refresh = of("content").as_deref().and_then(at_once);
            }
            "button" if self.form.is_none() => {
                let script = of("onclick").unwrap_or_default();
                self.page.pressed += usize::from(script.contains("location") || script.contains("history"));
            }
            "button" => match of("type").as_deref() {
                None | Some("submit" | "") => self.open_control(tag, None, true),
                _ => {}
            },
            "input" => self.input(tag),
            "img" | "svg" => {
                let said = of("alt").or_else(|| of("aria-label")).unwrap_or_default();
                self.words(&format!(" {said} "));
            }
            // A block ends a word.
            _ => self.page.text.push(' '),
        }
    }

    fn input(&mut self, tag: &StartTag<()>) {
        let of = |name: &str| attribute(tag, name);
        let (kind, value) = (of("type").unwrap_or_default(), of("value"));
        match kind.to_ascii_lowercase().as_str() {
            "submit" | "image" => {
                self.open_control(tag, None, true);
                self.words(&format!(" {} ", value.or_else(|| of("alt")).unwrap_or_default()));
                self.open = None;
            }
            "button" | "reset" | "file" => {}
            "checkbox" | "radio" if of("checked").is_none() => {}
            _ => {
                let name = of("name").filter(|name| !name.is_empty());
                if let (Some(form), Some(name)) = (&mut self.form, name) {
                    form.fields.push((name, value.unwrap_or_default()));
                }
            }
        }
    }

    fn open_control(&mut self, tag: &StartTag<()>, href: Option<String>, form: bool) {
        if self.page.controls.len() >= CONTROLS {
            return;
        }
        let of = |name: &str| attribute(tag, name);
        let named = [of("title"), of("aria-label")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let mut control =
            Control { words: named, class: of("class").unwrap_or_default(), form, ..Control::default() };
        control.target = href.or_else(|| of("formaction")).unwrap_or_default();
        if let Some(name) = of("name").filter(|_| form) {
            control.fields.push((name, of("value").unwrap_or_default()));
        }
        let at = self.page.controls.len();
        self.page.controls.push(control);
        match &mut self.form {
            Some(inside) if form => inside.buttons.push(at),
            // Without a form a button does nothing by itself.
            None if form => drop(self.page.controls.pop()),
            _ => {}
        }
        self.open = (self.page.controls.len() > at).then_some(at);
        self.words(" ");
    }

    fn end(&mut self, name: &str) {
        match self.unseen {
            Some(unseen) if unseen == name => self.unseen = None,
            Some(_) => return,
            None => {}
        }
        match name {
            "title" => self.in_title = false,
            "a" | "button" => self.open = None,
            "form" => self.close_form(),
            _ => {}
        }
        if !matches!(name, "b" | "i" | "em" | "strong" | "span" | "wbr") {
            self.page.text.push(' ');
        }
    }

    /// Gives the fields of a form to each of its buttons; a form without one can be sent all the same.
    fn close_form(&mut self) {
        let Some(form) = self.form.take() else { return };
        let mut buttons = form.buttons;
        if buttons.is_empty() {
            buttons.push(self.page.controls.len());
            self.page.controls.push(Control { words: form.words, form: true, ..Control::default() });
        }
        let fields = form.fields.iter().map(|field| size_of_val(field) + field.0.len() + field.1.len());
        let size = form.target.len() + fields.sum::<usize>();
        for at in buttons {
            self.given = self.given.saturating_add(size);
            if self.given > GIVEN {
                break;
            }
            if let Some(control) = self.page.controls.get_mut(at) {
                control.post = form.post;
                if control.target.is_empty() {
                    control.target.clone_from(&form.target);
                }
                control.fields.splice(..0, form.fields.iter().cloned());
            }
        }
    }

    fn words(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        if self.in_title {
            self.page.title.push_str(text);
            return;
        }
        self.page.text.push_str(text);
        if let Some(form) = &mut self.form {
            form.words.push_str(text);
        }
        if let Some(control) = self.open.and_then(|at| self.page.controls.get_mut(at)) {
            control.words.push_str(text);
        }
    }
}

/// The address of a refresh that a person does not see happen: one that waits is a page to be read.
fn at_once(content: &str) -> Option<String> {
    let (delay, rest) = content.split_once([';', ','])?;
    let soon = delay.trim().parse::<f64>().is_ok_and(|seconds| seconds <= 1.0);
    let (name, address) = rest.split_once('=')?;
    let address = address.trim().trim_matches(['\'', '"']);
    (soon && name.trim().eq_ignore_ascii_case("url") && !address.is_empty()).then(|| address.to_owned())
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// One blank in the place of any.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_links_and_forms_are_read_as_a_person_sees_them() {
        let page = Page::read(
            "<!doctype html><title>Un &amp; deux</title><style>a{}</style><script>'<a href=x>'</script>\
             <script src=/a.js></script><p>Bonjour <strong>Angela</strong></p><a href='/aide' title='Aide'>?</a>\
             <form action=/entrer method=POST><input type=hidden name=jeton value=1><input type=checkbox name=non>\
             <button class=fr-connect name=par value=fc><span>S’identifier avec</span> <span>FranceConnect</span></button>\
             <input type=submit value=Autre></form>",
        );
        assert_eq!((page.title.as_str(), &page.scripts[..]), ("Un & deux", &["/a.js".to_owned()][..]));
        assert!(page.text.starts_with("Bonjour Angela"), "{}", page.text);
        let [link, button, other] = &page.controls[..] else { panic!("{:?}", page.controls) };
        assert_eq!((link.words.as_str(), link.target.as_str(), link.form), ("Aide ?", "/aide", false));
        assert_eq!(button.words, "S’identifier avec FranceConnect");
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(button.fields, [field("jeton", "1"), field("par", "fc")]);
        assert!(button.post && button.target == "/entrer" && button.class == "fr-connect");
        assert_eq!((other.words.as_str(), other.fields.len()), ("Autre", 1));
    }

    #[test]
    fn a_page_that_leads_on_by_itself_is_told_from_one_to_be_read() {
        let refresh =
            |content: &str| Page::read(&format!("<meta http-equiv=Refresh content=\"{content}\">")).refresh;
        assert_eq!(refresh("0; URL='/suite'").as_deref(), Some("/suite"));
        assert_eq!(
            [refresh("5;url=/suite"), refresh("0"), refresh("0;url="), refresh("x;url=/")],
            [const { None }; 4]
        );
        assert_eq!(
            Page::read("<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>").refresh,
            None
        );
        assert_eq!(
            Page::read("<button onclick='history.back()'>Retour</button><button>Rien</button>").pressed,
            1
        );
    }

    #[test]
    fn a_page_of_many_fields_and_buttons_stays_within_bounds() {
        let (fields, buttons) = ("<input name=a>".repeat(15_000), "<button>".repeat(1500));
        let page = Page::read(&format!("<form>{fields}{buttons}</form>"));
        let given: Vec<usize> = page.controls.iter().map(|control| control.fields.len()).collect();
        assert_eq!((given.len(), given[0]), (1500, 15_000), "an honest button has every field");
        assert!(given.iter().sum::<usize>() < 200_000, "{}", given.iter().sum::<usize>());
    }

    #[test]
    fn no_document_is_too_odd_to_read() {
        for odd in
            ["", "<", "<form><form><button>", "<a href", "</form></a><input type=submit>", "\0<a\0href=\0>"]
        {
            Page::read(odd);
        }
    }
}
