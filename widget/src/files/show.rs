//! A file in a log: a picture with a viewer, a player, or a card; while it is checked, or where nobody may read it, what
//! became of that.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Reflect};
use reactive_graph::graph::untrack;
use shared::conversation::{Author, Event, Seq};
use shared::file::{Check, Sent, Shows};
use shared::rights::Side;
use shared::text::Title;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::dom::{El, button, effect, el};
use crate::http::{self, HttpError};
use crate::js;
use crate::task::spawn;
use crate::text::text;
use crate::thread::Thread;
use crate::time;
use crate::var::Var;

/// How often an address is asked for again that was no good, until something has come.
const TIMES: u8 = 3;

/// A file as it stands, and why it was refused.
type Stands = (Sent, Option<Title>);

/// Draws the file that stands at that place, anew when its check has an end.
pub fn show(thread: Thread, seq: Seq) -> El {
    let stands = Var::new(untrack(|| stand(thread, seq)));
    effect(move || {
        let after = stand(thread, seq);
        if stands.peek(|before| *before != after) {
            stands.set(after);
        }
    });
    let inside = move || match stands.get() {
        Some((sent, reason)) => vec![draw(thread, &sent, seq, reason)],
        None => vec![],
    };
    el("div", "file").bind_children(inside)
}

/// How the file stands, by what the log says.
fn stand(thread: Thread, seq: Seq) -> Option<Stands> {
    thread.entries(|entries| {
        let at = entries.iter().position(|entry| entry.seq == seq)?;
        let (entry, after) = entries.get(at..)?.split_first()?;
        let Event::FileSent(sent) = &entry.event else {
            return None;
        };
        let id = entry.id;
        let judged = after.iter().rev().find_map(|entry| {
            let Event::FileChecked {
                message,
                sent,
                reason,
            } = &entry.event
            else {
                return None;
            };
            (Some(*message) == id).then_some((sent, reason))
        });
        let name = sent.name.clone();
        let (sent, reason) = judged.map_or((sent, &None), |judged| judged);
        Some((
            Sent {
                name,
                ..(**sent).clone()
            },
            reason.clone(),
        ))
    })
}

/// Whether the reader has sent the message at that place.
fn is_own(thread: Thread, seq: Seq) -> bool {
    untrack(|| {
        thread.entries(|entries| {
            let entry = entries.iter().find(|entry| entry.seq == seq);
            let author = entry.map(|entry| &entry.author);
            matches!(
                (author, thread.side),
                (Some(Author::Customer), Side::Customer)
                    | (Some(Author::Agent { .. }), Side::Agent)
            )
        })
    })
}

fn draw(thread: Thread, sent: &Sent, seq: Seq, reason: Option<Title>) -> El {
    let words = text();
    let held = match sent.check {
        Check::Passed => return open(thread, sent),
        Check::Checking => words.file_checking(),
        Check::Refused => words.file_held(),
        Check::Failed => words.file_unchecked(),
    };
    let again = {
        let file = sent.file.to_string();
        move || {
            let path = thread.path_of_files();
            let path = path.map(|path| [&path, "/", &file].concat());
            spawn(async move {
                if let (Some(path), Some(token)) = (path, thread.token().await) {
                    let bearer = ["Bearer ", &token].concat();
                    // What becomes of it, the log tells.
                    let _ = http::post(&path, &[("Authorization", &bearer)], &[]).await;
                }
            });
        }
    };
    let card = el("div", "file__card file__card--held icon icon--clip")
        .child(
            el("span", "file__name")
                .attr("dir", "auto")
                .text(sent.name.as_str()),
        )
        .child(el("span", "file__size").attr("role", "status").text(held));
    let card = match reason {
        Some(reason) => card.child(
            el("q", "file__why")
                .attr("dir", "auto")
                .text(reason.as_str()),
        ),
        None => card,
    };
    if sent.check == Check::Failed && is_own(thread, seq) {
        return card.child(button("button button--quiet button--small", again).text(words.retry()));
    }
    card
}

/// The address of a file: asked for anew once it is over, or no good.
#[derive(Clone)]
struct Address {
    thread: Thread,
    file: Rc<str>,
    url: Var<Option<String>>,
    /// The file is kept no longer.
    is_gone: Var<bool>,
    until: Rc<Cell<f64>>,
    times: Rc<Cell<u8>>,
}

impl Address {
    fn of(thread: Thread, sent: &Sent) -> Self {
        Self {
            thread,
            file: sent.file.to_string().into(),
            url: Var::new(None),
            is_gone: Var::new(false),
            until: Rc::default(),
            times: Rc::default(),
        }
    }

    /// Asks for one that is good.
    async fn fresh(&self) -> Option<String> {
        let path = self.thread.path_of_files()?;
        let token = self.thread.token().await?;
        match http::get(&[&path, "/", &*self.file].concat(), &token).await {
            Ok(told) => {
                let until = js::get(&told, "expires_at").and_then(|until| until.as_f64());
                self.until.set(until.unwrap_or_default());
                js::get_text(&told, "url")
            }
            Err(HttpError::Refused(404 | 410, _)) => {
                self.is_gone.set(true);
                None
            }
            Err(_) => None,
        }
    }

    fn ask(&self) {
        let address = self.clone();
        spawn(async move {
            // What is shown stays until there is something better.
            if let Some(url) = address.fresh().await {
                address.url.set(Some(url));
            }
        });
    }

    /// What is at the address did not come.
    fn again(&self) {
        let times = self.times.get();
        if times < TIMES && self.url.peek(Option::is_some) {
            self.times.set(times + 1);
            self.ask();
        }
    }

    fn has_come(&self) {
        self.times.set(0);
    }

    fn is_over(&self) -> bool {
        time::now().millis() as f64 >= self.until.get()
    }

    /// An element that shows what is at the address.
    fn shown(&self, shown: El) -> El {
        let url = self.url;
        let (lost, come) = (self.clone(), self.clone());
        shown
            .on("error", move |_| lost.again())
            .on("loadeddata", move |_| come.has_come())
            .bind_attr("src", move || url.get().unwrap_or_default())
    }

    /// Says that the file is kept no longer, once that is so.
    fn word(&self) -> El {
        let is_gone = self.is_gone;
        el("span", "file__gone")
            .attr("role", "status")
            .bind_text(move || {
                if is_gone.get() {
                    text().file_gone()
                } else {
                    ""
                }
                .to_owned()
            })
    }
}

/// Draws one that may be read. Its address is asked for when it is drawn, that of a card when it is pressed.
fn open(thread: Thread, sent: &Sent) -> El {
    let address = Address::of(thread, sent);
    let tag = match sent.kind.shows() {
        Shows::Card => return card(&address, sent),
        Shows::Picture => {
            address.ask();
            return picture(&address, sent);
        }
        Shows::Sound => "audio",
        Shows::Film => "video",
    };
    address.ask();
    el("div", "file")
        .child(player(tag, &address, sent))
        .child(card(&address, sent))
}

/// Sound or film. An address that is over is made good where it was.
fn player(tag: &'static str, address: &Address, sent: &Sent) -> El {
    let player = el(tag, "file__player")
        .attr("controls", "")
        .attr("playsinline", "")
        .attr("aria-label", sent.name.as_str());
    let html: JsValue = player.html().clone().into();
    let was = Rc::new(Cell::new((0.0, false)));
    let keep = {
        let (html, was) = (html.clone(), was.clone());
        move || {
            let at = js::get(&html, "currentTime").and_then(|at| at.as_f64());
            let is_paused = js::get(&html, "paused").is_some_and(|is| is.is_truthy());
            // What has not begun again since is where it was.
            if at.unwrap_or_default() > 0.0 || !is_paused {
                was.set((at.unwrap_or_default(), !is_paused));
            }
        }
    };
    let kept = keep.clone();
    let over = address.clone();
    address.shown(
        player
            .on("error", move |_| keep())
            .on("play", move |_| {
                if over.is_over() {
                    kept();
                    over.ask();
                }
            })
            .on("loadedmetadata", move |_| {
                let (at, plays) = was.replace((0.0, false));
                if at > 0.0 {
                    let _ = Reflect::set(&html, &"currentTime".into(), &at.into());
                }
                let play = js::get(&html, "play").and_then(|play| play.dyn_into().ok());
                if let Some(play) = play.filter(|_: &Function| plays) {
                    let _ = play.call0(&html);
                }
            }),
    )
}

/// A picture, and the whole of it in a dialog.
fn picture(address: &Address, sent: &Sent) -> El {
    let name = sent.name.to_string();
    let image = |class: &str| {
        let shown = el("img", class).attr("alt", &name);
        let html = shown.html().clone();
        let come = address.clone();
        address.shown(shown.on("load", move |_| {
            come.has_come();
            drop(html.remove_attribute("height"));
        }))
    };
    let viewer = el("dialog", "viewer").attr("aria-label", sent.name.as_str());
    let dialog = viewer.html().clone();
    let close = {
        let dialog = dialog.clone();
        move || dialog.unchecked_ref::<HtmlDialogElement>().close()
    };
    let small = image("file__picture").attr("height", "160");
    let whole = image("viewer__picture");
    let viewer = viewer
        // Escape closes the dialog, and not the chat around it.
        .on("keydown", |event| event.stop_propagation())
        .child(
            button("button button--icon viewer__close icon icon--close", close)
                .attr("aria-label", text().close()),
        )
        .child(whole);
    let open = move || {
        let dialog: &HtmlDialogElement = dialog.unchecked_ref();
        let _ = dialog.show_modal();
    };
    let is_gone = address.is_gone;
    el("div", "file")
        .child(
            button("file__open", open)
                .attr("aria-haspopup", "dialog")
                .bind_flag("hidden", move || is_gone.get())
                .child(small),
        )
        .child(address.word())
        .child(viewer)
}

/// Name and size; pressed, the file is saved.
fn card(address: &Address, sent: &Sent) -> El {
    let asked = address.clone();
    let save = move || {
        let asked = asked.clone();
        spawn(async move {
            if let Some(url) = asked.fresh().await {
                let anchor = el("a", "").attr("href", &url).attr("download", "");
                let anchor: &HtmlElement = anchor.html();
                anchor.click();
            }
        });
    };
    let size = usize::try_from(sent.size.div_ceil(1_000)).unwrap_or_default();
    let size = [&time::number(size), " KB"].concat();
    button("file__card icon icon--clip", save)
        .child(
            el("span", "file__name")
                .attr("dir", "auto")
                .text(sent.name.as_str()),
        )
        .child(el("span", "file__size").text(&size))
        .child(address.word())
}
