// The peer to compare with: @hono/oidc-auth in front of static assets, written as its README shows.
// Given a session it verifies the signature of a readable JWT; ours opens a sealed cookie.

import { Hono } from 'hono';
import { getAuth, oidcAuthMiddleware } from '@hono/oidc-auth';

const app = new Hono();
app.use('*', oidcAuthMiddleware());
app.get('*', async (context) => {
  const person = await getAuth(context);
  if (!person?.sub) return context.text('Unauthorized', 401);
  const page = await context.env.ASSETS.fetch(context.req.raw);
  return new Response(page.body, page);
});

export default app;
