from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.ledger.senders import Credentials
from chiso.web.app import create_app
from tests.web import nation, world


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Credentials]:
    path = tmp_path_factory.mktemp("web") / "data"
    return path, world.build(path)


@pytest.fixture(scope="session")
def folder(built: tuple[Path, Credentials], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """A folder that tests only read; a copy, as even looking writes into the record of who saw what."""
    path = shutil.copytree(built[0], tmp_path_factory.mktemp("read") / "data")
    with DataFolder.open(path, standing=True) as opened:
        opened.year_trail()
        yield opened


@pytest.fixture(scope="session")
def served_once(folder: DataFolder) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(folder)) as client:
        yield client


@pytest.fixture
def client(served_once: TestClient[Litestar]) -> TestClient[Litestar]:
    served_once.cookies.clear()
    return served_once


@pytest.fixture
def own(built: tuple[Path, Credentials], tmp_path: Path) -> Iterator[DataFolder]:
    """A folder of the test's own, to be written to."""
    shutil.copytree(built[0], tmp_path / "data")
    with DataFolder.open(tmp_path / "data", standing=True) as opened:
        yield opened


@pytest.fixture
def credentials(built: tuple[Path, Credentials]) -> Credentials:
    return built[1]


@pytest.fixture
def doors(own: DataFolder) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(own)) as client:
        yield client


@pytest.fixture(scope="session")
def nation_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """The provinces as published, and spring 2023; tests only read it."""
    with DataFolder.open(nation.build(tmp_path_factory.mktemp("nation")), standing=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def national(nation_folder: DataFolder) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(nation_folder)) as client:
        yield client
