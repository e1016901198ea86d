"""Bytes from a file or standard input, whatever they are wrapped in, without being overwhelmed by them."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

from chiso.intake.context import MAX_BODY
from chiso.intake.records import Refusal
from chiso.intake.refusals import refusal

MEGABYTE: Final = 1024 * 1024
MAX_LINE: Final = 32 * MEGABYTE
MAX_RATIO: Final = 250
"""Text of messages shrinks by 10 to 50; gzip cannot shrink anything by more than 1,032."""
FREE_SIZE: Final = 16 * MEGABYTE
"""Below this, a ratio proves nothing and harms nobody."""
HEAD: Final = 64 * 1024
LINE_ENDINGS: Final = (".jsonl", ".ndjson")

_UNREADABLE: Final = (OSError, EOFError, zlib.error)


class BrokenStreamError(Exception):
    """Bytes that stop making sense, with the refusal that says so."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class _Guarded(io.RawIOBase):
    """Unpacks gzip, and stops where it swells beyond reason."""

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__()
        self._packed = packed
        self._unpacker = gzip.GzipFile(fileobj=packed, mode="rb")
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            found = self._unpacker.read(len(buffer))
        except _UNREADABLE as error:
            words: dict[str, object] = {"detail": str(error)}
            raise BrokenStreamError(refusal(f"byte {self._size}", "", "", "bad_gzip", words=words)) from error
        self._size += len(found)
        packed = max(1, self._packed.tell())
        if self._size > FREE_SIZE and self._size / packed > MAX_RATIO:
            words = {"detail": f"{packed:,} → {self._size:,} byte"}
            raise BrokenStreamError(refusal(f"byte {self._size}", "", "", "zip_bomb", words=words))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._unpacker.close()
        self._packed.close()
        super().close()


def buffered(stream: IO[bytes]) -> io.BufferedReader:
    """A reader that can look ahead, through gzip where the bytes are packed."""
    reader = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream), MEGABYTE)
    if reader.peek(2)[:2] == b"\x1f\x8b":
        counted = _Counted(reader)
        return io.BufferedReader(_Guarded(counted), MEGABYTE)  # type: ignore[arg-type]
    return reader


class _Raw(io.RawIOBase):
    """Any binary stream as the raw part of a buffered one."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._stream.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


class _Counted:
    """A stream that knows how much was read of it (standard input cannot tell)."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self._read += len(found)
        return found

    def tell(self) -> int:
        return self._read

    def close(self) -> None:
        self._stream.close()


def open_source(source: str | Path | IO[bytes]) -> io.BufferedReader:
    """A file by its path, ``-`` for standard input, or a binary stream.  Raises BrokenStreamError."""
    try:
        if isinstance(source, str) and source == "-":
            return buffered(sys.stdin.buffer)
        if isinstance(source, str | Path):
            return buffered(Path(source).open("rb", MEGABYTE))
        return buffered(source)
    except OSError as error:
        words: dict[str, object] = {"detail": error.strerror or str(error)}
        raise BrokenStreamError(refusal(str(source), "", "", "unreadable_file", words=words)) from error


def read_all(stream: IO[bytes], limit: int = MAX_BODY) -> bytes:
    """All of it.  Raises BrokenStreamError where it is more than ``limit`` bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise BrokenStreamError(too_large(limit))
    return body


def too_large(limit: int = MAX_BODY) -> Refusal:
    """The refusal of more than ``limit`` bytes; they are not kept."""
    return refusal("", "", "", "too_large", words={"limit": limit // MEGABYTE})


def lines_of(stream: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Numbered lines, blank ones left out.  Raises BrokenStreamError on a line longer than MAX_LINE."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            words: dict[str, object] = {"limit": MAX_LINE // MEGABYTE}
            raise BrokenStreamError(refusal(f"line {number}", "", "", "too_large", words=words))
        if not line.isspace():
            yield number, line.rstrip(b"\r\n")


def wide_encoding(head: bytes) -> int | None:
    """Where UTF-16 or UTF-32 shows itself; ``None`` where it does not."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return 0
    at = head[:1024].find(b"\x00")
    return at if at >= 0 else None


def shape_of(name: str, head: bytes) -> str:
    """How the bytes are to be read: json, lines, workbook, parquet, text, empty or unknown."""
    plain = name.lower().removesuffix(".gz")
    if not head.strip():
        return "empty" if len(head) < HEAD else ("lines" if plain.endswith(LINE_ENDINGS) else "text")
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"} or head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "workbook"
    if head[:4] == b"PAR1":
        return "parquet"
    if wide_encoding(head) is not None:
        return "unknown"
    if plain.endswith(LINE_ENDINGS):
        return "lines"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in {b"[", b"{"}:
        return "text"
    line, newline, rest = text.partition(b"\n")
    # Of a pipe perhaps only the first line has come yet; a journal is lines even so.
    if (newline and rest.strip()) or _begins_journal(line):
        if not newline:
            return "lines"
        try:
            msgspec.json.decode(line, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            return "json"
        return "lines"
    return "json"


def _begins_journal(text: bytes) -> bool:
    """Whether a line begins like one of a journal (``received_at``, ``message``)."""
    return text[:1] == b"{" and b'"received_at"' in text[:200] and b'"message"' in text[:400]
