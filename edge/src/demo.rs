//! The demo space: made on first touch, on one's own machine only.

use shared::id::AgentId;
use shared::rights::Role;
use shared::settings::{Origin, Settings};
use shared::space::Agent;
use shared::text::{PersonName, TextError};
use worker::{Error, Result};

use crate::errors::Problem;
use crate::random;

/// Its name in addresses.
pub const SPACE: &str = "demo";
const NAME: &str = "Larch & Lantern";
const AGENTS: [(&str, Role); 3] = [
    ("Jack", Role::Agent),
    ("Mia", Role::Agent),
    ("Ada", Role::Admin),
];

/// Customers of the demo shop who have signed in there: the shop's own id, name and address of each.
pub const CUSTOMERS: [(&str, &str, &str); 2] = [
    ("zoe", "Zoë Lind", "zoe@larch.example"),
    ("tom", "Tom Berg", "tom@larch.example"),
];

/// Its settings and agents.
///
/// # Errors
/// When the platform gives no random bytes.
pub fn space() -> Result<(Settings, Vec<Agent>)> {
    let name = PersonName::parse(NAME).map_err(built_in)?;
    let settings = Settings {
        origins: loopback(),
        ..Settings::new(name)
    };
    let agents = AGENTS.iter().map(|(name, role)| {
        let name = PersonName::parse(name).map_err(built_in)?;
        agent(name.clone(), name, *role, None).map_err(|_| Error::RustError(NAME.to_owned()))
    });
    Ok((settings, agents.collect::<Result<_>>()?))
}

/// A new agent: available as soon as the console is open.
///
/// # Errors
/// When the platform gives no random bytes.
pub fn agent(
    name: PersonName,
    screen_name: PersonName,
    role: Role,
    limit: Option<u8>,
) -> core::result::Result<Agent, Problem> {
    Ok(Agent {
        screen_name,
        limit,
        ..Agent::new(random::fresh(AgentId::fresh)?, name, role)
    })
}

/// Pages on one's own machine, on any port.
pub fn loopback() -> Vec<Origin> {
    let origins = ["http://localhost:*", "http://127.0.0.1:*"];
    origins
        .iter()
        .filter_map(|origin| origin.parse().ok())
        .collect()
}

fn built_in(error: TextError) -> Error {
    Error::RustError(error.to_string())
}
