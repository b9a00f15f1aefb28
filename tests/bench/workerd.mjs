// What the benchmarks share: workerd with one worker in it and its account of CPU and memory, the native
// program beside it, and a browser without a screen that logs in.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
export const HERE = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
// The program itself: the `workerd` in node_modules/.bin is a script that starts it, with another CPU account.
const WORKERD = require('workerd').default;
const COMPATIBILITY_DATE = '2026-11-01';
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

// ---- Workers ----

/** The scripts and wasm files of a build folder; index.js, which workerd must see first, in front. */
export function modulesOf(folder) {
  const files = readdirSync(folder).filter((name) => ['.js', '.mjs', '.wasm'].includes(extname(name)));
  const main = ['index.js', 'index.mjs'].find((name) => files.includes(name));
  if (!main) throw new Error(`${folder} has no index.js: build the worker first`);
  return [main, ...files.filter((name) => name !== main).sort()];
}

/** Makes one module of a script and what it imports, as one deploys it. `source` is esbuild's entry. */
export function bundle(source, outfile) {
  require('esbuild').buildSync({
    ...source,
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    logLevel: 'error',
  });
}

/** Serves a worker `{ name, folder, modules, bindings }`, with `page` as its only asset. */
export async function serve(worker, scratch, page, stdout = 'inherit') {
  const folder = join(scratch, worker.name);
  mkdirSync(folder, { recursive: true });
  for (const module of worker.modules) cpSync(join(worker.folder, module), join(folder, module));
  for (const stand of ['assets.mjs', 'kv.mjs']) cpSync(join(HERE, stand), join(folder, stand));
  writeFileSync(join(folder, 'page.html'), page);
  const fill = { modules: capnpModules(worker.modules), bindings: capnpBindings(worker.bindings), date: COMPATIBILITY_DATE };
  writeFileSync(
    join(folder, 'config.capnp'),
    readFileSync(join(HERE, 'workerd.capnp'), 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (_, name) => fill[name]),
  );

  const began = performance.now();
  const child = spawn(WORKERD, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', stdout, 'inherit', 'pipe'],
  });
  process.once('exit', () => child.kill());
  const port = await new Promise((found, failed) => {
    child.once('exit', (code) => failed(new Error(`workerd ended with ${code} before it served ${worker.name}`)));
    let said = '';
    child.stdio[3].on('data', (chunk) => {
      said += chunk;
      const event = said.match(/"port"\s*:\s*(\d+)/);
      if (event) found(Number(event[1]));
    });
  });
  return { child, port, began };
}

function capnpModules(names) {
  return names.map((name) => (
    `(name = ${JSON.stringify(name)}, ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed ${JSON.stringify(name)})`
  )).join(', ');
}

function capnpBindings(bindings) {
  return ['(name = "ASSETS", service = "assets")', ...Object.entries(bindings).map(([name, value]) => (
    `(name = ${JSON.stringify(name)}, ${value.kv ? 'kvNamespace = "kv"' : `text = ${JSON.stringify(value)}`})`
  ))].join(', ');
}

export function cpuSeconds({ child }) {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third field on
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function residentKilobytes({ child }) {
  return Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]);
}

// ---- The native program ----

/** A key for sealed sessions. */
export function keygen(program) {
  return execFileSync(program, ['keygen'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Starts a command of the program; `ready` is what its line of that name says. */
export async function run(program, variables, ...words) {
  const child = spawn(program, words, { env: { ...process.env, ...variables }, stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready')) continue;
    child.stdout.resume(); // nobody reads on, and a full pipe would stop the program
    return { child, ready: line.slice('ready '.length) };
  }
  throw new Error(`${words[0]} did not start`);
}

// ---- A browser ----

/**
 * One jar per host; redirects are followed by hand, as a browser does. Not `fetch`, which calls itself a
 * script in `Sec-Fetch-Mode`: no login starts there. `ports` says where a host really listens.
 */
export function browser({ ports = {}, headers = {}, agent } = {}) {
  const jars = new Map();

  function exchange(url, form, cookie) {
    const { hostname, port, host, pathname, search } = new URL(url);
    const type = form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' };
    return new Promise((resolve, reject) => {
      const call = request({
        method: form === undefined ? 'GET' : 'POST',
        host: ports[host] ? '127.0.0.1' : hostname,
        port: ports[host] ?? port,
        path: pathname + search,
        headers: { ...headers, host, cookie, ...type },
        agent,
      }, async (answer) => {
        let page = '';
        for await (const part of answer.setEncoding('utf8')) page += part;
        resolve({ status: answer.statusCode, headers: answer.headers, page });
      });
      call.on('error', reject).end(form);
    });
  }

  return {
    /** The cookies of a host, by name. */
    jar(host) {
      return jars.get(host) ?? jars.set(host, new Map()).get(host);
    },

    /** Where `url` leads. `asked` counts the requests to each host on the way. */
    async visit(url, form, asked = {}) {
      const { host } = new URL(url);
      const jar = this.jar(host);
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const answer = await exchange(url, form && new URLSearchParams(form).toString(), cookie);
      asked[host] = (asked[host] ?? 0) + 1;
      for (const cookie of answer.headers['set-cookie'] ?? []) {
        const [pair] = cookie.split(';');
        const at = pair.indexOf('=');
        if (cookie.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
        else jar.set(pair.slice(0, at), pair.slice(at + 1));
      }
      const next = answer.headers.location;
      if (next) return this.visit(new URL(next, url).href, undefined, asked);
      return { url, status: answer.status, page: answer.page, asked };
    },

    /** From `url` through the emulator's forms (identity provider, account, information) back to `site`. */
    async logIn(url, site) {
      let here = await this.visit(url);
      for (let step = 0; step < 3 && !here.url.startsWith(site); step += 1) {
        const action = here.page.match(/<form[^>]*action="([^"]*)"/)?.[1] ?? '';
        const idp = here.page.match(/name="idp" value="([^"]*)"/)?.[1];
        const form = here.page.includes('name="login"') ? { login: 'test', password: '123' } : idp ? { idp } : {};
        here = await this.visit(new URL(action, here.url).href, form, here.asked);
      }
      return here;
    },
  };
}

// ---- Figures ----

export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

export const shown = ({ median, min, max }, digits = 0) => (
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
);

export const megabytes = (kilobytes) => (kilobytes / 1000).toFixed(0);
