//! The Worker: what wasm-bindgen makes of crate `edge`, and our own glue around it.

use super::{bindgen, stamp::Stamp};
use crate::{paths, run::say};
use anyhow::{Context, Result, ensure};
use std::{fs, io, path::Path};

/// The classes of objects that the glue exports; crate `worker` brings classes of its own, too.
const OBJECTS: [&str; 2] = ["ConversationObject", "SpaceObject"];

pub fn build(wasm: &Path) -> Result<()> {
    let glue = fs::read(paths::root().join("edge/glue.js"))?;
    let bytes = fs::read(wasm)?;
    let out = paths::edge();
    fs::create_dir_all(&out)?;
    let stamp = Stamp::new(out.join("bellhop.stamp"), [glue.as_slice(), &bytes]);
    if stamp.is_current() && out.join("worker.js").is_file() {
        return Ok(());
    }
    say("the Worker: wasm-bindgen");
    let next = paths::target().join("edge.next");
    remove(&next)?;
    fs::create_dir_all(&next)?;
    bindgen::for_worker(wasm, &next)?;
    check_exports(&fs::read_to_string(next.join("index.js"))?)?;
    fs::write(next.join("worker.js"), glue)?;

    // The entry point last: whoever watches it sees the rest in place.
    for name in ["snippets", "index_bg.wasm", "index.js", "worker.js"] {
        remove(&out.join(name))?;
        if next.join(name).exists() {
            fs::rename(next.join(name), out.join(name))?;
        }
    }
    remove(&next)?;
    stamp.save()
}

/// The glue would find out only when the first request arrives.
fn check_exports(index: &str) -> Result<()> {
    for name in OBJECTS {
        ensure!(
            index.contains(&format!("export class {name} ")),
            "crate edge has no {name}"
        );
    }
    let has_fetch = index.contains("export function fetch(");
    ensure!(has_fetch, "crate edge has no #[event(fetch)]");
    Ok(())
}

/// Removes a file or a folder; it may be missing.
pub fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
