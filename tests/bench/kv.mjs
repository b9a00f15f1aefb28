// Stands in for a KV namespace with nothing in it: reads find nothing, writes are taken and forgotten.

export default {
  async fetch(request) {
    // Read to its end, or the writer sees a connection cut.
    await request.arrayBuffer();
    return new Response(null, { status: request.method === 'GET' ? 404 : 204 });
  },
};
