//! Decides how the keyboard gets to the FranceConnect button: by pressing Tab as a person does, from the top of the page,
//! until it is reached and left again.

use super::super::browser::{Key, Tab, Trouble};
use super::Page;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Most times that the key is pressed.
const PRESSES: usize = 150;
/// Presses that may stay at one control: a date has a stop for its day, its month and its year, a film more.
const STAYS: usize = 12;
/// Outlines and shadows may fade in.
const FADING: Duration = Duration::from_millis(200);

/// Where the focus is, and how the button looks.
const FOCUS: &str = "\
((path) => {
  const button = document.querySelector(path);
  let at = document.activeElement;
  const place = [...document.querySelectorAll('*')].indexOf(at);
  let inner = '';
  while (at?.shadowRoot?.activeElement) {
    inner += '/' + [...at.shadowRoot.querySelectorAll('*')].indexOf(at.shadowRoot.activeElement);
    at = at.shadowRoot.activeElement;
  }
  const none = !at || at === document.body || at === document.documentElement;
  const s = button && getComputedStyle(button);
  return {
    at: none ? '' : place + inner, button: !!button && at === button, frame: !!at?.matches('iframe, frame, object, embed'),
    name: none ? '' : (at.innerText || at.name || at.id || at.localName || '').replace(/\\s+/gu, ' ').trim().slice(0, 80),
    look: s ? [s.outlineStyle === 'none' ? '' : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor,
      s.backgroundColor, s.color, s.textDecorationLine].join() : '',
  };
})";

/// What became of the focus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyboard {
    /// It came to the button.
    pub reached: bool,
    /// The eye sees it there.
    pub marked: bool,
    /// What it does not leave again.
    pub stuck: Option<String>,
}

#[derive(Deserialize)]
struct Focus {
    at: String,
    button: bool,
    frame: bool,
    name: String,
    look: String,
}

/// Presses Tab until the button of this page, which the tab shows, was reached and left, or the focus comes round; nothing is said of a
/// page that has more controls than that.
///
/// # Errors
/// When the page does not let itself be looked at in time.
pub(super) async fn walk(tab: &Tab, page: &Page, limit: Duration) -> Result<Option<Keyboard>, Trouble> {
    let Some(path) = page.button().map(|button| &button.path) else { return Ok(None) };
    // Where there is nothing else, the focus has nowhere else to go.
    if page.controls().count() + page.fields().count() < 2 {
        return Ok(None);
    }
    let focus = async || {
        let seen = tab.evaluate(&format!("{FOCUS}({})", json!(path)), limit).await?;
        serde_json::from_value::<Focus>(seen).map_err(|error| Trouble::Refused(error.to_string()))
    };
    let mut way = Keyboard::default();
    let mut look = String::new();
    let (mut first, mut last, mut stays) = (None, String::new(), 0);
    for _ in 0..PRESSES {
        tab.press(Key::Tab).await?;
        let mut now = focus().await?;
        if way.reached && !now.button {
            way.marked = now.look != look;
            return Ok(Some(way));
        }
        if now.button && !way.reached {
            tokio::time::sleep(FADING).await;
            now = focus().await?;
            way.reached = now.button;
            look = now.look;
        } else if !now.button && first.as_ref() == Some(&now.at) && now.at != last {
            return Ok(Some(way));
        }
        stays = if now.at == last { stays + 1 } else { 0 };
        if stays == STAYS {
            way.stuck = (!now.at.is_empty() && !now.frame).then_some(now.name);
            return Ok(Some(way).filter(|way| way.stuck.is_some() || !way.reached && now.at.is_empty()));
        }
        first = first.or_else(|| Some(now.at.clone()).filter(|at| !at.is_empty()));
        last = now.at;
    }
    Ok(None)
}
