//! Playing a journey: what it needs is made on the way, and everything is looked over at the end.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::api::{Api, Space};
use crate::browser::{Browser, Opened, Screen};
use crate::cast::{Agent, Customer};
use crate::start::Edge;

/// Browsers open at a time: each takes about a third of a core while it starts.
const SEATS: u32 = 4;
static SEATS_FREE: Semaphore = Semaphore::const_new(SEATS as usize);

/// No journey takes longer, set-up included and waiting for browsers aside.
const CURTAIN: Duration = Duration::from_secs(150);

/// Where a journey takes place.
pub struct Stage {
    name: String,
    api: Api,
    opened: Mutex<Vec<Opened>>,
    excused: Mutex<Vec<&'static str>>,
}

/// Plays a journey with at most that many browsers. It fails when the story fails, and when a
/// browser complains about what the story does not excuse.
///
/// # Panics
/// When the journey fails.
#[expect(clippy::panic, reason = "a failed journey is a failed test")]
pub fn play(browsers: u32, story: impl AsyncFnOnce(&Stage) -> Result<()>) {
    let name = thread::current()
        .name()
        .unwrap_or("journey")
        .replace("::", "-");
    let start = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(perform(&name, browsers, story)));
    if let Err(error) = outcome {
        panic!("after {:.1} s: {error:#}", start.elapsed().as_secs_f32());
    }
}

async fn perform(
    name: &str,
    browsers: u32,
    story: impl AsyncFnOnce(&Stage) -> Result<()>,
) -> Result<()> {
    let base = Edge::shared()?;
    let _seats = SEATS_FREE.acquire_many(browsers).await?;
    let stage = Stage {
        name: name.to_owned(),
        api: Api::new(base),
        opened: Mutex::default(),
        excused: Mutex::default(),
    };
    let outcome = match timeout(CURTAIN, story(&stage)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(anyhow::anyhow!("the journey does not end")),
    };
    let outcome = match outcome {
        Ok(()) => stage.look_over().await,
        Err(error) => Err(stage.explain(error).await),
    };
    stage.strike().await;
    outcome
}

impl Stage {
    /// The Bellhop that all journeys share, over HTTP.
    #[must_use]
    pub const fn api(&self) -> &Api {
        &self.api
    }

    /// The origin of its files.
    #[must_use]
    pub fn files(&self) -> String {
        self.api.base().replace("127.0.0.1", "files.localhost")
    }

    /// Makes a space there.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn space(&self, settings: Value, agents: &[&str]) -> Result<Space> {
        self.api.space(settings, agents).await
    }

    /// Opens a browser.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser(&self, name: &str, screen: Screen) -> Result<Browser> {
        self.browser_with(name, screen, &[]).await
    }

    /// The same with flags of one's own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn browser_with(
        &self,
        name: &str,
        screen: Screen,
        flags: &[String],
    ) -> Result<Browser> {
        let opened = Opened::new(name, screen, flags)
            .await
            .with_context(|| format!("a browser for {name}"))?;
        let browser = opened.browser.clone();
        lock(&self.opened).push(opened);
        Ok(browser)
    }

    /// A customer in front of a page of the company, in a browser of their own.
    ///
    /// # Errors
    /// When the browser or the page does not open.
    pub async fn customer(&self, space: &Space) -> Result<Customer> {
        self.customer_at(self.api.base(), space).await
    }

    /// The same with Bellhop at another address, such as a proxy.
    ///
    /// # Errors
    /// When the browser or the page does not open.
    pub async fn customer_at(&self, base: &str, space: &Space) -> Result<Customer> {
        let browser = self.browser("the customer", Screen::DESKTOP).await?;
        Customer::arrives(browser, base, &space.space).await
    }

    /// A customer in a browser that is open already.
    ///
    /// # Errors
    /// When none is open, or the page does not open.
    pub async fn customer_in(&self, space: &Space) -> Result<Customer> {
        let browser = self.first_browser().context("no browser is open")?;
        Customer::arrives(browser, self.api.base(), &space.space).await
    }

    /// The browser that was opened first.
    #[must_use]
    pub fn first_browser(&self) -> Option<Browser> {
        self.browsers().into_iter().next()
    }

    /// An agent of the space in front of the console, in a browser of their own.
    ///
    /// # Errors
    /// When the browser or the console does not open.
    pub async fn agent(&self, space: &Space, name: &str) -> Result<Agent> {
        self.agent_at(self.api.base(), space, name).await
    }

    /// The same with Bellhop at another address, such as a proxy.
    ///
    /// # Errors
    /// When the browser or the console does not open.
    pub async fn agent_at(&self, base: &str, space: &Space, name: &str) -> Result<Agent> {
        let browser = self.browser(name, Screen::DESKTOP).await?;
        Agent::signs_in(browser, base, &space.space, name).await
    }

    /// Complaints that hold one of these words belong to the story: a cut network, say.
    pub fn excuse(&self, words: &[&'static str]) {
        lock(&self.excused).extend(words);
    }

    /// What no browser may have complained about.
    async fn look_over(&self) -> Result<()> {
        let excused = lock(&self.excused).clone();
        for browser in self.browsers() {
            let mut complaints = browser.complaints().await?;
            complaints.retain(|complaint| !excused.iter().any(|words| complaint.contains(words)));
            ensure!(
                complaints.is_empty(),
                "{} complains:\n{}",
                browser.name,
                complaints.join("\n")
            );
        }
        nobody_reports(&self.api).await
    }

    /// Adds to an error what the browsers show and say.
    async fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let mut story = format!("{error:#}");
        for (number, browser) in self.browsers().into_iter().enumerate() {
            let picture = format!("failed/{}-{number}", self.name);
            if let Ok(path) = browser.is_pictured(&picture).await {
                story += &format!("\n{} looks at {}", browser.name, path.display());
            }
            for complaint in browser.complaints().await.unwrap_or_default() {
                story += &format!("\n{} complains: {complaint}", browser.name);
            }
        }
        anyhow::anyhow!(story)
    }

    fn browsers(&self) -> Vec<Browser> {
        lock(&self.opened)
            .iter()
            .map(|opened| opened.browser.clone())
            .collect()
    }

    /// Closes every browser that is open.
    pub async fn strike(&self) {
        let opened: Vec<Opened> = lock(&self.opened).drain(..).collect();
        for opened in opened {
            _ = opened.quit().await;
        }
    }
}

/// No browser has reported a violation of the policy of a page of that Bellhop. A journey with
/// one of its own asks before the curtain falls.
///
/// # Errors
/// With the report.
pub async fn nobody_reports(api: &Api) -> Result<()> {
    // Over a connection of its own: the story may have broken every other.
    let answer = Api::new(api.base())
        .get("/api/v1/dev/reports", None)
        .await?;
    let reports = answer.body["reports"].as_array().cloned();
    // Journeys about bad input send reports of their own making, which block nothing.
    let is_real = |report: &Value| report.to_string().contains("blocked");
    if let Some(report) = reports.into_iter().flatten().find(is_real) {
        bail!("a violation of the policy: {report}");
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
