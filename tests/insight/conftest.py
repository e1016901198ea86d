"""The small province of the folder's tests, which nobody changes, and copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from chiso.folder import DataFolder
from tests.folder.conftest import own, own_path, province, province_path
from tests.folder.test_portal_answers import GROUPS, load
from tests.support import portal

__all__ = ["own", "own_path", "province", "province_path"]


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """A folder that knows the portal's own answers of one province, and no dossier."""
    path = tmp_path_factory.mktemp("portals")
    load(path, list(product(portal.PERIODS, GROUPS)))
    with DataFolder.open(path) as folder:
        yield folder
