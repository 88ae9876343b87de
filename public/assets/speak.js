// Dictation (`shared::dictation`): the browser writes down what is said, or the sound is recorded and sent to be
// written down. The form of the composer hears of it, by events `speech` with two texts, what and of what:
//
// "starting"                      the microphone is asked for
// "listening", "recording"        it is on; the browser understands by itself, or the sound is kept
// "time", "words"                 how long it lasts, what is understood so far
// "final", "behind"               words that stay: written where the cursor is; not written, the field is gone
// "writing", "token"              the recording is being written down, for which a token is needed
// "trouble", "error"              what the browser says is wrong, where it could be recorded, and where not
// "failed", "kept"                a word for what went wrong; "kept": the recording is still there
// "idle"                          it is over

const LENGTH_MAX = 300; // seconds
const SOUND_MAX = 9.5e6; // bytes; a recorder gives some more at its end
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

let isDeaf = false; // the browser's own way has failed in a manner that will not pass
let now = {}; // what can be asked for

/** Does what is asked for: "begin" in a language, "end", "discard", "again", "record", or takes a "token". */
export function send(form, what, value) {
  if (what == "begin") {
    now.discard?.();
    now = begin(form, value);
  } else now[what]?.(value);
}

function begin(form, lang) {
  const { dictate, space } = document.body.dataset;
  const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
  const canRecord = dictate == "edge" && !!window.MediaRecorder && !!navigator.mediaDevices;
  const tell = (what, value = "") => form.dispatchEvent(new CustomEvent("speech", { detail: [what, value] }));
  let stop; // ends what is on
  let sound; // what was recorded
  let isOver = false; // thrown away
  let sending;
  let clock;
  let take; // the token

  const say = (...all) => isOver || tell(...all);
  const fail = (word) => {
    clearInterval(clock);
    say(sound ? "kept" : "failed", word);
  };
  const trouble = (error) => {
    clearInterval(clock);
    say(canRecord ? "trouble" : "error", error);
  };
  const write = (words) => {
    words = words.trim();
    const field = form.querySelector(".composer__text");
    if (!words || isOver) return;
    if (!form.isConnected || !field) return say("behind", words);
    const { selectionStart: at, selectionEnd, value } = field;
    const joint = /\S$/.test(value.slice(0, at)) ? " " : "";
    field.setRangeText(joint + words, at, selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    say("final", words);
  };
  const run = (each) => {
    const start = performance.now();
    clearInterval(clock);
    clock = setInterval(() => {
      const seconds = (performance.now() - start) / 1000;
      say("time", [seconds / 60, seconds % 60].map(Math.floor).join(":").replace(/:(\d)$/, ":0$1"));
      each?.();
      // Nobody speaks unseen: where the composer is gone, so is the microphone.
      if (seconds >= LENGTH_MAX || !form.isConnected) stop();
    }, 100);
  };

  function listen() {
    let isWanted = true;
    let isHeard = false;
    let starts = 0;
    const ear = new Recognition();
    // Some browsers repeat themselves in one long session: a short one follows the other.
    Object.assign(ear, { lang, interimResults: true, continuous: false });
    ear.onstart = () => {
      if (!starts++) {
        say("listening");
        run();
      }
    };
    ear.onresult = ({ resultIndex, results }) => {
      let words = "";
      for (let at = resultIndex; at < results.length; at++) {
        const { isFinal, 0: { transcript } } = results[at];
        isHeard ||= !!transcript.trim();
        if (!isFinal) words += transcript;
        else write(transcript);
      }
      say("words", words);
    };
    ear.onerror = ({ error }) => {
      // What is silence after some words is the end, and what we have stopped ourselves is no error.
      const isEnd = isHeard && error == "no-speech";
      if (!isWanted || isEnd) return (isWanted = false);
      isWanted = false;
      ear.onend = null;
      clearInterval(clock);
      trouble(error);
    };
    ear.onend = () => {
      // It stops by itself on silence; whoever has said something goes on.
      if (isWanted && isHeard && starts < 100) return ear.start();
      clearInterval(clock);
      if (isWanted && !isHeard) trouble("no-speech");
      else say("idle");
    };
    stop = () => {
      isWanted = false;
      clearInterval(clock);
      if (isOver) ear.abort();
      else ear.stop();
    };
    try {
      ear.start();
    } catch {
      trouble("network");
    }
  }

  async function record() {
    let stream;
    let isWanted = true;
    stop = () => (isWanted = false);
    try {
      const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
      stream = await navigator.mediaDevices.getUserMedia({ audio });
    } catch ({ name }) {
      return trouble(name);
    }
    const release = () => stream.getTracks().forEach((track) => track.stop());
    // Whoever pressed again before the microphone came, has said nothing.
    if (!isWanted || isOver) {
      release();
      return say("idle");
    }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    let recorder;
    try {
      recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32e3 });
    } catch ({ name }) {
      release();
      return trouble(name);
    }
    const parts = [];
    let size = 0;
    let isGone = false;
    recorder.ondataavailable = ({ data }) => {
      parts.push(data);
      size += data.size;
      if (size > SOUND_MAX) stop();
    };
    recorder.onstop = () => {
      clearInterval(clock);
      release();
      hush?.();
      if (isOver) return;
      if (size) sound = new Blob(parts, { type: recorder.mimeType.split(";")[0] });
      if (isGone) fail("microphone_gone");
      else if (size) send();
      else fail("nothing_heard");
    };
    const [track] = stream.getTracks();
    track.onended = recorder.onerror = () => {
      isGone = true;
      stop();
    };
    stop = () => recorder.state == "inactive" || recorder.stop();
    const [level, hush] = meter(stream);
    recorder.start(1000);
    say("recording");
    run(() => form.querySelector(".speech__level")?.style.setProperty("--level", level()));
  }

  async function send() {
    say("writing");
    sending = new AbortController();
    const { signal } = sending;
    const patience = setTimeout(() => sending.abort(), 9e4);
    let word = "not_written";
    try {
      const token = await new Promise((done) => {
        take = done;
        say("token");
      });
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": sound.type };
      const address = `/api/v1/spaces/${space}/transcriptions?language=${lang}`;
      const answer = await fetch(address, { method: "POST", headers, body: sound, signal });
      const told = await answer.json();
      if (isOver) return;
      if (answer.ok) {
        sound = undefined;
        write(told.text);
        return say("idle");
      }
      word = told.error.code;
    } catch {
      // A cut line, or an answer that is none: the recording stays.
    }
    clearTimeout(patience);
    // It was written down, and there was nothing in it.
    if (word == "nothing_heard") sound = undefined;
    fail(word);
  }

  tell("starting");
  if (Recognition && !(isDeaf && canRecord)) listen();
  else record();
  return {
    end: () => stop(),
    again: () => sound && send(),
    token: (token) => take(token),
    record() {
      isDeaf = true;
      record();
    },
    discard() {
      if (isOver) return;
      isOver = true;
      sound = undefined;
      sending?.abort();
      stop?.();
      tell("idle");
    },
  };
}

/** How loud a stream is, and what ends the measuring. */
function meter(stream) {
  try {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const samples = new Uint8Array(analyser.fftSize);
    context.createMediaStreamSource(stream).connect(analyser);
    const level = () => {
      analyser.getByteTimeDomainData(samples);
      return Math.min(1, Math.max(...samples.map((sample) => Math.abs(sample - 128))) / 64);
    };
    return [level, () => void context.close()];
  } catch {
    return [() => 0];
  }
}
