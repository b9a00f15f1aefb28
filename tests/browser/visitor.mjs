// A person in front of a real browser, for the stories beside this file: pages that must behave, pictures of them, and
// the forms of the emulated FranceConnect.
//
// A story is run as `node tests/browser/<story>.mjs http://localhost:8787 native`, against the sample site with the
// emulator behind it, as scripts/dev serves it. CHROMIUM names the browser.

import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [address = 'http://localhost:8787', platform = 'native', behind] = process.argv.slice(2);

/** The address of the site, without a slash at the end. */
export const base = address;

/** That of the application behind it, if there is one. */
export const origin = behind;

let folder;
let pictures = 0;

/**
 * Runs `story` in a browser that has never been here, watching what a page must not do; `another` gives it a page in
 * one more such browser.
 */
async function visitor(browser, title, options, story) {
  const [wrongs, contexts, began] = [[], [], performance.now()];
  const another = async () => {
    const context = await browser.newContext({ locale: 'fr-FR', ...options });
    contexts.push(context);
    context.setDefaultTimeout(15_000);
    context.on('page', (page) => watch(page, wrongs));
    return context.newPage();
  };
  const page = await another();
  try {
    await story(page, another);
    assert.deepEqual(wrongs, [], 'what pages did besides');
    console.log(`ok ${title} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    await picture(page, 'failure').catch(() => {});
    error.message = `${title}, at ${page.url()}: ${error.message}`;
    throw error;
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

function watch(page, wrongs) {
  page.on('pageerror', (error) => wrongs.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy|mixed content/i.test(message.text())) wrongs.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const here = protocol === 'data:' || ['localhost', '127.0.0.1'].includes(hostname);
    if (!here) wrongs.push(`asks ${hostname}, a stranger`);
  });
}

/** Keeps what the page looks like. */
export async function picture(page, name) {
  pictures += 1;
  const number = String(pictures).padStart(2, '0');
  await page.screenshot({ path: `${folder}/${number}-${name}.png`, fullPage: true });
}

/**
 * Lives through `stories`, each a title, options of its browser and what a visitor does; the first that goes wrong ends
 * it. Pictures go to artefacts/browser/<platform>/<name>.
 */
export async function live(name, stories) {
  folder = `artefacts/browser/${platform}/${name}`;
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
    for (const [title, options, story] of stories) await visitor(browser, title, options, story);
    console.log(`${pictures} pictures in ${folder}`);
  } catch (error) {
    console.error(`not ok ${error.message}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

export const button = (page) => page.getByRole('button', { name: /S[’']identifier avec\s+FranceConnect/ });
export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Nothing has to be scrolled sideways (RGAA 10.11). */
export async function narrow(page) {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${page.url()} is ${wider} pixels too wide`);
}

/** What each product is called, and its first identity provider. */
export const FRANCECONNECT = { name: 'FranceConnect', idp: 'Démonstration eIDAS faible' };
export const FRANCECONNECT_PLUS = { name: 'FranceConnect+', idp: 'FIP1-HIGH' };

/** Waits for the choice of an identity provider, which is another site's page. */
export async function atProvider(page, { name, idp }) {
  await page.getByRole('button', { name: idp, exact: true }).waitFor();
  assert.notEqual(new URL(page.url()).origin, base, 'the provider is another site');
  assert.match(await page.title(), new RegExp(`- ${name.replace('+', '\\+')}$`), 'the page says whose it is');
}

/** Through the provider's pages, as one of its test accounts, back to the site. */
export async function throughProvider(page, { idp }, seen = () => {}, account = 'test') {
  await seen('provider-choice');
  await page.getByRole('button', { name: idp, exact: true }).click();
  await page.locator('input[name=login]').fill(account);
  await page.locator('input[name=password]').fill('123');
  await seen('provider-login');
  await page.getByRole('button', { name: 'Valider' }).click();
  await known(page).waitFor();
  await seen('provider-information');
  await known(page).click();
}

const known = (page) => page.getByRole('button', { name: /^Continuer sur/ });

/** The same where the provider may still know who this is, and then only shows what it passes on. */
export async function throughProviderAgain(page, product) {
  const choice = page.getByRole('button', { name: product.idp, exact: true });
  await known(page).or(choice).waitFor();
  assert.notEqual(new URL(page.url()).origin, base, 'the provider is another site');
  if (await choice.isVisible()) await throughProvider(page, product);
  else await known(page).click();
}

/** The way out, of this browser or of all, and of the provider. */
export async function logout(page, everywhere = false) {
  const ways = ['Se déconnecter', 'Se déconnecter partout'].map((name) => page.getByRole('button', { name, exact: true }));
  assert.deepEqual(await Promise.all(ways.map((way) => way.count())), [1, 1], 'one way to log out here, one everywhere');
  await ways[Number(everywhere)].click();
  await page.waitForURL(`${base}/deconnecte`);
  await heading(page, 'Vous êtes déconnecté');
}
