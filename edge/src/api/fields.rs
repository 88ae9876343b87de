//! Fields of a small body, taken one by one: a type for each of them would cost the Worker more
//! than what it does.

use serde_json::{Map, Value};
use shared::text::{EmailAddress, PersonName, TextError};
use worker::Request;

use super::conversations::text_problem;
use crate::body;
use crate::errors::Problem;

/// An object of JSON, as far as it was not taken yet.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// 413 when it is too large, 400 when it is not an object.
    pub async fn read(request: &mut Request) -> Result<Self, Problem> {
        body::json(request).await.map(Self)
    }

    /// Takes a field; null is as good as none.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    ///
    /// # Errors
    /// 422 when it is something else.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(name, "a text")),
        }
    }

    /// Takes a whole number.
    ///
    /// # Errors
    /// 422 when it is something else.
    pub fn number(&mut self, name: &'static str) -> Result<Option<u64>, Problem> {
        let number = |value: Value| {
            value
                .as_u64()
                .ok_or_else(|| malformed(name, "a whole number"))
        };
        self.take(name).map(number).transpose()
    }

    /// Takes a list of texts.
    ///
    /// # Errors
    /// 422 when it is something else.
    pub fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
        let Some(list) = self.take(name) else {
            return Ok(None);
        };
        let texts = list.as_array().and_then(|list| {
            let texts = list.iter().map(|text| text.as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>()
        });
        texts
            .map(Some)
            .ok_or_else(|| malformed(name, "a list of texts"))
    }

    /// Takes what is parsed from a text.
    ///
    /// # Errors
    /// 422 with what is wrong with it.
    pub fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: fn(&str) -> Result<T, TextError>,
    ) -> Result<Option<T>, Problem> {
        let parse = |text: String| parse(&text).map_err(|error| text_problem(name, error));
        self.text(name)?.map(parse).transpose()
    }

    /// Takes what a person is called.
    ///
    /// # Errors
    /// 422 with what is wrong with it.
    pub fn name(&mut self, name: &'static str) -> Result<Option<PersonName>, Problem> {
        self.parsed(name, PersonName::parse)
    }

    /// Takes an e-mail address.
    ///
    /// # Errors
    /// 422 with what is wrong with it.
    pub fn email(&mut self, name: &'static str) -> Result<Option<EmailAddress>, Problem> {
        self.parsed(name, EmailAddress::parse)
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// 422 with the name of what is.
    pub fn end(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(Problem::unknown(name)),
        }
    }
}

fn malformed(name: &'static str, what: &str) -> Problem {
    Problem::field("value_malformed", name, format!("{name} is {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        Fields(value.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn sec_j_02_a_field_holds_what_it_should_or_is_named() {
        for value in [json!(1), json!(true), json!([]), json!({}), json!(["a"])] {
            let problem = fields(json!({ "link": value })).text("link").unwrap_err();
            assert_eq!(
                (problem.status(), problem.field_name()),
                (422, Some("link"))
            );
        }
        assert_eq!(fields(json!({ "link": null })).text("link"), Ok(None));
        let problem = fields(json!({ "link": "x" })).number("link").unwrap_err();
        assert_eq!(problem.code(), "value_malformed");
        let problem = fields(json!({ "list": ["a", 1] }))
            .texts("list")
            .unwrap_err();
        assert_eq!(problem.code(), "value_malformed");
    }

    #[test]
    fn sec_j_01_what_is_left_over_is_named() {
        let mut fields = fields(json!({ "name": " Ada ", "admin": true }));
        assert_eq!(fields.name("name").unwrap().unwrap().as_str(), "Ada");
        let problem = fields.end().unwrap_err();
        assert_eq!(
            (problem.code(), problem.field_name()),
            ("field_unknown", Some("admin"))
        );
    }
}
