// Stands in for a KV namespace with nothing in it: reads find nothing, lists are empty, writes are taken and forgotten.

export default {
  async fetch(request) {
    // Read to its end, or the writer sees a connection cut.
    await request.arrayBuffer();
    if (request.method !== 'GET') return new Response(null, { status: 204 });
    // A list is asked for without a name.
    if (new URL(request.url).pathname === '/') return Response.json({ keys: [], list_complete: true });
    return new Response(null, { status: 404 });
  },
};
