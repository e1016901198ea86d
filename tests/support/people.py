"""People of a test, as they have to be before the pages open to them."""

from __future__ import annotations

import pyotp

from chiso.instants import utc_now
from chiso.people.factor import STEP, new_secret
from chiso.people.house import People


def with_factor(people: People, login: str) -> pyotp.TOTP:
    """Sets up the second factor that is asked of administrators.  Gives the device.

    The code that shows it is the one before now's: now's is still good.
    """
    secret, now = new_secret(), utc_now()
    device = pyotp.TOTP(secret)
    people.accounts.set_second_factor(login, secret, device.at(now - STEP), now)
    return device
