// R2 for a workerd without Cloudflare: a bucket on a folder. Bytes lie under their key, what is known of them
// beside it. Does what `edge/src/files/store.js` asks for, as R2 answers it.

const META = "~meta"; // no key of ours has a tilde

class Found {
  #body;
  constructor(key, meta, range, body) {
    const { size, etag, uploaded, httpMetadata } = meta;
    Object.assign(this, { key, size, etag, httpEtag: `"${etag}"`, uploaded: new Date(uploaded), httpMetadata, range });
    this.#body = body;
  }
  get body() {
    return this.#body && new Response(this.#body).body;
  }
  async arrayBuffer() {
    return new Response(this.#body).arrayBuffer();
  }
  writeHttpMetadata(headers) {
    const { contentType, contentDisposition } = this.httpMetadata;
    if (contentType) headers.set("content-type", contentType);
    if (contentDisposition) headers.set("content-disposition", contentDisposition);
  }
}

/** Hexadecimal digits of a digest. */
const digest = async (name, bytes) =>
  [...new Uint8Array(await crypto.subtle.digest(name, bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What of so many bytes is asked for, by the headers of a request or in R2's own words. */
function part(range, size) {
  if (!range) return undefined;
  if (range instanceof Headers) {
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range.get("range")) ?? [];
    if (from === undefined) return undefined;
    range = from ? { offset: +from, length: to ? +to - from + 1 : undefined } : { suffix: +to };
  }
  const offset = range.offset ?? Math.max(0, size - range.suffix);
  if (offset >= size) throw new Error("get: The requested range is not satisfiable (10039)");
  return { offset, length: Math.min(range.length ?? size, size - offset) };
}

class Bucket {
  #disk;
  constructor(disk) {
    this.#disk = disk;
  }

  // All keys lie in one folder; none of ours has an exclamation mark.
  async #ask(key, init) {
    return this.#disk.fetch(`http://disk/${key.replaceAll("/", "!")}`, init);
  }

  async #keep(key, body) {
    const kept = await this.#ask(key, { method: "PUT", body });
    if (!kept.ok) throw new Error(`put: ${kept.status} of ${key}`);
  }

  async put(key, value, { httpMetadata = {}, sha256 } = {}) {
    const bytes = new Uint8Array(await new Response(value).arrayBuffer());
    if (sha256 && (await digest("SHA-256", bytes)) !== sha256) {
      throw new Error("put: The SHA-256 checksum you specified did not match what we received. (10037)");
    }
    const meta = { size: bytes.length, etag: await digest("MD5", bytes), uploaded: Date.now(), httpMetadata };
    await this.#keep(key, bytes);
    await this.#keep(key + META, JSON.stringify(meta));
    return new Found(key, meta);
  }

  async head(key) {
    const meta = await this.#ask(key + META);
    return meta.ok ? new Found(key, await meta.json()) : null;
  }

  async get(key, { range } = {}) {
    const meta = await this.#ask(key + META);
    if (!meta.ok) return null;
    const known = await meta.json();
    const asked = part(range, known.size);
    const bytes = new Uint8Array(await (await this.#ask(key)).arrayBuffer());
    const body = asked ? bytes.subarray(asked.offset, asked.offset + asked.length) : bytes;
    return new Found(key, known, asked, body);
  }

  async list({ prefix = "" } = {}) {
    const listed = await this.#disk.fetch("http://disk/");
    const names = (await listed.json()).map(({ name }) => name.replaceAll("!", "/"));
    const keys = names.filter((name) => name.startsWith(prefix) && !name.endsWith(META)).sort();
    return { objects: keys.slice(0, 1_000).map((key) => ({ key })), truncated: keys.length > 1_000 };
  }

  async delete(keys) {
    for (const key of [keys].flat()) {
      for (const name of [key, key + META]) await this.#ask(name, { method: "DELETE" });
    }
  }
}

export default (env) => new Bucket(env.disk);
