"""The catalogue has the totals of the province, whatever the seed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from chiso.demo import catalogue


@pytest.mark.parametrize("seed", range(6))
def test_totals(seed: int) -> None:
    c = catalogue.build(np.random.default_rng(seed))
    assert np.count_nonzero(c.online) == 1_924
    assert np.count_nonzero(c.fee) == 321
    assert np.count_nonzero(c.for_person) == 1_266
    assert np.count_nonzero(c.specific & ~c.closed) == 54
    assert not c.online[c.specific].any()
    assert (c.with_online.sum(), c.with_population.sum()) == (465, 304)
    assert (c.with_payment.sum(), c.with_nonzero_fee.sum()) == (114, 66)
    assert len(set(c.code)) == len(c)
    assert all(re.fullmatch(r"\d\.\d{6}", code) for code in c.code)


@pytest.mark.parametrize("seed", range(3))
def test_sets_lie_within_what_they_are_counted_against(seed: int) -> None:
    c = catalogue.build(np.random.default_rng(seed))
    assert (c.online[c.with_online] > 0).all()
    assert c.for_person[c.with_population].all()
    assert (c.fee[c.with_payment] > 0).all()
    assert c.with_payment[c.with_nonzero_fee].all()
    assert c.used[c.with_online | c.with_population | c.with_payment].all()
    assert not c.used[c.specific].any()
    for home in set(c.home):
        assert abs(c.share[np.array(c.home) == home].sum() - 1) < 1e-9


def test_records_have_the_columns_of_the_procedure_table() -> None:
    c = catalogue.build(np.random.default_rng(1))
    records = [catalogue.record(c, index) for index in range(len(c))]
    columns = (
        "code name field level online has_fee returns_paper for_person limit_days limit_unit announced_on"
        " effective_on decision published_on complete unit publisher specific state valid_to"
    )
    assert " ".join(records[0]) == columns
    assert {r["level"] for r in records} == {"province", "commune"}
    assert all((r["level"] == "commune") == (r["unit"] == "") for r in records)
    assert all(r["published_on"] < "2026" for r in records)
    known = {r["code"]: r for r in records}
    assert known["2.000815"]["name"].startswith("Chứng thực bản sao")
    assert known["2.000815"]["has_fee"]
