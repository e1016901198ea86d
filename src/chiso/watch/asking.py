"""What can be asked of the portal: the overall list and the six groups, with the bodies that it takes.

Addresses, names of fields and page sizes are those of the portal's own evaluation page in 2026.  Two of them
go their own ways: digitised dossiers want ``formalityID`` where all others want ``formalityId``, and
satisfaction wants the days of a period instead of its name, and knows no procedures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from chiso.folder.answers import QuestionError
from chiso.instants import Period

ROOT: Final = "/api/v1/reporting/evaluation/"
FORMALITIES: Final = "/api/v1/reporting/formalities"
FORMALITIES_AT_ONCE: Final = 10


@dataclass(frozen=True)
class Address:
    """One of the portal's addresses."""

    name: str
    group: str = ""
    """our name of the group that it tells; empty: the overall list"""
    maximum: int = 100
    page_size: int = 0
    formality: str = ""
    """the field that narrows it to a procedure; empty: it knows none"""
    tree: bool = False
    """answers ``parent`` and all ``children``; else ``overview`` and pages of ``evaluation``"""

    @property
    def path(self) -> str:
        return ROOT + self.name


OVERALL: Final = Address("service-results")
GROUPS: Final = (
    # those that tell the codes of units first: the others name them by their department ids alone
    Address("dvc-progress-tree", "processing", 20, 100, "formalityId", tree=True),
    Address("dossier-digitized", "digitisation", 22, 200, "formalityID"),
    Address("provide-online-tree", "online_services", 12, 200, "formalityId", tree=True),
    Address("formality-online-payment-tree", "online_payment", 10, 100, "formalityId", tree=True),
    Address("transparency", "transparency", 18, 200, "formalityId"),
    Address("handling-satisfaction", "satisfaction", 18, 200),
)

KNOWN: Final = {
    "019d2be3-6a84-779d-b3e7-e214bdb86482": "H01",
    "019d2be3-6a88-732b-8b17-b68020c8553a": "H44",
}
"""Department ids of provinces whose code is known beforehand, from the portal's answers of 2026; all others
are learned from the overall list and from answers that tell both."""


@dataclass(frozen=True)
class Question:
    """One request: an address in a period, of a province, of a procedure or not, a page of it."""

    address: Address
    period: Period
    department: str = ""
    """the portal's id of the province; empty for the overall list"""
    procedure: str = ""
    """code"""
    formality: str = ""
    """the portal's id of the procedure"""
    page: int = 1

    @property
    def key(self) -> str:
        """Names it through the days."""
        parts = [self.period.label, self.address.name, self.department, self.procedure]
        return "/".join(parts) + (f"/{self.page}" if self.page > 1 else "")

    def next_page(self) -> Question:
        return replace(self, page=self.page + 1)

    def body(self) -> dict[str, Any]:
        """What is sent."""
        found: dict[str, Any] = {}
        if self.address.name == "handling-satisfaction":
            found |= {"fromDate": f"{self.period.first_day}", "toDate": f"{self.period.last_day}"}
        else:
            found |= named(self.period)
        if self.address is OVERALL:
            return found | {"departmentType": "ADMINISTRATIVE_UNIT"}
        found |= {"rootDepartmentId": self.department}
        found |= {"currentPage": self.page, "pageSize": self.address.page_size}
        if self.formality:
            found[self.address.formality] = self.formality
        return found


def named(period: Period) -> dict[str, Any]:
    """A period as the portal names it: month, quarter or year.  :class:`QuestionError` for any other."""
    year, month = period.first_day.year, period.first_day.month
    if period.kind == "year":
        return {"timeType": "year", "year": year}
    if period.kind == "quarter":
        return {"timeType": "quarter", "year": year, "quarter": (month + 2) // 3}
    if period.kind == "month":
        return {"timeType": "month", "year": year, "month": month}
    raise QuestionError(
        f"Cổng không công bố kỳ {period.label}; chỉ có tháng, quý, năm.",
        f"the portal publishes months, quarters and years, not {period.label}",
        wrong=True,
    )


def formality_body(code: str) -> dict[str, Any]:
    """What is sent to look up the portal's id of a procedure."""
    return {"q": code, "currentPage": 1, "pageSize": FORMALITIES_AT_ONCE}
