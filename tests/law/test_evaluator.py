"""Three engines, one answer: the evaluator, its slow twin, and DuckDB on the rendered SQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.instants import NEVER
from chiso.law import law_ids, load
from chiso.law.columns import COLUMNS
from chiso.law.compiled import compiled
from chiso.law.evaluator import Evaluator
from chiso.law.expression import Expression, ExpressionError, Parser
from tests.law.slow import row_value

NUMBERS = ["judged_at", "due_at", "ended_at", "requested_at", "completed_at", "channel", "payment"]
TRUTHS = ["synced", "result_file", "fee_listed"]


def filled(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: template.format(*found))


def grammar(depth: int) -> tuple[st.SearchStrategy[str], st.SearchStrategy[str]]:
    """Random numbers and truths in the language of the law, so many levels deep."""
    n: st.SearchStrategy[str] = st.sampled_from([*NUMBERS, "NULL"]) | st.integers(-3, 30).map(str)
    t: st.SearchStrategy[str] = st.sampled_from([*TRUTHS, "TRUE", "FALSE"])
    for _ in range(depth):
        n, t = (
            st.one_of(
                n,
                filled("({} {} {})", n, st.sampled_from("+-*"), n),
                filled("{}({}, {})", st.sampled_from(["COALESCE", "GREATEST", "LEAST"]), n, n),
                filled("CASE WHEN {} THEN {} ELSE {} END", t, n, n),
                filled("CASE WHEN {} THEN {} WHEN {} THEN {} END", t, n, t, n),
            ),
            st.one_of(
                t,
                filled("({} {} {})", n, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), n),
                filled("({} {} {})", t, st.sampled_from(["AND", "OR"]), t),
                filled("(NOT {})", t),
                filled("({} {})", n | t, st.sampled_from(["IS NULL", "IS NOT NULL"])),
                filled("({} BETWEEN {} AND {})", n, n, n),
                filled("({} {} ({}, {}))", n, st.sampled_from(["IN", "NOT IN"]), n, n),
                filled("COALESCE({}, {})", t, t),
                filled("(CASE WHEN {} THEN {} ELSE {} END)", t, t, t),
            ),
        )
    return n, t


numbers, truths = grammar(3)


def columns(seed: int, size: int = 40, span: int = 30) -> dict[str, np.ndarray]:
    """Random dossiers; small instants, so that they meet, and about a third missing."""
    random = np.random.default_rng(seed)
    found: dict[str, np.ndarray] = {}
    for column in COLUMNS.values():
        if column.kind == "boolean":
            found[column.name] = random.random(size) < 0.5
        elif column.kind == "integer":
            found[column.name] = random.integers(0, 4, size).astype(np.int8)
        else:
            values = random.integers(0, span, size)
            if column.nullable:
                values[random.random(size) < 0.35] = NEVER
            found[column.name] = values
    return found


def rows(data: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    names = list(data)
    return [
        dict(zip(names, values, strict=True))
        for values in zip(*(data[n].tolist() for n in names), strict=True)
    ]


def duck(data: dict[str, np.ndarray], expressions: list[Expression]) -> list[tuple[Any, ...]]:
    """The rendered SQL in DuckDB, NULL where an instant is missing."""
    with duckdb.connect(":memory:") as base:
        kinds = ", ".join(
            f"{name} {'BOOLEAN' if COLUMNS[name].kind == 'boolean' else 'BIGINT'}" for name in data
        )
        base.execute(f"CREATE TABLE dossier (i INTEGER, {kinds})")
        values = [
            (i, *(None if not isinstance(v, bool) and v >= NEVER else v for v in row.values()))
            for i, row in enumerate(rows(data))
        ]
        base.executemany(f"INSERT INTO dossier VALUES (?{', ?' * len(data)})", values)
        select = ", ".join(one.sql() for one in expressions)
        return base.execute(f"SELECT {select} FROM dossier ORDER BY i").fetchall()


@settings(max_examples=120, deadline=None)
@given(text=truths, seed=st.integers(0, 10))
def test_truths_agree_with_the_slow_twin(text: str, seed: int) -> None:
    data = columns(seed)
    expression = Parser().parse(text)
    expected = [row_value(expression.tree, row) is True for row in rows(data)]
    assert Evaluator(data).true(expression).tolist() == expected


@settings(max_examples=120, deadline=None)
@given(text=numbers, seed=st.integers(0, 10))
def test_numbers_agree_with_the_slow_twin(text: str, seed: int) -> None:
    data = columns(seed)
    expression = Parser().parse(text)
    values, null = Evaluator(data).number(expression)
    found = [
        None if missing else value for value, missing in zip(values.tolist(), null.tolist(), strict=True)
    ]
    assert found == [row_value(expression.tree, row) for row in rows(data)]


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(truths | numbers, min_size=1, max_size=4), seed=st.integers(0, 10))
def test_duckdb_agrees(texts: list[str], seed: int) -> None:
    data = columns(seed)
    expressions = [Parser().parse(text) for text in texts]
    for row, answer in zip(rows(data), duck(data, expressions), strict=True):
        assert [row_value(one.tree, row) for one in expressions] == list(answer)


def all_counts() -> list[tuple[str, Expression]]:
    """Every expression of every law, with every rule settled in every way."""
    day = date(2026, 10, 10)
    laws = []
    for law in map(load, law_ids()):
        rules = law.at(day).rules.values()
        laws += [law, *(law.with_options({r.id: o}) for r in rules for o in r.options if o != r.chosen)]
    return [
        (f"{law.id} {name}", expression)
        for law in laws
        for name, one in compiled(law.at(day)).indicators.items()
        for side in (one.n, one.d)
        if side is not None
        for expression in (side.where, side.amount)
        if expression is not None
    ]


def test_every_law_and_option_counts_alike_in_all_three_engines() -> None:
    data = columns(7, size=400)
    evaluator = Evaluator(data)
    counts = list({one.sql(): (name, one) for name, one in all_counts()}.values())
    assert len(counts) > 25
    answers = list(zip(*duck(data, [one for _, one in counts]), strict=True))
    table = rows(data)
    for (name, one), answer in zip(counts, answers, strict=True):
        slow = [row_value(one.tree, row) for row in table]
        assert slow == list(answer), name
        if one.boolean:
            assert evaluator.true(one).tolist() == [value is True for value in slow], name
        else:
            values, null = evaluator.number(one)
            fast = [None if gone else v for v, gone in zip(values.tolist(), null.tolist(), strict=True)]
            assert fast == slow, name


def test_a_constant_judging_instant_counts_as_an_array_of_it() -> None:
    data = columns(3, size=200)
    law = compiled(load("qd766").at(date(2026, 10, 10)))
    where = law.indicators["2.1"].n.where  # type: ignore[union-attr]
    assert where is not None
    data["judged_at"] = np.full(200, 15)
    whole = Evaluator(data).true(where).copy()
    assert 0 < whole.sum() < 200
    assert (Evaluator({**data, "judged_at": 15}).true(where) == whole).all()


def test_parts_are_computed_once_for_all_that_use_them() -> None:
    class Counting(dict[str, np.ndarray]):
        reads: list[str]

        def __getitem__(self, name: str) -> np.ndarray:
            self.reads.append(name)
            return super().__getitem__(name)

    data = Counting(columns(1))
    data.reads = []
    parser = Parser({"late": "ended_at > due_at"})
    evaluator = Evaluator(data, size=40)
    first = evaluator.true(parser.parse("late"))
    assert evaluator.true(parser.parse("(ended_at > due_at)")) is first
    evaluator.true(parser.parse("late AND synced"))
    assert sorted(data.reads) == ["due_at", "ended_at", "synced"]


def test_a_column_that_is_not_given_is_named() -> None:
    evaluator = Evaluator({}, size=3)
    with pytest.raises(ExpressionError, match="synced was not given"):
        evaluator.true(Parser().parse("synced"))
    assert evaluator.true(Parser().parse("TRUE")).tolist() == [True] * 3


def test_narrow_columns_do_not_overflow() -> None:
    data = {"channel": np.full(2, 100, np.int8)}
    values, _ = Evaluator(data).number(Parser().parse("channel * channel + channel"))
    assert values.tolist() == [10100, 10100]


def test_truths_and_numbers_are_not_taken_for_each_other() -> None:
    evaluator = Evaluator({}, size=1)
    with pytest.raises(ExpressionError, match="is a number"):
        evaluator.true(Parser().parse("1 + 1"))
    with pytest.raises(ExpressionError, match="is a truth"):
        evaluator.number(Parser().parse("TRUE"))
