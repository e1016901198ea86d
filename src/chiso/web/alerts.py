"""The page of alerts: how they stand, their rules, whom they are told, and what was told."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, Final

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import QuestionError
from chiso.intake.records import AlertRule
from chiso.steering.alerts.answers import (
    add_contact,
    add_rule,
    alerts,
    change_rule,
    contacts,
    remove_contact,
    rule_row,
    silence_rule,
)
from chiso.steering.alerts.machine import amount
from chiso.steering.alerts.outbox import again
from chiso.steering.alerts.rules import name_in, rules
from chiso.steering.alerts.sending import deliver
from chiso.steering.alerts.service import outcome, try_contact
from chiso.steering.alerts.words import shown
from chiso.steering.entering import note
from chiso.web.directing import AnyRequest, Given, choices, context, form_of, hand_of, told
from chiso.web.messages import say
from chiso.web.pages import asked, folder_of, html, redirected
from chiso.web.render import page
from chiso.web.steering_forms import handled, leads_to
from chiso.web.view import View

CHANGED: Final = ("threshold", "clear", "hold", "recover", "weight")
NEW: Final = ("name", "what", "side", "span", "to", *CHANGED)
COUNTED: Final = ("due", "overdue", "petitions", "silence", "duties")
"""What a rule may watch besides figures of the index."""
FEW: Final = 12
"""Subjects named before the rest is folded away."""


@get("/steering/alerts", sync_to_thread=True, include_in_schema=False)
def alerts_get(request: AnyRequest) -> Response[Any]:
    """Alerts, rules, contacts, and what was told."""
    if moved := redirected(request):
        return moved
    return alerts_page(request)


def alerts_page(
    request: AnyRequest, problem: str = "", given: dict[str, str] | None = None, form: str = ""
) -> Response[Any]:
    """The page; after a form that was refused with what was wrong."""
    folder, view = folder_of(request), asked(request)
    known = {one.id: one for one in rules(folder)}
    body = alerts(folder)
    groups = _by_rule(body["rows"], known, view.lang)
    units = folder.registry.units
    text = page(
        "alerts.html",
        view,
        body=body,
        groups=[one for one in groups if one["open"]],
        silent=[one["name"] for one in groups if not one["open"]],
        few=FEW,
        rules=[_rule(one, view) for one in known.values()],
        people=[
            {**one, "unit_name": unit.name if (unit := units.find(one["unit"])) is not None else one["unit"]}
            for one in contacts(folder, masked=True)
        ],
        offered=(offered := choices(folder, view)),
        rule_figures=_figures(offered, view),
        settings=folder.settings,
        failed=sum(one["deliveries"].get("failed", 0) for one in body["notices"]),
        problem=problem,
        given=Given({} if form == "rule" else given or {}),
        rule_given=Given(given or {} if form == "rule" else {}),
        tried=_tried(request, view),
        json=view.api("/alerts"),
        **context(request, view, "alerts"),
    )
    return html(request, text, 400 if problem else 200)


def _by_rule(rows: list[dict[str, Any]], known: dict[str, AlertRule], lang: str) -> list[dict[str, Any]]:
    """What is not normal, one a rule: its subjects, those that alert first; without data they are counted."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        rule = known[row["rule"]]
        one = found.setdefault(
            rule.id,
            {
                "name": name_in(rule, lang),
                "side": rule.side,
                "bound": shown(rule, amount(rule.threshold), lang),
                "open": [],
            },
        )
        one["states"] = Counter(one.get("states", {}))
        one["states"][row["state"]] += 1
        if row["state"] != "no_data":
            value = None if row["value"] is None else Fraction(row["value"])
            one["open"].append({**row, "shown": shown(rule, value, lang)})
    return list(found.values())


def _figures(offered: dict[str, Any], view: View) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a rule may watch, under headings."""
    counted = [(key, say(view.lang, f"alerts.counts.{key}")) for key in COUNTED]
    whole = [(key, words) for key, words in offered["figures"] if key in ("total", "rank")]
    headings = ("document.whole", "alerts.counts", "document.groups", "document.indicators")
    parts = (whole, counted, offered["groups"], offered["indicators"])
    return [(say(view.lang, key), part) for key, part in zip(headings, parts, strict=True)]


def _rule(rule: AlertRule, view: View) -> dict[str, Any]:
    row = rule_row(rule)
    row["name"] = name_in(rule, view.lang)
    row["bound"] = shown(rule, amount(rule.threshold), view.lang)
    row["silent"] = rule.silent_until > view.now
    row["rest"] = shown(rule, amount(rule.clear or rule.threshold), view.lang)
    row["hold_words"] = view.span(rule.hold * 60) if rule.hold else say(view.lang, "alerts.at_once")
    row["recover_words"] = view.span(rule.recover * 60) if rule.recover else say(view.lang, "alerts.at_once")
    return row


def _tried(request: AnyRequest, view: View) -> tuple[str, str] | None:
    """How a test message ended: (state, words)."""
    number = request.query_params.get("tried", "")
    if not number.isascii() or not number.isdigit():
        return None
    try:
        state, error = outcome(folder_of(request), int(number[:12]))
    except LookupError:
        return None
    return state, say(view.lang, f"alerts.tried.{state}", error=error)


@post("/steering/alerts/rules/{id:str}", include_in_schema=False)
async def change(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Changes a rule, or switches it on or off."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        if "silence" in fields:
            hours = fields["silence"].strip()
            told = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else -1
            silence_rule(folder_of(request), id, told, hand_of(request))
            return leads_to(f"/steering/alerts#r-{id}")
        changes: dict[str, Any] = {
            name: fields[name].strip() for name in CHANGED if fields.get(name, "").strip()
        }
        if "active" in fields:
            changes["active"] = fields["active"] == "1"
        change_rule(folder_of(request), id, changes, hand_of(request))
        return leads_to(f"/steering/alerts#r-{id}")

    return await handled(work, lambda error: _refused(request, error, fields))


@post("/steering/alerts/rules", include_in_schema=False)
async def add_new_rule(request: AnyRequest) -> Response[Any]:
    """Enters a new rule."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        row: dict[str, Any] = {name: fields[name].strip() for name in NEW if fields.get(name, "").strip()}
        chosen = fields.get("whose", "unit")
        unit = fields.get("unit", "").strip().split(" ")[0]
        if chosen.startswith("list:"):
            row["list"] = chosen.removeprefix("list:")
        elif chosen != "unit":
            row["among"] = chosen
        if unit and not chosen.startswith("list:"):
            row["unit"] = unit
        found = add_rule(folder_of(request), row, hand_of(request))
        return leads_to(f"/steering/alerts#r-{found.records[0].id}")

    return await handled(work, lambda error: _refused(request, error, fields, "rule"))


def _refused(
    request: AnyRequest, error: QuestionError, fields: dict[str, str], form: str = ""
) -> Response[Any]:
    return alerts_page(request, told(error, asked(request)), fields, form)


@post("/steering/alerts/contacts", include_in_schema=False)
async def add(request: AnyRequest) -> Response[Any]:
    """Adds a mail address to be told of a unit.  Other channels are for the command: they reach any host."""
    fields, _ = await form_of(request)

    def work() -> Response[Any]:
        hand = hand_of(request)
        address = fields.get("address", "")
        if "://" in address:
            raise QuestionError(
                "Trang này chỉ nhận địa chỉ thư; kênh khác thêm bằng lệnh chiso alerts tell.",
                "this page takes mail addresses; add other channels with chiso alerts tell",
                wrong=True,
            )
        unit = fields.get("unit", "").strip().split(" ")[0]
        add_contact(folder_of(request), unit, fields.get("name", ""), address, hand)
        return leads_to("/steering/alerts#contacts")

    return await handled(work, lambda error: _refused(request, error, fields))


@post("/steering/alerts/contacts/{number:int}/test", include_in_schema=False)
async def test(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """Sends a test message to a contact, now."""

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        found = try_contact(folder, number)
        note(folder, hand, "contact_tested", str(number))
        deliver(folder)
        return leads_to(f"/steering/alerts?tried={found}#contacts")

    return await handled(work, lambda error: _refused(request, error, {}))


@post("/steering/alerts/contacts/{number:int}/remove", include_in_schema=False)
async def remove(request: AnyRequest, number: FromPath[int]) -> Response[Any]:
    """Removes a contact for good."""

    def work() -> Response[Any]:
        remove_contact(folder_of(request), number, hand_of(request))
        return leads_to("/steering/alerts#contacts")

    return await handled(work, lambda error: _refused(request, error, {}))


@post("/steering/alerts/again", include_in_schema=False)
async def send_again(request: AnyRequest) -> Response[Any]:
    """Sends once more what could not be sent, now."""

    def work() -> Response[Any]:
        hand, folder = hand_of(request), folder_of(request)
        count = again(folder.ledger.database, folder.now())
        note(folder, hand, "alerts_sent_again", "", deliveries=count)
        deliver(folder)
        return leads_to("/steering/alerts#told-title")

    return await handled(work, lambda error: _refused(request, error, {}))


router = Router("/", route_handlers=[alerts_get, add_new_rule, change, add, test, remove, send_again])
