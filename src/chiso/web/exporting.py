"""Any page's tables as files: the page is made as asked, and what it shows is written down.

So an export has the filters, the order and the rights of its page.
"""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from litestar.response import Response

from chiso.insight.exports.tables import FORMS, book_of, csv_of
from chiso.instants import day_of, moment_of
from chiso.text import moment
from chiso.web.messages import say
from chiso.web.shown import tables_of
from chiso.web.sight import NotHereError


def as_file(request: Request[Any, Any, Any], text: str, form: str, now: int) -> Response[bytes]:
    """The tables that a page shows, or the one that is named, as a workbook or CSV."""
    lang = "en" if '<html lang="en"' in text[:200] else "vi"
    found = tables_of(text, lang)
    wanted = request.query_params.get("table", "")
    if wanted.isascii() and wanted.isdigit() and wanted != "0":
        found = found[int(wanted[:4]) - 1 : int(wanted[:4])]
    if not found:
        raise NotHereError(say(lang, "export.none"))
    title = unescape(text.partition("<title>")[2].partition("</title>")[0])
    name = "-".join(part for part in request.url.path.split("/") if part) or "tong-quan"
    name = f"{''.join(sign if sign.isalnum() or sign in '-.' else '-' for sign in name)}-{day_of(now):%Y%m%d}"
    if form == "csv":
        body = csv_of(found, lang)
    else:
        asked = ", ".join(
            f"{field} = {value}"
            for field, value in request.query_params.multi_items()
            if value and field not in ("format", "table", "lang")
        )
        lines = [
            (say(lang, "export.page"), title),
            (say(lang, "export.made"), moment(now, lang)),
            (say(lang, "export.asked"), asked or "–"),
            (say(lang, "export.address"), request.url.path),
            (say(lang, "export.rows"), ", ".join(f"{one.title}: {len(one.rows)}" for one in found)),
        ]
        body = book_of(found, title, lines, moment_of(now).replace(tzinfo=None))
    return Response(
        body,
        media_type=FORMS[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form}"',
            "Cache-Control": "no-store",
        },
    )


def exporter(request: Request[Any, Any, Any]) -> Callable[..., str] | None:
    """A function giving the address of this page's tables as a file, filtered and ordered as here."""
    if request.method != "GET":
        return None
    held = [
        (field, value)
        for field, value in request.query_params.multi_items()
        if value and field not in ("page", "format", "table", "all")
    ]

    def address(form: str, table: int | None = None) -> str:
        more = [("all", "1"), ("format", form), *([] if table is None else [("table", str(table))])]
        return f"{request.url.path}?{urlencode([*held, *more])}"

    return address
