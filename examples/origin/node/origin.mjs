// An origin behind the gate, in Node.js with the npm library `jose`: it believes the header FC-Assertion, once it has
// verified it, and nothing else that a request says about its visitor.
//
//   npm install jose
//   GATE=https://my-service.fr AUDIENCE=https://app.internal PORT=3000 node origin.mjs
//
// GATE is the PUBLIC_URL of the gate; AUDIENCE its FC_ORIGIN, or its FC_ASSERTION_AUDIENCE.

import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { GATE, AUDIENCE, PORT = '3000' } = process.env;
if (!GATE || !AUDIENCE) throw new Error('GATE and AUDIENCE are not set');

// Fetched when the first assertion comes, kept for five minutes, and fetched again for a key that is not among them.
const keys = createRemoteJWKSet(new URL('/auth/jwks.json', GATE), { cacheMaxAge: 300_000 });

// The claims of a visitor who is logged in; throws for anybody else.
async function citizen(request) {
  const assertion = request.headers['fc-assertion'];
  if (!assertion) throw new Error('there is no assertion');
  const { payload } = await jwtVerify(assertion, keys, {
    algorithms: ['ES256'],
    issuer: GATE,
    audience: AUDIENCE,
    requiredClaims: ['sub', 'iat', 'exp'],
    // FC_ASSERTION_LIFE is an hour at most; this also refuses what was signed in the future.
    maxTokenAge: '1h',
    clockTolerance: 5,
  });
  return payload;
}

// What FC_ASSERTION_CLAIMS told of the name; `sub` is always there.
function greeting({ given_name: given, family_name: family, sub }) {
  return [given, family].filter(Boolean).join(' ') || sub;
}

const server = createServer(async (request, response) => {
  const answer = (status, text) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-store' });
    response.end(`${text}\n`);
  };
  try {
    const claims = await citizen(request);
    answer(200, `Bonjour ${greeting(claims)} (${claims.acr})`);
  } catch (error) {
    // Which rule was broken is for the log, not for whoever broke it.
    console.error(`refused: ${error.code ?? error.message}`);
    answer(401, 'Accès refusé / Access refused');
  }
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`));
