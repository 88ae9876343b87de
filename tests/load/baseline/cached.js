// The same room with its sessions and its last number in memory, read again when it wakes.
import { DurableObject } from "cloudflare:workers";

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS message(seq INTEGER PRIMARY KEY, at INTEGER, author TEXT, id TEXT, text TEXT)",
    );
    this.seq = this.sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM message").one().seq;
    this.sessions = new Map();
    for (const socket of ctx.getWebSockets()) this.sessions.set(socket, socket.deserializeAttachment().author);
  }

  fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/count")) {
      return new Response(String(this.sql.exec("SELECT count(*) AS n FROM message").one().n));
    }
    const { 0: client, 1: server } = new WebSocketPair();
    const author = url.searchParams.get("author");
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ author });
    this.sessions.set(server, author);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, data) {
    const { hello, id, text } = JSON.parse(data);
    if (hello) return this.history(socket);
    const author = this.sessions.get(socket);
    const at = Date.now();
    const seq = ++this.seq;
    this.sql.exec("INSERT INTO message(seq, at, author, id, text) VALUES (?, ?, ?, ?, ?)", seq, at, author, id, text);
    const frame = JSON.stringify({ seq, at, author, id, text });
    for (const other of this.sessions.keys()) other.send(frame);
  }

  history(socket) {
    const rows = this.sql.exec("SELECT seq, at, author, id, text FROM message ORDER BY seq").toArray();
    socket.send(JSON.stringify({ rows }));
  }

  webSocketClose(socket, code) {
    this.sessions.delete(socket);
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

export default {
  fetch(request, env) {
    const [, name] = new URL(request.url).pathname.split("/");
    return env.ROOM.get(env.ROOM.idFromName(name || "nobody")).fetch(request);
  },
};
