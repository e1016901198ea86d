"""Accounts from the machine itself: what is done is in the record, what is refused is not done."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.cli import run
from chiso.folder import DataFolder
from chiso.people.accounts import Accounts
from chiso.people.house import People


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    path = tmp_path / "data"
    DataFolder.open(path).close()
    told = ["--data", str(path)]
    assert run(["account", "add", "an", *told]) == 0
    return told


def changes(data: list[str]) -> list[dict[str, object]]:
    with DataFolder.open(Path(data[1])) as folder:
        found = People(folder.ledger).audit.entries()
    return [dict(one.detail) for one in found if one.what == "account_changed"]


def test_a_change_that_is_refused_changes_nothing(data: list[str]) -> None:
    assert run(["account", "change", "an", "--name", "Bà An", "--mail", "bad address", *data]) == 1
    assert changes(data) == []
    with DataFolder.open(Path(data[1])) as folder:
        assert People(folder.ledger).accounts.by_login("an").name == "an"


def test_what_was_done_is_noted_where_the_rest_breaks(
    data: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Accounts, "set_password", broken)
    assert run(["account", "change", "an", "--mail", "an@example.vn", "--new-password", *data]) == 1
    (noted,) = changes(data)
    assert noted["mail"] is True
    assert "new_password" not in noted
