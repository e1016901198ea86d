"""A unit's files, its report on one page, the message of the week."""

from __future__ import annotations

import io
import re
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from chiso.folder import DataFolder
from chiso.insight.exports.weekly import weekly
from chiso.web import pdf
from tests.support.browser import chromium

Client = TestClient[Litestar]


@pytest.mark.parametrize("form", ["xlsx", "csv", "parquet"])
def test_the_points_of_a_unit_can_be_taken(client: Client, form: str) -> None:
    answer = client.get(f"/units/H01.113/scores.{form}")
    assert answer.status_code == 200
    assert re.search(
        rf'filename="chi-so-H01\.113-2026-\d{{8}}\.{form}"', answer.headers["content-disposition"]
    )
    assert client.get(f"/units/H99/scores.{form}").status_code == 404


def test_all_units_below_are_in_the_file_that_says_so(client: Client, folder: DataFolder) -> None:
    body = client.get("/units/H01/scores.xlsx?below=1&period=2026-09").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("Tổng hợp").to_python()
    told = {row[1]: row for row in rows[1:]}
    assert Decimal(str(told["H01.113"][10])) == Decimal(folder.score("H01.113", period="2026-09")["total"])


def test_the_message_is_that_of_the_command(client: Client, folder: DataFolder) -> None:
    body = client.get("/api/v1/units/H01/message?under=60,70&limit=900").json()
    assert body == weekly(folder, "H01", thresholds=(60, 70), limit=900)
    text = client.get("/units/H01/message?under=60,70&limit=900").text
    assert f">{body['text'].splitlines()[0]}" in text
    assert client.get("/units/H01/message?under=abc").status_code == 400
    assert client.get("/api/v1/units/H01/message?under=abc").status_code == 400


def test_the_report_has_the_unit_s_figures(client: Client, folder: DataFolder) -> None:
    text = client.get("/units/H01/brief").text
    score = folder.score("H01")
    assert f"<b>{score['total'].replace('.', ',')}</b>" in text
    for told in score["groups"].values():
        assert told["points"].replace(".", ",") in text
    assert client.get("/units/H01.113/brief?lang=en").status_code == 200


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_is_one_page_of_paper(client: Client, tmp_path: Path) -> None:
    chromium()
    answer = client.get("/units/H01/brief.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    pages = re.findall(rb"/Type\s*/Page\b", answer.content)
    assert len(pages) == 1
    (tmp_path / "x.pdf").write_bytes(answer.content)
    fonts = subprocess.run(["pdffonts", str(tmp_path / "x.pdf")], capture_output=True, text=True, check=False)
    assert fonts.returncode or "BeVietnam" in fonts.stdout.replace(" ", "")


def test_a_machine_without_chromium_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PROGRAMS", ())
    answer = client.get("/units/H01/brief.pdf")
    assert answer.status_code == 400
    assert "Lưu thành PDF" in answer.text
    assert "brief.pdf" not in client.get("/units/H01/brief").text
