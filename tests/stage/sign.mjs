// Keys and tokens of a site that signs with a key pair: claims on standard input, JSON on standard output.
import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const claims = JSON.parse(readFileSync(0, "utf8"));
const part = (value) => Buffer.from(typeof value == "string" ? value : JSON.stringify(value)).toString("base64url");
const rsa = (modulusLength) => generateKeyPairSync("rsa", { modulusLength });
const ec = (namedCurve) => generateKeyPairSync("ec", { namedCurve });
const token = (alg, key, header = {}) => {
  const signed = `${part({ alg, typ: "JWT", ...header })}.${part({ ...claims, jti: randomUUID() })}`;
  const how = alg == "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key;
  return `${signed}.${sign("sha256", Buffer.from(signed), how).toString("base64url")}`;
};
const pem = (key) => key.export({ type: "spki", format: "pem" });
const [one, other, weak, p256, p384] = [rsa(2048), rsa(2048), rsa(1024), ec("P-256"), ec("P-384")];
const byPublic = (text) => {
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...claims, jti: "forged" })}`;
  return `${signed}.${createHmac("sha256", text).update(signed).digest("base64url")}`;
};

console.log(JSON.stringify({
  rs: { pem: pem(one.publicKey), token: token("RS256", one.privateKey), again: token("RS256", one.privateKey) },
  es: { jwk: JSON.stringify(p256.publicKey.export({ format: "jwk" })), token: token("ES256", p256.privateKey) },
  wrong: {
    "another key": token("RS256", other.privateKey),
    "a key in the header": token("RS256", other.privateKey, { jwk: other.publicKey.export({ format: "jwk" }) }),
    "an address of keys": token("RS256", other.privateKey, { jku: "https://evil.example/keys", x5u: "https://evil.example" }),
    "HS256 with the public key": byPublic(pem(one.publicKey)),
    "RS256 that says ES256": token("ES256", p256.privateKey).replace(/^[^.]+/, part({ alg: "RS256" })),
    "ES256 that says RS256": token("RS256", one.privateKey).replace(/^[^.]+/, part({ alg: "ES256" })),
  },
  refused: {
    "a short RSA key": ["RS256", pem(weak.publicKey)],
    "another curve": ["ES256", pem(p384.publicKey)],
    "an EC key for RSA": ["RS256", pem(p256.publicKey)],
    "a private key": ["ES256", JSON.stringify(p256.privateKey.export({ format: "jwk" }))],
    "a secret": ["RS256", JSON.stringify({ kty: "oct", k: "AAAA" })],
    "no key": ["RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
    "nothing": ["ES256", ""],
  },
}));
