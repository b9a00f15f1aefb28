// The services of examples/emulator log in at the emulator, over HTTP, each with the very files that the guides show:
// `openid-client`, Authlib, and Debian's mod_auth_openidc, with both products; and over https, by a client that
// trusts the authority's file.
//
//   node tests/interop/emulator.mjs PROGRAM [--python FOLDER] [javascript python apache https]
//
// PROGRAM is the native program; FOLDER a virtual environment with the packages of requirements.txt. Only ports are
// changed in the files, so that what already runs here is not met.

import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: given, positionals: [program, ...wanted] } = parseArgs({
  allowPositionals: true, options: { python: { type: 'string' } },
});
if (!program) throw new Error('usage: node tests/interop/emulator.mjs PROGRAM [--python FOLDER] [NAMES]');

const home = mkdtempSync(join(tmpdir(), 'emulator-'));
const ca = join(home, 'ca', 'ca.pem');
const running = [];

/** Ports that are free now, in the place of those that the files name. */
const ports = new Map();
for (const known of [3000, 8000, 8080, 8788]) {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  ports.set(String(known), server.address().port);
  await new Promise((done) => server.close(done));
}
/** Whether the services are told to ask for https. */
let secured = false;
const renumbered = (text) => (secured ? text.replaceAll('http://127.0.0.1:8788', 'https://localhost:8788') : text)
  .replace(/(?<=(?:localhost|127\.0\.0\.1):)(\d{4})\b/g, (port) => ports.get(port) ?? port);
const at = (port, path) => renumbered(`http://localhost:${port}${path}`);

function files(folder) {
  const to = join(home, folder);
  cpSync(join('examples/emulator', folder), to, { recursive: true });
  for (const name of readdirSync(to)) {
    const file = join(to, name);
    if (statSync(file).isFile()) writeFileSync(file, renumbered(readFileSync(file, 'utf8')));
  }
  return to;
}

/** Starts a program, and waits until it says that it is ready or somebody answers at `url`. */
async function start(command, words, { url, ...options }) {
  let said = '';
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.push(child);
  const ended = new Promise((_, fail) => child.once('exit', () => fail(new Error(`${command} ended:\n${said}`))));
  ended.catch(() => {});
  const ready = new Promise((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => { said += text; if (/^ready /m.test(said)) done(); });
    }
  });
  const answers = async () => {
    while (!await fetch(url).then(() => true, () => false)) await new Promise((done) => setTimeout(done, 50));
  };
  const late = new Promise((_, fail) => setTimeout(fail, 20_000, new Error(`${command} is not ready`)).unref());
  await Promise.race([url ? answers() : ready, ended, late]);
  return { child, said: () => said };
}

const stop = (child) => new Promise((done) => { child.removeAllListeners('exit'); child.once('exit', done); child.kill(); });

/** As much of a browser as a login needs. */
class Browser {
  #jar = new Map();

  async open(url, form) {
    for (let turn = 0; turn < 20; turn += 1) {
      const { hostname, protocol } = new URL(url);
      const cookies = this.#jar.get(hostname) ?? new Map();
      this.#jar.set(hostname, cookies);
      const headers = { accept: 'text/html,*/*;q=0.8', cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
      if (form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
      const options = { method: form === undefined ? 'GET' : 'POST', headers, agent: false };
      if (protocol === 'https:') options.ca = readFileSync(ca);
      const answer = await new Promise((done, fail) => {
        const sent = (protocol === 'https:' ? secure : plain)(url, options, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text) => { body += text; }).on('end', () => done({ response, body }));
        });
        sent.on('error', fail).end(form);
      });
      for (const line of answer.response.headers['set-cookie'] ?? []) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        value === '' || /max-age=0|expires=thu, 01[ -]jan[ -]1970/i.test(line) ? cookies.delete(name) : cookies.set(name, value);
      }
      const { location } = answer.response.headers;
      if (!location) return { url, status: answer.response.statusCode, headers: answer.response.headers, body: answer.body };
      [url, form] = [new URL(location, url).href, undefined];
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  /** From a page of the service through those of the emulator, and back. */
  async logIn(url, product) {
    const choice = await this.open(url);
    const issuer = product === 'FranceConnect' ? '/api/v2' : '/plus/api/v2';
    if (!new URL(choice.url).pathname.startsWith(`${issuer}/interaction/`)) throw new Error(`${choice.url}\n${choice.body}`);
    const idp = /name="idp" value="([^"]+)"/.exec(choice.body)[1];
    await this.open(`${choice.url}/fournisseur`, `idp=${idp}`);
    await this.open(`${choice.url}/connexion`, 'login=test&password=123');
    return this.open(`${choice.url}/information`, '');
  }
}

function check(what, found, expected) {
  if (found === expected) return;
  throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

const PRODUCTS = [['FranceConnect', 'franceconnect', 'eidas1'], ['FranceConnect+', 'franceconnect-plus', 'eidas2']];

/** A service that shows the identity as JSON at `/`. */
async function service(site) {
  for (const [product, name, acr] of PRODUCTS) {
    const browser = new Browser();
    const arrived = await browser.logIn(`${site}/${name}/login`, product);
    check(`${name}: ${arrived.body}`, arrived.url, `${site}/`);
    const identity = JSON.parse(arrived.body);
    check(`${name} family_name`, identity.family_name, 'DUBOIS');
    check(`${name} sub`, /^[0-9a-f]{64}v1$/.test(identity.sub), true);
    check(`${name} acr`, identity.acr, acr);
    const left = await browser.open(`${site}/logout`);
    check(`${name} logout: ${left.body}`, new URL(left.url).origin, site);
    check(`${name} logged out`, JSON.parse(left.body).login?.length, 2);
  }
}

const tests = {
  async javascript() {
    // Below the folder where its packages are.
    const script = resolve('target', 'tmp', `emulator-${process.pid}.mjs`);
    writeFileSync(script, renumbered(readFileSync('examples/emulator/javascript/service.mjs', 'utf8')));
    const env = { ...process.env, ...secured && { NODE_EXTRA_CA_CERTS: ca } };
    const { child } = await start(process.execPath, [script], { env });
    await service(at(3000, ''));
    await stop(child);
    rmSync(script);
  },

  async python() {
    const folder = files('python');
    const { child, said } = await start(join(given.python, 'bin/python'), ['-u', join(folder, 'service.py')], {
      url: at(8000, '/'), env: { ...process.env, ...secured && { REQUESTS_CA_BUNDLE: ca } },
    });
    await service(at(8000, '')).catch((error) => { throw new Error(`${error.message}\n${said()}`); });
    await stop(child);
  },

  async apache() {
    const folder = files('apache');
    mkdirSync(join(folder, 'site/prive'), { recursive: true });
    writeFileSync(join(folder, 'site/prive/index.html'), 'prive');
    if (secured) {
      for (const [, name] of PRODUCTS) appendFileSync(join(folder, `${name}.conf`), `\nOIDCCABundlePath ${ca}\n`);
    }
    execFileSync(process.execPath, ['keys.mjs'], { cwd: folder });
    // As nobody, where root runs this.
    const nobody = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (nobody.uid) for (const path of [home, join(home, 'ca'), folder, join(folder, 'chiffrement-1.pem')]) chownSync(path, nobody.uid, nobody.gid);
    for (const [product, name, acr] of PRODUCTS) {
      const words = ['-d', folder, '-f', `${name}.conf`, '-D', 'FOREGROUND'];
      const { child } = await start('/usr/sbin/apache2', words, { url: at(8080, '/jwks.json'), ...nobody });
      const browser = new Browser();
      const arrived = await browser.logIn(at(8080, '/prive/index.html'), product);
      check(`${name}: ${arrived.url} ${arrived.status}\n${arrived.body}\n${readFileSync(join(folder, 'error.log'))}`, arrived.body, 'prive');
      check(`${name} family_name`, arrived.headers['x-family-name'], 'DUBOIS');
      check(`${name} acr`, arrived.headers['x-acr'], acr);
      const left = await browser.open(at(8080, `/prive/callback?logout=${encodeURIComponent(at(8080, '/'))}`));
      // It gives the id_token back as it came: of FranceConnect+ that is the encrypted one, which is no hint.
      const [ends, shows] = acr === 'eidas1' ? [at(8080, '/'), ''] : [`${renumbered('http://127.0.0.1:8788')}/plus/api/v2/session/end`, 'Y04FEDB9'];
      check(`${name} logout: ${left.body}`, left.url.split('?')[0], ends);
      check(`${name} logout page`, left.body.includes(shows), true);
      await stop(child);
    }
  },

  /** All of them, told to ask for https and whom to trust. */
  async https() {
    secured = true;
    await tests.javascript();
    await tests.python();
    await tests.apache();
    const address = `${renumbered('http://127.0.0.1:8788')}/plus/api/v2`;
    const words = ['--silent', '--fail', '--cacert', ca, `${address}/.well-known/openid-configuration`];
    check('curl --cacert', JSON.parse(execFileSync('curl', words)).issuer, address);
    secured = false;
  },
};

try {
  mkdirSync('target/tmp', { recursive: true });
  writeFileSync(join(home, 'clients.toml'), renumbered(readFileSync('examples/emulator/clients.toml', 'utf8')));
  const words = ['emulate', '--ca', join(home, 'ca'), '--listen', renumbered('127.0.0.1:8788'), '--clients', join(home, 'clients.toml')];
  await start(resolve(program), words, {});
  for (const name of wanted.length ? wanted : Object.keys(tests)) {
    await tests[name]();
    console.log(`${name}: logged in`);
  }
} finally {
  for (const child of running) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
