//! std for wasm, built once from the source of the very compiler in use.
//!
//! The source is the one `BELLHOP_RUST_SRC` points at, rustup's component `rust-src`, or the
//! package `rust-src` of the machine's own package mirror, whichever is there first.

use super::wasm::{TARGET, sysroot};
use crate::{
    build::compile::registries,
    paths,
    run::{capture, cargo, command, find, run, say},
};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Builds std and puts its libraries into `folder`.
pub fn install(folder: &Path) -> Result<()> {
    let work = paths::target().join("std");
    let version = version()?;
    let library = source(&work, &version)?;
    say(format!(
        "wasm target: building std {version} from source, half a minute"
    ));
    let built = build(&work, &library)?;
    fs::create_dir_all(folder)
        .and_then(|()| copy(&built, folder))
        .with_context(|| format!("cannot write {}", folder.display()))?;
    fs::remove_dir_all(&work).context("cannot tidy up")
}

/// The version of the compiler, as packages name it.
fn version() -> Result<String> {
    let line = capture(command("rustc").arg("-V"))?;
    let version = line
        .split(' ')
        .nth(1)
        .context("rustc does not say its version")?;
    Ok(version.to_owned())
}

/// The folder `library` of the compiler's source.
fn source(work: &Path, version: &str) -> Result<PathBuf> {
    if let Some(tree) = env::var_os("BELLHOP_RUST_SRC") {
        let tree = PathBuf::from(tree);
        return library_in(&tree)
            .with_context(|| format!("BELLHOP_RUST_SRC: no `library` in {}", tree.display()));
    }
    if let Some(library) = library_in(&sysroot()?.join("lib/rustlib/src/rust")) {
        return Ok(library);
    }
    let missing = || {
        format!(
            "the wasm target is missing, and rustup could not add it: \
             run `rustup target add {TARGET}` with a connection, \
             or set BELLHOP_RUST_SRC to the source tree of rustc {version}"
        )
    };
    ensure!(
        find("apt-get").is_some() && find("dpkg").is_some(),
        missing()
    );
    from_package(work, version).with_context(missing)
}

fn library_in(tree: &Path) -> Option<PathBuf> {
    let candidates = [tree.to_path_buf(), tree.join("library")];
    candidates
        .into_iter()
        .find(|folder| folder.join("std/Cargo.toml").is_file())
}

/// Downloads and unpacks the package, with package lists of our own: the machine's stay as they are.
fn from_package(work: &Path, version: &str) -> Result<PathBuf> {
    let lists = work.join("lists");
    fs::create_dir_all(lists.join("partial"))?;
    let sources = work.join("sources.list");
    fs::write(&sources, suites(&mirror()?))?;

    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.current_dir(work)
            .args(["-qq", "-oDir::Etc::sourceparts=/dev/null"]);
        apt.arg(setting("Dir::Etc::sourcelist", &sources));
        apt.arg(setting("Dir::State::Lists", &lists));
        apt.arg(setting("Dir::Cache::pkgcache", Path::new("")));
        apt.arg(setting("Dir::Cache::srcpkgcache", Path::new("")));
        apt.arg("-oAPT::Sandbox::User=root");
        apt
    };
    say("wasm target: reading the package lists of this machine's mirror");
    // A suite that the mirror does not carry is no reason to stop.
    _ = capture(apt().arg("update"));
    say(format!("wasm target: downloading rust-src {version}"));
    capture(apt().args(["download", &format!("rust-src={version}*")]))
        .with_context(|| format!("the mirror has no package rust-src {version}"))?;

    let package = fs::read_dir(work)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("the package did not arrive")?;
    let tree = work.join("source");
    run(Command::new("dpkg").arg("-x").arg(&package).arg(&tree))?;
    let unpacked = tree.join("usr/src");
    fs::read_dir(&unpacked)?
        .flatten()
        .find_map(|entry| library_in(&entry.path()))
        .with_context(|| format!("no `library` under {}", unpacked.display()))
}

fn setting(name: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(format!("-o{name}="));
    argument.push(path);
    argument
}

/// The mirror that this machine is set up with.
fn mirror() -> Result<String> {
    let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    let mut apt = command("apt-get");
    apt.args(["indextargets", "--format", format, "Created-By: Packages"]);
    mirror_among(&capture(&mut apt)?).context("apt is set up with no mirror of its distribution")
}

/// The first repository of a release itself; security updates and vendors' own lie elsewhere.
fn mirror_among(targets: &str) -> Option<String> {
    let mut lines = targets
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    lines.find_map(|words| match words[..] {
        [mirror, release, "main"] if !release.contains("security") => {
            Some(format!("{mirror} {release}"))
        }
        _ => None,
    })
}

/// A sources list with every suite that may carry the compiler in use. `mirror` is "URI RELEASE".
fn suites(mirror: &str) -> String {
    let (uri, release) = mirror.split_once(' ').unwrap_or((mirror, "stable"));
    let own = format!("{release}-backports");
    [
        release,
        &own,
        "stable",
        "stable-backports",
        "testing",
        "unstable",
    ]
    .map(|suite| format!("deb {uri} {suite} main\n"))
    .concat()
}

/// Builds an empty library, and std with it; returns the folder of what came out.
fn build(work: &Path, library: &Path) -> Result<PathBuf> {
    let empty = work.join("empty");
    fs::create_dir_all(empty.join("src"))?;
    fs::write(empty.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        empty.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let mut cargo = cargo();
    cargo
        .current_dir(&empty)
        .args(["build", "--quiet", "--release", "--target", TARGET]);
    cargo
        .args(["-Zbuild-std=std,panic_abort,test", "--target-dir"])
        .arg(empty.join("target"));
    cargo.env("RUSTC_BOOTSTRAP", "1"); // build-std is for nightly compilers, but for this
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(library)?);
    cargo.env("__CARGO_TESTS_ONLY_SRC_ROOT", library); // in place of the component rust-src
    run(&mut cargo)?;
    Ok(empty.join("target").join(TARGET).join("release/deps"))
}

/// Flags as cargo's variable wants them, with a separator that no path has.
///
/// The paths become those of a downloaded std, so that the same sources give the same bytes.
fn flags(library: &Path) -> Result<OsString> {
    let about = capture(command("rustc").arg("-vV"))?;
    let commit = about
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "));
    let commit = commit.context("rustc does not say its commit")?;
    // Without the bitcode every build with LTO fails.
    let mut flags = OsString::from("-Cembed-bitcode=yes");
    let mut remap = |from: &Path, to: &str| {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(from);
        flags.push(format!("={to}"));
    };
    remap(library, &format!("/rustc/{commit}/library"));
    for registry in registries()? {
        remap(&registry, "/rust/deps");
    }
    Ok(flags)
}

/// Copies the libraries; std last, so that a copy cut short is not taken for a whole one.
fn copy(built: &Path, folder: &Path) -> std::io::Result<()> {
    let mut libraries = Vec::new();
    for entry in fs::read_dir(built)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libempty-") {
            libraries.push(name);
        }
    }
    libraries.sort_by_key(|name| name.starts_with("libstd-"));
    for name in libraries {
        fs::copy(built.join(&name), folder.join(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_one_of_the_release_itself() {
        let targets = "s://sec/ bookworm-security main\nh://vendor/ nodistro extra\n\
                       h://mirror/debian/ bookworm main\nh://mirror/debian/ bookworm-updates main";
        assert_eq!(
            mirror_among(targets).as_deref(),
            Some("h://mirror/debian/ bookworm")
        );
        assert_eq!(mirror_among("h://vendor/ nodistro extra"), None);
    }

    #[test]
    fn every_suite_that_may_carry_the_compiler_is_asked() {
        let list = suites("h://mirror/debian/ bookworm");
        assert!(
            list.contains("deb h://mirror/debian/ bookworm-backports main\n"),
            "{list}"
        );
        assert!(
            list.contains("deb h://mirror/debian/ stable-backports main\n"),
            "{list}"
        );
        assert_eq!(list.lines().count(), 6);
    }
}
