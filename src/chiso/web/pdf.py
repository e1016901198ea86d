"""A page as PDF, where a Chromium is at hand: printed from a copy that carries all it needs.

The copy stands in a folder of its own with the style sheets and fonts it names; Chromium is given no network
and a profile that goes with the folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Final

from chiso.folder import QuestionError
from chiso.web.render import static_file

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE: Final = 60
"""seconds that a page may take"""
_ASSET: Final = re.compile(r"/static/([0-9a-f]{12})/([\w.-]+)")
_turn = threading.Lock()


def program() -> str | None:
    """A Chromium of this machine; ``None`` where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def as_pdf(html: str) -> bytes:
    """A page as PDF, as its print style sheet sets it.  QuestionError where Chromium is missing or fails."""
    command = program()
    if command is None:
        raise QuestionError(
            "Máy chủ chưa có Chromium nên không tạo được PDF; hãy mở bản in rồi chọn “Lưu thành PDF” trong "
            "hộp thoại In của trình duyệt, hoặc cài gói chromium trên máy chủ.",
            "there is no Chromium on this server, so there is no PDF; print the page and choose “Save as "
            "PDF”, or install chromium there",
        )
    with _turn, tempfile.TemporaryDirectory(prefix="chiso-pdf-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        page, target = folder / "page.html", folder / "page.pdf"
        page.write_text(_standing_alone(html, folder), encoding="utf-8")
        words = [
            command,
            "--headless=new",
            "--disable-gpu",
            "--disable-extensions",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target}",
            page.as_uri(),
        ]
        if os.geteuid() == 0:  # Chromium's own sandbox does not start for root
            words.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(words, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise QuestionError(
                f"Chromium không xong trong {PATIENCE} giây; hãy dùng bản in.",
                f"Chromium was not done within {PATIENCE} seconds; use the page for printing",
            ) from error
        if not target.is_file():
            raise QuestionError(
                f"Chromium không tạo được PDF (mã {done.returncode}); hãy dùng bản in.",
                f"Chromium made no PDF (status {done.returncode}); use the page for printing",
            )
        return target.read_bytes()


def _standing_alone(html: str, folder: Path) -> str:
    """The page with its files beside it; links to other pages stay, scripts go."""

    def beside(text: str) -> str:
        for _, name in _ASSET.findall(text):
            path = folder / name
            if path.exists() or not name.endswith((".css", ".ttf", ".svg")):
                continue
            content, media_type = static_file(name)
            path.write_bytes(content)
            if media_type == "text/css":
                path.write_text(beside(content.decode()), encoding="utf-8")
        return _ASSET.sub(r"\2", text)

    bare = re.sub(r"<script\b[^>]*>\s*</script>|<link rel=\"preload\"[^>]*>", "", html)
    return beside(bare)
