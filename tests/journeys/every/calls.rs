//! The table of calls.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::Value;
use stage::api::{Answer, Api};
use stage::wire::fresh_id;

use super::town::{Pass, Town};

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// The path with its query, and names of a town in braces.
    pub path: &'static str,
    /// Who asks in the ordinary case.
    pub by: &'static str,
    /// The body, as it is written; `{}` where the call has none.
    pub body: &'static str,
}

/// The whole table.
pub fn all() -> Result<Vec<Call>> {
    let lines = include_str!("calls.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| read(line).context(line)).collect()
}

fn read(line: &'static str) -> Result<Call> {
    let mut rest = line;
    let mut word = || {
        let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = more.trim_start();
        word
    };
    let (method, path, by) = (word(), word(), word());
    Ok(Call {
        method: method.parse()?,
        path,
        by,
        body: if rest.is_empty() { "{}" } else { rest },
    })
}

impl Call {
    /// True for what changes something of ours.
    pub fn is_change(&self) -> bool {
        self.method != Method::GET && self.path != "/api/v1/reports/csp"
    }

    /// True for what takes bytes as they are, and no JSON: `files` and `dictation` tell of it.
    pub fn is_raw(&self) -> bool {
        let is_part = self.method == Method::PUT && self.path.contains("/files/");
        is_part || self.path.contains("/transcriptions")
    }

    /// The body, with the names of the town.
    pub fn body_in(&self, town: &Town) -> Result<Value> {
        let body = town.filled(self.body)?;
        serde_json::from_str(&body).with_context(|| format!("{body} of {self:?}"))
    }

    /// Asks with that body, as somebody with that pass.
    pub async fn ask(&self, api: &Api, pass: &Pass, path: &str, body: &Value) -> Result<Answer> {
        let mut request = api.request(self.method.clone(), path);
        request = request.header("Idempotency-Key", fresh_id()?.to_string());
        request = pass.shown_on(request, api.base());
        if self.method != Method::GET {
            request = request.json(body);
        }
        api.send(request).await
    }
}

/// The path of the document that a path of the table stands for: any name in braces is like
/// any other.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_call_of_the_document_has_its_line() -> Result<()> {
    let document: Value = serde_json::from_str(include_str!("../../../public/openapi.json"))?;
    let mut documented = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().context("no paths")? {
        for method in methods
            .as_object()
            .into_iter()
            .flat_map(|methods| methods.keys())
        {
            documented.insert(format!("{} {}", method.to_uppercase(), shape(path)));
        }
    }
    let told = all()?.into_iter();
    let told = told.map(|call| format!("{} {}", call.method, shape(call.path)));
    assert_eq!(told.collect::<BTreeSet<_>>(), documented);
    Ok(())
}

/// Each property that the document gives a body stands in the body of the table.
#[test]
fn every_field_of_the_document_has_its_place() -> Result<()> {
    let document: Value = serde_json::from_str(include_str!("../../../public/openapi.json"))?;
    let paths = document["paths"].as_object().context("no paths")?;
    for call in all()? {
        let is_its = |path: &&String| shape(path) == shape(call.path);
        let path = paths.keys().find(is_its).context(call.path)?;
        let method = call.method.as_str().to_lowercase();
        let schema = &paths[path][&method]["requestBody"]["content"]["application/json"]["schema"];
        let schema = match schema["$ref"].as_str() {
            Some(name) => document
                .pointer(name.trim_start_matches('#'))
                .context("a schema")?,
            None => schema,
        };
        let body = call.body.replace("{fence}", "1");
        let body: Value = serde_json::from_str(&body)?;
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_read = property["readOnly"] == true;
            assert!(is_read || body.get(name).is_some(), "{name} of {call:?}");
        }
    }
    Ok(())
}
