from __future__ import annotations

import stat
import threading

import pytest

from chiso.administration import setting
from chiso.folder import DataFolder, QuestionError, Settings
from chiso.people.audit import Audit
from chiso.steering.entering import by_command


def held(folder: DataFolder, name: str) -> setting.Held:
    return next(one for one in setting.settings(folder) if one.name == name)


def test_a_change_holds_at_once_keeps_comments_and_is_noted(folder: DataFolder) -> None:
    path = folder.path / "chiso.toml"
    path.write_text('# của tỉnh\ntarget = 85 # theo Công văn 308\nhome = "H01"\n', encoding="utf-8")
    assert held(folder, "target").origin == "file"
    assert setting.change(folder, "target", "90", by_command(folder))
    assert folder.settings.target == Settings.read(folder.path).target == 90
    text = path.read_text(encoding="utf-8")
    assert "# của tỉnh" in text
    assert "# theo Công văn 308" in text
    entry = Audit(folder.ledger.database).entries()[-1]
    assert (entry.what, entry.about, entry.detail) == (
        "setting_changed", "target", {"before": "85", "value": "90"},
    )  # fmt: skip
    setting.change(folder, "target", None, by_command(folder))
    assert held(folder, "target").origin == "default"
    assert folder.settings.target == 80


def test_a_secret_is_replaced_and_never_shown(folder: DataFolder) -> None:
    address = "smtp://may:mat-khau@thu.example.vn:587?from=chiso@example.vn"
    setting.change(folder, "mail", address, by_command(folder))
    assert folder.settings.mail == address
    one = held(folder, "mail")
    assert one.is_set
    assert not one.value
    assert "mat-khau" not in str(Audit(folder.ledger.database).entries()[-1])
    mode = stat.S_IMODE((folder.path / "chiso.toml").stat().st_mode)
    assert mode == 0o600


def test_what_the_environment_says_is_not_changed_here(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHISO_TARGET", "70")
    assert held(folder, "target").origin == "environment"
    with pytest.raises(QuestionError):
        setting.change(folder, "target", "90", by_command(folder))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("home", "H44"),
        ("database", "postgresql://x"),
        ("nothing", "1"),
        ("target", "tám mươi"),
        ("target", "-1"),
        ("public", "có"),
        ("quiet_hours", "hai giờ"),
        ("digest_at", "25:00"),
        ("mail", "không phải địa chỉ"),
        ("steering_writes", "ai cũng được"),
        ("address", "a\nb = 1"),
        ("address", "x" * 501),
        ("public_embed", "javascript:alert(1)"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(folder: DataFolder, name: str, value: str) -> None:
    before = folder.settings
    with pytest.raises(QuestionError) as told:
        setting.change(folder, name, value, by_command(folder))
    assert told.value.message_vi
    assert folder.settings == before
    assert not (folder.path / "chiso.toml").exists()


def test_each_setting_stands_in_one_part_of_the_page(folder: DataFolder) -> None:
    placed = [name for names in setting.SECTIONS.values() for name in names]
    assert sorted(placed) == sorted(one.name for one in setting.settings(folder))


def test_of_two_changes_at_once_none_is_lost_nor_out_of_use(folder: DataFolder) -> None:
    def change(name: str, values: range) -> None:
        for value in values:
            setting.change(folder, name, str(value), by_command(folder))

    together = [
        threading.Thread(target=change, args=(name, range(1, 16))) for name in ("public_lag", "target")
    ]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert folder.settings == Settings.read(folder.path)
    assert (folder.settings.public_lag, folder.settings.target) == (15, 15)
