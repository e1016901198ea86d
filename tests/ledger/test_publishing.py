"""Published results are kept as their last telling has them, whatever the order in which they came."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.intake.records import Arrival, PublishedFigure
from chiso.ledger.codec import pack_record
from chiso.ledger.database import Database
from chiso.ledger.recount import differences
from chiso.ledger.schema import HEAD, metadata
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0


def figure(
    unit: str = "H01", at: int = T0, key: str = "total", points: str | None = "1.00", **more: Any
) -> PublishedFigure:
    given: dict[str, Any] = {"department": "", "name": "", "period": "2026", **more}
    return PublishedFigure(unit, captured_at=at, key=key, points=points, **given)


def arrive(*figures: PublishedFigure, known_at: int | None = None) -> Arrival:
    return Arrival("published", list(figures), b"[]", known_at=known_at)


TOLD = st.tuples(
    st.sampled_from(["H01", "H20"]),
    st.integers(0, 4).map(lambda day: T0 + day * 86_400),
    st.sampled_from(["total", "processing", "2.1"]),
    st.sampled_from(["1.00", "2.00", "3.00"]),
    st.integers(0, 3),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(TOLD, min_size=1, max_size=4), max_size=8))
def test_any_order_gives_the_last_telling(
    tmp_path_factory: pytest.TempPathFactory, commits: list[list[tuple[str, int, str, str, int]]]
) -> None:
    """A slow twin keeps every telling in a list and looks for the newest each time."""
    told: list[tuple[int, int, tuple[str, int, str, str]]] = []
    with Ledger.open(tmp_path_factory.mktemp("told")) as ledger:
        for number, commit in enumerate(commits):
            for unit, at, key, points, known in commit:
                ledger.accept([arrive(figure(unit, at, key, points), known_at=T0 + known)], T0 + 10)
                told.append((T0 + known, len(told), (unit, at, key, points)))
            assert ledger.position().published > 0, number
        told.sort()
        for unit in ("H01", "H20"):
            for day in range(5):
                until = T0 + day * 86_400
                should: dict[str, tuple[int, str]] = {}
                last: dict[tuple[int, str], str] = {}
                for _, _, (whose, at, key, points) in told:
                    if whose == unit and at <= until:
                        last[at, key] = points
                for (at, key), points in sorted(last.items()):
                    should[key] = (at, points)
                row = ledger.published.newest([unit], "2026", until).get(unit)
                held = {} if row is None else row.figures()
                assert {key: (one.captured_at, one.points) for key, one in held.items()} == should
        assert list(differences(ledger)) == []


def test_counts_say_what_was_new_changed_and_the_same(ledger: Ledger) -> None:
    def counts(*figures: PublishedFigure, known_at: int) -> tuple[int, int, int]:
        (taken,) = ledger.accept([arrive(*figures, known_at=known_at)], T0).arrivals
        return taken.new, taken.changed, taken.same

    assert counts(figure(), figure(key="processing"), known_at=T0) == (2, 0, 0)
    assert counts(figure(), known_at=T0 + 2) == (0, 0, 1)
    assert counts(figure(points="2.00"), known_at=T0 + 1) == (0, 0, 1)  # told before what holds
    assert counts(figure(points="3.00"), known_at=T0 + 3) == (0, 1, 0)
    row = ledger.published.newest(["H01"], "2026", T0)["H01"]
    assert row.figures()["total"].points == "3.00"


def test_a_department_that_gets_its_code_later_brings_its_figures_along(ledger: Ledger) -> None:
    ledger.accept([arrive(figure("", department="d", points="1.00"))], T0)
    ledger.accept([arrive(figure("", T0 + 5, department="d", points="2.00"))], T0)
    assert [row.unit for row in ledger.published.all()] == ["#d", "#d"]
    ledger.accept([arrive(figure("H44", T0 + 3, department="d", points="9.00"))], T0)
    rows = [(row.unit, row.captured_at - T0, row.figures()["total"].points) for row in ledger.published.all()]
    assert rows == [("H44", 0, "1.00"), ("H44", 3, "9.00"), ("H44", 5, "2.00")]
    assert list(differences(ledger)) == []


def test_the_nation_has_a_line_of_its_own(ledger: Ledger) -> None:
    ledger.accept([arrive(figure("", kind="nation", points="62.59"))], T0)
    assert [row.unit for row in ledger.published.all()] == ["VN"]
    assert ledger.published.units() == []


def test_a_ledger_of_before_is_brought_up(tmp_path: Path) -> None:
    """Revision 0001 kept figures among the other records."""
    figures = [figure(), figure(key="2.1", points=None, numerator=1, denominator=2), figure("H20", T0 + 9)]
    with Ledger.open(tmp_path) as ledger:
        ledger.accept([arrive(*figures, known_at=T0)], T0)
        should = list(ledger.published.all())
        first = Database(f"sqlite:///{tmp_path / 'first.sqlite'}")
        first.empty_at("0001")
        look = sa.inspect(first.engine)
        tables = set(look.get_table_names())
        # tables that later schemas gave other columns are made as they were; nothing is in them here
        others = [
            name
            for name in sorted(tables & set(metadata.tables))
            if {one["name"] for one in look.get_columns(name)} != set(metadata.tables[name].columns.keys())
        ]
        with first.engine.connect() as connection:
            made = dict(
                connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
            )
        first.close()
        with ledger.database.write() as connection:
            for table in set(metadata.tables) - tables:
                connection.exec_driver_sql(f"DROP TABLE {table}")
            for table in others:
                connection.exec_driver_sql(f"DROP TABLE {table}")
                connection.exec_driver_sql(made[table])
            for number, one in enumerate(figures, 1):
                connection.exec_driver_sql(
                    "INSERT INTO record (id, kind, key, known_at, seq, body) "
                    "VALUES (?, 'published', ?, ?, 1, ?)",
                    (number, f"{number}", T0, pack_record(one)),
                )
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with Ledger.open(tmp_path) as ledger:
        assert list(ledger.published.all()) == should
        with ledger.database.hot() as hot:
            assert hot.all("SELECT version_num FROM alembic_version") == [(HEAD,)]
            assert hot.all("SELECT count(*) FROM record") == [(0,)]
        assert list(differences(ledger)) == []


def test_a_row_that_was_tampered_with_is_found(ledger: Ledger) -> None:
    ledger.accept([arrive(figure()), arrive(figure(at=T0 + 9))], T0)
    with ledger.database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM published WHERE captured_at = {T0}")
    found: defaultdict[str, int] = defaultdict(int)
    for one in differences(ledger):
        found[one.what] += 1
    assert found == {"published": 1}
