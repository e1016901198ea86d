"""What the language of the law takes, and how it says no."""

from __future__ import annotations

import pytest

from chiso.law.expression import ExpressionError, Parser, parse
from chiso.law.terms import FALSE, TRUE


def test_definitions_may_use_each_other() -> None:
    parser = Parser({"due": "COALESCE(due_at, limit_due_at)", "late": "ended_at > due"})
    found = parser.parse("late AND synced")
    assert found.columns == {"ended_at", "due_at", "limit_due_at", "synced"}
    assert found.sql() == "(ended_at > (COALESCE(due_at, limit_due_at))) AND synced"


def test_a_circle_of_definitions_is_shown() -> None:
    parser = Parser({"a": "b AND synced", "b": "NOT c", "c": "a"})
    with pytest.raises(ExpressionError, match="circle: a → b → c → a"):
        parser.parse("a")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ended_at <=", "is not SQL"),
        ("endet_at IS NULL", "'endet_at' is neither a column of a dossier nor a definition"),
        ("synced AND channel", "'channel' is a number where a truth is needed"),
        ("synced + 1", "'synced' is a truth where a number is needed"),
        ("channel = 'a'", "'a' is not a whole number"),
        ("channel = 1.5", "1.5 is not a whole number"),
        ("ABS(channel) = 1", "not in the language of the law"),
        ("channel IN (SELECT 1)", "not in the language of the law"),
        ("COALESCE(synced, 1)", "COALESCE mixes numbers and truths"),
        ("GREATEST(synced, vneid)", "GREATEST is for numbers"),
        ("CASE channel WHEN 1 THEN TRUE END", "write CASE WHEN condition"),
        ("CASE WHEN synced THEN 1 ELSE TRUE END", "CASE mixes numbers and truths"),
        ("dossier.synced", "'dossier.synced' is neither a column"),
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason.replace("(", r"\(").replace(".", r"\.")):
        parse(text)


def test_the_wanted_kind_is_checked() -> None:
    with pytest.raises(ExpressionError, match="is a number, must be a boolean"):
        Parser().parse("ended_at - received_at", "boolean")
    assert Parser().parse("ended_at - received_at", "number").term.kind == "number"


def test_a_definition_may_not_hide_a_column() -> None:
    with pytest.raises(ExpressionError, match="has the name of a column"):
        Parser({"synced": "TRUE"})
    with pytest.raises(ExpressionError, match="is no name"):
        Parser({"On Time": "TRUE"})


def test_constants_are_folded_and_equal_terms_are_one() -> None:
    assert parse("TRUE AND NOT FALSE").term is TRUE
    assert parse("synced AND FALSE").term is FALSE
    assert parse("received_at IS NULL").term is FALSE
    assert parse("synced AND (TRUE AND vneid)").term is parse("synced AND vneid").term
    assert parse("CASE WHEN FALSE THEN 1 ELSE channel END").term is parse("channel").term
    assert parse("COALESCE(judged_at, ended_at)").term is parse("judged_at").term


def test_other_dialects_are_rendered() -> None:
    assert parse("GREATEST(channel, filed) <> 2").sql("postgres") == "GREATEST(channel, filed) <> 2"
