//! How the launcher and the chat of a space look (P31).
//!
//! - **S10** A colour is `#` and six hexadecimal digits. A launcher's text has at most
//!   [`TEXT_MAX`] characters. A logo is an address that begins with `https://` and holds nothing
//!   that could end a header or a style.
//! - **S11** What is written on the colour is black or white, whichever contrasts more: 4.5 to 1 or
//!   better on every colour.
//! - **S12** The colour stands out from the paper of the chat, 3 to 1 or better: one that does not
//!   is darkened on light paper, and lightened on dark paper, as far as needed and no further. The
//!   space keeps the colour that it was given.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fault::{SettingError, SettingFault};
use crate::text::{TextError, Title};

/// Longest text of a launcher, in scalar values: one line on a phone.
pub const TEXT_MAX: u32 = 40;
/// Longest address of a logo, in bytes: it stands in a header.
const LOGO_MAX: u32 = 500;
/// The paper of the chat, light and dark: `--paper` of `theme.css`.
const PAPER: (Color, Color) = (Color([0xf8, 0xf3, 0xe9]), Color([0x17, 0x14, 0x0f]));
/// Of a button beside its paper (WCAG 1.4.11), with a little for rounding.
const STANDS_OUT: f32 = 3.15;
/// In how many steps a colour becomes black or white.
const STEPS: u16 = 32;

/// How the launcher and the chat look.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Theme {
    /// The colour of the launcher, of buttons and of one's own messages; `None` for ours.
    pub color: Option<Color>,
    /// Where the launcher stands.
    pub side: Side,
    /// What stands on the launcher; `None` for the bell alone.
    pub text: Option<Title>,
    /// A picture at the head of the chat; `None` for the bell.
    pub logo: Option<Logo>,
    /// Light or dark.
    pub scheme: Scheme,
}

/// A change of a theme: what is `None` stays, an empty text stands for none.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ThemeChange {
    /// See [`Theme::color`].
    pub color: Option<String>,
    /// See [`Theme::side`].
    pub side: Option<Side>,
    /// See [`Theme::text`].
    pub text: Option<String>,
    /// See [`Theme::logo`].
    pub logo: Option<String>,
    /// See [`Theme::scheme`].
    pub scheme: Option<Scheme>,
}

/// Where a launcher stands, as the page is read.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Where lines start.
    Start,
    /// Where lines end.
    #[default]
    End,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// What the visitor's browser prefers.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A colour: red, green and blue.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color([u8; 3]);

/// Address of a picture (S10).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Logo(String);

/// A colour with the one for what is written on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shade {
    /// The colour.
    pub color: Color,
    /// Black or white (S11).
    pub on: Color,
}

/// Why a text is neither a colour nor an address of a picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a colour is like #1f5245, a logo like https://shop.example/logo.svg")]
pub struct ThemeError;

impl Theme {
    /// The theme after a change.
    ///
    /// # Errors
    /// Names the first field that is not as S10 says.
    pub(super) fn changed(mut self, change: ThemeChange) -> Result<Self, SettingError> {
        if let Some(text) = change.color {
            self.color = given("theme.color", text.trim())?;
        }
        if let Some(text) = change.text {
            let too_long = SettingFault::TooMany { max: TEXT_MAX };
            self.text = match Title::parse(&text) {
                Ok(title) if title.as_str().chars().count() > TEXT_MAX as usize => {
                    return Err(too_long.of("theme.text"));
                }
                Ok(title) => Some(title),
                Err(TextError::Empty) => None,
                Err(TextError::TooLong { .. }) => return Err(too_long.of("theme.text")),
                Err(TextError::Forbidden) => {
                    return Err(SettingFault::Malformed.of("theme.text"));
                }
            };
        }
        if let Some(text) = change.logo {
            let text = text.trim();
            if text.len() > LOGO_MAX as usize {
                return Err(SettingFault::TooMany { max: LOGO_MAX }.of("theme.logo"));
            }
            self.logo = given("theme.logo", text)?;
        }
        self.side = change.side.unwrap_or(self.side);
        self.scheme = change.scheme.unwrap_or(self.scheme);
        Ok(self)
    }
}

/// A value, or none for an empty text.
fn given<T: FromStr>(field: &str, text: &str) -> Result<Option<T>, SettingError> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = text.parse();
    value
        .map(Some)
        .map_err(|_| SettingFault::Malformed.of(field))
}

impl Scheme {
    /// As it stands in `data-theme` and in `color-scheme`.
    #[must_use]
    pub const fn css(self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Color {
    /// The colour as the chat shows it, on light paper and on dark (S11, S12).
    #[must_use]
    pub fn shades(self) -> (Shade, Shade) {
        (
            self.beside(PAPER.0, 0).shade(),
            self.beside(PAPER.1, 255).shade(),
        )
    }

    fn shade(self) -> Shade {
        let (black, white) = (Self([0; 3]), Self([255; 3]));
        let on = if self.contrast(black) > self.contrast(white) {
            black
        } else {
            white
        };
        Shade { color: self, on }
    }

    /// Mixed with black or white until it stands out from the paper.
    fn beside(self, paper: Self, end: u16) -> Self {
        let mut mixes = (0..=STEPS).map(|step| {
            Self(self.0.map(|part| {
                let mixed = (u16::from(part) * (STEPS - step) + end * step) / STEPS;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            }))
        });
        mixes
            .find(|mix| mix.contrast(paper) >= STANDS_OUT)
            .unwrap_or(self)
    }

    fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        (a / b).max(b / a)
    }

    /// Of 1: how bright it looks.
    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0.map(|part| {
            // sRGB's curve as a polynomial, within 0.005 of the power; there is none without `std`.
            let x = f32::from(part) / 255.0;
            x * (0.012_522_878 + x * (0.682_171_1 + x * 0.305_306_02))
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Color {
    type Err = ThemeError;

    fn from_str(text: &str) -> Result<Self, ThemeError> {
        let digits = text.strip_prefix('#').ok_or(ThemeError)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ThemeError);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| ThemeError)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl TryFrom<String> for Color {
    type Error = ThemeError;

    fn try_from(text: String) -> Result<Self, ThemeError> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        format!("{color}")
    }
}

impl Logo {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Logo {
    type Err = ThemeError;

    fn from_str(text: &str) -> Result<Self, ThemeError> {
        let (host, path) = text
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(ThemeError)?;
        let is_host = format!("https://{host}").parse::<super::Origin>().is_ok();
        let is_plain = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'%')
        };
        let is_path = !path.is_empty() && path.bytes().all(is_plain);
        (is_host && !host.starts_with('*') && is_path && text.len() <= LOGO_MAX as usize)
            .then(|| Self(text.into()))
            .ok_or(ThemeError)
    }
}

impl TryFrom<String> for Logo {
    type Error = ThemeError;

    fn try_from(text: String) -> Result<Self, ThemeError> {
        text.parse()
    }
}

impl From<Logo> for String {
    fn from(logo: Logo) -> Self {
        logo.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(change: ThemeChange) -> Result<Theme, String> {
        let changed = Theme::default().changed(change);
        changed.map_err(|error| format!("{error}"))
    }

    #[test]
    fn s10_p31_a_theme_is_a_colour_a_short_text_and_a_plain_address() {
        let colors = [
            ("#1F5245", Some("#1f5245")),
            (" #000000 ", Some("#000000")),
            ("#1f524", None),
            ("1f5245", None),
            ("#1f52450", None),
            ("#+f5245", None),
            ("red;}", None),
        ];
        for (text, expected) in colors {
            let change = ThemeChange {
                color: Some(text.into()),
                ..ThemeChange::default()
            };
            let color = theme(change).map(|theme| theme.color.map(String::from));
            match expected {
                Some(expected) => assert_eq!(color, Ok(Some(expected.into())), "{text}"),
                None => assert_eq!(color, Err("theme.color holds what it cannot hold".into())),
            }
        }
        let logos = [
            ("https://shop.example/a/logo-1.svg", true),
            ("https://shop.example:8443/%20a.png", true),
            ("http://shop.example/logo.svg", false),
            ("https://shop.example/", false),
            ("https://*.shop.example/logo.svg", false),
            ("https://shop.example/logo.svg;script-src *", false),
            ("https://shop.example/logo.svg)}", false),
            ("https://user@shop.example/logo.svg", false),
            ("data:image/svg+xml,x", false),
        ];
        for (text, is_logo) in logos {
            assert_eq!(text.parse::<Logo>().is_ok(), is_logo, "{text}");
        }
        let texts = [
            ("Ask us".into(), Ok(Some("Ask us"))),
            (" ".into(), Ok(None)),
            ("x".repeat(41), Err("theme.text has at most 40")),
            ("x".repeat(101), Err("theme.text has at most 40")),
            (
                "a\u{202e}b".into(),
                Err("theme.text holds what it cannot hold"),
            ),
        ];
        for (text, expected) in texts {
            let change = ThemeChange {
                text: Some(text),
                ..ThemeChange::default()
            };
            let read = theme(change).map(|theme| theme.text.map(String::from));
            let expected = expected.map(|text| text.map(String::from));
            assert_eq!(read, expected.map_err(String::from));
        }
    }

    /// By the definition of WCAG 2.
    fn exactly(a: Color, b: Color) -> f64 {
        let luminance = |color: Color| {
            let [red, green, blue] = color.0.map(|part| {
                let x = f64::from(part) / 255.0;
                if x <= 0.040_45 {
                    x / 12.92
                } else {
                    ((x + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
        };
        let (a, b) = (luminance(a), luminance(b));
        (a / b).max(b / a)
    }

    #[test]
    fn s11_s12_p31_every_colour_is_read_and_stands_out_and_a_good_one_stays() {
        let parts = (0..=255).step_by(15);
        let all = parts.clone().flat_map(|red| {
            let parts = parts.clone();
            parts.clone().flat_map(move |green| {
                let blues = parts.clone();
                blues.map(move |blue| Color([red, green, blue]))
            })
        });
        for color in all {
            let (light, dark) = color.shades();
            for (shade, paper) in [(light, PAPER.0), (dark, PAPER.1)] {
                assert!(exactly(shade.color, shade.on) >= 4.5, "{color} {shade:?}");
                assert!(exactly(shade.color, paper) >= 3.0, "{color} {shade:?}");
                if exactly(color, paper) >= 3.4 {
                    assert_eq!(shade.color, color, "{color} was good");
                }
            }
        }
        let shades = |text: &str| {
            let (light, dark) = text.parse::<Color>().unwrap().shades();
            [light, dark].map(|shade| format!("{} {}", shade.color, shade.on))
        };
        // Ours is as good on either paper; a pale one is darkened, a dark one lightened.
        assert_eq!(shades("#2f7a66"), ["#2f7a66 #ffffff", "#2f7a66 #ffffff"]);
        let [light, dark] = shades("#ffee58");
        assert!(light != "#ffee58 #000000" && dark == "#ffee58 #000000");
        let [light, dark] = shades("#000000");
        assert!(light == "#000000 #ffffff" && dark != "#000000 #ffffff");
    }

    #[test]
    fn s12_the_paper_is_that_of_the_chat() {
        let css = include_str!("../../../widget/src/ui/theme.css");
        let paper = format!("--paper: light-dark({}, {});", PAPER.0, PAPER.1);
        assert!(css.contains(&paper), "{paper}");
    }
}
