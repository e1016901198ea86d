"""What the interface says, in Vietnamese and English: two flat lists of sentences with named places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of a language, by key."""
    text = (files(__package__) / f"{lang}.yaml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in yaml.safe_load(text).items()}


def say(lang: str, key: str, /, **values: object) -> str:
    """The sentence of a key with its places filled.  An unknown key is a programming error."""
    sentence = catalogue(lang)[key]
    return sentence.format(**values) if values else sentence
