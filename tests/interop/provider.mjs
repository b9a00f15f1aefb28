// An independent provider to try the relying party against: the engine that FranceConnect itself runs
// (npm `oidc-provider`), with FranceConnect's paths, lifetimes, scopes and signed user information.
// It shares no code with our emulator. Logging in needs no person: whoever follows the redirects with
// cookies comes back as the account `test`.
//
//   node tests/interop/provider.mjs [--port 0] [--pkce] [--client-id …] [--client-secret …]
//       [--redirect-uri …] [--post-logout-redirect-uri …] [--alg ES256|RS256]
//       [--auth-method client_secret_post|client_secret_basic|private_key_jwt]
//       [--encryption ECDH-ES|RSA-OAEP-256] [--jwks-uri …]
//   node tests/interop/provider.mjs --self-test     logs in with openid-client, in every variant
//
// Each option may also come from the environment (CLIENT_ID, REDIRECT_URI, …). Once it listens it prints
// `ready http://127.0.0.1:PORT/api/v2`, the issuer. `--pkce` refuses logins without an S256 challenge;
// without it PKCE is possible but not demanded. (FranceConnect refuses the parameter; this does not.)
// `--encryption` encrypts ID Token and user information as FranceConnect+ does, to a key of `--jwks-uri`, where
// the key that `private_key_jwt` is signed with is looked for, too.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';

const BASE = '/api/v2';

const OPTIONS = {
  port: '0',
  'client-id': 'interop-client',
  'client-secret': 'interop-secret-of-more-than-32-characters',
  'redirect-uri': 'http://localhost:8787/auth/callback',
  'post-logout-redirect-uri': 'http://localhost:8787/auth/logout/callback',
  alg: 'ES256',
  'auth-method': 'client_secret_post',
  encryption: '',
  'jwks-uri': 'http://localhost:8787/auth/jwks.json',
};

const AUTH_METHODS = ['client_secret_post', 'client_secret_basic', 'private_key_jwt'];
const ENCRYPTIONS = ['ECDH-ES', 'RSA-OAEP-256'];
const LEVELS = ['eidas1', 'eidas2', 'eidas3'];

const PERSON = {
  given_name: 'Angela Claire Louise',
  given_name_array: ['Angela', 'Claire', 'Louise'],
  family_name: 'DUBOIS',
  birthdate: '1962-08-24',
  gender: 'female',
  birthplace: '75107',
  birthcountry: '99100',
  email: 'wossewodda-3728@yopmail.com',
  preferred_username: 'MARTIN',
};

const FIRST_NAMES = ['given_name', 'given_name_array'];
const CLAIMS_OF_SCOPE = {
  openid: ['sub'],
  profile: [...FIRST_NAMES, 'family_name', 'birthdate', 'gender', 'preferred_username'],
  birth: ['birthplace', 'birthcountry'],
  identite_pivot: [...FIRST_NAMES, 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'],
  given_name: FIRST_NAMES,
  ...Object.fromEntries(
    ['family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry', 'preferred_username', 'email', 'amr']
      .map((name) => [name, [name]]),
  ),
};

/** Starts a provider; `close` ends it. */
export async function start(given = {}) {
  const { pkce = false, ...options } = { ...OPTIONS, ...given };
  one('alg', options.alg, ['ES256', 'RS256']);
  one('auth-method', options['auth-method'], AUTH_METHODS);
  one('encryption', options.encryption, ['', ...ENCRYPTIONS]);
  const server = createServer();
  await new Promise((listening, failed) => {
    server.once('error', failed).listen(Number(options.port), '127.0.0.1', listening);
  });
  const issuer = `http://127.0.0.1:${server.address().port}${BASE}`;
  const provider = new Provider(issuer, settings(options, pkce));
  provider.on('server_error', (_, error) => console.error(error));
  const engine = provider.callback();

  server.on('request', (request, response) => {
    const path = request.url.split('?')[0];
    if (path.startsWith(`${BASE}/interaction/`)) {
      logIn(provider, request, response).catch((error) => {
        response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error));
      });
    } else if (path.startsWith(`${BASE}/`)) {
      request.originalUrl = request.url; // from the two the engine learns where it is mounted
      request.url = request.url.slice(BASE.length);
      engine(request, response);
    } else {
      response.writeHead(404).end();
    }
  });

  return { issuer, close: () => (server.closeAllConnections(), server.close()) };
}

function one(option, value, allowed) {
  if (!allowed.includes(value)) throw new Error(`--${option} is ${allowed.join(' or ')}, not ${value}`);
}

/** How the client proves who it is. */
function credentials(options) {
  if (options['auth-method'] !== 'private_key_jwt') return { client_secret: options['client-secret'] };
  return { token_endpoint_auth_signing_alg: 'ES256', jwks_uri: options['jwks-uri'] };
}

/** What FranceConnect+ has registered, if anything. */
function encrypted({ encryption: alg, 'jwks-uri': jwks_uri }) {
  if (!alg) return {};
  return {
    jwks_uri,
    ...Object.fromEntries(['id_token', 'userinfo'].flatMap((token) => [
      [`${token}_encrypted_response_alg`, alg], [`${token}_encrypted_response_enc`, 'A256GCM'],
    ])),
  };
}

function settings(options, pkce) {
  return {
    clients: [{
      client_id: options['client-id'],
      ...credentials(options),
      ...encrypted(options),
      redirect_uris: [options['redirect-uri']],
      post_logout_redirect_uris: [options['post-logout-redirect-uri']],
      token_endpoint_auth_method: options['auth-method'],
      id_token_signed_response_alg: options.alg,
      userinfo_signed_response_alg: options.alg,
      require_auth_time: true,
    }],
    jwks: { keys: [signingKey('ES256'), signingKey('RS256')] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      end_session: '/session/end',
      revocation: '/token/revocation',
    },
    ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 60, Grant: 30, Interaction: 1800, Session: 1800 },
    acrValues: LEVELS,
    claims: CLAIMS_OF_SCOPE,
    scopes: Object.keys(CLAIMS_OF_SCOPE),
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_, account, client) => (
      `${createHash('sha256').update(`${client.sectorIdentifier} ${account}`).digest('hex')}v1`
    ),
    clientAuthMethods: [options['auth-method']],
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
      clientAuthSigningAlgValues: ['ES256'],
      idTokenEncryptionAlgValues: ENCRYPTIONS,
      idTokenEncryptionEncValues: ['A256GCM'],
      userinfoEncryptionAlgValues: ENCRYPTIONS,
      userinfoEncryptionEncValues: ['A256GCM'],
    },
    pkce: { required: () => pkce },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      dPoP: { enabled: false },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: confirmLogout,
        postLogoutSuccessSource: (context) => { context.body = '<!doctype html><title>Logged out</title>'; },
      },
    },
    interactions: { url: (_, { uid }) => `${BASE}/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...PERSON }) }),
    renderError: (context, { error, error_description: description }) => {
      context.type = 'text/plain'; // the person's browser shows it, the relying party is not told
      context.body = `${error}: ${description}\n`;
    },
    clientBasedCORS: () => false,
  };
}

function signingKey(alg) {
  const { privateKey } = alg === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: `interop:${alg}`, alg, use: 'sig' };
}

/** Ends an interaction at once: the person is `test`, reaches the level asked and agrees to everything. */
async function logIn(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'test', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId: 'test', acr: params.acr_values?.split(' ')[0] ?? LEVELS[0], amr: ['fc', 'pwd'] },
    consent: { grantId: await grant.save() },
  });
}

/** FranceConnect asks nothing at logout either: its pages submit themselves. */
function confirmLogout(context, form) {
  context.body = `<!doctype html><title>Logging out</title>${
    form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>')
  }<script>document.forms[0].submit()</script>`;
}

// ---- The self-test ----

/** A browser without a screen: follows redirects, keeps cookies, stops when it would leave the provider. */
function browser(origin) {
  const cookies = new Map();
  return async function visit(url, init = {}) {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split('=');
      if (value) cookies.set(name, value); else cookies.delete(name);
    }
    const location = response.headers.get('location');
    if (!location) return response;
    const next = new URL(location, url);
    return next.origin === origin ? visit(next) : next;
  };
}

function expect(holds, message) {
  if (!holds) throw new Error(message);
}

/** The keys of a client, and where it publishes them. */
async function clientKeys(encryption) {
  const { subtle } = globalThis.crypto;
  const decryption = await (encryption === 'RSA-OAEP-256'
    ? subtle.generateKey(
      { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['encrypt', 'decrypt'],
    )
    : subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']));
  const signature = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const published = async ({ publicKey }, use, alg) => {
    const { kty, crv, x, y, n, e } = await subtle.exportKey('jwk', publicKey);
    return { kty, crv, x, y, n, e, use, alg, kid: use };
  };
  const set = JSON.stringify({
    keys: [await published(decryption, 'enc', encryption || 'ECDH-ES'), await published(signature, 'sig', 'ES256')],
  });
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(set);
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  return {
    uri: `http://localhost:${server.address().port}/jwks.json`,
    decryption: { key: decryption.privateKey, kid: 'enc' },
    signature: { key: signature.privateKey, kid: 'sig' },
    close: () => (server.closeAllConnections(), server.close()),
  };
}

async function selfTest(alg, authMethod, pkce, encryption) {
  const client = await import('openid-client');
  const keys = await clientKeys(encryption);
  const options = { ...OPTIONS, alg, 'auth-method': authMethod, pkce, encryption, 'jwks-uri': keys.uri };
  const { issuer, close } = await start(options);
  try {
    const authenticate = {
      client_secret_post: client.ClientSecretPost(options['client-secret']),
      client_secret_basic: client.ClientSecretBasic(options['client-secret']),
      private_key_jwt: client.PrivateKeyJwt(keys.signature),
    };
    const party = await client.discovery(
      new URL(issuer),
      options['client-id'],
      { id_token_signed_response_alg: alg, userinfo_signed_response_alg: alg },
      authenticate[authMethod],
      { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
    );
    if (encryption) client.enableDecryptingResponses(party, ['A256GCM'], keys.decryption);
    const level = encryption ? 'eidas2' : 'eidas1';
    const visit = browser(new URL(issuer).origin);
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const request = {
      redirect_uri: options['redirect-uri'], scope: 'openid identite_pivot email', acr_values: level, state, nonce,
    };
    const challenge = {
      code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    };

    if (pkce) {
      const refused = await visit(client.buildAuthorizationUrl(party, request));
      expect(refused.searchParams.get('error') === 'invalid_request', `a login without PKCE got ${refused}`);
    }
    const callback = await visit(client.buildAuthorizationUrl(party, pkce ? { ...request, ...challenge } : request));
    expect(callback instanceof URL, `the login ended at the provider: ${callback.status} ${await callback.text?.()}`);
    expect(callback.searchParams.get('iss') === issuer, `no issuer in ${callback}`);

    const tokens = await client.authorizationCodeGrant(party, callback, {
      expectedState: state, expectedNonce: nonce, ...(pkce && { pkceCodeVerifier: verifier }),
    });
    const { sub, acr, auth_time: authTime, exp, iat } = tokens.claims();
    expect(acr === level && authTime && exp - iat === 60, `ID Token: ${JSON.stringify(tokens.claims())}`);
    expect(/^[0-9a-f]{64}v1$/.test(sub), `sub: ${sub}`);
    expect(tokens.expires_in === 60 && !tokens.refresh_token, 'the tokens are not those of FranceConnect');

    // The hint of a logout is the signed token, not the encrypted one.
    const parts = tokens.id_token.split('.').length;
    expect(parts === (encryption ? 5 : 3), `an ID Token of ${parts} parts`);
    const hint = encryption ? client.getDecryptedResponses(tokens).id_token.token_endpoint : tokens.id_token;
    if (encryption) {
      const outer = JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url'));
      expect(outer.alg === encryption && outer.enc === 'A256GCM' && outer.kid === 'enc', JSON.stringify(outer));
    }

    const person = await client.fetchUserInfo(party, tokens.access_token, sub);
    expect(person.iss === issuer && person.aud === options['client-id'], 'the user information is not a signed JWT');
    const inner = client.getDecryptedResponses(person);
    expect(!inner === !encryption, `the user information came ${inner ? '' : 'not '}encrypted`);
    for (const name of [...CLAIMS_OF_SCOPE.identite_pivot, 'email']) {
      expect(String(person[name]) === String(PERSON[name]), `${name}: ${person[name]}`);
    }
    expect(!('preferred_username' in person), 'a claim that nobody asked for');

    const page = await visit(client.buildEndSessionUrl(party, {
      id_token_hint: hint, post_logout_redirect_uri: options['post-logout-redirect-uri'], state,
    }));
    const html = await page.text();
    const fields = [...html.matchAll(/name="(\w+)" value="(\w+)"/g)].map(([, name, value]) => [name, value]);
    const back = await visit(html.match(/action="([^"]+)"/)[1], { method: 'POST', body: new URLSearchParams(fields) });
    expect(`${back}` === `${options['post-logout-redirect-uri']}?state=${state}`, `the logout led to ${back}`);
  } finally {
    close();
    keys.close();
  }
}

// ---- The command line ----

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.info = console.warn = () => {}; // the engine's advice to those who run it in production
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(Object.entries(OPTIONS).map(([name, value]) => (
        [name, { type: 'string', default: process.env[name.toUpperCase().replaceAll('-', '_')] || value }]
      ))),
      pkce: { type: 'boolean', default: false },
      'self-test': { type: 'boolean', default: false },
    },
  });
  if (values['self-test']) {
    for (const alg of ['ES256', 'RS256']) {
      for (const authMethod of AUTH_METHODS) {
        for (const encryption of ['', ...ENCRYPTIONS]) {
          for (const pkce of [false, true]) {
            await selfTest(alg, authMethod, pkce, encryption);
            console.log(`ok  ${alg}  ${authMethod}  ${encryption || 'signed only'}  ${pkce ? 'with PKCE' : 'plain'}`);
          }
        }
      }
    }
  } else {
    const { issuer } = await start(values);
    console.log(`ready ${issuer}`);
  }
}
