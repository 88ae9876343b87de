// An identity provider of our own: `oidc-provider` with two clients and three people, the keys of
// Cloudflare Access beside it, and a call that signs whatever a journey wants to try.
//
// Prints its port. `POST /_ctl {person}` says who signs in next; `POST /_sign {header, claims, how}`
// answers with a token; `GET /_calls` counts how often the keys were read.
import { createHmac, createPublicKey, createSign, generateKeyPairSync } from "node:crypto";
import http from "node:http";
import { Provider } from "oidc-provider";

const people = {
  mia: { email: "mia@shop.example", email_verified: true, name: "Mia" },
  eve: { email: "mia@shop.example", email_verified: false, name: "Eve" },
  kim: { name: "Kim" },
};
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = (key, kid) => ({ ...key.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" });
const [login, access, foreign] = [pair(), pair(), pair()];
const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });

let person = "mia";
let reads = 0;
const server = http.createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;

const redirect_uris = ["http://127.0.0.1/api/v1/sign-in/oidc/callback"];
const common = { redirect_uris, application_type: "native", response_types: ["code"], grant_types: ["authorization_code"] };
const provider = new Provider(base, {
  clients: [
    { ...common, client_id: "bellhop", client_secret: "canary-of-the-client-secret" },
    { ...common, client_id: "bellhop-public", token_endpoint_auth_method: "none" },
  ],
  jwks: { keys: [jwk(login.privateKey, "login")] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  pkce: { required: () => true },
});

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: person } });
  }
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Signs with the key of Access unless `how` says otherwise. */
function signed({ header, claims, how }) {
  const text = `${encode(header)}.${encode(claims)}`;
  const rsa = (key, hash = "RSA-SHA256") => createSign(hash).update(text).sign(key.privateKey, "base64url");
  const hmac = (secret) => createHmac("sha256", secret).update(text).digest("base64url");
  const pem = (type) => createPublicKey(access.privateKey).export({ type, format: "pem" });
  const curved = () => createSign("SHA256").update(text).sign({ key: curve.privateKey, dsaEncoding: "ieee-p1363" }, "base64url");
  const ways = {
    rsa: () => rsa(access),
    rsa512: () => rsa(access, "RSA-SHA512"),
    foreign: () => rsa(foreign),
    small: () => rsa(small),
    curve: curved,
    empty: () => "",
    none: () => null,
    hmac_spki: () => hmac(pem("spki")),
    hmac_pkcs1: () => hmac(pem("pkcs1")),
    hmac_modulus: () => hmac(Buffer.from(jwk(access.publicKey).n, "base64url")),
    hmac_empty: () => hmac(""),
  };
  const signature = ways[how ?? "rsa"]();
  return signature === null ? text : `${text}.${signature}`;
}

function body(request) {
  return new Promise((done) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => done(text ? JSON.parse(text) : {}));
  });
}

const handle = provider.callback();
server.on("request", async (request, response) => {
  const send = (value) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
  const path = request.url.split("?")[0];
  if (path.startsWith("/interaction/")) {
    return interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
  }
  if (path === "/_ctl") {
    person = (await body(request)).person;
    return send({});
  }
  if (path === "/_sign") return send({ token: signed(await body(request)) });
  if (path === "/_calls") return send({ reads });
  if (path === "/cdn-cgi/access/certs") {
    reads += 1;
    const keys = [jwk(access.publicKey, "access"), jwk(small.publicKey, "small"), { ...curve.publicKey.export({ format: "jwk" }), kid: "curve" }];
    return send({ keys });
  }
  return handle(request, response);
});
// Nobody reads on: what the library has to say later goes nowhere.
process.stdout.on("error", () => {});
console.log(`ready ${server.address().port}`);
