"""Signing in with the province's own directory: the way there, and the way back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Router, get
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Response

from chiso.instants import utc_now
from chiso.ledger.database import LedgerError
from chiso.people.accounts import Account
from chiso.people.oidc import Asked, Provider, SsoError
from chiso.people.refusing import AccountError
from chiso.people.sessions import ABSOLUTE_SECONDS
from chiso.web.house import House
from chiso.web.messages import say
from chiso.web.pages import asked
from chiso.web.signin import browser, forget_old, local_path, login_page_of, session_cookie

AnyRequest = Request[Any, Any, Any]

COOKIE: Final = "chiso_sso"
PATH: Final = "/login/sso"
WITHIN: Final = 600
"""Seconds that somebody has at the provider."""
LONGEST: Final = 4_000

_decoder: Final = msgspec.json.Decoder(Asked)


def _provider(request: AnyRequest) -> tuple[House, Provider]:
    house: House = request.app.state.house
    if house.sso is None:
        raise NotFoundException("single sign-on is not set up")
    return house, house.sso


def _cookie(house: House, value: str, seconds: int) -> Cookie:
    # Lax, not strict: the provider sends people back from its own site.
    return Cookie(
        COOKIE,
        value=value,
        max_age=seconds,
        httponly=True,
        secure=house.folder.settings.address.startswith("https://"),
        samesite="lax",
        path=PATH,
    )


def _failed(request: AnyRequest, error: AccountError, following: str) -> Response[Any]:
    """The sign-in page with what went wrong.  The record has the cause; nothing in it is a person's."""
    house: House = request.app.state.house
    house.people.audit.note(utc_now(), "-", "sign_in_failed", "", sso=True, why=error.message_en[:200])
    view = asked(request)
    words = error.message_en if view.lang == "en" else error.message_vi
    answer = login_page_of(request, view, following, words)
    answer.set_cookie(_cookie(house, "", 0))
    return answer


@get("/login/sso", sync_to_thread=True, include_in_schema=False)
def begin(request: AnyRequest) -> Response[Any]:
    """Leads to the provider; what must come back is sealed into a cookie of this browser."""
    house, provider = _provider(request)
    following = local_path(request.query_params.get("next", "/"))
    try:
        address, sent = provider.begin(following, utc_now())
    except SsoError as error:
        return _failed(request, error, following)
    sealed = house.folder.ledger.keys.seal(msgspec.json.encode(sent)).decode()
    return Redirect(address, status_code=303, cookies=[_cookie(house, sealed, WITHIN)])


def _sent(house: House, cookie: str, now: int) -> Asked | None:
    """What this browser was sent away with, while that holds."""
    try:
        found = _decoder.decode(house.folder.ledger.keys.unseal(cookie[:LONGEST].encode()))
    except (LedgerError, msgspec.DecodeError, ValueError):
        return None
    return found if 0 <= now - found.at < WITHIN else None


def _came_back(
    house: House, provider: Provider, sent: Asked | None, told: Mapping[str, str], now: int
) -> Account:
    """The account of whoever comes back with an answer.  Raises AccountError."""
    if sent is None or not secrets.compare_digest(sent.state.encode(), told.get("state", "").encode()):
        raise SsoError(
            "Lần đăng nhập này không bắt đầu từ trình duyệt này hoặc đã quá hạn; hãy bấm đăng nhập lại.",
            "the state is not that of this browser, or too old",
        )
    if not house.people.federation.spend(sent.state, now, WITHIN):
        raise SsoError("Lần đăng nhập này đã dùng rồi; hãy bấm đăng nhập lại.", "the state was used before")
    if told.get("iss", provider.client.issuer) != provider.client.issuer:
        raise SsoError(
            "Câu trả lời không đến từ hệ thống đăng nhập chung đã cài đặt; báo quản trị hệ thống.",
            "the answer names another issuer",
        )
    if "error" in told or not told.get("code"):
        raise SsoError(
            "Hệ thống đăng nhập chung không cho đăng nhập hoặc bạn đã thôi; hãy thử lại.",
            "the provider says no",
        )
    claims = provider.finish(told["code"][:LONGEST], sent, now)
    return house.people.federation.admit(claims, provider.client.issuer, now)


@get("/login/sso/back", sync_to_thread=True, include_in_schema=False)
def back(request: AnyRequest) -> Response[Any]:
    """Whoever comes back from the provider: held against what was sent, once."""
    house, provider = _provider(request)
    now, told = utc_now(), request.query_params
    address = request.client.host if request.client else ""
    view = asked(request)
    with house.tries.attempt(address) as attempt:
        if attempt is None:
            return login_page_of(request, view, "/", say(view.lang, "login.too_many"))
        sent = _sent(house, request.cookies.get(COOKIE, ""), now)
        following = "/" if sent is None else sent.following
        try:
            account = _came_back(house, provider, sent, told, now)
        except AccountError as error:
            attempt.wrong = True
            return _failed(request, error, following)
    forget_old(request)
    token = house.people.sessions.open(account, now, provider.client.issuer, browser(request))
    house.people.audit.note(now, account.login, "sign_in", "", address=address, sso=True)
    return Redirect(
        following,
        status_code=303,
        cookies=[session_cookie(request, token, ABSOLUTE_SECONDS), _cookie(house, "", 0)],
    )


router = Router("/", route_handlers=[begin, back])
