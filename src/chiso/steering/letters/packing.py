"""The same document, the same bytes: parts in a fixed order, no clock, no traces of who saved it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

_FIRST: Final = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT: Final = re.compile(r"docProps/thumbnail\.\w+$")
_SAVES: Final = re.compile(rb' w:rsid\w*="[0-9A-Fa-f]{8}"')
_THUMBNAIL: Final = re.compile(rb'<Relationship [^>]*metadata/thumbnail"[^>]*/>')


def packed(document: bytes) -> bytes:
    """A .docx with the same content, whose bytes depend on nothing but that."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as told:
        names = [name for name in told.namelist() if not name.endswith("/") and not _LEFT_OUT.search(name)]
        order = [*_FIRST, *sorted(set(names) - set(_FIRST))]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as kept:
            for name in order:
                content = told.read(name)
                if name == "_rels/.rels":
                    content = _THUMBNAIL.sub(b"", content)
                elif name.startswith("word/") and name.endswith(".xml"):
                    content = _SAVES.sub(b"", content)
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = 0o600 << 16
                kept.writestr(entry, content)
    return out.getvalue()


def bundled(files: Mapping[str, bytes]) -> bytes:
    """Files by name in one archive, whose bytes depend on nothing but them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as kept:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            kept.writestr(entry, content)
    return out.getvalue()


def digest(document: bytes) -> str:
    """SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(document).hexdigest()
