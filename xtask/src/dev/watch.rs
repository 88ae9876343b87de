//! Watching sources by their times: the same on every system and file system.

use crate::build::stamp::files;
use std::{
    fs,
    path::PathBuf,
    thread,
    time::{Duration, SystemTime},
};

/// An editor writes several files at once, or one in several steps.
const QUIET: Duration = Duration::from_millis(300);

/// The state of every file as it was last seen.
type Seen = Vec<(PathBuf, SystemTime, u64)>;

/// Some folders, and what they held last.
pub struct Watch<const N: usize> {
    folders: [PathBuf; N],
    seen: Seen,
}

impl<const N: usize> Watch<N> {
    pub fn new(folders: [PathBuf; N]) -> Self {
        let seen = look(&folders);
        Self { folders, seen }
    }

    /// Whether anything is other than last time; waits until the writing has stopped.
    pub fn has_changed(&mut self) -> bool {
        let mut seen = look(&self.folders);
        if seen == self.seen {
            return false;
        }
        loop {
            thread::sleep(QUIET);
            let later = look(&self.folders);
            if later == seen {
                self.seen = seen;
                return true;
            }
            seen = later;
        }
    }
}

/// A file that goes away while we look is a change that the next look sees.
fn look(folders: &[PathBuf]) -> Seen {
    let files = folders
        .iter()
        .flat_map(|folder| files(folder).unwrap_or_default());
    let seen = files.filter_map(|path| {
        let metadata = fs::metadata(&path).ok()?;
        Some((path, metadata.modified().ok()?, metadata.len()))
    });
    seen.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_removed_files_are_seen_once() {
        let folder = std::env::temp_dir().join(format!("bellhop-watch-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut watch = Watch::new([folder.clone()]);
        assert!(!watch.has_changed());
        fs::write(folder.join("a"), "1").unwrap();
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        fs::write(folder.join("a"), "12").unwrap();
        assert!(watch.has_changed());
        fs::remove_dir_all(&folder).unwrap();
        assert!(watch.has_changed());
    }
}
