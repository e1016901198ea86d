"""Why a score changed: an exact additive split of the change between any two periods or instants.

``answer`` gives it as ``chiso explain --json`` prints it, ``explained`` with the states at both ends.
"""

from __future__ import annotations

from chiso.insight.explain.answer import Change as Change
from chiso.insight.explain.answer import answer as answer
from chiso.insight.explain.answer import explained as explained
from chiso.insight.explain.notes import Note as Note
from chiso.insight.explain.split import KINDS as KINDS
from chiso.insight.explain.split import Term as Term
