// What many services in one deployment cost on Workers: the first visit of an isolate, which reads the document, and
// every other one, which finds its service by the host name. Compared with the same worker and one service.
//
//   node tests/bench/services.mjs --ours build
//
//   --ours DIR        the folder with our built worker        --services N      in the document (1000)
//   --starts N        isolates started for the first (30)      --requests N      in each round (10000)
//   --rounds N        (5)                                     --connections N   kept alive (16)
//
// Then the memory of the process, after the first visit and after one to each service (as many to the one).
//
// CPU of the process, as in bench.mjs; of the first visits the mean, as the account counts in hundredths of a second. A
// first visit also has V8 compile what it runs through, once more optimised, in threads of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, modulesOf, residentKilobytes, serve, shown, spread } from './workerd.mjs';

const { values: given } = parseArgs({
  options: {
    ours: { type: 'string', default: 'build' },
    services: { type: 'string', default: '1000' },
    starts: { type: 'string', default: '30' },
    requests: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
  },
});

const shared = {
  FC_SESSION_KEYS: 'kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE',
  FC_CLIENT_SECRET: 'secret-of-the-benchmark',
  FC_PROTECTED_PATHS: '/prive',
};
const host = 's0.example.fr';
const many = Object.fromEntries(Array.from({ length: Number(given.services) }, (_, number) => [
  `s${number}.example.fr`,
  {
    FC_CLIENT_ID: `client-of-service-${number}`,
    FC_CLIENT_SECRET: `secret-of-service-${number}-0123456789abcdef`,
    FC_SERVICE_NAME: `Service municipal numéro ${number}`,
    FC_SCOPES: 'openid given_name family_name preferred_username',
  },
]));
// In the order of names, as `services json` and `services seal` write it.
const document = JSON.stringify({ services: Object.fromEntries(Object.entries(many).sort(([a], [b]) => (a < b ? -1 : 1))) });
const kinds = {
  one: { ...shared, PUBLIC_URL: `https://${host}`, FC_CLIENT_ID: 'client-of-service-0' },
  many: { ...shared, FC_SERVICES: document },
};

process.setMaxListeners(0); // one for each isolate that is started
const scratch = mkdtempSync(join(tmpdir(), 'services-'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(given.connections) });

function get(port, name = host) {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { host: name }, agent }, (answer) => {
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`)))).resume();
    }).on('error', reject).end();
  });
}

const start = (kind) => serve(
  { name: kind, folder: given.ours, modules: modulesOf(given.ours), bindings: kinds[kind] }, scratch, '<!doctype html>\n',
);

async function round({ child, port }) {
  const requests = Number(given.requests);
  let left = requests;
  const before = cpuSeconds({ child });
  await Promise.all(Array.from({ length: Number(given.connections) }, async () => {
    while (left-- > 0) await get(port);
  }));
  return (cpuSeconds({ child }) - before) / requests * 1e6;
}

try {
  console.log(`${given.services} services, ${document.length} bytes`);
  const first = { one: 0, many: 0 };
  for (let time = 0; time < Number(given.starts); time += 1) {
    for (const kind of Object.keys(kinds)) {
      const running = await start(kind);
      const before = cpuSeconds(running);
      await get(running.port);
      first[kind] += (cpuSeconds(running) - before) * 1e3 / Number(given.starts);
      running.child.kill();
    }
  }
  for (const [kind, spent] of Object.entries(first)) console.log(`CPU of the first visit, ${kind}: ${spent.toFixed(1)} ms`);
  const memory = { one: [], many: [] };
  for (let time = 0; time < 5; time += 1) {
    for (const kind of Object.keys(kinds)) {
      const running = await start(kind);
      await get(running.port);
      const first = residentKilobytes(running) / 1024;
      for (const name of Object.keys(many)) await get(running.port, kind === 'many' ? name : host);
      memory[kind].push([first, residentKilobytes(running) / 1024]);
      running.child.kill();
    }
  }
  for (const [kind, costs] of Object.entries(memory)) {
    const [first, all] = [0, 1].map((at) => shown(spread(costs.map((cost) => cost[at])), 1));
    console.log(`Memory, ${kind}: ${first} MB after the first visit, ${all} MB after one to each service`);
  }
  const running = { one: await start('one'), many: await start('many') };
  const cpu = { one: [], many: [] };
  for (const kind of Object.keys(kinds)) await round(running[kind]);
  for (let time = 0; time < Number(given.rounds); time += 1) {
    for (const kind of Object.keys(kinds)) cpu[kind].push(await round(running[kind]));
  }
  for (const [kind, costs] of Object.entries(cpu)) console.log(`CPU of a visit, ${kind}: ${shown(spread(costs))} µs`);
  Object.values(running).forEach(({ child }) => child.kill());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
