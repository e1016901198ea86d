"""No address, name or digest leads out of what it stands for."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.ledger.attachments import Attachments
from chiso.ledger.database import LedgerError
from chiso.web.render import static_file

CLIMBING = (
    "../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "....//app.py", "/etc/passwd", "",
    "%2fetc%2fpasswd", "..%252fapp.py", "app.css/../../app.py", "app.css%00.png", "~root", "con",
    "../../../../../../etc/passwd",
    "file:///etc/passwd", "..;/app.py", "\\..\\app.py", "%c0%ae%c0%ae/app.py",
)  # fmt: skip


@pytest.mark.parametrize("name", CLIMBING)
@pytest.mark.parametrize("stem", ["/static/x/", "/public/data/", "/units/H01.113/duties/x/files/"])
def test_no_address_climbs(client: TestClient[Litestar], stem: str, name: str) -> None:
    answer = client.get(stem + name, follow_redirects=False)
    assert answer.status_code in (303, 400, 404, 405) or not name
    assert "root:" not in answer.text
    assert "def " not in answer.text


@pytest.mark.parametrize("name", [one for one in CLIMBING if "%" not in one])
def test_no_static_name_climbs(name: str) -> None:
    with pytest.raises((KeyError, FileNotFoundError, IsADirectoryError, ValueError)):
        static_file(name)


@pytest.mark.parametrize("digest", ["../secret.key", "/etc/passwd", "", "x" * 64, "%2e%2e"])
def test_attachments_are_found_by_what_they_hold_alone(own: DataFolder, digest: str) -> None:
    held = Attachments(own.ledger.database, own.ledger.keys)
    with pytest.raises(LedgerError, match="no content"):
        held.get(digest)
