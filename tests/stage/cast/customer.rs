//! The customer, in front of a company's page with the script tag.

use anyhow::Result;
use serde_json::json;

use super::{Line, log, message_is};
use crate::browser::Browser;
use crate::host::{Host, Page};

/// The launcher and the frame, in the shadow root that the loader makes.
const BUTTON: &str =
    r#"document.querySelector("bellhop-chat")?.shadowRoot.querySelector("button")"#;
const FRAME: &str = r#"document.querySelector("bellhop-chat")?.shadowRoot.querySelector("iframe")"#;

/// A person who looks for help.
pub struct Customer {
    /// Their browser.
    pub browser: Browser,
    /// The company's page; `None` when the chat has a tab of its own.
    _host: Option<Host>,
}

/// A company's page with the script tag.
#[must_use]
pub fn page(base: &str, space: &str, attributes: &str) -> String {
    format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1"></head>
<body><main><h1>A shop</h1><p><a id="before" href="/other">Another page</a></p></main>
<script async src="{base}/bellhop.js" data-space="{space}" {attributes}></script></body></html>"#
    )
}

impl Customer {
    /// Comes to a page of the company.
    ///
    /// # Errors
    /// When the page does not open.
    pub async fn arrives(browser: Browser, base: &str, space: &str) -> Result<Self> {
        let pages = ["/", "/other"].map(|path| Page {
            path,
            policy: String::new(),
            html: page(base, space, ""),
        });
        let host = Host::with(pages.to_vec()).await?;
        browser.goes(&host.url("/")).await?;
        let customer = Self {
            browser,
            _host: Some(host),
        };
        customer.sees_launcher().await?;
        Ok(customer)
    }

    /// Comes to a page that the journey serves itself.
    ///
    /// # Errors
    /// When the page does not open.
    pub async fn visits(browser: Browser, url: &str) -> Result<Self> {
        browser.goes(url).await?;
        Ok(Self {
            browser,
            _host: None,
        })
    }

    /// Opens the chat in a tab of its own.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn opens_page_of_chat(browser: Browser, base: &str, space: &str) -> Result<Self> {
        browser.goes(&format!("{base}/chat?space={space}")).await?;
        browser
            .sees(".chat textarea.composer__text, .failed")
            .await?;
        Ok(Self {
            browser,
            _host: None,
        })
    }

    /// Waits until the launcher is drawn.
    ///
    /// # Errors
    /// When it is not.
    pub async fn sees_launcher(&self) -> Result<()> {
        self.looks_at_page().await?;
        let script = format!("return !!{BUTTON}");
        self.browser
            .until("the launcher", &script, &[])
            .await
            .map(|_: bool| ())
    }

    /// What the launcher says to a screen reader.
    ///
    /// # Errors
    /// When there is none.
    pub async fn launcher(&self) -> Result<String> {
        self.looks_at_page().await?;
        self.browser
            .runs(&format!("return {BUTTON}.ariaLabel"), &[])
            .await
    }

    /// Presses the launcher.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses_launcher(&self) -> Result<()> {
        self.sees_launcher().await?;
        self.browser
            .runs(&format!("{BUTTON}.focus(); {BUTTON}.click()"), &[])
            .await
    }

    /// Opens the chat and looks at it.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn opens_chat(&self) -> Result<()> {
        self.presses_launcher().await?;
        self.looks_at_chat().await
    }

    /// Looks at the page of the company.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn looks_at_page(&self) -> Result<()> {
        Ok(self.browser.driver().enter_default_frame().await?)
    }

    /// Looks at the chat inside the page, once it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn looks_at_chat(&self) -> Result<()> {
        self.looks_at_page().await?;
        let script = format!("return !!{FRAME}");
        let _: bool = self.browser.until("the frame", &script, &[]).await?;
        let frame = self.browser.element(&format!("return {FRAME}")).await?;
        frame.enter_frame().await?;
        self.browser
            .sees(".chat textarea.composer__text, .chat .ended, .failed")
            .await
    }

    /// Whether the chat is shown in the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn is_chat_shown(&self) -> Result<bool> {
        self.looks_at_page().await?;
        self.browser
            .runs(
                &format!("return !!{FRAME}?.checkVisibility({{ visibilityProperty: true }})"),
                &[],
            )
            .await
    }

    /// Writes a message and presses Enter.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn writes(&self, text: &str) -> Result<()> {
        self.browser
            .types("textarea.composer__text", &format!("{text}\n"))
            .await
    }

    /// Types without sending.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn types(&self, text: &str) -> Result<()> {
        self.browser.types("textarea.composer__text", text).await
    }

    /// Waits for a message, an event or a note of the chat.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn reads(&self, text: &str) -> Result<()> {
        self.browser.reads(".log", text).await
    }

    /// Waits until the head of the chat says so.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_told(&self, text: &str) -> Result<()> {
        self.browser.reads(".header__state", text).await
    }

    /// Waits until a message of the customer is `sent`, `delivered`, `read` or `failed`.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn sees_message(&self, text: &str, state: &str) -> Result<()> {
        message_is(&self.browser, text, state).await
    }

    /// Ends the chat and confirms.
    ///
    /// # Errors
    /// When there is nothing to press.
    pub async fn ends(&self) -> Result<()> {
        self.browser.presses(".header__end").await?;
        self.browser.presses(".confirm__yes").await
    }

    /// The log on the screen.
    ///
    /// # Errors
    /// When there is none.
    pub async fn log(&self) -> Result<Vec<Line>> {
        log(&self.browser).await
    }

    /// Calls the one global of the loader.
    ///
    /// # Errors
    /// When it throws.
    pub async fn page_says(&self, name: &str, value: serde_json::Value) -> Result<()> {
        self.looks_at_page().await?;
        let script = "Bellhop(arguments[0], arguments[1])";
        self.browser.runs(script, &[json!(name), value]).await
    }
}
