"""The form and the order of the stream."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import msgspec
import pytest

from chiso.demo import stream
from chiso.demo.world import UNTIL
from chiso.instants import iso, parse_instant
from tests.demo.plain_counter import national


def digest(dossiers: int, seed: int) -> str:
    found = hashlib.sha256()
    for line in stream.lines(stream.make(dossiers, seed)):
        found.update(line)
    return found.hexdigest()


def test_the_same_seed_gives_the_same_bytes() -> None:
    first = digest(1_500, 766)
    assert digest(1_500, 766) == first
    assert digest(1_500, 767) != first


def test_lines_are_ordered_and_envelopes_are_whole(lines: list[bytes]) -> None:
    newest = ""
    for line in lines:
        assert line.endswith(b"\n")
        entry = msgspec.json.decode(line)
        assert entry["received_at"] >= newest
        newest = entry["received_at"]
        if "kind" not in entry:
            message = entry["message"]
            assert message["service"] in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC")
            assert re.fullmatch(r"H01(\.\d+)?", message["madonvi"])
            assert 1 <= len(message["data"]) <= stream.MOST
        else:
            assert entry["message"]
    assert newest <= str(iso(UNTIL))


def test_no_fact_is_told_before_it_happened(lines: list[bytes]) -> None:
    dates = ("NgayTiepNhan", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi", "ThoiDiemXuLy")
    for line in lines:
        entry = msgspec.json.decode(line)
        known = re.sub(r"\D", "", entry["received_at"])[:14]
        for item in national(entry):
            assert all(item[name] <= known for name in dates if name in item)
            for request in item.get("DanhSachHoSoBoSung", []):
                for name in ("NgayBoSung", "NgayTiepNhanBoSung"):
                    assert re.sub(r"\D", "", request[name]) <= known


def test_steps_come_with_known_dossiers_and_messages_are_of_real_size(lines: list[bytes]) -> None:
    seen: set[str] = set()
    sizes, full = 0, 0
    for line in lines:
        entry = msgspec.json.decode(line)
        if "kind" in entry:
            continue
        message = entry["message"]
        if message["service"] == "DongBoHoSoMC":
            seen |= {m["MaHoSo"] for m in message["data"]}
            sizes += len(line)
            full += len(message["data"])
        else:
            assert all(m["MaHoSo"] in seen for m in message["data"])
    assert 1_200 < sizes / full < 2_200


def test_until_cuts_the_stream(province: stream.Province, lines: list[bytes]) -> None:
    until = parse_instant("2026-03-01")
    cut = list(stream.lines(province, until))
    assert cut == lines[: len(cut)]
    assert 0 < len(cut) < len(lines)
    assert msgspec.json.decode(lines[len(cut)])["received_at"] > str(iso(until))


def test_senders_have_their_habits(lines: list[bytes]) -> None:
    by_sender: dict[str, list[dict]] = {}
    lag: dict[str, list[int]] = {}
    for line in lines:
        entry = msgspec.json.decode(line)
        message = entry["message"]
        if "kind" in entry or message["service"] != "DongBoHoSoMC":
            continue
        at = parse_instant(entry["received_at"])
        for m in message["data"]:
            by_sender.setdefault(message["madonvi"], []).append(m)
            if m["NgayTiepNhan"] and message["isUpdating"] == "False":
                t = m["NgayTiepNhan"]
                told = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}"
                lag.setdefault(message["madonvi"], []).append(at - parse_instant(told))
    assert len(by_sender) > 15
    assert all(not m["NgayHenTra"] for m in by_sender["H01.10"] if m["NgayTiepNhan"] > "2026")
    assert all(m["TaiKhoanDuocXacThucVoiVNeID"] == "0" for m in by_sender["H01.02"])
    assert all(m["MaTTHC"].endswith(".000.00.00.H01") for m in by_sender["H01.12"])
    assert all(m["NgayNopHoSo"] == m["NgayTiepNhan"] for m in by_sender["H01.11"] if m["NgayTiepNhan"])
    assert any(m["SoGiayToChuHoSo"] == "000000001" for m in by_sender["H01.09"])
    middle = {sender: sorted(values)[len(values) // 2] for sender, values in lag.items() if len(values) > 20}
    assert middle["H01"] < 3 * 3600
    assert 6 * 3600 < middle["H01.12"] < 30 * 3600
    assert middle["H01.09"] > 30 * 3600


def test_the_command_writes_the_stream(tmp_path: object) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "chiso.demo", "--dossiers", "300", "--until", "2026-02-01"],
        capture_output=True,
        check=True,
    )
    assert made.stdout == b"".join(stream.lines(stream.make(300), parse_instant("2026-02-01")))
    assert b"lines" in made.stderr


@pytest.mark.parametrize("arguments", [["--dossiers", "3"], ["--until", "never"]])
def test_the_command_refuses_nonsense(arguments: list[str]) -> None:
    made = subprocess.run([sys.executable, "-m", "chiso.demo", *arguments], capture_output=True, check=False)
    assert made.returncode == 2
    assert made.stdout == b""
