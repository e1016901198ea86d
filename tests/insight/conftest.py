"""The small province of the folder's tests, which nobody changes, and copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from chiso.folder import DataFolder
from tests.folder.conftest import own, own_path, province, province_path
from tests.folder.test_portal_answers import GROUPS, load
from tests.insight.work import enrich
from tests.support import portal

__all__ = ["own", "own_path", "province", "province_path"]


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """A folder that knows the portal's own answers of one province, and no dossier."""
    path = tmp_path_factory.mktemp("portals")
    load(path, list(product(portal.PERIODS, GROUPS)))
    with DataFolder.open(path) as folder:
        yield folder


@pytest.fixture(scope="session")
def busy_path(tmp_path_factory: pytest.TempPathFactory, province_path: Path) -> Path:
    """The province with work of every kind in it."""
    path = Path(shutil.copytree(province_path, tmp_path_factory.mktemp("busy") / "data"))
    with DataFolder.open(path, standing=True) as folder:
        enrich(folder)
    return path


@pytest.fixture(scope="session")
def work_at_hand(busy_path: Path) -> Iterator[DataFolder]:
    """It, for reading."""
    with DataFolder.open(busy_path, standing=True) as folder:
        yield folder


@pytest.fixture
def busy(busy_path: Path, tmp_path: Path) -> Iterator[DataFolder]:
    """A copy of it to change."""
    path = shutil.copytree(busy_path, tmp_path / "busy")
    with DataFolder.open(path, standing=True) as folder:
        yield folder
