"""A small province being served, and a sender that may post to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.ledger.senders import Credentials
from chiso.web.server import served
from tests.support.provinces import build

DOSSIERS = 400
PATIENCE = 60.0
"""Seconds after which something hangs."""
BODY_LIMIT = 1_000_000


@dataclass
class Place:
    """A served folder, as a sender and a reader meet it."""

    folder: DataFolder
    address: str
    credentials: Credentials
    client: httpx.Client

    def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.credentials.key}", **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return self.client.post(path, headers=headers, **more)

    def score(self, unit: str = "H01") -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/v1/units/{unit}/score").json()
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    path: Path = build(tmp_path_factory.mktemp("served") / "data", DOSSIERS)
    settings = Settings(body_limit=BODY_LIMIT)
    with DataFolder.open(path, standing=True, settings=settings) as folder:
        credentials = folder.ledger.senders.add("một cửa", "H01", folder.now())
        with (
            served(folder) as server,
            httpx.Client(base_url=server.address, timeout=PATIENCE, trust_env=False) as client,
        ):
            yield Place(folder, server.address, credentials, client)
