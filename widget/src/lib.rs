//! The shell in the browser.
