"""Unit, dossier and procedure codes in all spellings that senders use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.registry.codes import (
    dossier_prefix,
    parent_code,
    procedure_code,
    province_of,
    unit_code,
    unit_code_within,
)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("H01.113", "H01.113"),
        (" h01.113 ", "H01.113"),
        ("H01", "H01"),
        ("000.00.01.H22", "H22.01"),
        ("000.00.13.H01", "H01.13"),
        ("000.00.00.H49", "H49"),
        ("000.02.13.H01", "H01.13.02"),
        ("005.02.13.H01", "H01.13.02.005"),
        ("000.00.113.H01", "H01.113"),
        ("H01.13.00.000", "H01.13"),
        ("000.00.00.G22", "G22"),
        ("gso:883", "gso:883"),
        ("GSO:30292", "gso:30292"),
        ("own:H01.02", "own:H01.02"),
        # a gap in the middle stays: it is not the unit H01.05
        ("000.05.00.H01", "H01.00.05"),
    ],
)
def test_canonical(written, canonical):
    assert unit_code(written) == canonical


@pytest.mark.parametrize(
    "written", ["", "H1", "H001", "UBND", "H01.", "H01.1", ".H01", "A01.02", "883", "H01-1", "H٠١"]
)
def test_no_unit_code(written):
    assert unit_code(written) is None


@given(
    st.integers(1, 63),
    st.lists(st.integers(1, 99), max_size=3),
)
def test_old_and_new_form_are_the_same_unit(province, parts):
    new = ".".join([f"H{province:02d}", *(f"{part:02d}" for part in parts)])
    filled = [*(f"{part:02d}" for part in parts), "00", "00", "00"][:3]
    y, z, v = filled
    old = f"0{v}.{z}.{y}.H{province:02d}" if v != "00" else f"000.{z}.{y}.H{province:02d}"
    expected = new if v == "00" else f"H{province:02d}.{y}.{z}.0{v}"
    assert unit_code(old) == expected
    assert unit_code(expected) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UBND phường Long Phú (H01.113)", "H01.113"),
        ("H01.113 - UBND phường Long Phú", "H01.113"),
        ("Sở Công Thương, mã 000.00.06.H01.", "H01.06"),
        ("UBND tỉnh (H01), Sở Công Thương (H01.06)", "H01.06"),
        ("H01.113", "H01.113"),
        ("UBND huyện gso:883", "gso:883"),
        ("UBND phường Long Phú", None),
        ("", None),
        ("lúc h12 trưa", None),
        ("số 12.H01A", None),
        ("đườngH01.05", None),
        ("IPv4 1.000.00.13.H01x", None),
    ],
)
def test_within_free_text(text, code):
    assert unit_code_within(text) == code


@pytest.mark.parametrize(
    ("dossier", "unit"),
    [
        ("H01.113-261012-00045", "H01.113"),
        ("000.00.13.H01-230327-0001", "H01.13"),
        ("000.00.00.H01-230327-0001", "H01"),
        ("261012-00045", None),
        ("H01.113", None),
        ("", None),
    ],
)
def test_prefix_of_a_dossier(dossier, unit):
    assert dossier_prefix(dossier) == unit


@pytest.mark.parametrize(
    ("code", "province", "parent"),
    [
        ("H01.113", "H01", "H01"),
        ("H01.13.02", "H01", "H01.13"),
        ("H01", "H01", None),
        ("G22", None, None),
        ("gso:883", None, None),
        ("own:H01.02", "H01", "H01"),
    ],
)
def test_province_and_parent(code, province, parent):
    assert province_of(code) == province
    assert parent_code(code) == parent


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.001776", "1.001776"),
        (" 1.004194.000.00.00.H17 ", "1.004194"),
        ("2.000815.H01", "2.000815"),
        ("2.000815.h01.113", "2.000815"),
        ("1.00177", None),
        ("1.0017766", None),
        ("11.001776", None),
        ("1.001776.", None),
        ("1.001776.xyz", None),
        ("", None),
    ],
)
def test_procedure_code(written, code):
    assert procedure_code(written) == code
