//! The one form of every error over HTTP: `{"error": {"code", "message", "field"?}}`.
//!
//! Bad input is 4xx and says what is wrong with it; what is wrong with us is 5xx, goes to the
//! log and says nothing.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use shared::refusal::Refusal;
use shared::settings::{SettingError, SettingFault};
use worker::Response;

/// Why a request was not obeyed. In a box: every result of a handler is as large as this.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    status: u16,
    code: &'static str,
    message: String,
    field: Option<Cow<'static, str>>,
    /// What else a program may need of it: a range, a text, a conversation.
    more: Vec<(&'static str, Value)>,
    allow: Option<String>,
    retry_s: Option<u32>,
}

impl Problem {
    /// A problem without a field.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::of(status, code, message.into())
    }

    #[cold]
    #[inline(never)]
    fn of(status: u16, code: &'static str, message: String) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            message,
            field: None,
            more: Vec::new(),
            allow: None,
            retry_s: None,
        }))
    }

    /// 422: a value of the request is not one that we take.
    pub fn field(
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        message: impl ToString,
    ) -> Self {
        let mut problem = Self::of(422, code, message.to_string());
        problem.0.field = Some(field.into());
        problem
    }

    /// The same, with the field that it is about.
    pub fn at(mut self, field: &'static str) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// 422: a field that the call does not have.
    pub fn unknown(field: String) -> Self {
        let message = format!("there is no field {field}");
        Self::field("field_unknown", field, message)
    }

    /// 401: no valid token.
    pub fn unauthorized(code: &'static str, message: impl ToString) -> Self {
        Self::new(401, code, message.to_string())
    }

    /// 403: not allowed, whoever asks.
    pub fn forbidden(code: &'static str, message: &str) -> Self {
        Self::new(403, code, message)
    }

    /// 404: no such address.
    pub fn not_found() -> Self {
        Self::new(404, "path_unknown", "there is nothing at this address")
    }

    /// 405: the address exists for other methods.
    pub fn method(allowed: &[&str]) -> Self {
        let allowed = allowed.join(", ");
        let message = format!("this address takes {allowed}");
        let mut problem = Self::of(405, "method_unknown", message);
        problem.0.allow = Some(allowed);
        problem
    }

    /// 500: logged, and not told.
    #[cold]
    pub fn internal(error: impl core::fmt::Display) -> Self {
        #[cfg(target_arch = "wasm32")]
        worker::console_error!("edge: {error}");
        let _ = error;
        Self::new(500, "internal", "something went wrong on our side")
    }

    /// 503: not now, with a word of its own.
    pub fn later(code: &'static str, message: &str) -> Self {
        let mut problem = Self::new(503, code, message);
        problem.0.retry_s = Some(1);
        problem
    }

    fn with(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.more.push((name, value.into()));
    }

    /// The status.
    #[cfg(test)]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The word.
    #[cfg(test)]
    pub fn code(&self) -> &str {
        self.0.code
    }

    /// The field.
    #[cfg(test)]
    pub fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The word, for a page that says it.
    pub fn word(&self) -> &'static str {
        self.0.code
    }

    /// Whether it is that word.
    pub fn is(&self, code: &str) -> bool {
        self.0.code == code
    }

    /// The answer.
    pub fn response(&self) -> worker::Result<Response> {
        let response = Response::from_json(&self.body())?.with_status(self.0.status);
        let headers = response.headers();
        if let Some(allow) = &self.0.allow {
            headers.set("allow", allow)?;
        }
        if self.0.status == 401 {
            headers.set("www-authenticate", "Bearer")?;
        }
        if let Some(retry_s) = self.0.retry_s {
            headers.set("retry-after", &retry_s.to_string())?;
        }
        Ok(response)
    }

    fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".into(), self.0.code.into());
        error.insert("message".into(), self.0.message.as_str().into());
        if let Some(field) = &self.0.field {
            error.insert("field".into(), field.as_ref().into());
        }
        if let Some(retry_s) = self.0.retry_s {
            error.insert("retry_after".into(), retry_s.into());
        }
        for (name, value) in &self.0.more {
            error.insert((*name).into(), value.clone());
        }
        json!({ "error": error })
    }
}

impl From<Refusal> for Problem {
    #[cold]
    #[inline(never)]
    fn from(refusal: Refusal) -> Self {
        let mut problem = Self::new(refusal.status(), refusal.code(), refusal.to_string());
        if let Refusal::ConversationOpen { conversation } = refusal {
            problem.with("conversation", conversation.to_string());
        } else if let Refusal::QueueFull { text: Some(text) } = refusal {
            problem.with("text", text.as_str());
        } else if let Refusal::QueueInUse { queue, .. } = refusal {
            problem.with("queue", queue.as_str());
        } else if let Refusal::RateLimited { retry_after } = refusal {
            problem.0.retry_s = Some(retry_after);
        } else if let Refusal::SettingInvalid(error) = refusal {
            return error.into();
        }
        problem
    }
}

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        let message = error.to_string();
        let mut problem = Self::field(error.fault.code(), error.field, message);
        if let SettingFault::OutOfRange { min, .. } = error.fault {
            problem.with("min", min);
        }
        if let SettingFault::OutOfRange { max, .. } | SettingFault::TooMany { max } = error.fault {
            problem.with("max", max);
        }
        problem
    }
}

impl From<worker::Error> for Problem {
    #[cold]
    #[inline(never)]
    fn from(error: worker::Error) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use shared::id::ConversationId;

    use super::*;

    #[test]
    fn every_error_has_one_form() {
        let problem = Problem::field("text_empty", "text", "the text is empty");
        assert_eq!(problem.status(), 422);
        let expected = json!({"error": {
            "code": "text_empty", "field": "text", "message": "the text is empty"
        }});
        assert_eq!(problem.body(), expected);

        let conversation = ConversationId::from_bytes([1; 16]);
        let problem = Problem::from(Refusal::ConversationOpen { conversation });
        let expected = json!({"error": {
            "code": "conversation_open", "message": "you have an open conversation",
            "conversation": conversation.to_string()
        }});
        assert_eq!((problem.status(), problem.body()), (409, expected));

        let problem = Problem::from(Refusal::RateLimited { retry_after: 12 });
        assert_eq!((problem.status(), problem.code()), (429, "rate_limited"));
        assert_eq!(problem.body()["error"]["retry_after"], 12);
    }

    #[test]
    fn what_is_wrong_with_us_is_not_told() {
        let problem = Problem::internal("SELECT * FROM secrets");
        assert!(!problem.body().to_string().contains("secrets"));
    }
}
