// Types of the one global that the script tag of Bellhop makes. Served as /bellhop.d.ts; nothing to install:
//   /// <reference path="./bellhop.d.ts" />

/** What a page says of its customer, and how launcher and chat look. What is left out stays as it is. */
interface BellhopFields {
  /** What the customer claims to be called: 1 to 100 characters. */
  name?: string;
  /** The company that the customer claims to be of: 1 to 100 characters. */
  company?: string;
  /** The address that the customer claims to have. */
  email?: string;
  /** The queue in which conversations wait. */
  queue?: string;
  /** Skills that an agent needs, with blanks between. */
  skills?: string;
  /** Any colour of CSS: of the launcher, and of the customer's own messages. */
  color?: string;
  /** Where the launcher stands. */
  side?: "start" | "end" | "left" | "right";
  /** Light or dark; auto is as the visitor prefers. */
  theme?: "auto" | "light" | "dark";
  /** A word beside the bell: at most 40 characters, none for the bell alone. */
  text?: string;
  /** Language of the chat, such as pt-BR: to be said before the chat is opened. */
  locale?: string;
}

/** Who the customer is: a token of your server's, an id with its hash, or nobody. */
type BellhopIdentity = string | null | { id: string; hash: string; name?: string; email?: string; company?: string };

/** What a page can hear, and with what. Nothing of it says what was written. */
interface BellhopEvents {
  /** Commands are taken. Whoever listens later hears it at once. */
  ready: {};
  /** The chat is shown. Whoever listens while it is, hears it at once. */
  open: {};
  /** It is not shown any more. */
  close: {};
  /** So many messages are unread by now. */
  unread: { count: number };
  /** Somebody has written to the customer. */
  message: {};
  /** The customer has begun a conversation. */
  "conversation:started": {};
  /** A conversation is over. */
  "conversation:ended": {};
  /** The chat asks who the customer is: sign in, then call identify. */
  identify: {};
  /** The chat cannot be loaded, is switched off, or there is no such space. */
  error: { reason: "unreachable" | "switched_off" | "unknown_space" };
}

interface BellhopCommands {
  (command: "open" | "close" | "toggle" | "show" | "hide"): void;
  (command: "set", fields: BellhopFields): void;
  (command: "identify", identity: BellhopIdentity): void;
  /** Listens; what it returns stops that. */
  <Name extends keyof BellhopEvents>(command: "on", event: Name, act: (detail: BellhopEvents[Name]) => void): () => void;
  /** Stops one listener of an event, or all. */
  <Name extends keyof BellhopEvents>(command: "off", event: Name, act?: (detail: BellhopEvents[Name]) => void): void;
  /** What was called before the script had loaded. */
  q?: ArrayLike<unknown>[];
}

declare var Bellhop: BellhopCommands;
