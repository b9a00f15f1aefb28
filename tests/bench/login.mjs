// What a whole login costs, and whether memory grows: CPU and RSS of the workerd process that serves our worker.
//
//   node tests/bench/login.mjs PROGRAM [--build build] [--logins 500] [--rounds 7] [--browsers 8]
//   node tests/bench/login.mjs PROGRAM --plus ECDH-ES          the same with FranceConnect+ (or RSA-OAEP-256)
//   node tests/bench/login.mjs PROGRAM --memory [--build build] [--requests 100000] [--browsers 8]
//
// PROGRAM is the native program; it plays FranceConnect. A login is what a browser does: the protected page,
// our login, the emulator's pages, the callback, the page. Only what it costs the worker counts, which makes two
// calls to the emulator on the way; the keys are fetched once, before the first round.
//
// Interleaved with it, round by round, through the same emulator:
//
//   peer        a worker in JavaScript by npm `openid-client` and `jose`: sealed cookies, both signatures, and the
//               checks of iss, aud, exp, sub, nonce and acr (ours has more)
//   unchecked   a worker that makes the same redirects and the same two calls and checks and seals nothing
//               with FranceConnect+ it decrypts both tokens, too, with WebCrypto as all that jose does
//   bare        baseline.mjs, asked for the page as many times as a login asks a worker
//
// CPU is Δ(utime + stime) of the process's stat file (Linux). Milliseconds differ between machines and hours, and
// with what else the machine does: compare figures of the same run. Every login must end with status 200 on the page.
//
// `--memory` logs in and asks for the page again and again. RSS grows under any worker, since the runtime collects
// its garbage late: a leak of ours is what grows on where the peer and the bare worker have stopped.

import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HERE, browser, bundle, cpuSeconds, keygen, megabytes, modulesOf, residentKilobytes, run, serve, shown, spread } from './workerd.mjs';

const { values: given, positionals: [program] } = parseArgs({
  allowPositionals: true,
  options: {
    memory: { type: 'boolean', default: false },
    plus: { type: 'string' },
    build: { type: 'string', default: 'build' },
    logins: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '100000' },
    browsers: { type: 'string', default: '8' },
  },
});
if (!program) throw new Error('usage: node tests/bench/login.mjs PROGRAM [--logins 500] [--memory]');

const HOST = 'localhost:8797'; // a name only: the browsers know on which port each worker listens
const SITE = `http://${HOST}`;
const PAGE = '/prive/';
const BROWSER = {
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'accept-language': 'fr,en;q=0.5',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'same-origin',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
};

// ---- The workers under measure ----

/** Both others: the same addresses, redirects and calls as ours. What differs is above and below. */
const ROUTES = `
const redirect = (location, ...cookies) => new Response(null, {
  status: 303,
  headers: [['location', location], ['cache-control', 'no-store'], ...cookies.map((cookie) => ['set-cookie', cookie])],
});
const set = (name, value, life) => \`\${name}=\${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=\${life}\`;
const cookie = (request, wanted) => {
  for (const pair of (request.headers.get('cookie') ?? '').split('; ')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at) === wanted) return pair.slice(at + 1);
  }
};

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === '/auth/login') {
      const { location, flow } = await login(env, url.searchParams.get('return_to'));
      return redirect(location, set('flow', flow, 1800));
    }
    if (url.pathname === '/auth/callback') {
      const { session, returnTo } = await callback(env, url, cookie(request, 'flow'));
      return redirect(returnTo, set('session', session, 86400), set('flow', '', 0));
    }
    if (!await known(env, cookie(request, 'session'))) {
      return redirect('/auth/login?return_to=' + encodeURIComponent(url.pathname));
    }
    const page = await env.ASSETS.fetch(request);
    const answer = new Response(page.body, page);
    answer.headers.set('cache-control', 'private, no-cache');
    return answer;
  },
};
`;

const PEER = `
import * as client from 'openid-client';
import { EncryptJWT, compactDecrypt, createRemoteJWKSet, importJWK, jwtDecrypt, jwtVerify } from 'jose';

// Made once in an isolate; the endpoints are known, so nothing is discovered.
let made;
async function prepared(env) {
  if (made) return made;
  const issuer = env.FC_ISSUER;
  const server = {
    issuer,
    authorization_endpoint: issuer + '/authorize',
    token_endpoint: issuer + '/token',
    userinfo_endpoint: issuer + '/userinfo',
    jwks_uri: issuer + '/jwks',
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  };
  const metadata = { id_token_signed_response_alg: 'ES256', [client.clockTolerance]: 10 };
  const config = new client.Configuration(server, env.FC_CLIENT_ID, metadata, client.ClientSecretPost(env.FC_CLIENT_SECRET));
  client.allowInsecureRequests(config);
  client.enableNonRepudiationChecks(config); // the signature of the ID Token
  let envelope;
  if (env.PRIVATE_JWK) {
    const jwk = JSON.parse(env.PRIVATE_JWK);
    envelope = { key: await importJWK(jwk, jwk.alg), alg: jwk.alg };
    client.enableDecryptingResponses(config, ['A256GCM'], { key: envelope.key, alg: jwk.alg, kid: jwk.kid });
  }
  const key = await crypto.subtle.importKey(
    'raw', Uint8Array.from(atob(env.SESSION_KEY), (byte) => byte.charCodeAt(0)), 'AES-GCM', false, ['encrypt', 'decrypt'],
  );
  made = { issuer, config, key, envelope, keys: createRemoteJWKSet(new URL(server.jwks_uri)), userinfo: new URL(server.userinfo_endpoint) };
  return made;
}

const seal = (key, claims, audience, life) => new EncryptJWT(claims)
  .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).setAudience(audience).setExpirationTime(life).encrypt(key);

async function open(key, sealed, audience) {
  const options = { audience, requiredClaims: ['exp'], keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
  return (await jwtDecrypt(sealed, key, options)).payload;
}

async function login(env, asked) {
  const { config, key } = await prepared(env);
  const attempt = { state: client.randomState(), nonce: client.randomNonce(), returnTo: asked?.startsWith('/') ? asked : '/' };
  const location = client.buildAuthorizationUrl(config, {
    redirect_uri: env.PUBLIC_URL + '/auth/callback',
    scope: env.FC_SCOPES,
    acr_values: env.ACR,
    state: attempt.state,
    nonce: attempt.nonce,
  });
  return { location: location.href, flow: await seal(key, attempt, 'flow', '30m') };
}

async function callback(env, url, flow) {
  const { issuer, config, key, envelope, keys, userinfo } = await prepared(env);
  const { state, nonce, returnTo } = await open(key, flow, 'flow');
  const tokens = await client.authorizationCodeGrant(config, url, {
    expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  const { sub, acr, amr } = tokens.claims();
  if (acr !== env.ACR) throw new Error('acr');
  const answer = await client.fetchProtectedResource(
    config, tokens.access_token, userinfo, 'GET', null, new Headers({ accept: 'application/jwt' }),
  );
  if (answer.status !== 200 || !answer.headers.get('content-type')?.startsWith('application/jwt')) throw new Error('userinfo');
  let token = await answer.text();
  if (envelope) {
    const options = { keyManagementAlgorithms: [envelope.alg], contentEncryptionAlgorithms: ['A256GCM'] };
    const { plaintext, protectedHeader } = await compactDecrypt(token, envelope.key, options);
    if (protectedHeader.cty !== 'JWT') throw new Error('cty');
    token = new TextDecoder().decode(plaintext);
  }
  const { payload } = await jwtVerify(token, keys, {
    issuer, audience: env.FC_CLIENT_ID, algorithms: ['ES256'], requiredClaims: ['exp', 'sub'], clockTolerance: 10,
  });
  const { iss, aud, exp, iat, nbf, sub: person, ...identity } = payload;
  if (person !== sub || 'nonce' in identity || 'at_hash' in identity) throw new Error('sub');
  const session = await seal(key, { sub, acr, amr, identity, id_token: tokens.id_token }, 'session', '24h');
  if (session.length > 4000) throw new Error('session');
  return { session, returnTo };
}

async function known(env, session) {
  if (!session) return false;
  try {
    return Boolean((await open((await prepared(env)).key, session, 'session')).sub);
  } catch {
    return false;
  }
}
${ROUTES}`;

const UNCHECKED = `
async function login(env, returnTo) {
  const random = () => crypto.randomUUID().replaceAll('-', '');
  const location = env.FC_ISSUER + '/authorize?' + new URLSearchParams({
    response_type: 'code',
    client_id: env.FC_CLIENT_ID,
    redirect_uri: env.PUBLIC_URL + '/auth/callback',
    scope: env.FC_SCOPES,
    acr_values: env.ACR,
    state: random(),
    nonce: random(),
  });
  return { location, flow: encodeURIComponent(returnTo) };
}

async function callback(env, url, flow) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code'),
    redirect_uri: env.PUBLIC_URL + '/auth/callback',
    client_id: env.FC_CLIENT_ID,
    client_secret: env.FC_CLIENT_SECRET,
  });
  const tokens = await (await fetch(env.FC_ISSUER + '/token', { method: 'POST', body })).json();
  const headers = { authorization: 'Bearer ' + tokens.access_token };
  const token = await (await fetch(env.FC_ISSUER + '/userinfo', { headers })).text();
  return { session: token + tokens.id_token, returnTo: decodeURIComponent(flow) };
}

const known = (_, session) => Boolean(session);
${ROUTES}`;

function ours(variables, scratch) {
  const folder = join(scratch, 'build'); // a copy: somebody may build while we measure
  mkdirSync(folder);
  for (const name of modulesOf(given.build)) copyFileSync(join(given.build, name), join(folder, name));
  return { name: 'ours', folder, modules: modulesOf(folder), bindings: { ...variables, FC_KV: { kv: true } } };
}

function javascript(name, contents, variables, scratch) {
  const folder = join(scratch, 'bundle');
  bundle({ stdin: { contents, resolveDir: HERE, sourcefile: `${name}.mjs` } }, join(folder, `${name}.mjs`));
  return { name, folder, modules: [`${name}.mjs`], bindings: variables };
}

function loggingInWorkers(variables, scratch) {
  const SESSION_KEY = Buffer.from(variables.FC_SESSION_KEYS, 'base64url').toString('base64');
  return [
    ours(variables, scratch),
    javascript('peer', PEER, { ...variables, SESSION_KEY }, scratch),
    javascript('unchecked', UNCHECKED, variables, scratch),
  ];
}

const BARE = { name: 'bare', folder: HERE, modules: ['baseline.mjs'], bindings: {} };

/** Serves a worker and gives it its browsers, who never met before but whom FranceConnect may know. */
async function start(worker, scratch, page) {
  Object.assign(worker, await serve(worker, scratch, page, 'ignore'), { rounds: [] }); // its log is not ours to show
  const agent = new Agent({ keepAlive: true });
  worker.browsers = Array.from(
    { length: Number(given.browsers) },
    () => browser({ ports: { [HOST]: worker.port }, headers: BROWSER, agent }),
  );
}

/** Does `one` with each browser, again and again, `count` times in all. */
async function repeat({ browsers }, count, one) {
  let left = count;
  await Promise.all(browsers.map(async (visitor) => {
    while (left-- > 0) await one(visitor);
  }));
}

function demandPage(worker, page, here) {
  if (here.status === 200 && here.url === SITE + PAGE && here.page === page) return;
  throw new Error(`${worker.name}: ${here.status} at ${here.url.split('?')[0]}, not the page`);
}

/** A login from nothing; returns how often the worker was asked. */
async function logIn(worker, page, visitor) {
  visitor.jar(HOST).clear();
  const here = await visitor.logIn(SITE + PAGE, `${SITE}/`);
  demandPage(worker, page, here);
  return here.asked[HOST];
}

async function askPage(worker, page, visitor) {
  demandPage(worker, page, await visitor.visit(SITE + PAGE));
}

// ---- Two modes ----

async function measureLogins(variables, scratch, page) {
  const logins = Number(given.logins);
  const loggingIn = loggingInWorkers(variables, scratch);
  const all = [...loggingIn, BARE];
  for (const worker of all) await start(worker, scratch, page);

  let asked; // by one login, the same for all
  for (const worker of loggingIn) {
    const times = await logIn(worker, page, worker.browsers[0]);
    if (times !== (asked ??= times)) throw new Error(`${worker.name} was asked ${times} times in a login, ours ${asked}`);
    await repeat(worker, Math.ceil(logins / 2), (visitor) => logIn(worker, page, visitor));
  }
  await repeat(BARE, asked * logins / 2, (visitor) => askPage(BARE, page, visitor));
  console.log(`${logins} logins a round, ${asked} requests each, ${given.browsers} browsers at once`);

  for (let round = 0; round < Number(given.rounds); round += 1) {
    for (const worker of all.map((_, i) => all[(i + round) % all.length])) { // nobody is always first
      const before = cpuSeconds(worker);
      if (worker === BARE) await repeat(BARE, asked * logins, (visitor) => askPage(BARE, page, visitor));
      else await repeat(worker, logins, (visitor) => logIn(worker, page, visitor));
      worker.rounds.push((cpuSeconds(worker) - before) * 1e3 / logins);
    }
    console.log(`round ${round + 1}: ${all.map(({ name, rounds }) => `${name} ${rounds.at(-1).toFixed(2)} ms`).join(', ')}`);
  }

  const beyond = (worker, less) => worker.rounds.map((cpu, round) => cpu - less.rounds[round]);
  const unchecked = loggingIn.at(-1);
  console.log('CPU of a login in ms: median (min–max) of the rounds; RSS after the last');
  for (const worker of all) {
    const parts = [worker.name.padEnd(9), shown(spread(worker.rounds), 2)];
    if (worker !== BARE) parts.push(`beyond bare ${shown(spread(beyond(worker, BARE)), 2)}`);
    if (worker !== BARE && worker !== unchecked) parts.push(`beyond unchecked ${shown(spread(beyond(worker, unchecked)), 2)}`);
    console.log([...parts, `${megabytes(residentKilobytes(worker))} MB`].join('  '));
  }
}

async function measureMemory(variables, scratch, page) {
  const all = [...loggingInWorkers(variables, scratch).slice(0, 2), BARE];
  const [worker, peer] = all;
  for (const each of all) await start(each, scratch, page);
  for (const each of [worker, peer]) {
    for (const visitor of each.browsers) await logIn(each, page, visitor);
  }
  const requests = Number(given.requests);
  const tenth = Math.ceil(requests / 10);
  const said = () => all.map((each) => `${each.name} ${residentKilobytes(each)} kB`).join(', ');
  console.log(`RSS of workerd after ${given.browsers} logins: ${said()}`);
  for (let done = tenth; done <= requests; done += tenth) {
    for (const each of all) await repeat(each, tenth, (visitor) => askPage(each, page, visitor));
    console.log(`${done} requests: ${said()}`);
  }
}

process.once('uncaughtException', (error) => {
  console.error(`login: ${error.message}`);
  process.exit(1);
});

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

/** What registers us with FranceConnect+ as well: a key pair, whose public half somebody serves. */
async function keyPair(alg) {
  const { privateKey } = alg === 'RSA-OAEP-256'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'enc', alg, kid: 'bench' };
  const { d, p, q, dp, dq, qi, ...open } = jwk;
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/jwk-set+json').setHeader('cache-control', 'max-age=86400');
    answer.end(JSON.stringify({ keys: [open] }));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { jwk, uri: `http://127.0.0.1:${server.address().port}/jwks.json` };
}

const client = { FC_CLIENT_ID: 'bench', FC_CLIENT_SECRET: 'secret-of-the-benchmark-0123456789' };
const keys = given.plus && await keyPair(given.plus);
const { ready } = await run(
  program, client, 'emulate', '--listen', '127.0.0.1:0', '--client-id', client.FC_CLIENT_ID,
  '--redirect-uri', `${SITE}/auth/callback`, ...(keys ? ['--encryption', given.plus, '--jwks-uri', keys.uri] : []),
);
const variables = {
  ...client,
  PUBLIC_URL: SITE,
  FC_ENVIRONMENT: 'emulator',
  FC_ISSUER: ready,
  FC_SESSION_KEYS: keygen(program),
  FC_SCOPES: 'openid identite_pivot preferred_username email',
  FC_PROTECTED_PATHS: '/prive',
  // As long as the benchmark may take, so that no answer renews the session.
  FC_SESSION_IDLE: '86400',
  FC_SESSION_MAX: '86400',
  ACR: 'eidas1', // for the two others
  ...(keys && {
    FC_ENVIRONMENT: 'plus-emulator',
    FC_ISSUER: ready.replace('/api/v2', '/plus/api/v2'),
    FC_CLIENT_ID: `${client.FC_CLIENT_ID}-plus`,
    FC_ENCRYPTION_ALG: given.plus,
    FC_PRIVATE_KEYS: JSON.stringify({ keys: [keys.jwk] }),
    PRIVATE_JWK: JSON.stringify(keys.jwk),
    ACR: 'eidas2',
  }),
};
const page = readFileSync(join(HERE, '../../site/prive/index.html'), 'utf8');
await (given.memory ? measureMemory : measureLogins)(variables, scratch, page);
process.exit(0);
