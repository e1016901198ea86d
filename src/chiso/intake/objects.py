"""JSON objects that are not national messages, one record each: the common part of reading them.

A reader asks a :class:`Fields` for the fields it knows; exactly those are kept for the payload, so that
nothing a reader did not ask for, a name or a comment, is ever written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from chiso.intake import scalars
from chiso.intake.batches import code_in
from chiso.intake.context import Context
from chiso.intake.messages import desk_of, elsewhere, procedure_of
from chiso.intake.records import Arrival, Item, Refusal
from chiso.intake.refusals import RefusedError, refusal
from chiso.intake.scalars import Scalar
from chiso.registry.codes import unit_code, unit_code_within

Piece = tuple[str, object, bytes]
"""(place, decoded JSON value, its bytes; empty bytes: encode it again when it is refused)"""

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class Fields:
    """The fields of one record, as they are asked for."""

    def __init__(self, given: dict[str, Any], context: Context) -> None:
        self.given = given
        self.context = context
        self.kept: dict[str, Any] = {}

    def scalar(self, name: str) -> Scalar:
        """A value as sent; blank and absent are ``None``."""
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str | int | float | bool):
            raise RefusedError(name, "", "wrong_type", expected=("chuỗi hoặc số", "a text or a number"))
        self.kept[name] = value
        return value

    def text(self, name: str, limit: int = 1000) -> str:
        """A text, cut to ``limit`` characters, without control characters."""
        found = scalars.text(self.scalar(name))
        found = "".join(sign if sign.isprintable() else " " for sign in found)[:limit].strip()
        self._keep(name, found)
        return found

    def key(self, name: str, limit: int = 100) -> str:
        """A required text."""
        found = scalars.key_text(self.scalar(name), name, limit)
        self.kept[name] = found
        return found

    def instant(self, name: str, *, due: bool = False) -> int | None:
        return scalars.instant(self.scalar(name), name, due=due)

    def day(self, name: str) -> str:
        """A day as ISO text, empty where there is none."""
        return scalars.day_text(self.scalar(name), name)

    def flag(self, name: str, missing: bool = False) -> bool:
        value = self.scalar(name)
        return missing if value is None else scalars.flag(value, name)

    def whole(self, name: str, missing: int | None = None) -> int:
        """A whole number, not negative; required unless ``missing`` is given."""
        value = self.scalar(name)
        if value is None:
            if missing is None:
                raise RefusedError(name, "", "missing")
            return missing
        found = scalars.whole(value, name)
        if found < 0:
            raise RefusedError(name, value, "bad_number")
        return found

    def choice(self, name: str, words: dict[str, str], missing: str | None = None) -> str:
        """One of the values of ``words``, found by the folded word; required unless ``missing`` is given."""
        text = scalars.text(self.scalar(name))
        if not text:
            if missing is None:
                raise RefusedError(name, "", "missing")
            return missing
        found = words.get(scalars.fold(text))
        if found is None:
            allowed = ", ".join(dict.fromkeys(words.values()))
            raise RefusedError(name, text, "unknown_code", allowed=allowed)
        return found

    def dossier(self, name: str = "MaHoSo", *, required: bool = True) -> str:
        """The code of a dossier of ours."""
        if not required and not scalars.text(self.scalar(name)):
            return ""
        code = self.key(name, 50)
        desk_of(code, self.context, name)
        return code

    def unit(self, name: str, *, ours: bool = True, required: bool = True) -> str:
        """A unit's canonical code; with ``ours`` one of another province is refused."""
        text = scalars.text(self.scalar(name))[:200]
        if not text:
            if required:
                raise RefusedError(name, "", "missing")
            if ours and self.context.outside(""):
                raise RefusedError(name, "", "out_of_scope")
            return ""
        code = unit_code(text) or unit_code_within(text)
        if code is None:
            raise RefusedError(name, text, "bad_unit_code")
        if ours and self.context.foreign(code):
            raise elsewhere(name, text, code, self.context)
        if ours and self.context.outside(code):
            raise RefusedError(name, text, "out_of_scope")
        return code

    def procedure(self, name: str) -> str:
        """A procedure's canonical code."""
        return procedure_of(self.scalar(name), name)

    def _keep(self, name: str, value: Scalar) -> None:
        if value:
            self.kept[name] = value
        else:
            self.kept.pop(name, None)


Reader = Callable[[Fields], Item | list[Item]]


def read_objects(
    kind: str,
    pieces: Iterable[Piece],
    reader: Reader,
    context: Context,
    *,
    door: str = "file",
    known_at: int | None = None,
) -> Arrival:
    """Objects to one Arrival; its payload is the JSON array of what was kept of those taken."""
    items: list[Item] = []
    kept: list[dict[str, Any]] = []
    refusals: list[Refusal] = []
    read = 0
    for place, value, raw in pieces:
        read += 1
        if not isinstance(value, dict):
            refusals.append(not_a_record(place, value, raw))
            continue
        fields = Fields(value, context)
        try:
            found = reader(fields)
        except RefusedError as error:
            piece = raw or encoded(value)
            refusals.append(error.at(place, code_in(piece), piece))
            continue
        if isinstance(found, list):
            items.extend(found)
        else:
            items.append(found)
        kept.append(fields.kept)
    payload = _ENCODER.encode(kept)
    return Arrival(kind, items, payload, refusals, context.sender, door, known_at, read=read)


def not_a_record(place: str, value: object, raw: bytes) -> Refusal:
    """The refusal of something that stands where an object should."""
    found = {list: ("danh sách", "a list"), str: ("chuỗi", "a text"), type(None): ("null", "null")}
    word = found.get(type(value), ("giá trị đơn", "a bare value"))
    return refusal(place, "", "", "not_a_record", raw=raw or encoded(value), words={"found": word})


def encoded(value: object) -> bytes:
    """A value as JSON again; what JSON cannot say becomes text."""
    return msgspec.json.encode(value, enc_hook=str)
