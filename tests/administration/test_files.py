from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chiso.administration.files import one_at_a_time, replace

COUNT = """
import sys
from pathlib import Path
from chiso.administration.files import one_at_a_time, replace
path = Path(sys.argv[1])
for _ in range(50):
    with one_at_a_time(path.parent):
        replace(path, str(int(path.read_text()) + 1))
"""


def test_changes_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "counted"
    path.write_text("0")
    together = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)]) for _ in range(4)]
    assert [one.wait() for one in together] == [0] * 4
    assert path.read_text() == "200"


def test_what_would_not_do_leaves_the_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    replace(path, "một\r\nhai")
    assert path.read_bytes() == "một\r\nhai".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    replace(path, "ba")
    assert path.stat().st_mode & 0o777 == 0o640

    def refuse(fresh: Path) -> None:
        assert fresh.read_text() == "bốn"
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        replace(path, "bốn", refuse)
    assert path.read_text() == "ba"
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


def test_the_turn_is_given_back_after_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), one_at_a_time(tmp_path):
        raise RuntimeError
    with one_at_a_time(tmp_path):
        pass
