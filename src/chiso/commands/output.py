"""How commands speak: one JSON document or a table on standard output, all else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import msgspec


def print_json(document: object) -> None:
    """One JSON document on standard output, and nothing else."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")


def say(text: str) -> None:
    """A note for people, on standard error."""
    sys.stderr.write(text + "\n")


def _text(cell: object) -> str:
    if isinstance(cell, list):
        return ", ".join(map(str, cell))
    return "" if cell is None else str(cell)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]], numbers: set[int]) -> None:
    """A table on standard output; columns in ``numbers`` are right-aligned."""
    from rich.console import Console
    from rich.table import Table

    found = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for place, heading in enumerate(headings):
        found.add_column(heading, justify="right" if place in numbers else "left")
    for row in rows:
        found.add_row(*(_text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 120).print(found)


def print_score(body: dict[str, Any]) -> None:
    """A score for people: the table of the official letter, then the indicators."""
    from chiso.text import number, percent

    name = body.get("name") or body.get("level", "")
    code = f" ({body['unit']})" if body.get("unit") else ""
    head = f"{name}{code} · kỳ {body['period']}" if body.get("period") else str(name)
    print_line = f"{head} · {body['at']}" if body.get("at") else head
    rows: list[tuple[object, ...]] = []
    law_groups = body["groups"]
    for place, (group, one) in enumerate(law_groups.items(), 1):
        points, most = one["points"], one["max"]
        rows.append(
            (
                place,
                GROUP_NAMES.get(group, group),
                number(Decimal(points), 2),
                most,
                percent_of(points, most, percent),
            )
        )
    total = body["total"]
    rows.append(("", "TỔNG", number(Decimal(total), 2), body["max"], percent_of(total, body["max"], percent)))
    headings = ("Stt", "Tiêu chí", "Điểm đạt được", "Điểm tối đa", "Tỷ lệ")
    table(f"{print_line}\n{number(Decimal(total), 2)} điểm · {body['band']}", headings, rows, {0, 2, 3, 4})
    lines = [
        (
            key,
            "–" if one.get("n") is None else number(one["n"], 0),
            "–" if one.get("d") is None else number(one["d"], 0),
            number(Decimal(one["points"]), 2),
            one.get("max", ""),
            "chưa có dữ liệu" if one.get("no_data") else "của tỉnh" if one.get("inherited") else "",
        )
        for key, one in body["indicators"].items()
    ]
    if lines:
        table("", ("Chỉ số", "Tử số", "Mẫu số", "Điểm", "Tối đa", ""), lines, {1, 2, 3, 4})


GROUP_NAMES = {
    "transparency": "Công khai, minh bạch",
    "processing": "Tiến độ, kết quả giải quyết",
    "online_services": "Dịch vụ công trực tuyến",
    "online_payment": "Thanh toán trực tuyến",
    "satisfaction": "Mức độ hài lòng",
    "digitisation": "Số hóa hồ sơ",
}


def percent_of(points: str, most: object, percent: Callable[..., str]) -> str:
    """Points of a maximum as a percentage with two decimals."""
    return percent(Decimal(points) / Decimal(str(most)), 2)


@contextmanager
def progress(total: int | None, what: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error while something long is done; silent where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
