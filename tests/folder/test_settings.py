"""Settings: from the file, from the environment, and what cannot be read is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.folder.settings import FILE, SettingError, Settings


def read(folder: Path, text: str) -> Settings:
    (folder / FILE).write_text(text, encoding="utf-8")
    return Settings.read(folder)


def test_the_public_page_is_open_unless_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.read(tmp_path).public
    assert not read(tmp_path, "public = false").public
    monkeypatch.setenv("CHISO_PUBLIC", "on")
    assert read(tmp_path, "public = false").public


@pytest.mark.parametrize(
    "text",
    [
        "public_lag = -1",
        'public_lag = "soon"',
        "public_keep = -3",
        "public_embed = \"'self'; script-src *\"",
        'public_embed = "https://a.vn;"',
        'public = "maybe"',
        "publik = true",
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError):
        read(tmp_path, text)


@pytest.mark.parametrize("sites", ["*", "", "https://angiang.gov.vn https://*.angiang.gov.vn:8443"])
def test_sites_are_named_as_a_content_policy_names_them(tmp_path: Path, sites: str) -> None:
    assert read(tmp_path, f'public_embed = "{sites}"').public_embed == sites
