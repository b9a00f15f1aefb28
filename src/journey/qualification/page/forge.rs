//! Decides what is sent to a service in the place of an identity that came from FranceConnect, to see that it is ignored:
//! through the form of the profile, or to its address where it has none; and what the profile shows then.
//!
//! The forged names contain the true ones, and what was accepted is put back: other logins of the same person go on.

use super::inside::Walk;
use super::risk::is_risky;
use super::{Field, Page, Piece};
use crate::journey::qualification::seen::{Forged, Inside, Person, Pivot, pivot};
use serde_json::json;
use url::Url;

/// What no page says by chance.
const MARK: &str = "FORGERIE";
const DATE: &str = "1901-02-03";
const YEAR: &str = "1901";

/// Sends values in a form of the page, or in one made for it, as `form.submit()` does: whatever is read-only or hidden.
const SEND: &str = "\
(([path, action, values]) => {
  const found = path ? document.querySelector(path) : document.createElement('form');
  if (!found) throw new Error('nothing to send');
  const form = Object.assign(found, { target: '' });
  if (!path) document.body.append(Object.assign(form, { method: 'post', action }));
  // A field may be called as what is asked of its form.
  const of = (name) => Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, name).get.call(form);
  if (of('method') !== 'post' || new URL(of('action')).origin !== location.origin) throw new Error('nothing to send');
  const add = (name, value) => found.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  const button = [...of('elements')].find((one) => one.type === 'submit' && one.name);
  if (button) add(button.name, button.value);
  for (const [name, value] of values) {
    for (const one of of('elements')) if (one.name === name) one.disabled = true;
    add(name, value);
  }
  HTMLFormElement.prototype.submit.call(form);
})";

/// A value and what it is called in the request.
type Value = (String, String);

impl Walk<'_> {
    /// Sends other values for the identity, and looks at `profile` again; nothing where nothing could be sent.
    pub(super) async fn forge(&self, profile: &Url, seen: &Inside) -> Option<Forged> {
        let (_, page) = self.look(profile.as_str()).await?;
        let form = form_of(&page, &seen.person);
        let forged = values(&page, form.as_deref(), &seen.person, true);
        let landing = self.send(form.as_deref(), profile, &forged).await?;
        let post = landing.hops.iter().find(|hop| hop.method == "POST")?;
        let to = Url::parse(&post.url).map(|url| url.path().to_owned()).unwrap_or_default();
        let mut told = Forged {
            form: form.is_some(),
            to,
            status: post.status,
            names: forged.iter().map(|(name, _)| name.clone()).collect(),
            shown: Vec::new(),
        };
        // Twice: a message about what was refused shows once, what was kept stays.
        for _ in 0..2 {
            told.shown =
                self.look(profile.as_str()).await.map(|(_, now)| shown(&page, &now)).unwrap_or_default();
            if told.shown.is_empty() {
                return Some(told);
            }
        }
        let true_values = values(&page, form.as_deref(), &seen.person, false);
        // Whether they could be put back or not, it was seen that they could be changed.
        let _ = self.send(form.as_deref(), profile, &true_values).await;
        Some(told)
    }

    async fn send(
        &self,
        form: Option<&str>,
        profile: &Url,
        values: &[Value],
    ) -> Option<super::super::browser::Landing> {
        let script = format!("{SEND}({})", json!([form, profile.as_str(), values]));
        self.tab.act(&script, self.limit).await.ok()
    }
}

/// The form in which somebody changes their data: one with the identity in it, or else with an e-mail address, none of
/// whose buttons does something else.
fn form_of(page: &Page, person: &Person) -> Option<String> {
    let mail = |field: &Field| {
        field.kind == "email" || ["email", "courriel", "mail"].iter().any(|word| field.name.contains(word))
    };
    let fields = || page.fields().filter(|field| !field.form.is_empty() && field.kind != "password");
    let own =
        fields().find(|field| pivot(person, field).is_some()).or_else(|| fields().find(|field| mail(field)));
    let form = &own?.form;
    let risky = page.controls().any(|control| control.form == *form && is_risky(&control.name));
    (!risky).then(|| form.clone())
}

/// What is sent: the claims under FranceConnect's names, and the fields of the form that hold them.
fn values(page: &Page, form: Option<&str>, person: &Person, forged: bool) -> Vec<Value> {
    let of = |pivot: Pivot| {
        let marked = |name: &str| if forged { format!("{name} {MARK}") } else { name.to_owned() };
        match pivot {
            Pivot::Family => marked(&person.family),
            Pivot::Given => marked(&person.given.join(" ")),
            Pivot::Birthdate if forged => DATE.to_owned(),
            Pivot::Birthdate => person.birthdate.clone(),
            Pivot::Other => String::new(),
        }
    };
    let claims =
        [("family_name", Pivot::Family), ("given_name", Pivot::Given), ("birthdate", Pivot::Birthdate)];
    let mut values: Vec<Value> = claims.map(|(name, pivot)| (name.to_owned(), of(pivot))).into();
    for field in page.fields().filter(|field| form == Some(&field.form) && !field.name.is_empty()) {
        let known = values.iter().any(|(name, _)| *name == field.name);
        if let Some(pivot) = pivot(person, field).filter(|pivot| *pivot != Pivot::Other && !known) {
            values.push((field.name.clone(), of(pivot)));
        }
    }
    values
}

/// The forged values that a page shows and did not show before.
fn shown(before: &Page, now: &Page) -> Vec<String> {
    let texts = |page: &Page| -> Vec<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.text.clone(),
            Piece::Control(control) => control.name.clone(),
            Piece::Field(field) => field.value.clone(),
            _ => String::new(),
        };
        page.flow.iter().map(text).collect()
    };
    let forged = |text: &String| text.to_uppercase().contains(MARK) || text.contains(YEAR);
    let known = texts(before);
    let mut shown: Vec<String> =
        texts(now).into_iter().filter(|text| forged(text) && !known.contains(text)).collect();
    shown.dedup();
    shown.truncate(3);
    shown
}
