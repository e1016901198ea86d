"""What administrators do with senders and their keys, each noted in the record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from chiso.instants import DAY, iso, utc_now
from chiso.ledger.senders import Credentials, Sender, SenderKey, Senders
from chiso.people.audit import Audit

OVERLAP: Final = 7 * DAY
"""Seconds for which the old key holds beside the new one, where nothing else is said."""


SOON: Final = 14 * DAY
"""Seconds before the end of a sender's last key from which on administrators are reminded."""


class SenderDesk:
    """The senders of a folder, as administrators change them.  ``who``: a login, or ``!`` on the machine."""

    def __init__(self, senders: Senders, audit: Audit) -> None:
        self._senders: Final = senders
        self._audit: Final = audit

    def add(
        self,
        who: str,
        name: str,
        unit: str,
        now: int,
        *,
        kinds: Iterable[str] = (),
        units: Iterable[str] = (),
        expires_at: int | None = None,
    ) -> Credentials:
        """Makes a sender with its first key; ``now`` is the folder's clock.  LedgerError where it cannot."""
        kinds, units = tuple(kinds), tuple(units)
        made = self._senders.add(name, unit, now, kinds=kinds, units=units, expires_at=expires_at)
        self._note(who, "sender_added", made.name, unit=unit, kinds=kinds, units=units, expires_at=expires_at)
        return made

    def change(
        self,
        who: str,
        name: str,
        *,
        active: bool | None = None,
        kinds: Iterable[str] | None = None,
        units: Iterable[str] | None = None,
        new_password: bool = False,
    ) -> tuple[Sender, str | None]:
        """Changes what is named.  Gives the sender and its new password, where one was asked for."""
        kinds = None if kinds is None else tuple(kinds)
        units = None if units is None else tuple(units)
        self._senders.set_scope(name, kinds=kinds, units=units)
        if active is not None:
            self._senders.set_active(name, active)
        made = self._senders.new_password(name) if new_password else None
        self._note(
            who, "sender_changed", name, active=active, kinds=kinds, units=units, new_password=new_password
        )
        return self._senders.find(name), made

    def rotate(
        self, who: str, name: str, *, overlap: int = OVERLAP, expires_at: int | None = None
    ) -> tuple[SenderKey, str]:
        """A new key, shown once; the old ones hold for ``overlap`` seconds more."""
        made, key = self._senders.rotate(name, utc_now(), overlap=overlap, expires_at=expires_at)
        self._note(who, "sender_key_made", name, key=made.id, overlap=overlap, expires_at=expires_at)
        return made, key

    def revoke(self, who: str, name: str, number: int) -> SenderKey:
        """Ends a key at once (on a running server within seconds)."""
        found = self._senders.revoke(name, number, utc_now())
        self._note(who, "sender_key_revoked", name, key=number)
        return found

    def ending(self) -> list[tuple[str, int]]:
        """Senders whose last key ends soon, with the instant."""
        return self._senders.ending(utc_now(), SOON)

    def list(self) -> list[tuple[Sender, list[SenderKey]]]:
        """All senders with their keys."""
        return [(one, self._senders.keys(one.name)) for one in self._senders.list()]

    def _note(self, who: str, what: str, about: str, **detail: Any) -> None:
        given = {name: value for name, value in detail.items() if value is not None}
        self._audit.note(utc_now(), who, what, about, **given)


def told(sender: Sender, keys: Iterable[SenderKey]) -> dict[str, Any]:
    """A sender as JSON, without its secrets."""
    now = utc_now()
    return {
        "name": sender.name,
        "unit": sender.unit,
        "user": sender.user,
        "active": sender.active,
        "kinds": list(sender.kinds),
        "units": list(sender.units),
        "last_used": iso(sender.last_used_at),
        "keys": [
            {
                "id": one.id,
                "state": one.state(now),
                "created": iso(one.created_at),
                "expires": iso(one.expires_at),
                "revoked": iso(one.revoked_at),
                "last_used": iso(one.last_used_at),
            }
            for one in keys
        ],
    }
