<?php
// An origin behind the gate, in PHP with its own OpenSSL and no library: it believes the header FC-Assertion, once it
// has verified it, and nothing else that a request says about its visitor.
//
//   GATE=https://my-service.fr AUDIENCE=https://app.internal CACHE=/var/cache/app php -S 127.0.0.1:3000 origin.php
//
// GATE is the PUBLIC_URL of the gate; AUDIENCE its FC_ORIGIN, or its FC_ASSERTION_AUDIENCE; CACHE a folder that nobody
// else may write to, for the keys.

declare(strict_types=1);

function refuse_unless(bool $holds, string $rule): void
{
    if (!$holds) throw new RuntimeException($rule);
}

function base64url(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    refuse_unless($bytes !== false && preg_match('/^[A-Za-z0-9_-]+$/D', $text) === 1, 'base64url');
    return $bytes;
}

// The key of this name as OpenSSL reads it. The set is kept for five minutes; for an unknown name, ten seconds.
function public_key(string $gate, string $kid): string
{
    $kept = getenv('CACHE') . '/jwks.json';
    foreach ([300, 10] as $seconds) {
        clearstatcache();
        if (!is_file($kept) || time() - filemtime($kept) >= $seconds) {
            $set = file_get_contents("$gate/auth/jwks.json", false, stream_context_create(['http' => ['timeout' => 5]]));
            refuse_unless($set !== false, 'no key set');
            file_put_contents($kept, $set, LOCK_EX);
        }
        foreach (json_decode((string) file_get_contents($kept), true)['keys'] ?? [] as $key) {
            if (($key['kid'] ?? null) !== $kid || ($key['alg'] ?? null) !== 'ES256') continue;
            // RFC 5480: what says “a point of P-256”, then the point.
            $der = hex2bin('3059301306072a8648ce3d020106082a8648ce3d03010703420004') . base64url($key['x']) . base64url($key['y']);
            return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($der), 64) . "-----END PUBLIC KEY-----\n";
        }
    }
    throw new RuntimeException('unknown key');
}

// One of the two numbers of a signature as OpenSSL takes it, in DER: positive, and without leading zeros.
function integer(string $number): string
{
    $number = ltrim($number, "\0");
    if ($number === '' || ord($number[0]) > 127) $number = "\0$number";
    return "\x02" . chr(strlen($number)) . $number;
}

// The claims of a visitor who is logged in; throws for anybody else. PHP reads FC_Assertion as FC-Assertion: the gate
// lets neither through.
function citizen(string $gate, string $audience): array
{
    $parts = explode('.', $_SERVER['HTTP_FC_ASSERTION'] ?? '');
    refuse_unless(count($parts) === 3, 'there is no assertion');
    $header = json_decode(base64url($parts[0]), true);
    // One algorithm, ours: the header does not choose.
    refuse_unless(($header['alg'] ?? null) === 'ES256' && is_string($header['kid'] ?? null), 'header');
    $signature = base64url($parts[2]);
    refuse_unless(strlen($signature) === 64, 'signature');
    $numbers = implode(array_map('integer', str_split($signature, 32)));
    $der = "\x30" . chr(strlen($numbers)) . $numbers;
    $key = public_key($gate, $header['kid']);
    refuse_unless(openssl_verify("$parts[0].$parts[1]", $der, $key, OPENSSL_ALGO_SHA256) === 1, 'signature');
    $claims = json_decode(base64url($parts[1]), true);
    refuse_unless(($claims['iss'] ?? null) === $gate && ($claims['aud'] ?? null) === $audience, 'iss or aud');
    refuse_unless(is_int($claims['exp'] ?? null) && $claims['exp'] > time() - 5, 'exp');
    refuse_unless(is_int($claims['iat'] ?? null) && $claims['iat'] <= time() + 5, 'iat');
    refuse_unless(is_string($claims['sub'] ?? null), 'sub');
    return $claims;
}

header('content-type: text/plain; charset=utf-8');
header('cache-control: private, no-store');
try {
    $claims = citizen(getenv('GATE'), getenv('AUDIENCE'));
    $name = trim(($claims['given_name'] ?? '') . ' ' . ($claims['family_name'] ?? '')) ?: $claims['sub'];
    echo "Bonjour $name ({$claims['acr']})\n";
} catch (Throwable $error) {
    // Which rule was broken is for the log, not for whoever broke it.
    error_log('refused: ' . $error->getMessage());
    http_response_code(401);
    echo "Accès refusé / Access refused\n";
}
