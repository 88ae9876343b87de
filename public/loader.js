// The script that a site pastes: draws the launcher, makes the chat's frame at the first intent, and carries
// messages between the page and the frame. Served as /bellhop.js; nothing else is requested before intent.
// Whatever a page says beyond open, close, show and hide is for page.js, which loads with the first such word.
// The chat lives in the frame, on our origin: nothing of the page can reach it, nor it the page.

(() => {
  const early = window.Bellhop;
  if (early?.on) return; // The tag is on the page twice.

  const page = document.documentElement;
  const tag = document.currentScript;
  const data = tag.dataset;
  const { space = "" } = data;
  const origin = new URL(tag.src).origin;

  const complain = (why) => console.error(`Bellhop: data-space ${space}: ${why}`);

  if (!/^\b[a-z\d-]+$/.test(space)) return complain("malformed");

  const key = "bellhop:" + space;
  const view = visualViewport;
  const narrow = matchMedia("(max-width:480px),(max-height:480px)");
  let label, frame, isReady, isFailed, isOpen = false, isFull = false, overflow, timer, before, wants, unread = 0, typed = "";

  // --- what is drawn: a shadow root on <html>, out of reach of the page's css and of a change of <body>

  const make = (name, parent) => {
    const element = document.createElement(name);
    parent?.append(element);
    return element;
  };
  const host = make("bellhop-chat");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  // One tag of each kind: div root, button launcher, b bell or cross, i badge, output trouble, iframe chat.
  // Borders are transparent for forced colours, which show them.
  sheet.replaceSync(`:host{all:initial!important;position:fixed!important;z-index:2147483647!important}
:host:before,:host:after{content:none!important}
@media print{:host{display:none!important}}
*{box-sizing:border-box}
div{position:fixed;bottom:calc(20px + env(safe-area-inset-bottom));display:grid;gap:10px;pointer-events:none;font:600 15px system-ui;--c:light-dark(#1f5245,#2f7a66);--o:#fffaf0;--k:#d3a34a}
button{position:relative;display:flex;align-items:center;justify-content:center;gap:10px;min-width:60px;height:60px;padding:0 14px;border:2px solid transparent;border-radius:30px;background:var(--c);color:var(--o);font:inherit;white-space:nowrap;box-shadow:inset 0 0 0 1.5px var(--k),0 8px 32px #0004;cursor:pointer;pointer-events:auto}
button:focus-visible{outline:3px solid var(--o);box-shadow:0 0 0 6px var(--c)}
b{width:28px;height:28px;background:currentColor;forced-color-adjust:none;clip-path:path("M10 4h8v2h-3v2a10 10 0 0 1 9 11H4A10 10 0 0 1 13 8V6h-3zM2 21h24v3H2z")}
@media(forced-colors:active){b{background:ButtonText}}
.open b{clip-path:path("M4 10l10 10 10-10-2-2-8 8-8-8z")}
i{position:absolute;top:-6px;inset-inline-end:-6px;min-width:22px;padding:0 6px;border-radius:11px;background:#a3341f;color:#fff;font:600 13px/22px system-ui}
output,iframe{border:1px solid #8886;border-radius:18px;background:light-dark(#f8f3e9,#17140f);color:light-dark(#29241d,#f2eadc);box-shadow:0 8px 32px #0004}
output{padding:10px 14px}
output:empty,[hidden]{display:none}
iframe{visibility:hidden;width:400px;max-width:calc(100vw - 40px);height:min(640px,100vh - 120px)}
.open iframe{visibility:visible;pointer-events:auto}
.full iframe{position:fixed;inset:0;width:100%;max-width:none;border:0;border-radius:0;padding:env(safe-area-inset-top)env(safe-area-inset-right)env(safe-area-inset-bottom)env(safe-area-inset-left)}
.full.ready button{display:none}
@media(prefers-reduced-motion:no-preference){button,.open iframe{animation:x .25s}}
@keyframes x{from{opacity:0;translate:0 12px}}`);
  shadow.adoptedStyleSheets = [sheet];

  const root = make("div", shadow);
  const note = make("output", root);
  const button = make("button", root);
  make("b", button);
  const word = new Text();
  button.append(word);
  const badge = make("i", button);

  // As the attributes of the tag say by now.
  const dress = () => {
    const { color, side = "end", text = "", theme = "light dark" } = data;
    let brand, on;
    // Of the two insets one is always nonsense and ignored.
    let css = `${side}:20px;inset-inline-${side}:20px;justify-items:${side};color-scheme:${theme}`;
    // A canvas reads any css colour; on it black or white, whichever contrasts more: always 4.5 to 1 or better.
    if (color) {
      const canvas = make("canvas").getContext("2d");
      canvas.fillStyle = "#1f5245";
      canvas.fillStyle = color;
      brand = canvas.fillStyle;
      const [red, green, blue] = brand.match(/\w\w/g).map((part) => (parseInt(part, 16) / 255) ** 2.2);
      on = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
      css += `;--c:${brand};--o:${on};--k:${on}8`;
    }
    root.style.cssText = css;
    label = (word.textContent = text) || "Chat";
    paint();
    return { ...data, color: brand, on };
  };

  const paint = () => {
    badge.hidden = isOpen || !unread;
    badge.textContent = unread > 99 ? "99+" : unread;
    button.ariaExpanded = isOpen;
    button.ariaLabel = label;

    // Phones: as large as what the keyboard leaves, and the page behind does not scroll.
    const wasFull = isFull;
    isFull = isOpen && narrow.matches;
    root.className = [isOpen && "open", isFull && "full", isReady && "ready"].join(" ");
    if (frame) frame.style.cssText = isFull ? `height:${view.height}px;top:${view.offsetTop}px` : "";
    if (isFull != wasFull) [overflow, page.style.overflow] = [page.style.overflow, isFull ? "hidden" : overflow];
  };

  // --- the frame

  const post = (bellhop, more) => {
    if (!isReady) return;
    frame.contentWindow.postMessage({ ...more, bellhop, typed, shown: isOpen }, origin);
    typed = "";
  };

  const load = () => {
    if (frame && !isFailed) return;
    frame?.remove();
    isFailed = isReady = note.textContent = "";
    frame = make("iframe");
    frame.title = label;
    frame.allow = "microphone; camera; display-capture; autoplay; clipboard-write";
    frame.src = `${origin}/chat?space=${space}&lang=${data.locale || ""}`;
    root.prepend(frame);
  };

  const fail = () => {
    if (isReady) return;
    isFailed = 1;
    if (isOpen) note.textContent = "The chat cannot be loaded.";
    show(false);
  };

  const show = (isNow) => {
    if (isOpen == isNow) return;
    const focused = document.activeElement;
    clearTimeout(timer);
    isOpen = wants = isNow;
    if (isNow) {
      before = focused;
      load();
      unread = 0;
      // ms without a sign of life of an opened frame before we say so
      if (!isReady) timer = setTimeout(fail, 15e3);
    }
    paint();
    post("shown");
    // The frame gets the focus when it says that it is shown: while it loads it may lose it to the page again.
    if (isNow) button.focus();
    else if (focused == host) (button.hidden ? before : button).focus();
  };

  // Storage may be blocked: then unread messages are counted from the next intent on.
  const store = (act) => {
    try {
      return act();
    } catch {}
  };

  const hear = {
    ready() {
      clearTimeout(timer);
      isReady = 1;
      isFailed = note.textContent = "";
      post("init", dress());
    },
    // The chat names the launcher in the language that it is read in.
    unread({ count, name }) {
      unread = count | 0;
      label = name;
      // It says so whenever it is shown.
      if (wants) {
        wants = false;
        // A frame that has the focus already would lose the cursor inside.
        if (shadow.activeElement != frame) frame.focus();
        post("shown");
      }
      paint();
    },
    talk: ({ open }) => store(() => open ? (localStorage[key] = 1) : delete localStorage[key]),
    gone({ reason }) {
      show(false);
      watch.disconnect();
      host.remove();
      commands = {};
      hear.talk({});
      complain(reason);
    },
  };
  addEventListener("message", ({ data: told, origin: from, source }) => {
    if (from == origin && source == frame?.contentWindow) (hear[told.bellhop] || commands[told.bellhop])?.(told);
  });

  // --- the page

  const escape = (event) => {
    if (event.key == "Escape" && !event.defaultPrevented) show(false);
  };
  // Behind the body, from the moment that there is one.
  const stand = () => host.isConnected || (document.body && page.append(host));
  const watch = new MutationObserver(stand);
  let rest, commands = {
    open: () => show(true),
    close: () => show(false),
    hide: () => (button.hidden = true),
    show: () => (button.hidden = false),
  };
  button.onclick = () => show(!isOpen);
  button.onpointerenter = button.onfocus = () => isFailed || load();
  // A page with one-key shortcuts or a focus trap must not hear of what happens here.
  for (const leak of ["keydown", "keypress", "keyup", "focusin"]) root.addEventListener(leak, (event) => {
    event.stopPropagation();
    escape(event);
    // What is typed before the frame has the focus must not press the button, and goes there with the next word.
    if (!wants || leak == "keydown") return;
    event.preventDefault();
    if (event.charCode > 31) typed += event.key;
  });
  addEventListener("keydown", escape);
  for (const change of ["resize", "scroll"]) view.addEventListener(change, paint);
  addEventListener("securitypolicyviolation", (event) => event.disposition == "enforce" && event.blockedURI.startsWith(origin) && fail());

  // The rest of the words in a file of its own. One that does not come is asked for again, with all that was said.
  const Bellhop = window.Bellhop = (name, ...more) => {
    if (commands[name]) commands[name]();
    else (rest ||= import(origin + "/bellhop-page.js").then((page) => page.default(commands, dress, post, root, tag))).then((run) => run(name, ...more), () => {
      rest = 0;
      setTimeout(Bellhop, 15e3, name, ...more);
    });
    return () => Bellhop("off", ...more);
  };
  Bellhop.on = 1;
  dress();

  stand();
  watch.observe(page, { childList: true });
  if (store(() => localStorage[key]) && !navigator.connection?.saveData) (window.requestIdleCallback || setTimeout)(load);
  for (const call of early?.q || []) Bellhop(...call);
  // What the space shows by itself is for the rest, too, and this word does nothing.
  if (data.proactive) Bellhop("off");
})();
