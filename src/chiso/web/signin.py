"""Signing in and out, the own password and the second factor."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Router, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException
from litestar.response import Redirect, Response

from chiso.instants import utc_now
from chiso.people.accounts import Account, AccountError
from chiso.people.rights import ROLES, Right
from chiso.people.sessions import ABSOLUTE_SECONDS
from chiso.web.forms import form_token
from chiso.web.house import House
from chiso.web.messages import say
from chiso.web.pages import asked, html, shared
from chiso.web.render import page
from chiso.web.rights import cookie_of, person_of
from chiso.web.view import View

AnyRequest = Request[Any, Any, Any]

LONGEST: Final = 300


def _house(request: AnyRequest) -> House:
    house: House = request.app.state.house
    return house


def local_path(text: str) -> str:
    """A path on this server to go on to; anything else leads home (no open redirects)."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if plain and text.isprintable() and len(text) <= 2_000 else "/"


def session_cookie(request: AnyRequest, token: str, seconds: int) -> Cookie:
    """The cookie of a session; no script reads it, and over HTTPS it goes over nothing else."""
    secure = request.url.scheme == "https" or _house(request).folder.settings.https
    return Cookie(
        cookie_of(_house(request)),
        value=token,
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
    )


def forget_old(request: AnyRequest) -> None:
    """Ends the session that the browser had before it signs in anew."""
    house = _house(request)
    if token := request.cookies.get(cookie_of(house)):
        house.forget(token)
        house.people.sessions.close(token)


def login_page_of(
    request: AnyRequest,
    view: View,
    following: str,
    problem: str = "",
    login: str = "",
    code: bool = False,
    out: str | None = None,
) -> Response[str]:
    """The page to sign in, with what went wrong; ``out``: where to sign out of single sign-on too."""
    house = _house(request)
    text = page(
        "login.html",
        view,
        section="login",
        following=following,
        problem=problem,
        login=login,
        code=code,
        sso=None if house.sso is None else house.folder.settings.sso_name or say(view.lang, "login.sso.name"),
        out=out,
        token=form_token(request),
        **shared(request, view),
    )
    return html(request, text, 401 if problem else 200)


@get("/login", sync_to_thread=True, include_in_schema=False)
def login_page(request: AnyRequest) -> Response[Any]:
    """The page to sign in."""
    following = local_path(request.query_params.get("next", "/"))
    if person_of(request) is not None:
        return Redirect(following, status_code=303)
    house = _house(request)
    out = None
    if house.sso is not None and "out" in request.query_params:
        out = house.sso.sign_out_address(house.folder.settings.address.rstrip("/") + "/login")
    return login_page_of(request, asked(request), following, out=out)


@post("/login", include_in_schema=False)
async def login(request: AnyRequest) -> Response[Any]:
    """Signs in: password and, where one is set, the code of the second factor."""
    form = await request.form()
    house, view = _house(request), asked(request)
    following = local_path(str(form.get("next", "/")))
    name, password = str(form.get("login", ""))[:LONGEST], str(form.get("password", ""))[:LONGEST]
    address = request.client.host if request.client else ""
    if not house.may_try(address):
        words = say(view.lang, "login.too_many")
        return await asyncio.to_thread(login_page_of, request, view, following, words, name)
    people, now = house.people, utc_now()
    found = await asyncio.to_thread(
        people.accounts.verify, name, password, str(form.get("code", ""))[:20], now
    )
    if found.account is None:
        if not found.needs_code or form.get("code"):
            house.tried(address)
            await asyncio.to_thread(people.audit.note, now, "-", "sign_in_failed", "", address=address)
        words = (
            say(view.lang, "login.waits", minutes=-(-found.waits // 60))
            if found.waits
            else say(view.lang, "login.code_needed" if not form.get("code") else "login.code_wrong")
            if found.needs_code
            else say(view.lang, "login.wrong")
        )
        return await asyncio.to_thread(login_page_of, request, view, following, words, name, found.needs_code)
    await asyncio.to_thread(forget_old, request)
    token = await asyncio.to_thread(people.sessions.open, found.account, now)
    await asyncio.to_thread(people.audit.note, now, found.account.login, "sign_in", "", address=address)
    return Redirect(
        "/account" if found.account.must_change else following,
        status_code=303,
        cookies=[session_cookie(request, token, ABSOLUTE_SECONDS)],
    )


@post("/logout", sync_to_thread=True, include_in_schema=False)
def logout(request: AnyRequest) -> Redirect:
    """Signs out: the session ends here, whatever the browser keeps."""
    house = _house(request)
    person = person_of(request)
    shared_too = False
    if token := request.cookies.get(cookie_of(house)):
        found = house.people.sessions.find(token, utc_now())
        shared_too = found is not None and bool(found.issuer)
        house.forget(token)
        house.people.sessions.close(token)
    if person is not None:
        house.people.audit.note(utc_now(), person.login, "sign_out")
    after = "/login?out=sso" if shared_too else "/login"
    return Redirect(after, status_code=303, cookies=[session_cookie(request, "", 0)])


def _own(request: AnyRequest) -> Account:
    person = person_of(request)
    found = None if person is None else _house(request).people.accounts.by_id(person.account)
    if found is None:
        raise NotAuthorizedException("sign in first")
    return found


def _account_page(request: AnyRequest, problem: str = "", done: str = "") -> Response[Any]:
    view, own = asked(request), _own(request)
    house = _house(request)
    secret = "" if own.two_factor else house.people.accounts.new_secret()
    units = house.folder.registry.units
    named = [
        (say(view.lang, f"role.{grant.role}"), unit.name if (unit := units.find(grant.unit)) else grant.unit)
        for grant in own.grants
    ]
    text = page(
        "account.html",
        view,
        section="account",
        own=own,
        audits=any(Right.AUDIT in ROLES[grant.role] for grant in own.grants),
        grants=named,
        secret=secret,
        device=house.people.accounts.address_of(secret, own.login) if secret else "",
        problem=problem,
        done=done,
        token=form_token(request),
        **shared(request, view),
    )
    return html(request, text, 400 if problem else 200)


@get("/account", sync_to_thread=True, include_in_schema=False)
def account_page(request: AnyRequest) -> Response[Any]:
    """The own account: roles, password, second factor."""
    done = request.query_params.get("done", "")
    words = say(asked(request).lang, f"account.{done}.done") if done in ("password", "factor") else ""
    return _account_page(request, done=words)


def _words(request: AnyRequest, error: AccountError) -> str:
    return error.message_en if asked(request).lang == "en" else error.message_vi


@post("/account/password", include_in_schema=False)
async def change_password(request: AnyRequest) -> Response[Any]:
    """Changes the own password; all sessions end but a fresh one."""
    form = await request.form()

    def change() -> Response[Any]:
        own, house, now = _own(request), _house(request), utc_now()
        accounts = house.people.accounts
        old, new = str(form.get("old", ""))[:LONGEST], str(form.get("new", ""))[:LONGEST]
        lang = asked(request).lang
        if not accounts.password_holds(own.login, old):
            return _account_page(request, say(lang, "account.old_wrong"))
        if new != str(form.get("again", ""))[:LONGEST]:
            return _account_page(request, say(lang, "account.not_the_same"))
        try:
            accounts.set_password(own.login, new)
        except AccountError as error:
            return _account_page(request, _words(request, error))
        house.forget(request.cookies.get(cookie_of(house), ""))
        house.people.audit.note(now, own.login, "password_changed", own.login)
        token = house.people.sessions.open(accounts.by_login(own.login), now)
        answer = urlencode({"done": "password"})
        return Redirect(
            f"/account?{answer}", status_code=303, cookies=[session_cookie(request, token, ABSOLUTE_SECONDS)]
        )

    return await asyncio.to_thread(change)


@post("/account/second-factor", include_in_schema=False)
async def second_factor(request: AnyRequest) -> Response[Any]:
    """Switches the second factor on with a code of the device, or off with the password."""
    form = await request.form()

    def change() -> Response[Any]:
        own, house, now = _own(request), _house(request), utc_now()
        accounts = house.people.accounts
        secret = str(form.get("secret", ""))[:64] or None
        if not accounts.password_holds(own.login, str(form.get("password", ""))[:LONGEST]):
            return _account_page(request, say(asked(request).lang, "account.old_wrong"))
        try:
            accounts.set_second_factor(own.login, secret, str(form.get("code", ""))[:20], now)
        except AccountError as error:
            return _account_page(request, _words(request, error))
        what = "second_factor_on" if secret else "second_factor_off"
        house.people.audit.note(now, own.login, what, own.login)
        return Redirect("/account?done=factor", status_code=303)

    return await asyncio.to_thread(change)


router = Router("/", route_handlers=[login_page, login, logout, account_page, change_password, second_factor])
