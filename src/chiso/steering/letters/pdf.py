"""A PDF beside a letter, where LibreOffice is at hand.

Times New Roman is not free: where the machine does not have it, LibreOffice sets the text in Liberation
Serif, whose letters are exactly as wide.  Before its version 2 it has no Vietnamese letters, and LibreOffice
would take every second one from another font.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from chiso.folder import QuestionError

PROGRAMS: Final = ("soffice", "libreoffice")
PATIENCE: Final = 120
"""seconds that a document may take"""
FONTS: Final = frozenset({"Times New Roman", "Liberation Serif", "Tinos"})
"""the font of a letter, and those whose letters are exactly as wide"""


def program() -> str | None:
    """LibreOffice on this machine; ``None`` where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def font_missing() -> tuple[str, str] | None:
    """(vi, en) where no font of this machine has both the width and the Vietnamese letters."""
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    try:
        told = subprocess.run([lister, ":lang=vi", "family"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    lines = told.stdout.decode(errors="replace").splitlines()
    if any(FONTS & set(line.split(",")) for line in lines):
        return None
    return (
        "Máy này không có phông chữ thay được Times New Roman mà có đủ chữ Việt, nên PDF lẫn nhiều phông; "
        "hãy cài Liberation 2 (Debian 12: gói fonts-liberation2).",
        "no font of this machine stands for Times New Roman and has the Vietnamese letters, so that the PDF "
        "mixes fonts; install Liberation 2 (Debian 12: fonts-liberation2)",
    )


def as_pdf(document: bytes) -> bytes:
    """The document as PDF.  :class:`QuestionError` where LibreOffice is missing or fails."""
    command = program()
    if command is None:
        raise QuestionError(
            "Máy này chưa có LibreOffice nên không xuất được PDF; hãy cài gói libreoffice-writer, hoặc mở "
            "tệp .docx bằng Word và lưu thành PDF.",
            "LibreOffice is not on this machine, so there is no PDF; install libreoffice-writer, or open the "
            ".docx in Word and save it as PDF",
        )
    with tempfile.TemporaryDirectory(prefix="chiso-letter-") as folder:
        source = Path(folder) / "letter.docx"
        source.write_bytes(document)
        words = [
            command,
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(source),
        ]
        try:
            done = subprocess.run(words, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise QuestionError(
                f"LibreOffice không xong trong {PATIENCE} giây; tệp .docx vẫn dùng được.",
                f"LibreOffice was not done within {PATIENCE} seconds; the .docx is good",
            ) from error
        made = Path(folder) / "letter.pdf"
        if done.returncode or not made.is_file():
            told = (done.stderr or done.stdout).decode(errors="replace").strip()[-200:]
            raise QuestionError(
                f"LibreOffice không chuyển được tệp sang PDF ({told or done.returncode}).",
                f"LibreOffice could not make a PDF ({told or done.returncode})",
            )
        return made.read_bytes()
