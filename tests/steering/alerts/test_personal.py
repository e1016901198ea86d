"""What changed about how people sign in goes by mail, a silent server holds up nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.steering.alerts.personal import tell_people
from chiso.steering.alerts.sending import deliver
from chiso.steering.alerts.service import Service, outcome, try_contact
from tests.support.mailbox import mailbox

GOOD = "lúa vàng đồng xa"


@contextmanager
def rude() -> Iterator[tuple[str, list[int]]]:
    """A mail server that hangs up on everybody, and the calls that it had."""
    calls: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def hang_up() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                calls.append(1)
                line.close()

        thread = Thread(target=hang_up, daemon=True)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{door.getsockname()[1]}?from=chiso@example.vn", calls
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join()


def people_with_news(folder: DataFolder, count: int = 3) -> None:
    people = People(folder.ledger)
    for number in range(count):
        people.accounts.add(f"an{number}", "", (), utc_now(), GOOD, f"an{number}@example.vn")
        people.accounts.set_password(f"an{number}", GOOD + " mới")


def test_a_server_that_is_not_there_ends_the_round_and_uses_up_one_try(empty: DataFolder) -> None:
    people_with_news(empty)
    notices = People(empty.ledger).notices
    with rude() as (address, calls):
        empty.settings = replace(empty.settings, mail=address)
        assert tell_people(empty) == 0
        assert len(calls) == 1
        # the one that failed waits; the next round begins with another
        assert [one.tries for one in notices.due(utc_now())].count(0) == 2
        assert tell_people(empty) == 0
        assert len(calls) == 2
    with mailbox() as box:
        empty.settings = replace(empty.settings, mail=box.address)
        assert tell_people(empty) >= 1


def test_what_is_refused_for_one_stops_nobody_elses(empty: DataFolder) -> None:
    people_with_news(empty)
    with mailbox() as box:
        empty.settings = replace(empty.settings, mail=box.address)
        box.refuse = {"an0@example.vn"}
        assert tell_people(empty) == 2


def test_a_house_that_stops_begins_no_other_mail(empty: DataFolder) -> None:
    people_with_news(empty)
    with mailbox() as box:
        empty.settings = replace(empty.settings, mail=box.address)
        empty.stopping.set()
        assert tell_people(empty) == 0
        empty.stopping.clear()
        assert tell_people(empty) == 3


def test_alerts_go_first(empty: DataFolder) -> None:
    people_with_news(empty, 1)
    number = empty.ledger.contacts.add("H01", "", "truc@example.vn", empty.now())
    try_contact(empty, number)
    with mailbox() as box:
        empty.settings = replace(empty.settings, mail=box.address)
        Service(empty, lambda _: True).beat()
    assert [recipients for recipients, _ in box.mails] == [["truc@example.vn"], ["an0@example.vn"]]


def test_alerts_ask_a_server_that_is_not_there_once(empty: DataFolder) -> None:
    numbers = [empty.ledger.contacts.add("H01", "", f"truc{n}@example.vn", empty.now()) for n in range(3)]
    tests = [try_contact(empty, number) for number in numbers]
    with rude() as (address, calls):
        empty.settings = replace(empty.settings, mail=address)
        assert deliver(empty) == 0
    assert len(calls) == 1
    for test in tests:
        state, error = outcome(empty, test)
        assert (state, error.partition(":")[0]) == ("waiting", "the mail server cannot be reached")
