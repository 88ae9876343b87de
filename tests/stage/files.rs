//! Files, as any program sends and reads them: announced, put part by part, completed.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::file::{Sent, way};
use shared::headers::Kind;
use shared::id::{CommandId, ConversationId};

use crate::api::{Answer, Api};
use crate::headers::are_those_of;
use crate::wire::fresh_id;

/// A file that somebody wants to send.
#[derive(Clone)]
pub struct Upload<'a> {
    /// Where.
    pub api: &'a Api,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Whose token is shown.
    pub token: String,
    /// The command.
    pub id: CommandId,
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Which file it is, once that is told.
    pub file: String,
    /// The ticket.
    pub ticket: String,
}

/// A file that was read.
pub struct Read {
    /// The status.
    pub status: u16,
    /// A header, or nothing.
    pub headers: reqwest::header::HeaderMap,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

impl<'a> Upload<'a> {
    /// One that nobody knows of yet.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new(
        api: &'a Api,
        conversation: ConversationId,
        token: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<Self> {
        Ok(Self {
            api,
            conversation,
            token: token.to_owned(),
            id: fresh_id()?,
            name: name.to_owned(),
            bytes: bytes.to_owned(),
            file: String::new(),
            ticket: String::new(),
        })
    }

    fn path(&self) -> String {
        format!("/api/v1/conversations/{}/files", self.conversation)
    }

    /// Announces it as it is.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn announces(&mut self) -> Result<Answer> {
        let body = json!({
            "name": self.name,
            "size": self.bytes.len(),
            "sha256": sha256(&self.bytes),
        });
        self.announces_as(&body).await
    }

    /// Announces it in other words.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn announces_as(&mut self, body: &Value) -> Result<Answer> {
        let request = self.api.request(Method::POST, &self.path()).json(body);
        let request = request.header("Idempotency-Key", self.id.to_string());
        let answer = self.api.send(request.bearer_auth(&self.token)).await?;
        for (place, name) in [(&mut self.file, "file"), (&mut self.ticket, "ticket")] {
            if let Some(told) = answer.body[name].as_str() {
                told.clone_into(place);
            }
        }
        Ok(answer)
    }

    /// A request about the file, with its ticket.
    pub fn about(&self, method: Method, query: &str) -> RequestBuilder {
        let path = format!("{}/{}{query}", self.path(), self.file);
        let request = self.api.request(method, &path).bearer_auth(&self.token);
        request.header("Upload-Ticket", &self.ticket)
    }

    /// The bytes of a part.
    #[must_use]
    pub fn part(&self, part: usize) -> &[u8] {
        let size = usize::try_from(way::PART).unwrap_or(usize::MAX);
        self.bytes.chunks(size).nth(part).unwrap_or_default()
    }

    /// Sends a part.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn puts(&self, part: usize) -> Result<Answer> {
        let request = self.about(Method::PUT, &format!("?part={part}"));
        self.api
            .send(request.body(self.part(part).to_owned()))
            .await
    }

    /// Says that everything is there.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn completes(&self) -> Result<Answer> {
        self.api.send(self.about(Method::POST, "")).await
    }

    /// The whole way, up to the first answer that is no good.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn goes(&mut self) -> Result<Answer> {
        let answer = self.announces().await?;
        if answer.status != 201 {
            return Ok(answer);
        }
        for part in 0..way::parts(self.bytes.len() as u64) {
            let answer = self.puts(usize::try_from(part)?).await?;
            if answer.status != 200 {
                return Ok(answer);
            }
        }
        self.completes().await
    }

    /// The whole way.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn is_sent(mut self) -> Result<Self> {
        let answer = self.goes().await?;
        ensure!(answer.status == 201, "{}: {answer:?}", self.name);
        Ok(self)
    }

    /// Asks for an address to read it by.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn linked(&self, token: &str) -> Result<Answer> {
        let path = format!("{}/{}", self.path(), self.file);
        self.api.get(&path, Some(token)).await
    }

    /// Reads it as that person.
    ///
    /// # Errors
    /// When there is no address.
    pub async fn read_by(&self, token: &str) -> Result<Read> {
        let answer = self.linked(token).await?;
        let url = answer.body["url"].as_str();
        let url = url.with_context(|| format!("no address: {answer:?}"))?;
        self.api.reads(url, &[]).await
    }

    /// What the conversation says of it.
    ///
    /// # Errors
    /// When it says nothing.
    pub async fn stands(&self) -> Result<Sent> {
        let path = format!("/api/v1/conversations/{}/events", self.conversation);
        let log = self.api.get(&path, Some(&self.token)).await?;
        let mut events = log.body["events"].as_array().into_iter().flatten();
        let sent = events.find_map(|entry| {
            let sent = &entry["event"]["file_sent"];
            (sent["file"] == json!(self.file)).then_some(sent)
        });
        let sent = sent.with_context(|| format!("{} is not in {log:?}", self.name))?;
        Ok(serde_json::from_value(sent.clone())?)
    }
}

impl Api {
    /// Reads an address of the origin of files, whose answers wear the headers of one.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn reads(&self, url: &str, headers: &[(&str, &str)]) -> Result<Read> {
        let own = reqwest::Url::parse(self.base())?;
        let port = own.port().context("a port")?;
        // Its name is that of this machine, which not every system knows.
        let http = reqwest::Client::builder()
            .resolve("files.localhost", ([127, 0, 0, 1], port).into())
            .build()?;
        let request = headers
            .iter()
            .fold(http.get(url), |request, (name, value)| {
                request.header(*name, *value)
            });
        let response = request.send().await?;
        let read = Read {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response.bytes().await?.to_vec(),
        };
        let kind = if read.status < 300 || read.status == 416 {
            Kind::File
        } else {
            Kind::Answer
        };
        let own = reqwest::Url::parse(url)?.origin().ascii_serialization();
        are_those_of(kind, &own, &read.headers)?;
        Ok(read)
    }
}

impl Read {
    /// A header of the answer; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
