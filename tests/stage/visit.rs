//! A person's browser as far as HTTP goes: a cookie, our own origin, and the header of our pages.

use anyhow::{Context, Result, ensure};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::api::{Answer, Api};

/// A browser on one of our pages.
#[derive(Clone)]
pub struct Visit {
    api: Api,
    /// The cookie, as it would be sent: `name=value`.
    pub cookie: Option<String>,
}

/// What came back, with the cookie that it set.
#[derive(Debug)]
pub struct Served {
    /// Status and body.
    pub answer: Answer,
    /// Every `Set-Cookie`.
    pub cookies: Vec<String>,
    /// Where it leads.
    pub location: Option<String>,
}

impl Visit {
    /// With no cookie yet.
    #[must_use]
    pub fn new(api: &Api) -> Self {
        Self {
            api: api.clone(),
            cookie: None,
        }
    }

    /// Asks as a page of ours would, and keeps the cookie that is set.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn asks(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Served> {
        let own = self.api.base().to_owned();
        let headers = [("Origin", own.as_str()), ("X-Bellhop", "1")];
        let served = self.asks_with(method, path, body, &headers).await?;
        if let Some(cookie) = served
            .cookies
            .iter()
            .find(|cookie| cookie.contains("session="))
        {
            let pair = cookie.split(';').next().unwrap_or_default();
            let is_set = !pair.ends_with('=');
            self.cookie = is_set.then(|| pair.to_owned());
        }
        Ok(served)
    }

    /// Asks with other headers than those of our pages.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn asks_with(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Served> {
        let mut request = self.api.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let (answer, headers) = self.api.send_whole(request).await?;
        let text = |value: &header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let cookies = headers.get_all(header::SET_COOKIE).iter();
        let cookies = cookies.map(text).collect();
        let location = headers.get(header::LOCATION).map(text);
        Ok(Served {
            answer,
            cookies,
            location,
        })
    }

    /// POST of JSON that succeeds.
    ///
    /// # Errors
    /// When it does not.
    pub async fn posts(&mut self, path: &str, body: &Value) -> Result<Value> {
        let served = self.asks(Method::POST, path, Some(body)).await?;
        ensure!(
            (200..300).contains(&served.answer.status),
            "{path}: {served:?}"
        );
        Ok(served.answer.body)
    }

    /// POST of JSON that is refused: the status and the word.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn is_refused(&mut self, path: &str, body: &Value) -> Result<String> {
        let served = self.asks(Method::POST, path, Some(body)).await?;
        Ok(format!("{} {}", served.answer.status, served.answer.code()))
    }

    /// Who one is here.
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn session(&self) -> Result<Answer> {
        let path = "/api/v1/session";
        Ok(self.asks_with(Method::GET, path, None, &[]).await?.answer)
    }

    /// The token of a space.
    ///
    /// # Errors
    /// When there is none.
    pub async fn token(&mut self, space: &str) -> Result<String> {
        let body = json!({ "space": space });
        let token = self.posts("/api/v1/session/token", &body).await?;
        Ok(token["token"].as_str().context("no token")?.to_owned())
    }
}

/// What stands behind the `#` of a link.
///
/// # Errors
/// When there is nothing.
pub fn secret(link: &Value) -> Result<String> {
    let link = link.as_str().context("no link")?;
    let (_, fragment) = link.split_once('#').context("a link without a secret")?;
    let (_, secret) = fragment
        .split_once('=')
        .context("a secret without a name")?;
    Ok(secret.to_owned())
}
