"""A provider of OpenID Connect in a process of its own: ``oidc-provider-mock``, with PKCE asked for.

Besides what a provider does it can be told to change keys, and to make tokens that no honest one makes,
signed with its own key: ``PUT /test`` with ``{"claims", "drop", "alg", "foreign", "userinfo"}``.  Prints
its port.
"""

from __future__ import annotations

import hmac
import json
import sys
import warnings
from base64 import urlsafe_b64encode
from typing import Any

warnings.simplefilter("ignore")

import flask  # noqa: E402
import oidc_provider_mock  # noqa: E402
import werkzeug.serving  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from joserfc import jwt  # noqa: E402
from joserfc.jwk import OctKey, RSAKey  # noqa: E402
from oidc_provider_mock import _app, _storage  # noqa: E402

TWIST: dict[str, Any] = {}
CHALLENGES: dict[str, tuple[str, str]] = {}
SEEN: list[dict[str, Any]] = []


class Challenge(CodeChallenge):
    """PKCE as Authlib checks it; the package keeps no challenge with its codes, so it is kept here."""

    def get_authorization_code_challenge(self, authorization_code: Any) -> str | None:
        return CHALLENGES.get(authorization_code.code, (None, ""))[0]

    def get_authorization_code_challenge_method(self, authorization_code: Any) -> str | None:
        return CHALLENGES.get(authorization_code.code, ("", None))[1]


kept = _app.AuthorizationCodeGrant.save_authorization_code


def keep(self: Any, code: str, request: Any) -> None:
    kept(self, code, request)
    told = request.payload.data
    CHALLENGES[code] = (told.get("code_challenge"), told.get("code_challenge_method"))


_app.AuthorizationCodeGrant.save_authorization_code = keep  # type: ignore[method-assign]
registered = _app.flask_oauth2.AuthorizationServer.register_grant


def register(self: Any, grant: Any, extensions: Any = None) -> None:
    if grant is _app.AuthorizationCodeGrant:
        extensions = [*extensions, Challenge(required=True)]
    registered(self, grant, extensions)


_app.flask_oauth2.AuthorizationServer.register_grant = register  # type: ignore[method-assign]
app = oidc_provider_mock.app(require_client_registration=True, require_nonce=True, issue_refresh_token=False)


@app.put("/test")
def twist() -> Any:
    TWIST.clear()
    TWIST.update(flask.request.json or {})
    return {}


@app.post("/test/rotate")
def rotate() -> Any:
    _storage.storage.jwk = _storage.jose.RSAKey.generate_key(is_private=True)
    return {}


@app.get("/test/seen")
def seen() -> Any:
    return flask.jsonify(SEEN)


@app.after_request
def lie(response: Any) -> Any:
    path = flask.request.path
    if path == "/oauth2/token":
        basic = flask.request.headers.get("Authorization", "").startswith("Basic ")
        SEEN.append({"fields": sorted(flask.request.form), "basic": basic, "status": response.status_code})
    if path == "/userinfo" and TWIST.get("userinfo"):
        response.set_data(json.dumps(TWIST["userinfo"]))
    if path == "/oauth2/token" and response.status_code == 200:
        told = response.get_json()
        own = RSAKey.import_key(_storage.storage.jwk.as_dict(is_private=True))
        claims = jwt.decode(told["id_token"], own).claims | TWIST.get("claims", {})
        for name in TWIST.get("drop", ()):
            claims.pop(name, None)
        alg = TWIST.get("alg", "RS256")
        if alg == "none":
            told["id_token"] = jwt.encode({"alg": "none"}, claims, OctKey.generate_key(), algorithms=["none"])
        elif alg == "HS256":
            # the classic: the public key, known to all, used as if it were a shared secret
            parts = [{"alg": alg, "kid": own.kid}, claims]
            signed = b".".join(urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in parts)
            mark = hmac.digest(own.as_pem(private=False), signed, "sha256")
            told["id_token"] = (signed + b"." + urlsafe_b64encode(mark).rstrip(b"=")).decode()
        else:
            key = RSAKey.generate_key(2048) if TWIST.get("foreign") else own
            told["id_token"] = jwt.encode({"alg": alg, "kid": own.kid}, claims, key)
        response.set_data(json.dumps(told))
    return response


if __name__ == "__main__":
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
