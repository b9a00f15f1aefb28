// What a person lives through at the emulated FranceConnect with a keyboard alone and no JavaScript, in French and in
// English: every page is read by the browser's accessibility tree and measured, on a phone's width too.
//
//   node tests/browser/emulator.mjs http://localhost:8787 native

import assert from 'node:assert/strict';
import { FRANCECONNECT, base, live, picture } from './visitor.mjs';

const PROTECTED = `${base}/prive/`;
const WORDS = {
  fr: {
    choice: /^Choisissez un compte/,
    login: /^Démonstration eIDAS faible$/,
    idp: FRANCECONNECT.idp,
    enter: 'Valider',
    own: 'Saisir une identité',
    send: 'Se connecter avec cette identité',
    goOn: /^Continuer sur/,
    wrong: /^Erreur : /,
    error: 'Une erreur s’est produite',
    back: /^Revenir sur/,
    name: 'Nom de naissance',
    other: 'English',
  },
  en: {
    choice: /^Choose an account/,
    login: /^Demonstration, eIDAS low$/,
    idp: 'Demonstration, eIDAS low',
    enter: 'Log in',
    own: 'Enter an identity',
    send: 'Log in with this identity',
    goOn: /^Continue to/,
    wrong: /^Error: /,
    error: 'An error occurred',
    back: /^Back to/,
    name: 'Birth name',
    other: 'Français',
  },
};

/** What is wrong with the page as it stands: structure, names, contrast, width. Runs in the page. */
function faults() {
  const all = [...document.querySelectorAll('body *')];
  const found = [];
  const ids = all.map((element) => element.id).filter(Boolean);
  if (new Set(ids).size !== ids.length) found.push('an id occurs twice');
  if (document.querySelector('script')) found.push('a script');
  if (document.querySelectorAll('h1').length !== 1 || document.querySelectorAll('main').length !== 1) {
    found.push('one h1 and one main');
  }
  const levels = [...document.querySelectorAll('h1, h2, h3')].map((heading) => Number(heading.tagName[1]));
  if (!document.querySelector('[role=alert] h2') && levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) {
    found.push(`headings ${levels}`);
  }
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby], a[href^="#"], label[for]')) {
    const named = ['aria-describedby', 'aria-labelledby', 'for', 'href'].map((name) => element.getAttribute(name));
    for (const id of named.filter(Boolean).flatMap((value) => value.split(' '))) {
      if (!/^(\/|https?:)/.test(id) && !document.getElementById(id.replace('#', ''))) found.push(`no ${id}`);
    }
  }
  const rgba = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of all) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const box = element.getBoundingClientRect();
    if ((!own && element.tagName !== 'INPUT') || box.width <= 1 || box.right <= 0) continue;
    const [one, two] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 80)}`);
  }
  const wider = document.documentElement.scrollWidth - innerWidth;
  if (wider > 0) found.push(`${wider} pixels too wide`);
  return found;
}

/** The page is in `lang`, has nothing of what `faults` finds, and everything to be used has a name. */
async function sound(page, lang, name) {
  await picture(page, name);
  assert.equal(await page.locator('html').getAttribute('lang'), lang, name);
  assert.match(await page.title(), / - FranceConnect$/, name);
  assert.equal(await page.getByText('Émulateur', { exact: true }).count(), 1, `${name}: whose page this is`);
  assert.deepEqual(await page.evaluate(faults), [], name);
  const tools = await page.context().newCDPSession(page);
  const { nodes } = await tools.send('Accessibility.getFullAXTree');
  await tools.detach();
  const used = ['link', 'button', 'textbox', 'checkbox', 'radio', 'heading', 'navigation', 'table', 'RootWebArea'];
  const nameless = nodes.filter(({ ignored, role, name }) => !ignored && used.includes(role?.value) && !name?.value);
  assert.deepEqual(nameless.map(({ role }) => role.value), [], `${name}: what a screen reader cannot name`);
  const other = page.getByRole('navigation').getByRole('link', { name: WORDS[lang].other, exact: true });
  assert.equal(await other.getAttribute('lang'), lang === 'fr' ? 'en' : 'fr', name);
}

/** Goes on with the Tab key until `wanted` has the focus, which must be seen. */
async function tabTo(page, wanted) {
  await wanted.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (!(await wanted.evaluate((element) => element === document.activeElement))) continue;
    const outline = await wanted.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
    });
    assert.ok(outline >= 2, 'where the focus is can be seen');
    return;
  }
  assert.fail(`the Tab key does not reach ${wanted} at ${page.url()}`);
}

async function press(page, wanted) {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

/** Tab selects what is in a field, and typing replaces it. */
async function type(page, field, text) {
  await tabTo(page, field);
  await page.keyboard.type(text);
}

const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const named = (page, role, name) => page.getByRole(role, { name, exact: typeof name === 'string' });

/** From the site to the identity provider's login page. */
async function toLogin(page, lang) {
  const words = WORDS[lang];
  await page.goto(PROTECTED);
  await title(page, words.choice);
  await sound(page, lang, `${lang}-choice`);
  await press(page, named(page, 'button', words.idp));
  await title(page, words.login);
  await sound(page, lang, `${lang}-login`);
}

/** From the information page back to the site, which knows the person by `name`. */
async function agree(page, lang, name) {
  await named(page, 'button', WORDS[lang].goOn).waitFor();
  await sound(page, lang, `${lang}-information`);
  await press(page, named(page, 'button', WORDS[lang].goOn));
  await page.waitForURL(PROTECTED);
  await page.goto(`${base}/auth/profile`);
  await page.getByText(name, { exact: true }).first().waitFor();
}

const asAnAccount = (lang) => async (page) => {
  const words = WORDS[lang];
  await toLogin(page, lang);
  await type(page, page.locator('input[name=password]'), 'faux');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.match(await page.title(), words.wrong);
  await sound(page, lang, `${lang}-login-refused`);
  await type(page, page.locator('input[name=login]'), 'nom_composé');
  await press(page, named(page, 'button', words.enter));
  await agree(page, lang, 'LE GOFF-DUPONT');
};

const asSomebodyElse = (lang) => async (page) => {
  const words = WORDS[lang];
  await toLogin(page, lang);
  await press(page, named(page, 'link', words.own));
  await title(page, words.own);
  await sound(page, lang, `${lang}-identity`);
  const field = (name) => page.locator(`#${name}`);
  await tabTo(page, page.getByRole('radio').first());
  await page.keyboard.press('ArrowDown');
  await type(page, page.getByLabel(words.name, { exact: true }), 'Dupond');
  await type(page, field('birthdate'), '1990-02-30');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.match(await page.title(), words.wrong);
  await sound(page, lang, `${lang}-identity-refused`);
  // The focus is where the first fault is, and the summary leads to each.
  assert.ok(await field('family_name').evaluate((element) => element === document.activeElement));
  assert.equal(await field('birthdate').inputValue(), '1990-02-30', 'nothing is lost');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('DUPOND');
  await page.getByRole('alert').getByRole('link').last().focus();
  await page.keyboard.press('Enter');
  assert.ok(await field('birthdate').evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1990-02-28');
  await press(page, named(page, 'button', words.send));
  await agree(page, lang, 'DUPOND');
};

/** The other language is chosen and stays, to the page of an error and back to the site. */
async function changingLanguage(page) {
  await page.goto(PROTECTED);
  await title(page, WORDS.fr.choice);
  await press(page, named(page, 'link', WORDS.fr.other));
  await title(page, WORDS.en.choice);
  await toLogin(page, 'en');
  await type(page, page.locator('input[name=login]'), 'E010008');
  await press(page, named(page, 'button', WORDS.en.enter));
  await title(page, WORDS.en.error);
  await page.getByText('Error Y010008', { exact: true }).waitFor();
  await sound(page, 'en', 'en-error');
  await press(page, named(page, 'link', WORDS.en.other));
  await title(page, WORDS.fr.error);
  await page.getByText('Erreur Y010008', { exact: true }).waitFor();
  await sound(page, 'fr', 'fr-error');
  await press(page, named(page, 'link', WORDS.fr.back));
  await page.waitForURL(`${base}/**`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** The inspector shows the login that was refused and the one that went through; the panel takes a fault and gives it up. */
async function inspecting(page) {
  const words = WORDS.fr;
  await page.goto(PROTECTED);
  await title(page, words.choice);
  const refused = new URL('/api/v2/authorize?client_id=x&code_challenge=y', page.url());
  await page.goto(refused.href);
  await title(page, words.error);
  await press(page, named(page, 'link', 'Inspecteur et fautes'));
  await title(page, 'Tableau de bord');
  await sound(page, 'fr', 'fr-panel');
  await press(page, page.getByRole('row').nth(1).getByRole('link'));
  await title(page, /^Connexion n° \d+$/);
  await page.getByText('PKCE n’est pas admis').first().waitFor();
  await sound(page, 'fr', 'fr-inspector');
  await press(page, named(page, 'link', words.other));
  await title(page, /^Login no\. \d+$/);
  await sound(page, 'en', 'en-inspector');
  await press(page, named(page, 'link', 'Panel'));
  await title(page, 'Panel');
  await page.getByLabel('Fault', { exact: true }).selectOption('token.status_500');
  await press(page, named(page, 'button', 'Apply'));
  await page.getByText('token.status_500', { exact: true }).waitFor();
  await sound(page, 'en', 'en-panel');
  await press(page, named(page, 'button', 'Be honest with everybody again'));
  await page.getByText('honest', { exact: true }).waitFor();
}

const plain = { javaScriptEnabled: false };
const phone = { ...plain, viewport: { width: 320, height: 640 } };
await live('emulator', [
  ['a test account, by keyboard', plain, asAnAccount('fr')],
  ['a test account, by keyboard, in English on a small phone', { ...phone, locale: 'en-GB' }, asAnAccount('en')],
  ['an identity of one’s own, by keyboard', phone, asSomebodyElse('fr')],
  ['an identity of one’s own, by keyboard, in English', { ...plain, locale: 'en-GB' }, asSomebodyElse('en')],
  ['the other language, and the page of an error', plain, changingLanguage],
  ['the inspector and the panel, on a small phone', phone, inspecting],
]);
