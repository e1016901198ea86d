"""A small province, and copies of it to direct."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chiso.folder import DataFolder
from tests.support.provinces import build

DOSSIERS = 400


@pytest.fixture(scope="session")
def province_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("steered") / "data", DOSSIERS)


@pytest.fixture
def own_path(province_path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(province_path, tmp_path / "own"))


@pytest.fixture
def own(own_path: Path) -> Iterator[DataFolder]:
    """A province of the test's own, at 06:00 on 10/10/2026."""
    with DataFolder.open(own_path, standing=True) as folder:
        yield folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    """A folder without anything, on the wall clock."""
    with DataFolder.open(tmp_path / "empty") as folder:
        yield folder
