// Tokens as FranceConnect+ makes them (an ES256 JWS in a JWE), made with the npm library `jose`, which the engine
// of FranceConnect uses too, and with keys drawn for the occasion. The tests open every one: see
// `tests/it/jwe_libraries.rs`.
//
//   node tests/interop/jwe.mjs > tests/it/data/jwe-jose.json
//
// Each run draws other keys; the file is kept so that tests need neither node nor the network.

import { readFileSync } from 'node:fs';
import * as jose from 'jose';

const { version } = JSON.parse(readFileSync(new URL('../../node_modules/jose/package.json', import.meta.url)));

const ALGORITHMS = ['ECDH-ES', 'RSA-OAEP-256'];
const PERSON = { iss: 'https://provider.example/api/v2', aud: 'client', sub: 'b7f1…42v1', iat: 1800000000, exp: 1800000060 };
const NAMES = {
  ...PERSON,
  given_name: 'Éloïse Zoë-Ÿlva', family_name: 'LE GOFFIC-ŒUVRARD', preferred_username: "D'ALEMBERT \"d'Açores\" \\ 𝒜",
};
const LONG = { ...PERSON, given_name_array: Array.from({ length: 150 }, (_, at) => `Prénom-${at}`) };
const ascii = (text) => new TextEncoder().encode(text);

// What stands in the header besides alg, enc and epk; how the key agreement is fed; what is inside.
const CASES = [
  { name: 'as the engine makes it', header: { cty: 'JWT', kid: true, iss: PERSON.iss, aud: PERSON.aud }, claims: PERSON },
  { name: 'without kid', header: { cty: 'JWT' }, claims: PERSON },
  { name: 'typ and cty in lower case', header: { cty: 'jwt', typ: 'jwt', kid: true }, claims: PERSON },
  { name: 'no claims', header: { cty: 'JWT', kid: true }, claims: {} },
  { name: 'names in UTF-8', header: { cty: 'JWT', kid: true }, claims: NAMES },
  { name: 'a long payload', only: 'ECDH-ES', header: { cty: 'JWT', kid: true }, claims: LONG },
  { name: 'apu and apv', only: 'ECDH-ES', header: { cty: 'JWT', kid: true }, parties: { apu: ascii('Alice'), apv: ascii('Bob') }, claims: PERSON },
  { name: 'apv alone', only: 'ECDH-ES', header: { cty: 'JWT' }, parties: { apv: ascii('é'.repeat(100)) }, claims: PERSON },
];

async function draw(alg, use) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true, modulusLength: 2048, crv: 'P-256' });
  const kid = await jose.calculateJwkThumbprint(await jose.exportJWK(publicKey));
  return { publicKey, privateKey, jwk: { ...await jose.exportJWK(privateKey), use, alg, kid }, kid };
}

const signer = await draw('ES256', 'sig');
const keys = Object.fromEntries(await Promise.all(ALGORITHMS.map(async (alg) => [alg, await draw(alg, 'enc')])));
const tokens = [];
for (const alg of ALGORITHMS) {
  for (const { name, only, header, parties, claims } of CASES) {
    if (only && only !== alg) continue;
    const { kid, ...members } = header;
    const key = keys[alg];
    const jws = await new jose.CompactSign(ascii(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', kid: signer.kid }).sign(signer.privateKey);
    const jwe = new jose.CompactEncrypt(ascii(jws))
      .setProtectedHeader({ alg, enc: 'A256GCM', ...members, ...(kid && { kid: key.kid }) });
    if (parties) jwe.setKeyManagementParameters(parties);
    tokens.push({ name, alg, jwe: await jwe.encrypt(key.publicKey), claims });
  }
}
const { d, ...provider } = signer.jwk;
const lines = (all) => `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
const parts = {
  made_by: JSON.stringify(`jose ${version}`),
  private_keys: lines(Object.values(keys).map(({ jwk }) => jwk)),
  provider_keys: lines([provider]),
  tokens: lines(tokens),
};
console.log(`{\n${Object.entries(parts).map(([name, text]) => `"${name}": ${text}`).join(',\n')}\n}`);
