//! Bellhop over HTTP, as any program would call it.

use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::headers::Kind;
use shared::id::{AgentId, CommandId, ConversationId, VisitorId};

use crate::headers::are_those_of;

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

/// What the document says of every call, rather than of each: 413 and 414 of what is too large, 405
/// of another method, 403 of a foreign page or host, 404 of what is no address, 503 without a key of
/// the installation.
const OF_EVERY_CALL: [(u16, &str); 7] = [
    (403, "host_refused"),
    (403, "origin_refused"),
    (404, "path_unknown"),
    (405, "method_unknown"),
    (413, "body_too_large"),
    (414, "path_too_long"),
    (503, "token_key_missing"),
];

/// An answer of that status, and with that word of an error, stands in the API document.
///
/// # Errors
/// When it does not.
pub fn is_documented(method: &str, path: &str, status: u16, code: &str) -> Result<()> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let document = include_str!("../../public/openapi.json");
        serde_json::from_str(document).unwrap_or_default()
    });
    if OF_EVERY_CALL.contains(&(status, code)) {
        return Ok(());
    }
    let is_place = |part: &str| part.starts_with('{');
    let fits = |pattern: &str| {
        let mut parts = pattern.split('/').zip(path.split('/'));
        pattern.split('/').count() == path.split('/').count()
            && parts.all(|(part, segment)| is_place(part) || part == segment)
    };
    let paths = DOCUMENT["paths"].as_object().context("no paths")?;
    let calls = paths.iter().find(|(pattern, _)| fits(pattern));
    let (_, calls) = calls.with_context(|| format!("{path} is not documented"))?;
    let method = if method == "HEAD" { "GET" } else { method };
    let told = &calls[method.to_lowercase()]["responses"][status.to_string()];
    ensure!(
        !told.is_null(),
        "{status} {code} of {method} {path} is not documented"
    );
    let words = told["description"].as_str().unwrap_or_default();
    let is_told = code.is_empty() || words.contains(&format!("`{code}`"));
    ensure!(
        is_told,
        "`{code}` ({status}) of {method} {path} is not documented"
    );
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

    /// Sends a request and reads the answer, which must stand in the API document and wear the
    /// headers of its kind.
    ///
    /// # Errors
    /// When nothing came back, or what no document tells.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        Ok(self.send_whole(request).await?.0)
    }

    /// The same, with the headers of the answer.
    ///
    /// # Errors
    /// Those of [`Self::send`].
    pub async fn send_whole(&self, request: RequestBuilder) -> Result<(Answer, HeaderMap)> {
        let request = request.build()?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let response = self.http.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let answer = Answer { status, body };
        if url.path().starts_with("/api/") {
            is_documented(method.as_str(), url.path(), status, answer.code())?;
            // What dies in the middle of a call is answered by the platform, which knows no table.
            if status != 500 {
                let own = url.origin().ascii_serialization();
                let is_dressed = are_those_of(Kind::Answer, &own, &headers);
                is_dressed.with_context(|| format!("{status} of {method} {}", url.path()))?;
            }
        }
        Ok((answer, headers))
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
