"""Tokens as FranceConnect+ makes them (an ES256 JWS in a JWE), made with two Python libraries that share no JOSE code,
jwcrypto and joserfc, and with keys drawn for the occasion. The tests open every one: see `tests/it/jwe_libraries.rs`.

    python3 -m venv artefacts/venv
    artefacts/venv/bin/pip install jwcrypto==1.6.1 joserfc==1.8.0
    artefacts/venv/bin/python tests/interop/jwe.py > tests/it/data/jwe-python.json

Each run draws other keys; the file is kept so that tests need neither Python nor the network.
"""

import json
from importlib.metadata import version

import joserfc.jwe
import joserfc.jwk
import joserfc.jws
import jwcrypto.jwe
import jwcrypto.jwk
import jwcrypto.jws

ENC = "A256GCM"
PERSON = {"iss": "https://provider.example/api/v2", "aud": "client", "sub": "b7f1…42v1", "iat": 1800000000, "exp": 1800000060}
NAMES = PERSON | {"given_name": "Éloïse Zoë-Ÿlva", "family_name": "LE GOFFIC-ŒUVRARD", "birthplace": "日本 𝒜"}
LONG = PERSON | {"given_name_array": [f"Prénom-{at}" for at in range(100)]}

# What stands in the header besides alg, enc and epk, and what is inside. `apu` and `apv` are base64url already.
CASES = [
    ("as registered", ["ECDH-ES", "RSA-OAEP-256"], {"cty": "JWT", "kid": True}, PERSON),
    ("without kid", ["ECDH-ES", "RSA-OAEP-256"], {"cty": "JWT", "typ": "JWT"}, PERSON),
    ("names in UTF-8", ["ECDH-ES", "RSA-OAEP-256"], {"cty": "JWT", "kid": True}, NAMES),
    ("a long payload", ["ECDH-ES"], {"cty": "JWT", "kid": True}, LONG),
    ("apu and apv", ["ECDH-ES"], {"cty": "JWT", "kid": True, "apu": "QWxpY2U", "apv": "Qm9i"}, PERSON),
]


def draw(alg):
    kind = {"kty": "RSA", "size": 2048} if alg.startswith("RSA") else {"kty": "EC", "crv": "P-256"}
    key = jwcrypto.jwk.JWK.generate(**kind)
    return json.loads(key.export()) | {"alg": alg, "use": "sig" if alg == "ES256" else "enc", "kid": key.thumbprint()}


def bare(key, private):
    secret = ("d", "p", "q", "dp", "dq", "qi")
    return {name: value for name, value in key.items() if name not in ("use", "alg") and (private or name not in secret)}


def with_jwcrypto(header, text, signer, key):
    jws = jwcrypto.jws.JWS(text)
    protected = {"alg": "ES256", "kid": signer["kid"]}
    jws.add_signature(jwcrypto.jwk.JWK(**bare(signer, True)), protected=json.dumps(protected))
    jwe = jwcrypto.jwe.JWE(jws.serialize(compact=True), json.dumps(header))
    jwe.add_recipient(jwcrypto.jwk.JWK(**bare(key, False)))
    return jwe.serialize(compact=True)


def with_joserfc(header, text, signer, key):
    jws = joserfc.jws.serialize_compact(
        {"alg": "ES256", "kid": signer["kid"]}, text, joserfc.jwk.ECKey.import_key(bare(signer, True))
    )
    public = joserfc.jwk.JWKRegistry.import_key(bare(key, False))
    algorithms = ["ECDH-ES", "RSA-OAEP-256", ENC]
    return joserfc.jwe.encrypt_compact(header, jws, public, algorithms=algorithms)


def main():
    signer, keys, tokens = draw("ES256"), {alg: draw(alg) for alg in ("ECDH-ES", "RSA-OAEP-256")}, []
    for library, make in (("jwcrypto", with_jwcrypto), ("joserfc", with_joserfc)):
        for name, algorithms, members, claims in CASES:
            for alg in algorithms:
                header = {"alg": alg, "enc": ENC} | members
                if "kid" in header:
                    header["kid"] = keys[alg]["kid"]
                text = json.dumps(claims, ensure_ascii=False).encode()
                jwe = make(header, text, signer, keys[alg])
                tokens.append({"name": f"{library}: {name}", "alg": alg, "jwe": jwe, "claims": claims})
    made_by = f"jwcrypto {version('jwcrypto')}, joserfc {version('joserfc')}"
    public = {name: value for name, value in signer.items() if name != "d"}
    parts = {
        "made_by": json.dumps(made_by),
        "private_keys": lines(keys.values()),
        "provider_keys": lines([public]),
        "tokens": lines(tokens),
    }
    print("{\n" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "\n}")


def lines(all_of_them):
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in all_of_them) + "\n]"


main()
