//! Decides what is seen of a page: its texts, controls, fields and pictures in the order of the document, with the looks
//! that the points need. A test writes one by hand.

mod banner;
mod forge;
mod inside;
mod keyboard;
mod login;
mod risk;
mod visit;

pub use inside::inside;
pub use keyboard::Keyboard;
pub use visit::Service;

use super::browser::{Tab, Trouble};
use serde::Deserialize;
use std::time::Duration;

/// Reads a page into a [`Page`]; it runs in a world of its own and changes nothing.
const READ: &str = include_str!("read.js");

/// A page as its visitors have it; nothing hidden is in it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// The title of its document.
    pub title: String,
    /// The language it says it is in.
    pub lang: String,
    /// It stands inside another page.
    pub framed: bool,
    /// What is on it, in the order of the document.
    pub flow: Vec<Piece>,
    /// The way of the FranceConnect button under the pointer.
    #[serde(skip)]
    pub hovered: Option<Style>,
    /// That of the same button on a dark page.
    #[serde(skip)]
    pub dark: Option<Style>,
    /// The way of the keyboard to it.
    #[serde(skip)]
    pub keyboard: Option<Keyboard>,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Piece {
    /// A run of text between two other things or two blocks.
    Text(Text),
    /// Something to press or follow.
    Control(Box<Control>),
    /// Something to fill in.
    Field(Field),
    /// A picture that is not part of a control.
    Picture(Picture),
    /// A page in the page.
    Frame {
        /// Its address.
        source: String,
        /// Its title.
        title: String,
    },
}

/// A run of text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Text {
    /// The text, blanks made one.
    pub text: String,
    /// The level of the heading it belongs to.
    pub heading: Option<u8>,
    /// `header`, `nav`, `main`, `footer`.
    pub place: String,
    /// `label` for what names a value: `dt`, `th`, `label`, `legend`.
    pub cell: String,
    /// Its contrast with what is behind it, from 1 to 21, where that is one colour.
    pub contrast: Option<f64>,
    /// It is large as RGAA 3.2 counts: 24 px, or 18.5 px in bold.
    pub large: bool,
}

/// A button or a link.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Control {
    /// `button`, `a`, `input`.
    pub element: String,
    /// A CSS selector that leads to it.
    pub path: String,
    /// Its accessible name.
    pub name: String,
    /// Its visible text.
    pub text: String,
    /// Its classes.
    pub classes: Vec<String>,
    /// The classes of what it stands in, nearest first.
    pub groups: Vec<String>,
    /// The elements in it.
    pub parts: Vec<Part>,
    /// `header`, `nav`, `main`, `footer`.
    pub place: String,
    /// Where a link leads.
    pub href: Option<String>,
    /// A CSS selector that leads to the form that it sends; empty when it sends none.
    pub form: String,
    /// The window it opens in: its own or its form's `target`.
    pub target: String,
    /// The `rel` of a link.
    pub rel: String,
    /// Its `title`.
    pub title: String,
    /// Its own script opens a window.
    pub opens: bool,
    /// It cannot be pressed.
    pub disabled: bool,
    /// The address of the picture in it or behind it.
    pub picture: String,
    /// Where it is on the page.
    pub frame: Frame,
    /// Part of its content is cut away.
    pub clipped: bool,
    /// How it looks.
    pub style: Style,
    /// Its place in the order of the keyboard: 0 as in the document, below 0 out of reach, above 0 before all others.
    pub tab: i32,
    /// The eye sees when it has the focus; looked at for FranceConnect's button only.
    pub marked: bool,
}

/// An element in a control.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Its name, such as `span`.
    pub element: String,
    /// Its classes.
    pub classes: Vec<String>,
    /// Its text.
    pub text: String,
    /// Its fonts.
    pub font: String,
}

/// A place on a page, in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// How a control looks, as computed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Style {
    /// The colour of the text: `rgb(255, 255, 255)`.
    pub color: String,
    /// The colour behind it.
    pub background: String,
    /// The fonts.
    pub font: String,
    /// The size of the text, in CSS pixels.
    pub size: f64,
    /// `none`, or what is done to its colours.
    pub filter: String,
    /// From 0 to 1.
    pub opacity: f64,
    /// `none`, or how it is turned and stretched.
    pub transform: String,
    /// How it is scaled.
    pub zoom: f64,
    /// The contrast of text and background, where that is one colour.
    pub contrast: Option<f64>,
}

/// A field of a form.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Its type: `text`, `password`, `select-one`.
    pub kind: String,
    /// Its name, or its id.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What is in it.
    pub value: String,
    /// What explains it (`aria-describedby`).
    pub hint: String,
    /// It cannot be changed.
    pub locked: bool,
    /// A CSS selector that leads to it.
    pub path: String,
    /// One that leads to its form; empty when it is in none.
    pub form: String,
    /// Its place in the order of the keyboard.
    pub tab: i32,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Picture {
    /// Its address.
    pub source: String,
    /// What it is called for those who do not see it.
    pub name: String,
    /// It has such a name, or says that it needs none.
    pub named: bool,
}

impl Page {
    /// What the tab shows.
    ///
    /// # Errors
    /// When the page does not let itself be read in time.
    pub async fn read(tab: &Tab, limit: Duration) -> Result<Self, Trouble> {
        let seen = tab.evaluate(READ, limit).await?;
        serde_json::from_value(seen)
            .map_err(|error| Trouble::Refused(format!("the page cannot be read: {error}")))
    }

    /// The same, with the looks of FranceConnect's button under the pointer and in the dark.
    ///
    /// # Errors
    /// When the page does not let itself be read in time.
    pub async fn read_closely(tab: &Tab, limit: Duration) -> Result<Self, Trouble> {
        let mut page = Self::read(tab, limit).await?;
        let Some(path) = page.button().map(|button| button.path.clone()) else { return Ok(page) };
        let style = |page: &Self| page.button().map(|button| button.style.clone());
        // Colours may fade from one to the next.
        const FADING: Duration = Duration::from_millis(350);
        tab.hover(&path).await?;
        tokio::time::sleep(FADING).await;
        page.hovered = style(&Self::read(tab, limit).await?);
        tab.leave().await?;
        tab.scheme(true).await?;
        tokio::time::sleep(FADING).await;
        page.dark = style(&Self::read(tab, limit).await?);
        tab.scheme(false).await?;
        Ok(page)
    }

    /// Its controls, in order.
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        self.flow.iter().filter_map(|piece| match piece {
            Piece::Control(control) => Some(&**control),
            _ => None,
        })
    }

    /// Its fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.flow.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            _ => None,
        })
    }

    /// The button that logs in with FranceConnect: the official one, or what stands in its place.
    pub fn button(&self) -> Option<&Control> {
        let homemade = |control: &&Control| control.starts_login();
        self.controls().find(|control| control.is_official()).or_else(|| self.controls().find(homemade))
    }
}

impl Control {
    /// It has this class.
    pub fn has_class(&self, class: &str) -> bool {
        self.classes.iter().any(|own| own == class)
    }

    /// The component of the State's design system.
    pub fn is_official(&self) -> bool {
        self.has_class("fr-connect")
    }

    /// It seems to log in with FranceConnect: it names it or shows its picture, and is not about something else.
    pub fn starts_login(&self) -> bool {
        let name = plain(&self.name).to_lowercase();
        let picture = self.picture.to_lowercase();
        let about =
            ["qu'est-ce", "what is", "sans france", "without france", "en savoir", "plus d'informations"];
        let outside = self.href.as_deref().is_some_and(|href| href.contains("//franceconnect.gouv.fr"));
        let named = name.replace(' ', "").contains("franceconnect");
        let words = ["identif", "connect", "connex", "contin", "log in", "login", "sign in", "utiliser"];
        let asks = words.iter().any(|word| name.replace("franceconnect", "").contains(word));
        let pictured = picture.replace(['-', '_', ' '], "").contains("franceconnect");
        self.is_official()
            || !outside
                && !about.iter().any(|word| name.contains(word))
                && (named && (asks || self.element != "a") || pictured)
    }
}

/// Text with straight apostrophes and plain blanks, as it is compared.
pub fn plain(text: &str) -> String {
    let straight = text.replace(['’', 'ʼ'], "'");
    straight.split_whitespace().collect::<Vec<_>>().join(" ")
}
