from __future__ import annotations

import re

from chiso.intake import privacy

KEY, OTHER = b"k" * 32, b"o" * 32


def test_hashes_are_keyed_and_stable() -> None:
    first = privacy.owner_hash("089199001234", KEY)
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert first == privacy.owner_hash("089199001234", KEY)
    assert first != privacy.owner_hash("089199001234", OTHER)
    assert first != privacy.owner_hash("089199001235", KEY)
    assert privacy.link_hash("089199001234", KEY) != "#" + first, "each use has hashes of its own"


def test_a_hash_that_comes_back_is_kept() -> None:
    owner = privacy.owner_hash("089199001234", KEY)
    assert privacy.owner_hash("#" + owner, KEY) == owner
    link = privacy.link_hash("https://tep.example.vn/1", KEY)
    assert privacy.link_hash(link, KEY) == link
    content = privacy.content_hash("Tiếp nhận", KEY)
    assert re.fullmatch(r"#[0-9a-f]{8}", content)
    assert privacy.content_hash(content, KEY) == content
    assert privacy.owner_hash("#short", KEY) != "short"


def test_placeholders() -> None:
    for number in ("000000001", "000000000", "111111111111", "123456789", "012345678"):
        assert privacy.is_placeholder(number)
    for number in ("089199001234", "345678912", "00000"):
        assert not privacy.is_placeholder(number)


def test_surrogates_can_be_hashed() -> None:
    assert privacy.owner_hash("\ud800", KEY)
