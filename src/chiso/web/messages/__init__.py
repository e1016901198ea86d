"""What the interface says, in Vietnamese and English: flat lists of sentences with named places.

``vi.yaml`` and ``en.yaml`` hold what all pages share,
``AREA.vi.yaml`` and ``AREA.en.yaml`` what one area says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

SAFE: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader written in C, where it is built: the pages' first reader waits for all sentences."""


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of a language, by key."""
    found: dict[str, str] = {}
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        if path.name == f"{lang}.yaml" or path.name.endswith(f".{lang}.yaml"):
            told = yaml.load(path.read_text(encoding="utf-8"), SAFE)  # noqa: S506 - a safe loader
            if twice := found.keys() & told.keys():
                raise ValueError(f"{path.name} says again: {', '.join(sorted(twice))}")
            found.update((str(key), str(value)) for key, value in told.items())
    return found


def say(lang: str, key: str, /, **values: object) -> str:
    """The sentence of a key with its places filled.  An unknown key is a programming error."""
    sentence = catalogue(lang)[key]
    return sentence.format(**values) if values else sentence
