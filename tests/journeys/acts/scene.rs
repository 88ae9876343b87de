//! Where the acts take place, and how each is asked: as a call or over a socket.

use std::fmt::Debug;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::Command as Said;
use shared::id::ConversationId;
use shared::refusal::Refusal;
use shared::space::{Command, Target};
use shared::text::MessageText;
use stage::api::{Answer, Api, Space};
use stage::line::AgentLine;
use stage::wire::fresh_id;

/// A space where agents help themselves: Jack and Mia are agents on duty, Dot a supervisor.
pub struct Scene<'a> {
    pub api: &'a Api,
    pub space: Space,
    pub jack: AgentLine,
    pub mia: AgentLine,
    pub dot: AgentLine,
}

/// How something is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    Call,
    Socket,
}

impl<'a> Scene<'a> {
    pub async fn opens(api: &'a Api) -> Result<Self> {
        let settings = json!({ "offer_mode": "manual", "conversation_limit": 50 });
        let agents = vec![
            json!({ "name": "Jack" }),
            json!({ "name": "Mia" }),
            json!({ "name": "Dot", "role": "supervisor" }),
        ];
        let space = api.space_with(settings, agents).await?;
        Ok(Self {
            jack: AgentLine::on_duty(api, &space, "Jack").await?,
            mia: AgentLine::on_duty(api, &space, "Mia").await?,
            dot: AgentLine::on_duty(api, &space, "Dot").await?,
            api,
            space,
        })
    }

    /// A call under a fresh id.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Result<Answer> {
        let request = self
            .api
            .request(method, path)
            .bearer_auth(token)
            .header("Idempotency-Key", fresh_id()?.to_string())
            .json(body);
        self.api.send(request).await
    }

    pub async fn acts(
        &mut self,
        way: Way,
        who: &str,
        command: Command,
        (act, body): (&str, Value),
    ) -> Result<String> {
        let c = command.conversation().context("an item")?;
        self.is_known(c).await?;
        let path = format!("/api/v1/spaces/{}/items/{c}/{act}", self.space.space);
        let line = match who {
            "Jack" => &mut self.jack,
            "Mia" => &mut self.mia,
            _ => &mut self.dot,
        };
        match way {
            Way::Socket => Ok(said(line.asks(command).await?)),
            Way::Call => {
                let token = line.me.token.clone();
                let answer = self.call(Method::POST, &path, &token, &body).await?;
                Ok(outcome(&answer))
            }
        }
    }

    pub async fn take(
        &mut self,
        way: Way,
        who: &str,
        conversation: ConversationId,
    ) -> Result<String> {
        let take = Command::Take { conversation };
        self.acts(way, who, take, ("take", json!({}))).await
    }

    pub async fn unassign(&mut self, way: Way, conversation: ConversationId) -> Result<String> {
        let unassign = Command::Unassign { conversation };
        self.acts(way, "Jack", unassign, ("unassign", json!({})))
            .await
    }

    /// Jack passes it on; over a socket his client writes the note first.
    pub async fn transfer(
        &mut self,
        way: Way,
        conversation: ConversationId,
        to: Target,
    ) -> Result<String> {
        let note = MessageText::parse("He waits for the part")?;
        let target = match &to {
            Target::Agent { agent, .. } => json!({ "agent": agent }),
            Target::Queue { queue } => json!({ "queue": queue }),
        };
        let is_his = self.holder(conversation).await? == json!(self.jack.me.agent);
        if way == Way::Socket && is_his {
            let text = note.clone();
            self.jack
                .opens(conversation)
                .await?
                .asks(Said::Note { text })
                .await??;
        }
        let body = json!({ "to": target, "note": note });
        let transfer = Command::Transfer {
            conversation,
            to,
            note: Some(note),
        };
        self.acts(way, "Jack", transfer, ("transfer", body)).await
    }

    /// Mia accepts or declines what is passed on to her, by the fence of her own list.
    pub async fn answers(
        &mut self,
        way: Way,
        conversation: ConversationId,
        accepts: bool,
    ) -> Result<String> {
        let page = self.page(&self.mia.me.token, "list=mine").await?;
        let row = row(&page, conversation).context("not offered")?;
        let fence = row["fence"].clone();
        let number = serde_json::from_value(fence.clone())?;
        let body = json!({ "fence": fence });
        let (command, act) = if accepts {
            (
                Command::Accept {
                    conversation,
                    fence: number,
                },
                "accept",
            )
        } else {
            (
                Command::Decline {
                    conversation,
                    fence: number,
                },
                "decline",
            )
        };
        self.acts(way, "Mia", command, (act, body)).await
    }

    pub async fn page(&self, token: &str, query: &str) -> Result<Answer> {
        let path = format!("/api/v1/spaces/{}/items", self.space.space);
        self.api.get(&format!("{path}?{query}"), Some(token)).await
    }

    pub async fn holder(&self, conversation: ConversationId) -> Result<Value> {
        let page = self.page(&self.dot.me.token, "list=active").await?;
        Ok(row(&page, conversation)
            .map(|row| row["agent"].clone())
            .unwrap_or_default())
    }

    /// Waits until the space has heard of a conversation: it is told in the background.
    pub async fn is_known(&self, conversation: ConversationId) -> Result<()> {
        loop {
            for list in ["waiting", "active", "wrapping_up", "closed"] {
                let page = self
                    .page(&self.dot.me.token, &format!("list={list}"))
                    .await?;
                if row(&page, conversation).is_some() {
                    return Ok(());
                }
            }
        }
    }

    /// Waits until a list has it.
    pub async fn lists(&self, conversation: ConversationId, list: &str) -> Result<()> {
        loop {
            let page = self
                .page(&self.dot.me.token, &format!("list={list}"))
                .await?;
            if row(&page, conversation).is_some() {
                return Ok(());
            }
        }
    }

    pub async fn events(&self, conversation: ConversationId) -> Result<Value> {
        let path = format!("/api/v1/conversations/{conversation}/events");
        let answer = self.api.get(&path, Some(&self.dot.me.token)).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(answer.body)
    }

    pub async fn kinds(&self, conversation: ConversationId) -> Result<Vec<String>> {
        Ok(kinds(&self.events(conversation).await?))
    }

    /// The logs, then every list, as the supervisor reads them.
    pub async fn everything(&self, conversations: &[ConversationId]) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        for conversation in conversations {
            all.push(self.events(*conversation).await?);
        }
        for list in ["waiting", "active", "wrapping_up", "closed"] {
            let page = self
                .page(&self.dot.me.token, &format!("list={list}"))
                .await?;
            all.push(page.body);
        }
        Ok(all)
    }
}

pub fn row(page: &Answer, conversation: ConversationId) -> Option<&Value> {
    let mut rows = page.body["items"].as_array()?.iter();
    rows.find(|row| row["conversation"] == json!(conversation))
}

/// Kinds of the entries of a log.
pub fn kinds(events: &Value) -> Vec<String> {
    let entries = events["events"].as_array();
    let kind = |entry: &Value| match &entry["event"] {
        Value::String(word) => word.clone(),
        event => {
            let words = event.as_object().into_iter().flat_map(|event| event.keys());
            words.cloned().collect()
        }
    };
    entries.into_iter().flatten().map(kind).collect()
}

/// `done`, or the word of the refusal.
pub fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 | 201 => "done".into(),
        _ => answer.code().to_owned(),
    }
}

pub fn said<T: Debug>(answer: Result<T, Refusal>) -> String {
    answer.map_or_else(|refusal| refusal.code().to_owned(), |_| "done".into())
}
