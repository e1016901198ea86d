"""PDF where LibreOffice is, words where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.folder import QuestionError
from chiso.steering.letters import pdf
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered


def program(folder: Path, text: str) -> None:
    made = folder / "soffice"
    made.write_text(f"#!/bin/sh\n{text}\n")
    made.chmod(0o755)


def test_without_libreoffice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.program() is None
    with pytest.raises(QuestionError, match="install libreoffice-writer") as refused:
        pdf.as_pdf(b"")
    assert "cài gói libreoffice-writer" in refused.value.message_vi


def test_a_failure_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "echo broken >&2; exit 3")
    with pytest.raises(QuestionError, match="broken"):
        pdf.as_pdf(b"")
    program(tmp_path, "while :; do :; done")
    monkeypatch.setattr(pdf, "PATIENCE", 0.2)
    with pytest.raises(QuestionError, match="not done"):
        pdf.as_pdf(b"")


def test_a_font_without_vietnamese_letters_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.font_missing() is None  # nobody can be asked
    lister = tmp_path / "fc-list"
    for line, lacking in (("DejaVu Serif,DejaVu Serif Condensed", True), ("Liberation Serif", False)):
        lister.write_text(f"#!/bin/sh\necho '{line}'\n")
        lister.chmod(0o755)
        assert (pdf.font_missing() is not None) is lacking
    lister.write_text("#!/bin/sh\nexit 1\n")
    assert pdf.font_missing() is None


@pytest.mark.slow
def test_the_words_of_the_letter_are_in_the_pdf(march: Facts, request: pytest.FixtureRequest) -> None:
    """Where LibreOffice is at hand it is used; elsewhere the words that are said then are the test."""
    document = rendered(march)
    if pdf.program() is None:
        with pytest.raises(QuestionError, match="LibreOffice"):
            pdf.as_pdf(document)
        return
    made = pdf.as_pdf(document)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type/Page") + made.count(b"/Type /Page") >= 4
