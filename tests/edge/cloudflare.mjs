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
const variables = Object.entries(process.env).filter(([name]) => name === 'PUBLIC_URL' || name.startsWith('FC_'));

// In the place of Analytics Engine, which takes points and shows none: it says what it is given.
const counted = `
  import Gate from './index.js';
  const FC_METRICS = { writeDataPoint(point) { console.log('point ' + JSON.stringify(point)); } };
  export * from './index.js';
  export default class extends Gate {
    constructor(context, env) { super(context, { ...env, FC_METRICS }); }
  }`;

const runtime = new Miniflare(convert({
  host: '127.0.0.1',
  port: 0, // of the proxy, which nobody uses
  cf: false, // the network has no business here
  log: new Log(LogLevel.WARN),
  ...workerOptions,
  name: 'gate',
  modulesRoot: build,
  modules: [
    { type: 'ESModule', path: `${build}/counted.js`, contents: counted },
    { type: 'ESModule', path: `${build}/index.js`, contents: readFileSync(`${build}/index.js`, 'utf8') },
    { type: 'CompiledWasm', path: `${build}/index_bg.wasm`, contents: readFileSync(`${build}/index_bg.wasm`) },
  ],
  // Of the file alone: a developer's .dev.vars is not to decide how tests end.
  bindings: { ...read({ config: manifest }).vars, ...Object.fromEntries(variables) },
  // An application of the same account, for `FC_ORIGIN=service:APP`.
  serviceBindings: { ...workerOptions.serviceBindings, APP: (request) => new Response(`${request.method} ${request.url}`) },
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
