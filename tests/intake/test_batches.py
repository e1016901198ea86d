from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.intake.batches import Batch, salvage
from chiso.intake.records import Refusal

from .samples import context, dossier, encode, step

odd = st.sampled_from(
    [
        {}, {"MaHoSo": ""}, {"MaTTHC": "?"}, {"TrangThaiHoSo": [1]}, {"NgayTiepNhan": "20260230"},
        {"MaHoSo": "H22-260101-1"}, {"TaiLieuNop": [None]}, {"SoGiayToChuHoSo": "000000001"},
        {"KenhThucHien": 3},
        {"DanhSachLePhi": [{"Gia": "?"}]}, {"TrangThaiHoSo": 10}, {"NgayHenTra": None}, {"TaiLieuNop": {}},
    ]
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 99), odd), max_size=12))
@settings(max_examples=60, deadline=None)
def test_the_array_at_once_and_piece_by_piece_agree(made: list[tuple[int, dict[str, object]]]) -> None:
    body = encode([dossier(**({"MaHoSo": f"H01.120-260911-{number}"} | changes)) for number, changes in made])
    fast, slow = Batch("dossiers", context()), Batch("dossiers", context())
    fast.add_array(body)
    slow.add_pieces(body)
    assert fast.arrival() == slow.arrival()
    assert fast.read == len(made) == len(fast.items) + len(fast.refusals)


def test_steps_at_once_and_piece_by_piece_agree() -> None:
    body = encode([step(), step(TrangThai="12"), step(TrangThai="9"), step(ThoiDiemXuLy={})])
    fast, slow = Batch("progress", context()), Batch("progress", context())
    fast.add_array(body)
    slow.add_pieces(body)
    assert fast.arrival() == slow.arrival()
    assert (len(fast), fast.read) == (2, 4)


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=3)
    ),
    st.data(),
)
@settings(deadline=None)
def test_cutting_anywhere_keeps_whole_elements(
    elements: list[dict[str, object]], data: st.DataObject
) -> None:
    body = json.dumps(elements, ensure_ascii=False).encode()
    end = data.draw(st.integers(1, len(body) - 1))
    found = list(salvage(body[:end]))
    kept = [json.loads(one) for one in found if not isinstance(one, Refusal)]
    assert kept == elements[: len(kept)]
    assert isinstance(found[-1], Refusal)
    assert found[-1].reason in {"truncated", "wrong_encoding"}
    assert list(salvage(body)) == [json.dumps(one, ensure_ascii=False).encode() for one in elements]


def test_data_that_is_no_array() -> None:
    batch = Batch("dossiers", context())
    batch.add_data(b"null", "data")  # type: ignore[arg-type]
    batch.add_data(encode(dossier()), "data")  # type: ignore[arg-type]
    assert (len(batch.items), [one.reason for one in batch.refusals]) == (1, ["missing"])
