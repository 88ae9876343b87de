//! wasm-bindgen through its library: nothing is downloaded, and its version is in `Cargo.lock`.

use super::{names::Names, places};
use crate::paths;
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// The version of `wasm-bindgen-cli-support` in `xtask/Cargo.toml`.
const VERSION: &str = "0.2.130";

/// Generator and library must be of one version, else they do not understand each other.
pub fn check_version() -> Result<()> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock"))?;
    ensure!(
        lock.contains(&format!(
            "name = \"wasm-bindgen\"\nversion = \"{VERSION}\"\n"
        )),
        "Cargo.lock has another wasm-bindgen than {VERSION}: \
         run `cargo update --package wasm-bindgen --precise {VERSION}`"
    );
    Ok(())
}

/// A module for workerd: `index.js`, `index_bg.wasm`, `snippets/`.
pub fn for_worker(wasm: &Path, out: &Path) -> Result<()> {
    let mut bindgen = common(wasm);
    bindgen.module(true)?.out_name("index");
    // `edge/glue.js` makes a new instance after a panic.
    bindgen
        .reset_state_function(true)
        .force_enable_abort_handler(true);
    let (index, _) = generate(&mut bindgen, out, "index", false)?;
    // workerd and wrangler import wasm as a module without the new keyword.
    let text = fs::read_to_string(&index)?.replace("import source ", "import ");
    Ok(fs::write(index, text)?)
}

/// A module for browsers: `NAME.js`, `NAME_bg.wasm`, `snippets/`; and the names in it. What was split off needs what
/// the linker has exported.
pub fn for_browser(wasm: &Path, name: &str, out: &Path, is_split: bool) -> Result<Names> {
    let mut bindgen = common(wasm);
    bindgen
        .web(true)?
        .out_name(name)
        .omit_default_module_path(true)
        .keep_lld_exports(is_split);
    let (_, names) = generate(&mut bindgen, out, name, true)?;
    Ok(names)
}

/// Writes wasm and script, and says where the script is.
fn generate(
    bindgen: &mut Bindgen,
    out: &Path,
    name: &str,
    exports: bool,
) -> Result<(PathBuf, Names)> {
    let mut output = bindgen.generate_output().context("wasm-bindgen")?;
    let names = Names::shorten(&mut output, exports);
    places::blank(output.wasm_mut());
    output.emit(out).context("wasm-bindgen")?;
    let path = out.join(name).with_extension("js");
    fs::write(&path, names.apply(&fs::read_to_string(&path)?))?;
    Ok((path, names))
}

fn common(wasm: &Path) -> Bindgen {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).typescript(false);
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
}
