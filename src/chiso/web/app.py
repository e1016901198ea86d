"""The application: addresses, headers and errors around one data folder."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Litestar, Request, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException, NotAuthorizedException, ServiceUnavailableException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath
from litestar.response import Redirect, Response

from chiso import __version__
from chiso.folder import DataFolder, QuestionError
from chiso.instants import BadInstantError
from chiso.intake.answers import failure
from chiso.law.model import LawError
from chiso.ledger.database import LedgerBusyError
from chiso.web import (
    account,
    admin,
    admin_people,
    admin_refused,
    admin_rules,
    admin_senders,
    admin_settings,
    admin_units,
    alerts,
    api,
    audit,
    duties,
    lateness,
    lateness_api,
    league_api,
    letters,
    letters_api,
    lists,
    lost_page,
    measures,
    outlook,
    pages,
    plan,
    procedures,
    public,
    quality,
    rank_pages,
    reconcile,
    reconcile_api,
    senders,
    senders_api,
    ship,
    signin,
    sso,
    steering_api,
    steering_forms,
    stream,
    todo,
    unit_files,
    watch_api,
    why_api,
    why_page,
    work_api,
)
from chiso.web.bodies import RETRY_AFTER, Bodies
from chiso.web.forms import csrf_config
from chiso.web.headers import ALWAYS, headers, is_host
from chiso.web.house import House
from chiso.web.pages import error_page
from chiso.web.render import static_file
from chiso.web.rights import AccountFirstError, guard
from chiso.web.sight import NotHereError, NothingYetError
from chiso.web.view import AskedWrongError
from chiso.web.witness import Looks, note_beginnings, witness

log = logging.getLogger("chiso.web")


@get("/static/{mark:str}/{name:str}", sync_to_thread=False, include_in_schema=False)
def static(mark: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of the pages; its address changes with its content, so it may be kept for ever."""
    try:
        content, media_type = static_file(name)
    except (KeyError, FileNotFoundError):
        raise HTTPException(status_code=404) from None
    return Response(
        content,
        media_type=media_type,
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return not request.url.path.startswith(
        ("/api/", "/dvcqg", "/schema", "/static/", "/healthz", "/readyz", "/metrics")
    )


_SENDERS_WORDS: Final = {
    404: "Địa chỉ không có; xem tài liệu kết nối.",
    405: "Địa chỉ này chỉ nhận POST.",
    413: "Thân yêu cầu lớn quá giới hạn; không nhận gì, hãy chia nhỏ rồi gửi lại.",
    503: senders.BUSY,
    500: "Có lỗi trong hệ thống; bản tin chưa chắc đã được nhận, hãy gửi lại.",
}
"""What senders are told besides; their clients read this form only."""


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Every error as a page or as JSON, each saying what happened and what to do."""
    status, words_vi, words_en = 500, "Có lỗi trong hệ thống; hãy thử lại.", "internal error; try again"
    retry = {}
    if isinstance(error, HTTPException):
        status, words_vi, words_en = error.status_code, error.detail, error.detail
    elif isinstance(error, QuestionError):
        status, words_vi, words_en = 404 if error.unknown else 400, error.message_vi, error.message_en
        status = 415 if isinstance(error, api.NotJsonError) else status
    elif isinstance(error, NothingYetError):
        status, (words_vi, words_en) = 200, error.words
    elif isinstance(error, NotHereError):
        status, words_vi, words_en = 404, str(error), str(error)
    elif isinstance(error, AskedWrongError | BadInstantError | LawError):
        status, words_vi, words_en = 400, str(error), str(error)
    if isinstance(error, LedgerBusyError):
        status, words_vi, words_en = 503, senders.BUSY, "the ledger cannot be reached; try again"
    if isinstance(error, ServiceUnavailableException):
        words_vi = "Máy chủ đang bận; hãy thử lại sau ít giây."
        retry = {"Retry-After": str(RETRY_AFTER)}
        log.warning("busy: %s", error.detail)
    elif status >= 500:
        # the address as it is written in the program: codes of dossiers stay out of the log
        log.exception("failed: %s", request.scope.get("path_template", "?"), exc_info=error)
    if _wants_page(request):
        if isinstance(error, AccountFirstError):
            return Redirect("/account", status_code=303)
        if isinstance(error, NotAuthorizedException):
            following = urlencode({"next": str(request.url)[len(str(request.base_url).rstrip("/")) :]})
            return Redirect(f"/login?{following}", status_code=303)
        told: Response[Any] = public.error_page(request, error) or error_page(request, error)
        told.headers.update(retry)
        return told
    body: dict[str, Any] = {"status": status, "error": words_en, "message": words_vi}
    if request.url.path.startswith("/dvcqg"):
        body = failure(_SENDERS_WORDS.get(status, words_vi))
    return Response(body, status_code=status, media_type="application/json", headers=retry)


@asynccontextmanager
async def _life(app: Litestar) -> AsyncIterator[None]:
    house: House = app.state.house
    house.start()
    note_beginnings(house)
    try:
        yield
    finally:
        house.stop()


class App(Litestar):
    """Litestar behind a look at the Host, before anything reads an address from it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not is_host(scope):
            body = b"Host is no name of a host"
            head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
            told = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]
            await send({"type": "http.response.start", "status": 400, "headers": [*head, *told]})
            await send({"type": "http.response.body", "body": body, "more_body": False})
        elif scope["type"] == "http":
            with self.state.bodies.counting(scope, receive) as counted:
                await super().__call__(scope, counted, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(folder: DataFolder, house: House | None = None) -> Litestar:
    """The application that serves a data folder.  The caller opens and closes the folder.

    The house (writer, clock, streams) starts and stops with the application.
    """
    app = App(
        route_handlers=[
            static,
            pages.router,
            lists.router,
            lost_page.router,
            why_page.router,
            outlook.router,
            plan.router,
            procedures.router,
            procedures.api,
            public.router,
            unit_files.router,
            unit_files.api,
            quality.router,
            quality.api,
            reconcile.router,
            todo.router,
            lateness.router,
            *rank_pages.routers,
            signin.router,
            account.router,
            sso.router,
            senders.router,
            ship.router,
            senders_api.router,
            audit.router,
            stream.router,
            api.router,
            league_api.router,
            work_api.router,
            why_api.router,
            reconcile_api.router,
            watch_api.router,
            lateness_api.router,
            letters.router,
            letters_api.router,
            steering_forms.router,
            duties.router,
            alerts.router,
            admin.router,
            admin_people.router,
            admin_refused.router,
            admin_rules.router,
            admin_senders.router,
            admin_settings.router,
            admin_units.router,
            steering_api.router,
            measures.router,
        ],
        guards=[guard],
        csrf_config=csrf_config(folder.ledger.keys, folder.settings.https),
        before_send=[witness, headers],
        exception_handlers={Exception: failed, HTTPException: failed},
        response_headers=ALWAYS,
        request_max_body_size=folder.settings.body_limit,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1024, exclude=["/api/v1/stream", "^/public"]
        ),
        openapi_config=OpenAPIConfig(
            title="chiso",
            version=__version__,
            description="Chỉ số phục vụ người dân, doanh nghiệp theo Quyết định 766/QĐ-TTg",
            path="/schema",
            render_plugins=[JsonRenderPlugin()],
        ),
        lifespan=[_life],
        logging_config=None,
    )
    app.state.folder = folder
    app.state.bodies = Bodies(folder.settings.bodies_limit)
    app.state.house = house or House(folder)
    app.state.public = public.Door(folder)
    app.state.looks = Looks()
    app.state.lookout = app.state.house.lookout
    app.state.best = app.state.house.best
    app.state.changes = why_page.Kept()
    app.state.measures = measures.Measures(app.state.house, app.state.bodies)
    return app
