from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.instants import DAY, ZONE, instant_of, moment_of
from chiso.intake import scalars
from chiso.intake.refusals import RefusedError


def at(*parts: int) -> int:
    return instant_of(datetime(*parts, tzinfo=ZONE))  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20261012080500", at(2026, 10, 12, 8, 5)),
        (20261012080500, at(2026, 10, 12, 8, 5)),
        (20261012080500.0, at(2026, 10, 12, 8, 5)),
        ("202610120805", at(2026, 10, 12, 8, 5)),
        ("20261012", at(2026, 10, 12)),
        ("2026-10-12", at(2026, 10, 12)),
        ("2026-10-12T08:05:00", at(2026, 10, 12, 8, 5)),
        ("2026-10-12 08:05", at(2026, 10, 12, 8, 5)),
        ("2026-10-12T08:05:09.1234567", at(2026, 10, 12, 8, 5, 9)),
        ("2026-10-12T08:05:00+07:00", at(2026, 10, 12, 8, 5)),
        ("2026-10-12T01:05:00Z", at(2026, 10, 12, 8, 5)),
        ("2026-10-12t01:05:00.5z", at(2026, 10, 12, 8, 5)),
        ("2026-10-12 01:05:00+00", at(2026, 10, 12, 8, 5)),
        ("12/10/2026", at(2026, 10, 12)),
        ("1/9/2026", at(2026, 9, 1)),
        ("12/10/2026 08:05", at(2026, 10, 12, 8, 5)),
        ("12/10/2026 08:05:30", at(2026, 10, 12, 8, 5, 30)),
        ("12-10-2026 8h05", at(2026, 10, 12, 8, 5)),
        ("08:05 12/10/2026", at(2026, 10, 12, 8, 5)),
        ("/Date(1791767100000)/", at(2026, 10, 12, 8, 5)),
        ("/Date(1791767100000+0700)/", at(2026, 10, 12, 8, 5)),
        ("  20261012080500 ", at(2026, 10, 12, 8, 5)),
    ],
)
def test_every_spelling_of_an_instant(written: object, meant: int) -> None:
    assert scalars.instant(written, "NgayTiepNhan") == meant  # type: ignore[arg-type]
    assert scalars.instant(written, "NgayTiepNhan") == meant  # type: ignore[arg-type]  # remembered the same


@pytest.mark.parametrize(
    "written",
    ["", None, " ", "null", "NULL", "0001-01-01", "0001-01-01T00:00:00", "00010101000000", "19000101",
     "19000101000000", "1900-01-01T00:00:00", "01/01/0001 00:00:00", "01/01/1900", "/Date(-62135596800000)/",
     "00000000000000", "0", 0, "-"],
)  # fmt: skip
def test_every_spelling_of_no_instant(written: object) -> None:
    assert scalars.instant(written, "NgayTra") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("20260230120000", "impossible_date"),
        ("20261301000000", "impossible_date"),
        ("20261012250000", "impossible_date"),
        ("31/04/2026", "impossible_date"),
        ("2026-02-30", "impossible_date"),
        ("2026-10-12T25:00:00", "impossible_date"),
        ("19891231235959", "date_out_of_range"),
        ("21010101000000", "date_out_of_range"),
        ("9999-12-31T23:59:59", "date_out_of_range"),
        ("hôm qua", "bad_date"),
        ("2026", "bad_date"),
        ("12102026", "impossible_date"),
        (True, "bad_date"),
        (1.5, "bad_date"),
        (float("inf"), "bad_date"),
        ("٢٠٢٦١٠١٢٠٨٠٥٠٠", "bad_date"),
        ("1" * 500, "bad_date"),
        (10**400, "bad_date"),
    ],
)
def test_what_is_no_date_is_refused_with_field_and_value(written: object, reason: str) -> None:
    with pytest.raises(RefusedError) as told:
        scalars.instant(written, "NgayHenTra")  # type: ignore[arg-type]
    assert (told.value.field, told.value.reason) == ("NgayHenTra", reason)


def test_a_promise_without_a_time_lasts_until_the_end_of_its_day() -> None:
    assert scalars.instant("20261012", "NgayHenTra", due=True) == at(2026, 10, 12) + DAY
    assert scalars.instant("12/10/2026", "NgayHenTra", due=True) == at(2026, 10, 13)
    assert scalars.instant("20261012000000", "NgayHenTra", due=True) == at(2026, 10, 12)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31)))  # noqa: DTZ001
@settings(deadline=None)
def test_all_spellings_of_one_instant_agree(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=ZONE)
    meant = instant_of(moment)
    for spelling in ("%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y"):
        assert scalars.instant(moment.strftime(spelling), "x") == meant
    assert scalars.instant(f"/Date({meant * 1000})/", "x") == meant
    assert moment_of(meant) == moment


@pytest.mark.parametrize("written", ["True", "true", "1", 1, True, "có", "Có", "CÓ", "x", "yes", "1.0"])
def test_yes(written: object) -> None:
    assert scalars.flag(written, "x") is True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["False", "false", "0", 0, False, "không", "Không", "", None, "no", 0.0, " "]
)
def test_no(written: object) -> None:
    assert scalars.flag(written, "x") is False  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["2", 2, "maybe", "10"])
def test_neither(written: object) -> None:
    with pytest.raises(RefusedError, match="bad_flag"):
        scalars.flag(written, "DuocSoHoa")  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["9", 9, "09", " 9 ", "9.0", 9.0])
def test_a_state_in_every_spelling(written: object) -> None:
    assert scalars.state(written, "TrangThaiHoSo") == 9  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["0", "11", 0, -1, "chín", True, 9.5])
def test_an_unknown_state(written: object) -> None:
    with pytest.raises(RefusedError, match="unknown_state"):
        scalars.state(written, "TrangThaiHoSo")  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["", None, "  "])
def test_no_state(written: object) -> None:
    with pytest.raises(RefusedError, match="missing"):
        scalars.state(written, "TrangThaiHoSo")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("4000", 4000), (4000, 4000), (4000.0, 4000), ("4.000", 4000), ("4,000", 4000), ("1.250.000",
        1_250_000),
        ("4.000 đồng", 4000), ("4000đ", 4000), ("4.000 VND", 4000), ("4000,00", 4000), ("4000.0", 4000),
        ("4.000,00", 4000), ("0", 0), (0, 0), ("0.0", 0), ("0 đồng", 0), ("không", 0), ("Miễn phí", 0),
        ("KHÔNG THU PHÍ", 0), (False, 0), ("0.5", 1),
        ("", None), (None, None), ("theo biểu phí", None), ("-5", None), (-5, None), (float("nan"), None),
        (True, None), ("9" * 30, None),
    ],
)  # fmt: skip
def test_prices(written: object, amount: int | None) -> None:
    assert scalars.price(written) == amount  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "number"), [("389.256", 389256), ("389,256", 389256), ("17", 17), (17.0, 17), ("17.0", 17)]
)
def test_whole_numbers(written: object, number: int) -> None:
    assert scalars.whole(written, "n") == number  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["1.5", "", None, "a", 1.5, float("inf"), 10**30, "1.23.4"])
def test_no_whole_numbers(written: object) -> None:
    with pytest.raises(RefusedError, match="bad_number"):
        scalars.whole(written, "n")  # type: ignore[arg-type]


def test_keys_are_not_empty_short_and_printable() -> None:
    assert scalars.key_text(" H01-1 ", "MaHoSo") == "H01-1"
    for value, reason in (("", "missing"), ("a" * 51, "too_long"), ("a\x00b", "control_characters")):
        with pytest.raises(RefusedError, match=reason):
            scalars.key_text(value, "MaHoSo")


def test_folding_drops_accents_and_case() -> None:
    assert scalars.fold("  Ngày  HẸN trả\u0301 Đơn ") == "ngay hen tra don"
