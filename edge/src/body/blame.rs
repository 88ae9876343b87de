//! Which part of a JSON value does not fit: found by taking parts away until the rest fits, so it
//! costs no second parser, and nothing at all while the value fits.

use serde_json::{Map, Value};

/// Says whether a value fits, or why not.
type Fits<'a> = &'a dyn Fn(&Value) -> Result<(), String>;

/// The path of the first part that does not fit, such as `queues[1].name`, and why; `None` when
/// each field of the object fits alone.
pub fn part(value: &Value, fits: Fits<'_>) -> Option<(String, String)> {
    value.as_object()?.iter().find_map(|(name, inner)| {
        let alone = |inner: &Value| {
            let mut object = Map::new();
            object.insert(name.clone(), inner.clone());
            fits(&Value::from(object))
        };
        let message = alone(inner).err()?;
        let (below, message) = element(inner, &alone).unwrap_or((String::new(), message));
        Some((format!("{name}{below}"), message))
    })
}

fn element(list: &Value, fits: Fits<'_>) -> Option<(String, String)> {
    let mut elements = list.as_array()?.iter().enumerate();
    elements.find_map(|(place, inner)| {
        let alone = |inner: &Value| fits(&Value::from(vec![inner.clone()]));
        let message = alone(inner).err()?;
        let below = field(inner, &message, &alone).unwrap_or_default();
        Some((format!("[{place}]{below}"), message))
    })
}

/// The field without which the object fits, or misses just that field.
fn field(object: &Value, message: &str, fits: Fits<'_>) -> Option<String> {
    let object = object.as_object()?;
    let name = object.keys().find(|name| {
        let mut rest = object.clone();
        rest.remove(*name);
        let missing = format!("missing field `{name}`");
        let left = fits(&Value::from(rest));
        left.is_ok() || left.is_err_and(|left| left == missing && left != message)
    })?;
    Some(format!(".{name}"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;
    use serde_json::json;
    use shared::settings::Change;

    use super::*;

    #[test]
    fn s4_the_path_of_what_does_not_fit() {
        let cases = [
            (json!({"offer_s": 5, "magic": 1}), "magic"),
            (json!({"offer_s": "5", "wait_s": 5}), "offer_s"),
            (json!({"name": " "}), "name"),
            (json!({"origins": ["https://a.example", "a"]}), "origins[1]"),
            (json!({"queues": {}}), "queues"),
            (
                json!({"queues": [{"name": "a"}, {"name": "a b"}]}),
                "queues[1].name",
            ),
            (
                json!({"queues": [{"name": "a"}, {"closed": true}]}),
                "queues[1]",
            ),
            (
                json!({"queues": [{"name": "a", "closed": 1}]}),
                "queues[0].closed",
            ),
            (json!({"offer_mode": "magic"}), "offer_mode"),
        ];
        let fits = |value: &Value| match Change::deserialize(value) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        for (value, path) in cases {
            let found = part(&value, &fits).map(|(path, _)| path);
            assert_eq!(found.as_deref(), Some(path), "{value}");
        }
        assert_eq!(part(&json!({"offer_s": 5}), &fits), None);
    }
}
