// How a page with types says it. What follows a line of "expect an error" must not compile.

const hush: () => void = Bellhop("on", "unread", ({ count }) => count.toFixed());
hush();
Bellhop("on", "error", ({ reason }) => reason === "unreachable");
Bellhop("on", "conversation:started", () => {});
Bellhop("off", "unread");
Bellhop("open");
window.Bellhop("toggle");
Bellhop("set", { name: "Grace", company: "Navy", email: "grace@navy.example", queue: "Sales", skills: "german ships" });
Bellhop("set", { color: "rebeccapurple", side: "left", theme: "auto", text: "Ask us", locale: "pt-BR" });
Bellhop("identify", "a.b.c");
Bellhop("identify", { id: "7", hash: "0".repeat(64), name: "Grace" });
Bellhop("identify", null);

// @ts-expect-error no such command
Bellhop("ring");
// @ts-expect-error no such event
Bellhop("on", "opened", () => {});
// @ts-expect-error no function
Bellhop("on", "open");
// @ts-expect-error what was written is not told
Bellhop("on", "message", ({ text }) => text);
// @ts-expect-error no such field
Bellhop("set", { nickname: "Amazing" });
// @ts-expect-error not of that type
Bellhop("set", { name: 7 });
// @ts-expect-error not on that side
Bellhop("set", { side: "top" });
// @ts-expect-error an id alone is a claim
Bellhop("identify", { id: "7" });
// @ts-expect-error says nothing
Bellhop("identify");
