"""docs/security.md names every requirement of levels 1 and 2, and nothing that is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import argon2
import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
STATES = {"met", "partly", "not met", "n.a."}
WANTED: dict[str, str] = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4 5", "1.5": "1-4", "1.6": "1-4", "1.7": "1 2", "1.8": "1 2",
    "1.9": "1 2", "1.10": "1", "1.11": "1 2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-6", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6",
    "2.8": "1-7", "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1 2 3 5", "4.2": "1 2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1 2", "6.4": "1 2",
    "7.1": "1-4", "7.2": "1 2", "7.3": "1 3 4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8",
    "9.1": "1-3", "9.2": "1-4",
    "10.2": "1 2", "10.3": "1-3",
    "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1 2", "12.5": "1 2", "12.6": "1",
    "13.1": "1 3 4 5", "13.2": "1 2 3 5 6", "13.3": "1 2", "13.4": "1 2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2 3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip
"""ASVS 4.0.3: sections, and which of their requirements are of level 1 or 2 and were not deleted."""


def wanted() -> set[str]:
    found = set()
    for section, numbers in WANTED.items():
        for part in numbers.split():
            first, _, last = part.partition("-")
            found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def rows() -> list[tuple[str, str, str, str]]:
    found = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    return [(one[0], one[1], one[2], one[3]) for one in found]


def test_every_requirement_has_its_line_and_no_other() -> None:
    numbers = [number for number, *_ in rows()]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == wanted()
    assert len(numbers) > 230


def test_the_sum_above_the_walk_is_right() -> None:
    held = Counter(state for _, _, state, _ in rows())
    told = f"**{held['met']} met, {held['partly']} partly, {held['not met']} not met, {held['n.a.']} n.a.**"
    assert told in TEXT


def test_each_line_says_how_it_stands_and_why() -> None:
    for number, asks, state, why in rows():
        assert state in STATES, number
        assert len(asks) > 4, number
        assert len(why) > 3, number


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:src|tests|docs|scripts)/[\w./-]+)`", TEXT))))
def test_every_file_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists(), path


def test_files_at_the_root_exist_too() -> None:
    for name in ("CONTRIBUTING.md", "pyproject.toml", "uv.lock"):
        assert f"`{name}`" in TEXT
        assert (ROOT / name).is_file()


def test_argon2_is_as_strong_as_is_said() -> None:
    hasher = argon2.PasswordHasher()
    assert hasher.type is argon2.Type.ID
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (65_536, 3, 4)
