"""A small province that nobody changes, and copies of it for those who do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chiso.folder import DataFolder
from tests.support.provinces import build

DOSSIERS = 500


@pytest.fixture(scope="session")
def province_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("province") / "data", DOSSIERS)


@pytest.fixture(scope="session")
def province(province_path: Path) -> Iterator[DataFolder]:
    """An opened province.  Ask it, do not change it."""
    with DataFolder.open(province_path, standing=True) as folder:
        yield folder


@pytest.fixture
def own_path(province_path: Path, tmp_path: Path) -> Path:
    """A copy of the province to change."""
    return Path(shutil.copytree(province_path, tmp_path / "own"))


@pytest.fixture
def own(own_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(own_path, standing=True) as folder:
        yield folder
