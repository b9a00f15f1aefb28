// The sample site as `journey qualify` sees it, with FranceConnect and with FranceConnect+, each with its dossier: every
// point that a machine can judge of it is passed on every platform, and one that falls back to "not judged" is seen.
// FC_CLIENT_SECRET is what the site was started with.
//
//   node tests/browser/qualification.mjs http://localhost:8787 native http://127.0.0.1:8788 target/debug/franceconnect-edge

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';

const [base, platform, emulator, program] = process.argv.slice(2);
assert.ok(process.env.FC_CLIENT_SECRET, 'FC_CLIENT_SECRET is not set');
assert.ok(program, 'usage: qualification.mjs SITE PLATFORM EMULATOR PROGRAM');

/** What becomes of each point that is not passed, whatever the product and the platform. */
const OTHERS = {
  attest: ['O3', 'O4', '12', '17', '20', '21', '24', '31'],
  // The site has one host, and no sector identifier document.
  skipped: ['O10'],
};
/** The page with the button of each product, and the dossier. */
const PRODUCTS = {
  FranceConnect: ['/', 'franceconnect.toml'],
  'FranceConnect+': ['/sante', 'franceconnect-plus.toml'],
};
/** What a team is promised, in seconds. */
const PROMISED = 180;
/** Misbehaviours that only FranceConnect+ can commit, and one of each other kind. */
const LIES = { 'FranceConnect+': ['e11', 'e17'], FranceConnect: ['e11'] };

const folder = 'artefacts/qualification';
await mkdir(folder, { recursive: true });

/** Runs the command; its exit status and what it printed. */
function run(args) {
  const child = spawn(program, ['journey', 'qualify', '--lang', 'fr', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  return new Promise((ended) => child.on('close', (status) => ended({ status, printed })));
}

for (const [product, [page, dossier]] of Object.entries(PRODUCTS)) {
  const name = `${folder}/${platform}${product === 'FranceConnect' ? '' : '-plus'}`;
  const [json, html] = [`${name}.json`, `${name}.html`];
  await Promise.all([json, html].map((file) => rm(file, { force: true })));
  const began = Date.now();
  const files = ['--json', json, '--report', html, '--file', `tests/browser/sample/${dossier}`];
  const { status, printed } = await run(['--url', base, '--login-path', page, '--emulator', emulator, ...files]);
  const seconds = (Date.now() - began) / 1000;
  assert.equal(status, 0, printed);
  assert.ok(seconds < PROMISED, `${seconds} s`);

  const report = JSON.parse(await readFile(json, 'utf8'));
  assert.equal(report.product, product);
  const verdicts = Object.fromEntries(report.points.map(({ id, verdict }) => [id, verdict]));
  const expected = Object.fromEntries(Object.keys(verdicts).map((id) => [id, 'passed']));
  for (const [verdict, ids] of Object.entries(OTHERS)) for (const id of ids) expected[id] = verdict;
  assert.deepEqual(verdicts, expected, printed);
  assert.equal(report.points.length, 42);

  const tried = report.points.find(({ id }) => id === '27').evidence[0].text.trim().split('\n');
  for (const lie of LIES[product]) assert.ok(tried.some((line) => line.startsWith(`${lie}, `)), lie);
  for (const line of tried) assert.match(line, /→ (personne n’est connecté|connecté) \(/, 'each misbehaviour was met');
  assert.match(await readFile(html, 'utf8'), /<html lang="fr">[^]*Recette interne FranceConnect/);
  const { passed, attest, skipped } = report.counts;
  const counted = `${passed} passed, ${attest} to attest, ${skipped} not judged, in ${seconds.toFixed(1)} s`;
  console.log(`${product}, ${platform}: ${counted}`);
}
