//! What every part of the app in this tab needs: the document's settings, storage, session, name.

use std::rc::Rc;

use shared::id::DeviceId;
use shared::time::Timestamp;

use crate::config::Config;
use crate::outbox::Outbox;
use crate::session::Session;
use crate::store::Store;
use crate::{js, time};

/// Under which it is kept that Enter breaks the line.
pub const ENTER: &str = "enter";

/// This tab of the browser.
pub struct Tab {
    /// What the document says.
    pub config: Config,
    /// Shared by the tabs of this person.
    pub local: Store,
    /// Of this tab alone.
    pub own: Store,
    /// Who the person is.
    pub session: Session,
    /// The tab's name.
    pub device: DeviceId,
    /// What is on its way.
    pub outbox: Outbox,
}

impl Tab {
    /// The tab of a person whose session is kept in `session`.
    pub fn new(
        config: Config,
        local: Store,
        own: Store,
        session: Session,
        device: DeviceId,
    ) -> Rc<Self> {
        let outbox = Outbox::new(local.clone(), device);
        Rc::new(Self {
            config,
            local,
            own,
            session,
            device,
            outbox,
        })
    }

    /// The last connection number of this tab to an object.
    pub fn connection(&self, object: &str) -> u32 {
        let number = self.own.get(&["connection.", object].concat());
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// Remembers the newest connection number to an object.
    pub fn count(&self, object: &str, connection: u32) {
        self.own
            .set(&["connection.", object].concat(), &connection.to_string());
    }

    /// What the Enter key of a composer does, as `enterkeyhint` names it: `send`, or `enter` for whoever breaks lines
    /// by it.
    pub fn enter_key(&self) -> &'static str {
        self.local.get(ENTER).map_or("send", |_| "enter")
    }

    /// When this tab last reloaded itself for a newer build.
    pub fn reloaded_at(&self) -> Option<Timestamp> {
        let millis = self.own.get("reloaded")?.parse().ok()?;
        Some(Timestamp::from_millis(millis))
    }

    /// Reloads the page for a newer build.
    pub fn reload(&self) {
        self.own.set("reloaded", &time::now().millis().to_string());
        let _ = js::window().location().reload();
    }
}
