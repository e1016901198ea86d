"""``chiso export`` and ``chiso message``: figures as files, and the message of the week."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from chiso.commands.options import Data, Json, Question, opened, wrong


def export(
    unit: str,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="FILE.xlsx, FILE.csv or FILE.parquet.")],
    below: Annotated[bool, Parameter(negative="", help="Also of all units below it.")] = False,
    comma: Annotated[
        bool, Parameter(negative="", help="CSV with , and a decimal dot; else ; and a decimal comma.")
    ] = False,
    question: Question = Question(),
    data: Data = None,
) -> int:
    """Numerators, denominators, ratios, points and maxima as a workbook, CSV or Parquet.

    Parameters
    ----------
    unit
        Code of a unit: H01, H01.113.
    """
    from chiso.commands.output import say
    from chiso.insight.exports import scores

    form = next((one for one in scores.FORMS if output.suffix.lower() == f".{one}"), None)
    if form is None:
        raise SystemExit(
            wrong(f"{output.name}: a file ends in {', '.join('.' + one for one in scores.FORMS)}")
        )
    with opened(data) as folder:
        found = scores.gather(folder, unit, below=below, **question.asked())
        output.write_bytes(scores.made(found, form, lang="en" if comma else "vi"))
    say(f"{output}: {len(found.scores)} units, {found.period}, {found.at}")
    return 0


def message(
    unit: str,
    *,
    under: Annotated[
        list[int] | None, Parameter(negative="", help="Points; may be repeated. Else 80 and 90.")
    ] = None,
    limit: Annotated[int, Parameter(help="Signs at most.")] = 2_000,
    lang: Annotated[Literal["vi", "en"], Parameter(help="Language of the message: vi or en.")] = "vi",
    question: Question = Question(),
    data: Data = None,
    json: Json = False,
) -> int:
    """The message of the week for chat groups: who is under 80 and 90 points.

    Parameters
    ----------
    unit
        Code of the unit whose units it is about: H01.
    """
    from chiso.commands import output
    from chiso.insight.exports.weekly import THRESHOLDS, weekly

    with opened(data) as folder:
        asked = question.asked()
        marks = tuple(under or THRESHOLDS)
        body = weekly(folder, unit, thresholds=marks, limit=limit, lang=lang, **asked)
    if json:
        output.print_json(body)
    else:
        sys.stdout.write(body["text"] + "\n")
    return 0
