# What a site's server tells Bellhop about its customer. Python 3.8 or newer, nothing to install.
import base64, hashlib, hmac, json, sys, time, uuid


# The better way: a token, good once, for ten minutes. Send it to the page: Bellhop('identify', token)
def identity_token(secret, customer):
    part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    now = int(time.time())
    claims = {"sub": customer["id"], "name": customer.get("name"), "email": customer.get("email"),
              "jti": str(uuid.uuid4()), "iat": now, "exp": now + 600}
    head, body = (part(json.dumps(value).encode()) for value in ({"alg": "HS256", "typ": "JWT"}, claims))
    signature = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{part(signature)}"


# The short way: it never ends. Bellhop('identify', { id, hash })
def identity_hash(secret, customer_id):
    return hmac.new(secret.encode(), customer_id.encode(), hashlib.sha256).hexdigest()


if len(sys.argv) > 2:
    print(identity_hash(sys.argv[1], sys.argv[2]))
    print(identity_token(sys.argv[1], {"id": sys.argv[2], "name": "Mia"}))
