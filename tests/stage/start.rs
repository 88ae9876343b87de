//! A Bellhop of our own: `cargo xtask serve` on a free port, with state that lies in memory.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, Result, anyhow, ensure};
use tempfile::TempDir;

use crate::process::Watched;
use crate::{root, scratch, target};

/// The flag of a start that confines the Worker.
const CONFINED: &str = "--confined";

/// The release build on `workerd`.
pub struct Edge {
    process: Watched,
    state: TempDir,
    port: u16,
    vars: Vec<(&'static str, String)>,
}

impl Edge {
    /// Address of the one that all journeys share; each makes a space of its own in it.
    /// `BELLHOP_BASE` names one that runs already.
    ///
    /// # Errors
    /// When it does not start.
    pub fn shared() -> Result<String> {
        static SHARED: OnceLock<Result<Edge, String>> = OnceLock::new();
        if let Ok(base) = env::var("BELLHOP_BASE") {
            return Ok(base);
        }
        SHARED
            .get_or_init(|| Self::launch(true, Vec::new()).map_err(|error| format!("{error:#}")))
            .as_ref()
            .map(Self::base)
            .map_err(|error| anyhow!("{error}"))
    }

    /// A fresh one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        Self::with(Vec::new())
    }

    /// A fresh one with variables and secrets, as a deployment has them.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with(vars: Vec<(&'static str, String)>) -> Result<Self> {
        Self::launch(false, vars)
    }

    /// One that reaches public addresses alone.
    ///
    /// # Errors
    /// When it does not start.
    pub fn confined(mut vars: Vec<(&'static str, String)>) -> Result<Self> {
        vars.push((CONFINED, String::new()));
        Self::launch(false, vars)
    }

    /// One that lasts as long as the run is never dropped: its watch removes the state.
    fn launch(is_for_the_run: bool, vars: Vec<(&'static str, String)>) -> Result<Self> {
        let state = tempfile::Builder::new()
            .prefix("bellhop-edge-")
            .tempdir_in(scratch())?;
        let litter = is_for_the_run.then(|| state.path().to_owned());
        let (process, port) = serve(&state, litter.as_deref(), &vars)?;
        Ok(Self {
            process,
            state,
            port,
            vars,
        })
    }

    /// SIGKILL, in the middle of whatever it is doing.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts again on the state that the last one left, on another port.
    ///
    /// # Errors
    /// When it does not start.
    pub fn revive(&mut self) -> Result<()> {
        self.process.kill();
        (self.process, self.port) = serve(&self.state, None, &self.vars)?;
        Ok(())
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What workerd wrote.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.state.path().join("workerd.log")).unwrap_or_default()
    }
}

fn serve(
    state: &TempDir,
    litter: Option<&Path>,
    vars: &[(&str, String)],
) -> Result<(Watched, u16)> {
    let xtask = target().join("debug/xtask");
    ensure!(
        xtask.is_file(),
        "{} is missing: run `cargo xtask build`",
        xtask.display()
    );
    let said = state.path().join("serve.log");
    let mut command = Command::new(xtask);
    command
        .current_dir(root())
        .args(["serve", "--no-build", "--port", "0", "--state"])
        .arg(state.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(&said)?);
    for (name, value) in vars {
        if *name == CONFINED {
            command.arg(CONFINED);
        } else {
            command.arg(format!("--var={name}={value}"));
        }
    }
    let mut process = Watched::start(&mut command, litter)?;
    let output = process
        .child()
        .stdout
        .take()
        .context("no standard output")?;
    let port = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("ready http://127.0.0.1:")?.parse().ok())
        .with_context(|| {
            let said = fs::read_to_string(&said).unwrap_or_default();
            format!("`cargo xtask serve` did not get ready:\n{said}")
        })?;
    Ok((process, port))
}

impl Edge {
    /// Where the objects' disks are.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        self.state.path().join("objects")
    }

    /// Every byte of the objects' disks.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn stored(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut folders = vec![self.state.path().join("objects")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    bytes.extend(fs::read(path)?);
                }
            }
        }
        Ok(bytes)
    }
}
