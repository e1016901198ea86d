"""Results of the past that come with the package and can be loaded: ``chiso load --sample NAME``.

A sample is a folder of tables in the forms that ``load`` takes, with ``sources.yaml`` beside them saying what
every figure rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from typing import IO, TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

AN_GIANG_2023: Final = "an-giang-2023"
"""The story of March 2023, which the demo loads by itself."""
SOURCES: Final = "sources.yaml"


def _root() -> Traversable:
    return files("chiso") / "samples"


def names() -> list[str]:
    """The samples that there are."""
    return sorted(one.name for one in _root().iterdir() if (one / SOURCES).is_file())


def tables(name: str) -> list[Traversable]:
    """The tables of a sample, in order of their names.  ``KeyError`` for a sample that is not there."""
    if name not in names():
        raise KeyError(name)
    return sorted(
        (one for one in (_root() / name).iterdir() if one.name.endswith(".csv")), key=lambda one: one.name
    )


def sources(name: str) -> dict[str, Any]:
    """What a sample's figures rest on: ``title``, ``sources`` (figures, source, kind) and ``notes``."""
    if name not in names():
        raise KeyError(name)
    found: dict[str, Any] = yaml.safe_load((_root() / name / SOURCES).read_text(encoding="utf-8"))
    return found


@contextmanager
def opened(name: str | None) -> Iterator[list[IO[bytes]]]:
    """The tables of a sample, opened for ``load``; of no sample none."""
    with ExitStack() as held:
        yield [] if name is None else [held.enter_context(one.open("rb")) for one in tables(name)]
