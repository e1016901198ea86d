"""Settings and alert channels in administration."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso.administration import setting
from chiso.folder import QuestionError
from chiso.steering.alerts.answers import add_contact, contacts, remove_contact
from chiso.web.admin import hand_of, live_units, shown
from chiso.web.directing import AnyRequest, Given, form_of
from chiso.web.messages import catalogue, say
from chiso.web.pages import asked, folder_of, redirected


@get("/admin/settings", sync_to_thread=True, include_in_schema=False)
def settings_page(request: AnyRequest) -> Response[Any]:
    """All settings: what holds, where from, what the default is; and the channels of alerts."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    return _page(request)


def _page(
    request: AnyRequest, error: QuestionError | None = None, given: Given | None = None
) -> Response[Any]:
    folder, view = folder_of(request), asked(request)
    words = catalogue(view.lang)
    held = {one.name: one for one in setting.settings(folder)}
    sections = [
        (name, [{"held": held[one], "words": words[f"setting.{one}"]} for one in named])
        for name, named in setting.SECTIONS.items()
    ]
    units = folder.registry.units
    channels = [
        {**one, "unit_name": unit.name if (unit := units.find(one["unit"])) is not None else one["unit"]}
        for one in contacts(folder, masked=True)
    ]
    done = request.query_params.get("done", "")
    told = {"once": "admin.settings.once", "later": "admin.settings.later"}.get(done)
    return shown(
        request,
        "admin_settings.html",
        "settings",
        error=error,
        sections=sections,
        channels=channels,
        given=given or Given(),
        unit_choices=live_units(request),
        done=say(view.lang, told) if told else "",
    )


@post("/admin/settings/{name:str}", include_in_schema=False)
async def change_setting(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """Sets a setting, or takes it out so that the default holds."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        value = None if fields.get("do") == "default" else fields.get("value", "")
        try:
            once = setting.change(folder, name, value, hand)
        except QuestionError as error:
            return _page(request, error)
        return Redirect(f"/admin/settings?done={'once' if once else 'later'}", status_code=303)

    return await asyncio.to_thread(work)


@post("/admin/channels", include_in_schema=False)
async def add_channel(request: AnyRequest) -> Response[Any]:
    """Adds somebody to be told of alerts: a mail address, or any channel of apprise."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        unit = fields.get("unit", "").strip().partition(" ")[0] or folder.settings.home
        try:
            add_contact(folder, unit, fields.get("name", ""), fields.get("address", ""), hand)
        except QuestionError as error:
            return _page(request, error, Given(fields))
        return Redirect("/admin/settings#channels", status_code=303)

    return await asyncio.to_thread(work)


@post("/admin/channels/{number:int}/remove", include_in_schema=False)
async def drop_channel(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """Removes a channel for good."""

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        try:
            remove_contact(folder, number, hand)
        except QuestionError as error:
            return _page(request, error)
        return Redirect("/admin/settings#channels", status_code=303)

    return await asyncio.to_thread(work)


router = Router("/", route_handlers=[settings_page, change_setting, add_channel, drop_channel])
