"""Reading beside writing: large sources are read in a second process, so that two cores work on them.

What comes out is what :func:`chiso.intake.doors.read_file` gives here, Arrival by Arrival.
"""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Condition, Thread
from typing import IO, Final

import msgspec

from chiso.intake.context import Context
from chiso.intake.doors import read_file
from chiso.intake.elsewhere import BrokenParcelError, Order, next_parcel, opened
from chiso.intake.records import Arrival, UnitRecord

LARGE: Final = 16 << 20
"""Bytes from which a file is read beside: below, the start of a process costs more than it saves."""
LARGE_PACKED: Final = 1 << 20
"""The same for what is packed: workbooks, Parquet, gzip."""
LARGE_STREAM: Final = 4 << 20
"""Of a stream so much is read here; one that goes on is read beside."""
WAITING: Final = 16 << 20
"""Bytes that are read ahead while a group is being written."""
PIPE: Final = 1 << 20
"""Bytes that the pipe holds where the system can be told so."""

_PACKED: Final = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0")
_SET_PIPE_SIZE: Final = 1031
"""F_SETPIPE_SZ of Linux."""

Source = str | Path | IO[bytes]


@contextmanager
def reading(
    source: Source,
    context: Context,
    told: Sequence[UnitRecord] | None,
    *,
    kind: str | None = None,
    period: str | None = None,
    at: int | None = None,
    known_at: int | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str,
) -> Iterator[Iterator[Arrival]]:
    """The Arrivals of a source, read here or, if it is large, in a second process that ends with the block.

    ``told`` are the records by which the units were loaded on which ``context.is_foreign`` rests; ``None``:
    not known, so that all is read here.  Raises ChildProcessError where the second process dies: what came
    before is whole.
    """
    path, head = "", b""
    beside = told is not None and os.name == "posix" and bool(sys.executable) and _tellable(name)
    if beside and isinstance(source, str | Path) and source != "-":
        path = str(source)
        beside = _tellable(path) and _large(Path(path))
    elif beside:
        stream = sys.stdin.buffer if isinstance(source, str | Path) else source
        beside = _inheritable(stream)
        if beside:
            head = stream.read(LARGE_STREAM)
            beside = len(head) == LARGE_STREAM
            if beside:
                assert isinstance(stream, io.BufferedReader)
                head += stream.peek(1)  # what lies in the buffer does not reach another process
            source = stream if beside else io.BytesIO(head)
    if not beside:
        yield read_file(
            source, context, kind=kind, period=period, at=at, known_at=known_at, mapping=mapping, name=name
        )
        return
    order = Order(
        path, head, name, context.home, context.key, context.sender, context.administrator, list(told or ()),
        kind, period, at, known_at, dict(mapping or {}),
    )  # fmt: skip
    standard_input = subprocess.DEVNULL if isinstance(source, str | Path) else source.fileno()
    with _process(order, standard_input) as process, closing(_arrivals(process)) as arrivals:
        yield arrivals


def _tellable(name: str) -> bool:
    """Names of files may hold what is no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _large(path: Path) -> bool:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size < LARGE_PACKED:
            return False
        with path.open("rb") as file:
            packed = file.read(4).startswith(_PACKED)
    except OSError:
        return False  # to be told by whoever reads it
    return packed or found.st_size >= LARGE


def _inheritable(stream: IO[bytes]) -> bool:
    """Whether the bytes of a stream are those of its descriptor: no unpacking in between, nobody typing."""
    if not isinstance(stream, io.BufferedReader) or type(stream.raw) is not io.FileIO:
        return False
    return not stream.closed and not stream.isatty()


@contextmanager
def _process(order: Order, standard_input: int) -> Iterator[subprocess.Popen[bytes]]:
    for_it, ours = os.pipe()
    with open(ours, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
        try:
            # A group of its own: Ctrl+C comes here, and this process ends the other.  -P: what lies in the
            # present folder is no part of the program.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "chiso.intake.elsewhere", str(for_it)],
                stdin=standard_input,
                stdout=subprocess.PIPE,
                pass_fds=(for_it,),
                process_group=0,
            )
        finally:
            os.close(for_it)
        try:
            with suppress(BrokenPipeError):  # it died at once: seen where its answer is read
                rest = memoryview(msgspec.msgpack.encode(order))
                while rest:
                    rest = rest[pipe.write(rest) :]
            pipe.close()
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


class _Ahead:
    """Parcels that came while the last were being written; so many that neither side waits for nothing."""

    def __init__(self, take: Callable[[], bytes]) -> None:
        self._take = take
        self._held: deque[bytes | BrokenParcelError] = deque()
        self._size = 0
        self._stopped = False
        self._change = Condition()
        self._thread = Thread(target=self._run, name="read-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            found: bytes | BrokenParcelError
            try:
                found = self._take()
            except BrokenParcelError as error:
                found = error
            except (OSError, ValueError) as error:
                found = BrokenParcelError(str(error))
            with self._change:
                self._held.append(found)
                self._size += len(found) if isinstance(found, bytes) else 0
                self._change.notify_all()
                self._change.wait_for(lambda: self._size < WAITING or self._stopped)
                if not found or isinstance(found, BrokenParcelError) or self._stopped:
                    return

    def next(self) -> bytes:
        with self._change:
            self._change.wait_for(lambda: self._held)
            found = self._held.popleft()
            if isinstance(found, BrokenParcelError):
                raise found
            self._size -= len(found)
            self._change.notify_all()
            return found

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ends the process, whose end is what the thread may wait for, then the thread."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
        process.kill()
        self._thread.join()


def _arrivals(process: subprocess.Popen[bytes]) -> Generator[Arrival]:
    output = process.stdout
    assert output is not None
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not on every system

        with suppress(OSError):
            fcntl.fcntl(output.fileno(), _SET_PIPE_SIZE, PIPE)
    ahead = _Ahead(lambda: next_parcel(output))
    try:
        while body := ahead.next():
            parcel = opened(body)
            yield from parcel.arrivals()
            if parcel.failure:
                raise ChildProcessError(f"reading had to stop: {parcel.failure}")
            if parcel.last:
                return
        raise ChildProcessError(_ended(process))
    except BrokenParcelError as error:
        raise ChildProcessError(_ended(process)) from error
    finally:
        ahead.stop(process)


def _ended(process: subprocess.Popen[bytes]) -> str:
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    status = process.returncode
    how = "answered what cannot be read" if status in (None, 0) else f"ended with status {status}"
    return f"the process that reads the input {how}; what was taken in before is kept: load it once more"
