"""What a form, a query or a JSON body asks of a letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar.datastructures import FormMultiDict, MultiDict

from chiso.folder import DataFolder, QuestionError
from chiso.instants import parse_instant
from chiso.intake.records import DirectingDocument, ListedUnit
from chiso.steering.letters.appendices import NAMES
from chiso.steering.letters.request import KINDS, Request
from chiso.text import collation_key

LEAGUES: Final = ("departments", "districts", "communes")
LONGEST: Final = 400
"""signs of one field"""
MOST_UNITS: Final = 200


class Fields:
    """A query, a form or a JSON object: every name with all its values."""

    def __init__(self, told: Mapping[str, list[Any]]) -> None:
        self._told = told

    @classmethod
    def of(cls, told: MultiDict[Any] | FormMultiDict) -> Fields:
        """A query or a form."""
        return cls({name: told.getall(name, []) for name in told})

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Fields:
        """A JSON object, whose lists are several values."""
        return cls(
            {
                name: value if isinstance(value, list) else [] if value is None else [value]
                for name, value in body.items()
            }
        )

    def get(self, name: str, default: str = "") -> Any:
        """The first value of a name."""
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[Any]:
        """All values of a name."""
        return list(self._told.get(name, ()))


def _text(fields: Fields, name: str) -> str:
    return _plain(fields.get(name))


def _plain(value: Any) -> str:
    """A line of text, without the signs that no document can hold."""
    told = "".join(sign if sign.isprintable() else " " for sign in str(value)[: 2 * LONGEST])
    return told.replace("\ufffe", " ").replace("\uffff", " ").strip()[:LONGEST]


def _several(fields: Fields, name: str) -> tuple[str, ...]:
    """All values of a name, those of a text area line by line, without repeats."""
    found = [_plain(line) for value in fields.all(name) for line in str(value).replace("\r", "").split("\n")]
    return tuple(dict.fromkeys(one for one in found if one))


def _whole(fields: Fields, name: str) -> int | None:
    text = _text(fields, name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise QuestionError(f"“{text}” không phải là số nguyên.", f"{text!r} is no whole number", wrong=True)
    return int(text)


def _instant(fields: Fields, name: str) -> int | None:
    text = _text(fields, name)
    return parse_instant(text.replace(" ", "+")) if text else None


def _required(fields: Fields) -> tuple[int, int] | None:
    low, high = _whole(fields, "required_low"), _whole(fields, "required_high")
    if low is None and high is None:
        return None
    return (low if low is not None else high or 0, high if high is not None else low or 0)


def units_asked(fields: Fields, home: str) -> list[str]:
    """The units of letters to single units, else the one whose figures are shown."""
    words = [code for value in fields.all("unit") for code in str(value).replace(",", " ").split()]
    return list(dict.fromkeys(words))[:MOST_UNITS] or [home]


def request_of(fields: Fields, unit: str) -> Request:
    """The request for a letter about one unit.  :class:`QuestionError` where a field cannot be read."""
    kind = _text(fields, "kind") or KINDS[0]
    codes = tuple(_text(fields, "to_units").replace(",", " ").split())
    asked = _several(fields, "appendix")
    mark = _text(fields, "decimal_mark") or ","
    return Request(
        kind,
        unit,
        _text(fields, "period"),
        _instant(fields, "at"),
        _instant(fields, "as_of"),
        _text(fields, "law")[:60],
        _text(fields, "source"),
        (*_several(fields, "to"), *codes) if kind == "urge" else (),
        _whole(fields, "number"),
        _text(fields, "symbol"),
        _text(fields, "date"),
        _text(fields, "deadline"),
        _text(fields, "about"),
        _several(fields, "document"),
        _several(fields, "list"),
        _text(fields, "list_by"),
        _required(fields),
        _text(fields, "issuer"),
        _text(fields, "issuer_parent"),
        _text(fields, "called"),
        _text(fields, "place"),
        _several(fields, "role"),
        _text(fields, "signer"),
        _several(fields, "recipient"),
        tuple(one for one in asked if one != "none") if asked else None,
        mark,
    )


def choices(folder: DataFolder) -> dict[str, Any]:
    """What the editor offers: leagues in force, documents, lists, appendices."""
    kinds = {one["kind"] for one in folder.units() if one.get("parent") == folder.settings.home}
    documents = [
        one
        for _, one in folder.ledger.records("document")
        if isinstance(one, DirectingDocument) and not one.withdrawn
    ]
    lists = {one.list for _, one in folder.ledger.records("listed_unit") if isinstance(one, ListedUnit)}
    return {
        "leagues": [name for name in LEAGUES if name.removesuffix("s") in kinds],
        "documents": sorted(documents, key=lambda one: (one.date, one.number)),
        "lists": sorted(lists, key=collation_key),
        "appendices": NAMES,
        "kinds": KINDS,
    }


def filled(fields: Fields, names: Sequence[str]) -> list[tuple[str, str]]:
    """The named fields that say something, to be carried on in another form."""
    return [
        (name, str(value))
        for name in names
        for value in fields.all(name)
        if isinstance(value, str) and value.strip()
    ]


CARRIED: Final = (
    "kind", "unit", "period", "at", "as_of", "law", "source", "to", "to_units", "number", "symbol", "date",
    "deadline", "about", "document", "list", "list_by", "required_low", "required_high", "issuer",
    "issuer_parent", "called", "place", "role", "signer", "recipient", "appendix", "decimal_mark",
)  # fmt: skip
"""the fields of a letter, as the editor's form names them"""
