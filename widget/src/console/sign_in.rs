//! Sign-in in development: one click. Elsewhere the sign-in page is that of `home`.

use shared::id::AgentId;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::config::Config;
use crate::dom::{El, button, decor, el};
use crate::http::{self, HttpError};
use crate::js;
use crate::session::Session;
use crate::store::Store;
use crate::task::spawn;
use crate::text::console::words;
use crate::var::Var;

/// The name in `?as=`, which signs in at once.
pub fn asked() -> Option<String> {
    let search = js::window().location().search().ok()?;
    let parameters = UrlSearchParams::new_with_str(&search).ok()?;
    parameters.get("as").filter(|name| !name.is_empty())
}

/// Signs in as a demo agent; only a development server on this machine answers.
pub async fn sign_in(
    session: &Session,
    own: &Store,
    space: &str,
    name: &str,
) -> Result<(), HttpError> {
    let body = [
        ("space", JsValue::from_str(space)),
        ("as", JsValue::from_str(name)),
    ];
    let answer = http::post("/api/v1/dev/sign-in", &[], &body).await?;
    own.set("as", name);
    session
        .keep(&answer)
        .map(|_| ())
        .ok_or(HttpError::Unreachable)
}

/// The sign-in screen. `agent` gets who signed in; `why` says what went wrong before.
pub fn screen(
    config: Config,
    own: Store,
    session: Session,
    why: &'static str,
    agent: Var<Option<AgentId>>,
) -> El {
    let words = words();
    let busy = Var::new(None::<&'static str>);
    let error = Var::new(why);
    let space = el("strong", "sign-in__space")
        .attr("dir", "auto")
        .text(&config.name);
    let people = [
        ("jack", "Jack", words.agent),
        ("mia", "Mia", words.agent),
        ("ada", "Ada", words.admin),
    ];
    let list = people
        .into_iter()
        .fold(el("ul", "sign-in__people"), |list, (id, name, role)| {
            let (config, own, session) = (config.clone(), own.clone(), session.clone());
            let enter = move || {
                busy.set(Some(id));
                error.set("");
                let (config, own, session) = (config.clone(), own.clone(), session.clone());
                spawn(async move {
                    let is_in = sign_in(&session, &own, &config.space, id).await.is_ok();
                    busy.set(None);
                    error.set(if is_in { "" } else { words.sign_in_failed });
                    if is_in {
                        agent.set(session.agent());
                    }
                });
            };
            let person = button("sign-in__as", enter)
                .attr("data-as", id)
                .bind_attr("aria-busy", move || (busy.get() == Some(id)).to_string())
                .bind_flag("disabled", move || busy.get().is_some())
                .child(decor("avatar avatar--agent").text(&crate::ui::initial(name)))
                .child(el("span", "sign-in__name").text(name))
                .child(el("span", "sign-in__role").text(role));
            list.child(el("li", "").child(person))
        });
    let card = el("div", "sign-in__card")
        .child(decor("sign-in__bell icon icon--bell"))
        .child(el("h1", "sign-in__title").text("Bellhop"))
        .child(
            el("p", "sign-in__text")
                .text(words.agent_console)
                .child(space),
        );
    // Elsewhere whoever is not signed in never comes here.
    let other = ["/agent#to=", &config.space].concat();
    let card = card
        .child(list)
        .child(el("p", "sign-in__dev").text(words.demo_only))
        .child(
            el("a", "sign-in__other")
                .attr("href", &other)
                .text(words.other_sign_in),
        );
    let alert = el("p", "sign-in__error")
        .attr("role", "alert")
        .bind_text(move || error.get().to_owned());
    el("main", "sign-in").child(card.child(alert))
}
