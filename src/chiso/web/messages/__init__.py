"""What the interface says, in Vietnamese and English: flat lists of sentences with named places.

``vi.yaml`` and ``en.yaml`` hold what all pages share,
``AREA.vi.yaml`` and ``AREA.en.yaml`` what one area says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of a language, by key."""
    found: dict[str, str] = {}
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        if path.name == f"{lang}.yaml" or path.name.endswith(f".{lang}.yaml"):
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
            if twice := found.keys() & told.keys():
                raise ValueError(f"{path.name} says again: {', '.join(sorted(twice))}")
            found.update((str(key), str(value)) for key, value in told.items())
    return found


def say(lang: str, key: str, /, **values: object) -> str:
    """The sentence of a key with its places filled.  An unknown key is a programming error."""
    sentence = catalogue(lang)[key]
    return sentence.format(**values) if values else sentence
