"""Spoiled templates of letters are refused in words; none breaks, swells or reads a file of the machine."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress

import pytest

from chiso.folder import QuestionError
from chiso.steering.letters import template
from tests.intake.test_fuzz import spoiled, spoiled_inside

ROUNDS = 60


def built_in() -> bytes:
    found: bytes = template.built_in()
    return found


def tried(body: bytes) -> None:
    with suppress(QuestionError):
        template.checked(body)


@pytest.mark.slow
@pytest.mark.parametrize("inside", [False, True])
def test_a_spoiled_template_is_refused_or_read(inside: bool) -> None:
    seed = built_in()
    for number in range(ROUNDS):
        chance = random.Random(number)
        tried(spoiled_inside(seed, chance) if inside else spoiled(seed, chance, seed))


def rebuilt(change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(built_in())) as told,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in told.namelist():
            kept.writestr(name, change.get(name, told.read(name)))
        for name in change.keys() - set(told.namelist()):
            kept.writestr(name, change[name])
    return out.getvalue()


def test_a_billion_laughs_are_not_laughed() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    told = (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(QuestionError):
        template.checked(rebuilt({"word/document.xml": told.encode()}))


def test_a_bomb_is_not_opened() -> None:
    with pytest.raises(QuestionError):
        template.checked(rebuilt({"word/media/image1.png": b"\0" * 400_000_000}))


def test_names_that_climb_are_written_nowhere() -> None:
    tried(rebuilt({"../../../tmp/evil.xml": b"x", "/etc/evil": b"x"}))
