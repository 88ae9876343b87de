//! Whoever is measured: a `workerd` with a Worker in it, its processor time and its memory.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use shared::id::ConversationId;
use stage::api::{Api, SignedIn, Space};
use stage::process::Watched;
use tempfile::TempDir;

/// Which Worker.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Ours.
    Bellhop,
    /// `baseline/minimal.js`.
    Minimal,
    /// `baseline/cached.js`.
    Cached,
}

/// Most conversations of one agent.
const LIMIT: usize = 100;

impl Kind {
    /// Ours last: a baseline that warms up the machine does us no favour.
    pub const ALL: [Self; 3] = [Self::Minimal, Self::Cached, Self::Bellhop];

    /// What the tables call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bellhop => "Bellhop",
            Self::Minimal => "(a) JS room",
            Self::Cached => "(b) JS room, sessions in memory",
        }
    }
}

/// A running `workerd`.
pub struct Peer {
    pub kind: Kind,
    pub base: String,
    process: Watched,
    pid: u32,
    state: TempDir,
    pub rooms: u64,
    pub house: Option<House>,
}

/// Where conversations of ours take place.
pub struct House {
    pub api: Api,
    pub space: Space,
    /// Agents, each on duty through a socket to the space.
    pub agents: Vec<(SignedIn, stage::line::AgentLine)>,
    pub begun: Vec<ConversationId>,
}

impl Peer {
    pub async fn start(kind: Kind, folder: &Path) -> Result<Self> {
        let entry = std::env::var_os("BENCH_ENTRY").map(PathBuf::from);
        Self::start_with(kind, folder, entry.as_deref()).await
    }

    /// The same with a module of our own around the Worker's.
    pub async fn start_with(kind: Kind, folder: &Path, entry: Option<&Path>) -> Result<Self> {
        let state = tempfile::Builder::new()
            .prefix("bellhop-bench-")
            .tempdir_in(folder)?;
        let (process, base, pid) = serve(kind, state.path(), entry)?;
        let mut peer = Self {
            kind,
            base,
            process,
            pid,
            state,
            rooms: 0,
            house: None,
        };
        if kind == Kind::Bellhop {
            peer.house = Some(House::open(&peer.base).await?);
        }
        Ok(peer)
    }

    /// Ends it, and starts it again on what it has stored.
    pub fn restart(&mut self) -> Result<()> {
        self.process.kill();
        (self.process, self.base, self.pid) = serve(self.kind, self.state.path(), None)?;
        if let Some(house) = &mut self.house {
            house.api = Api::new(&self.base);
        }
        Ok(())
    }

    /// Processor time so far, in microseconds; the kernel counts hundredths of a second.
    pub fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        let (_, fields) = stat.rsplit_once(')').context("not a stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |at: usize| -> Result<f64> {
            let field = fields.get(at).context("a stat without times")?;
            Ok(field.parse()?)
        };
        Ok((ticks(11)? + ticks(12)?) * 10_000.0)
    }

    /// Memory in use, in megabytes.
    pub fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.context("no memory")?.parse::<f64>()? / 1024.0)
    }
}

impl House {
    async fn open(base: &str) -> Result<Self> {
        let api = Api::new(base);
        let settings = json!({
            "messages_burst": 1_000_000, "messages_per_10s": 1_000_000,
            "messages_per_hour": 1_000_000, "conversations_per_10min": 1_000_000, "conversation_limit": LIMIT,
            "offer_mode": "auto_accept",
        });
        let names: Vec<String> = (0..12).map(|number| format!("Agent {number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let space = api.space(settings, &names).await?;
        Ok(Self {
            api,
            space,
            agents: Vec::new(),
            begun: Vec::new(),
        })
    }

    /// An agent with room for one more conversation.
    pub async fn agent(&mut self) -> Result<&SignedIn> {
        if self.begun.len() >= self.agents.len() * LIMIT {
            let name = format!("Agent {}", self.agents.len());
            let line = stage::line::AgentLine::on_duty(&self.api, &self.space, &name).await?;
            self.agents.push((line.me.clone(), line));
        }
        let (agent, _) = self.agents.last().context("no agent")?;
        Ok(agent)
    }
}

fn serve(kind: Kind, state: &Path, entry: Option<&Path>) -> Result<(Watched, String, u32)> {
    let mut command = match kind {
        Kind::Bellhop => ours(state, entry)?,
        Kind::Minimal => theirs(state, "minimal.js")?,
        Kind::Cached => theirs(state, "cached.js")?,
    };
    let log = File::options()
        .create(true)
        .append(true)
        .open(state.join("bench.log"))?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log);
    let mut process = Watched::start(&mut command, None)?;
    let parent = process.child().id();
    let output = process.child().stdout.take().context("no output")?;
    let port = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| port(&line));
    let said = || fs::read_to_string(state.join("bench.log")).unwrap_or_default();
    let port = port.with_context(|| format!("{kind:?} does not start:\n{}", said()))?;
    let pid = match kind {
        Kind::Bellhop => child_named(parent, "workerd")?,
        Kind::Minimal | Kind::Cached => parent,
    };
    Ok((process, format!("http://127.0.0.1:{port}"), pid))
}

/// The port in what `cargo xtask serve` or `workerd` says when it listens.
fn port(line: &str) -> Option<u64> {
    if let Some(port) = line.strip_prefix("ready http://127.0.0.1:") {
        return port.parse().ok();
    }
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    event["port"].as_u64()
}

fn ours(state: &Path, entry: Option<&Path>) -> Result<Command> {
    let mut command = Command::new(stage::target().join("debug/xtask"));
    command
        .current_dir(stage::root())
        .args(["serve", "--no-build", "--port", "0", "--state"])
        .arg(state);
    if let Some(entry) = entry {
        command.arg("--entry").arg(entry);
    }
    Ok(command)
}

fn theirs(state: &Path, script: &str) -> Result<Command> {
    let script = stage::root().join("tests/load/baseline").join(script);
    let objects = state.join("objects");
    fs::create_dir_all(&objects)?;
    let config = state.join("workerd.capnp");
    let text = format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "room", worker = .room),
    (name = "objects", disk = (path = {objects:?}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "room")],
);
const room :Workerd.Worker = (
  compatibilityDate = "2026-11-17",
  modules = [(name = "room.js", esModule = embed {script:?})],
  durableObjectNamespaces = [(className = "Room", uniqueKey = "room", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
  bindings = [(name = "ROOM", durableObjectNamespace = "Room")],
);
"#
    );
    fs::write(&config, text)?;
    let workerd = std::env::var_os("BELLHOP_WORKERD").map(PathBuf::from);
    let workerd = workerd.context("BELLHOP_WORKERD is not set: run `cargo xtask bench`")?;
    ensure!(workerd.is_file(), "{} is missing", workerd.display());
    let mut command = Command::new(workerd);
    command
        .args(["serve", "--control-fd=1", "--import-path=/"])
        .arg(config)
        .arg("config");
    Ok(command)
}

fn child_named(parent: u32, name: &str) -> Result<u32> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))?;
    let mut children = children.split_whitespace();
    let is_it = |child: &&str| {
        fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|comm| comm.trim() == name)
    };
    let child = children.find(is_it);
    Ok(child.with_context(|| format!("no {name}"))?.parse()?)
}
