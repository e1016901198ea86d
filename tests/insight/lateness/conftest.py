from __future__ import annotations

from collections.abc import Iterator

import pytest

from chiso.folder import DataFolder, Settings
from tests.support.lateness import Planted, build, province

HUNDREDS = 3


@pytest.fixture(scope="session")
def planted() -> list[Planted]:
    """A few hundred overdue dossiers of every class and case."""
    return province(HUNDREDS)


@pytest.fixture(scope="session")
def folder(planted: list[Planted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """The province of the planted dossiers, as it was told.  Ask it, do not change it."""
    path = build(tmp_path_factory.mktemp("late") / "data", planted)
    with DataFolder.open(path, settings=Settings()) as opened:
        yield opened
