//! The Worker on `workerd` itself: no Node, no wrangler.

mod config;

use crate::{paths, process::Process, run::command, setup::npm};
use anyhow::{Context, Result, ensure};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write, pipe},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

/// The first answer compiles the wasm: well under a second on a quiet machine.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

const PORT_LIMIT: Duration = Duration::from_secs(2);

/// A running workerd.
pub struct Workerd {
    pub process: Process,
    pub port: u16,
}

/// Starts on 127.0.0.1 with all state in `state`; returns once it answers. Port 0 is any port.
/// `more` are variables besides those of every start. `entry` is a module to begin with in place of the Worker's own, which it imports.
pub fn start(
    state: &Path,
    port: u16,
    entry: Option<&Path>,
    more: &[(String, String)],
    is_confined: bool,
) -> Result<Workerd> {
    ensure!(
        is_free_within(port, PORT_LIMIT),
        "port {port} is taken: choose another, or 0 for any"
    );
    for folder in ["objects", "files"] {
        fs::create_dir_all(state.join(folder))?;
    }
    let state = fs::canonicalize(state)?;
    let keys = crate::random::keys(&state)?;
    let is_given = |name: &str| more.iter().any(|(known, _)| known == name);
    let mut vars = vec![("BELLHOP_DEV", "1")];
    if !is_given("FILES_ORIGIN") {
        vars.push(("FILES_ORIGIN", "http://files.localhost"));
    }
    let made = keys.iter().filter(|(name, _)| !is_given(name));
    vars.extend(made.map(|(name, key)| (*name, key.as_str())));
    vars.extend(
        more.iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let config = state.join("workerd.capnp");
    fs::write(
        &config,
        config::text(
            &paths::edge(),
            entry,
            &paths::site(),
            &state,
            port,
            &vars,
            is_confined,
        )?,
    )?;

    // workerd says on this pipe which port it has; on its other end the pipe is "standard input".
    let (reader, writer) = pipe()?;
    let log = state.join("workerd.log");
    let output = File::options().create(true).append(true).open(&log)?;
    let mut workerd = command(npm::workerd()?);
    workerd
        .args(["serve", "--control-fd=0", "--import-path=/"])
        .arg(&config)
        .arg("config");
    workerd
        .stdin(writer)
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output));
    let process = Process::start(&mut workerd, "KILL")?;
    drop(workerd); // and with it our copy of the writing end

    let mut line = String::new();
    BufReader::new(reader).read_line(&mut line)?;
    let said = || {
        format!(
            "workerd did not start:\n{}",
            fs::read_to_string(&log).unwrap_or_default()
        )
    };
    let event: serde_json::Value = serde_json::from_str(&line).with_context(said)?;
    let port = event["port"]
        .as_u64()
        .and_then(|port| port.try_into().ok())
        .with_context(said)?;
    ensure!(
        answers_within(port, ANSWER_LIMIT),
        "workerd listens on port {port} but does not answer; see {}",
        log.display()
    );
    Ok(Workerd { process, port })
}

/// A predecessor that was killed a moment ago may hold its port for another one.
fn is_free_within(port: u16, limit: Duration) -> bool {
    let start = Instant::now();
    while TcpListener::bind(("127.0.0.1", port)).is_err() {
        if start.elapsed() > limit {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
    true
}

/// Waits until an HTTP request is answered.
pub fn answers_within(port: u16, limit: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if answers(port).is_ok_and(|is_http| is_http) {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

fn answers(port: u16) -> Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let request = format!(
        "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    Ok(head == *b"HTTP/")
}
