// What a request with a valid session costs: CPU of the workerd process, for our worker, for a worker
// without any check (baseline.mjs) and for a peer (hono.mjs), interleaved round by round.
//
//   node tests/bench/bench.mjs --ours build --bindings bindings.json --cookie '__Host-…=…' --path /private/
//
//   --ours DIR        the folder with our built worker (index.js and its .wasm); left out: only the others
//   --bindings FILE   its bindings as JSON: {"NAME": "text"} or {"NAME": {"kv": true}}; ASSETS is always there
//   --cookie TEXT     its Cookie header (@FILE reads it from a file)
//   --host NAME       its Host header, where it insists on its public address
//   --path PATH       what to ask for                          --page FILE       the page behind the gate
//   --requests N      in each round (25000)                    --warmup N        before the first (3000)
//   --rounds N        (7)                                      --connections N   kept alive (32)
//   --only A,B        of baseline, ours, hono                  --json FILE       the figures as JSON
//   --max-ratio R     fail if ours costs more than R times hono, both beyond the baseline
//   --max-gzip KB     fail if our modules are larger than this
//
// CPU is Δ(utime + stime) of the process's stat file (Linux) divided by the requests: not requests per
// second, since the client is the bottleneck, and not time, since time stands still in a worker that
// computes. Microseconds differ between machines and hours: compare ratios of the same run. Each round is
// compared with the baseline of its own round. Every answer must be the page with status 200, so that
// nobody measures a redirect.

import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { HERE, bundle, cpuSeconds, megabytes, modulesOf, residentKilobytes, serve, shown, spread } from './workerd.mjs';

const { values: given } = parseArgs({
  options: {
    ...Object.fromEntries(
      ['ours', 'bindings', 'cookie', 'host', 'page', 'only', 'json', 'max-ratio', 'max-gzip']
        .map((name) => [name, { type: 'string' }]),
    ),
    path: { type: 'string', default: '/private/' },
    requests: { type: 'string', default: '25000' },
    warmup: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '7' },
    connections: { type: 'string', default: '32' },
  },
});

// ---- The workers under measure ----

/** Each: its modules (the main one first, read from `folder`), its bindings, the headers sent to it. */
function workers(scratch) {
  const all = {
    baseline: () => ({ folder: HERE, modules: ['baseline.mjs'], bindings: {}, headers: {} }),
    ours: () => ({
      folder: given.ours,
      modules: modulesOf(given.ours),
      bindings: given.bindings ? JSON.parse(readFileSync(given.bindings)) : {},
      headers: { ...(given.cookie && { cookie: text(given.cookie) }), ...(given.host && { host: given.host }) },
    }),
    hono: () => hono(join(scratch, 'bundle')),
  };
  const wanted = given.only?.split(',') ?? Object.keys(all).filter((name) => name !== 'ours' || given.ours);
  return wanted.map((name) => {
    if (!all[name]) throw new Error(`--only knows ${Object.keys(all).join(', ')}, not ${name}`);
    return { name, ...all[name]() };
  });
}

function text(value) {
  return value.startsWith('@') ? readFileSync(value.slice(1), 'utf8').trim() : value;
}

function hono(folder) {
  bundle({ entryPoints: [join(HERE, 'hono.mjs')] }, join(folder, 'hono.mjs'));
  const secret = 'a secret for this benchmark alone, of 32 characters and more';
  const now = Math.floor(Date.now() / 1000);
  const session = {
    sub: `${'0123456789abcdef'.repeat(4)}v1`,
    given_name: 'Angela Claire Louise',
    family_name: 'DUBOIS',
    birthdate: '1962-08-24',
    gender: 'female',
    birthplace: '75107',
    birthcountry: '99100',
    email: 'wossewodda-3728@yopmail.com',
    rtk: 'refresh',
    rtkexp: now + 86400,
    ssnexp: now + 86400,
  };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(session)}`;
  const signature = createHmac('sha256', secret).update(signed).digest('base64url');
  return {
    folder,
    modules: ['hono.mjs'],
    bindings: {
      OIDC_AUTH_SECRET: secret,
      OIDC_ISSUER: 'https://provider.example',
      OIDC_CLIENT_ID: 'client',
      OIDC_CLIENT_SECRET: 'secret',
      OIDC_REDIRECT_URI: '/callback',
    },
    headers: { cookie: `oidc-auth=${signed}.${signature}` },
  };
}

// ---- Running them ----

async function start(worker, scratch, page) {
  const { child, port, began } = await serve(worker, scratch, page);
  Object.assign(worker, {
    child,
    page,
    agent: new Agent({ keepAlive: true, maxSockets: Number(given.connections) }),
    options: {
      host: '127.0.0.1',
      port,
      path: given.path,
      headers: {
        accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
        'accept-language': 'fr,en;q=0.5',
        'sec-fetch-dest': 'document',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
        ...worker.headers,
      },
    },
    rounds: [],
    resident: [],
  });
  await send(worker, 1);
  worker.firstAnswer = performance.now() - began;
}

/** Sends `count` requests over the kept connections, each as soon as one is free. */
async function send(worker, count) {
  let left = count;
  const connection = async () => {
    while (left-- > 0) await one(worker);
  };
  await Promise.all(Array.from({ length: Math.min(count, Number(given.connections)) }, connection));
}

function one({ name, options, agent, page }) {
  return new Promise((answered, failed) => {
    httpRequest({ ...options, agent }, (response) => {
      let length = 0;
      response.on('data', (chunk) => { length += chunk.length; });
      response.on('error', failed);
      response.on('end', () => {
        if (response.statusCode === 200 && length === page.length) return answered();
        const location = response.headers.location ? ` to ${response.headers.location.split('?')[0]}` : '';
        failed(new Error(`${name} answered ${response.statusCode}${location} with ${length} bytes, not the page`));
      });
    }).on('error', failed).end();
  });
}

// ---- The figures ----

/** The ratio of the medians, which a lucky round cannot upset, and how far single rounds stray from it. */
function ratio(ours, theirs) {
  const { min, max } = spread(ours.map((cpu, round) => cpu / theirs[round]));
  return { median: spread(ours).median / spread(theirs).median, min, max };
}

/** Sizes of the modules, and from rounds of CPU µs a request the costs beyond baseline and peer, round by round. */
function figures(worker, all) {
  const contents = worker.modules.map((name) => readFileSync(join(worker.folder, name)));
  const beyond = (other) => all.baseline && other.rounds.map((cpu, round) => cpu - all.baseline.rounds[round]);
  const over = beyond(worker);
  const overHono = all.hono && beyond(all.hono);
  return {
    cpu: spread(worker.rounds),
    ...(over && worker.name !== 'baseline' && { over: spread(over) }),
    ...(over && overHono && worker.name !== 'baseline' && { ratio: ratio(over, overHono) }),
    resident: worker.resident,
    firstAnswer: worker.firstAnswer,
    raw: contents.reduce((sum, content) => sum + content.length, 0),
    gzip: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
  };
}

function print(results) {
  const rows = [['', 'CPU µs/request', 'beyond baseline', 'ratio to hono', 'RSS MB, first → last round', 'first answer', 'raw / gzip kB']];
  for (const [name, result] of Object.entries(results)) {
    rows.push([
      name,
      shown(result.cpu),
      result.over ? shown(result.over) : '',
      result.ratio ? shown(result.ratio, 2) : '',
      `${megabytes(result.resident[0])} → ${megabytes(result.resident.at(-1))}`,
      `${result.firstAnswer.toFixed(0)} ms`,
      `${(result.raw / 1000).toFixed(1)} / ${(result.gzip / 1000).toFixed(1)}`,
    ]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
}

function limits({ ours }) {
  const faults = [];
  if (given['max-ratio'] && !(ours?.ratio?.median <= Number(given['max-ratio']))) {
    faults.push(`ours costs ${ours?.ratio?.median.toFixed(2)} times hono; at most ${given['max-ratio']} is allowed`);
  }
  if (given['max-gzip'] && !(ours?.gzip <= Number(given['max-gzip']) * 1000)) {
    faults.push(`our modules are ${ours?.gzip} bytes after gzip; at most ${given['max-gzip']} kB are allowed`);
  }
  return faults;
}

process.once('uncaughtException', (error) => {
  console.error(`bench: ${error.message}`);
  process.exit(1);
});

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

const requests = Number(given.requests);
const page = given.page ? readFileSync(given.page) : Buffer.from(`<!doctype html><title>Page</title>${'<p>Bonjour.'.repeat(370)}\n`);
const measured = workers(scratch);
for (const worker of measured) await start(worker, scratch, page);
console.log(`${requests} requests a round for ${page.length} bytes at ${given.path}, ${given.connections} connections`);

for (const worker of measured) await send(worker, Number(given.warmup));
for (let round = 0; round < Number(given.rounds); round++) {
  const turn = measured.map((_, i) => measured[(i + round) % measured.length]); // nobody is always first
  for (const worker of turn) {
    const before = cpuSeconds(worker);
    await send(worker, requests);
    worker.rounds.push((cpuSeconds(worker) - before) * 1e6 / requests);
    worker.resident.push(residentKilobytes(worker)); // the heap fills during the first round; a leak goes on
  }
  console.log(`round ${round + 1}: ${measured.map(({ name, rounds }) => `${name} ${rounds.at(-1).toFixed(0)} µs`).join(', ')}`);
}

const byName = Object.fromEntries(measured.map((worker) => [worker.name, worker]));
const results = Object.fromEntries(measured.map((worker) => [worker.name, figures(worker, byName)]));
print(results);
if (given.json) writeFileSync(given.json, `${JSON.stringify({ requests, page: page.length, results }, null, 2)}\n`);
const faults = limits(results);
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
