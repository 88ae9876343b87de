//! A space with everything in it: people of each kind, and an object of each.

use anyhow::{Context, Result, ensure};
use reqwest::{RequestBuilder, header};
use serde_json::{Value, json};
use shared::conversation::Command as Said;
use shared::id::ConversationId;
use shared::space::{Command, Target};
use shared::text::MessageText;
use stage::api::{Api, Space, Visitor};
use stage::line::AgentLine;
use stage::visit::{Visit, secret};

/// What somebody shows.
#[derive(Clone)]
pub enum Pass {
    /// Nothing.
    Nobody,
    /// Nothing, on a page of ours.
    Page,
    /// A token of either kind.
    Bearer(String),
    /// The cookie of a session, on a page of ours.
    Session(Visit),
}

/// The space.
pub struct Town {
    pub space: Space,
    /// What the table calls an object, and its id.
    names: Vec<(&'static str, String)>,
    /// What the table calls somebody, and what that one shows.
    people: Vec<(&'static str, Pass)>,
    /// Consoles that stay open: who holds a conversation is there.
    lines: Vec<AgentLine>,
}

impl Town {
    /// Builds one.
    pub async fn of(api: &Api, name: &str) -> Result<Self> {
        let settings = json!({
            "name": name,
            "offer_mode": "manual",
            "offer_s": 3_600,
            "queues": [{ "name": "sales" }, { "name": "far" }],
            "reasons": [{ "id": "spam", "name": "Spam" }],
        });
        let agents = vec![
            json!({ "name": "Ada", "role": "admin" }),
            json!({ "name": "Sue", "role": "supervisor" }),
            json!({ "name": "Jack" }),
            json!({ "name": "Mia" }),
            json!({ "name": "Ben", "queues": ["far"] }),
            json!({ "name": "Lee" }),
        ];
        let space = api.space_with(settings, agents).await?;
        let mut people = vec![("nobody", Pass::Nobody), ("page", Pass::Page)];
        let mut names = vec![("space", space.space.clone())];
        let mut lines = Vec::new();
        for (who, name) in [
            ("admin", "Ada"),
            ("supervisor", "Sue"),
            ("assignee", "Jack"),
            ("agent", "Mia"),
            ("afar", "Ben"),
        ] {
            let line = AgentLine::on_duty(api, &space, name).await?;
            people.push((who, Pass::Bearer(line.me.token.clone())));
            names.push((who, line.me.agent.to_string()));
            lines.push(line);
        }
        let admin = bearer(&people, "admin")?;

        let newcomer = api.visitor(&space).await?;
        names.push(("refresh", newcomer.refresh));
        names.push(("visitor", newcomer.visitor.to_string()));
        people.push(("newcomer", Pass::Bearer(newcomer.token)));
        for (what, who) in [
            ("waiting", "customer"),
            ("held", "helped"),
            ("passed", "moved"),
            ("ended", "thanked"),
            ("closed", "gone"),
        ] {
            let Visitor {
                visitor,
                token,
                refresh,
            } = api.visitor(&space).await?;
            let visitor = Visitor {
                visitor,
                token: token.clone(),
                refresh,
            };
            let conversation = api.conversation(&visitor, what).await?;
            names.push((what, conversation.to_string()));
            people.push((who, Pass::Bearer(token)));
            names.retain(|(name, _)| *name != "blocked");
            names.push(("blocked", visitor.visitor.to_string()));
        }
        let mut town = Self {
            space,
            names,
            people,
            lines,
        };
        town.is_peopled(api, &admin).await?;
        town.has_doors(api, &admin).await?;
        Ok(town)
    }

    /// Jack holds one conversation, has passed one on to Mia and closed one.
    async fn is_peopled(&mut self, api: &Api, admin: &str) -> Result<()> {
        let [held, passed, ended, closed] =
            ["held", "passed", "ended", "closed"].map(|what| self.id(what));
        let (held, passed, ended, closed) = (held?, passed?, ended?, closed?);
        let mia = self.name("agent")?.parse()?;
        let items = self.filled("/api/v1/spaces/{space}/items")?;
        let is_known = async |list: &str, conversation: ConversationId| -> Result<Value> {
            let path = format!("{items}?list={list}");
            loop {
                let page = api.get(&path, Some(admin)).await?;
                let rows = page.body["items"].as_array().cloned().unwrap_or_default();
                let is_it = |row: &&Value| row["conversation"] == json!(conversation);
                if let Some(row) = rows.iter().find(is_it) {
                    return Ok(row.clone());
                }
            }
        };
        for conversation in [held, passed, ended, closed, self.id("waiting")?] {
            is_known("waiting", conversation).await?;
        }
        let [jack, mias] = ["Jack", "Mia"].map(|name| {
            let mut lines = self.lines.iter();
            lines.position(|line| line.desk.me.name.as_str() == name)
        });
        let (jack, mias) = (jack.context("Jack")?, mias.context("Mia")?);
        for conversation in [held, passed, ended, closed] {
            self.lines[jack]
                .asks(Command::Take { conversation })
                .await??;
        }
        let note = MessageText::parse("Please")?;
        let mut talk = self.lines[jack].opens(passed).await?;
        talk.asks(Said::Note { text: note.clone() }).await??;
        let to = Target::Agent {
            agent: mia,
            queue: None,
        };
        let transfer = Command::Transfer {
            conversation: passed,
            to,
            note: Some(note),
        };
        self.lines[jack].asks(transfer).await??;
        let mias = &mut self.lines[mias];
        mias.sees("a transfer", |desk| !desk.transferred.is_empty())
            .await?;
        let passed_on = mias.desk.transferred.first().context("a transfer")?;
        let fence = passed_on.offer.fence;
        let fence = serde_json::to_value(fence)?.to_string();
        self.names.push(("fence", fence));
        let jacks = bearer(&self.people, "assignee")?;
        for (conversation, act, body) in [
            (ended, "end", json!({})),
            (closed, "resolve", json!({ "resolution": "resolved" })),
        ] {
            let path = format!("/api/v1/conversations/{conversation}/{act}");
            let answer = api.post(&path, Some(&jacks), &body).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        is_known("wrapping_up", ended).await?;
        is_known("closed", closed).await?;
        // The customer of the last one is blocked.
        let path = format!("{items}/{closed}/block");
        let answer = api.post(&path, Some(admin), &json!({})).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(())
    }

    /// An admin who has a session, an invitation that is open, API tokens.
    async fn has_doors(&mut self, api: &Api, admin: &str) -> Result<()> {
        let path = self.filled("/api/v1/spaces/{space}/invitations")?;
        let invite = async || -> Result<(String, String)> {
            let answer = api
                .post(&path, Some(admin), &json!({ "role": "admin" }))
                .await?;
            let id = answer.body["invitation"].as_str().context("an id")?;
            Ok((id.to_owned(), secret(&answer.body["link"])?))
        };
        let (_, used) = invite().await?;
        let (open, invited) = invite().await?;
        self.names
            .extend([("invitation", open), ("invited", invited)]);
        let mut zoe = Visit::new(api);
        let body = json!({ "invitation": used, "name": "Zoe" });
        zoe.posts("/api/v1/invitations/accept", &body).await?;
        let session = loop {
            let session = zoe.session().await?.body;
            if session["spaces"][0]["space"] == json!(self.space.space) {
                break session;
            }
        };
        for (name, field) in [("session", "session"), ("person", "agent")] {
            let id = session[field].as_str().context("an id")?;
            self.names.push((name, id.to_owned()));
        }
        self.people.push(("session", Pass::Session(zoe)));
        let path = self.filled("/api/v1/spaces/{space}/tokens")?;
        for (who, scope) in [("reader", "read"), ("writer", "write")] {
            let body = json!({ "name": who, "scope": scope });
            let made = api.post(&path, Some(admin), &body).await?;
            let token = made.body["token"].as_str().context("a token")?;
            self.people.push((who, Pass::Bearer(token.to_owned())));
            let id = made.body["id"].as_str().context("an id")?;
            self.names.retain(|(name, _)| *name != "token");
            self.names.push(("token", id.to_owned()));
        }
        let lee = api.sign_in(&self.space, "Lee").await?;
        let path = self.filled("/api/v1/spaces/{space}/agents")?;
        let path = format!("{path}/{}/deactivate", lee.agent);
        let gone = api.post(&path, Some(admin), &json!({})).await?;
        ensure!(gone.status == 200, "{gone:?}");
        self.people.push(("left", Pass::Bearer(lee.token)));
        let path = self.filled("/api/v1/spaces/{space}/identity-keys")?;
        let made = api.post(&path, Some(admin), &json!({})).await?;
        let key = made.body["id"]
            .as_str()
            .with_context(|| format!("{made:?}"))?;
        self.names.push(("key", key.to_owned()));
        let nothing = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f".to_owned();
        self.names.push(("nothing", nothing));
        let path = self.filled("/api/v1/spaces/{space}/agents/{afar}/link")?;
        let made = api.post(&path, Some(admin), &json!({})).await?;
        self.names.push(("link", secret(&made.body["link"])?));
        Ok(())
    }

    /// What a name of the table stands for.
    pub fn name(&self, name: &str) -> Result<&str> {
        let found = self.names.iter().find(|(known, _)| *known == name);
        let (_, id) = found.with_context(|| format!("nothing is called {name}"))?;
        Ok(id)
    }

    fn id(&self, name: &str) -> Result<ConversationId> {
        Ok(self.name(name)?.parse()?)
    }

    /// What somebody shows.
    pub fn pass(&self, who: &str) -> Result<&Pass> {
        let found = self.people.iter().find(|(known, _)| *known == who);
        let (_, pass) = found.with_context(|| format!("nobody is called {who}"))?;
        Ok(pass)
    }

    /// A text with every name in braces replaced.
    pub fn filled(&self, text: &str) -> Result<String> {
        let mut filled = text.to_owned();
        for (name, id) in &self.names {
            filled = filled.replace(&format!("{{{name}}}"), id);
        }
        Ok(filled)
    }

    /// Everything that an admin reads, and the admin's own account.
    pub async fn everything(&self, api: &Api) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut paths = Vec::new();
        for what in [
            "settings",
            "agents",
            "queues",
            "invitations",
            "tokens",
            "identity-keys",
            "blocks",
            "audit",
        ] {
            paths.push(format!("/api/v1/spaces/{{space}}/{what}"));
        }
        for list in ["waiting", "active", "wrapping_up", "closed", "mine"] {
            paths.push(format!("/api/v1/spaces/{{space}}/items?list={list}"));
        }
        for what in ["waiting", "held", "passed", "ended", "closed"] {
            paths.push(format!("/api/v1/conversations/{{{what}}}/events"));
        }
        let admin = bearer(&self.people, "admin")?;
        for path in paths {
            let answer = api.get(&self.filled(&path)?, Some(&admin)).await?;
            ensure!(answer.status == 200, "{path}: {answer:?}");
            all.push(answer.body);
        }
        if let Pass::Session(zoe) = self.pass("session")? {
            all.push(zoe.session().await?.body);
        }
        // When a session or token was used last, reading changes.
        all.iter_mut().for_each(forget_use);
        Ok(all)
    }
}

fn forget_use(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("used_at");
            fields.values_mut().for_each(forget_use);
        }
        Value::Array(list) => list.iter_mut().for_each(forget_use),
        _ => (),
    }
}

impl Town {
    /// The token of somebody.
    pub fn token(&self, who: &str) -> Result<String> {
        bearer(&self.people, who)
    }
}

fn bearer(people: &[(&str, Pass)], who: &str) -> Result<String> {
    match people.iter().find(|(known, _)| *known == who) {
        Some((_, Pass::Bearer(token))) => Ok(token.clone()),
        _ => anyhow::bail!("{who} has no token"),
    }
}

impl Pass {
    /// A request of whoever has it.
    pub fn shown_on(&self, request: RequestBuilder, own: &str) -> RequestBuilder {
        let on_page =
            |request: RequestBuilder| request.header("Origin", own).header("X-Bellhop", "1");
        match self {
            Self::Nobody => request,
            Self::Page => on_page(request),
            Self::Bearer(token) => request.bearer_auth(token),
            Self::Session(visit) => {
                let cookie = visit.cookie.clone().unwrap_or_default();
                on_page(request).header(header::COOKIE, cookie)
            }
        }
    }
}
