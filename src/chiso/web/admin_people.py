"""Accounts in administration: who may sign in, as what, for which units."""

from __future__ import annotations

import secrets
from typing import Any, Final

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.folder import QuestionError
from chiso.instants import utc_now
from chiso.people.accounts import Account
from chiso.people.refusing import AccountError
from chiso.people.rights import ROLES, Grant, Right, Role
from chiso.steering.entering import Hand
from chiso.text import collation_key
from chiso.web.admin import hand_of, live_units, shown, worked
from chiso.web.directing import AnyRequest, Given, form_of, house_of
from chiso.web.pages import folder_of, redirected
from chiso.web.rights import person_of

GRANTS: Final = 6
"""Roles that the form of an account takes."""


def _grants(request: AnyRequest, fields: dict[str, str]) -> list[Grant]:
    """The roles of a form: ``role.0`` and ``unit.0``, …"""
    folder = folder_of(request)
    units, found = folder.registry.units, []
    for number in range(GRANTS):
        role = fields.get(f"role.{number}", "")
        if not role:
            continue
        if role not in list(Role):
            raise QuestionError(f"Không có vai trò “{role}”.", f"there is no role {role!r}", wrong=True)
        code = fields.get(f"unit.{number}", "").strip().partition(" ")[0] or folder.settings.home
        unit = units.find(code)
        if unit is None or not f"{unit.code}.".startswith(f"{units.home.code}."):
            raise QuestionError(
                f"Tỉnh không có đơn vị mang mã “{code}”.", f"no unit here has the code {code!r}", wrong=True
            )
        found.append(Grant(Role(role), unit.code))
    return found


def _administrates(grants: Any, home: str) -> bool:
    return any(Right.ADMINISTER in ROLES[one.role] and one.unit == home for one in grants)


def _still_somebody(request: AnyRequest, login: str, grants: list[Grant], *, active: bool) -> None:
    """Refuses what would leave nobody to administer."""
    house, home = house_of(request), folder_of(request).settings.home
    if active and _administrates(grants, home):
        return
    others = [one for one in house.people.accounts.list() if one.active and one.login != login]
    if not any(_administrates(one.grants, home) for one in others):
        raise QuestionError(
            "Phải còn ít nhất một tài khoản quản trị của tỉnh đang hoạt động.",
            "at least one active administrator of the province must be left",
            wrong=True,
        )


def _rows(request: AnyRequest) -> list[dict[str, Any]]:
    units = folder_of(request).registry.units

    def name(code: str) -> str:
        found = units.find(code)
        return code if found is None else found.name

    return [
        {"account": one, "grants": [(grant.role.value, name(grant.unit)) for grant in one.grants]}
        for one in sorted(
            house_of(request).people.accounts.list(),
            key=lambda one: (not one.active, collation_key(one.name), one.login),
        )
    ]


def _page(
    request: AnyRequest, given: Given | None = None, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    return shown(
        request,
        "admin_accounts.html",
        "accounts",
        error=error,
        rows=_rows(request),
        given=given or Given(),
        roles=list(Role),
        unit_choices=live_units(request),
        **{"made": None, "password": "", **values},
    )


@get("/admin/accounts", sync_to_thread=True, include_in_schema=False)
def accounts_page(request: AnyRequest) -> Response[Any]:
    """All accounts, and the form of a new one."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    return _page(request)


@post("/admin/accounts", include_in_schema=False)
async def add_account(request: AnyRequest) -> Response[Any]:
    """Makes an account; its password is shown once, on this answer."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, house = hand_of(request), house_of(request)
        grants = _grants(request, fields)
        accounts = house.people.accounts
        if not accounts.exist() and not _administrates(grants, folder_of(request).settings.home):
            raise QuestionError(
                "Tài khoản đầu tiên phải là quản trị của tỉnh: từ đó mọi người đều phải đăng nhập.",
                "the first account must be an administrator of the province: from it on all must sign in",
                wrong=True,
            )
        name = fields.get("name", "")[:200]
        mail = fields.get("mail", "")
        made, password = accounts.add(fields.get("login", ""), name, grants, utc_now(), mail=mail)
        _note(request, hand, "account_added", made)
        return _page(request, made=made, password=password)

    return await worked(work, lambda error: _page(request, Given(fields), error))


def _note(request: AnyRequest, hand: Hand, what: str, about: Account, **detail: Any) -> None:
    roles = [f"{one.role}@{one.unit}" for one in about.grants]
    house_of(request).people.audit.note(utc_now(), hand.who, what, about.login, roles=roles, **detail)


def _account(request: AnyRequest, login: str) -> Account:
    try:
        return house_of(request).people.accounts.by_login(login)
    except AccountError as error:
        raise QuestionError(error.message_vi, error.message_en, unknown=True) from error


@get("/admin/accounts/{login:str}", sync_to_thread=True, include_in_schema=False)
def account_page(request: AnyRequest, login: FromPath[str]) -> Response[Any]:
    """One account: roles, name, whether it may sign in, a new password."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    return _one(request, _account(request, login))


def _one(
    request: AnyRequest, account: Account, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    person = person_of(request)
    held = [(grant.role.value, grant.unit) for grant in account.grants]
    return shown(
        request,
        "admin_account.html",
        "accounts",
        error=error,
        account=account,
        own=person is not None and person.account == account.id,
        held=[*held, *([("", "")] * (min(len(held) + 2, GRANTS) - len(held)))],
        roles=list(Role),
        unit_choices=live_units(request),
        **{"password": "", **values},
    )


@post("/admin/accounts/{login:str}", include_in_schema=False)
async def change_account(request: AnyRequest, login: FromPath[str]) -> Response[Any]:
    """Changes an account: what the pressed button says (``do``)."""
    fields, _ = await form_of(request)
    do = fields.get("do", "")

    def work() -> Response[Any]:
        hand, accounts = hand_of(request), house_of(request).people.accounts
        held = _account(request, login)
        person = person_of(request)
        if do in ("password", "factor") and person is not None and person.account == held.id:
            # There it takes the password: a browser left open would be enough here.
            raise QuestionError(
                "Mật khẩu và xác nhận hai bước của chính bạn được đổi ở trang Tài khoản.",
                "your own password and second factor are changed at /account",
                wrong=True,
            )
        if do == "roles":
            grants = _grants(request, fields)
            _still_somebody(request, held.login, grants, active=held.active)
            if "mail" in fields and fields["mail"].strip() != held.mail:
                accounts.set_mail(held.login, fields["mail"])
            changed = accounts.change(held.login, name=fields.get("name", "")[:200], grants=grants)
            _note(request, hand, "account_changed", changed, mail=changed.mail != held.mail)
        elif do in ("off", "on"):
            _still_somebody(request, held.login, list(held.grants), active=do == "on")
            changed = accounts.change(held.login, active=do == "on")
            _note(request, hand, "account_changed", changed, active=do == "on")
        elif do == "password":
            password = secrets.token_urlsafe(15)
            accounts.set_password(held.login, password, must_change=True)
            _note(request, hand, "account_changed", held, new_password=True)
            house_of(request).forget_all()
            return _one(request, accounts.by_login(held.login), password=password)
        elif do == "factor":
            accounts.drop_second_factor(held.login, sessions=True)
            _note(request, hand, "account_changed", held, no_second_factor=True)
        else:
            raise QuestionError("Không rõ phải làm gì.", "nothing to do was named", wrong=True)
        house_of(request).forget_all()
        return Redirect("/admin/accounts", status_code=303)

    return await worked(work, lambda error: _one(request, _account(request, login), error))


router = Router("/", route_handlers=[accounts_page, add_account, account_page, change_account])
