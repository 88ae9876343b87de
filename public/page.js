// What a page says to its chat beyond opening and closing it, and what it hears from it. Served as /bellhop-page.js: the
// loader asks for it with the first word that needs it, and hands it what the two share. What is shared only grows,
// because a browser keeps either file for five minutes.
//
// What is said in the chat stays there: every script on a page, whoever it is of, could listen here. So an event says
// that somebody has written, and how much is unread, and never what.

const EVENTS = ["ready", "open", "close", "unread", "message", "conversation:started", "conversation:ended", "identify", "error"];

// What `set` takes: a test, and what it wants.
const claim = [(value) => is(value, "string") && value.trim() && value.length <= 100, "a text of 1 to 100 characters"];
const color = [(value) => is(value, "string") && CSS.supports("color", value), "a colour of CSS"];
const side = [(value) => /^(start|end|left|right)$/.test(value), "start, end, left or right"];
const theme = [(value) => /^(auto|light|dark)$/.test(value), "auto, light or dark"];
const text = [(value) => is(value, "string") && value.length <= 40, "a text of at most 40 characters"];
const locale = [(value) => /^[a-z]{2,3}(-[a-z\d]{2,8})*$/i.test(value), "a language, such as pt-BR"];
const email = [(value) => is(value, "string") && /^\S+@\S+$/.test(value) && value.length <= 254, "an address of mail"];
const queue = [(value) => is(value, "string") && value.trim() && value.length <= 32, "a text of 1 to 32 characters"];
const skills = [(value) => is(value, "string") && value.length <= 300, "a text with blanks between the skills"];
const CLAIMS = { name: claim, company: claim, email, queue, skills };
const LOOKS = { color, side, theme, text, locale };

const is = (value, type) => typeof value == type;
const names = (object) => Object.keys(object).join(", ");

export default (commands, dress, post, root, tag) => {
  const look = tag.dataset;
  const origin = new URL(tag.src).origin;
  const heard = {};
  const said = {};
  let chat, gone, wasOpen, talks;

  const complain = (call, why) => console.error(`Bellhop('${call}'): ${why}`);
  const isOpen = () => root.classList.contains("open");
  const frame = () => root.querySelector("iframe");
  const badge = root.querySelector("i");
  let count = badge.hidden ? 0 : parseInt(badge.textContent);

  // What a page does with it is its own: it breaks nothing here, and says so as any error of the page.
  const call = (act, detail) => {
    try {
      act(detail);
    } catch (error) {
      reportError(error);
    }
  };
  const tell = (name, detail = {}) => [...(heard[name] || [])].forEach((act) => call(act, detail));

  // --- what is heard

  const see = () => {
    // The loader takes the frame away before it is heard here that there is no chat.
    chat = frame()?.contentWindow || chat;
    if (isOpen() != wasOpen) tell((wasOpen = !wasOpen) ? "open" : "close");
  };
  wasOpen = isOpen();
  see();
  new MutationObserver(see).observe(root, { attributeFilter: ["class"], childList: true });
  const note = root.querySelector("output");
  new MutationObserver(() => note.textContent && tell("error", { reason: "unreachable" })).observe(note, { childList: true });
  try {
    talks = !!localStorage["bellhop:" + look.space];
  } catch {}

  const hear = {
    // What the page has said before the chat was there; the loader first.
    ready: () => names(said) && setTimeout(post, 0, "set", said),
    unread({ count: now }) {
      if (now != count) tell("unread", { count: (count = now) });
    },
    message: () => tell("message"),
    talk({ open }) {
      // What was answered is in the conversation, and not in the next one.
      if (open && said.greeting) greet("");
      if (talks != null && open != talks) tell(open ? "conversation:started" : "conversation:ended");
      talks = open;
    },
    identify: () => tell("identify"),
    gone({ reason }) {
      gone = reason.replace(" ", "_");
      tell("error", { reason: gone });
    },
  };
  addEventListener("message", ({ data, origin: from, source }) => {
    if (from == origin && source && source == chat) hear[data.bellhop]?.(data);
  });

  // What was shown, and is answered with the next message: the chat shows it until then.
  const greet = (greeting) => {
    said.greeting = greeting;
    post("set", said);
  };
  if (look.proactive) {
    const address = (name) => import(`${origin}/bellhop-${name}`);
    Promise.all([address("greet.js"), address("greetings.js?space=" + look.space)]).then(([shower, { default: greetings }]) =>
      shower.default(greetings, root, look, () => talks, (greeting) => {
        greet(greeting.text);
        commands.open();
      }),
    );
  }

  // --- what is said

  const words = {
    toggle: () => commands[isOpen() ? "close" : "open"](),
    set(fields) {
      if (!fields || !is(fields, "object")) return complain("set", "wants an object, such as { name: 'Grace' }");
      for (const [name, value] of Object.entries(fields)) {
        const [fits, wanted] = (Object.hasOwn(CLAIMS, name) && CLAIMS[name]) || (Object.hasOwn(LOOKS, name) && LOOKS[name]) || [];
        if (!wanted) complain("set", `knows no ${name}; it knows ${names(CLAIMS)}, ${names(LOOKS)}`);
        else if (!fits(value)) complain("set", `${name} wants ${wanted}`);
        else if (name == "locale" && frame()) complain("set", "locale comes too late: say it before the chat is opened");
        else if (CLAIMS[name]) said[name] = value;
        else look[name] = value == "auto" ? "light dark" : value;
      }
      post("set", { ...dress(), ...said });
    },
    identify(shown) {
      const isHash = shown && is(shown.id, "string") && is(shown.hash, "string");
      if (shown !== null && !isHash && !(is(shown, "string") && shown)) return complain("identify", "wants a token of your server's, { id, hash }, or null for nobody");
      said.identify = shown;
      post("set", said);
    },
    on(name, act) {
      if (!EVENTS.includes(name)) return complain("on", `knows no ${String(name)}; it knows ${EVENTS.join(", ")}`);
      if (!is(act, "function")) return complain("on", `wants a function after '${name}'`);
      (heard[name] ||= new Set()).add(act);
      // Whoever listens late hears how it stands.
      if (name == "ready" || (name == "open" && wasOpen)) call(act, {});
      if (name == "unread" && count) call(act, { count });
      if (name == "error" && gone) call(act, { reason: gone });
    },
    off: (name, act) => (act ? heard[name]?.delete(act) : delete heard[name]),
  };

  return (word, ...more) => {
    const name = String(word);
    const act = (Object.hasOwn(words, name) && words[name]) || (Object.hasOwn(commands, name) && commands[name]);
    if (!act) complain(name, `is no command; there are ${names(commands)}, ${names(words)}`);
    else if (gone && !/^(on|off)$/.test(name)) complain(name, `there is no chat here: ${gone}`);
    else act(...more);
  };
};
