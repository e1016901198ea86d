"""The own account: roles, password, second factor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import segno
from litestar import Router, get, post
from litestar.exceptions import NotAuthorizedException
from litestar.response import Redirect, Response
from markupsafe import Markup

from chiso.instants import utc_now
from chiso.people.accounts import Account
from chiso.people.factor import address_of, new_secret
from chiso.people.passwords import checked, strength
from chiso.people.refusing import AccountError, NotConfirmedError
from chiso.people.rights import ROLES, Right
from chiso.people.sessions import ABSOLUTE_SECONDS
from chiso.web.directing import AnyRequest, house_of
from chiso.web.forms import form_token
from chiso.web.messages import say
from chiso.web.pages import asked, html, shared
from chiso.web.render import page
from chiso.web.rights import cookie_of, person_of
from chiso.web.signin import LONGEST, browser, session_cookie

DONE: Final = ("password", "factor", "factor_off", "mail", "ended")
"""What may have been done just now, each with its words."""


def _own(request: AnyRequest) -> Account:
    person = person_of(request)
    found = None if person is None else house_of(request).people.accounts.by_id(person.account)
    if found is None:
        raise NotAuthorizedException("sign in first")
    return found


def _drawn(address: str) -> Markup:
    """What a device reads, as a drawing: dark on light in every theme, or no device reads it."""
    made = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(made)  # noqa: S704


def _account_page(request: AnyRequest, problem: str = "", done: str = "") -> Response[Any]:
    view, own, person = asked(request), _own(request), person_of(request)
    house = house_of(request)
    secret = "" if own.two_factor else new_secret()
    device = address_of(secret, own.login) if secret else ""
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
        must_enrol=person is not None and person.must_enrol and not own.two_factor,
        audits=any(Right.AUDIT in ROLES[grant.role] for grant in own.grants),
        grants=named,
        secret=secret,
        device=device,
        drawn=_drawn(device) if device else "",
        sessions=house.people.sessions.of(own.id, _token(request), utc_now()),
        notices=[(one.at, one.told(view.lang == "en")) for one in house.people.notices.of(own.id)],
        mails=bool(house.folder.settings.mail),
        problem=problem,
        done=done,
        token=form_token(request),
        **shared(request, view),
    )
    answer = html(request, text, 400 if problem else 200)
    # a fresh secret stands on it
    answer.headers["Cache-Control"] = "no-store"
    return answer


@get("/account", sync_to_thread=True, include_in_schema=False)
def account_page(request: AnyRequest) -> Response[Any]:
    """The own account: roles, password, second factor."""
    done = request.query_params.get("done", "")
    words = say(asked(request).lang, f"account.{done}.done") if done in DONE else ""
    return _account_page(request, done=words)


async def _changed(
    request: AnyRequest, change: Callable[[Account, dict[str, str]], Response[Any]]
) -> Response[Any]:
    """Does the work of a form of the own account beside the event loop; what is refused is told on the page.

    Wrong passwords and codes count like those of a sign-in: a session that was left open is no way to guess.
    """
    form = {name: str(value)[:LONGEST] for name, value in (await request.form()).items()}
    house = house_of(request)
    address = request.client.host if request.client else ""

    def work() -> Response[Any]:
        with house.tries.attempt(address) as attempt:
            if attempt is None:
                return _account_page(request, say(asked(request).lang, "login.too_many"))
            try:
                return change(_own(request), form)
            except AccountError as error:
                if isinstance(error, NotConfirmedError):
                    attempt.wrong = True
                    login = _own(request).login
                    house.people.audit.note(utc_now(), login, "sign_in_failed", login, address=address)
                words = error.message_en if asked(request).lang == "en" else error.message_vi
                return _account_page(request, words)

    return await asyncio.to_thread(work)


@post("/account/password", include_in_schema=False)
async def change_password(request: AnyRequest) -> Response[Any]:
    """Changes the own password; all sessions end but a fresh one."""

    def change(own: Account, form: dict[str, str]) -> Response[Any]:
        house, now = house_of(request), utc_now()
        accounts = house.people.accounts
        accounts.confirm(own.login, form.get("old", ""), now)
        if form.get("new", "") != form.get("again", ""):
            return _account_page(request, say(asked(request).lang, "account.not_the_same"))
        accounts.set_password(own.login, form.get("new", ""))
        house.forget_all()
        house.people.audit.note(now, own.login, "password_changed", own.login)
        token = house.people.sessions.open(accounts.by_login(own.login), now, browser=browser(request))
        cookie = session_cookie(request, token, ABSOLUTE_SECONDS)
        return Redirect("/account?done=password", status_code=303, cookies=[cookie])

    return await _changed(request, change)


@post("/account/mail", include_in_schema=False)
async def change_mail(request: AnyRequest) -> Response[Any]:
    """Changes where one is told of changes to one's sign-in; empty: on the own page alone."""

    def change(own: Account, form: dict[str, str]) -> Response[Any]:
        house, now = house_of(request), utc_now()
        accounts = house.people.accounts
        accounts.confirm(own.login, form.get("password", ""), now)
        accounts.set_mail(own.login, form.get("mail", ""))
        house.people.audit.note(now, own.login, "account_changed", own.login, mail=True)
        return Redirect("/account?done=mail", status_code=303)

    return await _changed(request, change)


@post("/account/sessions", include_in_schema=False)
async def end_sessions(request: AnyRequest) -> Response[Any]:
    """Ends one other session of one's own (``key``), or all others."""
    form = await request.form()

    def end() -> Response[Any]:
        own, house = _own(request), house_of(request)
        key = str(form["key"])[:LONGEST] if "key" in form else None
        ended = house.people.sessions.end(own.id, _token(request), key)
        house.forget_all()
        house.people.audit.note(utc_now(), own.login, "sessions_ended", own.login, ended=ended)
        return Redirect("/account?done=ended", status_code=303)

    return await asyncio.to_thread(end)


def _token(request: AnyRequest) -> str:
    return request.cookies.get(cookie_of(house_of(request)), "")


@post("/account/strength", include_in_schema=False)
async def rate(request: AnyRequest) -> Response[Any]:
    """How easily a password is guessed that somebody is choosing: what the form would say of it."""
    form = await request.form()

    def rated() -> Response[Any]:
        own, english = _own(request), asked(request).lang == "en"
        password = str(form.get("new", ""))[:LONGEST]
        words, score = say("en" if english else "vi", "account.strong"), strength(password).score
        try:
            checked(password, own.login, own.name)
        except AccountError as error:
            words, score = error.message_en if english else error.message_vi, min(score, 2)
        return Response({"score": score, "words": words}, headers={"Cache-Control": "no-store"})

    return await asyncio.to_thread(rated)


@post("/account/second-factor", include_in_schema=False)
async def second_factor(request: AnyRequest) -> Response[Any]:
    """Switches the second factor on with a code of the device, or off with the password and a code."""

    def change(own: Account, form: dict[str, str]) -> Response[Any]:
        house, now = house_of(request), utc_now()
        accounts, code = house.people.accounts, form.get("code", "")
        if own.two_factor:
            accounts.confirm(own.login, form.get("password", ""), now, code)
            accounts.drop_second_factor(own.login, sessions=False)
            what, done = "second_factor_off", "factor_off"
        else:
            accounts.confirm(own.login, form.get("password", ""), now)
            accounts.set_second_factor(own.login, form.get("secret", ""), code, now)
            what, done = "second_factor_on", "factor"
        house.forget_all()
        house.people.audit.note(now, own.login, what, own.login)
        return Redirect(f"/account?done={done}", status_code=303)

    return await _changed(request, change)


router = Router(
    "/", route_handlers=[account_page, change_password, change_mail, end_sessions, rate, second_factor]
)
