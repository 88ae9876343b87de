//! A conversation with both sides at their sockets, at whoever is measured.

use anyhow::{Context, Result};

use crate::line::{Address, Known, Line};
use crate::peer::{Kind, Peer};

/// Both ends.
pub struct Room {
    pub customer: Line,
    pub agent: Line,
    pub addresses: [Address; 2],
}

/// Begins a conversation and opens both sockets.
pub async fn open(peer: &mut Peer) -> Result<Room> {
    let addresses = begin(peer).await?;
    let [of_customer, of_agent] = &addresses;
    let mut customer = of_customer.open(&peer.base, 1, Known::default()).await?;
    let mut agent = of_agent.open(&peer.base, 1, Known::default()).await?;
    if peer.kind == Kind::Bellhop {
        // Opened, the first message, the request, the assignment: from then on both may write.
        for line in [&mut customer, &mut agent] {
            while line.last < 4 {
                line.hears().await?;
            }
        }
    }
    Ok(Room {
        customer,
        agent,
        addresses,
    })
}

/// Begins a conversation.
pub async fn begin(peer: &mut Peer) -> Result<[Address; 2]> {
    peer.rooms += 1;
    let Some(house) = &mut peer.house else {
        let name = format!("room-{}", peer.rooms);
        return Ok([
            Address::Room(name.clone(), "customer"),
            Address::Room(name, "agent"),
        ]);
    };
    let token = house.agent().await?.token.clone();
    let visitor = house.api.visitor(&house.space).await?;
    let conversation = house
        .api
        .conversation(&visitor, "Hello")
        .await
        .context("a conversation")?;
    house.begun.push(conversation);
    Ok([
        Address::ours(conversation, &visitor.token)?,
        Address::ours(conversation, &token)?,
    ])
}
