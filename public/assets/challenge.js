// The page of the challenge: draws Cloudflare's widget, and hands what it says to the frame around it, which is
// of our own origin. Anybody else's frame cannot be reached from here, and hears nothing.
(() => {
  const { lang, dataset: { theme } } = document.documentElement;
  const tell = (detail) => frameElement?.dispatchEvent(new CustomEvent("challenge", { detail }));
  const fail = () => tell("");

  // The chat looks for it to see that this page has come.
  window.bellhop = true;
  // Whoever blocks scripts of others has no widget.
  if (!window.turnstile) return fail();
  turnstile.render("#challenge", {
    sitekey: document.body.dataset.key,
    action: "begin",
    size: "flexible",
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    language: lang,
    callback: tell,
    "error-callback": fail,
    "unsupported-callback": fail,
  });
})();
