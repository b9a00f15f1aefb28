// Stands in for a KV namespace with nothing in it: reads find nothing, writes are swallowed.

export default {
  fetch(request) {
    return new Response(null, { status: request.method === 'GET' ? 404 : 204 });
  },
};
