// What a site's server tells Bellhop about its customer. Go 1.21 or newer, nothing to install.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

func sign(secret, text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// The better way: a token, good once, for ten minutes. Send it to the page: Bellhop('identify', token)
func identityToken(secret, id, name string) (string, error) {
	part := base64.RawURLEncoding.EncodeToString
	jti := make([]byte, 16)
	if _, err := rand.Read(jti); err != nil {
		return "", err
	}
	now := time.Now().Unix()
	claims, err := json.Marshal(map[string]any{
		"sub": id, "name": name, "jti": hex.EncodeToString(jti), "iat": now, "exp": now + 600,
	})
	if err != nil {
		return "", err
	}
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(claims)
	return signed + "." + part(sign(secret, signed)), nil
}

// The short way: it never ends. Bellhop('identify', { id, hash })
func identityHash(secret, id string) string {
	return hex.EncodeToString(sign(secret, id))
}

func main() {
	if len(os.Args) < 3 {
		return
	}
	token, err := identityToken(os.Args[1], os.Args[2], "Mia")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(identityHash(os.Args[1], os.Args[2]))
	fmt.Println(token)
}
