"""Settings changed by hand: ``chiso.toml`` with its comments, what holds and where from."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from chiso.administration.files import one_at_a_time, replace
from chiso.administration.refusing import wrong
from chiso.folder.settings import FILE, PREFIX, SettingError, Settings
from chiso.steering.alerts.hours import Hours
from chiso.steering.alerts.mail import SendError, Server
from chiso.steering.entering import Hand, note

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

BY_FILE_ONLY: Final = frozenset({"home", "database", "sso_secret_file"})
"""What a page never changes: another home counts other dossiers, another database is another ledger."""
SECRET: Final = frozenset({"mail", "sso_secret", "database"})
"""May hold a password: never shown, only replaced."""
AT_ONCE: Final = frozenset(
    {
        "target", "steering_writes", "address", "mail", "quiet_hours", "digest_at", "https",
        "second_factor", "first_password_days", "public", "public_lag", "public_licence", "public_embed",
        "sso_name",
    }
)  # fmt: skip
"""What holds as soon as it is changed; the rest once ``chiso serve`` is started anew."""
LONGEST: Final = 500
SECTIONS: Final = {
    "counting": ("home", "target"),
    "server": ("database", "https", "address", "body_limit", "bodies_limit"),
    "portal": ("portal", "watch", "watch_units", "watch_procedures"),
    "steering": ("steering_writes", "mail", "quiet_hours", "digest_at"),
    "signin": ("second_factor", "first_password_days"),
    "sso": ("sso_issuer", "sso_client", "sso_secret", "sso_secret_file", "sso_name", "sso_scopes"),
    "public": ("public", "public_lag", "public_keep", "public_licence", "public_embed"),
}
"""How a page arranges the settings."""


@dataclass(frozen=True, slots=True)
class Held:
    """A setting as it holds."""

    name: str
    value: str
    """as text; empty for a secret, whether it is set or not"""
    kind: str
    """``switch``, ``number`` or ``text``"""
    origin: str
    """``environment``, ``file`` or ``default``"""
    default: str
    secret: bool
    is_set: bool
    changeable: bool
    at_once: bool


def settings(folder: DataFolder) -> list[Held]:
    """All settings, in their order."""
    path = folder.path / FILE
    told = _document(path)
    known, plain = Settings.read(folder.path), Settings()
    found = []
    for one in fields(Settings):
        value, default = getattr(known, one.name), getattr(plain, one.name)
        origin = "default"
        if PREFIX + one.name.upper() in os.environ:
            origin = "environment"
        elif one.name in told:
            origin = "file"
        secret = one.name in SECRET
        found.append(
            Held(
                one.name, "" if secret else _text(value), _kind(default), origin, _text(default), secret,
                value != default, origin != "environment" and one.name not in BY_FILE_ONLY,
                one.name in AT_ONCE,
            )
        )  # fmt: skip
    return found


def change(folder: DataFolder, name: str, value: str | None, hand: Hand) -> bool:
    """Sets a setting in ``chiso.toml``; ``None`` takes it out, so that the default holds.

    Gives whether it holds at once.  QuestionError where it cannot be: nothing is written then.
    """
    held = next((one for one in settings(folder) if one.name == name), None)
    if held is None:
        raise wrong(f"Không có cài đặt “{name}”.", f"there is no setting {name!r}")
    if not held.changeable:
        raise wrong(
            f"“{name}” chỉ đổi được trong tệp {FILE} hoặc biến môi trường, rồi khởi động lại.",
            f"{name} is changed in {FILE} or in the environment only, and needs a new start",
        )
    path = folder.path / FILE
    with one_at_a_time(folder.path):
        document = _document(path)
        if value is None:
            document.pop(name, None)
        else:
            document[name] = _value(held, value.strip())
        text = tomlkit.dumps(document)
        fresh = _read(text, folder)
        replace(path, text)
        if held.at_once:  # here: of two changes the one written last is the one in use
            folder.settings = fresh
    shown = {"value": "…" if held.secret else value, "before": "…" if held.secret else held.value}
    note(folder, hand, "setting_changed", name, **shown)
    return held.at_once


def _document(path: Path) -> tomlkit.TOMLDocument:
    if not path.is_file():
        return tomlkit.document()
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise wrong(f"Tệp {FILE} không đọc được: {error}", f"{FILE} cannot be read: {error}") from error


def _kind(default: object) -> str:
    return "switch" if isinstance(default, bool) else "number" if isinstance(default, int) else "text"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(held: Held, text: str) -> bool | int | str:
    if len(text) > LONGEST or not text.isprintable():
        raise wrong(
            f"“{held.name}” nhận đến {LONGEST} ký tự trên một dòng.",
            f"{held.name} takes up to {LONGEST} characters on one line",
        )
    if held.kind == "switch":
        if text not in ("true", "false"):
            raise wrong(f"“{held.name}” là bật hoặc tắt.", f"{held.name} takes true or false")
        return text == "true"
    if held.kind == "number":
        if not text.isascii() or not text.isdigit() or len(text) > 12:
            raise wrong(f"“{held.name}” là một số nguyên.", f"{held.name} takes a whole number")
        return int(text)
    return text


def _read(text: str, folder: DataFolder) -> Settings:
    """The settings that a text gives.  QuestionError where they would not do."""
    with tempfile.TemporaryDirectory() as room:
        (Path(room) / FILE).write_text(text, encoding="utf-8")
        try:
            found = Settings.read(Path(room))
            Hours.of(found, folder.calendar)
            if found.mail:
                Server.of(found.mail)
        except (SettingError, SendError) as error:
            words = str(error).replace(f"{room}/", "")
            raise wrong(f"Giá trị không dùng được: {words}", f"this cannot be: {words}") from error
    return found
