"""Large sources are read in a second process: what comes of them is the same, and its death is told."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest

from chiso.commands import beside, loading
from chiso.intake.context import Context
from chiso.intake.doors import read_file
from chiso.intake.records import Arrival, UnitRecord
from chiso.ledger.codec import unpack_items
from chiso.registry.units import Units
from tests.intake import samples

TOLD = [UnitRecord("H01.990", "Đơn vị thử", "department", "H01")]
NOW = 1_791_000_000


class Processes:
    """The processes that were begun."""

    def __init__(self) -> None:
        self.begun: list[subprocess.Popen[bytes]] = []

    def __call__(self, *words: Any, **more: Any) -> subprocess.Popen[bytes]:
        self.begun.append(subprocess.Popen(*words, **more))
        return self.begun[-1]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """With every source large."""
    for name in ("LARGE", "LARGE_PACKED"):
        monkeypatch.setattr(beside, name, 0)
    monkeypatch.setattr(beside, "LARGE_STREAM", 1_000)
    found = Processes()

    class Shown:
        PIPE, DEVNULL, TimeoutExpired = subprocess.PIPE, subprocess.DEVNULL, subprocess.TimeoutExpired
        Popen = found

    monkeypatch.setattr(beside, "subprocess", Shown)
    return found


def mixed(count: int = 400, seed: int = 766) -> bytes:
    """A journal of many kinds, with broken and foreign pieces."""
    chance = random.Random(seed)
    out = []
    for number in range(count):
        code = f"H01.113-261001-{number:05}"
        step = {"MaHoSo": code, "ThoiDiemXuLy": "20261001090000", "TrangThai": "4", "NguoiXuLy": "An"}
        message: object = chance.choice(
            [
                samples.dossier(MaHoSo=code),
                [samples.dossier(MaHoSo=code), samples.dossier(MaHoSo=code, NgayTiepNhan="20261301080000")],
                [step, {**step, "MaHoSo": ""}],
                samples.dossier(MaHoSo=f"H44.113-261001-{number:05}"),
                {"dossier": code, "rated_at": "2026-10-02T08:00:00+07:00", "level": 0},
                {"code": f"H01.{number:03}", "name": "X", "kind": "department", "parent": "H01"},
            ]
        )
        if chance.random() < 0.7:
            message = {
                "received_at": f"2026-10-{1 + number * 20 // count:02}T10:00:00+07:00",
                "message": message,
            }
        out.append(json.dumps(message, ensure_ascii=False).encode())
        if chance.random() < 0.1:
            out.append(
                chance.choice(
                    [
                        b'{"MaHoSo": ',
                        b"\xff\xfe\x00",
                        b"17",
                        b"",
                        '{"a": "\ud800"}'.encode("utf-8", "surrogatepass"),
                    ]
                )
            )
    return b"\n".join(out) + b"\n"


def context(home: str = "H01") -> Context:
    return Context(
        home=home,
        is_foreign=Units.load(TOLD, home).foreign,
        key=samples.KEY,
        sender="thử",
        administrator=True,
    )


def both(source: Any, again: Any, **how: Any) -> tuple[list[Arrival], list[Arrival]]:
    """Read beside, and here."""
    with beside.reading(source, context(), TOLD, name="x.jsonl", **how) as arrivals:
        there = list(arrivals)
    return there, list(read_file(again, context(), name="x.jsonl", **how))


@pytest.mark.parametrize("how", [{}, {"known_at": NOW}, {"kind": "dossiers"}, {"kind": "nonsense"}])
def test_a_file_is_read_alike(processes: Processes, tmp_path: Path, how: dict[str, Any]) -> None:
    path = tmp_path / "hồ sơ.jsonl"
    path.write_bytes(mixed())
    there, here = both(str(path), str(path), **how)
    assert there == here
    assert len(processes.begun) == 1
    if not how:
        assert {"dossiers", "progress"} <= {one.kind for one in there}
        assert len({refused.reason for one in there for refused in one.refusals}) > 3
        assert any(refused.raw for one in there for refused in one.refusals)
        assert {type(item) for one in there for item in one.items} == {
            type(item) for one in here for item in one.items
        }


@pytest.mark.parametrize("content", [b"", b"x", gzip.compress(mixed(20))[:-9], b"\xff\xfea\x00" * 99])
def test_what_breaks_breaks_alike(processes: Processes, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    there, here = both(path, path)
    assert there == here
    assert processes.begun


def test_the_secret_is_neither_in_the_command_nor_in_the_environment(
    processes: Processes, tmp_path: Path
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(mixed(3))
    both(path, path)
    told = repr(processes.begun[0].args) + repr(os.environ)
    assert samples.KEY.decode() not in told
    assert samples.KEY.hex() not in told


class Pipe:
    """A pipe into which something writes, and then waits or ends."""

    def __init__(self, content: bytes, ends: bool) -> None:
        reader, self._writer = os.pipe()
        self.stream: IO[bytes] = open(reader, "rb")  # noqa: PTH123, SIM115
        self._ends = ends
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(content,))
        self._thread.start()

    def _write(self, content: bytes) -> None:
        with suppress(BrokenPipeError), open(self._writer, "wb") as out:  # noqa: PTH123
            out.write(content)
            out.flush()
            if not self._ends:
                self._enough.wait()

    def close(self) -> None:
        self._enough.set()
        self.stream.close()
        self._thread.join()


@pytest.fixture
def pipes() -> Iterator[list[Pipe]]:
    made: list[Pipe] = []
    yield made
    for pipe in made:
        pipe.close()


@pytest.mark.parametrize("packed", [False, True])
def test_a_pipe_is_handed_over_whole(processes: Processes, pipes: list[Pipe], packed: bool) -> None:
    content = mixed()
    content = gzip.compress(content) if packed else content
    pipes.append(Pipe(content, ends=True))
    pipes[0].stream.read(0)
    there, here = both(pipes[0].stream, io.BytesIO(content))
    assert there == here
    assert len(processes.begun) == 1


def test_a_short_pipe_and_a_stream_of_memory_are_read_here(processes: Processes, pipes: list[Pipe]) -> None:
    content = mixed(1)[:900]
    pipes.append(Pipe(content, ends=True))
    for source in (pipes[0].stream, io.BytesIO(mixed(20))):
        kept = io.BytesIO(source.getvalue() if isinstance(source, io.BytesIO) else content)
        there, here = both(source, kept)
        assert there == here
    assert not processes.begun


def test_small_files_and_unknown_units_are_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a process was begun")

    monkeypatch.setattr(beside, "_process", never)
    path = tmp_path / "x.jsonl"
    path.write_bytes(mixed(20))
    there, here = both(path, path)
    assert there == here
    monkeypatch.setattr(beside, "LARGE", 0)
    monkeypatch.setattr(beside, "LARGE_PACKED", 0)
    with beside.reading(path, context(), None, name="x.jsonl") as arrivals:
        assert list(arrivals) == here


def test_a_ledger_holds_the_same(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHISO_SECRET", "a secret of the tests, long enough")
    monkeypatch.setattr(loading, "TOGETHER", 50)
    path = tmp_path / "x.jsonl"
    path.write_bytes(mixed())
    held, told = [], []
    for name in ("there", "here"):
        with loading.opened(tmp_path / name) as target:
            known = target.told if name == "there" else None
            outcome = loading.load(target.ledger, [path], target.context, lambda: NOW, told=known)
            told.append(outcome.as_json())
            with target.ledger.database.read() as connection:
                rows = connection.exec_driver_sql("SELECT * FROM journal ORDER BY seq").mappings().all()
            journal = [dict(row) for row in rows]
            items = [list(unpack_items(bytes(row["content"]))) for row in rows]
            quarantine = target.ledger.quarantine
            refused = [(one, quarantine.raw(one.id)) for one in quarantine.list(limit=10_000)]
            held.append((journal, items, refused))
    assert told[0] == told[1]
    assert held[0] == held[1]
    assert told[0]["refused"] > 20
    assert len(held[0][0]) > 20
    assert len(processes.begun) == 1


def test_the_death_of_the_reader_is_told_and_what_was_committed_stays(
    processes: Processes, pipes: list[Pipe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "TOGETHER", 10)
    pipes.append(Pipe(mixed(1_500), ends=False))  # waits for ever: only death ends the reading
    seen: list[int] = []

    def kill(read: int) -> None:
        seen.append(read)
        processes.begun[0].kill()

    with loading.opened(tmp_path / "data") as target:
        with pytest.raises(ChildProcessError, match="status -9; what was taken in before is kept"):
            target.load([pipes[0].stream], progress=kill)
        with target.ledger.database.read() as connection:
            ((read,),) = connection.exec_driver_sql("SELECT sum(read) FROM arrival").all()
    assert read == seen[-1] > 0


def test_what_interrupts_the_writer_ends_the_reader(processes: Processes, pipes: list[Pipe]) -> None:
    pipes.append(Pipe(mixed(1_500), ends=False))

    def interrupted() -> None:
        with beside.reading(pipes[0].stream, context(), TOLD, name="x.jsonl") as arrivals:
            next(arrivals)
            assert os.getpgid(processes.begun[0].pid) != os.getpgid(0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert processes.begun[0].returncode == -9
    assert not [one for one in threading.enumerate() if one.name == "read-ahead"]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.stdout.write('nonsense and more of it')", "cannot be read"),
        ("import sys; sys.stdout.buffer.write(bytes([3,0,0,0,0,0,0,0,1,2,3]))", "cannot be read"),
        ("import sys; sys.stdout.buffer.write(bytes([9,0,0,0,0,0,0,0,1]))", "cannot be read"),
        ("raise SystemExit(3)", "ended with status 3"),
        ("", "cannot be read"),
    ],
)
def test_an_answer_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: Processes, program: str, message: str
) -> None:
    begin = processes.__call__

    class Shown:
        PIPE, DEVNULL, TimeoutExpired = subprocess.PIPE, subprocess.DEVNULL, subprocess.TimeoutExpired

        @staticmethod
        def Popen(_: Any, **more: Any) -> subprocess.Popen[bytes]:
            return begin([sys.executable, "-c", program], **more)

    monkeypatch.setattr(beside, "subprocess", Shown)
    path = tmp_path / "x.jsonl"
    path.write_bytes(mixed(3))
    with (
        pytest.raises(ChildProcessError, match=message),
        beside.reading(path, context(), TOLD, name="x.jsonl") as arrivals,
    ):
        list(arrivals)


def test_the_order_holds_all_that_reading_depends_on() -> None:
    assert {"home", "key", "sender", "administrator"} <= set(beside.Order.__struct_fields__)
    order = beside.Order("p", b"", "n", "H01", b"k", "", True, TOLD, None, None, None, None, {"a": "b"})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(order), type=beside.Order) == order
