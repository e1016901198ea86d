"""Signing in with the province's own directory: OpenID Connect, the authorization code with PKCE.

The provider is asked for its description and its keys; what it says of a person counts only once its
signature, issuer, audience, time and nonce hold (OpenID Connect Core 1.0, 3.1.3.7; RFC 9700).  Secrets and
tokens stand in no message and no log.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, RSAKey

from chiso.people.refusing import AccountError

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Signatures that are believed: by public keys alone, so that nobody signs with what everybody knows."""
LEEWAY: Final = 60
"""Seconds by which the two clocks may differ."""
KEPT_FOR: Final = 3600.0
"""Seconds for which the provider's description and keys are believed without asking again."""
ASKED_EVERY: Final = 10.0
"""Seconds between two looks for a key that is not known."""
LARGEST: Final = 1_000_000
"""Bytes of an answer of the provider."""
TIMEOUT: Final = 10.0
SMALLEST_RSA: Final = 2048


class SsoError(AccountError):
    """Single sign-on that did not come about: what happened and what to do, for people and engineers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one attempt to sign in sent along, to be held against what comes back."""

    state: str
    nonce: str
    verifier: str
    following: str
    at: int


@dataclass(frozen=True, slots=True)
class Client:
    """How this server is known to the provider."""

    issuer: str
    client: str
    secret: str
    back: str
    """the address to which the provider sends people back"""
    scopes: str = "openid profile email"

    def __repr__(self) -> str:
        return f"Client({self.issuer!r}, {self.client!r})"


def _changed(what: str) -> SsoError:
    return SsoError(
        "Hệ thống đăng nhập chung trả lời không đúng chuẩn; báo quản trị hệ thống.", f"the provider: {what}"
    )


def _silent(what: str) -> SsoError:
    return SsoError(
        "Không liên lạc được với hệ thống đăng nhập chung; thử lại sau ít phút, hoặc dùng mật khẩu.",
        f"the provider cannot be reached: {what}",
    )


def _untrue(what: str) -> SsoError:
    return SsoError(
        "Không xác nhận được kết quả đăng nhập; hãy đăng nhập lại từ đầu.", f"the id token is refused: {what}"
    )


def safe_address(url: str) -> bool:
    """Whether a provider may be spoken to there: over TLS, or on this machine alone."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )


class Provider:
    """The provider of a data folder; safe to be used by several threads."""

    def __init__(self, client: Client) -> None:
        self.client: Final = client
        self._lock: Final = threading.Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, list[Key]] | None = None

    # -- what the provider says of itself ---------------------------------------------------------------

    def _json(self, method: str, url: str, **more: Any) -> Any:
        if not safe_address(url):
            raise _changed(f"{url} is not https")
        try:
            with (
                httpx.Client(timeout=TIMEOUT, follow_redirects=False) as http,
                http.stream(method, url, **more) as answer,
            ):
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise _changed(f"{url} answers more than {LARGEST} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _silent(f"{url}: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise _silent(f"{url} answers {answer.status_code}")
        try:
            told = msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            raise _changed(f"{url} answers no JSON (status {answer.status_code})") from error
        if answer.status_code != 200:
            # An error's name (RFC 6749, 5.2) may be told; its description may repeat what was sent.
            name = str(told.get("error", ""))[:60] if isinstance(told, dict) else ""
            raise _untrue(f"{url} answers {answer.status_code} {name}")
        return told

    def described(self) -> dict[str, Any]:
        """The provider's description of itself (OpenID Connect Discovery 1.0).  Raises SsoError."""
        with self._lock:
            if self._described is not None and time.monotonic() - self._described[0] < KEPT_FOR:
                return self._described[1]
        issuer = self.client.issuer
        told = self._json("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
        if not isinstance(told, dict) or told.get("issuer") != issuer:
            raise _changed(f"its description is not that of the issuer {issuer}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(told.get(name), str) or not safe_address(told[name]):
                raise _changed(f"no {name} over https")
        with self._lock:
            self._described = (time.monotonic(), told)
        return told

    def keys(self, fresh: bool = False) -> list[Key]:
        """The provider's keys for signing; ``fresh`` looks again, where that was not done just now."""
        with self._lock:
            held = self._keys
        age = None if held is None else time.monotonic() - held[0]
        if held is not None and age is not None and age < (ASKED_EVERY if fresh else KEPT_FOR):
            return held[1]
        told = self._json("GET", self.described()["jwks_uri"])
        try:
            keys = [one for one in KeySet.import_key_set(told).keys if _for_signing(one)]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _changed("its keys cannot be read") from error
        with self._lock:
            self._keys = (time.monotonic(), keys)
        return keys

    # -- one attempt ------------------------------------------------------------------------------------

    def begin(self, following: str, now: int) -> tuple[str, Asked]:
        """Where to send somebody who wants to sign in, and what to hold against what comes back."""
        asked = Asked(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), following, now
        )
        digest = hashlib.sha256(asked.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client.client,
            "redirect_uri": self.client.back,
            "scope": self.client.scopes,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = self.described()["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", asked

    def finish(self, code: str, asked: Asked, now: int) -> dict[str, Any]:
        """What the provider says of whoever came back with a code.  Raises SsoError."""
        described = self.described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.back,
            "code_verifier": asked.verifier,
        }
        headers = {"Accept": "application/json"}
        if not self.client.secret:
            form["client_id"] = self.client.client
        elif "client_secret_basic" in described.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote(self.client.client, '')}:{quote(self.client.secret, '')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self.client.client, "client_secret": self.client.secret}
        told = self._json("POST", described["token_endpoint"], data=form, headers=headers)
        token = told.get("id_token") if isinstance(told, dict) else None
        if not isinstance(token, str):
            raise _untrue("there is none")
        claims = self.verified(token, asked.nonce, now)
        more = described.get("userinfo_endpoint")
        access = told.get("access_token")
        if isinstance(more, str) and isinstance(access, str) and access.isascii() and access.isprintable():
            person = self._json("GET", more, headers={"Authorization": f"Bearer {access}"})
            if not isinstance(person, dict) or person.get("sub") != claims["sub"]:
                raise _untrue("the userinfo is about somebody else")
            claims = person | claims
        return claims

    def verified(self, token: str, nonce: str, now: int) -> dict[str, Any]:
        """The claims of an id token, all of which hold.  Raises SsoError."""
        decoded = self._opened(token)
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY,
            iss={"essential": True, "value": self.client.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": self.client.client},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        claims = dict(decoded.claims)
        try:
            rules.validate(claims)
        except JoseError as error:
            # Only the claim's name: its value may be a person's.
            raise _untrue(f"{error.error} {getattr(error, 'claim', '')}".strip()) from error
        audience, party = claims["aud"], claims.get("azp")
        if party is not None and party != self.client.client:
            raise _untrue("it was made for another party")
        if isinstance(audience, list) and len(audience) > 1 and party is None:
            raise _untrue("it is for several and names no party")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise _untrue("its subject is no text")
        if claims["iat"] > now + LEEWAY:
            raise _untrue("it was made in the future")
        return claims

    def _opened(self, token: str) -> jwt.Token:
        """A token by one of the provider's keys; the keys are looked for again where none fits."""
        try:
            header = jws.extract_compact(token.encode()).protected
        except (JoseError, ValueError) as error:
            raise _untrue("it cannot be read") from error
        if header.get("alg") not in ALGORITHMS:
            raise _untrue(f"its signature is {str(header.get('alg'))[:20]!r}")
        for fresh in (False, True):
            for key in self.keys(fresh):
                if header.get("kid") is not None and key.kid is not None and key.kid != header["kid"]:
                    continue
                try:
                    return jwt.decode(token, key, algorithms=list(ALGORITHMS))
                except (JoseError, ValueError, TypeError):
                    continue
        raise _untrue("no key of the provider has signed it")

    def sign_out_address(self, after: str) -> str | None:
        """Where people end their session at the provider too; ``None`` where it has no such place."""
        try:
            address = self.described().get("end_session_endpoint")
        except SsoError:
            return None
        if not isinstance(address, str) or not safe_address(address):
            return None
        query = urlencode({"client_id": self.client.client, "post_logout_redirect_uri": after})
        return f"{address}{'&' if '?' in address else '?'}{query}"


def _for_signing(key: Key) -> bool:
    if key.get("use", "sig") != "sig" or key.key_type not in ("RSA", "EC"):
        return False
    return not isinstance(key, RSAKey) or key.public_key.key_size >= SMALLEST_RSA


def back_address(address: str) -> str:
    """Where a provider sends people back, under the address by which they reach the pages."""
    return f"{address.rstrip('/')}/login/sso/back"


class Told(Protocol):
    """The settings of single sign-on (:class:`chiso.folder.settings.Settings`)."""

    @property
    def sso_issuer(self) -> str: ...
    @property
    def sso_client(self) -> str: ...
    @property
    def sso_secret(self) -> str: ...
    @property
    def sso_scopes(self) -> str: ...
    @property
    def address(self) -> str: ...


def provider_of(settings: Told) -> Provider | None:
    """The provider that the settings name; ``None`` where they name none.  Asks it nothing yet."""
    if not settings.sso_issuer:
        return None
    back = back_address(settings.address)
    return Provider(
        Client(settings.sso_issuer, settings.sso_client, settings.sso_secret, back, settings.sso_scopes)
    )
