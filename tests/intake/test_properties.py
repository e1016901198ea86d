"""Whatever comes, no door raises, nothing is lost count of, and what was taken is taken again the same."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.intake.doors import read_body, read_file, recognise
from chiso.intake.records import Arrival
from chiso.intake.shapes import (
    Component,
    Database,
    DossierMessage,
    Fee,
    Identity,
    ProgressMessage,
    Result,
    SupplementRequest,
)

from .samples import context, dossier, encode, envelope, step
from .test_local import COPY, PAYMENT, PETITION, RATING, STORE
from .test_portal import PROGRESS, ROW, TRANSPARENCY

NAMES = sorted(
    {
        name
        for shape in (Component, Database, DossierMessage, Fee, Identity, ProgressMessage, Result,
        SupplementRequest)
        for name in shape.__struct_encode_fields__
    }
    | {"data", "service", "message", "received_at", "madonvi", "answer", "overview", "evaluation", "parent",
       "children", "metrics", "result", "items", "code", "unit", "total", "MATTHC"}
)  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["1", "0", "9", "True", "20260911080000", "2026-09-11T08:00:00Z", "11/09/2026",
        "H01.120-260911-1", "1.004873",
         "H22-1-1", "H01.113", "000000001", "4.000", "không", "DongBoHoSoMC", "CapNhatTienDoHoSoMC", "", " ",
         "0001-01-01", "20260230", "HÀI LÒNG", "CONFIRM", "#0123456789abcdef", "#01234567", "ĐÃ XỬ LÝ XONG"]
    )
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)

SAMPLES: list[tuple[str, Any]] = [
    ("dossiers", dossier()),
    ("progress", step()),
    ("petitions", PETITION),
    ("ratings", RATING),
    ("payments", PAYMENT),
    ("certified_copies", COPY),
    ("store_records", STORE),
    ("published", ROW),
    ("procedures", {"code": "1.004873", "name": "x", "level": "commune", "unit": "H01.113", "limit_days": 3}),
    ("local_procedures", {"code": "1.004873", "name": "x", "online": "toàn trình", "has_fee": "không"}),
    ("decisions", {"code": "1.004873", "decision": "1/QĐ", "date": "2026-01-05"}),
    ("units", {"code": "H01.13", "name": "x", "kind": "department"}),
    ("totals", {"unit": "H01", "period": "2026-09", "received": 5}),
    ("band_counts", {"at": "2023-05-31", "among": "communes", "under": "H01", "band": "Khá", "count": 3}),
    ("documents", {"number": "1", "date": "2026-01-05", "issuer": "x", "subject": "y"}),
    ("tasks", {"document": "1", "unit": "H01.06", "task": "x", "due": "2026-01-05"}),
    ("unit_lists", {"list": "x", "unit": "H01.06"}),
    ("targets", {"document": "1", "unit": "H01.06", "what": "2.1", "threshold": "95%", "by": "2026-01-05"}),
    (
        "targets",
        {
            "document": "1",
            "list": "x",
            "what": "chứng thực điện tử",
            "threshold": 1,
            "by": "2026-01-05",
            "at_least": "100%",
        },
    ),
    ("reports", {"document": "1", "unit": "H01.06", "task": "x", "content": "a" * 64, "files": "b" * 64}),
    ("reminders", {"document": "1", "unit": "H01.06", "task": "x", "at": "2026-01-05T08:00"}),
    (
        "alert_rules",
        {
            "id": "thấp",
            "name": "Dưới 80",
            "what": "total",
            "side": "below",
            "threshold": "80",
            "clear": "81",
            "among": "communes",
            "hold": 60,
        },
    ),
]


def sound(arrivals: list[Arrival]) -> None:
    """Every arrival is of a known kind, can be read again, and then gives the same."""
    assert arrivals
    for one in arrivals:
        assert one.kind in Arrival.KINDS
        assert one.read >= len(one.refusals)
        for refused in one.refusals:
            assert refused.message_vi
            assert refused.message_en
        if one.items:
            again = read_body(one.payload, one.kind, context(), door=one.door)
            assert again.refusals == []
            assert again.items == one.items
            assert again.payload == one.payload


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, Any]:
    """A record of some kind with fields replaced by anything, at the top or one level down."""
    kind, sample = draw(st.sampled_from(SAMPLES))
    record = json.loads(json.dumps(sample))
    for _ in range(draw(st.integers(0, 4))):
        place = record
        lists = [value for value in record.values() if isinstance(value, list) and value]
        if lists and draw(st.booleans()):
            inner = draw(st.sampled_from(lists))[0]
            place = inner if isinstance(inner, dict) and inner else record
        place[draw(st.sampled_from(sorted(place)))] = draw(values)
    return kind, record


@given(values)
@settings(max_examples=300, deadline=None)
def test_any_json_is_taken_or_refused(value: Any) -> None:
    body = encode(value)
    recognise("x", body)
    sound(list(read_file(io.BytesIO(body), context(), name="x.json")))
    sound(list(read_file(io.BytesIO(body + b"\n" + body), context(), name="x.jsonl", period="2026")))
    sound([read_body(body, None, context(administrator=True))])


@given(st.lists(spoiled(), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_spoiled_records_are_taken_or_refused(records: list[tuple[str, Any]]) -> None:
    kind = records[0][0]
    body = encode([record for _, record in records])
    arrival = read_body(body, kind, context())
    assert arrival.read == len(records)
    sound([arrival])
    sound(
        list(read_file(io.BytesIO(b"\n".join(encode(one) for _, one in records)), context(), name="x.jsonl"))
    )


@given(st.sampled_from(["transparency", "progress"]), st.data())
@settings(max_examples=100, deadline=None)
def test_spoiled_answers_of_the_portal(which: str, data: st.DataObject) -> None:
    answer = json.loads(json.dumps(TRANSPARENCY if which == "transparency" else PROGRESS))
    inner = answer["data"]
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(
            st.sampled_from([inner, *(one for one in inner.values() if isinstance(one, dict) and one)])
        )
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(values)
    sound([read_body(encode(answer), "published", context(), period="2026-Q3")])


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    for name in ("x", "x.jsonl", "x.csv"):
        sound(list(read_file(io.BytesIO(body), context(), name=name)))
    for start in (b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08\x00", b"\xef\xbb\xbf", b'{"data":[', b'[{"MaHoSo":'):
        recognise("x", start + body)
        sound(list(read_file(io.BytesIO(start + body), context(), name="x")))
    sound([read_body(body, "dossiers", context())])


@given(st.lists(st.lists(scalars, max_size=8), max_size=8), st.sampled_from([",", ";"]))
@settings(max_examples=150, deadline=None)
def test_any_table_is_taken_or_refused(rows: list[list[Any]], mark: str) -> None:
    heading = ["Mã hồ sơ", "Mã thủ tục", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái", "Kênh", "Lệ phí"]
    text = "\n".join(mark.join(str(cell).replace("\n", " ") for cell in row) for row in [heading, *rows])
    sound(list(read_file(io.BytesIO(text.encode("utf-8", "replace")), context(), name="x.csv")))


def test_a_whole_stream_twice_is_the_same_twice() -> None:
    body = encode(envelope([dossier(), dossier(MaHoSo="H01.120-260911-2", TrangThaiHoSo="4")]))
    first, second = (read_body(body, None, context()) for _ in range(2))
    assert first == second
