//! Durable Object of one person: disk and alarm around [`shared::account::Account`], no sockets.
//! No rule of the product lives here.

use core::cell::RefCell;
use std::rc::Rc;

use shared::account::{Account, Effect, Input};
use shared::id::{AgentId, SpaceId};
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State};
use worker::{console_warn, durable_object, wasm_bindgen};

use crate::alarm::{self, Alarm};
use crate::ask::{self, AccountAsk, AccountTold, SpaceAsk, SpaceTold};
use crate::clock;
use crate::read::read;
use crate::storage::{Storage, account as rows};

/// One person.
#[durable_object(alarm)]
pub struct AccountObject {
    shell: Rc<Shell>,
}

struct Shell {
    state: State,
    env: Env,
    alarm: Alarm,
    awake: RefCell<Option<(Account, Storage)>>,
}

impl DurableObject for AccountObject {
    fn new(state: State, env: Env) -> Self {
        let alarm = Alarm::remembered(&state);
        let awake = RefCell::new(None);
        Self {
            shell: Rc::new(Shell {
                state,
                env,
                alarm,
                awake,
            }),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let agent = ask::named(&request)?;
        let ask = read(&request.text().await?)?;
        Response::from_json(&self.shell.told(agent, ask)?)
    }

    async fn alarm(&self) -> Result<Response> {
        self.shell.alarm.rang();
        if self.shell.turn(Input::Tick).is_err() {
            let storage = Storage::open(&self.shell.state, rows::TABLES)?;
            let again = clock::now() + alarm::RETRY;
            self.shell
                .alarm
                .arm(&self.shell.state, &storage, Some(again));
        }
        Response::empty()
    }
}

impl Shell {
    fn told(self: &Rc<Self>, agent: AgentId, ask: AccountAsk) -> Result<AccountTold> {
        let input = match ask {
            AccountAsk::Spaces => {
                let mut slot = self.awake.borrow_mut();
                let (account, _) = self.wake(&mut slot)?;
                return Ok(AccountTold::Spaces(account.spaces().cloned().collect()));
            }
            AccountAsk::Member {
                space,
                number,
                member,
            } => Input::Member {
                space,
                number,
                member,
            },
            AccountAsk::SetAvailable { available } => Input::SetAvailable { agent, available },
        };
        self.turn(input)?;
        Ok(AccountTold::Done)
    }

    /// One turn: ask the machine, save, and only then tell anybody.
    fn turn(self: &Rc<Self>, input: Input) -> Result<()> {
        let mut slot = self.awake.borrow_mut();
        let (account, storage) = self.wake(&mut slot)?;
        let effects = account.handle(clock::now(), input);
        let saved = rows::save(storage, &effects);
        self.alarm
            .arm(&self.state, storage, account.next_deadline());
        if saved.is_err() {
            // Memory never runs ahead of the disk.
            *slot = None;
        }
        saved?;
        for effect in effects {
            if let Effect::Tell {
                agent,
                space,
                number,
                available,
            } = effect
            {
                let asked = SpaceAsk::Wish {
                    agent,
                    number,
                    available,
                };
                self.tell(space, number, asked);
            }
        }
        Ok(())
    }

    /// Tells a space in the background; what is not confirmed, the machine tells again.
    fn tell(self: &Rc<Self>, space: SpaceId, number: u64, asked: SpaceAsk) {
        let shell = self.clone();
        self.state.wait_until(async move {
            let told = match ask::space(&shell.env, &space, &asked).await {
                Ok(SpaceTold::Vouched) => shell.turn(Input::Told { space, number }),
                Ok(other) => Err(Error::RustError(format!("{other:?}"))),
                Err(error) => Err(error),
            };
            if let Err(error) = told {
                console_warn!("edge: a space was not told: {error}");
            }
        });
    }

    fn wake<'a>(
        &self,
        slot: &'a mut Option<(Account, Storage)>,
    ) -> Result<&'a mut (Account, Storage)> {
        let awake = match slot.take() {
            Some(awake) => awake,
            None => {
                let storage = Storage::open(&self.state, rows::TABLES)?;
                (Account::restore(rows::load(&storage)?), storage)
            }
        };
        Ok(slot.insert(awake))
    }
}
