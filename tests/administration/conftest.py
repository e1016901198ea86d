from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chiso.folder import DataFolder
from tests.web import world


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("administration") / "data"
    world.build(path)
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[DataFolder]:
    """A folder of the test's own, to be written to."""
    shutil.copytree(made, tmp_path / "data")
    with DataFolder.open(tmp_path / "data", standing=True) as opened:
        yield opened
