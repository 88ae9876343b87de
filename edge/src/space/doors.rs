//! What is read of the doors of a space: never a secret, nor the hash of one.

use serde_json::{Value, json};
use shared::account::Way;
use shared::id::AgentId;
use shared::refusal::Refusal;
use shared::space::Space;
use shared::time::Timestamp;

/// Invitations, for admins.
pub fn invitations(space: &Space, agent: AgentId) -> Result<Value, Refusal> {
    let invitations = space.doors(agent)?.invitations.iter().map(|invitation| {
        json!({
            "invitation": invitation.way.id,
            "email": invitation.email,
            "role": invitation.role,
            "queues": invitation.queues,
            "by": invitation.by,
            "expires_at": invitation.expires_at,
            "accepted_by": invitation.used.map(|(agent, _)| agent),
        })
    });
    Ok(json!({ "invitations": invitations.collect::<Vec<_>>() }))
}

/// API tokens, for admins.
pub fn keys(space: &Space, agent: AgentId) -> Result<Value, Refusal> {
    let keys = space.doors(agent)?.keys.iter().map(|key| {
        json!({
            "id": key.way.id,
            "name": key.name,
            "agent": key.agent,
            "scope": key.scope,
            "made_at": key.made_at,
            "expires_at": key.expires_at,
            "used_at": key.used_at,
        })
    });
    Ok(json!({ "tokens": keys.collect::<Vec<_>>() }))
}

/// Identity keys, for admins.
pub fn identity_keys(space: &Space, agent: AgentId) -> Result<Value, Refusal> {
    let keys = space.identity_keys_for(agent)?.iter().map(|key| {
        json!({
            "id": key.id,
            "algorithm": key.algorithm,
            "last4": key.last4,
            "by": key.by,
            "made_at": key.made_at,
        })
    });
    Ok(json!({ "identity_keys": keys.collect::<Vec<_>>() }))
}

/// Who writes down what is said, for admins; and whether the installation has somebody.
pub fn transcriber(space: &Space, agent: AgentId, has_other: bool) -> Result<Value, Refusal> {
    let own = space.transcriber_for(agent)?.map(|own| {
        json!({
            "url": own.url,
            "model": own.model,
            "last4": own.last4,
            "by": own.by,
            "at": own.at,
        })
    });
    Ok(json!({ "transcriber": own, "installation": has_other }))
}

/// Who is blocked, for supervisors and admins.
pub fn blocks(space: &Space, now: Timestamp, agent: AgentId) -> Result<Value, Refusal> {
    let blocks = space.blocks(agent)?.iter();
    let blocks = blocks.filter(|block| block.holds(now)).map(|block| {
        json!({
            "visitor": block.visitor,
            "name": block.name,
            "reason": block.reason,
            "by": block.by,
            "at": block.at,
            "until": block.until,
        })
    });
    Ok(json!({ "blocks": blocks.collect::<Vec<_>>() }))
}

/// What an invitation is to, for whoever holds it.
pub fn invitation(space: &Space, now: Timestamp, way: &Way) -> Result<Value, Refusal> {
    let invitation = space.invitation(now, way)?;
    let settings = space.settings().ok_or(Refusal::LinkOver)?;
    Ok(json!({
        "name": settings.name,
        "role": invitation.role,
        "email": invitation.email,
        "expires_at": invitation.expires_at,
    }))
}
