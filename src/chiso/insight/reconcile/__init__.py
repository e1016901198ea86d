"""Is it true: a unit's published figures held against the computed ones, and why they differ.

:func:`reconcile` gives the whole; :func:`as_json` is the form of ``chiso reconcile --json``.
"""

from chiso.insight.reconcile.answer import as_json as as_json
from chiso.insight.reconcile.solve import Reconciliation as Reconciliation
from chiso.insight.reconcile.solve import reconcile as reconcile
