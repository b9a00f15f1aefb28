// What a citizen lives through whom a page asks for more than FranceConnect gave: FranceConnect+ (emulated), giving up
// there and trying again, the page, the profile, one logout of both; in several tabs; on a small phone, without scripts.
//
//   node tests/browser/step_up.mjs http://localhost:8787 native

import assert from 'node:assert/strict';
import {
  FRANCECONNECT,
  FRANCECONNECT_PLUS,
  atProvider,
  base,
  button,
  heading,
  live,
  logout,
  narrow,
  picture,
  throughProvider,
  throughProviderAgain,
} from './visitor.mjs';

const PRIVATE = `${base}/prive/`;
const HEALTH = `${base}/prive/sante`;
const PROFILE = `${base}/auth/profile`;
const HEALTH_TITLE = 'Dossier santé de votre enfant';

async function login(page) {
  await page.goto(PRIVATE);
  await atProvider(page, FRANCECONNECT);
  await throughProvider(page, FRANCECONNECT);
  await page.waitForURL(PRIVATE);
}

async function stepUp(page, seen) {
  await atProvider(page, FRANCECONNECT_PLUS);
  await throughProvider(page, FRANCECONNECT_PLUS, seen);
  await page.waitForURL(HEALTH);
  await heading(page, HEALTH_TITLE);
}

/** The profile says that `product` told who this is, and what the login was worth. */
async function profileOf(page, product, level) {
  await page.goto(PROFILE);
  await heading(page, 'Votre profil');
  await page.getByText(`Ces données viennent de ${product} et ne se modifient pas ici.`, { exact: true }).waitFor();
  await page.getByText(level, { exact: true }).waitFor();
  await page.getByText('24 août 1962', { exact: true }).first().waitFor();
}

/** What the site's scripts are told. */
async function session(page) {
  const answer = await page.context().request.get(`${base}/auth/session`);
  return answer.ok() ? answer.json() : { status: answer.status() };
}

async function fromOneToTheOther(page) {
  await login(page);
  const first = await session(page);
  assert.equal(first.acr, 'eidas1');
  assert.match(first.iss, /^http:\/\/127\.0\.0\.1:\d+\/api\/v2$/);

  // By the button that the private page has for it.
  await page.getByText('vous devrez vous identifier avec FranceConnect+').waitFor();
  const about = page.getByRole('link', { name: 'Qu’est-ce que FranceConnect+ ?' });
  assert.equal(await about.getAttribute('href'), 'https://franceconnect.gouv.fr/france-connect-plus');
  await picture(page, 'private-page');
  await button(page).click();
  await atProvider(page, FRANCECONNECT_PLUS);
  await picture(page, 'provider-choice');
  await page.getByRole('link', { name: /^Revenir sur/ }).click();
  await heading(page, 'Vous restez connecté');
  await picture(page, 'given-up');
  assert.equal((await session(page)).acr, 'eidas1', 'the session that was there is still there');
  await profileOf(page, 'FranceConnect', 'faible (eidas1)');

  // By the address, as from a bookmark; and from the page that tells of giving up.
  await page.goto(HEALTH);
  await atProvider(page, FRANCECONNECT_PLUS);
  await page.getByRole('link', { name: /^Revenir sur/ }).click();
  await heading(page, 'Vous restez connecté');
  await button(page).click();
  await stepUp(page, (name) => picture(page, `plus-${name}`));
  await page.locator('header').getByRole('link', { name: 'Angela DUBOIS' }).waitFor();
  await picture(page, 'health-page');

  const second = await session(page);
  assert.equal(second.acr, 'eidas2');
  assert.equal(second.iss, first.iss.replace('/api/v2', '/plus/api/v2'));
  assert.ok(second.amr.includes('mfa'), `how they logged in: ${second.amr}`);
  await profileOf(page, 'FranceConnect+', 'substantiel (eidas2)');
  await page.getByRole('heading', { name: 'Selon le répertoire national des personnes' }).waitFor();
  await picture(page, 'profile');

  // What is enough for more is enough for less, and the page has no button for what was done already.
  await page.goto(PRIVATE);
  await page.getByText('Vous êtes connecté avec FranceConnect+').waitFor();
  assert.ok(await button(page).isHidden(), 'nobody is asked to step up twice');
  await picture(page, 'private-page-after');

  await page.goto(PROFILE);
  const ended = [];
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin !== base && pathname.endsWith('/session/end')) ended.push(pathname);
  });
  await logout(page);
  await picture(page, 'logged-out');
  assert.deepEqual(ended.sort(), ['/api/v2/session/end', '/plus/api/v2/session/end'], 'both products, by one click');
  assert.equal((await session(page)).status, 401);
  // Whom FranceConnect remembered would be shown what is transmitted, and asked nothing.
  await page.goto(PRIVATE);
  await atProvider(page, FRANCECONNECT);
  await page.goto(HEALTH);
  await atProvider(page, FRANCECONNECT_PLUS);
}

async function inSeveralTabs(page) {
  await login(page);
  const other = await page.context().newPage();
  await other.goto(PRIVATE);
  await heading(other, 'Mon espace');
  const third = await page.context().newPage();

  // Two step-ups under way, and a tab that is used meanwhile.
  await page.goto(HEALTH);
  await atProvider(page, FRANCECONNECT_PLUS);
  await third.goto(HEALTH);
  await atProvider(third, FRANCECONNECT_PLUS);
  await profileOf(other, 'FranceConnect', 'faible (eidas1)');
  await stepUp(page);
  await profileOf(other, 'FranceConnect+', 'substantiel (eidas2)');
  await other.goto(HEALTH);
  await heading(other, HEALTH_TITLE);

  // The one that came later ends as well, in the same session.
  await third.reload();
  await throughProviderAgain(third, FRANCECONNECT_PLUS);
  await third.waitForURL(HEALTH);
  await heading(third, HEALTH_TITLE);
  await profileOf(page, 'FranceConnect+', 'substantiel (eidas2)');
}

/** The page is not too wide, and a datum is read in one glance and not letter by letter (RGAA 10.11). */
async function fits(page) {
  await narrow(page);
  const widths = await page.locator('dd').evaluateAll((all) => all.map((datum) => datum.clientWidth));
  assert.ok(widths.every((width) => width > 150), `${page.url()} has room for ${widths} pixels`);
}

async function onASmallPhone(page) {
  await login(page);
  await page.getByText('vous devrez vous identifier avec FranceConnect+').waitFor();
  await fits(page);
  const [section, official] = await Promise.all([page.locator('section'), button(page)].map((one) => one.boundingBox()));
  const room = section.x + section.width - official.x - official.width;
  assert.ok(room > 0, `the button, which may not be resized, is ${-room} pixels too wide`);
  await picture(page, 'private-page-dark-and-narrow');
  await button(page).click();
  await stepUp(page);
  await fits(page);
  await picture(page, 'health-page-dark-and-narrow');
  await profileOf(page, 'FranceConnect+', 'substantiel (eidas2)');
  await fits(page);
  await picture(page, 'profile-dark-and-narrow');
  await logout(page);
}

const phone = { colorScheme: 'dark', viewport: { width: 320, height: 640 }, javaScriptEnabled: false };
await live('step-up', [
  ['a page asks for more than FranceConnect gave', {}, fromOneToTheOther],
  ['a step-up beside other tabs', {}, inSeveralTabs],
  ['a step-up without scripts, at night on a small phone', phone, onASmallPhone],
]);
