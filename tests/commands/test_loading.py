"""``chiso load``: every form, from files and standard input; what is refused can be mended and released."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars
import pytest
import xlsxwriter

from chiso import cli
from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from tests.support.messages import dossier

DOSSIER = dossier("H01.113-261001-00001", UNTIL - 9 * DAY, UNTIL - DAY, UNTIL - 2 * DAY)
STEP = {"MaHoSo": DOSSIER["MaHoSo"], "ThoiDiemXuLy": "20261001090000", "TrangThai": "4", "NguoiXuLy": "An"}
ENVELOPE = {
    "session": "",
    "madonvi": "H01",
    "service": "DongBoHoSoMC",
    "isUpdating": "False",
    "data": [DOSSIER],
}
HEADINGS = ("Mã hồ sơ", "Mã TTHC", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc", "Trạng thái")
ROW = ("H01.113-261001-00002", "2.000815", "01/10/2026 08:00", "05/10/2026 17:00", "04/10/2026 09:30", "9")
PUBLISHED = {"unit": "H20", "period": "2026", "at": "2026-10-06", "total": 68.26}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    with DataFolder.open(path) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
    return path


class Loaded:
    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.capsys, self.folder = capsys, folder

    def __call__(self, *words: str | Path) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        status = cli.run([*(str(word) for word in words), "--data", str(self.folder), "--json"])
        out, err = self.capsys.readouterr()
        assert err == ""
        return status, json.loads(out)


@pytest.fixture
def chiso(capsys: pytest.CaptureFixture[str], folder: Path) -> Loaded:
    return Loaded(capsys, folder)


def lines(*items: object) -> bytes:
    return b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in items)


def workbook(*rows: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Hồ sơ")
        sheet.write(0, 0, "SỞ NỘI VỤ: DANH SÁCH HỒ SƠ")
        for place, row in enumerate(rows, 2):
            sheet.write_row(place, 0, row)
    return out.getvalue()


def parquet(*rows: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    polars.DataFrame(list(rows)).write_parquet(out)
    return out.getvalue()


def table(*rows: tuple[str, ...], sign: str = ",") -> bytes:
    return "".join(sign.join(row) + "\n" for row in rows).encode()


FORMS = {
    "envelope.json": (lines(ENVELOPE), "dossiers", 1),
    "bare.json": (lines([DOSSIER, {**DOSSIER, "MaHoSo": "H01.113-261001-00007"}]), "dossiers", 2),
    "single.json": (lines(DOSSIER), "dossiers", 1),
    "mixed.jsonl": (lines(ENVELOPE, [STEP], {**DOSSIER, "MaHoSo": "H01.113-261001-00008"}), "progress", 1),
    "journal.jsonl": (
        lines({"received_at": "2026-10-01T10:00:00+07:00", "message": ENVELOPE}),
        "dossiers",
        1,
    ),
    "year.jsonl.gz": (gzip.compress(lines(ENVELOPE), mtime=0), "dossiers", 1),
    "answer.json.gz": (gzip.compress(lines(ENVELOPE), mtime=0), "dossiers", 1),
    "hồ sơ.xlsx": (workbook(HEADINGS, ROW), "dossiers", 1),
    "hồ sơ.csv": (table(HEADINGS, ROW, sign=";"), "dossiers", 1),
    "hồ sơ.parquet": (parquet(dict(zip(HEADINGS, ROW, strict=True))), "dossiers", 1),
    "published.csv": (table(tuple(PUBLISHED), tuple(map(str, PUBLISHED.values()))), "published", 1),
    "published.parquet": (parquet(PUBLISHED), "published", 1),
    "units.csv": (b"code,name,kind,parent\nH01.900,Trung t\xc3\xa2m,department,H01\n", "units", 1),
    "procedures.csv": (b"code,name,level,online\n2.000815,X,commune,full\n", "procedures", 1),
    "totals.csv": (b"unit,period,received\nH01,2026-09,1000\n", "totals", 1),
    "bands.csv": (b"at,among,under,band,count\n2023-05-31,communes,H01,Kh\xc3\xa1,118\n", "band_counts", 1),
    "tasks.csv": (b"document,unit,task,due\n12/CV,H01.06,Xong,2026-10-20\n", "tasks", 1),
    "lists.csv": (b"list,unit\ntop,H01.06\n", "unit_lists", 1),
    "targets.csv": (b"document,unit,what,threshold,by\n12/CV,H01.06,2.1,95%,2026-12-31\n", "targets", 1),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_recognised_from_its_content(chiso: Loaded, tmp_path: Path, name: str) -> None:
    content, kind, count = FORMS[name]
    for path in (tmp_path / name, tmp_path / "tệp"):
        path.write_bytes(content)
    status, told = chiso("load", tmp_path / name)
    assert (status, told["refused"]) == (0, 0)
    assert told["kinds"][kind] == count
    assert told["read"] == told["new"] + told["changed"] + told["same"]
    status, again = chiso("load", tmp_path / "tệp")  # without an ending, and a second time
    assert (status, again["new"], again["changed"], again["same"]) == (0, 0, 0, told["read"])


def test_standard_input_and_several_files(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(lines([{**DOSSIER, "MaHoSo": "H01.113-261001-00003"}]))
    told = subprocess.run(
        [sys.executable, "-m", "chiso.cli", "load", "-", str(path), "--data", str(folder), "--json"],
        input=gzip.compress(lines(ENVELOPE, [STEP])), capture_output=True, check=True,
    )  # fmt: skip
    counts = json.loads(told.stdout)
    assert (counts["read"], counts["new"]) == (3, 3)
    assert told.stderr == b""


def test_a_backfill_is_known_since_the_instant_named(chiso: Loaded, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.json"
    path.write_bytes(lines([DOSSIER]))
    assert chiso("load", path, "--known-at", "2026-10-05")[0] == 0
    with DataFolder.open(folder) as opened:
        assert opened.dossier(DOSSIER["MaHoSo"])["versions"][0]["known_at"] == "2026-10-05T00:00:00+07:00"
    assert chiso("score", "H01", "--as-of", "2026-10-04")[1]["dossiers"] == 0
    assert chiso("score", "H01", "--as-of", "2026-10-05")[1]["dossiers"] == 1


def test_answers_that_do_not_say_theirs(chiso: Loaded, tmp_path: Path) -> None:
    from tests.support.portal import answer

    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer("2026-Q3", "processing")), encoding="utf-8")
    status, told = chiso("load", path)
    assert (status, told["refusals"][0]["reason"]) == (1, "period_needed")
    # without an instant: of the period's end, or of now where the period still runs
    assert chiso("load", path, "--period", "2026-Q3")[0] == 0
    assert chiso("score", "H44", "--period", "2026-Q3")[1]["captured_at"] == "2026-10-01T00:00:00+07:00"
    assert chiso("load", path, "--period", "2026")[0] == 0
    assert chiso("score", "H44", "--period", "2026")[1]["captured_at"] == "2026-10-10T06:00:00+07:00"
    assert chiso("load", path, "--period", "2026-Q3", "--at", "2026-09-26T18:21")[0] == 0
    told = chiso("score", "H44", "--period", "2026-Q3", "--at", "2026-09-27")[1]
    assert told["captured_at"] == "2026-09-26T18:21:00+07:00"


def test_the_kind_can_be_said(chiso: Loaded, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"code,name,kind,parent\nH01.901,X,department,H01\n")
    assert chiso("load", path, "--as", "units")[1]["kinds"] == {"units": 1}
    status, told = chiso("load", path, "--as", "petitions")
    assert (status, told["refused"] > 0) == (1, True)


def test_a_heading_mapped_once_is_remembered(chiso: Loaded, tmp_path: Path) -> None:
    strange = ("Ký hiệu riêng", *HEADINGS[1:])
    (tmp_path / "a.csv").write_bytes(table(strange, ROW))
    (tmp_path / "b.csv").write_bytes(table(strange, ("H01.113-261001-00011", *ROW[1:])))
    assert chiso("load", tmp_path / "a.csv")[0] == 1
    assert chiso("load", tmp_path / "a.csv", "--heading.Ký hiệu riêng", "MaHoSo")[1]["new"] == 1
    assert chiso("load", tmp_path / "b.csv")[1]["new"] == 1


def test_what_was_refused_is_listed_shown_mended_and_released(
    folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    def run(*words: str) -> tuple[int, bytes, bytes]:
        capsysbinary.readouterr()
        return (cli.run([*words, "--data", str(folder)]), *capsysbinary.readouterr())

    def ask(*words: str) -> tuple[int, Any]:
        status, out, _ = run(*words, "--json")
        return status, json.loads(out)

    path = tmp_path / "a.json"
    broken = {**DOSSIER, "NgayTiepNhan": "20261301080000"}
    path.write_bytes(lines([broken, {**DOSSIER, "MaHoSo": "H01.113-261001-00004"}]))
    status, _, err = run("load", str(path))
    assert (status, b"NgayTiepNhan" in err) == (1, True)
    (row,) = ask("quarantine", "list")[1]["rows"]
    assert (row["code"], row["field"], row["state"]) == (DOSSIER["MaHoSo"], "NgayTiepNhan", "open")
    number = str(row["id"])
    status, out, _ = run("quarantine", "show", number)
    piece = json.loads(out)
    assert (status, piece["NgayTiepNhan"]) == (0, "20261301080000")
    status, told = ask("quarantine", "release", number)
    assert (status, told["refused"]) == (1, 1)  # as wrong as before
    mended = tmp_path / "mended.json"
    mended.write_bytes(lines({**piece, "NgayTiepNhan": "20261001080000"}))
    status, told = ask("quarantine", "release", number, str(mended))
    assert (status, told["new"], told["refused"]) == (0, 1, 0)
    states = {one["id"]: one["state"] for one in ask("quarantine", "list", "--state", "all")[1]["rows"]}
    assert states[row["id"]] == "released"
    (other,) = (one for one, state in states.items() if state == "open")
    assert run("quarantine", "dismiss", str(other))[0] == 0
    assert ask("quarantine", "list")[1]["total"] == 0
    assert run("quarantine", "release", number)[0] == 1  # not a second time
    with DataFolder.open(folder) as opened:
        assert opened.dossier(str(DOSSIER["MaHoSo"]))["received_at"] == "2026-10-01T08:00:00+07:00"


def test_a_folder_whose_setting_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "chiso.toml").write_text("hom = 1", encoding="utf-8")
    assert cli.run(["load", str(tmp_path / "chiso.toml"), "--data", str(tmp_path)]) == 2
    assert "unknown setting" in capsys.readouterr().err
