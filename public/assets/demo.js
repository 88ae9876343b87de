// The shop's own buttons ring the bell, too: the page's side of the one global, Bellhop.
window.Bellhop ||= (...call) => (window.Bellhop.q ||= []).push(call);
// Who has signed in: the shop's server has written its word for that into the page. Nobody: signed out.
window.Bellhop("identify", document.body.dataset.token || null);
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.Bellhop("open"));
}
