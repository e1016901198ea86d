from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chiso.administration import refused
from chiso.administration.refused import Correction
from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY
from chiso.people.audit import Audit
from chiso.steering.entering import by_command
from tests.web.world import NOW, SENDER, accept, message


@pytest.fixture
def broken(folder: DataFolder) -> DataFolder:
    """Thirty dossiers with a receipt that is no date, and five without a state."""
    told: list[dict[str, Any]] = []
    for number in range(35):
        one = message(f"H01.113-261009-{number:05d}", NOW - 2 * DAY, NOW + DAY)
        one |= {"NgayTiepNhan": "31/02/2026"} if number < 30 else {"TrangThaiHoSo": "xong"}
        told.append(one)
    accept(folder, told, "dossiers", NOW - 3600)
    return folder


def group_of(folder: DataFolder, field: str) -> dict[str, Any]:
    return next(one for one in refused.groups(folder) if one["field"] == field)


def pieces_of(folder: DataFolder, field: str) -> list[Any]:
    group = group_of(folder, field)
    return refused.alike(folder, group["reason"], field, group["sender"], group["kind"])


def test_pieces_that_look_alike_stand_together(broken: DataFolder) -> None:
    group = group_of(broken, "NgayTiepNhan")
    assert group["count"] == 30
    assert group["sender"] == SENDER
    assert group["values"] == {"31/02/2026": 30}
    assert len(pieces_of(broken, "NgayTiepNhan")) == 30


def test_a_bulk_correction_does_what_its_trial_showed(broken: DataFolder) -> None:
    before = broken.score("H01.113")["dossiers"]
    pieces = pieces_of(broken, "NgayTiepNhan")
    correction = Correction("NgayTiepNhan", "20261008080000", "31/02/2026")
    shown = refused.tried(broken, pieces, correction)
    assert (shown.accepted, shown.refused, shown.untouched, shown.unreadable) == (30, 0, 0, 0)
    assert broken.score("H01.113")["dossiers"] == before
    done = refused.taken_in(broken, pieces, correction, by_command(broken))
    assert done == shown
    assert broken.score("H01.113")["dossiers"] == before + 30
    assert not any(one["field"] == "NgayTiepNhan" for one in refused.groups(broken))
    entry = Audit(broken.ledger.database).entries()[-1]
    assert (entry.what, entry.detail["count"]) == ("refused_taken_in", 30)
    # a second click finds nothing to do
    with pytest.raises(QuestionError):
        refused.open_piece(broken, pieces[0].id)


def test_what_is_still_wrong_stays_and_says_why(broken: DataFolder) -> None:
    pieces = pieces_of(broken, "NgayTiepNhan")
    shown = refused.taken_in(broken, pieces, Correction("NgayTiepNhan", "hôm qua"), by_command(broken))
    assert (shown.accepted, shown.refused) == (0, 30)
    assert sum(shown.reasons.values()) == 30
    assert len(pieces_of(broken, "NgayTiepNhan")) == 30


def test_only_pieces_that_say_the_same_are_touched(broken: DataFolder) -> None:
    pieces = pieces_of(broken, "NgayTiepNhan")
    shown = refused.tried(broken, pieces, Correction("NgayTiepNhan", "20261008080000", "30/02/2026"))
    assert (shown.accepted, shown.untouched) == (0, 30)


def test_one_piece_is_put_right_by_hand(broken: DataFolder) -> None:
    piece = pieces_of(broken, "TrangThaiHoSo")[0]
    told = msgspec.json.decode(broken.ledger.quarantine.raw(piece.id))
    with pytest.raises(QuestionError, match="still refused"):
        refused.put_right(broken, piece.id, msgspec.json.encode(told).decode(), by_command(broken))
    with pytest.raises(QuestionError):
        refused.put_right(broken, piece.id, "{", by_command(broken))
    told["TrangThaiHoSo"] = "4"
    refused.put_right(broken, piece.id, msgspec.json.encode(told).decode(), by_command(broken))
    assert broken.ledger.quarantine.get(piece.id).state == "released"
    assert broken.dossier(told["MaHoSo"])["state"] == 4


def test_what_is_put_aside_is_kept(broken: DataFolder) -> None:
    pieces = pieces_of(broken, "TrangThaiHoSo")
    assert refused.put_aside(broken, pieces, by_command(broken)) == 5
    assert broken.ledger.quarantine.get(pieces[0].id).state == "dismissed"
    assert broken.ledger.quarantine.raw(pieces[0].id)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("a", b'{"a":"x","b":[{"c":1}]}'),
        ("b[0].c", b'{"a":1,"b":[{"c":"x"}]}'),
        ("b[1].c", None),
        ("b.c", None),
        ("d", b'{"a":1,"b":[{"c":1}],"d":"x"}'),
        ("", b'{"a":1,"b":[{"c":1}]}'),
        ("..", None),
    ],
)
def test_a_field_is_found_by_its_path(field: str, found: bytes | None) -> None:
    assert refused.corrected(b'{"a":1,"b":[{"c":1}]}', Correction(field, "x")) == found


def test_a_piece_that_is_no_message_is_told_apart(folder: DataFolder) -> None:
    with pytest.raises(ValueError, match="JSON"):
        refused.corrected(b"PK\x03\x04", Correction("a", "x"))
