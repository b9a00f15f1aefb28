//! Decides what can be done in a tab: go somewhere, look, click, fill in, press keys, take a picture.

use super::devtools::Devtools;
use super::watch::{Hop, Tried, Watch};
use super::{PATIENCE, Trouble, text};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// A window as a person has it: width and height in CSS pixels.
const WINDOW: (u32, u32) = (1280, 900);
/// The highest picture that is taken, in CSS pixels.
const PICTURE_HEIGHT: f64 = 4000.0;

/// Where a click or an address led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The address of the page, with all that its query holds.
    pub url: String,
    /// The documents asked for on the way, redirects included; none when the page stayed.
    pub hops: Vec<Hop>,
    /// It loaded to its end and came to rest within the time given.
    pub complete: bool,
}

impl Landing {
    /// The status that the page was answered with.
    pub fn status(&self) -> Option<u16> {
        self.hops.last().and_then(|hop| hop.status)
    }
}

/// A cookie of the tab's context.
#[derive(Debug, Clone)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// The host it is sent to, with a dot before it when to those below as well.
    pub domain: String,
    /// The path below which it is sent.
    pub path: String,
    /// Over https only.
    pub secure: bool,
    /// Out of reach of scripts.
    pub http_only: bool,
    /// `Strict`, `Lax`, `None`, or nothing said.
    pub same_site: Option<String>,
}

/// A key that can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next control.
    Tab,
    /// Presses the control that has the focus.
    Enter,
}

/// One tab, alone in its context; closed and forgotten when dropped.
pub struct Tab {
    devtools: Devtools,
    context: String,
    target: String,
    session: String,
    watch: Arc<Watch>,
}

impl Tab {
    pub(super) async fn new(
        devtools: Devtools,
        context: String,
        any_certificate: bool,
    ) -> Result<Self, Trouble> {
        let about = json!({ "url": "about:blank", "browserContextId": context });
        let target = text(&devtools.call(None, "Target.createTarget", about, PATIENCE).await?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session =
            text(&devtools.call(None, "Target.attachToTarget", attach, PATIENCE).await?, "sessionId")?;
        let watch = Arc::new(Watch::new(&target));
        devtools.follow(&session, watch.clone());
        let tab = Self { devtools, context, target, session, watch };
        let no_downloads = json!({ "behavior": "deny", "browserContextId": tab.context });
        tab.devtools.call(None, "Browser.setDownloadBehavior", no_downloads, PATIENCE).await?;
        for domain in ["Page.enable", "Network.enable", "Runtime.enable", "Inspector.enable"] {
            tab.call(domain, json!({})).await?;
        }
        if any_certificate {
            tab.call("Security.setIgnoreCertificateErrors", json!({ "ignore": true })).await?;
        }
        let (width, height) = WINDOW;
        let window = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        tab.call("Emulation.setDeviceMetricsOverride", window).await?;
        Ok(tab)
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value, Trouble> {
        self.devtools.call(Some(&self.session), method, params, PATIENCE).await
    }

    /// Goes to an address of the web and waits until the page is there and calm, for `limit` at most; a page that came
    /// but never ends loading is stopped, and [`Landing::complete`] says so.
    ///
    /// # Errors
    /// When nothing comes in time, nothing answers, or what comes is no page.
    pub async fn go(&self, url: &str, limit: Duration) -> Result<Landing, Trouble> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Trouble::Refused("not an address of the web".to_owned()));
        }
        let deadline = Instant::now() + limit;
        self.watch.begin(true);
        let gone =
            self.devtools.call(Some(&self.session), "Page.navigate", json!({ "url": url }), limit).await;
        if gone.is_err() {
            self.devtools.tell(Some(&self.session), "Page.stopLoading", &json!({}));
        }
        let gone = gone?;
        if let Some(word) = gone.get("errorText").and_then(Value::as_str) {
            return Err(Trouble::Unreachable(word.to_owned()));
        }
        if gone.get("loaderId").is_none() {
            self.watch.stays();
        }
        self.land(deadline).await
    }

    /// Waits until the page is calm, after something was done in it.
    async fn land(&self, deadline: Instant) -> Result<Landing, Trouble> {
        let complete = self.watch.settle(deadline).await?;
        if !complete {
            self.devtools.tell(Some(&self.session), "Page.stopLoading", &json!({}));
        }
        Ok(Landing { url: self.url().await?, hops: self.watch.hops(), complete })
    }

    /// The address of the page shown.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn url(&self) -> Result<String, Trouble> {
        // Asked of the browser, not of the page, which may be in the middle of a loop.
        let info = json!({ "targetId": self.target });
        let info = self.devtools.call(None, "Target.getTargetInfo", info, PATIENCE).await?;
        info.get("targetInfo").map_or(Err(Trouble::Gone), |info| text(info, "url"))
    }

    /// The value of a JavaScript expression, or what its promise comes to; in a world of its own, so that the page's
    /// scripts cannot bend what is seen of the page.
    ///
    /// # Errors
    /// [`Trouble::Refused`] with what it threw, [`Trouble::Late`] when the page does not let it run.
    pub async fn evaluate(&self, expression: &str, limit: Duration) -> Result<Value, Trouble> {
        let world = json!({ "frameId": self.target, "worldName": "franceconnect-edge" });
        let call = |method, params| self.devtools.call(Some(&self.session), method, params, limit);
        let world = call("Page.createIsolatedWorld", world).await?;
        let expression = json!({
            "expression": expression,
            "contextId": world.get("executionContextId"),
            "returnByValue": true,
            "awaitPromise": true,
            "userGesture": true,
            "timeout": u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
        });
        let mut answer = call("Runtime.evaluate", expression).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let thrown = thrown.pointer("/exception/description").or_else(|| thrown.get("text"));
            let thrown = thrown.and_then(Value::as_str).unwrap_or("an exception");
            return Err(Trouble::Refused(thrown.lines().next().unwrap_or_default().to_owned()));
        }
        Ok(answer.pointer_mut("/result/value").map_or(Value::Null, Value::take))
    }

    /// Clicks the first element that this CSS selector names, and waits for where it leads.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when there is none; see [`Self::go`].
    pub async fn click(&self, selector: &str, limit: Duration) -> Result<Landing, Trouble> {
        let script = format!(
            "(() => {{ const found = document.querySelector({}); if (!found) throw new Error('nothing to click'); \
             found.scrollIntoView({{ block: 'center' }}); found.click() }})()",
            json!(selector)
        );
        self.act(&script, limit).await
    }

    /// Runs a script that may lead elsewhere, and waits for where; one that finds nothing to do throws "nothing to …".
    ///
    /// # Errors
    /// [`Trouble::Refused`] when there was nothing to do; see [`Self::go`].
    pub async fn act(&self, script: &str, limit: Duration) -> Result<Landing, Trouble> {
        let deadline = Instant::now() + limit;
        self.watch.begin(false);
        match self.evaluate(script, limit).await {
            // The page left while the script was still running.
            Ok(_) => {}
            Err(Trouble::Refused(word)) if !word.contains("nothing to ") && !word.contains("selector") => {}
            Err(trouble) => return Err(trouble),
        }
        self.watch.touch();
        self.land(deadline).await
    }

    /// Writes each value into the first field that its CSS selector names, as typing does.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when there is no such field.
    pub async fn fill(&self, values: &[(&str, &str)]) -> Result<(), Trouble> {
        let script = format!(
            "for (const [selector, value] of {}) {{ const field = document.querySelector(selector); \
             if (!field) throw new Error('nothing to fill in: ' + selector); field.focus(); field.value = value; \
             for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }})) }}",
            json!(values)
        );
        self.evaluate(&script, PATIENCE).await.map(drop)
    }

    /// Moves the pointer over the middle of the first element that this CSS selector names.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when there is none.
    pub async fn hover(&self, selector: &str) -> Result<(), Trouble> {
        let script = format!(
            "(() => {{ const found = document.querySelector({}); found.scrollIntoView({{ block: 'center' }}); \
             const box = found.getBoundingClientRect(); \
             return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }} }})()",
            json!(selector)
        );
        let place = self.evaluate(&script, PATIENCE).await?;
        let moved = json!({ "type": "mouseMoved", "x": place.get("x"), "y": place.get("y") });
        self.call("Input.dispatchMouseEvent", moved).await.map(drop)
    }

    /// Moves the pointer out of the way.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn leave(&self) -> Result<(), Trouble> {
        let moved = json!({ "type": "mouseMoved", "x": 0, "y": 0 });
        self.call("Input.dispatchMouseEvent", moved).await.map(drop)
    }

    /// Presses a key and lets it go.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press(&self, key: Key) -> Result<(), Trouble> {
        let (name, code, typed) = match key {
            Key::Tab => ("Tab", 9, ""),
            Key::Enter => ("Enter", 13, "\r"),
        };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code,
                "text": if kind == "keyDown" { typed } else { "" },
            });
            self.call("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// From now on pages are asked for in light or in dark.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn scheme(&self, dark: bool) -> Result<(), Trouble> {
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        self.call("Emulation.setEmulatedMedia", json!({ "features": [scheme] })).await.map(drop)
    }

    /// A picture of the page in PNG, cut where it gets long.
    ///
    /// # Errors
    /// When the browser does not answer in time.
    pub async fn screenshot(&self) -> Result<Vec<u8>, Trouble> {
        let layout = self.call("Page.getLayoutMetrics", json!({})).await?;
        let height =
            layout.pointer("/cssContentSize/height").and_then(Value::as_f64).unwrap_or(PICTURE_HEIGHT);
        let height = height.clamp(f64::from(WINDOW.1), PICTURE_HEIGHT);
        let clip = json!({ "x": 0, "y": 0, "width": WINDOW.0, "height": height, "scale": 1 });
        let picture = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = text(&self.call("Page.captureScreenshot", picture).await?, "data")?;
        STANDARD.decode(picture).map_err(|_| Trouble::Refused("not a picture".to_owned()))
    }

    /// Every cookie of this tab's context, of any host.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn cookies(&self) -> Result<Vec<Cookie>, Trouble> {
        let of = json!({ "browserContextId": self.context });
        let answer = self.devtools.call(None, "Storage.getCookies", of, PATIENCE).await?;
        let cookies = answer.get("cookies").and_then(Value::as_array).into_iter().flatten();
        let flag = |cookie: &Value, name: &str| cookie.get(name).and_then(Value::as_bool).unwrap_or(false);
        cookies
            .map(|cookie| {
                Ok(Cookie {
                    name: text(cookie, "name")?,
                    value: Secret::new(text(cookie, "value")?),
                    domain: text(cookie, "domain")?,
                    path: text(cookie, "path")?,
                    secure: flag(cookie, "secure"),
                    http_only: flag(cookie, "httpOnly"),
                    same_site: text(cookie, "sameSite").ok(),
                })
            })
            .collect()
    }

    /// What pages tried in this tab that no visitor asked for.
    pub fn tried(&self) -> Tried {
        self.watch.tried()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.devtools.dispose(&self.context, &self.session);
    }
}
