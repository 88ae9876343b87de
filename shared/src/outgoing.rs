//! Which addresses of other people's servers are called, and how much of an answer is read. Whatever
//! leaves the Worker goes through one door (`edge/src/outside.rs`), which asks here each time.
//!
//! - **OUT1** Over `https` and by its usual port. On somebody's own machine also over `http` to that
//!   very machine, by any port.
//! - **OUT2** An address carries nobody's name or password: what stands before `@` hides the host.
//! - **OUT3** The host is a name, never a number in any form: four, one, octal, hexadecimal, IPv6, or
//!   IPv4 inside IPv6.
//! - **OUT4** The name is a public one: of two labels or more, its last one not of those that are for
//!   inner networks, and not of the services that turn a name into any number.
//! - **OUT5** What is called is the address as it was read and judged here, not the text that it came
//!   in; a text with blanks, controls, backslashes or anything but ASCII is none.
//! - **OUT6** An answer that points elsewhere is the answer: nothing is followed.
//! - **OUT7** An answer has at most 1 MiB, counted as it is unpacked, and 10 s from the call to its end.

use core::time::Duration;

/// Largest answer: 1 MiB. Source: SECURITY.md S3.
pub const ANSWER_MAX: usize = 1 << 20;
/// Longest wait for the whole of an answer. Source: SECURITY.md S3.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Longest address.
pub const ADDRESS_MAX: usize = 2_048;

/// Last labels of names that mean something on inner networks only, or nothing at all. Source: the
/// special-use names of RFC 6761, 6762, 7686, 8375, 9476, and ICANN's `internal`.
const INNER: [&str; 16] = [
    "alt",
    "arpa",
    "corp",
    "home",
    "internal",
    "intra",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "test",
    "workgroup",
];

/// Services under which anybody has a name for any address, loopback and inner ones among them
/// (DNS rebinding). A Worker cannot see what a name resolves to: Cloudflare's own network lets it reach
/// public addresses alone, and `workerd` elsewhere does with `allow = ["public"]`.
const ANY_NUMBER: [&str; 12] = [
    "1u.ms",
    "ip6.name",
    "lacolhost.com",
    "localho.st",
    "localtest.me",
    "lvh.me",
    "nip.io",
    "rbndr.us",
    "sslip.io",
    "traefik.me",
    "vcap.me",
    "xip.io",
];

/// An address as the platform has taken it apart.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// With its colon.
    pub scheme: &'a str,
    /// In lower case; an IPv6 address stands in brackets.
    pub host: &'a str,
    /// Empty for the usual one.
    pub port: &'a str,
    /// Name and password.
    pub user: &'a str,
}

/// How far a Worker reaches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// Public servers.
    Public,
    /// Those, and the machine that it runs on: somebody's own.
    Desk,
}

/// Why an address is not called. Says nothing of the address: it may hold a secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unreachable {
    /// OUT5.
    #[error("it is no address")]
    Malformed,
    /// OUT1.
    #[error("it is not https on its usual port")]
    Scheme,
    /// OUT2.
    #[error("it carries a name or a password")]
    Credentials,
    /// OUT3.
    #[error("its host is a number")]
    Number,
    /// OUT4.
    #[error("its host is no public name")]
    Inner,
}

/// Whether a text may be read as an address at all (OUT5).
///
/// # Errors
/// When it may not.
pub fn check_text(text: &str) -> Result<(), Unreachable> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let is_one = text.len() <= ADDRESS_MAX && text.bytes().all(is_plain);
    is_one.then_some(()).ok_or(Unreachable::Malformed)
}

/// Whether an address may be called (OUT1 to OUT4).
///
/// # Errors
/// Says which rule it breaks.
pub fn check(target: Target<'_>, reach: Reach) -> Result<(), Unreachable> {
    let Target {
        scheme,
        host,
        port,
        user,
    } = target;
    if !user.is_empty() {
        return Err(Unreachable::Credentials);
    }
    if reach == Reach::Desk && scheme == "http:" && matches!(host, "127.0.0.1" | "localhost") {
        return Ok(());
    }
    if scheme != "https:" || !port.is_empty() {
        return Err(Unreachable::Scheme);
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    if host.contains([':', '[', ']']) || is_number(last) {
        return Err(Unreachable::Number);
    }
    let is_name = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
    let is_of = |service: &&str| {
        let before = name.strip_suffix(*service);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    if !is_name || INNER.contains(&last) || ANY_NUMBER.iter().any(is_of) {
        return Err(Unreachable::Inner);
    }
    Ok(())
}

/// A last label that makes the whole host a number, as browsers read it.
fn is_number(label: &str) -> bool {
    let is_hex = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    is_hex.is_some() || (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_label(label: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len()) && label.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use proptest::prelude::*;
    use url::Url;

    use super::*;

    const CORPUS: &str = include_str!("outgoing/corpus.txt");

    /// Reads an address as the platform does, and judges it.
    fn judged(text: &str, reach: Reach) -> Result<(), Unreachable> {
        check_text(text)?;
        let url = Url::parse(text).map_err(|_| Unreachable::Malformed)?;
        let user = [url.username(), url.password().unwrap_or_default()].concat();
        let port = url
            .port()
            .map_or_else(Default::default, |port| port.to_string());
        let target = Target {
            scheme: &[url.scheme(), ":"].concat(),
            host: url.host_str().unwrap_or_default(),
            port: &port,
            user: &user,
        };
        check(target, reach)
    }

    /// Each line: the rule that it breaks, and an address. `\x` stands for what a line cannot hold.
    #[test]
    fn sec_s1_01_sec_s1_02_out1_out2_out3_out4_out5_no_address_of_the_corpus_is_called() {
        let mut told = 0;
        for line in CORPUS.lines() {
            let Some((rule, address)) = line.split_once(' ').filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            let address = ["\\t", "\\n", "\\r", "\\0", "\\s"]
                .iter()
                .zip(["\t", "\n", "\r", "\0", " "])
                .fold(address.to_owned(), |text, (mark, stands_for)| {
                    text.replace(mark, stands_for)
                });
            let found = match judged(&address, Reach::Public) {
                Ok(()) => "ok",
                Err(Unreachable::Scheme) => "OUT1",
                Err(Unreachable::Credentials) => "OUT2",
                Err(Unreachable::Number) => "OUT3",
                Err(Unreachable::Inner) => "OUT4",
                Err(Unreachable::Malformed) => "OUT5",
            };
            assert_eq!(found, rule, "{address:?}");
            if rule != "ok" && rule != "OUT1" {
                let on_a_desk = judged(&address, Reach::Desk);
                assert!(on_a_desk.is_err(), "{address:?} on a desk");
            }
            told += 1;
        }
        assert!(told >= 150, "{told} addresses");
    }

    #[test]
    fn sec_s1_01_out1_one_s_own_machine_is_called_from_there_alone() {
        for (address, is_called) in [
            ("http://127.0.0.1:9/", true),
            ("http://localhost:8080/token", true),
            ("http://127.0.0.2:9/", false),
            ("http://[::1]:9/", false),
            ("http://169.254.169.254/", false),
            ("http://me@127.0.0.1:9/", false),
            ("https://127.0.0.1/", false),
            ("http://shop.example/", false),
            ("https://shop.example/", true),
        ] {
            assert_eq!(judged(address, Reach::Desk).is_ok(), is_called, "{address}");
        }
    }

    proptest! {
        /// No number passes for a name, in whatever form it is written.
        #[test]
        fn sec_s1_02_out3_no_form_of_a_number_is_a_name(number: u32, forms: [u8; 4], joined in 1..=4_usize) {
            let bytes = number.to_be_bytes();
            let form = |value: u32, form: u8| match form % 4 {
                0 => value.to_string(),
                1 => alloc::format!("0x{value:x}"),
                2 => alloc::format!("0{value:o}"),
                _ => alloc::format!("0X{value:X}"),
            };
            // The last part may stand for several bytes: 127.1, 2130706433.
            let (single, rest) = bytes.split_at(joined - 1);
            let last = rest.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            let mut parts: Vec<_> = single.iter().zip(forms).map(|(byte, of)| form(u32::from(*byte), of)).collect();
            parts.push(form(last, forms[3]));
            let host = parts.join(".");
            for address in [alloc::format!("https://{host}/"), alloc::format!("https://{host}./")] {
                prop_assert!(judged(&address, Reach::Public).is_err(), "{}", address);
            }
            let v6 = core::net::Ipv6Addr::from((0xffff_u128 << 32) | u128::from(number));
            let address = alloc::format!("https://[{v6}]/");
            prop_assert!(judged(&address, Reach::Public).is_err(), "{}", address);
        }

        /// What is called has a public name for its host, whatever text it came from.
        #[test]
        fn sec_s1_01_what_is_called_is_what_it_seems(text in "(https?://)?[a-z0-9@:/\\\\.\\[\\]%#?&_ -]{0,40}") {
            if judged(&text, Reach::Public).is_ok() {
                let url = Url::parse(&text).unwrap();
                let host = url.host_str().unwrap();
                prop_assert!(url.domain() == Some(host) && host.contains('.'), "{}", text);
                prop_assert!(url.scheme() == "https" && url.port().is_none());
                prop_assert!(!text.contains('\\') && url.username().is_empty());
            }
        }
    }

    #[test]
    fn sec_s3_01_out6_out7_an_answer_ends() {
        assert_eq!(ANSWER_MAX, 1_048_576);
        assert_eq!(PATIENCE.as_secs(), 10);
    }
}
