// What the points need of a page, as data: see page/mod.rs for the shape. It changes nothing in the page.
(() => {
  const [PIECES, TEXT] = [3000, 600];
  const clean = (text, most = TEXT) => (text ?? '').replace(/\s+/gu, ' ').trim().slice(0, most);
  const shown = (element) =>
    element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && element.getClientRects().length > 0;

  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // The colour behind an element; null where a picture or something half transparent makes it unsure.
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== 'none') return null;
      const [r, g, b, alpha = 1] = channels(style.backgroundColor);
      if (alpha === 1) return [r, g, b];
      if (alpha > 0) return null;
    }
    const dark = getComputedStyle(document.documentElement).colorScheme.includes('dark');
    return dark && matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const contrast = (element) => {
    const [r, g, b, alpha = 1] = channels(getComputedStyle(element).color);
    const back = behind(element);
    if (!back || alpha < 1) return null;
    const [light, dark] = [luminance([r, g, b]), luminance(back)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const large = (element) => {
    const { fontSize, fontWeight } = getComputedStyle(element);
    return parseFloat(fontSize) >= (fontWeight >= 700 ? 18.5 : 24);
  };

  const style = (element) => {
    const { color, backgroundColor, fontFamily, fontSize, filter, opacity, transform, zoom } = getComputedStyle(element);
    const scale = parseFloat(zoom) || 1;
    return {
      color, background: backgroundColor, font: fontFamily, size: parseFloat(fontSize) * scale, filter,
      opacity: parseFloat(opacity), transform, zoom: scale, contrast: contrast(element),
    };
  };
  // A way to the element that document.querySelector follows.
  const path = (element) => {
    const steps = [];
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const place = [...(at.parentElement?.children ?? [])].indexOf(at) + 1;
      steps.unshift(`${CSS.escape(at.localName)}:nth-child(${place})`);
    }
    return `html > ${steps.join(' > ')}`;
  };
  const named = (ids) => clean((ids ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' '));
  const textOf = (element) => {
    const parts = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) parts.push(node.data);
      else if (node.localName === 'img' || node.getAttribute?.('role') === 'img') parts.push(` ${node.getAttribute('alt') ?? node.getAttribute('aria-label') ?? ''} `);
      else if (node.nodeType === Node.ELEMENT_NODE && node.getAttribute('aria-hidden') !== 'true') {
        if (!['script', 'style'].includes(node.localName)) node.childNodes.forEach(walk);
        if (getComputedStyle(node).display !== 'inline') parts.push(' ');
      }
    };
    walk(element);
    return clean(parts.join(''));
  };
  const name = (element) =>
    named(element.getAttribute('aria-labelledby')) || clean(element.getAttribute('aria-label')) ||
    (element.localName === 'input' ? clean(element.value || element.alt) : textOf(element)) || clean(element.title);
  const place = (element) =>
    element.closest('header, [role=banner]') ? 'header' : element.closest('footer, [role=contentinfo]') ? 'footer' :
    element.closest('nav, [role=navigation]') ? 'nav' : 'main';

  const picture = (element) => {
    const inside = element.matches('img') ? element : element.querySelector('img, svg, object');
    const drawn = getComputedStyle(element).backgroundImage.match(/url\("([^"]*)"\)/)?.[1];
    return clean(inside ? inside.currentSrc || inside.getAttribute('src') || inside.getAttribute('data') || inside.localName : drawn ?? element.src);
  };
  // Whether the eye sees where the focus is: something of the look changes.
  const marked = (element) => {
    const before = document.activeElement;
    const look = () => {
      const s = getComputedStyle(element);
      return [s.outlineStyle === 'none' ? '' : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join();
    };
    const rest = look();
    element.focus({ focusVisible: true, preventScroll: true });
    const focused = look();
    element.blur();
    before?.focus?.({ preventScroll: true });
    return rest !== focused;
  };
  const formOf = (element) => (element.form ? path(element.form) : '');
  const control = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const form = element.form ?? element.closest('form');
    const groups = [];
    for (let at = element.parentElement; at && groups.length < 12; at = at.parentElement) groups.push(...at.classList);
    return {
      is: 'control', element: element.localName, path: path(element), name: name(element), text: textOf(element),
      classes: [...element.classList], groups: groups.map((group) => clean(group, 80)).slice(0, 40),
      parts: [...element.querySelectorAll('*')].slice(0, 20).map((part) => ({
        element: part.localName, classes: [...part.classList], text: textOf(part), font: getComputedStyle(part).fontFamily,
      })),
      place: place(element), href: element.href ? clean(String(element.href), 2000) : null,
      form: element.type === 'submit' || element.type === 'image' ? formOf(element) : '',
      target: element.target || element.getAttribute('formtarget') || (element.type === 'submit' && form?.target) || '',
      rel: element.rel ?? '', title: clean(element.title), opens: /window\s*\.\s*open|[^.\w]open\s*\(/.test(element.getAttribute('onclick') ?? ''),
      disabled: element.disabled === true || element.getAttribute('aria-disabled') === 'true', picture: picture(element),
      frame: { x: x + scrollX, y: y + scrollY, width, height }, clipped: element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible',
      style: style(element), tab: element.tabIndex, marked: false,
    };
  };
  const field = (element) => ({
    is: 'field', kind: element.type ?? element.localName, name: clean(element.name || element.id),
    label: clean([...(element.labels ?? [])].map(textOf).join(' ')) || named(element.getAttribute('aria-labelledby')) ||
      clean(element.getAttribute('aria-label')) || clean(element.title),
    value: clean(element.localName === 'select' ? element.selectedOptions[0]?.textContent : element.value),
    hint: named(element.getAttribute('aria-describedby')), locked: element.readOnly === true || element.matches(':disabled'),
    path: path(element), form: formOf(element), tab: element.tabIndex,
  });

  const flow = [];
  let block = null;
  const blockOf = (node) => {
    let at = node.parentElement;
    while (at && ['inline', 'contents'].includes(getComputedStyle(at).display)) at = at.parentElement;
    return at;
  };
  const walk = (node) => {
    if (flow.length >= PIECES) return;
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.data.trim()) {
        if (block && flow.at(-1)?.is === 'text') flow.at(-1).text += ' ';
        return;
      }
      const own = blockOf(node);
      if (block === own && flow.at(-1)?.is === 'text') flow.at(-1).text += node.data;
      else {
        const heading = own?.closest('h1, h2, h3, h4, h5, h6');
        flow.push({
          is: 'text', text: node.data, heading: heading ? Number(heading.localName[1]) : null, place: place(node.parentElement),
          cell: own?.closest('dt, th, label, legend') ? 'label' : '', contrast: contrast(node.parentElement), large: large(node.parentElement),
        });
      }
      block = own;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || ['script', 'style', 'noscript', 'template'].includes(node.localName)) return;
    if (node.localName === 'iframe' || node.localName === 'frame') {
      flow.push({ is: 'frame', source: clean(node.src, 2000), title: clean(node.title) });
      return;
    }
    const display = getComputedStyle(node).display;
    if (display !== 'contents' && !shown(node)) return;
    const button = node.matches('button, [role=button], input[type=submit], input[type=button], input[type=image], a[href], area[href], [role=link]');
    if (button) flow.push(control(node));
    else if (node.matches('input, select, textarea')) flow.push(field(node));
    else if (node.matches('img, svg, [role=img]')) {
      const title = node.querySelector(':scope > title')?.textContent;
      flow.push({ is: 'picture', source: clean(node.currentSrc || node.getAttribute('src') || node.localName, 2000), name: clean(node.getAttribute('alt') ?? node.getAttribute('aria-label') ?? title), named: node.matches('[alt], [aria-label], [aria-labelledby], [aria-hidden=true], [role=presentation]') || !!title });
    } else for (const child of node.shadowRoot ? [...node.shadowRoot.childNodes] : node.childNodes) walk(child);
  };
  if (document.body) walk(document.body);
  for (const piece of flow) {
    if (piece.is === 'text') piece.text = clean(piece.text, 2000);
    if (piece.is === 'control' && /france ?connect|fr-connect/i.test(`${piece.name} ${piece.classes} ${piece.picture}`)) {
      const element = document.querySelector(piece.path);
      if (element) piece.marked = marked(element);
    }
  }
  return {
    url: location.href.slice(0, 2000), title: clean(document.title), lang: clean(document.documentElement.lang),
    framed: window.top !== window, flow,
  };
})()
