//! Addresses, taken apart by the platform: the standard is long, and a second copy of it would be
//! a thirtieth of the Worker.

use core::fmt;

use worker::js_sys::encode_uri_component;
#[cfg(target_arch = "wasm32")]
use worker::wasm_bindgen::prelude::*;

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(wasm_bindgen = worker::wasm_bindgen)]
extern "C" {
    /// Ours, in `glue.js`: the parts of an address in the order of [`Address`].
    #[wasm_bindgen(catch, js_namespace = bellhop, js_name = address)]
    fn taken_apart(text: &str) -> core::result::Result<Vec<String>, JsValue>;

    /// Ours, in `glue.js`: the value of a name in a query.
    #[wasm_bindgen(js_namespace = bellhop)]
    fn parameter(query: &str, name: &str) -> Option<String>;
}

/// An address.
#[derive(Clone, Debug)]
pub struct Address {
    /// Where it leads, as a browser would name it: `https://shop.example`.
    pub origin: String,
    /// With its colon.
    pub scheme: String,
    /// An IPv6 address stands in brackets, an IPv4 address has four numbers.
    pub host: String,
    /// Empty for the usual one.
    pub port: String,
    /// Begins with a slash.
    pub path: String,
    /// Empty, or begins with a question mark.
    pub query: String,
    /// Name and password, one after the other.
    pub user: String,
}

impl Address {
    /// Takes an address apart; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: [String; 7] = taken_apart(text).ok()?.try_into().ok()?;
        let [origin, scheme, host, port, path, query, user] = parts;
        Some(Self {
            origin,
            scheme,
            host,
            port,
            path,
            query,
            user,
        })
    }

    /// The value of a name in the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.query, name)
    }

    /// The address with more in its query.
    pub fn with(&self, pairs: &[(&str, &str)]) -> String {
        let joint = if self.query.is_empty() { '?' } else { '&' };
        format!("{self}{joint}{}", form(pairs))
    }
}

/// As it is called: without name, password, and what stands after `#`.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.origin, &self.path, &self.query];
        parts.iter().try_for_each(|part| formatter.write_str(part))
    }
}

/// Names and values as forms are sent.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, value) in pairs {
        if !form.is_empty() {
            form.push('&');
        }
        form += name;
        form.push('=');
        form += &String::from(encode_uri_component(value));
    }
    form
}

/// Tests run without the platform; this crate keeps to the same standard.
#[cfg(not(target_arch = "wasm32"))]
fn taken_apart(text: &str) -> Result<Vec<String>, ()> {
    let url = worker::Url::parse(text).map_err(|_| ())?;
    let port = url.port().map_or_else(String::new, |port| port.to_string());
    let query = url
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    Ok(vec![
        url.origin().ascii_serialization(),
        format!("{}:", url.scheme()),
        url.host_str().unwrap_or_default().to_owned(),
        port,
        url.path().to_owned(),
        query,
        format!("{}{}", url.username(), url.password().unwrap_or_default()),
    ])
}

#[cfg(not(target_arch = "wasm32"))]
fn parameter(query: &str, name: &str) -> Option<String> {
    let url = worker::Url::parse(&format!("https://query/{query}")).ok()?;
    let mut pairs = url.query_pairs();
    let pair = pairs.find(|(known, _)| known == name)?;
    Some(pair.1.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_called_by_its_parts() {
        let address = Address::parse("https://me:too@Shop.Example:443/a b?c=d%20e+f#g").unwrap();
        assert_eq!(address.to_string(), "https://shop.example/a%20b?c=d%20e+f");
        assert_eq!(address.parameter("c").as_deref(), Some("d e f"));
        assert_eq!(
            (address.user.as_str(), address.port.as_str()),
            ("metoo", "")
        );
        assert!(Address::parse("/a").is_none());
    }
}
