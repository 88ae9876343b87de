// The Worker with every call counted that the platform bills, or that crosses from wasm to
// JavaScript. `cargo xtask bench cost` loads this module around the Worker's own.
import worker from "./worker.js";
import * as product from "./worker.js";

const none = () => ({
  fetch: 0, message: 0, close: 0, alarm: 0, rows: 0, read: 0, exec: 0, setAlarm: 0, send: 0, transaction: 0,
  attachment: 0,
});
const counts = { conversation: none(), space: none(), account: none(), worker: 0 };
const owners = new WeakMap(); // storage or its SQL: the counts of its class
const objects = { CONVERSATION: new Set(), SPACE: new Set(), ACCOUNT: new Set() }; // ids of those that were there
let current = none(); // whose code runs: right for what a turn does before its first await

function count(prototype, method, tally) {
  const native = prototype[method];
  prototype[method] = function (...args) {
    const result = native.apply(this, args);
    tally(owners.get(this) ?? current, result);
    return result;
  };
}

let isPatched = false;
function patch(ctx) {
  if (isPatched) return;
  isPatched = true;
  const { storage } = ctx;
  count(Object.getPrototypeOf(storage.sql), "exec", (tally, cursor) => {
    tally.exec += 1;
    tally.rows += cursor.rowsWritten;
    tally.read += cursor.rowsRead;
  });
  count(Object.getPrototypeOf(storage), "setAlarm", (tally) => (tally.setAlarm += 1));
  count(Object.getPrototypeOf(storage), "deleteAlarm", (tally) => (tally.setAlarm += 1));
  count(Object.getPrototypeOf(storage), "transactionSync", (tally) => (tally.transaction += 1));
  count(WebSocket.prototype, "send", (tally) => (tally.send += 1));
  count(WebSocket.prototype, "serializeAttachment", (tally) => (tally.attachment += 1));
}

const counted = (Class, tally, ids) =>
  class extends Class {
    constructor(ctx, env) {
      patch(ctx);
      owners.set(ctx.storage, tally);
      owners.set(ctx.storage.sql, tally);
      super(ctx, env);
      ids.add(ctx.id.toString());
    }
    fetch(request) {
      return this.tallied("fetch", () => super.fetch(request));
    }
    alarm(info) {
      return this.tallied("alarm", () => super.alarm(info));
    }
    webSocketMessage(socket, message) {
      return this.tallied("message", () => super.webSocketMessage(socket, message));
    }
    webSocketClose(...args) {
      return this.tallied("close", () => super.webSocketClose(...args));
    }
    tallied(kind, call) {
      tally[kind] += 1;
      current = tally;
      return call();
    }
    async kept() {
      const { storage } = this.ctx;
      return { bytes: storage.sql.databaseSize, alarm: (await storage.getAlarm()) !== null, gone: this.gone() };
    }
    /** Bytes of the rows of closed conversations in a space, which go after 48 hours. */
    gone() {
      if (Class !== product.SpaceObject) return 0;
      const statement = `SELECT sum(length(id) + length(value)) AS bytes FROM item WHERE value LIKE '%"state":{"gone"%'`;
      return this.ctx.storage.sql.exec(statement).one().bytes ?? 0;
    }
  };

export * from "./worker.js";
export const ConversationObject = counted(product.ConversationObject, counts.conversation, objects.CONVERSATION);
export const SpaceObject = counted(product.SpaceObject, counts.space, objects.SPACE);
export const AccountObject = counted(product.AccountObject, counts.account, objects.ACCOUNT);

/** Bytes of every database, and alarms that have still to ring. */
async function kept(env, binding, ids) {
  const sum = { bytes: 0, alarms: 0, gone: 0, objects: ids.size };
  for (const id of ids) {
    const namespace = env[binding];
    const { bytes, alarm, gone } = await namespace.get(namespace.idFromString(id)).kept();
    sum.bytes += bytes;
    sum.gone += gone;
    sum.alarms += alarm ? 1 : 0;
  }
  return sum;
}

export default class extends worker {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/counts") {
      counts.worker += 1;
      return super.fetch(request);
    }
    const seen = structuredClone(counts);
    seen.conversation.kept = await kept(this.env, "CONVERSATION", objects.CONVERSATION);
    seen.space.kept = await kept(this.env, "SPACE", objects.SPACE);
    seen.account.kept = await kept(this.env, "ACCOUNT", objects.ACCOUNT);
    return Response.json(seen);
  }
}
