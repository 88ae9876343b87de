//! What the document says about itself: which space, which language, whether this is development.

use web_sys::HtmlElement;

use crate::dom::El;
use crate::js;

/// What the Worker wrote into the document.
#[derive(Clone)]
pub struct Config {
    /// The space's name in addresses.
    pub space: String,
    /// What the space is called.
    pub name: String,
    /// Development: demo sign-in is offered.
    #[cfg(any(feature = "console", feature = "home"))]
    pub is_dev: bool,
    /// The browser has brought the cookie of a session.
    #[cfg(any(feature = "console", feature = "home"))]
    pub has_session: bool,
    /// The ways to sign in that this installation has.
    #[cfg(feature = "home")]
    pub methods: String,
    /// Only customers for whom the site vouches may write.
    #[cfg(feature = "chat")]
    pub verifies: bool,
    /// The site's page to sign in on; empty where the page around us does that.
    #[cfg(feature = "chat")]
    pub sign_in: String,
    /// Address of the space's logo; empty for the bell.
    #[cfg(feature = "chat")]
    pub logo: String,
    /// How customers take along what was written: `text`, `mail`.
    #[cfg(feature = "chat")]
    pub takes: String,
    /// The digest in the addresses of the texts of languages.
    #[cfg(feature = "chat")]
    pub texts: String,
    /// The locale that the page or the browser asks for.
    #[cfg(feature = "chat")]
    pub locale: String,
    /// The language that it gets; to people at work the same.
    pub lang: String,
}

impl Config {
    /// Reads `<body data-*>`.
    pub fn read() -> Self {
        let data = js::document()
            .body()
            .map(|body: HtmlElement| body.dataset());
        let read = |name| data.as_ref().and_then(|data| data.get(name));
        Self {
            space: read("space").unwrap_or_default(),
            name: read("name").unwrap_or_default(),
            #[cfg(any(feature = "console", feature = "home"))]
            is_dev: read("dev").is_some_and(|dev| dev == "1"),
            #[cfg(any(feature = "console", feature = "home"))]
            has_session: read("session").is_some_and(|session| session == "1"),
            #[cfg(feature = "home")]
            methods: read("methods").unwrap_or_default(),
            #[cfg(feature = "chat")]
            verifies: read("verify").is_some_and(|verify| verify == "1"),
            #[cfg(feature = "chat")]
            sign_in: read("signIn").unwrap_or_default(),
            #[cfg(feature = "chat")]
            logo: read("logo").unwrap_or_default(),
            #[cfg(feature = "chat")]
            takes: read("take").unwrap_or_default(),
            #[cfg(feature = "chat")]
            texts: read("texts").unwrap_or_default(),
            #[cfg(feature = "chat")]
            locale: read("locale").unwrap_or_default(),
            lang: read("lang").unwrap_or_default(),
        }
    }
}

/// Which app the document is for.
#[cfg(all(feature = "chat", feature = "console"))]
pub fn app() -> String {
    let body = js::document().body();
    body.and_then(|body| body.dataset().get("app"))
        .unwrap_or_default()
}

/// What the Worker wrote into the document under that name.
#[cfg(any(feature = "chat", feature = "console"))]
pub fn data(name: &str) -> String {
    let body = js::document().body();
    body.and_then(|body| body.dataset().get(name))
        .unwrap_or_default()
}

/// The element that the app is mounted into, emptied of its skeleton.
pub fn root() -> Option<El> {
    let root = js::document().get_element_by_id("app")?;
    root.set_text_content(None);
    Some(El::from(root))
}
