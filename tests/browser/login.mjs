// What a citizen lives through in a real browser: the button, FranceConnect (emulated), the protected page,
// the profile, the logout; with scripts, without, and when they give up halfway.
//
//   node tests/browser/login.mjs http://localhost:8787 native
//
// The site must be the sample with the emulator behind it, as scripts/dev serves it. Screenshots of every page
// go to artefacts/browser/<second argument>/. CHROMIUM names the browser.

import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [base = 'http://localhost:8787', platform = 'native'] = process.argv.slice(2);
const folder = `artefacts/browser/${platform}`;
const PROTECTED = `${base}/prive/`;
let pictures = 0;

/** Runs `story` in a browser that has never been here, watching what a page must not do. */
async function visitor(browser, title, options, story) {
  const context = await browser.newContext({ locale: 'fr-FR', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const wrongs = [];
  page.on('pageerror', (error) => wrongs.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy|mixed content/i.test(message.text())) wrongs.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = protocol === 'data:' || ['localhost', '127.0.0.1'].includes(hostname);
    if (!here) wrongs.push(`asks ${hostname}, a stranger`);
  });
  try {
    await story(page);
    assert.deepEqual(wrongs, [], 'what pages did besides');
    console.log(`ok ${title}`);
  } catch (error) {
    await picture(page, 'failure').catch(() => {});
    error.message = `${title}, at ${page.url()}: ${error.message}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** Keeps what the page looks like. */
async function picture(page, name) {
  pictures += 1;
  const number = String(pictures).padStart(2, '0');
  await page.screenshot({ path: `${folder}/${number}-${name}.png`, fullPage: true });
}

const button = (page) => page.getByRole('button', { name: /S[’']identifier avec\s+FranceConnect/ });
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const account = (page) => page.locator('header [data-compte]');

/** From a page with the button to the choice of an identity provider. */
async function toProvider(page) {
  await button(page).click();
  await page.getByRole('button', { name: 'Démonstration eIDAS faible' }).waitFor();
  assert.notEqual(new URL(page.url()).origin, base, 'the provider is another site');
}

/** Through the provider's pages, as the test account. */
async function throughProvider(page, { pictured = false } = {}) {
  const seen = (name) => pictured && picture(page, name);
  await seen('provider-choice');
  await page.getByRole('button', { name: 'Démonstration eIDAS faible' }).click();
  await page.locator('input[name=login]').fill('test');
  await page.locator('input[name=password]').fill('123');
  await seen('provider-login');
  await page.getByRole('button', { name: 'Valider' }).click();
  await page.getByRole('button', { name: /^Continuer sur/ }).waitFor();
  await seen('provider-information');
  await page.getByRole('button', { name: /^Continuer sur/ }).click();
  await page.waitForURL(PROTECTED);
  await heading(page, 'Mon espace');
}

/** The profile: the identity, and the only way out. */
async function profile(page) {
  await heading(page, 'Votre profil');
  for (const text of ['DUBOIS', 'Angela Claire Louise', 'Nom de naissance']) {
    await page.getByText(text, { exact: true }).first().waitFor();
  }
  assert.equal(await page.getByText('Se déconnecter').count(), 1, 'one way to log out');
}

/** Out, both here and there; and out for good. */
async function logout(page) {
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.waitForURL(`${base}/deconnecte`);
  await heading(page, 'Vous êtes déconnecté');
}

async function protectedPageAsks(page) {
  await page.goto(PROTECTED);
  await page.getByRole('button', { name: 'Démonstration eIDAS faible' }).waitFor();
}

async function withScripts(page) {
  await page.goto(`${base}/`);
  await page.locator('header').getByRole('link', { name: 'Se connecter' }).waitFor();
  await picture(page, 'public-page');
  await toProvider(page);
  await throughProvider(page, { pictured: true });

  await page.locator('header').getByRole('link', { name: 'Angela DUBOIS' }).waitFor();
  await picture(page, 'protected-page');
  await page.goto(`${base}/`);
  await page.locator('header').getByRole('link', { name: 'Angela DUBOIS' }).waitFor();
  await account(page).click();
  await profile(page);
  await picture(page, 'profile');
  await logout(page);
  await picture(page, 'logged-out');
  await page.goBack();
  assert.equal(await page.getByText('Angela Claire Louise').count(), 0, 'nothing is left behind the back button');
  await protectedPageAsks(page);
}

async function withoutScripts(page) {
  await page.goto(PROTECTED);
  await throughProvider(page);
  await account(page).click();
  await profile(page);
  await picture(page, 'profile-without-scripts');
  await logout(page);
  await protectedPageAsks(page);
}

async function givingUp(page) {
  await page.goto(`${base}/`);
  await toProvider(page);
  await page.getByRole('link', { name: /^Revenir sur/ }).click();
  await heading(page, 'Vous n’êtes pas connecté');
  await picture(page, 'given-up');
  await toProvider(page);
  await throughProvider(page);
}

async function darkAndNarrow(page) {
  await page.goto(`${base}/`);
  await button(page).waitFor();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, 'nothing has to be scrolled sideways at 320 pixels (RGAA 10.11)');
  await picture(page, 'dark-and-narrow');
  await page.goto(`${base}/nulle-part`);
  await heading(page, 'Page introuvable');
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  await visitor(browser, 'a login and a logout', {}, withScripts);
  await visitor(browser, 'the same without scripts', { javaScriptEnabled: false }, withoutScripts);
  await visitor(browser, 'a citizen gives up, and tries again', {}, givingUp);
  const phone = { colorScheme: 'dark', viewport: { width: 320, height: 640 } };
  await visitor(browser, 'the site at night on a small phone', phone, darkAndNarrow);
  console.log(`${pictures} pictures in ${folder}`);
} catch (error) {
  console.error(`not ok ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
