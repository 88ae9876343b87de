# What a site's server tells Bellhop about its customer. Ruby 3 or newer, nothing to install.
require "json"
require "openssl"
require "securerandom"

# The better way: a token, good once, for ten minutes. Send it to the page: Bellhop('identify', token)
def identity_token(secret, customer)
  part = ->(data) { [data].pack("m0").tr("+/", "-_").delete("=") }
  now = Time.now.to_i
  claims = { sub: customer[:id], name: customer[:name], email: customer[:email], jti: SecureRandom.uuid, iat: now, exp: now + 600 }
  signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |value| part.(JSON.generate(value)) }.join(".")
  "#{signed}.#{part.(OpenSSL::HMAC.digest("SHA256", secret, signed))}"
end

# The short way: it never ends. Bellhop('identify', { id, hash })
def identity_hash(secret, id) = OpenSSL::HMAC.hexdigest("SHA256", secret, id)

secret, id = ARGV
puts identity_hash(secret, id), identity_token(secret, { id: id, name: "Mia" }) if secret
