// Runs the built Worker in workerd, with the bindings that wrangler.toml gives it.
//
//   PUBLIC_URL=… FC_CLIENT_ID=… node tests/edge/cloudflare.mjs --port 8787 --build build
//
// It reads wrangler.toml with wrangler's own reader and starts what `wrangler dev` starts below its proxy:
// Miniflare, which is workerd with Cloudflare's own code for assets and KV. Unlike `wrangler dev` it builds
// nothing, is there in a second, keeps its store in memory, and opens a socket of the Worker itself, where
// paths arrive as they were sent: the proxies of `wrangler dev` tidy up dots and slashes beforehand, and
// tests of the gate would test those. Variables come from the environment. It ends with its standard input.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unstable_getMiniflareWorkerOptions as understand, unstable_readConfig as read } from 'wrangler';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { convertV4MiniflareOptions: convert, Log, LogLevel, Miniflare, Response } =
  createRequire(createRequire(import.meta.url).resolve('wrangler'))('miniflare');

const { values: { port, build } } = parseArgs({ options: { port: { type: 'string' }, build: { type: 'string' } } });
const manifest = `${project}/wrangler.toml`;
const { workerOptions } = understand(manifest);
const variables = Object.entries(process.env).filter(([name]) => /^(PUBLIC_URL|TEST_NAMES|FC_.*)$/.test(name));

// In the place of Analytics Engine, which takes points and shows none: it says what it is given. And in the place of KV,
// where the test has a store of its own, with KV's limits and its words.
const wrapped = `
  import Gate from './index.js';
  const FC_METRICS = { writeDataPoint(point) { console.log('point ' + JSON.stringify(point)); } };
  const store = (there) => {
    const ask = async (path, method = 'GET', body) => {
      const answer = await there.fetch('http://store' + path, { method, body });
      if (!answer.ok && answer.status !== 404) throw new Error('KV ' + method + ' failed: ' + answer.status + ' ' + answer.statusText);
      return answer;
    };
    return {
      async get(name, type) {
        const answer = await ask('/entry/' + name);
        return answer.ok && type === 'arrayBuffer' ? answer.arrayBuffer() : null;
      },
      async put(name, value, { expirationTtl }) {
        if (!(expirationTtl >= 60)) throw new TypeError('KV PUT failed: 400 Invalid expiration_ttl of ' + expirationTtl);
        await ask('/entry/' + name, 'PUT', value);
      },
      async delete(name) { await ask('/entry/' + name, 'DELETE'); },
      async list({ prefix, cursor = '' }) {
        const answer = await ask('/names?prefix=' + prefix + '&from=' + cursor);
        const keys = (await answer.text()).split('\\n').filter(Boolean).map((name) => ({ name }));
        const next = answer.headers.get('next');
        return next ? { keys, list_complete: false, cursor: next } : { keys, list_complete: true };
      },
    };
  };
  // What KV has before anybody comes; from outside it would take ten times as long.
  let filled;
  const fill = ({ FC_KV, TEST_NAMES }) => Promise.all(TEST_NAMES.split(' ').map((name) => FC_KV.put(name, '-')));
  export * from './index.js';
  export default class extends Gate {
    constructor(context, env) {
      super(context, { ...env, FC_METRICS, ...(env.STORE ? { FC_KV: store(env.STORE) } : {}) });
    }
    async fetch(request) {
      if (this.env.TEST_NAMES) await (filled ??= fill(this.env));
      return super.fetch(request);
    }
  }`;

const there = process.env.TEST_STORE;
// An answer that never comes is awaited until the worker gives it up.
const STORE = there && (async (request) => {
  const { pathname, search } = new URL(request.url);
  const body = request.method === 'PUT' ? await request.arrayBuffer() : undefined;
  const answer = await fetch(`http://${there}${pathname}${search}`, { method: request.method, body });
  return new Response(await answer.arrayBuffer(), { status: answer.status, statusText: answer.statusText, headers: answer.headers });
});

const runtime = new Miniflare(convert({
  host: '127.0.0.1',
  port: 0, // of the proxy, which nobody uses
  cf: false, // the network has no business here
  log: new Log(LogLevel.WARN),
  ...workerOptions,
  name: 'gate',
  modulesRoot: build,
  modules: [
    { type: 'ESModule', path: `${build}/wrapped.js`, contents: wrapped },
    { type: 'ESModule', path: `${build}/index.js`, contents: readFileSync(`${build}/index.js`, 'utf8') },
    { type: 'CompiledWasm', path: `${build}/index_bg.wasm`, contents: readFileSync(`${build}/index_bg.wasm`) },
  ],
  // Of the file alone: a developer's .dev.vars is not to decide how tests end.
  bindings: { ...read({ config: manifest }).vars, ...Object.fromEntries(variables) },
  // An application of the same account, for `FC_ORIGIN=service:APP`.
  serviceBindings: { ...workerOptions.serviceBindings, APP: (request) => new Response(`${request.method} ${request.url}`), ...(STORE && { STORE }) },
  unsafeDirectSockets: [{ host: '127.0.0.1', port: Number(port) }],
}));

async function stop() {
  await runtime.dispose();
  process.exit(0);
}
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);

await runtime.ready;
// What people put into the store before anybody comes.
if (process.env.SERVICES_ENTRY) {
  const store = await runtime.getKVNamespace('FC_KV', 'gate');
  await store.put('services', process.env.SERVICES_ENTRY);
}
console.log(`ready ${await runtime.unsafeGetDirectURL('gate')}`);
