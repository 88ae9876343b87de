// A file on its way (`shared::file::way`): announced, sent in parts, completed; after a cut it goes on where it was.

/**
 * Ends when the file stands in the conversation; fails with the word of a refusal, or with what went wrong. The bar
 * tells how far it is; once that is gone from the page, nothing more is sent.
 */
export async function send(path, id, file, token, bar) {
  const call = async (method, at, headers, body) => {
    for (let pause = 500; ; pause *= 2) {
      if (!bar.isConnected) throw "gone";
      try {
        const all = { Authorization: `Bearer ${token}`, ...headers };
        const answer = await fetch(path + at, { method, body, headers: all });
        const told = await answer.json();
        if (answer.ok) return told;
        const { code } = told.error;
        if (answer.status < 500 || code === "files_not_configured") throw code;
      } catch (error) {
        if (typeof error === "string" || pause > 2e4) throw error;
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  };
  const { name, size } = file;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const announced = { "Idempotency-Key": id, "Content-Type": "application/json" };
  const told = await call("POST", "", announced, JSON.stringify({ name, size, sha256 }));
  const headers = { "Upload-Ticket": told.ticket };
  const at = `/${told.file}`;
  for (let part = 0; part < told.parts; part++) {
    bar.value = part / told.parts;
    const from = part * told.part_bytes;
    if (!told.present.includes(part)) {
      await call("PUT", `${at}?part=${part}`, headers, file.slice(from, from + told.part_bytes));
    }
  }
  await call("POST", at, headers);
}
