"""The watch of the portal as JSON."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get
from litestar.response import Response

from chiso.watch.service import status
from chiso.web.api import as_json, folder_of


@get("/watch", sync_to_thread=True)
def watch(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The watch of the portal: newest run, last days, whether one is at work, when the next is due."""
    folder = folder_of(request)
    return as_json(status(folder.path, folder.ledger, folder.settings, folder.now()))


router = Router("/api/v1", route_handlers=[watch], tags=["questions"])
