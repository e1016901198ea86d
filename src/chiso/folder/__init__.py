"""An opened data folder, and the questions it answers.

:class:`DataFolder` here is what commands and pages ask; every answer is a plain dict in the form that
docs/commands.md describes.
"""

from __future__ import annotations

from typing import Any, Unpack

from chiso.folder import answers, courses, data, drill, league
from chiso.folder.answers import QuestionError as QuestionError
from chiso.folder.answers import QuestionFields
from chiso.folder.settings import Settings as Settings
from chiso.folder.state import DataFolder as FolderState


class DataFolder(FolderState):
    """An opened data folder with its questions.

    Common arguments: ``period`` as ``2026-09`` and the like (else the year of now), ``at`` and ``as_of``
    instants (else now), ``law`` an id, ``source`` ``computed`` or ``published``, ``restated`` for the
    units of now's tree instead of those of the time.  :class:`QuestionError` where a question cannot be
    answered.
    """

    def score(
        self,
        unit: str,
        **question: Unpack[QuestionFields],
    ) -> dict[str, Any]:
        """A unit's index."""
        return answers.score(self, unit, **question)

    def rank(
        self,
        among: str | None = None,
        under: str | None = None,
        **question: Unpack[QuestionFields],
    ) -> dict[str, Any]:
        """The league."""
        return league.rank(self, among, under, **question)

    def changes(self, unit: str) -> dict[str, Any]:
        """The total and groups a day, a week and a month ago, as known then: {"day": {...}, …}."""
        found = answers.unit_named(self, unit, self.now())
        return answers.changes_of(self, found, self.now())

    def history(
        self, unit: str, period: str | None = None, until: int | None = None, source: str | None = None
    ) -> dict[str, Any]:
        """The year's points of a unit, a sample a day, each as known and judged then; or, of a past year or
        of a unit whose dossiers are not held, what was published at every captured instant."""
        return courses.history_of(self, unit, period, until, source)

    def procedures(self, unit: str, indicator: str, **question: Unpack[QuestionFields]) -> dict[str, Any]:
        """An indicator of a unit by procedure: {"rows": [{"code", "name", "n", "d", "missed"}]}."""
        return drill.procedures(self, unit, indicator, **question)

    def desks(self, unit: str, indicator: str, **question: Unpack[QuestionFields]) -> dict[str, Any]:
        """An indicator of a unit by receiving desk: {"rows": [{"desk", "name", "n", "d", "missed"}]}."""
        return drill.desks(self, unit, indicator, **question)

    def dossiers(
        self,
        unit: str,
        indicator: str = "2.1",
        part: str = "d",
        procedure: str | None = None,
        limit: int = drill.PAGE,
        offset: int = 0,
        **question: Unpack[QuestionFields],
    ) -> dict[str, Any]:
        """The dossiers behind a number: {"total": int, "rows": [...]}."""
        return drill.dossiers(self, unit, indicator, part, procedure, limit, offset, **question)

    def dossier(self, code: str) -> dict[str, Any]:
        """One dossier: its life, what it shows, and its versions as they became known."""
        return data.dossier(self, code)

    def arrivals(self) -> dict[str, Any]:
        """What arrives, from whom, how late, what is refused."""
        return data.arrivals(self)

    def quarantine(self, limit: int = 50, offset: int = 0, state: str = "open") -> dict[str, Any]:
        """Refused pieces with their place and reason."""
        return data.quarantine(self, limit, offset, state)

    def units(self, at: int | None = None) -> list[dict[str, Any]]:
        """All units in force at an instant (else now): {"code", "name", "kind", "parent"}."""
        return data.units(self, at)

    def next_falls(self, unit: str, until: int) -> dict[str, Any]:
        """What happens by an instant if nobody acts: how many dossiers fall due, and the total then."""
        return data.next_falls(self, unit, until)
