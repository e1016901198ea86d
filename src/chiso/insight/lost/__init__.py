"""Where points are lost: 100 − total, shared out exactly over indicators, units and procedures.

``answer`` gives it as ``chiso lost --json`` prints it, ``lost_of`` as arrays; ``cost_of`` tells what one
dossier costs a unit and those above it.
"""

from __future__ import annotations

from chiso.insight.lost.answer import answer as answer
from chiso.insight.lost.answer import lost_of as lost_of
from chiso.insight.lost.cost import Cost as Cost
from chiso.insight.lost.cost import cost_of as cost_of
from chiso.insight.lost.cost import gain as gain
from chiso.insight.lost.share import Loss as Loss
from chiso.insight.lost.share import Lost as Lost
from chiso.insight.lost.share import Rows as Rows
from chiso.insight.lost.share import of as of
from chiso.insight.lost.share import rows_of as rows_of
