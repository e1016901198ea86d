"""The demo's life of steering: entered through the real doors, measured, and the same when entered again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from chiso.demo.directing import direct, plan
from chiso.folder import DataFolder, Settings
from chiso.instants import iso, parse_instant
from chiso.ledger.beside import delivery
from chiso.ledger.recount import differences
from chiso.steering import answers
from chiso.steering.alerts.answers import alerts
from chiso.steering.alerts.round import look
from chiso.steering.effect import of_document
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.effect import effect
from chiso.steering.letters.register import document_of, facts_of
from tests.support.provinces import build

pytestmark = pytest.mark.slow
"""500 dossiers: the smallest demo that a visitor may ask for"""


@pytest.fixture(scope="module")
def directed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path: Path = build(tmp_path_factory.mktemp("directed") / "data", 500)
    with DataFolder.open(path, settings=Settings()) as folder:
        before = folder.score("H01")
        direct(folder)
        assert folder.score("H01") == before | {"journal": folder.journal}  # figures stay as they were
        look(folder)
        yield folder


def test_it_has_every_state_and_every_kind_of_report(directed: DataFolder) -> None:
    room = answers.room(directed)
    assert set(room["states"]) >= {"met", "on_course", "at_risk", "missed"}
    assert room["due"]
    assert room["late"]
    assert room["at_risk"]
    told = answers.reports(directed)
    assert set(told["counts"]) == {"in_time", "late", "missing", "waiting"}
    (disputed,) = (row for row in told["rows"] if row["disputed"])
    assert (disputed["unit"], disputed["disputed"]) == ("H01.135", ["2.1"])
    assert any(row["reminders"] == 2 for row in told["rows"])
    assert answers.documents(directed)["withdrawn"]


def test_each_thing_is_known_since_its_own_instant(directed: DataFolder) -> None:
    told = plan()
    known = {row["number"]: row for row in answers.documents(directed)["rows"]}
    assert known["766/QĐ-TTg"]["date"] == "2022-06-23"
    assert known["1893/UBND-KSTT"]["known_at"] == "2026-09-25T10:00:00+07:00"
    for one in known.values():
        assert of_document(directed, one["id"])["id"] == one["id"]  # also of the decision of 2022
    then = parse_instant("2026-09-01T08:00")
    assert len(answers.documents(directed, then)["rows"]) == sum(
        str(one["date"]) < "2026-09-01" for one in told["documents"]
    )
    (late,) = (
        row
        for row in answers.reports(directed)["rows"]
        if row["report"] == "late" and row["unit"] == "H01.09"
    )
    said = answers.report(directed, late["task"])
    assert said["first_at"] == said["figures_at"] == iso(parse_instant("2026-09-18T09:40"))
    shown = {one["key"]: one["shown"] for one in said["figures"]}
    at = parse_instant("2026-09-18T09:40")
    assert shown["total"] == directed.score("H01.09", at=at, as_of=at)["total"]


def test_some_rules_alert_and_nobody_is_mailed(directed: DataFolder) -> None:
    told = alerts(directed)
    assert told["states"]["alerting"]
    assert any(row["rule"] == "tong-diem-tinh" and row["state"] == "alerting" for row in told["rows"])
    assert not directed.settings.mail
    assert not directed.ledger.contacts.all()
    with directed.ledger.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(delivery)).scalar() == 0


def test_a_letter_was_issued_and_one_is_a_draft(directed: DataFolder) -> None:
    draft, issued = directed.ledger.letters.list(None)
    assert (issued.number, issued.signed_on, iso(issued.made_at)) == (
        1812,
        "2026-09-15",
        "2026-09-15T08:00:00+07:00",
    )
    assert (draft.number, draft.signed_on) == (None, "")
    for one in (draft, issued):
        assert check(document_of(directed, one)) == []
    assert facts_of(directed, draft).standing.total == directed.score("H01")["total"]
    assert [one["among"] for one in effect(directed, issued, facts_of(directed, issued))["leagues"]] == [
        "communes"
    ]


def test_entered_again_nothing_changes_and_the_ledger_holds(directed: DataFolder) -> None:
    def told() -> tuple[object, ...]:
        return (
            answers.documents(directed)["rows"],
            answers.reports(directed)["rows"],
            len(directed.ledger.letters.list(None)),
        )

    before = told()
    direct(directed)
    assert told() == before
    assert list(differences(directed.ledger)) == []
