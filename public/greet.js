// What a space shows by itself beside its launcher (P8). Served as /bellhop-greet.js, for tags with data-proactive alone.
// When that is, says shared/src/settings/proactive.rs (HA2 to HA4): both are held against the same cases.

// The word of the chat for it, which a test holds.
export const CLOSE = { ar: "إغلاق", de: "Schließen", en: "Close", es: "Cerrar", fr: "Fermer", he: "סגירה", it: "Chiudi", ja: "閉じる", nl: "Sluiten", pl: "Zamknij", "pt-BR": "Fechar", ru: "Закрыть", tr: "Kapat", "zh-Hans": "关闭" };

// HA2: only * means anything.
const fits = (pattern, address) => {
  const plain = address.split(/[?#]/)[0].replace(/^[^/]*:\/\//, "");
  const path = plain.indexOf("/");
  let held = pattern[0] != "/" ? plain : path < 0 ? "/" : plain.slice(path);
  const [first, ...parts] = pattern.split("*");
  if (!held.startsWith(first)) return false;
  held = held.slice(first.length);
  if (!parts.length) return !held;
  const last = parts.pop();
  for (const part of parts) {
    const at = held.indexOf(part);
    if (at < 0) return false;
    held = held.slice(at + part.length);
  }
  return held.endsWith(last);
};

export const isDue = ({ after_s = 0, on_exit, daily, pages = [] }, { address, open_s, leaves, shown_ms }) =>
  (shown_ms == null || (daily && shown_ms >= 864e5)) &&
  open_s >= after_s &&
  (leaves || !on_exit) &&
  (!pages.length || pages.some((pattern) => fits(pattern, address)));

const SHEET = `:host{all:initial;color-scheme:inherit;pointer-events:auto;font:15px/1.4 system-ui}
div{display:flex;align-items:start;max-width:min(320px,100vw - 40px);border:1px solid #8886;border-radius:18px;background:light-dark(#f8f3e9,#17140f);color:light-dark(#29241d,#f2eadc);box-shadow:0 8px 32px #0004}
button{flex:none;border:0;border-radius:18px;background:none;color:inherit;font:inherit;text-align:start;overflow-wrap:anywhere;white-space:pre-line;cursor:pointer}
button:focus-visible{outline:3px solid;outline-offset:-3px}
.say{flex:1;padding:12px 16px}
.off{width:44px;height:44px;font-size:22px;line-height:1}
@media(prefers-reduced-motion:no-preference){div{animation:x .25s}}
@keyframes x{from{opacity:0;translate:0 12px}}`;

export default (greetings, root, look, isTalking, answer) => {
  const key = `bellhop:${look.space}:greeted`;
  // Where storage is blocked, each page shows it once.
  let shown = {}, leaves = false, card;
  const read = () => {
    try {
      shown = JSON.parse(localStorage[key]);
    } catch {}
  };
  const keep = (id) => {
    shown[id] = Date.now();
    try {
      localStorage[key] = JSON.stringify(shown);
    } catch {}
  };
  const launcher = root.querySelector("button");
  const isBusy = () => root.classList.contains("open") || launcher.hidden || document.hidden || isTalking();

  const put = () => {
    card?.remove();
    clearInterval(timer);
    watch.disconnect();
  };
  const make = (name, parent, role, label) => {
    const element = document.createElement(name);
    if (role) element.className = role;
    if (label) element.ariaLabel = label;
    parent.append(element);
    return element;
  };
  const show = (greeting) => {
    clearInterval(timer);
    keep(greeting.id);
    card = document.createElement("bellhop-greeting");
    const shadow = card.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    shadow.adoptedStyleSheets = [sheet];
    const box = make("div", shadow);
    box.role = "status"; // Said when the reader has said everything else.
    launcher.before(card);
    const say = make("button", box, "say");
    say.dir = "auto";
    const base = (tag) => tag.split("-")[0].toLowerCase();
    const speaks = (tag) => Object.keys(CLOSE).find((known) => base(known) == base(tag));
    const tag = [look.locale || "", ...navigator.languages].map(speaks).find(Boolean) || "en";
    const off = make("button", box, "off", CLOSE[tag]);
    off.textContent = "×";
    // What comes into a region that is there already is what readers say.
    requestAnimationFrame(() => (say.textContent = greeting.text));
    say.onclick = () => {
      put();
      answer(greeting);
    };
    const dismiss = () => {
      put();
      launcher.focus();
    };
    off.onclick = dismiss;
    shadow.addEventListener("keydown", (event) => event.key == "Escape" && dismiss());
    watch.observe(root, { attributeFilter: ["class"] });
  };

  // Whoever opens the chat by themselves needs it no more.
  const watch = new MutationObserver(() => isBusy() && put());
  const look_around = () => {
    if (isBusy()) return;
    read();
    const visit = { address: location.href, open_s: performance.now() / 1e3, leaves };
    const due = greetings.find((greeting) => {
      const at = shown[greeting.id];
      return isDue(greeting, { ...visit, shown_ms: at == null ? null : Date.now() - at });
    });
    if (due) show(due);
  };
  document.documentElement.addEventListener("mouseleave", ({ clientY }) => {
    if (clientY > 0 || card) return;
    leaves = true;
    look_around();
    leaves = false;
  });
  const timer = greetings.length && setInterval(look_around, 500);
};
