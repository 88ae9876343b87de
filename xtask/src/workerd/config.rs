//! The configuration of `workerd`: what `wrangler.toml` says, in its own language.

use crate::{build::stamp, paths};
use anyhow::{Context, Result};
use std::path::Path;

/// One Worker, its three classes of objects, its site, and variables of its own.
pub fn text(
    edge: &Path,
    entry: Option<&Path>,
    site: &Path,
    state: &Path,
    port: u16,
    vars: &[(&str, &str)],
    is_confined: bool,
) -> Result<String> {
    // Tests and demos call servers on this machine; an installation has no business there.
    let reach = if is_confined {
        r#""public""#
    } else {
        r#""public", "private""#
    };
    let modules = modules(edge, entry)?;
    // Cloudflare's own, at its account; here a server that stands for it.
    let ai = vars.iter().find(|(name, _)| *name == "AI_URL");
    let ai = ai.map_or_else(String::new, |(_, url)| {
        format!(
            "    (name = \"AI\", wrapped = (moduleName = \"bellhop:ai\", innerBindings = [(name = \"net\", service = \"internet\"), (name = \"url\", text = {url:?})])),\n"
        )
    });
    let vars: String = vars
        .iter()
        .map(|(name, value)| format!("    (name = {name:?}, text = {value:?}),\n"))
        .collect();
    let bound = quoted(&paths::root().join("xtask/src/workerd/ai.js"))?;
    let objects = quoted(&state.join("objects"))?;
    let files = quoted(&state.join("files"))?;
    let bucket = quoted(&paths::root().join("xtask/src/workerd/r2.js"))?;
    let site = quoted(site)?;
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "objects", disk = (path = {objects}, writable = true)),
    (name = "files", disk = (path = {files}, writable = true)),
    (name = "site", disk = (path = {site})),
    (name = "internet", network = (allow = [{reach}])),
  ],
  extensions = [(modules = [
    (name = "bellhop:r2", internal = true, esModule = embed {bucket}),
    (name = "bellhop:ai", internal = true, esModule = embed {bound}),
  ])],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "edge")],
);
const edge :Workerd.Worker = (
  compatibilityDate = "2026-11-17",
  modules = [
{modules}  ],
  durableObjectNamespaces = [
    (className = "ConversationObject", uniqueKey = "bellhop-ConversationObject", enableSql = true),
    (className = "AccountObject", uniqueKey = "bellhop-AccountObject", enableSql = true),
    (className = "SpaceObject", uniqueKey = "bellhop-SpaceObject", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
  bindings = [
    (name = "CONVERSATION", durableObjectNamespace = "ConversationObject"),
    (name = "SPACE", durableObjectNamespace = "SpaceObject"),
    (name = "ACCOUNT", durableObjectNamespace = "AccountObject"),
    (name = "ASSETS", service = "site"),
    (name = "FILES", wrapped = (moduleName = "bellhop:r2", innerBindings = [(name = "disk", service = "files")])),
{ai}{vars}  ],
);
"#
    ))
}

/// The entry point comes first: that is how workerd knows it.
fn modules(edge: &Path, entry: Option<&Path>) -> Result<String> {
    let mut paths = ["worker.js", "index.js", "index_bg.wasm"]
        .map(|name| edge.join(name))
        .to_vec();
    paths.extend(stamp::files(&edge.join("snippets"))?);
    let mut modules = String::new();
    if let Some(entry) = entry {
        let entry = quoted(entry)?;
        modules += &format!("    (name = \"entry.js\", esModule = embed {entry}),\n");
    }
    for path in paths {
        let name = quoted(path.strip_prefix(edge)?)?;
        let is_wasm = path.extension() == Some("wasm".as_ref());
        let kind = if is_wasm { "wasm" } else { "esModule" };
        modules += &format!("    (name = {name}, {kind} = embed {}),\n", quoted(&path)?);
    }
    Ok(modules)
}

fn quoted(path: &Path) -> Result<String> {
    let text = path
        .to_str()
        .with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(format!("{text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_in_both_configurations_are_one() {
        let wrangler = include_str!("../../../wrangler.toml");
        let line = wrangler
            .lines()
            .find(|line| line.starts_with("compatibility_date"))
            .unwrap();
        let date = line.split('"').nth(1).unwrap();
        let folder = Path::new("/nowhere");
        let text = text(folder, None, folder, folder, 0, &[], false).unwrap();
        assert!(
            text.contains(&format!("compatibilityDate = \"{date}\"")),
            "{date}"
        );
    }
}
