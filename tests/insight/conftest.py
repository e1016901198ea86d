"""The small province of the folder's tests, which nobody changes, and copies of it."""

from __future__ import annotations

from tests.folder.conftest import own, own_path, province, province_path

__all__ = ["own", "own_path", "province", "province_path"]
