from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from chiso.ledger import writer as module
from chiso.ledger.database import LedgerBusyError
from chiso.ledger.receipt import Receipt
from chiso.ledger.recount import differences
from chiso.ledger.store import Ledger
from chiso.ledger.writer import Writer, WriterStoppedError
from tests.ledger.samples import T0, arrive, dossier, refusal


@contextmanager
def held(ledger: Ledger) -> Iterator[None]:
    """Meanwhile no write goes through: what is submitted has to wait."""
    with ledger.database.write():
        yield


def settle(writer: Writer, first: Any) -> None:
    """Waits until the writer has taken the first job off the queue, so that the rest will share a commit."""
    while writer._waiting and writer._waiting[0].future is first:
        threading.Event().wait(0.001)


def test_what_waits_shares_one_commit_and_each_gets_its_own(ledger: Ledger) -> None:
    seen: list[Receipt] = []
    with Writer(ledger, seen.append) as writer:
        with held(ledger):
            first = writer.submit([arrive(dossier("H01.1-0"))], T0)
            settle(writer, first)
            others = [
                writer.submit([arrive(dossier(f"H01.1-{n}"), dossier("H01.1-0"))], T0) for n in (1, 2, 3)
            ]
        assert first.result(30).arrivals[0].new == 1
        receipts = [one.result(30) for one in others]
    assert [(one.arrivals[0].seq, one.arrivals[0].new, one.arrivals[0].same) for one in receipts] == [
        (2, 1, 1), (3, 1, 1), (4, 1, 1),
    ]  # fmt: skip
    assert len(seen) == 2
    assert [len(one.arrivals) for one in seen] == [1, 3]
    assert seen[1].rows["version"].tolist() == [2, 3, 4]


def test_on_commit_comes_before_the_answer_and_its_errors_harm_nothing(ledger: Ledger) -> None:
    answered: list[bool] = []
    futures: list[Any] = []

    def on_commit(_: Receipt) -> None:
        answered.append(futures[-1].done() if futures else False)
        raise RuntimeError("the engine stumbled")

    with Writer(ledger, on_commit) as writer:
        for n in range(3):
            with held(ledger):
                futures.append(writer.submit([arrive(dossier(f"H01.1-{n}"))], T0))
            futures[-1].result(30)
    assert answered == [False] * 3
    assert ledger.position().journal == 3


def test_a_bad_one_fails_alone(ledger: Ledger) -> None:
    with Writer(ledger) as writer:
        with held(ledger):
            first = writer.submit([arrive(dossier("H01.1-0"))], T0)
            settle(writer, first)
            good = writer.submit([arrive(dossier("H01.1-1"))], T0)
            bad = writer.submit([arrive(dossier("H01.1-2", channel=1_000))], T0)
            also = writer.submit([arrive(dossier("H01.1-3"))], T0)
        assert good.result(30).arrivals[0].new == 1
        assert also.result(30).arrivals[0].new == 1
        with pytest.raises(Exception, match="format"):
            bad.result(30)
    assert set(ledger.ids([f"H01.1-{n}" for n in range(4)])) == {"H01.1-0", "H01.1-1", "H01.1-3"}
    assert list(differences(ledger)) == []


def test_the_log_says_where_it_failed_and_nothing_of_what_was_sent(ledger: Ledger) -> None:
    with structlog.testing.capture_logs() as said, Writer(ledger) as writer:
        sent = arrive(dossier("H01.1-SECRET", channel=1_000), refusals=[refusal(raw=b"089012345678")])
        with pytest.raises(Exception, match="format"):
            writer.submit([sent], T0).result(30)
    (line,) = said
    assert (line["event"], line["kinds"]) == ("ledger_refused", ["dossiers"])
    assert any(one.endswith(" derive") for one in line["where"])
    assert "SECRET" not in repr(line)
    assert "0890" not in repr(line)
    assert "exc_info" not in line


def test_a_locked_database_fails_clearly_and_recovers(address: tuple[Path, str | None]) -> None:
    with (
        Ledger.open(*address) as other,
        Ledger.open(*address, patience=0.3) as ledger,
        Writer(ledger) as writer,
    ):
        with held(other):
            refused = writer.submit([arrive(dossier("H01.1-0"))], T0)
            with pytest.raises(LedgerBusyError, match="locked"):
                refused.result(30)
        taken = writer.submit([arrive(dossier("H01.1-0"))], T0).result(30)
        assert taken.arrivals[0].new == 1
        assert list(differences(other)) == []


def test_too_much_waiting_blocks_the_sender(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ITEMS_WAITING", 4)
    with Writer(ledger) as writer:
        with held(ledger):
            first = writer.submit([arrive(*(dossier(f"H01.1-{n}") for n in range(9)))], T0)
            settle(writer, first)
            second = writer.submit([arrive(dossier("H01.2-1"))], T0)
            with pytest.raises(TimeoutError):
                writer.submit([arrive(dossier("H01.2-2"))], T0, timeout=0.05)
            assert writer.waiting == 10
        assert second.result(30).arrivals[0].new == 1
        assert writer.submit([arrive(dossier("H01.2-2"))], T0).result(30).arrivals[0].new == 1


def test_one_commit_is_bounded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ITEMS_AT_ONCE", 3)
    seen: list[int] = []
    with Writer(ledger, lambda receipt: seen.append(len(receipt.rows))) as writer, held(ledger):
        first = writer.submit([arrive(dossier("H01.1-0"))], T0)
        settle(writer, first)
        for n in range(1, 8):
            writer.submit([arrive(dossier(f"H01.1-{n}"))], T0)
        writer.submit([arrive(*(dossier(f"H01.2-{n}") for n in range(5)))], T0)
    assert seen == [1, 3, 3, 1, 5]


def test_stopping_writes_what_waits_and_takes_no_more(ledger: Ledger) -> None:
    writer = Writer(ledger, now=lambda: T0 + 7)
    futures = [writer.submit([arrive(dossier(f"H01.1-{n}"))]) for n in range(20)]
    writer.stop()
    writer.stop()
    assert all(one.done() and one.result().now == T0 + 7 for one in futures)
    with pytest.raises(WriterStoppedError):
        writer.submit([arrive(dossier())])
    assert len(ledger.ids([f"H01.1-{n}" for n in range(20)])) == 20


def test_many_threads_lose_nothing(ledger: Ledger) -> None:
    results: list[int] = []
    last: list[int] = []

    def send(thread: int) -> None:
        futures = [writer.submit([arrive(dossier(f"H01.{thread}-{n}"))], T0) for n in range(25)]
        results.extend(one.result(60).arrivals[0].new for one in futures)

    with Writer(ledger, lambda receipt: last.append(receipt.position.version)) as writer:
        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(results) == 200
    assert last == sorted(last)
    assert last[-1] == ledger.position().version == 200
    assert list(differences(ledger)) == []


def test_a_writer_without_a_clock_wants_an_instant(ledger: Ledger) -> None:
    with Writer(ledger) as writer, pytest.raises(ValueError, match="clock"):
        writer.submit([arrive(dossier())])
