"""The application: addresses, headers and errors around one data folder."""

from __future__ import annotations

import logging
from typing import Any, Final

from litestar import Litestar, Request, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.response import Response

from chiso import __version__
from chiso.folder import DataFolder
from chiso.web import lists, pages
from chiso.web.ahead import Lookout
from chiso.web.pages import error_page
from chiso.web.render import static_file
from chiso.web.sight import NotHereError
from chiso.web.view import AskedWrongError

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

log = logging.getLogger("chiso.web")


@get("/static/{mark:str}/{name:str}", sync_to_thread=False, include_in_schema=False)
def static(mark: str, name: str) -> Response[bytes]:
    """A file of the pages; its address changes with its content, so it may be kept for ever."""
    try:
        content, media_type = static_file(name)
    except (KeyError, FileNotFoundError):
        raise HTTPException(status_code=404) from None
    return Response(
        content,
        media_type=media_type if media_type.startswith("font") else f"{media_type}; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return not request.url.path.startswith(("/api/", "/dvcqg", "/schema", "/static/", "/healthz", "/readyz", "/metrics"))


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Every error as a page or as JSON, each saying what happened and what to do."""
    if not isinstance(error, HTTPException | AskedWrongError | NotHereError):
        log.exception("failed: %s", request.url.path, exc_info=error)
    if _wants_page(request):
        return error_page(request, error)
    status = (
        error.status_code
        if isinstance(error, HTTPException)
        else 400
        if isinstance(error, AskedWrongError)
        else 404
        if isinstance(error, NotHereError)
        else 500
    )
    detail = error.detail if isinstance(error, HTTPException) else str(error) if status < 500 else "internal error"
    return Response({"status": status, "error": detail}, status_code=status, media_type="application/json")


def create_app(folder: DataFolder) -> Litestar:
    """The application that serves a data folder.  The caller opens and closes the folder."""
    app = Litestar(
        route_handlers=[static, pages.router, lists.router],
        exception_handlers={Exception: failed, HTTPException: failed},
        response_headers=HEADERS,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1024, exclude=["/api/v1/stream"]),
        openapi_config=OpenAPIConfig(title="chiso", version=__version__, render_plugins=[]),
    )
    app.state.folder = folder
    app.state.lookout = Lookout(folder)
    return app
