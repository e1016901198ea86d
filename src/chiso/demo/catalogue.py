"""The demo's catalogue: 1,924 online services and the rest, with who handles what and how often.

Totals come from the province of 2026: 321 procedures carry a fee, 1,266 have a person as subject, 54 are the
province's own.  Which of them the year's dossiers use, and in what manner, decides the indicators that count
distinct procedures; the sets are drawn here, and :mod:`chiso.demo.flags` keeps to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chiso.demo.fields import EVERYDAY, FIELDS, deeds_on

ONLINE_SERVICES: Final = 1_924
FEE: Final = 321
FOR_PERSON: Final = 1_266
SPECIFIC: Final = 54
SPECIFIC_CLOSED: Final = 4
PLAIN_INFORMATION: Final = 150

# Distinct procedures that the year's dossiers show (scoring: 3.2, 4.5a, 3.5b, 3.5).
WITH_ONLINE: Final = 465
WITH_POPULATION: Final = 304
WITH_PAYMENT: Final = 114
WITH_NONZERO_FEE: Final = 66

COMMUNES: Final = ""
"""``home`` of the procedures that every commune has"""

USED: Final = {
    "H01.01": 34,
    "H01.02": 36,
    "H01.03": 70,
    "H01.04": 26,
    "H01.05": 26,
    "H01.06": 42,
    "H01.07": 8,
    "H01.08": 3,
    "H01.09": 36,
    "H01.10": 44,
    "H01.11": 28,
    "H01.12": 34,
    "H01.13": 12,
    "H01.15": 12,
    "H01.16": 14,
    COMMUNES: 230,
}
"""How many of its procedures had a dossier at all in the year"""

BUSINESS: Final = frozenset(("H01.02", "H01.13", "H01.16", "H01.06"))
"""Departments whose applicants are mostly businesses"""

BLIND: Final = frozenset(("H01.02",))
"""Departments whose sender hard-codes the VNeID flag to 0: no population data there"""

Bools = NDArray[np.bool_]


@dataclass
class Catalogue:
    """Procedures as columns, one entry each.  Codes are bare national codes."""

    code: list[str]
    name: list[str]
    field: list[str]
    field_name: list[str]
    home: list[str]
    online: NDArray[np.int8]  # 0 information, 1 partial, 2 full
    fee: NDArray[np.int64]  # VND; 0 no fee
    for_person: Bools
    returns_paper: Bools
    limit: NDArray[np.int64]  # -1: none known
    in_hours: Bools  # the limit is in clock hours
    specific: Bools
    closed: Bools
    state: list[str]
    used: Bools
    share: NDArray[np.float64]  # of its home's dossiers
    with_online: Bools
    with_population: Bools
    with_payment: Bools
    with_nonzero_fee: Bools

    def __len__(self) -> int:
        return len(self.code)


def _names(per_home: dict[str, int], rng: np.random.Generator) -> list[tuple[str, str, str, str, str]]:
    """(home, field code, field name, name, kind) of the wanted number of procedures at each home."""
    found = []
    for home, wanted in per_home.items():
        pairs = [
            (f.code, f.name, f"{deed} {thing}")
            for f in FIELDS
            if f.home == home
            for thing in f.objects
            for deed in deeds_on(thing)
        ]
        picked = sorted(rng.choice(len(pairs), wanted, replace=False).tolist())
        found += [(home, *pairs[i], "common") for i in picked]
    return found


def _per_home(total: int, communes: int) -> dict[str, int]:
    """Spreads ``total`` over departments by the breadth of their fields; the communes' number is given."""
    breadth = {home: sum(len(f.objects) for f in FIELDS if f.home == home) for home in USED if home}
    rest = total - communes
    whole = {home: rest * b // sum(breadth.values()) for home, b in breadth.items()}
    for home in sorted(breadth, key=breadth.__getitem__, reverse=True)[: rest - sum(whole.values())]:
        whole[home] += 1
    for home, given in list(whole.items()):  # a department has at least the procedures it uses
        if (lacking := USED[home] + 2 - given) > 0:
            whole[home] += lacking
            whole[max(whole, key=whole.__getitem__)] -= lacking
    return {**whole, COMMUNES: communes}


def _codes(count: int, rng: np.random.Generator) -> list[str]:
    taken = {known.code for known in EVERYDAY}
    found: list[str] = []
    while len(found) < count:
        for head, tail in zip(rng.integers(1, 4, count), rng.integers(1, 14_800, count), strict=True):
            code = f"{head}.{tail:06d}"
            if code not in taken:
                taken.add(code)
                found.append(code)
    assert all(re.fullmatch(r"\d\.\d{6}", code) for code in found)
    return found[:count]


def _top(score: NDArray[np.float64], among: Bools, count: int) -> Bools:
    """The ``count`` entries of ``among`` with the greatest score."""
    ranked = np.where(among, score, -np.inf)
    chosen = np.zeros(len(score), bool)
    chosen[np.argsort(-ranked, kind="stable")[:count]] = True
    if not among[chosen].all():
        raise ValueError("too few candidates")
    return chosen


def build(rng: np.random.Generator, shrink: float = 1.0) -> Catalogue:
    """Draws the catalogue.  ``shrink`` < 1 lets fewer procedures be used, for very small provinces."""
    services = _names(_per_home(ONLINE_SERVICES + PLAIN_INFORMATION - len(EVERYDAY), 390), rng)
    own = []
    departments = [home for home in USED if home]
    themes = (
        "phát triển hợp tác xã",
        "đào tạo nghề",
        "du lịch cộng đồng",
        "giống lúa chất lượng cao",
        "nuôi cá tra",
        "khởi nghiệp",
        "thu hút bác sĩ",
        "xã hội hóa giáo dục",
        "hộ Khmer khó khăn",
    )
    for number in range(SPECIFIC + SPECIFIC_CLOSED):
        home = departments[number % len(departments)]
        field = next(f for f in FIELDS if f.home == home)
        deed = ("Hỗ trợ", "Xét hưởng chính sách", "Thanh toán kinh phí")[number // len(themes) % 3]
        name = (
            f"{deed} {themes[number % len(themes)]} theo Nghị quyết của HĐND tỉnh (chính sách {number + 1})"
        )
        own.append((home, field.code, field.name, name, "own"))
    by_field = {f.code: f for f in FIELDS}
    everyday = [("", k.field, by_field[k.field].name, k.name, "everyday") for k in EVERYDAY]
    rows = everyday + services + own
    count = len(rows)
    codes = [k.code for k in EVERYDAY] + _codes(count - len(EVERYDAY), rng)
    is_own = np.array([r[4] == "own" for r in rows])
    is_everyday = np.array([r[4] == "everyday" for r in rows])
    homes = np.array([r[0] for r in rows])
    noise = rng.random(count)

    used = is_everyday.copy()
    for home, full in USED.items():
        wanted = max(1, round(full * shrink)) - (len(EVERYDAY) if home == COMMUNES else 0)
        if wanted > 0:
            used |= _top(noise, (homes == home) & ~is_own & ~is_everyday, wanted)

    share = np.zeros(count)
    for home in USED:
        here = np.flatnonzero(used & (homes == home) & ~is_everyday)
        weight = 1.0 / np.arange(1, len(here) + 1) ** (0.95 if home else 0.8)
        rest = 1.0 if home else 1.0 - sum(k.share for k in EVERYDAY)
        if len(here):
            share[here] = rng.permutation(weight) / weight.sum() * rest
    share[: len(EVERYDAY)] = [k.share for k in EVERYDAY]

    # Which are online services: all that people file most, and enough of the others.
    weight = share * np.where(homes == COMMUNES, 2.6, 0.3) + 1e-9
    busy = np.log(weight) + rng.gumbel(size=count)
    used_services = _top(busy, used & ~is_own, min(round(used.sum() * 0.87), int(used.sum())))
    idle = ONLINE_SERVICES - int(used_services.sum())
    service = used_services | _top(noise, ~used & ~is_own, idle)
    online = np.where(service, np.where(rng.random(count) < 0.63, 2, 1), 0).astype(np.int8)
    with_online = _top(busy, used_services, min(WITH_ONLINE, int(used_services.sum())))

    heavy = np.log(weight)
    fee_known = np.zeros(count, np.int64)
    fee_known[: len(EVERYDAY)] = [k.fee for k in EVERYDAY]
    exempt = (homes == "H01.02") | (homes == "H01.08") | (homes == "H01.07")
    can_charge = used_services & ~exempt & ~is_everyday
    charged_everyday = is_everyday & (fee_known > 0)
    more = min(165, round(can_charge.sum() * 0.4)) - int(charged_everyday.sum())
    fee_used = charged_everyday | _top(heavy + rng.gumbel(size=count) * 1.5, can_charge, more)
    fee_idle = _top(noise, ~used & ~is_own & (online > 0), FEE - int(fee_used.sum()))
    fee = np.where(
        fee_used | fee_idle,
        np.maximum(fee_known, rng.choice([5, 10, 15, 30, 50, 100, 150, 300], count) * 1000),
        0,
    )
    fee = np.where(charged_everyday, fee_known, fee)
    with_payment = _top(heavy, fee_used, min(WITH_PAYMENT, int(fee_used.sum())))
    nonzero = _top(
        heavy + rng.gumbel(size=count) * 0.8, with_payment, min(WITH_NONZERO_FEE, int(with_payment.sum()))
    )

    business = np.isin(homes, sorted(BUSINESS))
    person_score = heavy + rng.gumbel(size=count) * 2 - 9.0 * business
    used_person = is_everyday | _top(
        person_score, used & ~is_everyday, max(1, round(used.sum() * 0.66)) - len(EVERYDAY)
    )
    person_idle = _top(noise - business * 0.6, ~used & (online > 0), FOR_PERSON - int(used_person.sum()))
    sees = used_person & ~np.isin(homes, sorted(BLIND))
    with_population = _top(heavy, sees, min(WITH_POPULATION, int(sees.sum())))

    limit = np.where(
        homes == COMMUNES,
        rng.choice([1, 2, 3, 5, 7, 10, 15], count, p=[0.08, 0.1, 0.24, 0.26, 0.14, 0.12, 0.06]),
        rng.choice([3, 5, 7, 10, 15, 20, 30], count, p=[0.16, 0.22, 0.16, 0.18, 0.14, 0.09, 0.05]),
    ).astype(np.int64)
    limit[: len(EVERYDAY)] = [k.days for k in EVERYDAY]
    hourly = used & (homes == "H01.10") & (noise > np.quantile(noise[used & (homes == "H01.10")], 0.93))
    limit[hourly] = 72
    unknown = ~is_everyday & (rng.random(count) < 0.02)
    limit[unknown] = -1
    closed = np.zeros(count, bool)
    closed[-SPECIFIC_CLOSED:] = True
    plain_service = (online > 0) & ~used & (fee == 0) & ~person_idle
    state = np.where(closed, "closed", "public").astype("U8")
    for number, index in enumerate(np.flatnonzero(plain_service)[:14]):
        state[index] = ("stopping", "testing")[number % 2]
    return Catalogue(
        code=codes,
        name=[r[3] for r in rows],
        field=[r[1] for r in rows],
        field_name=[r[2] for r in rows],
        home=[r[0] for r in rows],
        online=online,
        fee=fee.astype(np.int64),
        for_person=used_person | person_idle,
        returns_paper=rng.random(count) < 0.7,
        limit=limit,
        in_hours=hourly & ~unknown,
        specific=is_own,
        closed=closed,
        state=state.tolist(),
        used=used,
        share=share,
        with_online=with_online,
        with_population=with_population,
        with_payment=with_payment,
        with_nonzero_fee=nonzero,
    )


def record(catalogue: Catalogue, index: int) -> dict[str, Any]:
    """One procedure in the columns of the contract's procedure table."""
    c, i = catalogue, index
    own = bool(c.specific[i])
    code = c.code[i]
    year = 2021 + int(code[-1]) % 5
    return {
        "code": code,
        "name": c.name[i],
        "field": c.field[i],
        "level": "province" if c.home[i] else "commune",
        "online": ("information", "partial", "full")[int(c.online[i])],
        "has_fee": bool(c.fee[i]),
        "returns_paper": bool(c.returns_paper[i]),
        "for_person": bool(c.for_person[i]),
        "limit_days": None if c.limit[i] < 0 else int(c.limit[i]),
        "limit_unit": "hour" if c.in_hours[i] else "working_day",
        "announced_on": f"{year}-{1 + int(code[-2]):02d}-15",
        "effective_on": f"{year}-{1 + int(code[-2]):02d}-15",
        "decision": f"{100 + int(code[-3:])}/QĐ-{'UBND' if own else 'B'}",
        "published_on": f"{year}-{1 + int(code[-2]):02d}-18",
        "complete": True,
        "unit": c.home[i],
        "publisher": "H01" if own else c.field[i].split("-")[0],
        "specific": own,
        "state": c.state[i],
        "valid_to": "2026-07-01" if c.closed[i] else "",
    }
