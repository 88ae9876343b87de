//! Bellhop over HTTP, as any program would call it.

use anyhow::{Context, Result, ensure};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::id::{AgentId, CommandId, ConversationId, VisitorId};

/// Calls one Bellhop.
#[derive(Clone)]
pub struct Api {
    base: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; `Null` when it is not JSON.
    pub body: Value,
}

/// A space that a journey made.
#[derive(Clone, Debug, Deserialize)]
pub struct Space {
    /// Its name in addresses.
    pub space: String,
}

/// An agent who has signed in.
#[derive(Clone, Debug, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub agent: AgentId,
    /// The token.
    pub token: String,
}

/// A browser that may write.
#[derive(Clone, Debug, Deserialize)]
pub struct Visitor {
    /// Who.
    pub visitor: VisitorId,
    /// The token.
    pub token: String,
    /// What gets the next token.
    pub refresh: String,
}

/// An answer of that status stands in the API document, or belongs to what the document says of
/// every call.
///
/// # Errors
/// When it does not.
pub fn is_documented(method: &str, path: &str, status: u16) -> Result<()> {
    let document: Value = serde_json::from_str(include_str!("../../public/openapi.json"))?;
    let is_place = |part: &str| part.starts_with('{');
    let fits = |pattern: &str| {
        let parts = pattern.split('/').zip(path.split('/'));
        pattern.split('/').count() == path.split('/').count()
            && parts
                .into_iter()
                .all(|(part, segment)| is_place(part) || part == segment)
    };
    let paths = document["paths"].as_object().context("no paths")?;
    let calls = paths.iter().find(|(pattern, _)| fits(pattern));
    let (_, calls) = calls.with_context(|| format!("{path} is not documented"))?;
    let answers = &calls[method.to_lowercase()]["responses"];
    let is_told = matches!(status, 405 | 413 | 414) || !answers[status.to_string()].is_null();
    ensure!(is_told, "{status} of {method} {path} is not documented");
    Ok(())
}

impl Answer {
    /// The word of the error, if this is one.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// The body as that type.
    ///
    /// # Errors
    /// When the call failed or the body is something else.
    pub fn into<T: for<'de> Deserialize<'de>>(self) -> Result<T> {
        ensure!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.body
        );
        serde_json::from_value(self.body).context("an answer of another form")
    }
}

impl Api {
    /// Calls the Bellhop at that address.
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        // A redirect is an answer like any other.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            base: base.into(),
            http: http.build().unwrap_or_default(),
        }
    }

    /// The address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request to a path of it, to be finished by the caller.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    /// GET.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Result<Answer> {
        let mut request = self.request(Method::GET, path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    /// POST of JSON.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Answer> {
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    /// PATCH of JSON.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn patch(&self, path: &str, token: &str, body: &Value) -> Result<Answer> {
        let request = self.request(Method::PATCH, path).json(body);
        self.send(request.bearer_auth(token)).await
    }

    /// Makes a space with those settings and agents of those names. Host pages of the journeys
    /// may show its chat.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn space(&self, settings: Value, agents: &[&str]) -> Result<Space> {
        let agents = agents.iter().map(|name| json!({ "name": name }));
        self.space_with(settings, agents.collect()).await
    }

    /// Makes a space with agents in full: name, screen name, role, limit.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn space_with(&self, mut settings: Value, agents: Vec<Value>) -> Result<Space> {
        let origins = &mut settings["origins"];
        if origins.is_null() {
            *origins = json!(["http://localhost:*", "http://127.0.0.1:*"]);
        }
        let body = json!({ "settings": settings, "agents": agents });
        self.post("/api/v1/dev/spaces", None, &body).await?.into()
    }

    /// Signs an agent in by name.
    ///
    /// # Errors
    /// When there is no such agent.
    pub async fn sign_in(&self, space: &Space, name: &str) -> Result<SignedIn> {
        let body = json!({ "space": space.space, "as": name });
        self.post("/api/v1/dev/sign-in", None, &body).await?.into()
    }

    /// Makes a visitor.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn visitor(&self, space: &Space) -> Result<Visitor> {
        let path = format!("/api/v1/spaces/{}/visitors", space.space);
        self.post(&path, None, &json!({})).await?.into()
    }

    /// The call that begins a conversation.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn begin(&self, token: &str, id: CommandId, body: &Value) -> Result<Answer> {
        let request = self
            .request(Method::POST, "/api/v1/conversations")
            .header("Idempotency-Key", id.to_string())
            .bearer_auth(token)
            .json(body);
        self.send(request).await
    }

    /// Begins a conversation.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn conversation(&self, visitor: &Visitor, text: &str) -> Result<ConversationId> {
        #[derive(Deserialize)]
        struct Begun {
            conversation: ConversationId,
        }
        let id = crate::wire::fresh_id()?;
        let begun: Begun = self
            .begin(&visitor.token, id, &json!({ "text": text }))
            .await?
            .into()?;
        Ok(begun.conversation)
    }
}
