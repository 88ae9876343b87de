// What a site's server tells Bellhop about its customer. Node 18 or newer, nothing to install.
import { createHmac, randomUUID } from "node:crypto";

// The better way: a token, good once, for ten minutes. Send it to the page: Bellhop('identify', token)
export function identityToken(secret, customer) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: customer.id, name: customer.name, email: customer.email, jti: randomUUID(), iat: now, exp: now + 600 };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

// The short way: it never ends. Bellhop('identify', { id, hash })
export const identityHash = (secret, id) => createHmac("sha256", secret).update(id).digest("hex");

const [secret, id] = process.argv.slice(2);
if (secret) console.log(`${identityHash(secret, id)}\n${identityToken(secret, { id, name: "Mia" })}`);
