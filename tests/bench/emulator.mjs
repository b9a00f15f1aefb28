// What the emulator serves: whole logins over HTTP at both products, its CPU time and memory, and how soon it is there.
//
//   node tests/bench/emulator.mjs PROGRAM [--logins 20000] [--browsers 16] [--rsa] [--no-control]
//   node tests/bench/emulator.mjs PROGRAM --logins 100000        whether memory stays below 50 MB, too
//
// As `emulate` is by default: the inspector keeps the last logins. With --no-control it keeps none.
//
// PROGRAM is the native program, built with --release. A login is what a new browser and a service do together: the
// authorization request, the choice of an identity provider and its page, the login, the information page, the code, the
// token request, the userinfo: nine requests. One in two is FranceConnect+'s, whose tokens are encrypted to this
// program's key. The token that comes back is looked at, not verified: that is the service's time.
//
// The client is one process of its own, with sockets of its own making: node's `fetch` would take more time than
// what is measured. Both share the machine, so that the rate is a lower bound; the CPU per login is the emulator's alone.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, residentKilobytes, run } from './workerd.mjs';

const { values: given, positionals: [program] } = parseArgs({
  allowPositionals: true,
  options: {
    logins: { type: 'string', default: '20000' },
    browsers: { type: 'string', default: '16' },
    rsa: { type: 'boolean', default: false },
    'no-control': { type: 'boolean', default: false },
  },
});
if (!program) throw new Error('usage: node tests/bench/emulator.mjs PROGRAM (its options are at the head of this file)');

const SECRET = 'un-secret-d-exemple-de-32-caracteres';
const CALLBACK = 'http://localhost:3000/callback';
/** Megabytes that the emulator may take, however many have logged in. */
const MOST = 50;

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'enc', alg: 'ECDH-ES', kid: 'mesure' };
const keys = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
await new Promise((ready) => keys.listen(0, '127.0.0.1', ready));

/** One connection that is kept, one request at a time. */
class Connection {
  #socket; #said = ''; #done; #failed;

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
    this.#socket.on('data', (text) => { this.#said += text; this.#read(); });
    this.#socket.on('error', (error) => this.#failed?.(error));
  }

  #read() {
    const end = this.#said.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#said.slice(0, end + 2);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#said.length < end + 4 + length) return;
    const body = this.#said.slice(end + 4, end + 4 + length);
    this.#said = '';
    const header = (name) => new RegExp(`\r\n${name}: ([^\r]*)`, 'i').exec(head)?.[1];
    this.#done({ status: Number(head.slice(9, 12)), header, body });
  }

  exchange(path, { form, headers = '' } = {}) {
    const body = form === undefined ? '' : new URLSearchParams(form).toString();
    const type = form === undefined ? '' : `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n`;
    this.#socket.write(`${form === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}${type}\r\n${body}`);
    return new Promise((done, failed) => { this.#done = done; this.#failed = failed; });
  }

  end() { this.#socket.destroy(); }
}

function expect(what, answer, status) {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} instead of ${status}\n${answer.body}`);
  return answer;
}

const REGISTRATIONS = [
  { base: '/api/v2', client_id: 'mesure', acr_values: 'eidas1' },
  { base: '/plus/api/v2', client_id: 'mesure-plus', acr_values: 'eidas2' },
];

async function login(connection, { base, client_id, acr_values }, number) {
  const asked = new URLSearchParams({
    response_type: 'code', client_id, redirect_uri: CALLBACK, acr_values, scope: 'openid identite_pivot email',
    state: `etat-de-la-mesure-${number}`, nonce: `nonce-de-la-mesure-de-22-caracteres-${number}`,
  });
  const begun = expect('authorize', await connection.exchange(`${base}/authorize?${asked}`), 303);
  const page = begun.header('location');
  let cookie = `cookie: ${begun.header('set-cookie').split(';')[0]}\r\n`;
  const step = async (name, status, form) => {
    const answer = expect(name || 'choice', await connection.exchange(page + name, { form, headers: cookie }), status);
    const set = answer.header('set-cookie');
    if (set) cookie = `cookie: ${set.split(';')[0]}\r\n`;
    return answer;
  };
  const idp = /name="idp" value="([^"]+)"/.exec((await step('', 200)).body)[1];
  await step('/fournisseur', 303, { idp });
  await step('/connexion', 200);
  await step('/connexion', 303, { login: 'test', password: '123' });
  await step('/information', 200);
  const back = (await step('/information', 303, {})).header('location');
  const code = new URL(back).searchParams.get('code');
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id, client_secret: SECRET };
  const tokens = JSON.parse(expect('token', await connection.exchange(`${base}/token`, { form }), 200).body);
  const parts = client_id === 'mesure' ? 3 : 5;
  const headers = `authorization: Bearer ${tokens.access_token}\r\n`;
  const identity = expect('userinfo', await connection.exchange(`${base}/userinfo`, { headers }), 200).body;
  for (const token of [tokens.id_token, identity]) if (token.split('.').length !== parts) throw new Error(token);
}

const ca = mkdtempSync(join(tmpdir(), 'emulator-bench-'));
const began = performance.now();
const emulator = await run(
  program, {}, 'emulate', ...(given['no-control'] ? ['--no-control'] : []), '--listen', '127.0.0.1:0', '--ca', ca, '--client-id', 'mesure',
  '--client-secret', SECRET,
  '--redirect-uri', CALLBACK, '--alg', given.rsa ? 'RS256' : 'ES256', '--jwks-uri', `http://127.0.0.1:${keys.address().port}/`);
const port = Number(new URL(emulator.ready).port);
const started = performance.now();
const first = new Connection(port);
expect('jwks', await first.exchange('/api/v2/jwks'), 200);
console.log(`ready after ${(started - began).toFixed(0)} ms, keys after ${(performance.now() - began).toFixed(0)} ms, ${mega()} MB`);

function mega() { return (residentKilobytes(emulator) / 1024).toFixed(1); }

const logins = Number(given.logins);
const rounds = 5;
let number = 0;
for (const registration of REGISTRATIONS) await login(first, registration, number += 1);
first.end();
for (let round = 1; round <= rounds; round += 1) {
  const until = number + Math.ceil(logins / rounds);
  const [from, cpu, at] = [number, cpuSeconds(emulator), performance.now()];
  await Promise.all(Array.from({ length: Number(given.browsers) }, async () => {
    const connection = new Connection(port);
    while (number < until) await login(connection, REGISTRATIONS[number % 2], number += 1);
    connection.end();
  }));
  const [seconds, done] = [(performance.now() - at) / 1000, number - from];
  const each = (cpuSeconds(emulator) - cpu) * 1000 / done;
  console.log(`${String(number).padStart(6)} logins: ${(done / seconds).toFixed(0)}/s, ${each.toFixed(2)} ms of CPU each, ${mega()} MB`);
}
if (Number(mega()) >= MOST) {
  console.error(`more than ${MOST} MB`);
  process.exitCode = 1;
}
emulator.child.kill();
keys.close();
rmSync(ca, { recursive: true });
