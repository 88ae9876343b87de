// Tells the loader that this space has no chat, so that it takes its launcher away.
// To any origin: the page around is not known here, and the message says nothing that is not public.
if (parent !== window) parent.postMessage({ bellhop: "gone", reason: document.body.dataset.reason }, "*");
