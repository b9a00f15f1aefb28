"""An origin behind the gate, in Python with the library PyJWT: it believes the header FC-Assertion, once it has
verified it, and nothing else that a request says about its visitor.

    pip install -r requirements.txt
    GATE=https://my-service.fr AUDIENCE=https://app.internal PORT=3000 python origin.py

GATE is the PUBLIC_URL of the gate; AUDIENCE its FC_ORIGIN, or its FC_ASSERTION_AUDIENCE.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

GATE, AUDIENCE, PORT = os.environ["GATE"], os.environ["AUDIENCE"], int(os.environ.get("PORT", "3000"))

# Fetched when the first assertion comes, kept for five minutes, and fetched again for a key that is not among them.
KEYS = jwt.PyJWKClient(f"{GATE}/auth/jwks.json", lifespan=300, timeout=5)


def citizen(headers):
    """The claims of a visitor who is logged in; raises for anybody else."""
    assertions = headers.get_all("FC-Assertion", [])
    if len(assertions) != 1:
        raise jwt.InvalidTokenError("there is not one assertion")
    return jwt.decode(
        assertions[0],
        KEYS.get_signing_key_from_jwt(assertions[0]).key,
        algorithms=["ES256"],
        issuer=GATE,
        audience=AUDIENCE,
        leeway=5,
        options={"require": ["iss", "aud", "sub", "iat", "exp"]},
    )


def greeting(claims):
    """What FC_ASSERTION_CLAIMS told of the name; `sub` is always there."""
    names = (claims.get("given_name"), claims.get("family_name"))
    return " ".join(filter(None, names)) or claims["sub"]


class Origin(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            claims = citizen(self.headers)
        except jwt.PyJWTError as error:
            # Which rule was broken is for the log, not for whoever broke it.
            print(f"refused: {type(error).__name__}", file=sys.stderr, flush=True)
            self.answer(401, "Accès refusé / Access refused")
        else:
            self.answer(200, f"Bonjour {greeting(claims)} ({claims.get('acr')})")

    def answer(self, status, text):
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("cache-control", "private, no-store")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """No addresses of visitors in the log."""


server = ThreadingHTTPServer(("127.0.0.1", PORT), Origin)
print(f"listening on {PORT}", flush=True)
server.serve_forever()
