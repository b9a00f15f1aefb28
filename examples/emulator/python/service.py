"""A service that logs citizens in with FranceConnect and FranceConnect+, by Flask, Authlib and joserfc.

    pip install --requirement requirements.txt
    python service.py
"""

import secrets
import time

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, jsonify, redirect, session
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet
from urllib.parse import urlencode

SITE = "http://localhost:8000"
EMULATOR = "http://127.0.0.1:8788"
SECRET = "un-secret-d-exemple-de-32-caracteres"

# FranceConnect+ encrypts to this key; a real service keeps it, and publishes the next one beside it for a while.
KEY = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES", "kid": "chiffrement-1"})
# Its header has `iss` and `aud` as well, which joserfc would refuse.
ENVELOPE = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"], strict_check_header=False)


def opened(token):
    """The signed token: FranceConnect+ puts it into an encrypted one."""
    encrypted = token.count(".") == 4
    return jwe.decrypt_compact(token, KEY, registry=ENVELOPE).plaintext.decode() if encrypted else token


class FranceConnect(FlaskOAuth2App):
    def parse_id_token(self, token, *args, **options):
        return super().parse_id_token({**token, "id_token": opened(token["id_token"])}, *args, **options)

    def identity(self, token):
        """The userinfo, which is a signed token and no JSON."""
        metadata = self.load_server_metadata()
        answer = self.get(metadata["userinfo_endpoint"], token=token)
        answer.raise_for_status()
        keys = KeySet.import_key_set(self.fetch_jwk_set())
        claims = jwt.decode(opened(answer.text), keys, algorithms=["ES256"]).claims
        rules = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=10,
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True, "value": token["userinfo"]["sub"]},
            exp={"essential": True},
        )
        rules.validate(claims)
        return claims


app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config["SESSION_COOKIE_NAME"] = "service-python"
oauth = OAuth(app)
for name, path, client_id, level in [
    ("franceconnect", "/api/v2", "python", "eidas1"),
    ("franceconnect-plus", "/plus/api/v2", "python-plus", "eidas2"),
]:
    oauth.register(
        name,
        client_cls=FranceConnect,
        client_id=client_id,
        client_secret=SECRET,
        server_metadata_url=f"{EMULATOR}{path}/.well-known/openid-configuration",
        authorize_params={"acr_values": level},
        client_kwargs={
            "scope": "openid given_name family_name email",
            "token_endpoint_auth_method": "client_secret_post",
            # An access token lives for 60 seconds, which Authlib takes for already expired by default.
            "leeway": 10,
        },
    )


@app.get("/jwks.json")
def keys():
    return jsonify(keys=[KEY.as_dict(private=False)])


@app.get("/<product>/login")
def login(product):
    # Authlib's own nonce has 20 characters; FranceConnect wants 22 or more.
    nonce = secrets.token_urlsafe(32)
    return oauth.create_client(product).authorize_redirect(f"{SITE}/{product}/callback", nonce=nonce)


@app.get("/<product>/callback")
def callback(product):
    client = oauth.create_client(product)
    token = client.authorize_access_token()
    identity = client.identity(token)
    names = ["sub", "given_name", "family_name", "email"]
    session["identity"] = {name: identity[name] for name in names} | {"acr": token["userinfo"]["acr"]}
    # At the logout FranceConnect wants the signed token, not the encrypted one around it.
    session["logout"] = (product, opened(token["id_token"]))
    return redirect("/")


@app.get("/logout")
def logout():
    product, hint = session["logout"]
    session.clear()
    end = oauth.create_client(product).load_server_metadata()["end_session_endpoint"]
    state = secrets.token_urlsafe(32)
    told = {"id_token_hint": hint, "post_logout_redirect_uri": f"{SITE}/", "state": state}
    return redirect(f"{end}?{urlencode(told)}")


@app.get("/")
def home():
    names = ["franceconnect", "franceconnect-plus"]
    return jsonify(session.get("identity") or {"login": [f"{SITE}/{name}/login" for name in names]})


if __name__ == "__main__":
    print(f"ready {SITE}", flush=True)
    app.run(host="localhost", port=int(SITE.rsplit(":")[-1]))
