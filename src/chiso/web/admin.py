"""Administration in the browser: its first page, and what its pages share.

Whoever administers home may use them; while nobody can sign in, a browser on this machine alone may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import Router, get
from litestar.exceptions import PermissionDeniedException
from litestar.response import Response

from chiso.administration.effect import Effect
from chiso.administration.refusing import wrong
from chiso.administration.setting import settings
from chiso.folder import QuestionError
from chiso.folder.registers import own_days
from chiso.intake.records import UnitRecord
from chiso.ledger.database import LedgerError
from chiso.people.refusing import AccountError
from chiso.people.rights import Right
from chiso.steering.entering import Hand
from chiso.text import collation_key
from chiso.web.directing import WAIT, AnyRequest, house_of, is_local, told
from chiso.web.forms import form_token
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.rights import person_of
from chiso.web.steering_forms import handled
from chiso.web.view import View

TABS: Final = (
    ("home", "/admin"),
    ("accounts", "/admin/accounts"),
    ("senders", "/admin/senders"),
    ("units", "/admin/units"),
    ("procedures", "/admin/procedures"),
    ("days", "/admin/days"),
    ("laws", "/admin/laws"),
    ("refused", "/admin/refused"),
    ("settings", "/admin/settings"),
)
"""The pages of administration, in the order of their tabs."""
SHOWN: Final = 40
"""Units of an effect that are named; the rest is counted."""


def administers(request: AnyRequest) -> bool:
    """Whether whoever asks may administer."""
    house = house_of(request)
    _, closed = house.visitor("")
    if not closed:
        return is_local(request)
    person = person_of(request)
    folder = house.folder
    return person is not None and person.may(Right.ADMINISTER, None, folder.registry.units, folder.now())


def hand_of(request: AnyRequest) -> Hand:
    """The hand of an administrator.  Refuses everybody else, also from looking."""
    if not administers(request):
        raise PermissionDeniedException(say(asked(request).lang, "admin.closed"))
    house, person = house_of(request), person_of(request)

    def accept(arrival: Any) -> None:
        house.submit(arrival, timeout=WAIT).result(WAIT)

    return Hand(accept, person.login if person is not None else "-", "page")


def context(request: AnyRequest, view: View, tab: str) -> dict[str, Any]:
    """What every page of administration says."""
    return {
        "section": "admin",
        "tab": tab,
        "admin_tabs": TABS,
        "token": form_token(request),
        "problem": "",
        "done": "",
        **shared(request, view),
    }


def shown(
    request: AnyRequest, template: str, tab: str, *, error: QuestionError | None = None, **values: Any
) -> Response[Any]:
    """A page of administration; with ``error`` what was wrong stands above it."""
    view = asked(request)
    problem = "" if error is None else told(error, view)
    text = page(template, view, **{**context(request, view, tab), "problem": problem, **values})
    answer = html(request, text, 400 if error is not None else 200)
    # passwords and refused pieces are in none of the browser's stores
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def worked(
    work: Callable[[], Response[Any]], refused: Callable[[QuestionError], Response[Any]]
) -> Response[Any]:
    """Does the work of a form beside the event loop; what it refuses becomes the page that says so."""

    def do() -> Response[Any]:
        try:
            return work()
        except AccountError as error:
            return refused(wrong(error.message_vi, error.message_en))
        except LedgerError as error:
            return refused(wrong(f"Không làm được: {error}", str(error)))

    return await handled(do, refused)


def effect_lines(effect: Effect, home: str) -> dict[str, Any]:
    """An effect as pages show it: home's own line first, then the units that change most."""
    own = effect.of(home)
    rest = [one for one in effect.lines if one.unit != home]
    return {
        "period": effect.period,
        "at": effect.at,
        "dossiers": effect.dossiers,
        "units": effect.units,
        "home": own,
        "rows": rest[:SHOWN],
        "more": max(len(rest) - SHOWN, 0),
        "changed": len(effect.lines),
        "down": sum(1 for one in rest if one.change is not None and one.change < 0),
        "up": sum(1 for one in rest if one.change is not None and one.change > 0),
    }


def live_units(request: AnyRequest) -> list[dict[str, Any]]:
    """Home's units of now, by kind and name, for choosers."""
    folder = folder_of(request)
    home = folder.settings.home
    found = [one for one in folder.units() if one["code"] == home or one["code"].startswith(f"{home}.")]
    return sorted(found, key=lambda one: (one["kind"], collation_key(one["name"])))


@get("/admin", sync_to_thread=True, include_in_schema=False)
def admin_home(request: AnyRequest) -> Response[Any]:
    """What there is to administer, and how it stands."""
    if moved := redirected(request):
        return moved
    hand_of(request)
    folder, house = folder_of(request), house_of(request)
    accounts = house.people.accounts.list()
    senders = folder.ledger.senders.list()
    told_units = [one for _, one in folder.ledger.records("unit") if isinstance(one, UnitRecord)]
    changed = [one for one in settings(folder) if one.origin != "default"]
    return shown(
        request,
        "admin.html",
        "home",
        accounts=len(accounts),
        active=sum(one.active for one in accounts),
        factors=sum(one.two_factor for one in accounts if one.active),
        senders=len(senders),
        ending=house.people.senders.ending(),
        refused=sum(folder.ledger.quarantine.count("open").values()),
        told_units=len(told_units),
        procedures=len(folder.registry.catalogue),
        days=len(own_days(folder.path)),
        law=folder.ground.law,
        changed=changed,
        entries=house.people.audit.entries(newest_first=True, limit=8),
    )


router = Router("/", route_handlers=[admin_home])
