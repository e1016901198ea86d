"""Logs: one JSON object a line on standard error, without anything that people sent.

An error is told by its kind and the places it came through.  Its words are left out, for they may quote what
was sent; those of the ledger and of the operating system do not, and are told.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

from chiso.ledger.writer import told

OURS: Final = "chiso"
LONGEST: Final = 200

Event = MutableMapping[str, Any]


def _errors(_logger: Any, _name: str, event: Event) -> Event:
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()[1]
    elif isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event.update(told(found))
    return event


def _of_others(_logger: Any, _name: str, event: Event) -> Event:
    """Words of other people's programs: their first line as it stands in the program, without its values."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and not record.name.startswith(OURS):
        event["event"] = str(record.msg).splitlines()[0][:LONGEST]
        event.pop("stack_info", None)
        event.pop("positional_args", None)
    return event


_SHARED: Final[list[Any]] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _errors,
]
_JSON: Final = structlog.processors.JSONRenderer(ensure_ascii=False)


def plainly() -> None:
    """Makes the program's own logs lines of JSON on standard error."""
    structlog.configure(
        processors=[*_SHARED, _JSON],
        # asked anew each time: standard error may have been put elsewhere since
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def configure() -> None:
    """Makes all logs of this process lines of JSON, those of other people's programs and last words too."""
    plainly()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_SHARED, _of_others],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _JSON],
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    threading.excepthook = _of_threads
    sys.excepthook = _of_all


def _of_threads(hook: threading.ExceptHookArgs) -> None:
    name = hook.thread.name if hook.thread else ""
    structlog.get_logger(OURS).error("thread_failed", thread=name, exc_info=hook.exc_value)


def _of_all(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    structlog.get_logger(OURS).error("failed", exc_info=error)
