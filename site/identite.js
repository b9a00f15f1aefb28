// Shows in the header who is logged in, and in a page through what. Without it the header says "Mon compte", which
// leads to the same page.

const link = document.querySelector('[data-compte]');

/** Who is logged in, as the gate says; null for nobody, and for no answer. */
async function identity() {
  try {
    const answer = await fetch('/auth/session', { headers: { accept: 'application/json' } });
    return answer.ok ? await answer.json() : { authenticated: false };
  } catch {
    return null;
  }
}

const who = link && (await identity());
if (who?.authenticated) {
  // As text, never as markup: a name is data from elsewhere.
  link.textContent = who.name ?? 'Mon compte';
  link.href = who.profile;
  link.title = `${link.textContent} - mon compte`;
  // The level says the product: eidas1 is FranceConnect's, eidas2 and eidas3 are FranceConnect+'s.
  const plus = who.acr > 'eidas1';
  for (const place of document.querySelectorAll('[data-produit]')) {
    place.textContent = plus ? 'FranceConnect+' : 'FranceConnect';
  }
  for (const part of document.querySelectorAll('[data-jusqu-a-plus]')) part.hidden = plus;
} else if (who) {
  // To the page's own section rather than straight away: only the official button may start a login.
  link.textContent = 'Se connecter';
  link.href = '/#connexion';
}

// A page that comes back from the browser's memory may show somebody who has logged out since.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
