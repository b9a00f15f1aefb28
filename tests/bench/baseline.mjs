// The measure of a gate: a worker that asks nobody anything and hands the static page on,
// with headers of its own, as every gate does. What a gate costs is what it takes beyond this.

export default {
  async fetch(request, env) {
    const page = await env.ASSETS.fetch(request);
    const answer = new Response(page.body, page);
    answer.headers.set('cache-control', 'private, no-cache');
    return answer;
  },
};
