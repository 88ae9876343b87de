//! The language of the chat. Which one the page and the browser ask for, the Worker has decided
//! ([`shared::language`]); the visitor may choose another one, which is kept in this browser.

use shared::language::LANGUAGES;
use wasm_bindgen_futures::JsFuture;

use super::Chat;
use crate::config::Config;
use crate::js;
use crate::store::Store;
use crate::task::spawn;
use crate::text;

/// The document names the file, so it is on its way before the app is. What takes longer must not keep
/// anybody from writing.
pub const SHORT_MS: u32 = 4_000;
/// For somebody who reads already.
const LONG_MS: u32 = 60_000;

/// Under which the visitor's choice is kept.
pub const CHOICE: &str = "language";

/// Shows the language that is wanted, as soon as its file is there. False when that did not come; then the
/// one before stays.
pub async fn tell(config: &Config, local: &Store, patience_ms: u32) -> bool {
    let wanted = || local.get(CHOICE).unwrap_or_else(|| config.lang.clone());
    let tag = wanted();
    let found = LANGUAGES.iter().find(|language| language.tag == tag);
    let Some(language) = found.filter(|language| !language.is_english()) else {
        text::english(&config.locale);
        return true;
    };
    let path = ["/assets/", language.tag, ".", &config.texts, ".txt"].concat();
    let packed = JsFuture::from(js::file(&path, patience_ms)).await;
    let packed = packed.ok().and_then(|packed| packed.as_string());
    // Who has chosen again meanwhile waits for that one.
    packed.is_some_and(|packed| tag == wanted() && text::load(language, &config.locale, packed))
}

/// Shows the language that is wanted by now.
pub fn again(chat: Chat) {
    spawn(async move {
        let tab = chat.tab();
        tell(&tab.config, &tab.local, LONG_MS).await;
        // Also what did not come: the field shows what is read.
        chat.language.ring();
    });
}
