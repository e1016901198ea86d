"""Each cause alone on a handful of dossiers, and what remains when there is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chiso.folder import QuestionError
from chiso.instants import DAY, iso, parse_instant
from tests.insight.reconcile.conftest import (
    BARE,
    CAPTURE,
    HOUR,
    NOW,
    OTHER,
    UNIT,
    Small,
    causes,
    everywhere,
    unexplained,
)
from tests.support.messages import stamp, tell

SEPTEMBER = parse_instant("2026-09-20")


def test_where_nothing_differs_there_is_no_cause(small: Small) -> None:
    small.publish(small.computed())
    body = small.answer()
    assert causes(body) == {}
    assert unexplained(body) == {}
    assert body["difference"] == {"points": "0.00", "explained": "0.00", "unexplained": "0.00"}
    for row in body["rows"]:
        assert row["published"] == row["computed"]
        assert row["difference"] == "0.00"
        assert [why["cause"] for why in row["why"]] == []


def test_known_after_the_capture(small: Small) -> None:
    late = small.one(50, SEPTEMBER)
    small.tell(late, known_at=CAPTURE + HOUR)
    small.publish(small.differ(**everywhere(-1, -1)))
    body = small.answer()
    told = causes(body)
    assert told.keys() == {("known_later", "new")}
    assert told["known_later", "new"]["dossiers"] == [late["MaHoSo"]]
    assert told["known_later", "new"]["changes"]["2.1"] == [-1, -1]
    assert unexplained(body) == {}
    row = next(row for row in body["rows"] if row["indicator"] == "2.1")
    assert row["why"] == [
        {"cause": "known_later", "part": "new", "n": -1, "d": -1, "count": 1, "dossiers": [late["MaHoSo"]]}
    ]


def test_an_end_that_was_told_after_the_capture(small: Small) -> None:
    small.tell(small.one(51, SEPTEMBER, open_=True), known_at=CAPTURE - DAY)
    small.tell(small.one(51, SEPTEMBER), known_at=CAPTURE + HOUR)
    changed = dict.fromkeys(("i2_1", "i4_1", "i4_2", "i5_4"), (-1, 0))
    small.publish(small.differ(**changed))
    body = small.answer()
    assert causes(body).keys() == {("known_later", "changed")}
    assert causes(body)["known_later", "changed"]["count"] == 1
    assert unexplained(body) == {}


def test_petitions_known_after_the_capture(small: Small) -> None:
    petition = {
        "MaPAKN": "PAKN.1", "MaDonVi": UNIT, "TrangThai": "da_cong_khai",
        "NgayGui": stamp(SEPTEMBER), "NgayTiepNhan": stamp(SEPTEMBER), "NgayXuLyXong": stamp(SEPTEMBER + DAY),
        "NgayCongKhai": stamp(SEPTEMBER + DAY),
    }  # fmt: skip
    tell(small.folder, "petitions", petition, known_at=CAPTURE + HOUR)
    small.publish(small.differ(i5_2=(-1, -1), i5_3=(-1, -1)))
    body = small.answer()
    told = causes(body)
    assert told.keys() == {("known_later", "records")}
    assert told["known_later", "records"]["changes"] == {"5.2": [-1, -1], "5.3": [-1, -1]}
    assert told["known_later", "records"]["count"] == 0
    assert unexplained(body) == {}


def test_a_catalogue_known_after_the_capture(small: Small) -> None:
    """A procedure that turned out to have a fee changes what counts of its dossiers."""
    free = small.one(52, SEPTEMBER, MaTTHC=BARE)
    small.tell(free, known_at=CAPTURE - DAY)
    procedure = {"code": BARE, "name": "Đăng ký khai sinh", "level": "commune", "online": "partial",
                 "has_fee": True, "returns_paper": False, "for_person": True}  # fmt: skip
    tell(small.folder, "procedures", procedure, known_at=CAPTURE + HOUR)
    small.publish(small.differ(i3_6=(-1, -1), i3_5=(-1, -1), i3_5b=(-1, -1)))
    body = small.answer()
    assert causes(body).keys() == {("known_later", "records")}
    assert causes(body)["known_later", "records"]["dossiers"] == [free["MaHoSo"]]
    assert unexplained(body) == {}


def test_in_quarantine(small: Small) -> None:
    refused = small.one(53, SEPTEMBER, TaiKhoanDuocXacThucVoiVNeID="có lẽ")
    small.refuse(refused)
    small.publish(small.differ(**{**everywhere(1, 1), "i4_5b": (0, 1)}))
    body = small.answer()
    assert causes(body).keys() == {("quarantined", "")}
    assert causes(body)["quarantined", ""]["dossiers"] == [refused["MaHoSo"]]
    assert unexplained(body) == {}


def test_what_cannot_be_read_in_quarantine_is_told(small: Small) -> None:
    small.refuse({"MaHoSo": "H01.113-260901-00054", "TrangThaiHoSo": "9", "NgayTiepNhan": "hôm qua"})
    small.publish(small.computed())
    assert small.answer()["unread"] == 1


def test_two_codes_for_one_dossier(small: Small) -> None:
    whose = {"SoGiayToChuHoSo": "089123456789"}
    small.tell(small.one(55, SEPTEMBER, **whose), small.one(56, SEPTEMBER, **whose), known_at=CAPTURE - DAY)
    small.publish(small.differ(**everywhere(-1, -1)))
    body = small.answer()
    assert causes(body).keys() == {("duplicate", "later_code")}
    assert causes(body)["duplicate", "later_code"]["dossiers"] == ["H01.113-260901-00056"]
    other = next(one for one in body["possible"] if one.get("part") == "earlier_code")
    assert other["dossiers"] == ["H01.113-260901-00055"]


def test_the_earlier_of_two_codes_left_out(small: Small) -> None:
    whose = {"SoGiayToChuHoSo": "089123456789"}
    small.tell(
        small.one(55, SEPTEMBER, **whose),
        small.one(56, SEPTEMBER, **whose, TaiKhoanDuocXacThucVoiVNeID="0"),
        known_at=CAPTURE - DAY,
    )
    small.publish(small.differ(**everywhere(-1, -1)))
    assert causes(small.answer()).keys() == {("duplicate", "earlier_code")}


@pytest.mark.parametrize("named", [OTHER, UNIT])
def test_counted_under_another_unit(small: Small, named: str) -> None:
    """Handled there and received here, or the other way round."""
    desk = UNIT if named == OTHER else OTHER
    moved = small.one(57, SEPTEMBER, desk=desk, DonViXuLy=f"Phường ({named})")
    small.tell(moved, known_at=CAPTURE - DAY)
    sign = 1 if named == OTHER else -1
    small.publish(small.differ(**everywhere(sign, sign)))
    body = small.answer()
    assert causes(body).keys() == {("other_unit", "desk")}
    assert causes(body)["other_unit", "desk"]["dossiers"] == [moved["MaHoSo"]]
    assert unexplained(body) == {}


def test_filed_before_the_period_and_received_in_it(small: Small) -> None:
    new_year = parse_instant("2026-01-01")
    edge = small.one(58, new_year, NgayNopHoSo=stamp(new_year - HOUR))
    small.tell(edge, known_at=new_year + DAY)
    small.publish(small.differ(i1_4=(-1, -1), i3_3=(-1, -1), i3_6=(-1, -1)))
    body = small.answer()
    assert causes(body).keys() == {("period_edge", "submitted")}
    assert causes(body)["period_edge", "submitted"]["dossiers"] == [edge["MaHoSo"]]


def test_filed_in_a_month_and_received_the_day_after_it(small: Small) -> None:
    """September ends at midnight; what was filed in it and received on 1 October counts on the portal."""
    october = parse_instant("2026-10-01")
    edge = small.one(58, october, open_=True, NgayNopHoSo=stamp(october - HOUR))
    small.tell(edge, small.one(59, october), known_at=CAPTURE - DAY)
    told = small.folder.score(UNIT, period="2026-09", at=CAPTURE, source="computed")["indicators"]
    pairs = {name: (one["n"], one["d"]) for name, one in told.items() if "n" in one and name != "2.2"}
    assert pairs["2.1"] == (10, 10)
    for name in ("2.1", "3.3", "3.6", "4.5b", "5.4"):
        pairs[name] = pairs[name][0] + 1, pairs[name][1] + 1
    pairs["1.4"] = pairs["1.4"][0] + 1, pairs["1.4"][1] + 1
    for name in ("4.1", "4.2", "4.3", "4.4"):
        pairs[name] = pairs[name][0], pairs[name][1] + 1
    small.publish(pairs, period="2026-09")
    body = small.answer(period="2026-09")
    assert causes(body).keys() == {("period_edge", "submitted")}
    assert causes(body)["period_edge", "submitted"]["dossiers"] == [edge["MaHoSo"]]
    assert unexplained(body) == {}


def test_counted_at_the_units_of_today(small: Small) -> None:
    """A commune that ended after the capture, whose dossiers the portal counts at what continues it."""
    ended = {"code": OTHER, "name": "Phường Long Xuyên", "kind": "commune", "parent": "H01",
             "valid_to": "2026-10-09", "successor": UNIT}  # fmt: skip
    theirs = small.one(57, SEPTEMBER, desk=OTHER)
    small.tell(theirs, known_at=CAPTURE - DAY)
    tell(small.folder, "units", ended, known_at=CAPTURE - DAY)
    small.publish(small.differ(**everywhere(1, 1)))
    body = small.answer()
    assert causes(body).keys() == {("other_unit", "today")}
    assert causes(body)["other_unit", "today"]["dossiers"] == [theirs["MaHoSo"]]
    assert unexplained(body) == {}


def test_received_on_the_day_of_the_capture_after_it(small: Small) -> None:
    today = small.one(59, CAPTURE - 6 * HOUR, open_=True)  # received at eight, captured at six
    small.tell(today, known_at=NOW - DAY)
    small.publish(small.differ(**{**everywhere(1, 1), "i4_1": (0, 1), "i4_2": (0, 1)}))
    body = small.answer()
    assert causes(body).keys() == {("period_edge", "whole_day")}
    assert causes(body)["period_edge", "whole_day"]["dossiers"] == [today["MaHoSo"]]


def test_figures_up_to_the_day_before(small: Small) -> None:
    night = small.one(60, CAPTURE - 10 * HOUR)  # received at four in the morning
    small.tell(night, known_at=CAPTURE - HOUR)
    small.publish(small.differ(**everywhere(-1, -1)))
    body = small.answer()
    assert causes(body).keys() == {("period_edge", "day_before")}
    assert causes(body)["period_edge", "day_before"]["count"] == 1


def test_due_dates_compared_by_day(small: Small) -> None:
    hours_late = small.one(61, SEPTEMBER)
    hours_late["NgayHenTra"] = hours_late["NgayKetThucXuLy"][:8] + "090000"
    small.tell(hours_late, small.one(62, SEPTEMBER, late=True), known_at=CAPTURE - DAY)
    small.publish(small.differ(i2_1=(1, 0), i5_4=(1, 0)))
    body = small.answer()
    assert causes(body).keys() == {("due_by_day", "")}
    assert causes(body)["due_by_day", ""]["dossiers"] == [hours_late["MaHoSo"]]
    assert unexplained(body) == {}


def test_a_rule_of_the_formula_document(small: Small) -> None:
    small.tell(small.one(63, SEPTEMBER, MaTTHC=BARE), known_at=CAPTURE - DAY)
    small.publish(small.differ(i4_1=(-1, -1)))
    body = small.answer()
    assert causes(body).keys() == {("document_rule", "4.1")}
    assert causes(body)["document_rule", "4.1"]["count"] == 1


def test_a_rule_that_shows_in_points_alone(small: Small) -> None:
    """Full points from 80% on (4.2 of the document), of the same numerator and denominator."""
    small.tell(*(small.one(70 + n, SEPTEMBER, open_=True) for n in range(2)), known_at=CAPTURE - DAY)
    pairs = small.computed()
    assert pairs["4.2"] == (10, 12)
    own = small.folder.score(UNIT, period="2026", at=CAPTURE)
    group = Decimal(own["groups"]["digitisation"]["points"]) + 4 - Decimal(own["indicators"]["4.2"]["points"])
    small.publish(pairs, {"4.2": "4.00", "4.6": "2.00", "digitisation": f"{group:.2f}"})
    body = small.answer()
    assert causes(body).keys() == {("document_rule", "4.2")}
    assert causes(body)["document_rule", "4.2"]["points"] == "0.67"
    assert body["difference"] == {"points": "0.67", "explained": "0.67", "unexplained": "0.00"}
    assert not [one for one in body["causes"] if one["cause"] == "contradiction"]


def test_last_year_in_place_of_a_report(small: Small) -> None:
    tell(small.folder, "totals", {"unit": UNIT, "period": "2025", "received": 40},
         known_at=parse_instant("2026-02-01"))  # fmt: skip
    small.publish(small.differ(i1_4=(0, 30)))
    body = small.answer()
    assert causes(body).keys() == {("document_rule", "1.4")}
    assert causes(body)["document_rule", "1.4"]["changes"] == {"1.4": [0, 30]}


def test_a_placeholder_of_the_portal(small: Small) -> None:
    tell(small.folder, "totals", {"unit": UNIT, "period": "2026", "received": 40},
         known_at=parse_instant("2026-02-01"))  # fmt: skip
    assert small.computed()["1.4"] == (10, 40)
    small.publish(small.differ(i1_4=(0, -30)))
    body = small.answer()
    assert causes(body).keys() == {("placeholder", "1.4")}
    assert causes(body)["placeholder", "1.4"]["changes"] == {"1.4": [0, -30]}


def test_what_nothing_explains_is_shown(small: Small) -> None:
    small.publish(small.differ(i2_1=(-3, 4)))
    body = small.answer()
    assert causes(body) == {}
    assert unexplained(body) == {"2.1": [-3, 4]}
    row = next(row for row in body["rows"] if row["indicator"] == "2.1")
    assert row["why"] == [{"cause": "unexplained", "n": -3, "d": 4, "count": 0, "dossiers": []}]
    assert Decimal(body["difference"]["unexplained"]) == Decimal(body["difference"]["points"]) < 0


def test_a_cause_that_the_numbers_do_not_bear_out_is_no_reason(small: Small) -> None:
    """Four dossiers came later, of which the portal's figures show hardly a trace."""
    small.tell(*(small.one(80 + n, SEPTEMBER) for n in range(4)), known_at=CAPTURE + HOUR)
    small.publish(small.differ(i2_1=(0, -1), i4_1=(0, -1), i5_4=(-1, -1)))
    body = small.answer()
    assert causes(body) == {}
    assert unexplained(body) == {"2.1": [0, -1], "4.1": [0, -1], "5.4": [-1, -1]}
    assert [one["part"] for one in body["possible"] if one["cause"] == "known_later"] == ["new"]


def test_a_cause_is_a_reason_although_something_else_remains(small: Small) -> None:
    small.tell(*(small.one(80 + n, SEPTEMBER) for n in range(4)), known_at=CAPTURE + HOUR)
    changes = {key: (4 * n, 4 * d) for key, (n, d) in everywhere(-1, -1).items()}
    small.publish(small.differ(**{**changes, "i5_2": (0, 3)}))
    body = small.answer()
    assert causes(body).keys() == {("known_later", "new")}
    assert unexplained(body) == {"5.2": [0, 3]}


# -- what the published figures show by themselves ----------------------------------------------------------


def test_a_figure_copied_from_the_province(small: Small) -> None:
    pairs = small.differ(i1_1=(2, 5))
    small.publish(pairs)
    small.publish({"1.1": pairs["1.1"]}, unit="H01")
    body = small.answer()
    assert causes(body)["inherited", ""]["changes"] == {"1.1": [2, 5]}
    assert unexplained(body) == {}
    row = next(row for row in body["rows"] if row["indicator"] == "1.1")
    assert [why["cause"] for why in row["why"]] == ["inherited"]


def test_a_figure_that_should_be_the_provinces(small: Small) -> None:
    small.publish(small.differ(i1_1=(2, 5)))
    small.publish({"1.1": (1, 5)}, unit="H01")
    body = small.answer()
    flaw = next(one for one in body["causes"] if one["cause"] == "contradiction")
    assert (flaw["part"], flaw["published"], flaw["by_own"]) == ("not_inherited", "2/5", "1/5")
    assert unexplained(body) == {"1.1": [2, 5]}


def test_groups_of_other_days_are_named(small: Small) -> None:
    pairs = small.computed()
    digitised = {name: pair for name, pair in small.computed(at=CAPTURE - 3 * DAY).items() if name[0] == "4"}
    small.publish({name: pair for name, pair in pairs.items() if name[0] != "4"})
    small.publish(digitised, at=CAPTURE - 3 * DAY)
    body = small.answer()
    dates = [one for one in body["causes"] if one["cause"] == "captured_on_another_date"]
    assert [one["group"] for one in dates] == ["digitisation"]
    assert dates[0]["captured_at"] == iso(CAPTURE - 3 * DAY)
    assert body["captured"]["digitisation"] == iso(CAPTURE - 3 * DAY)
    assert body["captured"]["processing"] == iso(CAPTURE)
    assert unexplained(body) == {}


def test_a_group_that_was_not_refreshed_is_held_against_its_own_day(small: Small) -> None:
    """Captured again two days later with the figures of before: what came in between is no difference."""
    before = CAPTURE - 2 * DAY
    small.publish(small.computed(at=before), at=before)
    late = small.one(90, CAPTURE - DAY)
    small.tell(late, known_at=CAPTURE - HOUR)
    stale = {name: pair for name, pair in small.computed(at=before).items() if name == "2.1"}
    fresh = {name: pair for name, pair in small.computed(at=CAPTURE).items() if name != "2.1"}
    small.publish(stale | fresh)
    body = small.answer()
    assert causes(body) == {}
    assert unexplained(body) == {}
    date = next(one for one in body["causes"] if one["cause"] == "captured_on_another_date")
    assert (date["group"], date["captured_at"], date["data_at"]) == ("processing", iso(CAPTURE), iso(before))


@pytest.mark.parametrize(
    ("points", "kind", "worth"),
    [
        ({"4.1": "5.00", "4.6": "2.00"}, "points", "-1.00"),
        ({"processing": "19.00"}, "group", "-1.00"),
        ({"processing": "25.00"}, "above_maximum", None),
    ],
)
def test_published_figures_that_contradict_themselves(
    small: Small, points: dict[str, str], kind: str, worth: str | None
) -> None:
    small.publish(small.computed(), points)
    body = small.answer()
    flaws = [one for one in body["causes"] if one["cause"] == "contradiction"]
    assert [(one["part"], one["points"]) for one in flaws] == [(kind, worth)]
    assert unexplained(body) == {}
    assert body["difference"]["unexplained"] == "0.00"


def test_a_numerator_greater_than_its_denominator(small: Small) -> None:
    small.publish(small.differ(i4_1=(5, 0)))
    body = small.answer()
    flaw = next(one for one in body["causes"] if one["cause"] == "contradiction")
    assert (flaw["part"], flaw["indicator"], flaw["published"], flaw["by_own"]) == (
        "more_than_all", "4.1", "15", "10",
    )  # fmt: skip
    assert unexplained(body) == {"4.1": [5, 0]}


def test_a_total_that_is_not_the_sum_of_its_groups(small: Small) -> None:
    own = small.folder.score(UNIT, period="2026", at=CAPTURE)
    groups = {name: one["points"] for name, one in own["groups"].items()}
    total = Decimal(own["total"]) - 2
    small.publish(small.computed(), {**groups, "4.6": "2.00", "total": f"{total:.2f}"})
    body = small.answer()
    flaw = next(one for one in body["causes"] if one["cause"] == "contradiction")
    assert (flaw["part"], flaw["points"]) == ("total", "-2.00")
    assert body["difference"] == {"points": "-2.00", "explained": "-2.00", "unexplained": "0.00"}


def test_groups_known_by_points_only(small: Small) -> None:
    """The cause is found by what it does to the points."""
    hours_late = [small.one(61 + n, SEPTEMBER) for n in range(3)]
    for one in hours_late:
        one["NgayHenTra"] = one["NgayKetThucXuLy"][:8] + "090000"
    small.tell(*hours_late, known_at=CAPTURE - DAY)
    own = small.folder.score(UNIT, period="2026", at=CAPTURE)
    groups = {name: one["points"] for name, one in own["groups"].items()}
    assert Decimal(groups["processing"]) < 20
    satisfied = Decimal(groups["satisfaction"]) - Decimal(own["indicators"]["5.4"]["points"]) + 6
    small.publish({}, {**groups, "processing": "20.00", "satisfaction": f"{satisfied:.2f}"})
    body = small.answer()
    assert causes(body).keys() == {("due_by_day", "")}
    assert body["difference"]["unexplained"] == "0.00"
    rows = {row["indicator"]: row for row in body["rows"]}
    assert rows["processing"]["published"] is None
    assert rows["processing"]["points"] == {"published": "20.00", "computed": groups["processing"]}
    assert rows["processing"]["why"] == []


# -- what cannot be answered --------------------------------------------------------------------------------


def test_where_nothing_was_published_one_is_told_what_to_do(small: Small) -> None:
    with pytest.raises(QuestionError, match="load the portal's answers"):
        small.reconcile()
    small.publish(small.computed())
    with pytest.raises(QuestionError, match="no published result"):
        small.reconcile(at=CAPTURE - 1)
    with pytest.raises(QuestionError, match="no published result"):
        small.reconcile(period="2026-09")


def test_other_provinces_and_the_old_portal_cannot_be_reconciled(small: Small) -> None:
    small.publish({}, {"total": "60.00"}, unit="H44")
    with pytest.raises(QuestionError, match="no dossiers of H44"):
        small.reconcile("H44")
    small.publish({}, {"total": "60.00"}, period="2025")
    with pytest.raises(QuestionError, match="only group points"):
        small.reconcile(period="2025")
