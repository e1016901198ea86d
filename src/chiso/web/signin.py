"""Signing in and out."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Request, Router, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect, Response

from chiso.instants import utc_now
from chiso.people.browsers import browser_of
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
"""Characters of a field of these forms that are looked at."""


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


def browser(request: AnyRequest) -> str:
    """The kind of browser that asks."""
    return browser_of(request.headers.get("user-agent", ""))


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
    with house.tries.attempt(address) as attempt:
        if attempt is None:
            words = say(view.lang, "login.too_many")
            return await asyncio.to_thread(login_page_of, request, view, following, words, name)
        people, now, code = house.people, utc_now(), str(form.get("code", ""))[:20]
        made_for = house.folder.settings.made_for
        found = await asyncio.to_thread(people.accounts.verify, name, password, code, now, made_for)
        attempt.wrong = found.account is None and (not found.needs_code or bool(code))
    if found.account is None:
        if attempt.wrong:
            await asyncio.to_thread(people.audit.note, now, "-", "sign_in_failed", "", address=address)
        # A closed account answers like a wrong password: else whoever guesses learns which logins there are.
        words = say(view.lang, "login.wrong")
        if found.expired:
            words = say(view.lang, "login.expired")
        elif found.needs_code:
            words = say(view.lang, "login.code_wrong" if code else "login.code_needed")
        return await asyncio.to_thread(login_page_of, request, view, following, words, name, found.needs_code)
    await asyncio.to_thread(forget_old, request)
    token = await asyncio.to_thread(people.sessions.open, found.account, now, "", browser(request))
    await asyncio.to_thread(people.audit.note, now, found.account.login, "sign_in", "", address=address)
    lacks = found.account.lacks_factor(house.folder.settings.factor_roles)
    return Redirect(
        "/account" if found.account.must_change or lacks else following,
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


router = Router("/", route_handlers=[login_page, login, logout])
