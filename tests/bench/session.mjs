// Makes what a benchmark needs of a visitor who is logged in: the worker's bindings and a session cookie.
//
//   node tests/bench/session.mjs PROGRAM FOLDER
//
// PROGRAM is the native program. It runs the emulator and the relying party with the variables that the
// worker gets, and this script logs in there: a seal depends on the variables, not on the host. Writes
// FOLDER/bindings.json, FOLDER/cookie and FOLDER/page.html.

import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';

const [program, folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node tests/bench/session.mjs PROGRAM FOLDER');

const SITE = 'http://localhost:8797';
const EMULATOR = '127.0.0.1:8798';
const variables = {
  PUBLIC_URL: SITE,
  FC_ENVIRONMENT: 'emulator',
  FC_ISSUER: `http://${EMULATOR}/api/v2`,
  FC_CLIENT_ID: 'bench',
  FC_CLIENT_SECRET: 'secret-of-the-benchmark-0123456789',
  FC_SESSION_KEYS: execFileSync(program, ['keygen'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
  FC_SCOPES: 'openid identite_pivot preferred_username email',
  FC_PROTECTED_PATHS: '/prive',
  // As long as the benchmark may take, so that no answer renews the session.
  FC_SESSION_IDLE: '86400',
  FC_SESSION_MAX: '86400',
};

/** Starts a command of the program and waits for its line that begins with `ready`. */
async function start(...words) {
  const child = spawn(program, words, { env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready')) return child;
  }
  throw new Error(`${words[0]} did not start`);
}

const children = [
  await start(
    'emulate', '--listen', EMULATOR, '--client-id', variables.FC_CLIENT_ID,
    '--redirect-uri', `${SITE}/auth/callback`, '--post-logout-redirect-uri', `${SITE}/auth/logout/callback`,
  ),
  await start('serve', '--listen', '127.0.0.1:8797', '--site', 'site'),
];

/** Not `fetch`, which calls itself a script in `Sec-Fetch-Mode`: no login starts there. */
function exchange(url, form, cookie) {
  const headers = { cookie, ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: form === undefined ? 'GET' : 'POST', headers }, async (answer) => {
      let page = '';
      for await (const part of answer.setEncoding('utf8')) page += part;
      resolve({ headers: answer.headers, page });
    });
    call.on('error', reject).end(form);
  });
}

/** One jar per host; redirects are followed by hand, as a browser does. */
const jars = new Map();
async function visit(url, form) {
  const { host } = new URL(url);
  const jar = jars.get(host) ?? jars.set(host, new Map()).get(host);
  const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
  const answer = await exchange(url, form && new URLSearchParams(form).toString(), cookie);
  for (const cookie of answer.headers['set-cookie'] ?? []) {
    const [pair] = cookie.split(';');
    const at = pair.indexOf('=');
    if (cookie.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const next = answer.headers.location;
  if (next) return visit(new URL(next, url).href);
  return { url, page: answer.page };
}

try {
  let here = await visit(`${SITE}/auth/login?return_to=/prive/`);
  // The emulator's forms, one after the other: identity provider, account, information.
  for (let step = 0; step < 3 && !here.url.startsWith(SITE); step += 1) {
    const action = here.page.match(/<form[^>]*action="([^"]*)"/)?.[1] ?? '';
    const idp = here.page.match(/name="idp" value="([^"]*)"/)?.[1];
    const form = here.page.includes('name="login"') ? { login: 'test', password: '123' } : idp ? { idp } : {};
    here = await visit(new URL(action, here.url).href, form);
  }
  const session = jars.get('localhost:8797').get('fc_session');
  if (!session) throw new Error(`no session: the login ended at ${here.url}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/cookie`, `fc_session=${session}`);
  writeFileSync(`${folder}/bindings.json`, JSON.stringify({ ...variables, FC_KV: { kv: true } }));
  copyFileSync('site/prive/index.html', `${folder}/page.html`);
  console.log(`session cookie of ${session.length} characters in ${folder}`);
} finally {
  children.forEach((child) => child.kill());
}
