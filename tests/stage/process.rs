//! A process that never outlives the journeys, whatever ends them.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
};

use anyhow::{Context, Result};

/// Waits until its standard input ends, which is when we let go of it or are gone; then kills
/// the whole group and removes the folder, if there is one to remove.
const WATCH: &str = "trap '' INT TERM HUP; cat >/dev/null; kill -s KILL -- \"-$1\" 2>/dev/null; \
                     [ -z \"$2\" ] || rm -rf -- \"$2\"";

/// A process and everything that it started, with a watch over them.
pub struct Watched {
    child: Child,
    watch: Child,
    lifeline: Option<ChildStdin>,
}

impl Watched {
    /// Starts `command` in a group of its own. The folder `litter` goes when the process does.
    ///
    /// # Errors
    /// When the program or `/bin/sh` cannot be run.
    pub fn start(command: &mut Command, litter: Option<&Path>) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run {program}"))?;
        let mut watch = Command::new("/bin/sh")
            .args(["-c", WATCH, "watch", &child.id().to_string()])
            .arg(litter.unwrap_or(Path::new("")))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run /bin/sh")?;
        let lifeline = watch.stdin.take();
        Ok(Self {
            child,
            watch,
            lifeline,
        })
    }

    /// The process itself, for its pipes.
    pub const fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// SIGKILL to the process and everything that it started.
    pub fn kill(&mut self) {
        drop(self.lifeline.take());
        _ = self.watch.wait();
        _ = self.child.wait();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.kill();
    }
}
