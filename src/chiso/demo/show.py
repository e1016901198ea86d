"""``chiso demo``: a province to try, served while its year comes in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from chiso.commands.output import say
from chiso.demo.directing import is_done
from chiso.demo.world import FULL, UNTIL
from chiso.folder import DataFolder, Settings
from chiso.instants import iso, utc_now
from chiso.ledger.clock import Clock
from chiso.text import number

MARK: Final = "demo"
"""Key under which a folder tells that it is a demo, and how far it has come."""
OURS: Final = ("chiso.sqlite", "chiso.sqlite-wal", "chiso.sqlite-shm", "secret.key", "turn.lock")
SENDER: Final = "may-thu"
RATE: Final = 1.0
"""Messages a second of the trickle."""


class NotADemoError(RuntimeError):
    """The folder holds something else, or the demo cannot be shown there."""


def _prepare(folder: Path, dossiers: int) -> bool:
    """Makes or recognises the demo's folder.  Gives whether its year has come in already."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / OURS[0]).exists():
        return False
    with DataFolder.open(folder, settings=Settings()) as known:
        told = known.ledger.meta.get(MARK)
    if told is None:
        raise NotADemoError(
            f"{folder} holds a ledger that is no demo; name another folder with --data, or serve it"
        )
    if json.loads(told) == {"dossiers": dossiers, "complete": True}:
        return True
    say(f"The demo in {folder} was not finished, or is of another size: it is made again.")
    for name in OURS:
        (folder / name).unlink(missing_ok=True)
    return False


def _mark(folder: DataFolder, dossiers: int, *, complete: bool) -> None:
    folder.ledger.meta.set(MARK, json.dumps({"dossiers": dossiers, "complete": complete}))


def _curl(address: str, key: str) -> str:
    """One line that posts a dossier of Phường Long Phú, finished and in time, with everything digitised."""
    dossier = {
        "MaHoSo": "H01.113-261010-99001", "MaTTHC": "2.000815", "TenTTHC": "Chứng thực bản sao từ bản chính",
        "MaLinhVuc": "G15-TP05", "KenhThucHien": "2", "NoiNopHoSo": "2", "ChuHoSo": "Nguyễn Văn A",
        "LoaiDoiTuong": "1", "NgayTiepNhan": "20261010050000", "NgayHenTra": "20261012170000",
        "NgayKetThucXuLy": "20261010055500", "TrangThaiHoSo": "9", "DonViXuLy": "UBND phường Long Phú",
        "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1", "DuocThanhToanTrucTuyen": "1",
        "TaiLieuNop": [{"TenTepDinhKem": "a.pdf", "IsDeleted": "False", "DuocSoHoa": "1",
                        "DuongDanTaiTepTin": "https://dvc.example.vn/tep/f-1"}],
        "DanhSachGiayToKetQua": [{"TenGiayTo": "b.pdf",
                                  "DuongDanTepTinKetQua": "https://dvc.example.vn/tep/r-1"}],
    }  # fmt: skip
    body = json.dumps([dossier], ensure_ascii=False)
    return (
        f"curl -s '{address}/dvcqg/DongBoHoSoMC?MaDinhDanhDV=H01.113&isUpdating=False' "
        f"-H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'"
    )


class Trickle(threading.Thread):
    """Posts a live trickle to the demo's own address, as a sender would, until it is told to stop."""

    def __init__(self, address: str, folder: DataFolder, dossiers: int, key: str) -> None:
        super().__init__(name="trickle", daemon=True)
        self.address, self.folder, self.dossiers, self.key = address, folder, dossiers, key
        self.stopping = threading.Event()

    def run(self) -> None:
        from chiso.demo import stream  # noqa: PLC0415 - the province takes a while to draw
        from chiso.demo.trickle import trickle  # noqa: PLC0415

        province = stream.make(self.dossiers)
        begun = self.folder.now()
        for at, line in trickle(province, rate=RATE):
            if at <= begun:
                continue
            while (wait := at - self.folder.now()) > 0:
                if self.stopping.wait(min(wait, 1.0)):
                    return
            self._post(json.loads(line))

    def _post(self, entry: dict[str, Any]) -> None:
        message = entry["message"]
        if isinstance(message, dict) and "service" in message:
            path, body = f"/dvcqg/{message['service']}?MaDinhDanhDV={message['madonvi']}", message["data"]
            if message.get("isUpdating"):
                path += f"&isUpdating={message['isUpdating']}"
        else:
            path, body = f"/api/v1/records/{entry['kind']}", message
        request = urllib.request.Request(  # noqa: S310 - the demo's own server, on this machine
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                answer.read()
        except (urllib.error.URLError, OSError) as error:
            if not self.stopping.is_set():
                say(f"trickle: {error}")
                time.sleep(1)


def _beside(module: str, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """A module of the demo at work on the folder, in a process of its own."""
    command = [sys.executable, "-m", f"chiso.demo.{module}", "--data", str(folder), *more]
    environment = {**os.environ, "CHISO_DATABASE": ""}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)


def show(folder_path: Path, *, host: str, port: int, dossiers: int | None, trickle: bool) -> int:
    """Serves the demo until it is stopped."""
    from chiso.web.server import served  # noqa: PLC0415

    size = dossiers or FULL
    try:
        complete = _prepare(folder_path, size)
    except NotADemoError as error:
        say(f"chiso: {error}")
        return 1
    helpers: list[subprocess.Popen[bytes]] = []
    trickling: Trickle | None = None
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)
    with DataFolder.open(folder_path, standing=True, settings=Settings()) as folder:
        if complete:
            newest = max(UNTIL, int(folder.standing.roster.column("known_at").max(initial=0)))
            folder.ledger.clock.set(Clock(UNTIL if not trickle else newest))
        else:
            folder.ledger.clock.set(Clock(UNTIL))
            _mark(folder, size, complete=False)
        folder.refresh()
        key = _make_sender(folder)
        try:
            with served(folder, host, port) as server:
                say(f"\n  {server.address}/\n")
                say(f"Try: post one dossier and see the page change:\n{_curl(server.address, key)}\n")
                if not complete:
                    helpers.append(_beside("feed", folder_path, "--dossiers", str(size)))
                    if helpers[0].wait() != 0:
                        say("chiso: the demo's messages could not all be loaded")
                        return 1
                    _mark(folder, size, complete=True)
                folder.refresh()
                told = folder.score("H01")
                say(f"Tỉnh An Giang, {told['at']}: {number(Decimal(told['total']), 2)} điểm, {told['band']}")
                if trickle:
                    folder.ledger.clock.set(Clock(folder.now(), utc_now()))
                    folder.refresh()
                    trickling = Trickle(server.address, folder, size, key)
                    trickling.start()
                    say(f"From {iso(folder.now())} on the clock runs, and messages trickle in.")
                if not is_done(folder):
                    say(f"What directs the province is being entered: {server.address}/steering")
                    helpers.append(_beside("directing", folder_path))
                say("Ctrl+C ends the demo; the next start goes on from there.")
                threading.Event().wait()
        except KeyboardInterrupt:
            say("")
        except OSError as error:
            say(f"chiso: {host}:{port}: {error.strerror or error}; choose another with --port")
            return 1
        finally:
            if trickling is not None:
                trickling.stopping.set()
            for one in helpers:
                if one.poll() is None:
                    one.terminate()
                    one.wait()
    return 0


def _make_sender(folder: DataFolder) -> str:
    """A fresh sender of the demo, told with its login; gives its key."""
    name = f"{SENDER}-{utc_now()}"
    made = folder.ledger.senders.add(name, "H01", folder.now())
    say(f"Sender {name}: user {made.user}, password {made.password}, key {made.key}")
    return made.key
