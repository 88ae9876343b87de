//! Dictation: the button that listens, and what stands above the field while it does (`shared::dictation`). What the
//! browser does for it is `public/assets/speak.js`; it loads when somebody speaks first.

use shared::dictation;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::dom::{El, button, decor, el};
use crate::task::spawn;
use crate::text::{fill, locale, text};
use crate::ui::{Aim, focus_composer};
use crate::var::Var;
use crate::{config, files, js};

/// How far it is.
#[derive(Clone, Eq, PartialEq)]
enum State {
    /// Nobody speaks.
    Idle,
    /// The microphone, and what it takes, is asked for.
    Starting,
    /// The browser understands.
    Listening,
    /// The sound is kept.
    Recording,
    /// It is being written down.
    Writing,
    /// The word of what went wrong; true where the recording is still there.
    Failed(String, bool),
}

/// There is one microphone, and so one of these for the page.
#[derive(Clone, Copy)]
struct Speech {
    state: Var<State>,
    /// How long it lasts.
    time: Var<String>,
    /// What is understood so far.
    words: Var<String>,
    /// What a screen reader says.
    said: Var<String>,
    /// Whose composer it is.
    aim: Var<Option<Aim>>,
    /// That composer.
    form: Var<Option<HtmlElement>>,
}

thread_local! {
    static SPEECH: Speech = Speech {
        state: Var::new(State::Idle),
        time: Var::new(String::new()),
        words: Var::new(String::new()),
        said: Var::new(String::new()),
        aim: Var::new(None),
        form: Var::new(None),
    };
}

/// The buttons in front of the field: files, and dictation where there is a way.
pub fn tools(aim: Aim, takes_files: bool) -> El {
    let tools = el("div", "composer__tools");
    let thread = aim.thread;
    let tools = match takes_files {
        true => tools.child(files::attach(thread)),
        false => tools,
    };
    if can() {
        SPEECH.with(|speech| speech.draw(tools, aim))
    } else {
        tools
    }
}

/// Whether there is a way at all.
fn can() -> bool {
    let has = |name: &str| js::get(&js_sys::global(), name);
    let hears = has("SpeechRecognition").or_else(|| has("webkitSpeechRecognition"));
    let records = has("MediaRecorder").and(has("navigator"));
    let records = records.and_then(|navigator| js::get(&navigator, "mediaDevices"));
    match &*config::data("dictate") {
        "edge" => hears.is_some() || records.is_some(),
        "browser" => hears.is_some(),
        _ => false,
    }
}

impl Speech {
    /// Adds the button, and what stands above the field.
    fn draw(self, tools: El, aim: Aim) -> El {
        let is_mine = move || {
            self.aim
                .with(|own| own.is_some_and(|own| own.draft.is(aim.draft)))
        };
        let is = move |read: fn(&State) -> bool| is_mine() && self.state.with(read);
        let is_on = move || {
            is(|state| matches!(state, State::Starting | State::Listening | State::Recording))
        };
        // What was recorded is thrown away by a word, and not by speaking on.
        let waits = move || is(|state| matches!(state, State::Writing | State::Failed(_, true)));
        let mic = el("button", "")
            .attr("type", "button")
            .bind_attr("class", move || {
                let on = if is_on() {
                    " composer__mic--on icon--stop"
                } else {
                    " icon--mic"
                };
                ["composer__mic icon", on].concat()
            })
            .bind_attr("aria-pressed", move || is_on().to_string())
            .attr("aria-label", text().dictate())
            .bind_flag("disabled", waits);
        let html = mic.html().clone();
        let form = move || {
            html.closest("form")
                .ok()
                .flatten()
                .map(JsCast::unchecked_into)
        };
        let press = form.clone();
        let mic = mic.on("click", move |_| {
            if is_on() {
                self.ask("end", "");
            } else if let Some(form) = press() {
                self.begin(aim, form);
            }
        });
        // It is in its place by then. A composer that has lost the button and got it again hears once.
        js::next_frame(move || {
            let form: Option<HtmlElement> = form();
            let form = form.filter(|form| form.dataset().get("speaks").is_none());
            if let Some(form) = form {
                let form = El::from(web_sys::Element::from(form)).attr("data-speaks", "");
                form.on("keydown", move |event| {
                    let key: &KeyboardEvent = event.unchecked_ref();
                    if key.key() == "Escape" && is(|state| *state != State::Idle) {
                        event.stop_propagation();
                        event.prevent_default();
                        self.discard();
                    }
                })
                .on("speech", move |event| {
                    let told = js::get(&event, "detail").unwrap_or_default();
                    let text = |at: &str| js::get_text(&told, at).unwrap_or_default();
                    self.hear(aim, &text("0"), text("1"));
                });
            }
        });
        tools
            .child(mic)
            .child(
                el("span", "visually-hidden")
                    .attr("role", "status")
                    .bind_text(move || {
                        if is_mine() {
                            self.said.get()
                        } else {
                            String::new()
                        }
                    }),
            )
            .when(
                move || is(|state| *state != State::Idle),
                move || el("div", "speech").bind_children(move || self.strip()),
            )
    }

    /// What stands above the field.
    fn strip(self) -> Vec<El> {
        let stop = button(
            "button button--icon button--quiet speech__discard icon icon--close",
            move || self.discard(),
        )
        .attr("aria-label", text().discard());
        let state = |words: &str| el("p", "speech__state").text(words);
        match self.state.get() {
            State::Idle => vec![],
            State::Starting => vec![decor("speech__dot"), state("…"), stop],
            State::Writing => vec![state(text().writing()), stop],
            on @ (State::Listening | State::Recording) => {
                let is_recording = on == State::Recording;
                let time = el("span", "speech__time").attr("role", "timer");
                let words = el("p", "speech__words").attr("dir", "auto");
                let shown = vec![
                    decor("speech__dot"),
                    state(if is_recording {
                        text().recording()
                    } else {
                        text().listening()
                    }),
                    time.bind_text(move || self.time.get()),
                    if is_recording {
                        decor("speech__level")
                    } else {
                        words.bind_text(move || self.words.get())
                    },
                ];
                shown.into_iter().chain([stop]).collect()
            }
            State::Failed(word, is_kept) => {
                let sentence = el("p", "speech__state").attr("role", "alert");
                let mut shown = vec![sentence.text(why(&word))];
                if is_kept {
                    let again = move || self.ask("again", "");
                    let again = button("button button--quiet button--small speech__again", again);
                    shown.push(again.text(text().retry()));
                }
                shown.push(stop);
                shown
            }
        }
    }

    fn begin(self, aim: Aim, form: HtmlElement) {
        self.aim.set(Some(aim));
        self.form.set(Some(form));
        self.words.set(String::new());
        self.time.set("0:00".to_owned());
        self.said.set(String::new());
        self.state.set(State::Starting);
        self.ask("begin", &dictation::spoken(&locale()));
    }

    fn hear(self, aim: Aim, what: &str, value: String) {
        let (state, said) = match what {
            "starting" => (State::Starting, ""),
            "listening" => (State::Listening, text().listening()),
            "recording" => (State::Recording, text().recording()),
            "writing" => (State::Writing, text().writing()),
            "idle" => return self.state.set(State::Idle),
            "failed" | "kept" => return self.fail(value, what == "kept"),
            "trouble" | "error" => match dictation::trouble(&value, what == "trouble") {
                "record" => return self.ask("record", ""),
                word => return self.fail(word.to_owned(), false),
            },
            "time" => return self.time.set(value),
            "words" => return self.words.set(value),
            "token" => {
                return spawn(async move {
                    let token = aim.thread.token().await;
                    self.ask("token", &token.unwrap_or_default());
                });
            }
            "behind" => {
                aim.draft.update(|draft| {
                    draft.push(' ');
                    draft.push_str(&value);
                });
                return;
            }
            _ => {
                self.words.set(String::new());
                return self.said.set(fill(text().dictated(), &value));
            }
        };
        self.said.set(said.to_owned());
        self.state.set(state);
    }

    fn fail(self, word: String, is_kept: bool) {
        self.said.set(String::new());
        self.state.set(State::Failed(word, is_kept));
    }

    fn discard(self) {
        self.ask("discard", "");
        self.said.set(String::new());
        self.state.set(State::Idle);
        focus_composer();
    }

    /// Asks the script for something.
    fn ask(self, what: &str, value: &str) {
        if let Some(form) = self.form.now() {
            let url = ["/assets/speak.", &config::data("texts"), ".js"].concat();
            let asked = js::speak(&url, &form, what, value);
            spawn(async move {
                if JsFuture::from(asked).await.is_err() {
                    self.fail("unreachable".to_owned(), false);
                }
            });
        }
    }
}

/// What went wrong, in a sentence.
fn why(word: &str) -> &'static str {
    let text = text();
    match word {
        "microphone_refused" => text.mic_refused(),
        "microphone_missing" => text.mic_missing(),
        "microphone_busy" => text.mic_busy(),
        "microphone_gone" => text.mic_gone(),
        "nothing_heard" => text.nothing_heard(),
        "speech_network" => text.speech_down(),
        "speech_language" => text.speech_language(),
        "speech_stopped" => text.speech_stopped(),
        "rate_limited" => text.speech_many(),
        // The script itself did not come.
        "unreachable" => text.unreachable(),
        _ => text.not_written(),
    }
}
