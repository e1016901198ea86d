"""What all commands share: their common options, the data folder, wrong use.

Imports next to nothing, for every command pays for it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Group, Parameter

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.folder.answers import QuestionFields

WRONG_USE: Final = 2
FAILED: Final = 1

RUNNING: Final = Group("To begin, and to run it", sort_key=1)
ASKING: Final = Group("Scores", sort_key=2)
WHY: Final = Group("Why, what next, is it true", sort_key=3)
DIRECTING: Final = Group("To direct", sort_key=4)
KEEPING: Final = Group("To keep it safe and right", sort_key=5)
"""What ``chiso --help`` gathers commands under."""
OPTIONS: Final = Group("Options")
ARGUMENTS: Final = Group("Arguments")


def family(name: str, help: str, group: Group) -> App:
    """A command that has commands of its own."""
    return App(name=name, help=help, group=group, group_parameters=OPTIONS, group_arguments=ARGUMENTS)


Data = Annotated[
    Path | None,
    Parameter(name="--data", help="Data folder; else CHISO_DATA, else ./chiso-data."),
]
Json = Annotated[bool, Parameter(name="--json", negative="", help="One JSON document on standard output.")]
PeriodOption = Annotated[
    str | None,
    Parameter(help="2026-09, 2026-Q3, 2026-H1, 2026 or 2023-01-01..2023-03-27; else the year of now."),
]
At = Annotated[str | None, Parameter(name="--at", help="Judged at this instant (ISO 8601); else now.")]
AsOf = Annotated[str | None, Parameter(name="--as-of", help="As known at this instant; else as known now.")]
LawOption = Annotated[str | None, Parameter(name="--law", help="qd766, qd766-document or qd766-2022.")]
Restated = Annotated[
    bool,
    Parameter(name="--restated", negative="", help="At the units of now's tree; else as they were then."),
]
SourceOption = Annotated[str | None, Parameter(name="--source", help="computed or published.")]


def data_dir(given: Path | None) -> Path:
    """The data folder that a command works on."""
    return given or Path(os.environ.get("CHISO_DATA") or "chiso-data")


def opened(data: Path | None) -> DataFolder:
    """The data folder of a command, opened."""
    from chiso.folder import DataFolder

    return DataFolder.open(data_dir(data))


def instant(text: str | None) -> int | None:
    """The instant that an option names."""
    from chiso.instants import parse_instant

    return None if text is None else parse_instant(text)


@Parameter(name="*")
@dataclass(frozen=True)
class Question:
    """What a question leaves open, as options: of which period, judged when, as known when, by which law."""

    period: PeriodOption = None
    at: At = None
    as_of: AsOf = None
    law: LawOption = None
    source: SourceOption = None

    def asked(self, *, restated: bool = False) -> QuestionFields:
        """As keyword arguments of a folder's questions; instants as seconds."""
        return {
            "period": self.period,
            "at": instant(self.at),
            "as_of": instant(self.as_of),
            "law": self.law,
            "source": self.source,
            "restated": restated,
        }


def wrong(message: str) -> int:
    """Says what was wrong with the call.  Gives the exit status of wrong use."""
    sys.stderr.write(f"chiso: {message}\n")
    return WRONG_USE
