// A service that logs citizens in with FranceConnect and FranceConnect+, by npm `openid-client` and `jose`.
//
//   npm install openid-client jose
//   node service.mjs

import { createServer } from 'node:http';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';

const SITE = 'http://localhost:3000';
const EMULATOR = 'http://127.0.0.1:8788';
const SECRET = 'un-secret-d-exemple-de-32-caracteres';
const REGISTRATIONS = {
  franceconnect: { issuer: `${EMULATOR}/api/v2`, client_id: 'javascript', acr_values: 'eidas1' },
  'franceconnect-plus': { issuer: `${EMULATOR}/plus/api/v2`, client_id: 'javascript-plus', acr_values: 'eidas2' },
};

// FranceConnect+ encrypts to this key; a real service keeps it, and publishes the next one beside it for a while.
const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
const key = { key: privateKey, alg: 'ECDH-ES', kid: 'chiffrement-1' };
const jwks = { keys: [{ ...await exportJWK(publicKey), use: 'enc', alg: key.alg, kid: key.kid }] };

const configurations = new Map();
async function configured(product) {
  if (configurations.has(product)) return configurations.get(product);
  const { issuer, client_id } = REGISTRATIONS[product];
  const metadata = { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' };
  const options = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] }; // http, on a laptop only
  const configuration = await oidc.discovery(
    new URL(issuer), client_id, metadata, oidc.ClientSecretPost(SECRET), options);
  if (product === 'franceconnect-plus') oidc.enableDecryptingResponses(configuration, ['A256GCM'], key);
  configurations.set(product, configuration);
  return configuration;
}

const sessions = new Map();

async function answer(request) {
  const url = new URL(request.url, SITE);
  const id = /(?:^|; )service=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = sessions.get(id) ?? {};
  const [, product, step] = url.pathname.split('/');
  if (url.pathname === '/jwks.json') return { body: jwks };
  if (product in REGISTRATIONS && step === 'login') {
    // No PKCE and no other parameter: FranceConnect refuses what it does not know. Both are 43 characters long.
    const flow = { state: oidc.randomState(), nonce: oidc.randomNonce() };
    const location = oidc.buildAuthorizationUrl(await configured(product), {
      redirect_uri: `${SITE}/${product}/callback`,
      scope: 'openid given_name family_name email',
      acr_values: REGISTRATIONS[product].acr_values,
      ...flow,
    });
    const fresh = crypto.randomUUID();
    sessions.set(fresh, { flow });
    return { location, cookie: fresh };
  }
  if (product in REGISTRATIONS && step === 'callback' && session.flow) {
    const configuration = await configured(product);
    const { state: expectedState, nonce: expectedNonce } = session.flow;
    sessions.delete(id);
    const checks = { expectedState, expectedNonce, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(configuration, url, checks);
    const { sub, acr } = tokens.claims();
    const identity = await oidc.fetchUserInfo(configuration, tokens.access_token, sub);
    // At the logout FranceConnect wants the signed token, not the encrypted one around it.
    const encrypted = tokens.id_token.split('.').length === 5;
    const hint = encrypted ? await compactDecrypt(tokens.id_token, privateKey) : undefined;
    const id_token_hint = hint ? new TextDecoder().decode(hint.plaintext) : tokens.id_token;
    const fresh = crypto.randomUUID();
    sessions.set(fresh, { product, id_token_hint, identity: { ...identity, acr } });
    return { location: new URL('/', SITE), cookie: fresh };
  }
  if (url.pathname === '/logout' && session.identity) {
    sessions.delete(id);
    const location = oidc.buildEndSessionUrl(await configured(session.product), {
      id_token_hint: session.id_token_hint, post_logout_redirect_uri: `${SITE}/`, state: oidc.randomState(),
    });
    // openid-client adds the client_id, which FranceConnect takes.
    return { location };
  }
  return { body: session.identity ?? { login: Object.keys(REGISTRATIONS).map((name) => `${SITE}/${name}/login`) } };
}

createServer(async (request, response) => {
  const { location, cookie, body } = await answer(request).catch((error) => ({ body: { error: String(error) } }));
  if (location) response.setHeader('location', location.href);
  if (cookie) response.setHeader('set-cookie', `service=${cookie}; Path=/; HttpOnly; SameSite=Lax`);
  response.writeHead(location ? 303 : body?.error ? 502 : 200, { 'content-type': 'application/json' });
  response.end(body && JSON.stringify(body));
}).listen(new URL(SITE).port, () => console.log(`ready ${SITE}`));
