//! Durable Object of one person: disk and alarm around [`shared::account::Account`], no sockets.
//! No rule of the product lives here.

use core::cell::RefCell;
use std::rc::Rc;

use shared::account::{Account, Answer, Effect, Input, Wish};
use shared::id::SpaceId;
use worker::wasm_bindgen::prelude::*;
use worker::{DurableObject, Env, Error, Request, Response, Result, State};
use worker::{console_warn, durable_object, wasm_bindgen};

use crate::alarm::{self, Alarm};
use crate::ask::{self, SpaceAsk, SpaceTold};
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
        let input = read(&request.text().await?)?;
        Response::from_json(&self.shell.turn(input)?)
    }

    async fn alarm(&self) -> Result<Response> {
        self.shell.alarm.rang();
        if self.shell.turn(Input::Tick).is_err() {
            let storage = Storage::open(&self.shell.state, rows::TABLES)?;
            let now = clock::now();
            self.shell
                .alarm
                .arm(&self.shell.state, &storage, now, Some(now + alarm::RETRY));
        }
        Response::empty()
    }
}

impl Shell {
    /// One turn: ask the machine, save, and only then tell anybody.
    fn turn(self: &Rc<Self>, input: Input) -> Result<Answer> {
        let mut slot = self.awake.borrow_mut();
        let (account, storage) = self.wake(&mut slot)?;
        let now = clock::now();
        let effects = account.handle(now, input);
        let saved = match account.check() {
            Ok(()) => rows::save(storage, &effects),
            Err(rule) => Err(Error::RustError(rule.to_owned())),
        };
        self.alarm
            .arm(&self.state, storage, now, account.next_deadline());
        if saved.is_err() {
            // Memory never runs ahead of the disk, and a broken machine is not believed.
            *slot = None;
        }
        saved?;
        let mut answer = Answer::Done;
        for effect in effects {
            match effect {
                Effect::Save(_) => (),
                Effect::Answer(told) => answer = told,
                Effect::Tell { space, wish } => self.tell(space, wish),
            }
        }
        Ok(answer)
    }

    /// Tells a space in the background; what is not confirmed, the machine tells again.
    fn tell(self: &Rc<Self>, space: SpaceId, wish: Wish) {
        let shell = self.clone();
        self.state.wait_until(async move {
            let asked = SpaceAsk::Wish(wish.clone());
            let told = match ask::space(&shell.env, &space, &asked).await {
                Ok(SpaceTold::Vouched) => shell.turn(Input::Told { space, wish }),
                Ok(_) => Err(Error::RustError("it answered something else".to_owned())),
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
