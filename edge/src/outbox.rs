//! Between the objects: reports to the space, proposals to conversations.
//!
//! Each is sent once here and repeated by the machine that made it until it is answered, so what
//! gets lost costs a few seconds and nothing else. Whatever is sent waits for the rows of its
//! turn: the platform holds it until they are on disk.

use shared::conversation::{Answer, Input, Instruction, Report};
use shared::id::{ConversationId, SpaceId};
use worker::{Env, console_warn};

use crate::ask::{self, ConversationAsk, ConversationTold, SpaceAsk, SpaceTold};

/// Tells the space what a conversation looks like; its confirmation, for the conversation.
pub async fn report(env: &Env, space: &SpaceId, report: Report) -> Option<Input> {
    match ask::space(env, space, &SpaceAsk::Report(Box::new(report))).await {
        Ok(SpaceTold::Confirmed {
            revision,
            place,
            lists,
            open,
        }) => Some(Input::Reported {
            revision,
            place,
            lists: lists.map(|lists| *lists),
            open,
        }),
        Ok(_) => {
            console_warn!("edge: a report was answered by something else");
            None
        }
        Err(error) => {
            console_warn!("edge: a report was not delivered: {error}");
            None
        }
    }
}

/// Proposes something to a conversation; its answer.
pub async fn instruct(
    env: &Env,
    space: &SpaceId,
    conversation: ConversationId,
    instruction: Instruction,
) -> Option<Answer> {
    let asked = ConversationAsk::Instruct(instruction);
    match ask::conversation(env, space, conversation, &asked).await {
        Ok(ConversationTold::Answer(answer)) => Some(*answer),
        Ok(_) => {
            console_warn!("edge: a proposal was answered by something else");
            None
        }
        Err(error) => {
            console_warn!("edge: a proposal was not delivered: {error}");
            None
        }
    }
}
