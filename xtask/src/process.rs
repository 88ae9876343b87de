//! A process that never outlives us: not our end, not Ctrl-C, not even SIGKILL.

use anyhow::{Context, Result};
use std::{
    io::{PipeWriter, pipe},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

/// Waits until its standard input ends, which is when we do, whatever ends us.
const WATCH: &str = "trap '' INT TERM HUP; cat >/dev/null; kill -s \"$1\" \"$2\" 2>/dev/null";

/// A running process with a watch over it.
pub struct Process {
    child: Child,
    signal: &'static str,
    watch: Child,
    /// The watch's standard input; nobody else has its other end.
    lifeline: Option<PipeWriter>,
}

/// What came first.
pub enum End {
    /// We were asked to end.
    Asked,
    /// The process ended by itself.
    Itself(ExitStatus),
    /// Neither, so far.
    Neither,
}

impl Process {
    /// Starts `command`; `signal` (`KILL` or `TERM`) is what will end it.
    pub fn start(command: &mut Command, signal: &'static str) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("cannot run `{program}`"))?;
        let (reader, lifeline) = pipe()?;
        let watch = Command::new("/bin/sh")
            .args(["-c", WATCH, "watch", signal, &child.id().to_string()])
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run `/bin/sh`")?;
        Ok(Self {
            child,
            signal,
            watch,
            lifeline: Some(lifeline),
        })
    }

    /// Waits for at most `limit`.
    pub fn wait(&mut self, asked: &Receiver<()>, limit: Duration) -> Result<End> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(End::Itself(status));
        }
        Ok(match asked.recv_timeout(limit) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => End::Asked,
            Err(RecvTimeoutError::Timeout) => End::Neither,
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.signal == "KILL" {
            _ = self.child.kill();
        }
        drop(self.lifeline.take());
        _ = self.watch.wait();
        _ = self.child.wait();
    }
}

/// Hears of Ctrl-C, SIGTERM and SIGHUP.
pub fn asked_to_end() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    ctrlc::set_handler(move || _ = sender.send(()))?;
    Ok(receiver)
}
