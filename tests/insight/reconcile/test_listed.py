"""With a list of the portal: what is missing there, here, and what is different there."""

from __future__ import annotations

import io
from typing import Any

import pytest

from chiso.instants import DAY, parse_instant
from chiso.intake.portal_list import PortalList, read_list
from tests.insight.reconcile.conftest import (
    CAPTURE,
    HOUR,
    OTHER,
    UNIT,
    Small,
    causes,
    everywhere,
    unexplained,
)
from tests.support.messages import stamp

SEPTEMBER = parse_instant("2026-09-20")
PLAIN = [f"{UNIT}-260901-{number:05d}" for number in range(10)]


def listed(*rows: str, heading: str = "Mã hồ sơ") -> PortalList:
    return read_list(io.BytesIO("\n".join((heading, *rows)).encode()), "x.csv")


def answer(small: Small, told: PortalList) -> dict[str, Any]:
    return small.answer(listed=told)


def test_a_list_like_ours_changes_nothing(small: Small) -> None:
    small.publish(small.computed())
    body = answer(small, listed(*PLAIN))
    assert causes(body) == {}
    assert body["list"] == {
        "rows": 10, "dossiers": 10, "columns": ["MaHoSo"], "again": 0, "unread": 0,
        "missing_there": 0, "missing_here": 0, "different_there": 0,
    }  # fmt: skip


def test_missing_there(small: Small) -> None:
    small.publish(small.differ(**everywhere(-1, -1)))
    body = answer(small, listed(*PLAIN[1:]))
    assert causes(body).keys() == {("missing_there", "")}
    assert causes(body)["missing_there", ""]["dossiers"] == [PLAIN[0]]
    assert unexplained(body) == {}
    assert body["list"]["missing_there"] == 1


def test_missing_here(small: Small) -> None:
    """A code that nobody here has heard of counts as received, and as whatever else the list says."""
    stranger = f"{UNIT}-260920-77777;20/09/2026 08:00;25/09/2026 17:00;22/09/2026 10:00"
    heading = "Mã hồ sơ;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc"
    plain = [f"{code};;;" for code in PLAIN]
    dossiers = ("i1_4", "i2_1", "i3_3", "i4_1", "i4_2", "i4_3", "i4_4", "i4_5b", "i5_4")
    changes = {name: (int(name in ("i2_1", "i5_4")), int(name != "i1_4")) for name in dossiers}
    small.publish(small.differ(**changes))
    body = answer(small, listed(stranger, *plain, heading=heading))
    assert causes(body).keys() == {("missing_here", "")}
    assert causes(body)["missing_here", ""]["dossiers"] == [f"{UNIT}-260920-77777"]
    assert unexplained(body) == {}


def test_known_here_under_another_unit_and_listed_there(small: Small) -> None:
    """The list alone would call it missing here; that it is received at our desk says why."""
    moved = small.one(57, SEPTEMBER, DonViXuLy=f"Phường ({OTHER})")
    small.tell(moved, known_at=CAPTURE - DAY)
    small.publish(small.differ(**everywhere(1, 1)))
    body = answer(small, listed(*PLAIN, moved["MaHoSo"]))
    assert causes(body).keys() == {("other_unit", "desk")}
    assert body["list"]["missing_here"] == 0


def test_a_cause_keeps_only_what_the_list_confirms(small: Small) -> None:
    late = [small.one(50 + number, SEPTEMBER) for number in range(3)]
    small.tell(*late, known_at=CAPTURE + HOUR)
    changes = {key: (2 * n, 2 * d) for key, (n, d) in everywhere(-1, -1).items()}
    small.publish(small.differ(**changes))
    body = answer(small, listed(*PLAIN, late[1]["MaHoSo"]))
    assert causes(body)["known_later", "new"]["dossiers"] == [late[0]["MaHoSo"], late[2]["MaHoSo"]]
    assert unexplained(body) == {}


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Ngày kết thúc", "30/09/2026 10:00"),
        ("Ngày hẹn trả", "01/09/2026 09:00"),
        ("Đúng hạn", "Quá hạn"),
    ],
)
def test_different_there(small: Small, heading: str, cell: str) -> None:
    small.publish(small.differ(i2_1=(-1, 0), i5_4=(-1, 0)))
    rows = [f"{code};{cell if number == 0 else ''};" for number, code in enumerate(PLAIN)]
    body = answer(small, listed(*rows, heading=f"Mã hồ sơ;{heading};Ghi chú"))
    assert causes(body).keys() == {("different_there", "")}
    assert causes(body)["different_there", ""]["dossiers"] == [PLAIN[0]]
    assert unexplained(body) == {}


def test_a_state_that_is_open_there(small: Small) -> None:
    small.publish(small.differ(i2_1=(-1, 0), i5_4=(-1, 0)))
    rows = [f"{code};{'Đang xử lý' if number == 0 else 'Đã xử lý'};" for number, code in enumerate(PLAIN)]
    body = answer(small, listed(*rows, heading="Mã hồ sơ;Trạng thái;Ghi chú"))
    assert causes(body)["different_there", ""]["dossiers"] == [PLAIN[0]]


def test_a_day_alone_is_compared_as_a_day(small: Small) -> None:
    small.publish(small.computed())
    told = {one["MaHoSo"]: one["NgayHenTra"] for one in small.plain}
    rows = [f"{code};{at[6:8]}/{at[4:6]}/{at[:4]};" for code, at in told.items()]
    body = answer(small, listed(*rows, heading="Mã hồ sơ;Ngày hẹn trả;Ghi chú"))
    assert body["list"]["different_there"] == 0
    assert stamp(SEPTEMBER)[:8] == "20260920"
