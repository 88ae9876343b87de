//! Splits what loads on first use off an app's wasm: what nothing but a function of `widget/src/lazy.rs` reaches
//! goes into a file of its own, which works on the memory and the functions of the first one.

use super::{names::Names, places};
use anyhow::{Context, Result, anyhow};
use std::{
    fs,
    path::{Path, PathBuf},
};
use walrus::ModuleConfig;

/// What cargo makes of a crate with relocations in it, which say what needs what.
pub const RELOCATIONS: &str = "-Clink-arg=--emit-relocs";

/// The script that loads the second file; wasm-bindgen's script imports it by that name.
const LOADER: &str = "later.js";
/// The second file, as the library calls it.
const LATER: &str = "split_more";

/// An app in two parts.
pub struct Split {
    /// The part that starts, for wasm-bindgen.
    pub main: PathBuf,
    out: PathBuf,
}

impl Split {
    /// Splits the wasm file of the app `name` into the folder `out`.
    pub fn new(wasm: &Path, name: &str, out: &Path) -> Result<Self> {
        let bytes = fs::read(wasm)?;
        let main = out.join("main.wasm");
        let glue = format!("./{name}.js");
        let loader = format!("./{LOADER}");
        let mut options = wasm_split_cli_support::Options::new(&bytes);
        options.output_dir = out;
        options.main_out_path = &main;
        options.main_module = &glue;
        options.link_name = &loader;
        wasm_split_cli_support::transform(options)
            .map_err(|error| anyhow!("{error:#}"))
            .context("splitting the wasm")?;
        let out = out.to_path_buf();
        Ok(Self { main, out })
    }

    /// The second file, under the names that the first one has by now, and as small as that one: the linker pads every
    /// number that it may still change.
    pub fn later(&self, names: &Names) -> Result<Vec<u8>> {
        let bytes = fs::read(self.out.join(LATER).with_extension("wasm"))?;
        let mut config = ModuleConfig::new();
        config
            .generate_name_section(false)
            .generate_producers_section(false);
        let mut module = config.parse(&bytes)?;
        names.rename_imports(&mut module);
        places::blank(&mut module);
        let customs: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
        for id in customs {
            module.customs.delete(id);
        }
        Ok(module.emit_wasm())
    }

    /// Tells the script that loads the second file where it lies, and the names of by now.
    pub fn point(&self, names: &Names, address: &str) -> Result<()> {
        let path = self.out.join(LOADER);
        let script = names.apply(&fs::read_to_string(&path)?);
        let (before, after) = script
            .split_once(&format!("new URL(\"./{LATER}.wasm\", import.meta.url)"))
            .context("the loader of the second file names no address")?;
        Ok(fs::write(
            path,
            [before, "\"", address, "\"", after].concat(),
        )?)
    }
}
