// What a person lives through whose session ends while a page is open: by itself, or because they logged out everywhere
// in another browser. Where they go they log in and come back; what a script asks says so; what they wrote is not lost.
//
//   FC_ORIGIN=http://127.0.0.1:9000 FC_ORIGIN_PATHS=/prive/demande scripts/dev
//   node tests/browser/session_end.mjs http://localhost:8787 native http://127.0.0.1:9000
//
// The application behind the gate, which takes the form, is played here.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import {
  FRANCECONNECT,
  atProvider,
  base,
  heading,
  live,
  logout,
  narrow,
  origin,
  picture,
  throughProvider,
  throughProviderAgain,
} from './visitor.mjs';

const PRIVATE = `${base}/prive/`;
const PROFILE = `${base}/auth/profile`;
const REQUEST = `${base}/prive/demande?objet=cantine&ann%C3%A9e=2026`;
const NEIGHBOUR = 'avec_nom_dusage';

/** What the application was sent, in the order in which it came. */
const received = [];

const application = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  if (request.method === 'POST') received.push(new URLSearchParams(body).get('message'));
  const title = request.method === 'POST' ? 'Demande reçue' : 'Votre demande';
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="fr"><title>${title}</title><h1>${title}</h1><form method="post">
    <label>Message <textarea name="message"></textarea></label><button>Envoyer</button></form></html>`);
}).listen(new URL(origin).port, new URL(origin).hostname);
await once(application, 'listening');

async function login(page, address, account) {
  await page.goto(address);
  await atProvider(page, FRANCECONNECT);
  await throughProvider(page, FRANCECONNECT, undefined, account);
  await page.waitForURL(address);
}

/** The browser drops the cookie when the time has come that it was told; here that is in a second. */
async function byItself(page) {
  const context = page.context();
  const session = async () => (await context.cookies(base)).find(({ name }) => name === 'fc_session');
  const cookie = await session();
  assert.ok(Math.abs(cookie.expires - Date.now() / 1000 - 1800) < 60, `without activity it ends at ${cookie.expires}`);
  await context.addCookies([{ ...cookie, expires: Date.now() / 1000 + 1 }]);
  for (let tries = 0; await session(); tries += 1) {
    assert.ok(tries < 30, 'the browser still has the cookie');
    await after(100);
  }
}

/** The cookie is still there; what it opened is not. */
async function elsewhere(page, another) {
  const other = await another();
  await login(other, PRIVATE);
  await other.goto(PROFILE);
  await logoutEverywhere(other);
}

async function logoutEverywhere(page) {
  await logout(page, true);
  // What begins in the same second ends with it.
  await after(1_000);
}

/** What a script of the page gets. */
async function scriptIsTold(page) {
  const told = await page.evaluate(async () => {
    const answer = await fetch('/prive/demande?a=b', { headers: { accept: 'application/json' } });
    return [answer.status, answer.headers.get('content-type'), answer.redirected, await answer.json()];
  });
  const login = '/auth/login?return_to=%2Fprive%2Fdemande%3Fa%3Db';
  assert.deepEqual(told, [401, 'application/json', false, { error: 'login_required', login }]);
  const session = await page.evaluate(async () => (await fetch('/auth/session')).status);
  assert.equal(session, 401);
}

async function nothingIsLost(page, another, end) {
  const message = `Allergie à l’arachide & au lait <${end.name}>`;
  received.length = 0;
  await login(page, REQUEST);
  await heading(page, 'Votre demande');
  await page.getByLabel('Message').fill(message);
  await end(page, another);
  await scriptIsTold(page);

  await page.getByRole('button', { name: 'Envoyer' }).click();
  await heading(page, 'Votre formulaire n’a pas été transmis');
  assert.equal(page.url(), REQUEST);
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
  assert.match(await page.title(), /^Votre formulaire n’a pas été transmis/, 'the page says what happened (RGAA 8.5)');
  await page.getByText('rien n’est perdu si vous gardez cette page ouverte').waitFor();
  await narrow(page);
  await picture(page, `not-passed-on-${end.name}`);
  assert.deepEqual(received, [], 'the application heard nothing');

  const link = page.getByRole('link', { name: 'Se connecter dans un autre onglet' });
  const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await throughProviderAgain(tab, FRANCECONNECT);
  await tab.waitForURL(PROFILE);
  await heading(tab, 'Votre profil');
  await page.reload();
  await heading(page, 'Demande reçue');
  assert.deepEqual(received, [message], 'sent again, once and whole');
}

async function andBackToTheSamePage(page, another, end) {
  await login(page, PRIVATE);
  await heading(page, 'Mon espace');
  await end(page, another);
  await page.goto(`${base}/`);
  await page.locator('header').getByRole('link', { name: 'Se connecter' }).waitFor();
  await page.goto(REQUEST);
  await throughProviderAgain(page, FRANCECONNECT);
  await page.waitForURL(REQUEST);
  await heading(page, 'Votre demande');
}

async function everywhere(here, another) {
  const [there, neighbour] = [await another(), await another()];
  await login(here, PRIVATE);
  await login(there, PRIVATE);
  await login(neighbour, PRIVATE, NEIGHBOUR);
  await here.goto(PROFILE);
  await heading(there, 'Mon espace');
  await picture(here, 'both-ways-out');
  await logoutEverywhere(here);
  await picture(here, 'logged-out-everywhere');

  // A link of the page that was open all the while.
  await there.locator('main').getByRole('link', { name: 'Mon compte' }).click();
  await heading(there, 'Connexion nécessaire');
  await picture(there, 'logged-out-from-elsewhere');
  await there.goto(PRIVATE);
  await throughProviderAgain(there, FRANCECONNECT);
  await there.waitForURL(PRIVATE);
  await here.goto(PRIVATE);
  await atProvider(here, FRANCECONNECT);

  await neighbour.goto(PROFILE);
  await heading(neighbour, 'Votre profil');
  await neighbour.goto(PRIVATE);
  await heading(neighbour, 'Mon espace');
}

const phone = { colorScheme: 'dark', viewport: { width: 320, height: 640 } };
const stories = Object.entries({ 'by itself': byItself, elsewhere }).flatMap(([how, end]) => [
  [`a form is sent after the session has ended ${how}`, phone, (page, another) => nothingIsLost(page, another, end)],
  [`a page is asked for after it has ended ${how}`, {}, (page, another) => andBackToTheSamePage(page, another, end)],
]);
await live('session-end', [...stories, ['a logout everywhere, seen from three browsers', {}, everywhere]]);
application.close();
application.closeAllConnections();
