"""Alerts at work: the rules are looked at on the folder's clock, and what is due is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
import structlog

from chiso.folder.answers import QuestionError
from chiso.ledger.beside import alert, delivery, notice
from chiso.ledger.writer import told
from chiso.steering.alerts.hours import Hours
from chiso.steering.alerts.outbox import News, post
from chiso.steering.alerts.personal import tell_people
from chiso.steering.alerts.round import look
from chiso.steering.alerts.sending import deliver

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

EVERY: Final = 60
"""Seconds of the folder's clock between two looks."""
BREATH: Final = 10.0
"""Seconds of the wall clock between them at least: a demo's clock may run fast."""

log = structlog.get_logger(__name__)


class Service:
    """The alerts of one folder, in a thread of its house."""

    def __init__(
        self, folder: DataFolder, wait: Callable[[float], bool], turn: Callable[[], bool] = lambda: True
    ) -> None:
        """``wait`` sleeps for seconds and gives whether to stop; ``turn`` gives whether it is this process
        that tells alerts."""
        self._folder = folder
        self._wait = wait
        self._turn = turn
        self._looked_at = 0
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until it is told to stop."""
        breathed = time.monotonic()
        while not self._wait(1.0):
            if time.monotonic() - breathed < BREATH:
                continue
            breathed = time.monotonic()
            if self._turn():
                self.beat()

    def beat(self) -> None:
        """One look, where it is time, and whatever is due to be told."""
        self._alert()
        try:
            tell_people(self._folder)
        except Exception as error:
            log.error("people_not_told", **told(error))

    def _alert(self) -> None:
        folder = self._folder
        if folder.loading_progress() is not None:
            return  # figures of a ledger that is being filled would alarm for nothing
        with self._lock:
            try:
                now = folder.now()
                if abs(now - self._looked_at) >= EVERY:
                    self._looked_at = now
                    look(folder)
                deliver(folder)
            except Exception as error:
                log.error("alerts_failed", **told(error))


def try_contact(folder: DataFolder, contact: int) -> int:
    """Posts a message to one contact, to be told at once.  Gives the number of the delivery."""
    found = next((one for one in folder.ledger.contacts.all() if one.id == contact), None)
    if found is None:
        raise QuestionError(
            f"Không có người nhận số {contact}.", f"no contact has the number {contact}", unknown=True
        )
    news = News(
        folder.now(), "test", "urgent", "", found.unit, found.unit, None,
        "Tin thử: kênh này nhận được cảnh báo.", (found.unit,),
    )  # fmt: skip
    with folder.ledger.database.write() as connection:
        post(connection, [found], [news], Hours.of(folder.settings, folder.calendar))
        return int(connection.execute(sa.select(sa.func.max(delivery.c.id))).scalar() or 0)


def outcome(folder: DataFolder, number: int) -> tuple[str, str]:
    """(state, error) of a delivery.  LookupError for an unknown one."""
    with folder.ledger.database.read() as connection:
        query = sa.select(delivery.c.state, delivery.c.error).where(delivery.c.id == number)
        row = connection.execute(query).one_or_none()
    if row is None:
        raise LookupError(number)
    return str(row.state), str(row.error)


def standing(folder: DataFolder) -> list[dict[str, Any]]:
    """How every rule stands with its subjects, as looked at last."""
    with folder.ledger.database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(alert))]


def notices(folder: DataFolder, limit: int = 50) -> list[dict[str, Any]]:
    """What was told lately, the newest first, with how its deliveries stand."""
    with folder.ledger.database.read() as connection:
        newest = sa.select(notice).order_by(notice.c.at.desc(), notice.c.id.desc()).limit(limit)
        rows = connection.execute(newest).all()
        counts = connection.execute(
            sa.select(delivery.c.notice, delivery.c.state, sa.func.count(), sa.func.max(delivery.c.error))
            .where(delivery.c.notice.in_([row.id for row in rows]))
            .group_by(delivery.c.notice, delivery.c.state)
        ).all()
    states: dict[int, dict[str, int]] = {}
    errors: dict[int, str] = {}
    for number, state, count, error in counts:
        states.setdefault(number, {})[state] = count
        errors[number] = errors.get(number) or error
    return [
        {**dict(row._mapping), "deliveries": states.get(row.id, {}), "error": errors.get(row.id, "")}
        for row in rows
    ]
