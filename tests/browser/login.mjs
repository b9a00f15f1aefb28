// What a citizen lives through in a real browser: the button, FranceConnect (emulated), the protected page,
// the profile, the logout; with scripts, without, and when they give up halfway.
//
//   node tests/browser/login.mjs http://localhost:8787 native

import assert from 'node:assert/strict';
import {
  FRANCECONNECT,
  atProvider,
  base,
  button,
  heading,
  live,
  logout,
  narrow,
  picture,
  throughProvider,
} from './visitor.mjs';

const PROTECTED = `${base}/prive/`;
const account = (page) => page.locator('header [data-compte]');

/** From a page with the button to the choice of an identity provider. */
async function toProvider(page) {
  await button(page).click();
  await atProvider(page, FRANCECONNECT);
}

/** Through the provider's pages to the protected page. */
async function login(page, seen) {
  await throughProvider(page, FRANCECONNECT, seen);
  await page.waitForURL(PROTECTED);
  await heading(page, 'Mon espace');
}

/** The profile: the identity. */
async function profile(page) {
  await heading(page, 'Votre profil');
  for (const text of ['DUBOIS', 'Angela Claire Louise', 'Nom de naissance', '24 août 1962']) {
    await page.getByText(text, { exact: true }).first().waitFor();
  }
}

async function protectedPageAsks(page) {
  await page.goto(PROTECTED);
  await atProvider(page, FRANCECONNECT);
}

async function withScripts(page) {
  await page.goto(`${base}/`);
  await page.locator('header').getByRole('link', { name: 'Se connecter' }).waitFor();
  await picture(page, 'public-page');
  await toProvider(page);
  await login(page, (name) => picture(page, name));

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
  await login(page);
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
  await login(page);
}

async function darkAndNarrow(page) {
  await page.goto(`${base}/`);
  await button(page).waitFor();
  await narrow(page);
  await picture(page, 'dark-and-narrow');
  await page.goto(`${base}/nulle-part`);
  await heading(page, 'Page introuvable');
}

await live('login', [
  ['a login and a logout', {}, withScripts],
  ['the same without scripts', { javaScriptEnabled: false }, withoutScripts],
  ['a citizen gives up, and tries again', {}, givingUp],
  ['the site at night on a small phone', { colorScheme: 'dark', viewport: { width: 320, height: 640 } }, darkAndNarrow],
]);
