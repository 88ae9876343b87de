//! The agent, in front of the console.

use anyhow::Result;
use serde_json::json;

use super::{Line, log, message_is};
use crate::browser::Browser;

/// A person who answers.
pub struct Agent {
    /// Their browser.
    pub browser: Browser,
}

impl Agent {
    /// Signs in by the link of the dev environment and waits for the console.
    ///
    /// # Errors
    /// When the console does not come.
    pub async fn signs_in(browser: Browser, base: &str, space: &str, name: &str) -> Result<Self> {
        let name = name.to_lowercase();
        browser
            .goes(&format!("{base}/agent?space={space}&as={name}"))
            .await?;
        browser.sees(".console .slots__text").await?;
        Ok(Self { browser })
    }

    /// Waits for an offer and returns the customer's name on it.
    ///
    /// # Errors
    /// When none comes.
    pub async fn is_offered(&self) -> Result<String> {
        let script = "return document.querySelector('.offer .offer__name')?.textContent.trim()";
        self.browser.until("an offer", script, &[]).await
    }

    /// Waits until nothing is offered.
    ///
    /// # Errors
    /// When something still is.
    pub async fn is_offered_nothing(&self) -> Result<()> {
        self.browser.sees_no(".offer").await
    }

    /// Accepts the offer and waits until the conversation is open.
    ///
    /// # Errors
    /// When there is none, or it was not to be had.
    pub async fn accepts(&self) -> Result<()> {
        self.browser.presses(".list--offers .offer__accept").await?;
        self.browser.sees(".list--mine .item").await?;
        self.opens_first().await?;
        self.browser.reads(".conversation .pill", "Active").await
    }

    /// Opens the first of the agent's chats, unless one is open.
    ///
    /// # Errors
    /// When there is none.
    pub async fn opens_first(&self) -> Result<()> {
        let script = "if (document.querySelector('.conversation .composer')) return true;
            document.querySelector('.list--mine .item__open, .list--wrapping .item__open')?.click();
            return false";
        self.browser
            .until("the conversation", script, &[])
            .await
            .map(|_: bool| ())
    }

    /// Declines the offer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn declines(&self) -> Result<()> {
        self.browser.presses(".list--offers .offer__decline").await
    }

    /// Writes to the customer.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn writes(&self, text: &str) -> Result<()> {
        self.browser
            .types(
                ".conversation textarea.composer__text",
                &format!("{text}\n"),
            )
            .await
    }

    /// Types without sending.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn types(&self, text: &str) -> Result<()> {
        self.browser
            .types(".conversation textarea.composer__text", text)
            .await
    }

    /// Writes an internal note.
    ///
    /// # Errors
    /// When there is no composer.
    pub async fn notes(&self, text: &str) -> Result<()> {
        self.chooses("Internal note").await?;
        self.browser.sees(".composer--note").await?;
        self.writes(text).await
    }

    /// Chooses what to write: `Reply` or `Internal note`.
    ///
    /// # Errors
    /// When there is no such tab.
    pub async fn chooses(&self, tab: &str) -> Result<()> {
        let script = "const tab = [...document.querySelectorAll('.composer__tab')]
                .find((tab) => tab.textContent.includes(arguments[0]));
            if (!tab || tab.disabled) return false;
            tab.click();
            return true";
        self.browser
            .until(&format!("the tab {tab}"), script, &[json!(tab)])
            .await
            .map(|_: bool| ())
    }

    /// Waits for a message, an event or a note.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn reads(&self, text: &str) -> Result<()> {
        self.browser.reads(".conversation .log", text).await
    }

    /// Waits until a message of the agent is `sent`, `delivered`, `read` or `failed`.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn sees_message(&self, text: &str, state: &str) -> Result<()> {
        message_is(&self.browser, text, state).await
    }

    /// Ends the customer's side.
    ///
    /// # Errors
    /// When there is nothing to end.
    pub async fn ends(&self) -> Result<()> {
        self.browser.presses(".conversation__end").await
    }

    /// Resolves with a resolution.
    ///
    /// # Errors
    /// When there is nothing to resolve.
    pub async fn resolves(&self, resolution: &str) -> Result<()> {
        self.browser.presses(".conversation__resolve").await?;
        self.browser
            .presses(&format!(".picker__choice[data-resolution={resolution}]"))
            .await
    }

    /// Gives the conversation back to the waiting list.
    ///
    /// # Errors
    /// When there is nothing to give back.
    pub async fn unassigns(&self) -> Result<()> {
        self.browser.presses(".conversation__menu").await?;
        self.browser.presses(".conversation__unassign").await
    }

    /// Waits until the slots are so: `1 of 5 slots`.
    ///
    /// # Errors
    /// When they are not.
    pub async fn has_slots(&self, text: &str) -> Result<()> {
        self.browser.reads(".slots__text", text).await
    }

    /// Waits until the switch says so.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_available(&self, available: bool) -> Result<()> {
        self.browser
            .sees(&format!(".switch[aria-checked={available}]"))
            .await
    }

    /// Turns the switch, unless it is so already.
    ///
    /// # Errors
    /// When there is none.
    pub async fn sets_available(&self, available: bool) -> Result<()> {
        // Before the first desk the switch is off and cannot be turned.
        let press = "const button = document.querySelector('.switch:enabled');
            if (button && button.ariaChecked !== String(arguments[0])) button.click();
            return !!button";
        let _: bool = self
            .browser
            .until("the switch", press, &[json!(available)])
            .await?;
        self.is_available(available).await
    }

    /// The log on the screen.
    ///
    /// # Errors
    /// When there is none.
    pub async fn log(&self) -> Result<Vec<Line>> {
        log(&self.browser).await
    }
}
