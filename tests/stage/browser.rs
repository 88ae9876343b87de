//! Real browsers: one driver for the run, one fresh profile for each browser.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::error::{WebDriverError, WebDriverErrorInner};
use thirtyfour::{DesiredCapabilities, LoggingPrefsLogLevel, WebDriver, WebElement};
use tokio::time::sleep;

use crate::{GLANCE, PATIENCE, driver, scratch, target};

/// Nothing here may phone home, and a window in the background is as lively as one in front.
const FLAGS: [&str; 17] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-search-engine-choice-screen",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
];

/// What a person's screen is like.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// Whether the person prefers dark colours.
    pub is_dark: bool,
    /// Whether it is a phone: touch, and the page as wide as the screen.
    pub is_phone: bool,
}

impl Screen {
    /// A laptop.
    pub const DESKTOP: Self = Self {
        size: (1280, 800),
        is_dark: false,
        is_phone: false,
    };
    /// A phone.
    pub const PHONE: Self = Self {
        size: (390, 844),
        is_dark: false,
        is_phone: true,
    };
    /// The narrowest screen that must work (WCAG 1.4.10).
    pub const NARROW: Self = Self {
        size: (320, 568),
        is_dark: false,
        is_phone: true,
    };

    /// The same in the dark.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            is_dark: true,
            ..self
        }
    }
}

/// A browser of one person.
#[derive(Clone)]
pub struct Browser {
    /// Whose.
    pub name: String,
    driver: WebDriver,
}

/// The browser and what must go when it goes.
pub struct Opened {
    /// The browser.
    pub browser: Browser,
    _profile: TempDir,
}

impl Opened {
    /// Starts a browser with a profile of its own, and flags besides ours.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn new(name: &str, screen: Screen, flags: &[String]) -> Result<Self> {
        let profile = tempfile::Builder::new()
            .prefix("bellhop-profile-")
            .tempdir_in(scratch())?;
        let mut capabilities = DesiredCapabilities::chrome();
        let path = driver::chromium()?;
        capabilities.set_binary(path.to_str().context("a path that is not UTF-8")?)?;
        // The last of two of one name counts.
        for flag in FLAGS.into_iter().chain(flags.iter().map(String::as_str)) {
            capabilities.add_arg(flag)?;
        }
        let (width, height) = screen.size;
        capabilities.add_arg(&format!("--window-size={width},{height}"))?;
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(driver::address()?, capabilities).await?;
        let browser = Browser {
            name: name.to_owned(),
            driver,
        };
        browser.shows(screen).await?;
        Ok(Self {
            browser,
            _profile: profile,
        })
    }

    /// Closes it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn quit(self) -> Result<()> {
        Ok(self.browser.driver.quit().await?)
    }
}

fn is_stale(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::StaleElementReference(_)
    )
}

impl Browser {
    /// Makes the screen of the open tab so.
    ///
    /// # Errors
    /// When the browser does not obey.
    pub async fn shows(&self, screen: Screen) -> Result<()> {
        let (width, height) = screen.size;
        let scheme = if screen.is_dark { "dark" } else { "light" };
        let metrics = json!({
            "width": width, "height": height, "mobile": screen.is_phone, "deviceScaleFactor": 1,
        });
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]});
        let touch = json!({ "enabled": screen.is_phone });
        self.commands("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        self.commands("Emulation.setEmulatedMedia", features)
            .await?;
        self.commands("Emulation.setTouchEmulationEnabled", touch)
            .await
    }

    /// A command of the DevTools protocol.
    ///
    /// # Errors
    /// When the browser does not obey.
    pub async fn commands(&self, method: &str, parameters: Value) -> Result<()> {
        self.driver.cdp().send_raw(method, parameters).await?;
        Ok(())
    }

    /// Goes to an address and waits until the document is there.
    ///
    /// # Errors
    /// When it is not.
    pub async fn goes(&self, url: &str) -> Result<()> {
        self.driver
            .goto(url)
            .await
            .with_context(|| format!("{} goes to {url}", self.name))
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When it does not load.
    pub async fn reloads(&self) -> Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The driver itself, for what only one journey needs.
    #[must_use]
    pub const fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Runs a script in the frame that is looked at and returns its value.
    ///
    /// # Errors
    /// When it throws.
    pub async fn runs<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let value = self.driver.execute(script, arguments.to_vec()).await?;
        Ok(value.convert()?)
    }

    /// The element that a script returns.
    ///
    /// # Errors
    /// When it returns none.
    pub async fn element(&self, script: &str) -> Result<WebElement> {
        Ok(self.driver.execute(script, Vec::new()).await?.element()?)
    }

    /// Waits until a script returns something: neither `null` nor `false`.
    ///
    /// # Errors
    /// When it does not in time; says what the page shows instead.
    pub async fn until<T: DeserializeOwned>(
        &self,
        what: &str,
        script: &str,
        arguments: &[Value],
    ) -> Result<T> {
        self.until_within(PATIENCE, what, script, arguments).await
    }

    /// The same with a limit of one's own.
    ///
    /// # Errors
    /// When it does not in time; says what the page shows instead.
    pub async fn until_within<T: DeserializeOwned>(
        &self,
        limit: Duration,
        what: &str,
        script: &str,
        arguments: &[Value],
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            let value: Result<Value> = self.runs(script, arguments).await;
            match value {
                Ok(Value::Null | Value::Bool(false)) => (),
                Ok(value) => return Ok(serde_json::from_value(value)?),
                Err(error) if start.elapsed() >= limit => {
                    return Err(error.context(what.to_owned()));
                }
                // The page is on its way from one document to the next.
                Err(_) => (),
            }
            if start.elapsed() >= limit {
                let shown: String = self
                    .runs("return document.body.innerText", &[])
                    .await
                    .unwrap_or_default();
                bail!("{} waited for: {what}\nthe page shows:\n{shown}", self.name);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until an element is to be seen.
    ///
    /// # Errors
    /// When it is not in time.
    pub async fn sees(&self, selector: &str) -> Result<()> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .some((element) => element.checkVisibility())";
        self.until(selector, script, &[json!(selector)])
            .await
            .map(|_: bool| ())
    }

    /// Waits until no such element is to be seen.
    ///
    /// # Errors
    /// When one still is.
    pub async fn sees_no(&self, selector: &str) -> Result<()> {
        let script = "return ![...document.querySelectorAll(arguments[0])]
            .some((element) => element.checkVisibility())";
        self.until(&format!("no {selector}"), script, &[json!(selector)])
            .await
            .map(|_: bool| ())
    }

    /// Waits until an element holds a text.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn reads(&self, selector: &str, text: &str) -> Result<()> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .some((element) => element.textContent.includes(arguments[1]))";
        let what = format!("{text:?} in {selector}");
        self.until(&what, script, &[json!(selector), json!(text)])
            .await
            .map(|_: bool| ())
    }

    /// Waits until an element is there and can be pressed, then presses it.
    ///
    /// # Errors
    /// When there is nothing to press in time.
    pub async fn presses(&self, selector: &str) -> Result<()> {
        let script = "const element = [...document.querySelectorAll(arguments[0])]
                .find((element) => element.checkVisibility());
            if (!element || element.disabled) return false;
            element.click();
            return true";
        self.until(&format!("{selector} to press"), script, &[json!(selector)])
            .await
            .map(|_: bool| ())
    }

    /// Types into an element with the keyboard. A line ends with `\n`, which is Enter.
    ///
    /// # Errors
    /// When it cannot be typed into.
    pub async fn types(&self, selector: &str, text: &str) -> Result<()> {
        self.sees(selector).await?;
        let script = format!(
            "return [...document.querySelectorAll({})].find((element) => element.checkVisibility())",
            json!(selector)
        );
        let text = text.replace('\n', "\u{e007}");
        let start = Instant::now();
        loop {
            let element = self.element(&script).await?;
            match element.send_keys(&text).await {
                // Drawn anew between the two calls: nothing was typed.
                Err(error) if is_stale(&error) && start.elapsed() < PATIENCE => (),
                typed => {
                    return typed.with_context(|| format!("{} types into {selector}", self.name));
                }
            }
        }
    }

    /// A picture of the open tab into `target/gallery`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn is_pictured(&self, name: &str) -> Result<PathBuf> {
        let path = target().join("gallery").join(format!("{name}.png"));
        std::fs::create_dir_all(path.parent().context("no folder")?)?;
        // Without a fresh frame the picture may be one of the past.
        let fresh = "const done = arguments[0];
            setTimeout(() => done(false), 1000);
            document.fonts.ready.then(() =>
                requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        self.driver.execute_async(fresh, Vec::new()).await?;
        self.driver.screenshot(&path).await?;
        Ok(path)
    }

    /// Errors on the console since it was last asked.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        Ok(log
            .into_iter()
            // A page without an icon is asked for one all the same.
            .filter(|entry| !entry.message.contains("/favicon.ico"))
            .filter(|entry| {
                entry.level == "SEVERE" || entry.message.contains("Content Security Policy")
            })
            .map(|entry| {
                let source = entry.source.unwrap_or_default();
                format!("{source}: {}", entry.message)
            })
            .collect())
    }
}
