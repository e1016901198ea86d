"""A unit's score: computed, published or refused; where it came from; as it was known then."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder, QuestionError
from chiso.instants import BadInstantError, iso, parse_instant
from chiso.ledger.clock import Clock
from tests.folder.conftest import DOSSIERS
from tests.support.messages import tell
from tests.support.provinces import journal, load_lines

CAPTURE = {
    "unit": "H01", "period": "2023", "at": "2023-03-27", "transparency": 12.2, "processing": 18.3,
    "online_services": 7.6, "online_payment": 2.4, "satisfaction": 18, "digitisation": 6.7, "total": 65.2,
    "rank": 10,
}  # fmt: skip


def test_the_year_of_now_judged_now(province: DataFolder) -> None:
    told = province.score("H01")
    assert told["unit"] == "H01"
    assert told["name"] == "Tỉnh An Giang"
    assert (told["period"], told["at"], told["as_of"]) == ("2026", iso(UNTIL), iso(UNTIL))
    assert (told["law"], told["source"], told["max"]) == ("qd766", "computed", 100)
    assert told["indicators"]["2.1"]["d"] == told["dossiers"] == DOSSIERS
    assert told["journal"] == province.ledger.position().journal
    assert {len(told[name]) for name in ("law_version", "units_version", "calendar_version")} == {12}
    assert sum(float(one["points"]) for one in told["groups"].values()) == pytest.approx(float(told["total"]))
    assert abs(float(told["exact"]) - float(told["total"])) < 0.15


def test_every_spelling_of_a_unit(province: DataFolder) -> None:
    for code in ("H01", "h01", "000.00.00.H01", "000.00.01.H01"):
        if province.registry.units.find(code) is not None:
            assert province.score(code)["total"] is not None
    assert province.score("000.00.00.H01")["unit"] == "H01"
    with pytest.raises(QuestionError, match="X99"):
        province.score("X99")


@pytest.mark.parametrize("period", ["2026-09", "2026-Q3", "2026-H2", "2026", "2026-02-03..2026-05-04"])
@pytest.mark.parametrize("unit", ["H01", "H01.113"])
def test_standing_counts_and_a_count_for_the_question_agree(
    province: DataFolder, unit: str, period: str
) -> None:
    standing = province.score(unit, period=period)
    asked = province.score(unit, period=period, at=UNTIL, as_of=UNTIL)
    assert standing == asked


def test_a_period_that_has_ended_is_judged_at_its_end(province: DataFolder) -> None:
    assert province.score("H01", period="2026-05")["at"] == "2026-06-01T00:00:00+07:00"
    assert (
        province.score("H01", period="2026-05", at=parse_instant("2026-05-09"))["at"]
        == "2026-05-09T00:00:00+07:00"
    )


@pytest.mark.parametrize("month", [3, 6, 9])
def test_as_of_equals_a_folder_that_got_only_what_was_known_then(
    province: DataFolder, tmp_path: Path, month: int
) -> None:
    then = parse_instant(f"2026-{month:02d}-14T09:30+07:00")
    load_lines(tmp_path, [line for at, line in journal(DOSSIERS) if at <= then], then)
    with DataFolder.open(tmp_path) as young:
        for unit in ("H01", "H01.113", "H01.06"):
            for period in ("2026", f"2026-{month:02d}"):
                known = young.score(unit, period=period)
                back = province.score(unit, period=period, at=then, as_of=then)
                # the number of the journal is that of the ledger asked
                assert {**back, "journal": 0} == {**known, "journal": 0}


def test_what_becomes_known_for_the_past_changes_the_past_that_was_asked_for(own: DataFolder) -> None:
    then = parse_instant("2026-06-01")
    before = own.score("H01", period="2026", at=then, as_of=then)
    for number in range(8):
        received = {"NgayTiepNhan": "20260401080000", "NgayHenTra": "20260402080000"}
        one = {
            "MaHoSo": f"H01.113-260401-9{number:04d}",
            "MaTTHC": "2.000815",
            "TrangThaiHoSo": "4",
            **received,
        }
        tell(own, "dossiers", one, known_at=then - 86_400)
        after = own.score("H01", period="2026", at=then, as_of=then)
        assert after["indicators"]["2.1"]["d"] == before["indicators"]["2.1"]["d"] + number + 1
        assert own.score("H01", period="2026", at=then, as_of=then - 86_401)["dossiers"] < after["dossiers"]


def test_before_2026_groups_are_published_or_nothing_is_said(own: DataFolder) -> None:
    with pytest.raises(QuestionError, match="--law qd766"):
        own.score("H01", period="2023")
    computed = own.score("H01", period="2023", law="qd766")
    assert (computed["source"], computed["law"], computed["dossiers"]) == ("computed", "qd766", 0)
    tell(own, "published", CAPTURE)
    told = own.score("H01", period="2023")
    assert (told["total"], told["law"], told["source"]) == ("65.20", "qd766-2022", "published")
    assert told["groups"]["transparency"]["points"] == "12.20"
    assert own.score("H01", period="2023", law="qd766")["source"] == "computed"
    with pytest.raises(QuestionError):
        own.score("H01", period="2023", source="computed")
    with pytest.raises(QuestionError):
        own.score("H01", period="2023", at=parse_instant("2023-03-01"))


def test_the_source_can_be_chosen(own: DataFolder) -> None:
    tell(own, "published", {**CAPTURE, "period": "2026", "at": "2026-10-09", "total": 59.18})
    assert own.score("H01")["source"] == "computed"
    published = own.score("H01", source="published")
    assert (published["source"], published["total"]) == ("published", "59.18")
    assert own.score("H01", source="computed")["source"] == "computed"
    with pytest.raises(QuestionError, match="no published result"):
        own.score("H01.113", source="published")
    with pytest.raises(QuestionError, match="no source"):
        own.score("H01", source="rumour")


def test_where_no_dossiers_are_held_the_published_figures_are_given(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path) as folder:
        folder.ledger.clock.set(Clock(UNTIL))
        folder.refresh()
        with pytest.raises(QuestionError, match="no published result of H44"):
            folder.score("H44", period="2026")
        assert folder.score("H01", period="2026")["source"] == "computed"
        tell(folder, "published", {"unit": "H44", "period": "2026", "at": "2026-10-06", "total": 61.39})
        assert folder.score("H44", period="2026")["source"] == "published"


def test_questions_that_cannot_be_answered(province: DataFolder) -> None:
    with pytest.raises(QuestionError, match="no law"):
        province.score("H01", law="qd999")
    with pytest.raises(BadInstantError):
        province.score("H01", period="2026-13")


def test_the_law_can_be_chosen(province: DataFolder) -> None:
    document = province.score("H01", law="qd766-document")
    assert document["law"] == "qd766-document"
    assert document["total"] != province.score("H01")["total"]
    assert document["indicators"]["2.1"] == province.score("H01")["indicators"]["2.1"]


def test_a_law_that_knows_groups_only_is_refused_for_a_period_of_another(province: DataFolder) -> None:
    with pytest.raises(QuestionError, match="qd766-2022") as told:
        province.score("H01", period="2026", law="qd766-2022")
    assert "Kỳ 2026" in told.value.message_vi
    assert told.value.wrong
    with pytest.raises(QuestionError):
        province.rank("communes", period="2026", law="qd766-2022")
