"""A PDF beside a letter, where LibreOffice is at hand.

Times New Roman is not free: where the machine does not have it, LibreOffice sets the text in Liberation
Serif, whose letters are exactly as wide.
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


def program() -> str | None:
    """LibreOffice on this machine; ``None`` where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


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
