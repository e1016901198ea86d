"""The browser that tests of pages start: the system's own Chromium."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Looked for in this order; the set-up of the tests looks for the same."""


def chromium() -> str:
    """The path of a Chromium.  Skips the test where there is none, and fails it in CI."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium is installed (package chromium)")
    pytest.skip("no Chromium is installed (package chromium)")
