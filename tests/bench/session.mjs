// Makes what a benchmark needs of a visitor who is logged in: the worker's bindings and a session cookie.
//
//   node tests/bench/session.mjs PROGRAM FOLDER
//
// PROGRAM is the native program. It runs the emulator and the relying party with the variables that the
// worker gets, and this script logs in there: a seal depends on the variables, not on the host. Writes
// FOLDER/bindings.json, FOLDER/cookie and FOLDER/page.html.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HERE, browser, keygen, run } from './workerd.mjs';

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
if (!folder) throw new Error('usage: node tests/bench/session.mjs PROGRAM FOLDER');

const SITE = 'http://localhost:8797';
const EMULATOR = '127.0.0.1:8798';
const variables = {
  PUBLIC_URL: SITE,
  FC_ENVIRONMENT: 'emulator',
  FC_ISSUER: `http://${EMULATOR}/api/v2`,
  FC_CLIENT_ID: 'bench',
  FC_CLIENT_SECRET: 'secret-of-the-benchmark-0123456789',
  FC_SESSION_KEYS: keygen(program),
  FC_SCOPES: 'openid identite_pivot preferred_username email',
  FC_PROTECTED_PATHS: '/prive',
  // As long as the benchmark may take, so that no answer renews the session.
  FC_SESSION_IDLE: '86400',
  FC_SESSION_MAX: '86400',
};

const site = join(HERE, '../../site');
mkdirSync(folder, { recursive: true });
// Not where a developer's own .dev.vars would be read, too.
process.chdir(folder);

const running = [
  await run(
    program, variables, 'emulate', '--listen', EMULATOR, '--client-id', variables.FC_CLIENT_ID,
    '--redirect-uri', `${SITE}/auth/callback`, '--post-logout-redirect-uri', `${SITE}/auth/logout/callback`,
  ),
  await run(program, variables, 'serve', '--listen', '127.0.0.1:8797', '--site', site),
];

try {
  const visitor = browser();
  const here = await visitor.logIn(`${SITE}/auth/login?return_to=/prive/`, SITE);
  const session = visitor.jar('localhost:8797').get('fc_session');
  if (!session) throw new Error(`no session: the login ended at ${here.url}`);
  writeFileSync(`${folder}/cookie`, `fc_session=${session}`);
  writeFileSync(`${folder}/bindings.json`, JSON.stringify({ ...variables, FC_KV: { kv: true } }));
  copyFileSync(join(site, 'prive/index.html'), `${folder}/page.html`);
  console.log(`session cookie of ${session.length} characters in ${folder}`);
} finally {
  running.forEach(({ child }) => child.kill());
}
