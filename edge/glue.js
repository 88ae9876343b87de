// Glue between workerd and the wasm of the Worker: the handler, the three classes of objects, and
// a new wasm instance after a panic. No rule of the product lives here.
//
// All objects of an isolate share one wasm instance, and a panic aborts it: its memory must not
// be used again, and whatever waits for it would wait for ever. So everyone who waits hears of the
// death at once, the next call makes a new instance, and each object is made anew from storage.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import * as wasm from "./index.js";

/** Close code "service restart": clients connect again and resume. */
const RESTARTED = 1012;

const health = wasm.__worker_init_state(); // { criticalError, instanceId }, shared with crate `worker`
const waiting = new Set(); // the `reject` of each call that is in wasm
let instance = 0;

/** What everyone hears who waited for a dead instance. */
class Death extends Error {}

function notice(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  health.criticalError = true;
  const death = new Death(`the wasm instance died: ${error.message}`);
  for (const reject of waiting) reject(death);
  waiting.clear();
}
addEventListener("error", (event) => notice(event.error));
addEventListener("unhandledrejection", (event) => notice(event.reason));

function revive() {
  if (!health.criticalError) return;
  console.error("edge: a new wasm instance after a panic");
  wasm.__wbg_reset_state();
  health.criticalError = false;
  instance += 1;
}

/** Runs `call` in a live instance; settles even if that instance dies meanwhile. */
function enter(call) {
  revive();
  const { promise, resolve, reject } = Promise.withResolvers();
  const fail = (error) => {
    notice(error);
    reject(error);
  };
  waiting.add(reject);
  try {
    Promise.resolve(call()).then(resolve, fail);
  } catch (error) {
    fail(error);
  }
  return promise.finally(() => waiting.delete(reject));
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    return enter(() => wasm.fetch.call(this, request, this.env, this.ctx));
  }
}

const APPEND = "INSERT INTO log VALUES (?, ?, ?, ?)";
/** What wasm calls: a row for every message, and the platform's reading of addresses. */
globalThis.bellhop = {
  append: (sql, seq, place, entry, cursors) => void sql.exec(APPEND, seq, place || null, entry, cursors ?? null),
  address(text) {
    const { origin, protocol, hostname, port, pathname, search, username, password } = new URL(text);
    return [origin, protocol, hostname, port, pathname, search, username + password];
  },
  parameter: (query, name) => new URLSearchParams(query).get(name) ?? undefined,
};

/** A Durable Object whose Rust half can be made again. */
class Guarded extends DurableObject {
  #rust;
  #instance;

  constructor(ctx, env, name) {
    super(ctx, env);
    this.name = name;
    revive();
    this.#make();
  }

  #make() {
    try {
      this.#rust = new wasm[this.name](this.ctx, this.env);
      this.#instance = instance;
    } catch (error) {
      notice(error);
      throw error;
    }
  }

  #call(method, ...args) {
    return enter(() => {
      if (this.#instance !== instance) {
        this.#make();
        this.#hangUp();
        if (method === "webSocketMessage") return undefined;
      }
      return this.#rust[method](...args);
    }).catch((error) => this.#fail(error));
  }

  #fail(error) {
    notice(error);
    if (error instanceof Death || error instanceof WebAssembly.RuntimeError) this.#hangUp();
    throw error;
  }

  /** Frames in flight went with the old memory: clients come back and say what they have. */
  #hangUp() {
    for (const socket of this.ctx.getWebSockets()) {
      try {
        socket.close(RESTARTED, "restarted");
      } catch {} // closed already
    }
  }

  fetch(request) {
    return this.#call("fetch", request);
  }
  alarm(info) {
    return this.#call("alarm", info);
  }
  webSocketMessage(socket, message) {
    revive();
    if (this.#instance !== instance) return this.#call("webSocketMessage", socket, message);
    // The hot path: a turn has no await, so a message needs no promise.
    try {
      if (typeof message === "string") this.#rust.message(socket, message);
      else this.#rust.bytes(socket, new Uint8Array(message));
    } catch (error) {
      this.#fail(error);
    }
  }
  webSocketClose(socket, code, reason, wasClean) {
    return this.#call("webSocketClose", socket, code, reason, wasClean);
  }
  webSocketError(socket, error) {
    return this.#call("webSocketError", socket, error);
  }
}

export class ConversationObject extends Guarded {
  constructor(ctx, env) {
    super(ctx, env, "ConversationObject");
  }
}

export class AccountObject extends Guarded {
  constructor(ctx, env) {
    super(ctx, env, "AccountObject");
  }
}

export class SpaceObject extends Guarded {
  constructor(ctx, env) {
    super(ctx, env, "SpaceObject");
  }
}
