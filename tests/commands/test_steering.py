"""``chiso document``, ``target``, ``task``, ``report`` and ``alerts`` as they are typed."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chiso import cli
from tests.support.mailbox import mailbox

Typed = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def typed(province_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs a command on a province of the test's own: status, JSON (or text), what was said beside it."""
    path = Path(shutil.copytree(province_path, tmp_path / "own"))

    def run(*words: str, text: bool = False) -> tuple[int, Any, str]:
        more = [] if text else ["--json"]
        status = cli.run([*words, "--data", str(path), *more])
        out, err = capsys.readouterr()
        return status, out if text or not out else json.loads(out), err

    return run


def document(typed: Typed) -> None:
    words = ("--date", "28/09/2026", "--issuer", "UBND tỉnh", "--subject", "Đôn đốc")
    status, body, err = typed("document", "add", "308/UBND-TH", *words)
    assert (status, err, len(body["ids"])) == (0, "", 1)


def test_from_a_document_to_a_report(typed: Typed, tmp_path: Path) -> None:
    document(typed)
    path = tmp_path / "308.txt"
    path.write_text("nội dung")
    typed(
        "document", "add", "308/UBND-TH", "--date", "2026-09-28", "--issuer", "UBND tỉnh", "--file", str(path)
    )
    saved = tmp_path / "saved"
    assert typed("document", "file", "308/UBND-TH", "-o", str(saved), text=True)[0] == 0
    assert saved.read_text() == "nội dung"
    ask = ("--document", "308/UBND-TH", "--what", "2.1", "--threshold", "95%")
    status, body, _ = typed("target", "add", *ask, "--among", "communes", "--by", "2026-12-12")
    assert status == 0
    assert body["warnings"] == [
        "the deadline 2026-12-12 is a day off (Saturday); the next working day is 2026-12-14"
    ]
    (target,) = body["ids"]
    units = ("--unit", "H01.113", "--unit", "H01.101")
    typed("task", "add", "Báo cáo quý III", "--document", "308/UBND-TH", *units, "--due", "2026-10-15")
    assert typed("document", "effect", "308/UBND-TH")[1]["what"] == "total"
    told = typed("target", "effect", target)[1]
    assert (told["what"], told["unit"], told["from"]) == ("2.1", "%", "2026-09-29T00:00:00+07:00")
    assert typed("target", "effect", "nowhere")[0] == 1
    (row,) = typed("document", "list")[1]["rows"]
    assert (row["targets"], row["tasks"]) == (1, 2)
    assert len(typed("document", "show", row["id"])[1]["duties"]) == 3
    shown = typed("target", "show", target, "--history")[1]
    assert (len(shown["lines"]), len(shown["history"])) == (102, 102)
    tasks = typed("task", "list", "--unit", "H01.113")[1]["rows"]
    (task,) = [one["id"] for one in tasks]
    assert typed("task", "show", task)[1]["report"] is True
    report = tmp_path / "báo cáo.txt"
    report.write_text("Đã xong.")
    assert typed("report", "remind")[1]["rows"][0]["told"] == 0
    words = ("--text", str(report), "--file", str(path), "--dispute", "2.1=97%")
    assert typed("report", "add", task, *words)[0] == 0
    assert typed("report", "show", task)[1]["text"] == "Đã xong."
    assert typed("report", "list")[1]["counts"] == {"in_time": 1, "waiting": 1}
    assert len(typed("report", "list", "--missing")[1]["rows"]) == 1
    assert typed("task", "withdraw", task)[0] == 0
    assert typed("task", "show", task)[0] == 1
    assert typed("task", "withdraw", task, "--back")[0] == 0
    assert typed("target", "withdraw", target)[0] == 0
    assert typed("document", "withdraw", "308/UBND-TH")[0] == 0
    assert typed("recount", "--deep")[0] == 0


def test_people_read_tables(typed: Typed) -> None:
    document(typed)
    ask = ("--document", "308/UBND-TH", "--what", "total", "--threshold", "80")
    target = typed("target", "add", *ask, "--unit", "H01", "--by", "2026-12-15", text=True)[1].strip()
    words = ("--document", "308/UBND-TH", "--unit", "H01.113", "--due", "2026-10-15")
    task = typed("task", "add", "Báo cáo", *words, text=True)[1].strip()
    for command in (
        ("document", "list"), ("document", "show", "308/UBND-TH"), ("target", "list"), ("task", "list"),
        ("target", "show", target, "--history"), ("task", "show", task), ("report", "list"),
        ("report", "remind"),
    ):  # fmt: skip
        status, out, _ = typed(*command, text=True)
        assert status == 0
        assert out.strip(), command
    assert "Tổng điểm ≥ 80 điểm" in typed("target", "list", text=True)[1]


def test_a_report_from_standard_input(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    document(typed)
    words = ("--document", "308/UBND-TH", "--unit", "H01.113", "--due", "2026-10-15")
    (task,) = typed("task", "add", "Báo cáo", *words)[1]["ids"]
    monkeypatch.setattr("sys.stdin", io.StringIO("từ đầu vào"))
    typed("report", "add", task, "--text", "-")
    assert "từ đầu vào" in typed("report", "show", task, text=True)[1]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("document", "show", "9/CV"), 1, "no document '9/CV'"),
        (("document", "add", "1", "--date", "x", "--issuer", "y"), 2, "not a date"),
        (("document", "add", "1", "--date", "2026-01-01", "--issuer", "y", "--file", "/gone"), 2, "no such"),
        (("document", "withdraw", "9/CV", "--back"), 1, "was withdrawn"),
        (("target", "add", "--document", "9/CV", "--what", "total", "--threshold", "1", "--by", "2026-12-15",
          "--unit", "H01"), 1, "no document"),
        (("target", "list", "--state", "gone"), 2, "no state"),
        (("task", "show", "x"), 1, "no task has the id"),
        (("report", "show", "x"), 1, "has the id"),
        (("report", "add", "x", "--text", "/gone"), 2, "no such file"),
        (("report", "add", "x", "--dispute", "2.1"), 2, "FIGURE=VALUE"),
        (("alerts", "test", "7"), 1, "no contact"),
        (("alerts", "forget", "7"), 1, "no contact"),
        (("alerts", "tell", "H01", "an"), 2, "mail address"),
        (("alerts", "rule", "x", "--off"), 1, "no rule"),
    ],
)  # fmt: skip
def test_wrong_use_is_said(typed: Typed, words: tuple[str, ...], status: int, said: str) -> None:
    found, _, err = typed(*words, text=True)
    assert found == status
    assert said in err


def test_alerts_from_the_command(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox() as box:
        monkeypatch.setenv("CHISO_MAIL", box.address)
        number = typed("alerts", "tell", "H01", "vp@example.vn", "--name", "Văn phòng")[1]["id"]
        assert typed("alerts", "test", str(number))[1] == {"contact": number, "state": "sent", "error": ""}
        assert typed("alerts", "contacts")[1][0]["address"] == "vp@example.vn"
        dry = typed("alerts", "check", "--dry-run")[1]
        assert dry["messages"] == 0
        assert typed("alerts", "list")[1]["rows"] == []
        looked = typed("alerts", "check")[1]
        assert looked["states"] == dry["states"]
        assert typed("alerts", "list", "--all")[1]["states"] == looked["states"]
        assert len(typed("alerts", "rules")[1]) > 10
        changed = typed("alerts", "rule", "im-lang", "--threshold", "6", "--off")[1]
        assert (changed["threshold"], changed["active"]) == ("6", False)
        for command in ("list", "check", "rules", "contacts"):
            assert typed("alerts", command, text=True)[0] == 0
        assert typed("alerts", "forget", str(number), text=True)[0] == 0
    assert typed("alerts", "contacts")[1] == []
    assert len(box.mails) >= 1
