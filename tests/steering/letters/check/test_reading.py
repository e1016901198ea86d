"""Formats are looked up once; the slow twin looks up each paragraph by itself."""

from __future__ import annotations

import random

from docx.oxml.ns import qn

from chiso.steering.letters.check.reading import Reader
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from tests.steering.letters.samples import opened, paragraphs


def test_formats_looked_up_once_are_those_of_each_paragraph(march: Facts) -> None:
    chance = random.Random(766)
    document = opened(rendered(march))
    for one in paragraphs(document):
        for setting in list(one.iter(qn("w:sz"), qn("w:b"), qn("w:jc"), qn("w:ind"), qn("w:spacing"))):
            draw = chance.random()
            if draw < 0.1:
                setting.getparent().remove(setting)
            elif draw < 0.2 and setting.get(qn("w:val"), "").isdigit():
                setting.set(qn("w:val"), str(chance.choice((20, 26, 28))))
    together = Reader(document)
    for one in paragraphs(document):
        assert together.para(one, 9_000) == Reader(document).para(one, 9_000)
