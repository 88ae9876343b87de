//! The chat in a space's own colours (P31): one style in the document, which the policy names by its
//! hash. It stands before anything is drawn, and the chat itself knows nothing of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use shared::settings::Theme;

/// Puts the theme's style into the document. The second text is the hash of the style, by which the
/// policy knows it.
pub fn dress(theme: &Theme, document: String) -> (String, String) {
    let style = style(theme);
    if style.is_empty() {
        return (document, style);
    }
    let hash = STANDARD.encode(Sha256::digest(&style));
    let style = format!("<style>{style}</style></head>");
    (document.replacen("</head>", &style, 1), hash)
}

/// Nothing of it can end the style: colours are digits.
fn style(theme: &Theme) -> String {
    let Some(color) = theme.color else {
        return String::new();
    };
    let (light, dark) = color.shades();
    format!(
        ":root{{--brand:light-dark({},{});--on-brand:light-dark({},{})}}",
        light.color, dark.color, light.on, dark.on
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed(theme: &Theme) -> (String, String) {
        dress(theme, "<head></head><p></head>".into())
    }

    #[test]
    fn p31_a_theme_is_a_style_that_the_policy_names() {
        let plain = dressed(&Theme::default());
        assert_eq!(plain, ("<head></head><p></head>".into(), String::new()));
        let theme = Theme {
            color: "#1F5245".parse().ok(),
            ..Theme::default()
        };
        let (document, hash) = dressed(&theme);
        let style = document
            .strip_prefix("<head><style>")
            .and_then(|rest| rest.split_once("</style></head><p></head>"))
            .map(|(style, _)| style);
        let style = style.expect("a style in the head");
        assert!(style.contains("--brand:light-dark(#1f5245,"), "{style}");
        assert_eq!(hash, STANDARD.encode(Sha256::digest(style)));
    }
}
