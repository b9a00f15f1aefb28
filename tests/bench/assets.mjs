// Stands in for the static assets binding of Workers, the same for every worker under measure:
// answers the one page, whatever the path. bench.mjs puts the page beside it.

import page from 'page.html';

const headers = { 'content-type': 'text/html; charset=utf-8', etag: '"bench"' };

export default {
  fetch() {
    return new Response(page, { headers });
  },
};
