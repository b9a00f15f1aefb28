// The key that FranceConnect+ encrypts to: chiffrement-1.pem for mod_auth_openidc, site/jwks.json for FranceConnect+.
// mod_auth_openidc publishes its keys as well, but without the `alg` that FranceConnect+ looks for.

import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'enc', alg: 'RSA-OAEP', kid: 'chiffrement-1' };
mkdirSync('site', { recursive: true });
writeFileSync('site/jwks.json', JSON.stringify({ keys: [jwk] }));
writeFileSync('chiffrement-1.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
