"""A small province in which every kind of finding about procedures is there once at least."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder
from chiso.instants import DAY, day_of
from tests.insight.work import enrich, procedure
from tests.support.messages import dossier, tell


def national(code: str, **more: Any) -> dict[str, Any]:
    """A ministry's procedure of communes."""
    return procedure(code, level="commune", publisher="G15", specific=False, **more)


FILED = (("4.100009", "1"), ("4.100010", "2"), ("4.100011", "1"), ("4.100011", "1"), ("4.888888", "1"))
"""procedure and KenhThucHien of the dossiers told besides"""


def plant(folder: DataFolder) -> None:
    """What each test of findings relies on; the codes say what is the matter."""
    enrich(folder)
    now = folder.now()
    today = day_of(now)
    tell(
        folder, "procedures",
        national("4.100001", decision="1/QĐ-BTP", limit_days=5, online="full", has_fee=True),  # alike
        national("4.100002"),  # not in the local list
        national("4.100003"),  # closed in the local list
        national("4.100004", name="Cấp bản sao", decision="2/QĐ-BTP", limit_days=7),  # differs
        national("4.100005", online="full"),  # on paper in the local list
        national("4.100006", has_fee=True),  # no fee in the local list
        national("4.100007", unit="H02.11 H44.20"),  # carried out elsewhere
        national("4.100008", state="closed"),  # still in use here
        national("4.100009", valid_to=(today - timedelta(days=30)).isoformat()),  # ended, still received
        national("4.100010", online="information"),  # filed online all the same
        national("4.100011", has_fee=True, online="full"),  # on paper, and never paid online
        procedure("4.100012", effective_on=(today + timedelta(days=1)).isoformat(), unit="H01.06"),
        procedure("4.100013", unit="H01.06", publisher="H01"),
    )  # fmt: skip
    tell(
        folder, "local_procedures",
        {"code": "4.100001", "name": "thủ tục 4.100001", "decision": "1/qđ-btp", "limit_days": 5,
         "online": "full", "has_fee": True, "unit": "H01.113"},
        {"code": "4.100003", "name": "x", "state": "closed"},
        {"code": "4.100004", "name": "Cấp bản sao trích lục", "decision": "1/QĐ-BTP", "limit_days": 10},
        {"code": "4.100005", "name": "Thủ tục 4.100005", "online": "information"},
        {"code": "4.100006", "name": "Thủ tục 4.100006", "has_fee": False},
        {"code": "4.100008", "name": "x"},
        {"code": "4.999999", "name": "Chỉ có ở tỉnh"},
        {"code": "4.999998", "name": "Hết từ lâu", "valid_to": "2020-01-01"},
    )  # fmt: skip
    at = now - 5 * DAY
    tell(
        folder, "dossiers",
        *(dossier(f"H01.113-261005-5000{number}", at + number, MaTTHC=code, KenhThucHien=channel)
          for number, (code, channel) in enumerate(FILED)),
    )  # fmt: skip
    day = day_of(at).isoformat()
    tell(
        folder, "decisions",
        {"code": "4.100013", "decision": "77/QĐ-UBND", "date": "2026-09-01",
         "legal_effective_on": "2026-09-02", "published_on": day},
        {"code": "4.100001", "decision": "78/QĐ-UBND", "date": "2026-09-01"},
    )  # fmt: skip
    folder.refresh()


@pytest.fixture
def planted_own(own: DataFolder) -> DataFolder:
    """One to change."""
    plant(own)
    return own


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, province_path: Path) -> Iterator[DataFolder]:
    """One that nobody changes."""
    path = Path(shutil.copytree(province_path, tmp_path_factory.mktemp("planted") / "data"))
    with DataFolder.open(path, standing=True) as folder:
        plant(folder)
        yield folder
