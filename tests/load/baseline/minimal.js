// The smallest chat room in a Durable Object: stores each message in SQLite and sends it to all.
// It knows no people, no rights, no repeats, no receipts and no end.
import { DurableObject } from "cloudflare:workers";

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS message(seq INTEGER PRIMARY KEY, at INTEGER, author TEXT, id TEXT, text TEXT)",
    );
  }

  fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/count")) {
      return new Response(String(this.ctx.storage.sql.exec("SELECT count(*) AS n FROM message").one().n));
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ author: url.searchParams.get("author") });
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, data) {
    const { hello, id, text } = JSON.parse(data);
    if (hello) return this.history(socket);
    const { author } = socket.deserializeAttachment();
    const at = Date.now();
    const { seq } = this.ctx.storage.sql
      .exec("INSERT INTO message(at, author, id, text) VALUES (?, ?, ?, ?) RETURNING seq", at, author, id, text)
      .one();
    const frame = JSON.stringify({ seq, at, author, id, text });
    for (const other of this.ctx.getWebSockets()) other.send(frame);
  }

  history(socket) {
    const rows = this.ctx.storage.sql.exec("SELECT seq, at, author, id, text FROM message ORDER BY seq").toArray();
    socket.send(JSON.stringify({ rows }));
  }

  webSocketClose(socket, code) {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

export default {
  fetch(request, env) {
    const [, name] = new URL(request.url).pathname.split("/");
    return env.ROOM.get(env.ROOM.idFromName(name || "nobody")).fetch(request);
  },
};
