from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chiso.instants import parse_instant
from chiso.intake import doors, streams
from chiso.intake.doors import read_body, read_file, recognise
from chiso.intake.records import Arrival, Dossier, Progress

from .samples import context, dossier, encode, envelope, step
from .test_local import COPY, PAYMENT, PETITION, RATING, STORE

CODES = [f"H01.120-260911-{number}" for number in range(5)]


def load(body: bytes, name: str = "", **changes: Any) -> list[Arrival]:
    return list(read_file(io.BytesIO(body), context(), name=name, **changes))


def codes(arrivals: list[Arrival]) -> list[str]:
    return [item.code for one in arrivals for item in one.items if isinstance(item, Dossier | Progress)]


def reasons(arrivals: list[Arrival]) -> list[tuple[str, str]]:
    return [(refused.place, refused.reason) for one in arrivals for refused in one.refusals]


def lines(*values: Any) -> bytes:
    return b"\n".join(encode(value) for value in values)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (envelope([dossier()]), "messages"),
        ([dossier()], "dossiers"),
        (dossier(), "dossiers"),
        ([step()], "progress"),
        ({"received_at": "2026-09-11", "message": {}}, "messages"),
        ([PETITION], "petitions"),
        ([RATING], "ratings"),
        (PAYMENT, "payments"),
        ([COPY], "certified_copies"),
        ([STORE], "store_records"),
        ([{"MATTHC": "1.004873"}], "procedures"),
        ({"error_code": "0", "message": json.dumps({"result": [{"MATTHC": "1"}]})}, "procedures"),
        ([{"unit": "H01", "period": "2026", "received": 1}], "totals"),
        ({"a": 1}, ""),
    ],
)
def test_the_kind_is_recognised_from_the_content(value: Any, kind: str) -> None:
    body = encode(value)
    assert recognise("", body) == kind
    assert recognise("x.gz", gzip.compress(body, mtime=0)) == kind
    assert recognise("", b"\xef\xbb\xbf  " + body) == kind


def test_lines_of_every_variant() -> None:
    body = lines(
        envelope([dossier(MaHoSo=CODES[0])]),
        [dossier(MaHoSo=CODES[1]), dossier(MaHoSo=CODES[2])],
        dossier(MaHoSo=CODES[3]),
        envelope([step(MaHoSo=CODES[0])], "CapNhatTienDoHoSoMC"),
        [step(MaHoSo=CODES[1])],
        step(MaHoSo=CODES[2]),
        RATING,
        [PETITION],
        dossier(MaHoSo=CODES[4]),
    )
    for name in ("x.jsonl", "", "x.json"):
        arrivals = load(body, name)
        assert reasons(arrivals) == []
        found = {one.kind: len(one.items) for one in arrivals}
        assert found == {"dossiers": 5, "progress": 3, "ratings": 1, "petitions": 1}
        assert codes([one for one in arrivals if one.kind == "dossiers"]) == CODES
    assert codes(load(gzip.compress(body, mtime=0), "x.jsonl.gz")) == codes(arrivals)


def test_bad_lines_do_not_harm_good_ones() -> None:
    good = [encode(dossier(MaHoSo=code)) for code in CODES]
    body = b"\n".join(
        [
            good[0],
            b"",
            b'{"MaHoSo": "H01',
            good[1],
            b"nonsense",
            b"17",
            good[2],
            b"[1, 2]",
            b'"\xff"',
            good[3],
            encode({"a": 1}),
            encode(envelope([dossier(MaHoSo="?", MaTTHC="?")])),
            encode({"service": "X", "data": []}),
            good[4],
        ]
    )
    arrivals = load(body, "x.jsonl")
    assert codes(arrivals) == CODES
    found = reasons(arrivals)
    assert ("line 3", "truncated") in found
    assert ("line 5", "bad_json") in found
    assert ("line 6", "not_a_record") in found
    assert ("line 8[0]", "unknown_shape") in found
    assert ("line 11", "unknown_shape") in found
    assert ("line 12 data[0]", "bad_procedure_code") in found
    assert {place.split("[")[0].split(" data")[0] for place, _ in found} == {
        "line 3", "line 5", "line 6", "line 8", "line 9", "line 11", "line 12", "line 13"
    }  # fmt: skip
    assert all(refused.raw for one in arrivals for refused in one.refusals)


def test_a_journal_is_known_as_it_was_then() -> None:
    times = ["2026-09-11T08:00:00+07:00", "2026-09-11T08:00:00+07:00", "20260912080000"]
    body = lines(
        *(
            {"received_at": at, "message": m}
            for at, m in zip(times, [envelope([dossier()]), [dossier()], dossier()], strict=True)
        ),
        dossier(MaHoSo=CODES[4]),
        {"received_at": "never", "message": dossier()},
    )
    arrivals = load(body, "x.jsonl", known_at=5)
    told = [(len(one.items), one.known_at, one.timely, one.door) for one in arrivals]
    assert told == [
        (2, parse_instant("2026-09-11T08:00"), True, "journal"),
        (1, parse_instant("2026-09-12T08:00"), True, "journal"),
        (1, 5, True, "file"),
        (0, 5, True, "file"),
    ]
    assert reasons(arrivals) == [("line 5", "bad_date")]
    assert not load(encode(dossier()))[0].timely, "a file of whose knowing nothing is said"


def test_a_journal_of_one_document() -> None:
    for line in (
        {"received_at": "2026-09-11T08:00:00+07:00", "message": [dossier()]},
        {"message": envelope([dossier()]), "received_at": "20260911080000"},
    ):
        for body in (encode(line), json.dumps(line, indent=1).encode()):
            (arrival,) = load(body, "x.json")
            assert (len(arrival.items), arrival.known_at) == (1, parse_instant("2026-09-11T08:00"))


def test_a_journal_comes_in_by_request_from_administrators_only() -> None:
    body = encode({"received_at": "2026-09-11T08:00:00+07:00", "message": [dossier()]})
    assert reasons([read_body(body, None, context())]) == [("line 1", "journal_not_allowed")]
    arrival = read_body(body, None, context(administrator=True))
    assert (len(arrival.items), arrival.known_at) == (1, parse_instant("2026-09-11T08:00"))


def test_long_files_come_in_pieces() -> None:
    messages = [dossier(MaHoSo=f"H01.120-260911-{n}") for n in range(4_100)]
    messages[4_050]["MaTTHC"] = "?"
    as_lines = load(lines(*messages), "x.jsonl")
    as_array = load(encode(messages), "x.json")
    assert [len(one.items) for one in as_lines] == [len(one.items) for one in as_array] == [2000, 2000, 99]
    assert codes(as_lines) == codes(as_array)
    assert [refused.place for refused in as_array[2].refusals] == ["data[4050]"]
    assert [refused.place for refused in as_lines[2].refusals] == ["line 4051"]


def test_truncated_json_keeps_what_came_before() -> None:
    whole = encode(envelope([dossier(MaHoSo=code) for code in CODES]))
    cut = whole[: whole.index(CODES[3].encode()) + 40]
    for arrivals in (load(cut, "x.json"), [read_body(cut, "dossiers", context())]):
        assert codes(arrivals) == CODES[:3]
        (refused,) = [one for arrival in arrivals for one in arrival.refusals]
        assert (refused.reason, refused.place) == ("truncated", f"byte {len(cut)}")
        assert CODES[3].encode() in refused.raw
    broken = whole.replace(b'"MaHoSo": "H01.120-260911-2"', b'"MaHoSo" "H01.120-260911-2"')
    arrivals = load(broken, "x.json")
    assert codes(arrivals) == CODES[:2]
    assert [reason for _, reason in reasons(arrivals)] == ["bad_json"]


@pytest.mark.parametrize("prefix", [b"", b'{"data": '])
def test_a_large_document_is_streamed(monkeypatch: pytest.MonkeyPatch, prefix: bytes) -> None:
    monkeypatch.setattr(doors, "BIG_DOCUMENT", 3_000)
    suffix = b"}" if prefix else b""
    messages = [dossier(MaHoSo=code) for code in CODES]
    body = prefix + encode(messages) + suffix
    arrivals = load(body, "x.json")
    assert codes(arrivals) == CODES
    monkeypatch.undo()
    assert [one.items for one in arrivals] == [one.items for one in load(body, "x.json")]
    monkeypatch.setattr(doors, "BIG_DOCUMENT", 3_000)
    cut = load(body[:-700], "x.json")
    assert codes(cut) == CODES[:4]
    assert [reason for _, reason in reasons(cut)] == ["truncated"]
    monkeypatch.setattr(doors, "MAX_BODY", 4_000)
    assert [reason for _, reason in reasons(load(body, "x.json"))] == ["too_large"]


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        (b"", "x.json", "empty"),
        (b"  \n ", "", "empty"),
        ("Mã hồ sơ,Mã thủ tục".encode("utf-16"), "x.csv", "wrong_encoding"),
        ('[{"MaHoSo": "é"}]'.encode("utf-16-le"), "x.json", "wrong_encoding"),
        ("Mã hồ sơ,Mã thủ tục\n1,Đ".encode("cp1258", "ignore"), "x.csv", "wrong_encoding"),
        ('[{"MaHoSo": "é"}]'.encode("latin-1"), "x.json", "wrong_encoding"),
        (b"[" * 100_000, "x.json", "too_deep"),
        (b'{"data": ' + b"[" * 100_000, "x.json", "too_deep"),
        (b'{"a": 1}', "x.json", "unknown_shape"),
        (b"what is this\nnobody knows\n", "x.csv", "no_heading"),
        (gzip.compress(encode([dossier()]), mtime=0)[:-30], "x.json.gz", "bad_gzip"),
        (gzip.compress(b"\n" * 40_000_000, mtime=0), "x.jsonl.gz", "zip_bomb"),
        (gzip.compress(b" " * 40_000_000, mtime=0), "x.json.gz", "zip_bomb"),
        (gzip.compress(gzip.compress(b"x" * 1_000, mtime=0), mtime=0), "x.json.gz", "wrong_encoding"),
        (b"PK\x03\x04 and then nothing", "x.xlsx", "bad_workbook"),
        (b"PAR1 and then nothing PAR1", "x.parquet", "bad_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 600, "x.xls", "bad_workbook"),
    ],
)
def test_broken_input_is_refused_clearly(body: bytes, name: str, reason: str) -> None:
    arrivals = load(body, name)
    assert [told for _, told in reasons(arrivals)] == [reason]
    assert codes(arrivals) == []
    (refused,) = arrivals[0].refusals
    assert refused.message_vi != refused.message_en
    assert "{" not in refused.message_vi + refused.message_en


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MAX_BODY", 1_000)
    body = encode([dossier()])
    assert reasons([read_body(body, "dossiers", context())]) == [("", "too_large")]
    assert reasons(load(body, "x.json")) == [("", "too_large")]
    monkeypatch.setattr(streams, "MAX_LINE", 2_500)
    found = load(lines(dossier(MaHoSo=CODES[0]), [dossier()] * 2, dossier()), "x.jsonl")
    assert codes(found) == CODES[:1]
    assert reasons(found) == [("line 2", "too_large")]


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, body in ({"xl/workbook.xml": b"<x/>"} | parts).items():
            written.writestr(name, body)
    return out.getvalue()


def test_zip_bombs_are_not_opened() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    swelling = package(**{sheet: b"\0" * 40_000_000})
    lying = swelling.replace((40_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != swelling
    sparse = package(**{sheet: b'<c r="A1"/><c r="XFD1048576"/>'})
    for body in (swelling, lying, sparse):
        assert [reason for _, reason in reasons(load(body, "x.xlsx"))] == ["zip_bomb"]
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as written:
        written.writestr("readme.txt", "no workbook")
    assert [reason for _, reason in reasons(load(other.getvalue(), "x.xlsx"))] == ["bad_workbook"]


def test_files_by_path_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "hs.json"
    path.write_bytes(encode([dossier()]))
    assert len(next(iter(read_file(path, context()))).items) == 1
    assert len(next(iter(read_file(str(path), context()))).items) == 1
    assert [reason for _, reason in reasons(list(read_file(tmp_path / "no.json", context())))] == [
        "unreadable_file"
    ]
    assert [reason for _, reason in reasons(list(read_file(tmp_path, context())))] == ["unreadable_file"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BytesIO(gzip.compress(lines(dossier(MaHoSo=CODES[0]), dossier(MaHoSo=CODES[1]))))

    monkeypatch.setattr("sys.stdin", Standard)
    assert codes(list(read_file("-", context()))) == CODES[:2]


def test_a_kind_that_is_said_settles_a_doubt() -> None:
    bare = {"MaHoSo": CODES[0]}
    for kind, field in (("dossiers", "MaTTHC"), ("progress", "ThoiDiemXuLy"), ("ratings", "DanhGia")):
        for body, name in ((encode([bare]), "x.json"), (encode(bare), "x.jsonl")):
            (arrival,) = load(body, name, kind=kind)
            assert (arrival.kind, arrival.refusals[0].field) == (kind, field)
    assert [reason for _, reason in reasons(load(b"[]", kind="letters"))] == ["unknown_shape"]


def test_all_kinds_of_payload_are_read_again_without_a_kind_too() -> None:
    for value in (envelope([dossier()]), [step()], [PETITION], [RATING], [PAYMENT], [COPY], [STORE]):
        (first,) = load(encode(value), "x.json")
        again = read_body(first.payload, first.kind, context())
        assert (again.items, again.payload) == (first.items, first.payload)
