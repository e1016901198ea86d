"""Ledgers of the first schema, as the program of that time left them, come up to today and count the same."""

from __future__ import annotations

import json
import lzma
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chiso.cli import run
from chiso.commands.recounting import recount
from chiso.folder import DataFolder
from chiso.instants import DAY, parse_instant
from chiso.ledger.schema import HEAD
from tests.support.messages import dossier, tell
from tests.support.postgres import Postgres

FIRST = Path(__file__).parents[1] / "fixtures" / "ledger_0001"
NOW = parse_instant("2026-10-10T06:00+07:00")
PAST = parse_instant("2026-08-01T00:00+07:00")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the ledger of the first schema."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(FIRST / "secret.key", folder / "secret.key")
    (folder / "secret.key").chmod(0o600)
    if request.param == "sqlite":
        (folder / "chiso.sqlite").write_bytes(lzma.decompress((FIRST / "chiso.sqlite.xz").read_bytes()))
        return folder
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.database()
    plain = url.replace("postgresql+psycopg", "postgresql")
    subprocess.run(
        (str(postgres.binaries / "psql"), plain, "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1"),
        input=lzma.decompress((FIRST / "ledger.sql.xz").read_bytes()), check=True,
    )  # fmt: skip
    monkeypatch.setenv("CHISO_DATABASE", url)
    return folder


def revision(folder: DataFolder) -> str:
    with folder.ledger.database.hot() as hot:
        return str(hot.all("SELECT version_num FROM alembic_version")[0][0])


def counts(score: dict[str, Any]) -> dict[str, Any]:
    """What a score counts and gives, by the names that stay."""
    found = {
        key: {name: one.get(name) for name in ("n", "d", "points")}
        for key, one in score["indicators"].items()
    }
    return {**found, "total": score["total"], "source": score.get("source")}


def test_what_it_counted_then_it_counts_now(old: Path, tmp_path: Path) -> None:
    told = json.loads((FIRST / "told.json").read_text(encoding="utf-8"))
    with DataFolder.open(old, standing=True) as folder:
        assert revision(folder) == HEAD
        assert counts(folder.score("H01")) == counts(told["score"])
        assert counts(folder.score("H01.113")) == counts(told["unit"])
        assert counts(folder.score("H01", as_of=PAST, at=PAST)) == counts(told["past"])
        assert folder.score("H20")["total"] == told["published"]["total"]
        assert folder.ledger.quarantine.count() == told["quarantine"]
        assert list(folder.ledger.position())[:2] == told["position"][:2]
        before = folder.score("H01")["indicators"]["2.1"]["d"]
        tell(folder, "dossiers", dossier("H01.113-261009-77777", NOW - DAY, NOW + DAY))
        assert folder.score("H01")["indicators"]["2.1"]["d"] == before + 1
    found = recount(old, deep=True, say=print)
    assert found.agrees, found.differences[:3]
    # and a second time nothing is left to do
    with DataFolder.open(old) as folder:
        assert revision(folder) == HEAD


def test_it_can_be_backed_up_after_the_upgrade(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.backup"
    assert run(["backup", str(file), "--data", str(old)]) == 0
    monkeypatch.delenv("CHISO_DATABASE", raising=False)
    new, secret = tmp_path / "new", str(old / "secret.key")
    assert run(["restore", str(file), "--data", str(new), "--secret", secret, "--verify"]) == 0
    told = json.loads((FIRST / "told.json").read_text(encoding="utf-8"))
    with DataFolder.open(new) as folder:
        assert counts(folder.score("H01")) == counts(told["score"])
