"""Late work or late data: why dossiers are overdue, and what data that came late or wrong cost.

:func:`lateness` answers for a unit and those below it, :func:`dossiers` lists what is behind each number.
docs/lateness.md describes the classes.
"""

from __future__ import annotations

from chiso.insight.lateness.answer import lateness as lateness
from chiso.insight.lateness.lists import dossiers as dossiers
