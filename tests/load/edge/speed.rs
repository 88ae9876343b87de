//! `cargo xtask bench speed`: what a customer waits for and a phone carries, in headless Chromium.
//!
//! The page is of another origin than Bellhop and of the same site, so that one renderer has both, as on a phone
//! with little memory, and what slows the page slows its frame.

mod log;
mod open;

use anyhow::{Context, Result};
use shared::id::ConversationId;
use stage::browser::{Browser, Opened, Screen};

use crate::Scale;
use crate::line::Address;
use crate::peer::{Kind, Peer};
use crate::report::Report;
use crate::room::{self, Room};
use crate::talk::pours;

/// Messages on their way while a log is filled.
const IN_FLIGHT: u64 = 32;

pub async fn measure(scale: &Scale) -> Result<Report> {
    let mut report = Report::new("speed");
    let mut peer = Peer::start(Kind::Bellhop, &stage::scratch()).await?;
    open::measure(&mut report, &peer, scale).await?;
    log::measure(&mut report, &mut peer).await?;
    Ok(report)
}

/// A browser in front of the chat of a conversation with that many messages, and both ends of it.
async fn chat_with(peer: &mut Peer, messages: u64, screen: Screen) -> Result<(Opened, Room)> {
    let mut room = room::open(peer).await?;
    pours(&mut room, messages, IN_FLIGHT).await?;
    let [Address::Ours(conversation, token, _), _] = &room.addresses else {
        anyhow::bail!("a room of somebody else");
    };
    let space = &peer.house.as_ref().context("no house")?.space.space;
    let opened = Opened::new("the customer", screen, &[]).await?;
    comes_back(&opened.browser, &peer.base, space, *conversation, token).await?;
    Ok((opened, room))
}

/// What the browser of a customer keeps who was here before.
async fn comes_back(
    browser: &Browser,
    base: &str,
    space: &str,
    conversation: ConversationId,
    token: &str,
) -> Result<()> {
    browser.goes(&format!("{base}/bellhop.js")).await?;
    let script = "const [space, conversation, token] = arguments;
        const keep = (name, value) => localStorage.setItem(`bellhop.${space}.${name}`, value);
        keep('token', token);
        keep('expires', Date.now() + 3_000_000);
        keep('conversation', conversation);";
    let words = [space, &conversation.to_string(), token].map(Into::into);
    browser.runs::<()>(script, &words).await?;
    browser.goes(&format!("{base}/chat?space={space}")).await
}
