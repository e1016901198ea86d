"""From a rule to a mail: rounds on a folder whose clock is moved, through a real mail server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from chiso.folder import DataFolder, QuestionError
from chiso.folder.settings import Settings
from chiso.instants import DAY, parse_instant
from chiso.ledger.beside import contact, delivery
from chiso.ledger.clock import Clock
from chiso.ledger.database import LedgerError
from chiso.ledger.schema import sender
from chiso.steering.alerts.answers import (
    add_contact,
    alerts,
    change_rule,
    contacts,
    looked,
    remove_contact,
    silence_rule,
)
from chiso.steering.alerts.machine import STATES
from chiso.steering.alerts.outbox import BACKOFF, again
from chiso.steering.alerts.round import look
from chiso.steering.alerts.rules import starter
from chiso.steering.alerts.sending import check_address, deliver
from chiso.steering.alerts.service import EVERY, Service, notices, outcome, try_contact
from chiso.steering.entering import by_command
from tests.support.mailbox import Mailbox, mailbox
from tests.support.messages import dossier, tell

MORNING = parse_instant("2026-10-12T08:00")
"""A Monday."""
RULE = {
    "id": "han", "name": "Trên 3 hồ sơ đến hạn trong 24 giờ", "what": "due", "side": "above", "threshold": 3,
    "clear": 1, "unit": "H01.113", "span": 24, "hold": 30, "recover": 60,
}  # fmt: skip


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@pytest.fixture
def watched(own_path: Path, box: Mailbox) -> Iterator[DataFolder]:
    """A province with one rule, on Monday morning, whose mails go to the box."""
    with DataFolder.open(own_path, standing=True, settings=Settings(mail=box.address)) as folder:
        at(folder, MORNING)
        off = [
            {**{key: value for key, value in msgspec.structs.asdict(one).items() if value != ""}, "active": 0}
            for one in starter()
        ]
        tell(folder, "alert_rules", *off, RULE)
        yield folder


def at(folder: DataFolder, instant: int) -> None:
    folder.ledger.clock.set(Clock(instant))
    folder.refresh()


def fall_due(folder: DataFolder, count: int, *, done: bool = False) -> None:
    """So many dossiers of H01.113 that are due an hour before midnight of Monday, or are done with."""
    end = MORNING + 3600 if done else None
    rows = [
        dossier(f"H01.113-261009-7{n:04d}", MORNING - 3 * DAY, MORNING + 15 * 3600, end) for n in range(count)
    ]
    tell(folder, "dossiers", *rows)


def base(folder: DataFolder) -> int:
    """How many are due without those of the test."""
    (one,) = look(folder, keep=False)
    return int(one.seen.value or 0)


def test_a_silent_rule_stays_as_it_stood_and_goes_on_afterwards(watched: DataFolder, box: Mailbox) -> None:
    hand = by_command(watched)
    add_contact(watched, "H01.113", "", "an@example.vn", hand)
    fall_due(watched, 5)
    look(watched)
    at(watched, MORNING + 1800)
    look(watched)
    deliver(watched)
    assert [one["kind"] for one in notices(watched)] == ["alert"]
    silence_rule(watched, "han", 2, hand)
    fall_due(watched, 5, done=True)
    for hour in (1, 2):
        at(watched, MORNING + hour * 3600)
        assert look(watched) == []
        (row,) = alerts(watched, everything=True)["rows"]
        assert row["state"] == "alerting"
    at(watched, MORNING + 1800 + 2 * 3600)
    (one,) = look(watched)
    assert one.standing.state == "recovering"
    at(watched, MORNING + 1800 + 3 * 3600)
    look(watched)
    deliver(watched)
    assert [one["kind"] for one in notices(watched)] == ["over", "alert"]
    assert len(box.mails) == 2
    silence_rule(watched, "han", 2, hand)
    silence_rule(watched, "han", 0, hand)
    assert len(look(watched)) == 1
    with pytest.raises(QuestionError, match="744 hours"):
        silence_rule(watched, "han", 745, hand)


def test_an_alert_is_told_once_and_its_end_once(watched: DataFolder, box: Mailbox) -> None:
    hand = by_command(watched)
    add_contact(watched, "H01.113", "Chị An", "an@example.vn", hand)
    tell(watched, "alert_rules", {**RULE, "threshold": base(watched) + 3, "clear": base(watched) + 1})
    fall_due(watched, 5)
    for minute in range(0, 300, 10):
        at(watched, MORNING + minute * 60)
        if minute == 120:
            fall_due(watched, 5, done=True)
        look(watched)
        deliver(watched)
    assert [(recipients, message["Subject"][:31]) for recipients, message in box.mails] == [
        (["an@example.vn"], "[Chỉ số 766] Cảnh báo: Phường L"),
        (["an@example.vn"], "[Chỉ số 766] Hết cảnh báo: Phườ"),
    ]
    text = box.texts()[0]
    assert "Trên 3 hồ sơ đến hạn trong 24 giờ" in text
    assert f"{base(watched) + 5} hồ sơ (ngưỡng trên {base(watched) + 3} hồ sơ)" in text
    told = [(one["kind"], one["at"] - MORNING) for one in reversed(notices(watched))]
    assert told == [("alert", 30 * 60), ("over", 180 * 60)]
    assert all(one["deliveries"] == {"sent": 1} for one in notices(watched))


def test_without_people_of_its_own_the_unit_above_is_told(watched: DataFolder, box: Mailbox) -> None:
    add_contact(watched, "H01", "Văn phòng", "vp@example.vn", by_command(watched))
    fall_due(watched, 9)
    for minute in (0, 40):
        at(watched, MORNING + minute * 60)
        look(watched)
    deliver(watched)
    assert [recipients for recipients, _ in box.mails] == [["vp@example.vn"]]


def test_at_night_nobody_is_told_what_can_wait(watched: DataFolder, box: Mailbox) -> None:
    """What begins and ends in the same night is told to nobody; what lasts is told in the morning."""
    add_contact(watched, "H01.113", "", "an@example.vn", by_command(watched))
    tell(watched, "alert_rules", {**RULE, "hold": 0, "recover": 0})
    evening = MORNING + 13 * 3600
    fall_due(watched, 9)
    at(watched, evening)
    look(watched)
    deliver(watched)
    assert alerts(watched)["states"] == {"alerting": 1}
    fall_due(watched, 9, done=True)
    at(watched, evening + 3600)
    look(watched)
    rows = [dossier(f"H01.113-261009-8{n:04d}", MORNING, MORNING + 40 * 3600) for n in range(9)]
    tell(watched, "dossiers", *rows)
    at(watched, evening + 7 * 3600)
    look(watched)
    for hour in range(8, 11):
        at(watched, evening + hour * 3600)
        look(watched)
        deliver(watched)
    assert Counter(one["kind"] for one in notices(watched)) == {"alert": 2, "over": 1}
    ((_, message),) = box.mails
    assert message["Date"].startswith("Tue, 13 Oct 2026 07:00")
    assert message["Subject"].startswith("[Chỉ số 766] Cảnh báo")


def test_a_digest_gathers_what_is_not_urgent(watched: DataFolder, box: Mailbox) -> None:
    add_contact(watched, "H01", "", "vp@example.vn", by_command(watched))
    many = {
        "id": "moi-xa", "name": "Có hồ sơ đến hạn", "what": "due", "side": "above", "threshold": 0,
        "among": "communes", "span": 240, "weight": "digest", "to": "home",
    }  # fmt: skip
    tell(watched, "alert_rules", {**RULE, "active": False}, many)
    rows = [dossier(f"H01.{n}-261009-80001", MORNING - DAY, MORNING + 3 * DAY) for n in (113, 101, 102, 103)]
    tell(watched, "dossiers", *rows)
    look(watched)
    deliver(watched)
    assert box.mails == []
    at(watched, MORNING + DAY)
    look(watched)
    deliver(watched)
    ((recipients, message),) = box.mails
    assert recipients == ["vp@example.vn"]
    assert "cảnh báo" in message["Subject"]
    assert message.get_content().count("Có hồ sơ đến hạn") >= 4


def test_a_server_that_is_gone_is_tried_again_and_stops_nobody_else(
    watched: DataFolder, box: Mailbox
) -> None:
    hand = by_command(watched)
    box.refuse = {"gone@example.vn"}
    for address in ("gone@example.vn", "an@example.vn"):
        add_contact(watched, "H01.113", "", address, hand)
    tell(watched, "alert_rules", {**RULE, "hold": 0, "weight": "urgent"})
    fall_due(watched, 9)
    look(watched)
    assert deliver(watched) == 1
    assert [recipients for recipients, _ in box.mails] == [["an@example.vn"]]
    assert deliver(watched) == 0  # not yet
    instant = MORNING
    for wait in BACKOFF:
        instant += wait
        at(watched, instant)
        deliver(watched)
    (one,) = notices(watched)
    assert one["deliveries"] == {"failed": 1, "sent": 1}
    assert one["error"] == "the mail server refused the recipient"
    assert len(box.mails) == 1
    box.refuse = set()
    assert deliver(watched) == 0
    assert again(watched.ledger.database, watched.now()) == 1
    assert deliver(watched) == 1
    (one,) = notices(watched)
    assert one["deliveries"] == {"sent": 2}
    assert again(watched.ledger.database, watched.now()) == 0


def test_a_sender_that_goes_silent_is_told_once_though_the_server_restarts(
    own_path: Path, box: Mailbox
) -> None:
    """States and what was told are in the folder: a new process goes on from there."""
    opens = {"standing": True, "settings": Settings(mail=box.address)}
    with DataFolder.open(own_path, **opens) as folder:
        at(folder, MORNING)
        add_contact(folder, "H01.113", "", "an@example.vn", by_command(folder))
        folder.ledger.senders.add("Một cửa", "H01.113", MORNING)
        off = [
            {"id": one.id, "name": one.name, "what": "2.1", "side": "below", "threshold": "1%", "active": 0}
            for one in starter()
            if one.id != "im-lang"
        ]
        tell(folder, "alert_rules", *off)
        look(folder)
    for hour in (3, 5, 6, 7):
        with DataFolder.open(own_path, **opens) as folder:
            at(folder, MORNING + hour * 3600)
            look(folder)
            deliver(folder)
    deliveries = [message.get_content() for _, message in box.mails]
    assert len(deliveries) == 1
    assert "im lặng quá 4 giờ làm việc" in deliveries[0]
    with DataFolder.open(own_path, **opens) as folder:
        at(folder, MORNING + DAY)
        with folder.ledger.database.write() as connection:  # as when a message of it is accepted
            connection.execute(sa.update(sender).values(last_used_at=folder.now()))
        look(folder)
        deliver(folder)
        look(folder)
        deliver(folder)
        assert [one["kind"] for one in notices(folder)] == ["over", "alert"]
    assert len(box.mails) == 2


def test_a_message_that_was_begun_and_never_ended_is_sent_again_as_the_same(
    watched: DataFolder, box: Mailbox
) -> None:
    add_contact(watched, "H01.113", "", "an@example.vn", by_command(watched))
    number = try_contact(watched, 1)
    with watched.ledger.database.write() as connection:  # as if the process had been killed while sending
        connection.execute(sa.update(delivery).values(state="sending"))
    assert deliver(watched) == 0
    at(watched, MORNING + 700)
    assert deliver(watched) == 1
    assert outcome(watched, number) == ("sent", "")
    assert box.mails[0][1]["Message-ID"] == "<chiso.1.1@example.vn>"


def test_a_test_of_a_channel(watched: DataFolder, box: Mailbox) -> None:
    number = add_contact(watched, "H01", "Văn phòng", "vp@example.vn", by_command(watched))
    assert outcome(watched, try_contact(watched, number)) == ("waiting", "")
    deliver(watched)
    assert "Thử kênh" in box.mails[0][1]["Subject"]
    with pytest.raises(QuestionError, match="no contact"):
        try_contact(watched, 99)
    with DataFolder.open(watched.path, settings=Settings()) as without:
        sent = try_contact(without, number)
        deliver(without)
        assert outcome(without, sent)[1] == "no mail server is set (setting mail)"


def test_channels_of_apprise_are_told_too(watched: DataFolder, box: Mailbox) -> None:
    """apprise has its own way to the same mail server: any of its channels would do."""
    address = f"mailto://127.0.0.1:{box.port}?from=chiso@example.vn&to=nhom@example.vn&mode=insecure"
    add_contact(watched, "H01", "Nhóm", address, by_command(watched))
    try_contact(watched, 1)
    assert deliver(watched) == 1
    ((recipients, message),) = box.mails
    assert recipients == ["nhom@example.vn"]
    assert "Thử kênh" in str(message["Subject"])


def test_addresses_are_sealed_masked_and_gone_when_they_are_removed(watched: DataFolder) -> None:
    hand = by_command(watched)
    number = add_contact(watched, "h01.113", " Chị An ", "an.nguyen@example.vn", hand)
    add_contact(watched, "H01", "Nhóm", "json://chiso.example.vn/hook", hand)
    with watched.ledger.database.read() as connection:
        sealed = [bytes(row.sealed) for row in connection.execute(sa.select(contact))]
    assert not any(word in one for one in sealed for word in (b"an.nguyen", "Chị An".encode()))
    assert [row["address"] for row in contacts(watched, masked=True)] == ["json://•••", "a•••@example.vn"]
    assert [row["name"] for row in contacts(watched)] == ["Nhóm", "Chị An"]
    with pytest.raises(QuestionError, match="already"):
        add_contact(watched, "H01.113", "", "an.nguyen@example.vn", hand)
    with pytest.raises(QuestionError, match="no unit"):
        add_contact(watched, "H01.999", "", "an@example.vn", hand)
    try_contact(watched, number)
    remove_contact(watched, number, hand)
    with pytest.raises(QuestionError, match="no contact"):
        remove_contact(watched, number, hand)
    with pytest.raises(LedgerError, match="no contact"):
        watched.ledger.contacts.remove(number)
    deliver(watched)
    assert notices(watched)[0]["error"] == "the contact was removed"
    assert add_contact(watched, "H01.113", "", "an.nguyen@example.vn", hand) == 3  # never the same number


@pytest.mark.parametrize(
    "address", ["an", "an@máy", "@example.vn", "a b@example.vn", "nosuch://x", "slack://"]
)
def test_addresses_that_lead_nowhere_are_refused(address: str) -> None:
    with pytest.raises(QuestionError):
        check_address(address)


def test_rules_are_changed_and_the_change_is_recorded(watched: DataFolder) -> None:
    from chiso.people.audit import Audit

    hand = by_command(watched)
    found = change_rule(watched, "han", {"threshold": "9", "active": False}, hand)
    assert (found.records[0].threshold, found.records[0].active) == ("9", False)
    assert Audit(watched.ledger.database).entries()[-1].what == "alert_rule_changed"
    with pytest.raises(QuestionError, match="wrong side"):
        change_rule(watched, "han", {"clear": "10"}, hand)
    with pytest.raises(QuestionError, match="no rule"):
        change_rule(watched, "khac", {}, hand)


def test_a_look_that_keeps_nothing_changes_nothing(watched: DataFolder) -> None:
    fall_due(watched, 9)
    tell(watched, "alert_rules", {**RULE, "hold": 0})
    told = looked(watched, look(watched, keep=False))
    assert told["states"] == {"alerting": 1}
    assert told["rows"][0]["event"] == "alert"
    assert alerts(watched, everything=True)["rows"] == []
    assert notices(watched) == []


def test_what_no_rule_looks_at_any_more_is_forgotten(watched: DataFolder) -> None:
    look(watched)
    assert len(alerts(watched, everything=True)["rows"]) == 1
    tell(watched, "alert_rules", {**RULE, "active": False})
    look(watched)
    assert alerts(watched, everything=True)["rows"] == []


def test_the_service_looks_once_a_minute_of_the_folders_clock(watched: DataFolder, box: Mailbox) -> None:
    add_contact(watched, "H01.113", "", "an@example.vn", by_command(watched))
    tell(watched, "alert_rules", {**RULE, "hold": 0})
    fall_due(watched, 9)
    service = Service(watched, lambda _: True)
    service.beat()
    first = alerts(watched)["at"]
    service.beat()
    assert alerts(watched)["at"] == first
    assert len(box.mails) == 1
    at(watched, MORNING + EVERY)
    service.beat()
    assert alerts(watched)["at"] != first
    service.run()  # told to stop at once
    from chiso.folder.state import LOADING

    watched.ledger.meta.set(LOADING, '{"done": 1, "total": 2}')
    at(watched, MORNING + 5 * EVERY)
    held: Any = alerts(watched)["at"]
    service.beat()
    assert alerts(watched)["at"] == held


def test_states_are_listed_by_how_pressing_they_are() -> None:
    assert STATES[0] == "alerting"
    assert replace(Settings(), mail="smtp://x?from=a@b").mail
