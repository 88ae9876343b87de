//! Where the code of others lay on the machine that built it: a panic would name the file, nobody who reads it has
//! that machine, and a customer downloads 300 bytes of it. Lines and columns stay, and so do our own files.

use walrus::Module;

/// Puts zeros, which pack to nothing, in the place of each such name.
pub fn blank(module: &mut Module) {
    let all: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in all {
        blank_in(&mut module.data.get_mut(id).value);
    }
}

fn blank_in(bytes: &mut [u8]) {
    for word in bytes.split_mut(|byte| !is_of_path(*byte)) {
        if is_of_others(word) {
            word.fill(0);
        }
    }
}

const fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_')
}

/// A source from the root of a disk, or from the folder of a crate with its version.
fn is_of_others(word: &[u8]) -> bool {
    let Some(path) = word.strip_suffix(b".rs") else {
        return false;
    };
    let is_crate = || {
        let folder = path.split(|byte| *byte == b'/').next().unwrap_or_default();
        let version = folder
            .rsplit(|byte| *byte == b'-')
            .next()
            .unwrap_or_default();
        version.first().is_some_and(u8::is_ascii_digit) && version.contains(&b'.')
    };
    path.starts_with(b"/") || is_crate()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_go_and_ours_stay() {
        let cases = [
            ("/rustc/59807616e1/library/core/src/str/mod.rs", true),
            ("/builder/crates/a-0.2.1/src/lib.rs", true),
            ("hashbrown-0.17.1/src/raw.rs", true),
            ("widget/src/dom.rs", false),
            ("shared/src/conversation.rs", false),
            ("/api/v1/spaces/", false),
            ("half-1.rs", false),
        ];
        for (name, goes) in cases {
            let mut bytes = format!("before {name}\0after").into_bytes();
            let length = bytes.len();
            blank_in(&mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text.len(), length);
            assert_eq!(!text.contains(name), goes, "{name}");
            assert!(
                text.starts_with("before ") && text.ends_with("\0after"),
                "{text:?}"
            );
        }
    }
}
