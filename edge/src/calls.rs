//! Calls that wait: a command may have its answer only when another object has said something,
//! so whoever asked over HTTP waits here for the turn that brings it.

use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::rc::Rc;

use shared::refusal::Refusal;
use worker::Delay;

/// How long a call waits for its answer: 10 s, twice the first pause before the space repeats its
/// proposal, and shorter than what clients and proxies wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// The calls of an object that wait, by who asked and the id of the command.
pub struct Calls<Asked>(Vec<(Asked, Rc<Waiting>)>);

/// One call.
#[derive(Default)]
pub struct Waiting {
    reply: Cell<Option<Result<(), Refusal>>>,
    waker: Cell<Option<Waker>>,
}

impl<Asked> Default for Calls<Asked> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<Asked: PartialEq> Calls<Asked> {
    /// A call waits for the answer to that command.
    pub fn wait(&mut self, asked: Asked) -> Rc<Waiting> {
        // Whoever has run out of patience holds nothing any more.
        self.0.retain(|(_, waiting)| Rc::strong_count(waiting) > 1);
        let waiting = Rc::new(Waiting::default());
        self.0.push((asked, waiting.clone()));
        waiting
    }

    /// The answer has come: every call that waits for it gets it.
    pub fn answer(&mut self, asked: Asked, reply: &Result<(), Refusal>) {
        self.0.retain(|(known, waiting)| {
            if *known != asked {
                return true;
            }
            waiting.reply.set(Some(reply.clone()));
            if let Some(waker) = waiting.waker.take() {
                waker.wake();
            }
            false
        });
    }
}

impl Waiting {
    /// The answer, or `None` when patience is over; who does not wait has none.
    pub async fn answer(&self, waits: bool) -> Option<Result<(), Refusal>> {
        if !waits {
            return self.reply.take();
        }
        let mut patience = pin!(Delay::from(PATIENCE));
        poll_fn(|context| {
            if let Some(reply) = self.reply.take() {
                return Poll::Ready(Some(reply));
            }
            if patience.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            self.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}
