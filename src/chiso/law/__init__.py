"""The index as dated data, and the arithmetic that the law asks for.

``load(law_id).at(day)`` gives a :class:`LawVersion`: indicators, groups, bands, rules and definitions as they
stand on that day, with a ``version`` fingerprint.
"""

from chiso.law.loader import Law as Law
from chiso.law.loader import default_law as default_law
from chiso.law.loader import law_ids as law_ids
from chiso.law.loader import load as load
from chiso.law.model import LawError as LawError
from chiso.law.model import LawVersion as LawVersion
