"""The letter of 28/03/2023 and what it is made from, and a small province of 2026."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.gather import gathered
from tests.steering.letters.samples import MARCH, OFFICE
from tests.support.provinces import build


@pytest.fixture(scope="session")
def march_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds what comes with the package of early 2023."""
    path = tmp_path_factory.mktemp("march") / "data"
    for sample in ("an-giang-2023", "an-giang-2023-letter"):
        assert cli.run(["load", "--sample", sample, "--data", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def march_folder(march_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(march_path) as folder:
        yield folder


@pytest.fixture(scope="session")
def march(march_folder: DataFolder) -> Facts:
    """The facts of the letter of 28/03/2023."""
    return gathered(march_folder, MARCH).facts


@pytest.fixture(scope="session")
def of_office(march_folder: DataFolder) -> Facts:
    """The same by an office that has a body above it."""
    return gathered(march_folder, OFFICE).facts


@pytest.fixture(scope="session")
def letters_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("letters") / "data", 600)


@pytest.fixture(scope="session")
def small(letters_path: Path) -> Iterator[DataFolder]:
    """A small province of 2026.  Ask it, do not change it."""
    with DataFolder.open(letters_path) as folder:
        yield folder
