<?php
// What a site's server tells Bellhop about its customer. PHP 8 or newer, nothing to install.

// The better way: a token, good once, for ten minutes. Send it to the page: Bellhop('identify', token)
function identity_token(string $secret, array $customer): string {
    $part = fn (string $data) => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $now = time();
    $claims = ['sub' => $customer['id'], 'name' => $customer['name'] ?? null, 'email' => $customer['email'] ?? null,
        'jti' => bin2hex(random_bytes(16)), 'iat' => $now, 'exp' => $now + 600];
    $signed = $part(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $part(json_encode($claims));
    return $signed . '.' . $part(hash_hmac('sha256', $signed, $secret, true));
}

// The short way: it never ends. Bellhop('identify', { id, hash })
function identity_hash(string $secret, string $id): string {
    return hash_hmac('sha256', $id, $secret);
}

if (isset($argv[2])) {
    echo identity_hash($argv[1], $argv[2]), "\n", identity_token($argv[1], ['id' => $argv[2], 'name' => 'Mia']), "\n";
}
