"""A standby asks with its own key, and with nothing else."""

from __future__ import annotations

import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.ledger import shipping
from chiso.ledger.senders import Credentials


def test_only_the_key_of_a_standby_opens(
    doors: TestClient[Litestar], own: DataFolder, credentials: Credentials
) -> None:
    addresses = ("/api/v1/ship/journal", "/api/v1/ship/tables/account", "/api/v1/ship/tables/nothing")
    before = shipping.new_key(own.ledger)
    key = shipping.new_key(own.ledger)
    for address in addresses:
        for told in (None, f"Bearer {before}", f"Bearer {credentials.key}", f"Basic {key}", "Bearer", key):
            headers = {"Authorization": told} if told else {}
            answer = doors.get(address, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/json"
    headers = {"Authorization": f"Bearer {key}"}
    first = msgspec.msgpack.decode(
        doors.get(addresses[0], headers=headers).content, type=shipping.Consignment
    )
    assert first.head == own.journal
    assert first.entries[0].seq == 1
    after = first.entries[0].seq
    digest = shipping.digest(own.ledger, after)
    answer = doors.get(addresses[0], headers=headers, params={"after": after, "digest": digest})
    then = msgspec.msgpack.decode(answer.content, type=shipping.Consignment)
    assert [one.seq for one in then.entries] == [one.seq for one in first.entries[1:]]
    for wrong in ("", digest[:-1] + "x"):
        answer = doors.get(addresses[0], headers=headers, params={"after": after, "digest": wrong})
        assert answer.status_code == 409
    end = own.journal
    answer = doors.get(
        addresses[0], headers=headers,
        params={"after": end, "digest": shipping.digest(own.ledger, end), "wait": 0.3},
    )  # fmt: skip
    assert msgspec.msgpack.decode(answer.content, type=shipping.Consignment).entries == []
    assert doors.get("/api/v1/ship/tables/journal", headers=headers).status_code == 404
    told = doors.get("/api/v1/ship/tables/sender", headers=headers)
    assert told.status_code == 200
    again = doors.get(
        "/api/v1/ship/tables/sender", headers={**headers, "If-None-Match": told.headers["etag"]}
    )
    assert again.status_code == 304
