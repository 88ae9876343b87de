//! Who this browser is: a token, the refresh token behind it, and how both are renewed.
//!
//! A customer's session lies in `localStorage`, shared by the tabs; an agent's in
//! `sessionStorage`, so that two tabs can be two agents.

use std::time::Duration;

use shared::time::Timestamp;
use wasm_bindgen::JsValue;

use crate::http::{self, HttpError};
use crate::store::Store;
use crate::{js, lock, time};

/// A token is not used in its last seconds: it would run out on the way.
const MARGIN: Duration = Duration::from_secs(10);

/// The stored session of one space.
#[derive(Clone)]
pub struct Session {
    store: Store,
    space: String,
    /// A browser that has none is given one: it is a visitor.
    is_given: bool,
}

impl Session {
    /// A customer's session, made when it is first needed.
    #[cfg(feature = "chat")]
    pub fn of_visitor(store: Store, space: &str) -> Self {
        Self {
            store,
            space: space.to_owned(),
            is_given: true,
        }
    }

    /// An agent's session; signing in makes it.
    #[cfg(any(feature = "console", feature = "home"))]
    pub fn of_agent(store: Store, space: &str) -> Self {
        Self {
            store,
            space: space.to_owned(),
            is_given: false,
        }
    }

    /// Who signed in.
    #[cfg(any(feature = "console", feature = "home"))]
    pub fn agent(&self) -> Option<shared::id::AgentId> {
        self.store.get("agent")?.parse().ok()
    }

    /// A token that still holds, if one is stored.
    pub fn token(&self) -> Option<String> {
        let expires_at = self.store.get("expires")?.parse().ok()?;
        let holds = time::now() + MARGIN < Timestamp::from_millis(expires_at);
        holds.then(|| self.store.get("token")).flatten()
    }

    /// True when there is a session, be its token fresh or not.
    pub fn exists(&self) -> bool {
        self.store.get("refresh").is_some()
    }

    /// A token that holds: the stored one, else a renewed one, else that of a new visitor.
    pub async fn ensure(&self) -> Result<String, HttpError> {
        if let Some(token) = self.token() {
            return Ok(token);
        }
        #[cfg(any(feature = "console", feature = "home"))]
        if !self.exists() && !self.is_given {
            return self.of_cookie().await;
        }
        if self.exists() || !self.is_given {
            return self.renew().await;
        }
        let _guard = lock::hold(&self.store.key("refresh")).await;
        if let Some(token) = self.token() {
            return Ok(token);
        }
        let path = ["/api/v1/spaces/", &self.space, "/visitors"].concat();
        let answer = http::post(&path, &[], &[]).await?;
        self.keep(&answer).ok_or(HttpError::Unreachable)
    }

    /// A token by the cookie of the person's session.
    #[cfg(any(feature = "console", feature = "home"))]
    async fn of_cookie(&self) -> Result<String, HttpError> {
        let body = [("space", JsValue::from_str(&self.space))];
        let headers = [("X-Bellhop", "1")];
        let answer = http::post("/api/v1/session/token", &headers, &body).await;
        match answer {
            Ok(answer) => self.keep(&answer).ok_or(HttpError::Unreachable),
            Err(error) => {
                if let HttpError::Refused(..) = error {
                    self.forget();
                }
                Err(error)
            }
        }
    }

    /// A fresh token. Tabs take turns: the second finds what the first has brought.
    pub async fn renew(&self) -> Result<String, HttpError> {
        #[cfg(any(feature = "console", feature = "home"))]
        if !self.exists() && !self.is_given {
            return self.of_cookie().await;
        }
        let old = self.store.get("token");
        let _guard = lock::hold(&self.store.key("refresh")).await;
        if let Some(token) = self.token().filter(|token| Some(token) != old.as_ref()) {
            return Ok(token);
        }
        let refresh = self.store.get("refresh").unwrap_or_default();
        let body = [("refresh", JsValue::from_str(&refresh))];
        match http::post("/api/v1/tokens/refresh", &[], &body).await {
            Ok(answer) => self.keep(&answer).ok_or(HttpError::Unreachable),
            Err(error) => {
                if let HttpError::Refused(..) = error {
                    self.forget();
                }
                Err(error)
            }
        }
    }

    /// Whether the site vouches for who this is.
    #[cfg(feature = "chat")]
    pub fn is_known(&self) -> bool {
        self.store.get("known").is_some()
    }

    /// Goes on as whom the site vouches for, by its token or by an id and its hash. No tab renews the
    /// session meanwhile: it would put the old one in the place of the new one.
    #[cfg(feature = "chat")]
    pub async fn identify(&self, shown: &JsValue) -> Result<JsValue, HttpError> {
        if self.exists()
            && let Err(HttpError::Unreachable) = self.ensure().await
        {
            return Err(HttpError::Unreachable);
        }
        let _guard = lock::hold(&self.store.key("refresh")).await;
        let part = |name| js::get(shown, name).unwrap_or_default();
        let body = if shown.is_string() {
            vec![("token", shown.clone())]
        } else {
            vec![("id", part("id")), ("hash", part("hash"))]
        };
        let bearer = self.token().map(|token| ["Bearer ", &token].concat());
        let bearer = bearer.as_deref().map(|bearer| ("Authorization", bearer));
        let path = ["/api/v1/spaces/", &self.space, "/identify"].concat();
        let answer = http::post(&path, bearer.as_slice(), &body).await?;
        self.keep(&answer).ok_or(HttpError::Unreachable)?;
        self.store.set("known", "1");
        Ok(answer)
    }

    /// Stores what the server said; the token, if there was one.
    pub fn keep(&self, answer: &JsValue) -> Option<String> {
        let token = js::get_text(answer, "token")?;
        let seconds = js::get(answer, "expires_in")?.as_f64()?;
        let expires_at = time::now() + Duration::from_secs(seconds as u64);
        self.store.set("expires", &expires_at.millis().to_string());
        for name in ["token", "refresh", "agent"] {
            if let Some(value) = js::get_text(answer, name) {
                self.store.set(name, &value);
            }
        }
        Some(token)
    }

    /// Forgets the session.
    pub fn forget(&self) {
        for name in ["token", "refresh", "agent", "expires", "known"] {
            self.store.remove(name);
        }
    }
}
