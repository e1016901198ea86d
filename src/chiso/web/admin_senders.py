"""Senders in administration: what each may send, for which units, and the life of its keys."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.administration.refusing import wrong
from chiso.folder import QuestionError
from chiso.instants import DAY, midnight
from chiso.intake.records import Arrival
from chiso.ledger.database import LedgerError
from chiso.ledger.senders import Sender
from chiso.people.desk import OVERLAP, told
from chiso.web.admin import hand_of, live_units, shown, worked
from chiso.web.directing import AnyRequest, Given, form_of, house_of
from chiso.web.pages import folder_of, redirected

LONGEST_OVERLAP: Final = 90
"""Days for which an old key may hold beside a new one."""


def _units(request: AnyRequest, text: str) -> list[str]:
    """Codes of a field, parted by blanks or commas."""
    known, found = folder_of(request).registry.units, []
    for code in text.replace(",", " ").replace(";", " ").split():
        unit = known.find(code)
        if unit is None:
            raise wrong(f"Không có đơn vị mang mã “{code}”.", f"no unit has the code {code!r}")
        found.append(unit.code)
    return found


def _kinds(fields: dict[str, str]) -> list[str]:
    return [one for one in Arrival.KINDS if fields.get(f"kind.{one}") == "1"]


def _expiry(fields: dict[str, str]) -> int | None:
    """The end of the day until which a key holds; ``None``: for good."""
    text = fields.get("expires", "").strip()
    if not text:
        return None
    try:
        return midnight(date.fromisoformat(text)) + DAY
    except (ValueError, OverflowError):
        raise wrong("Ngày hết hạn không đọc được.", "the day of expiry cannot be read") from None


def _rows(request: AnyRequest) -> list[dict[str, Any]]:
    units = folder_of(request).registry.units
    rows = []
    for one, keys in house_of(request).people.senders.list():
        unit = units.find(one.unit)
        rows.append({**told(one, keys), "unit_name": one.unit if unit is None else unit.name})
    return rows


def _page(
    request: AnyRequest, given: Given | None = None, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    return shown(
        request, "admin_senders.html", "senders", error=error, rows=_rows(request), given=given or Given(),
        unit_choices=live_units(request), **{"secrets": None, "of": "", **values},
    )  # fmt: skip


@get("/admin/senders", sync_to_thread=True, include_in_schema=False)
def senders_page(request: AnyRequest) -> Response[Any]:
    """All senders, and the form of a new one."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    return _page(request)


@post("/admin/senders", include_in_schema=False)
async def add_sender(request: AnyRequest) -> Response[Any]:
    """Makes a sender; its secrets are on this answer alone."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        unit = _units(request, fields.get("unit", "").partition(" ")[0]) or [folder.settings.home]
        made = house_of(request).people.senders.add(
            hand.who, fields.get("name", "")[:100], unit[0], folder.now(), kinds=_kinds(fields),
            units=_units(request, fields.get("units", "")), expires_at=_expiry(fields),
        )  # fmt: skip
        return _page(
            request, of=made.name, secrets={"user": made.user, "password": made.password, "key": made.key}
        )

    return await worked(work, lambda error: _page(request, Given(fields), error))


def _sender(request: AnyRequest, name: str) -> Sender:
    try:
        return folder_of(request).ledger.senders.find(name)
    except LedgerError as error:
        raise QuestionError(f"Không có hệ thống gửi tên “{name}”.", str(error), unknown=True) from error


@get("/admin/senders/{name:str}", sync_to_thread=True, include_in_schema=False)
def sender_page(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """One sender: its scope, its keys."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    return _one(request, _sender(request, name))


def _one(
    request: AnyRequest, sender: Sender, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    body = told(sender, folder_of(request).ledger.senders.keys(sender.name))
    return shown(
        request, "admin_sender.html", "senders", error=error, sender=body, kinds=Arrival.KINDS,
        overlap=OVERLAP // DAY, **{"secrets": None, **values},
    )  # fmt: skip


@post("/admin/senders/{name:str}", include_in_schema=False)
async def change_sender(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """Changes a sender: what the pressed button says (``do``)."""
    fields, _ = await form_of(request)
    do = fields.get("do", "")

    def work() -> Response[Any]:
        hand, desk = hand_of(request), house_of(request).people.senders
        sender = _sender(request, name)
        if do == "scope":
            desk.change(hand.who, name, kinds=_kinds(fields), units=_units(request, fields.get("units", "")))
        elif do in ("on", "off"):
            desk.change(hand.who, name, active=do == "on")
        elif do == "password":
            _, password = desk.change(hand.who, name, new_password=True)
            return _one(request, sender, secrets={"user": sender.user, "password": password})
        elif do == "rotate":
            days = fields.get("overlap", "").strip() or str(OVERLAP // DAY)
            if not days.isascii() or not days.isdigit() or int(days) > LONGEST_OVERLAP:
                raise wrong(
                    f"Khóa cũ còn dùng từ 0 đến {LONGEST_OVERLAP} ngày.",
                    f"an old key holds for 0 to {LONGEST_OVERLAP} days more",
                )
            _, key = desk.rotate(hand.who, name, overlap=int(days) * DAY, expires_at=_expiry(fields))
            return _one(request, _sender(request, name), secrets={"key": key})
        elif do == "revoke":
            number = fields.get("key", "")
            if not number.isascii() or not number.isdigit() or len(number) > 12:
                raise wrong("Không rõ khóa nào.", "which key is not named")
            desk.revoke(hand.who, name, int(number))
        else:
            raise wrong("Không rõ phải làm gì.", "nothing to do was named")
        return Redirect(f"/admin/senders/{name}", status_code=303)

    return await worked(work, lambda error: _one(request, _sender(request, name), error))


router = Router("/", route_handlers=[senders_page, add_sender, sender_page, change_sender])
