"""What a folder tells of its data: one dossier, arrivals, quarantine, units, what the clock will do."""

from __future__ import annotations

import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY, iso, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

CODE = "H01.113-261008-77001"


def test_a_dossier_its_life_and_its_versions(own: DataFolder) -> None:
    received = UNTIL - 2 * DAY
    tell(own, "dossiers", dossier(CODE, received, UNTIL + DAY), known_at=received + 60)
    tell(own, "progress", {"MaHoSo": CODE, "ThoiDiemXuLy": "20261009090000", "TrangThai": "4",
                           "NguoiXuLy": "Phan Văn B"}, known_at=received + 120)  # fmt: skip
    tell(own, "dossiers", dossier(CODE, received, UNTIL + DAY, UNTIL - 60), known_at=received + 180)
    tell(
        own,
        "ratings",
        {"MaHoSo": CODE, "ThoiDiemDanhGia": "20261009100000", "DanhGia": "KHÔNG HÀI LÒNG"},
        known_at=received + 240,
    )
    told = own.dossier(CODE)
    assert (told["unit"], told["desk"], told["unassigned"], told["state"]) == ("H01.113", "H01.113", False, 9)
    assert told["received_at"] == iso(received)
    assert [step["state"] for step in told["steps"]] == [4]
    assert told["dissatisfied_at"] is not None
    assert [one["known_at"] for one in told["versions"]] == [iso(received + 60 * n) for n in (1, 2, 3, 4)]
    assert {one["sender"] for one in told["versions"]} == {"thử"}
    assert told["counts"]["2.1"] == {"d": True, "n": True}
    assert told["counts"]["5.4"] == {"d": True, "n": False}
    assert "Nguyễn" not in str(told)
    with pytest.raises(QuestionError, match="no dossier"):
        own.dossier("H01.113-261008-00000")


def test_counts_of_a_dossier_agree_with_the_lists(province: DataFolder) -> None:
    for indicator in ("2.1", "3.3", "3.6", "4.1"):
        whole = {row["code"] for row in province.dossiers("H01", indicator, "d", limit=10_000)["rows"]}
        has = {row["code"] for row in province.dossiers("H01", indicator, "n", limit=10_000)["rows"]}
        for code in sorted(whole)[::60]:
            assert province.dossier(code)["counts"][indicator] == {"d": True, "n": code in has}


def test_arrivals_add_up_to_what_was_loaded(own: DataFolder) -> None:
    before = own.arrivals()
    assert before["now"] == iso(UNTIL)
    assert before["dossiers"] == len(own.standing.roster)
    assert sum(one["read"] for one in before["senders"]) == sum(
        one["new"] + one["changed"] + one["same"] + one["refused"] for one in before["senders"]
    )
    assert len(before["senders"]) > 1
    assert {one["mistake"] for one in before["mistakes"]} >= {"NO_DUE", "PLACEHOLDER_ID"}
    one = dossier(CODE, UNTIL - DAY, UNTIL + DAY)
    tell(own, "dossiers", one)
    tell(own, "dossiers", one)
    told = {line["sender"]: line for line in own.arrivals()["senders"]}["thử"]
    assert (told["read"], told["new"], told["same"], told["refused"]) == (2, 1, 1, 0)
    assert own.arrivals()["newest"] == iso(UNTIL)


def test_a_dossier_of_an_unknown_procedure_is_taken_and_flagged(own: DataFolder) -> None:
    strange = dossier(CODE, UNTIL - DAY, UNTIL + DAY, MaTTHC="9.999999")
    assert tell(own, "dossiers", strange).arrivals[0].flagged == 1
    assert tell(own, "dossiers", strange).arrivals[0].same == 1
    told = own.dossier(CODE)
    assert told["procedure_name"] == ""
    assert "unknown_procedure" in told["mistakes"]
    assert {"sender": "thử", "mistake": "UNKNOWN_PROCEDURE", "number": 11, "count": 1} in own.arrivals()[
        "mistakes"
    ]
    assert own.score("H01.113")["indicators"]["2.1"]["d"] > 0
    tell(own, "procedures", {"code": "9.999999", "name": "Thủ tục lạ", "level": "commune", "online": "full"})
    assert "unknown_procedure" not in own.dossier(CODE)["mistakes"]
    changed = dossier(CODE, UNTIL - DAY, UNTIL + DAY, KenhThucHien="3", MaTTHC="9.999999")
    assert tell(own, "dossiers", changed).arrivals[0].flagged == 0


def test_units_in_force(province: DataFolder) -> None:
    known = {one["code"]: one for one in province.units()}
    home = [one for one in known.values() if one["parent"] == "H01"]
    assert sorted({one["kind"] for one in home}) == ["commune", "department"]
    assert len(home) == 117
    assert known["H01.113"]["name"]
    before = {one["code"]: one for one in province.units(parse_instant("2023-06-01"))}
    assert sum(one["kind"] == "district" and one["parent"] == "H01" for one in before.values()) == 11


def test_what_the_clock_will_do_is_what_it_does(own: DataFolder) -> None:
    for number in range(6):
        tell(own, "dossiers", dossier(f"H01.113-261009-8{number:04d}", UNTIL - DAY, UNTIL + 600 * number))
    until = UNTIL + 1500
    told = {unit: own.next_falls(unit, until) for unit in ("H01", "H01.113", "H01.06")}
    assert told["H01.113"]["falling"] >= 3
    own.ledger.clock.set(Clock(until))
    assert own.refresh()
    for unit, one in told.items():
        now = own.score(unit)
        assert (one["total_then"], one["exact_then"]) == (now["total"], now["exact"])
        assert own.next_falls(unit, until)["falling"] == 0
