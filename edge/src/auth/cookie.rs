//! The cookie of a session, and what a call that brings one has to show (W3).

use worker::{Headers, Response};

use super::{require_origin, secret};
use crate::errors::Problem;
use crate::router::Call;
use shared::account::{SESSION_MAX, Way};
use shared::id::AgentId;

/// The header that a page of another origin cannot send without asking us first.
pub const HEADER: &str = "x-bellhop";

/// The cookie's name. On one's own machine there is no TLS, which the prefix would ask for.
pub const fn name(is_dev: bool) -> &'static str {
    if is_dev {
        "bellhop-session"
    } else {
        "__Host-bellhop-session"
    }
}

/// Lets a call through that comes from a page of ours: that origin, and our header.
///
/// # Errors
/// 403 when one of them is missing.
pub fn check_page(call: &Call) -> Result<(), Problem> {
    require_origin(&call.request, &call.url)?;
    if call.request.headers().get(HEADER)?.as_deref() != Some("1") {
        let message = "send the header `X-Bellhop: 1`";
        return Err(Problem::forbidden("header_missing", message));
    }
    Ok(())
}

/// The session that a call brings: its account, and its secret's hash.
///
/// # Errors
/// When the headers cannot be read.
pub fn session(call: &Call) -> Result<Option<(AgentId, Way)>, Problem> {
    let header = call.request.headers().get("cookie")?.unwrap_or_default();
    let value = find(&header, name(call.is_dev));
    Ok(value.and_then(|value| secret::read(secret::Kind::Session, value)))
}

/// Sets the cookie of a session.
///
/// # Errors
/// When the platform refuses the header.
pub fn set(response: &Response, is_dev: bool, secret: &str) -> Result<(), Problem> {
    let age = SESSION_MAX.as_secs();
    put(response.headers(), is_dev, name(is_dev), secret, age)
}

/// Forgets the cookie.
///
/// # Errors
/// When the platform refuses the header.
pub fn forget(response: &Response, is_dev: bool) -> Result<(), Problem> {
    put(response.headers(), is_dev, name(is_dev), "", 0)
}

/// Sets a cookie that no script reads.
///
/// # Errors
/// When the platform refuses the header.
pub fn put(
    headers: &Headers,
    is_dev: bool,
    name: &str,
    value: &str,
    age_s: u64,
) -> Result<(), Problem> {
    let secure = if is_dev { "" } else { "; Secure" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    headers.append("set-cookie", &cookie)?;
    Ok(())
}

/// A cookie of a `Cookie` header.
pub fn find<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut cookies = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    cookies
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_g4_a_cookie_is_found_by_its_whole_name() {
        let header = "a=1; __Host-bellhop-session=bhs_x; bellhop-session=other;b=";
        let cases = [
            (name(false), Some("bhs_x")),
            (name(true), Some("other")),
            ("a", Some("1")),
            ("b", Some("")),
            ("session", None),
        ];
        for (name, value) in cases {
            assert_eq!(find(header, name), value, "{name}");
        }
        assert_eq!(find("", "a"), None);
    }
}
