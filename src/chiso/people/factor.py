"""The second factor: codes of a device, good for half a minute (RFC 6238)."""

from __future__ import annotations

import re
import secrets
from typing import Final

import pyotp

STEP: Final = 30
"""Seconds that a code holds."""
SECRET: Final = re.compile(r"[A-Z2-7]{32}")
"""A secret: 160 bits in base32 (RFC 4226, 4)."""


def new_secret() -> str:
    """A fresh secret for the person's device."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """What a device reads as a QR code (otpauth)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="chiso")


def step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, one to either side of now; ``None`` where it is none of theirs."""
    if not SECRET.fullmatch(secret):
        return None
    device = pyotp.TOTP(secret)
    for step in (now // STEP - 1, now // STEP, now // STEP + 1):
        if secrets.compare_digest(device.at(step * STEP).encode(), code.strip().encode("utf-8", "replace")):
            return step
    return None
