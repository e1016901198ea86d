"""A provider of OpenID Connect started for tests, and somebody who signs in there without a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

SCRIPT: Final = Path(__file__).with_name("oidc_server.py")
ADDRESS: Final = "https://chiso.example.vn"


@dataclass
class Running:
    """A provider at work, with this server registered as a client."""

    issuer: str
    client: str
    secret: str

    def user(self, subject: str, **claims: Any) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def twist(self, **how: Any) -> None:
        """Makes it lie from now on; without words it is honest again."""
        httpx.put(f"{self.issuer}/test", json=how).raise_for_status()

    def rotate(self) -> None:
        httpx.post(f"{self.issuer}/test/rotate").raise_for_status()

    def seen(self) -> list[dict[str, Any]]:
        """What came to its token address."""
        found: list[dict[str, Any]] = httpx.get(f"{self.issuer}/test/seen").json()
        return found

    def agree(self, address: str, subject: str, **form: str) -> dict[str, str]:
        """Somebody signs in at the provider's page.  Gives the query with which they are sent back."""
        answer = httpx.post(address, data=form or {"sub": subject}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        back = answer.headers["location"]
        assert back.startswith(f"{ADDRESS}/login/sso/back?"), back
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


@contextmanager
def running() -> Iterator[Running]:
    """Starts a provider and ends it."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(SCRIPT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        issuer = f"http://127.0.0.1:{int(process.stdout.readline())}"
        made = httpx.post(
            f"{issuer}/oauth2/clients",
            json={
                "redirect_uris": [f"{ADDRESS}/login/sso/back"],
                "token_endpoint_auth_method": "client_secret_basic",
                "scope": "openid profile email",
            },
        ).json()
        yield Running(issuer, made["client_id"], made["client_secret"])
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
