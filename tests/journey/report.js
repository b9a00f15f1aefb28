// What is wrong with the report for somebody who cannot see it, sees little, uses no mouse or has a small screen: a list
// that must be empty.
(async () => {
  const wrong = [];
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const expect = (right, what) => right || wrong.push(what);
  expect(document.documentElement.lang === 'fr' && document.title.startsWith('Recette interne'), 'language or title');
  for (const landmark of ['header', 'main', 'footer', 'h1']) expect(all(landmark).length === 1, `one ${landmark}`);
  let before = 0;
  for (const heading of all('h1, h2, h3, h4')) {
    const level = Number(heading.tagName[1]);
    expect(level <= before + 1 && heading.textContent.trim(), `${heading.outerHTML} after h${before}`);
    before = level;
  }
  const ids = all('[id]').map((element) => element.id);
  expect(new Set(ids).size === ids.length, 'an id twice');
  for (const link of all('a')) {
    const to = link.getAttribute('href');
    expect(to.startsWith('#') ? ids.includes(to.slice(1)) : link.textContent === to, `link to ${to}`);
  }
  for (const element of all('[aria-labelledby]')) {
    expect(ids.includes(element.getAttribute('aria-labelledby')), `name of ${element.id}`);
  }
  for (const table of all('table')) {
    expect(table.caption?.textContent, 'a caption');
    expect(all('th', table).every((cell) => cell.scope), 'the scope of a header');
    expect(all('tbody tr', table).every((row) => row.cells[0].scope === 'row'), 'a header of each row');
  }
  const names = all('summary').map((summary) => summary.textContent.trim());
  expect(names.length && new Set(names).size === names.length, `the name of an evidence twice: ${names}`);
  expect(all('img').length && all('img').every((image) => image.alt && image.complete && image.naturalWidth), 'a picture');
  expect(all('script, link, iframe, [onclick], [tabindex]').length === 0, 'something that is no text');

  // WCAG 2.2, 1.4.3: what text has behind it here is the colour of the page.
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const back = light(getComputedStyle(document.body).backgroundColor);
  for (const element of all('body *').filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))) {
    const front = light(getComputedStyle(element).color);
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    expect(ratio >= 4.5, `contrast ${ratio.toFixed(2)} of ${element.tagName} ${element.textContent.slice(0, 40)}`);
  }

  // WCAG 2.2, 1.4.10: no scrolling sideways at 320 pixels, with every evidence open.
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width: 320px; height: 800px; border: 0';
  frame.srcdoc = document.documentElement.outerHTML.replaceAll('<details>', '<details open>');
  await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
  const width = frame.contentDocument.documentElement.scrollWidth;
  expect(width <= 320, `${width} pixels at 320`);
  frame.remove();
  return wrong;
})()
