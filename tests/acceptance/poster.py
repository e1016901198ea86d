"""Posts dossiers at a steady pace: ``python -m tests.acceptance.poster ADDRESS KEY SECONDS RATE``.

Says on standard output how many messages were accepted and how many answers were no success.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from chiso.demo.world import UNTIL
from tests.support.messages import dossier

BATCH = 5
HANDS = 8


def main(address: str, key: str, seconds: float, rate: int) -> None:
    posts = int(seconds * rate / BATCH)
    begun = time.monotonic()
    headers = {"Authorization": f"Bearer {key}"}
    limits = httpx.Limits(max_connections=HANDS)
    with httpx.Client(
        base_url=address, headers=headers, timeout=60, trust_env=False, limits=limits
    ) as client:

        def post(number: int) -> int:
            time.sleep(max(0.0, begun + number * BATCH / rate - time.monotonic()))
            told = []
            for place in range(BATCH):
                # every third post tells the dossiers of the one before anew
                first = number - 1 if number % 3 == 2 else number
                code = f"H01.{101 + first % 60}-261010-{first * BATCH + place:05d}"
                told.append(dossier(code, UNTIL - 7200, UNTIL + 60, UNTIL - 60 if first != number else None))
            answer = client.post("/dvcqg/DongBoHoSoMC", json=told)
            return BATCH if answer.status_code == 200 and answer.json()["error_code"] == "0" else 0

        with ThreadPoolExecutor(HANDS) as hands:
            accepted = list(hands.map(post, range(posts)))
    sys.stdout.write(json.dumps({"accepted": sum(accepted), "failed": accepted.count(0), "posts": posts}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
