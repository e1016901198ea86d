"""Codes of a device: how long they hold, and secrets that are none."""

from __future__ import annotations

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.people.factor import SECRET, STEP, address_of, new_secret, step_of

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_790_000_010


def test_a_code_holds_one_step_to_either_side() -> None:
    device, step = pyotp.TOTP(KEY), NOW // STEP
    found = {away: step_of(KEY, f" {device.at(NOW + away * STEP)} ", NOW) for away in range(-3, 4)}
    assert found == {-3: None, -2: None, -1: step - 1, 0: step, 1: step + 1, 2: None, 3: None}


def test_new_secrets_are_secrets() -> None:
    made = {new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(SECRET.fullmatch(one) for one in made)


@pytest.mark.parametrize("secret", ["", "AAAA", "a" * 32, "1" * 32, "A" * 33, "A" * 31 + "="])
def test_what_is_no_secret_of_ours_has_no_code(secret: str) -> None:
    assert step_of(secret, "000000", NOW) is None


@given(st.text(st.characters(), max_size=20))
def test_any_text_may_be_sent_as_a_code(code: str) -> None:
    step_of(KEY, code, NOW)


def test_a_device_reads_whose_it_is() -> None:
    assert address_of(KEY, "an.nguyen").startswith(f"otpauth://totp/chiso:an.nguyen?secret={KEY}")
