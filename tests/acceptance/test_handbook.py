"""The operator's handbook, followed command by command on an empty machine.

The database server, the proxy, the program's installation and everything it does are real.  Stood in for is
what a test must not do to the machine it runs on: its users (sudo, useradd, owners of folders) and its
service manager, whose unit file is read for what it starts.  Folders of the machine are folders of the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SUDO = """#!/bin/bash
if [ "$1" = -u ]; then
    [ "$2" = postgres ] && export PGUSER=postgres
    shift 2
fi
exec "$@"
"""
NOTHING = "#!/bin/sh\nexit 0\n"
INSTALL = """#!/bin/bash
words=()
while [ $# -gt 0 ]; do
    case "$1" in -o|-g) shift 2;; *) words+=("$1"); shift;; esac
done
exec /usr/bin/install "${words[@]}"
"""
SYSTEMCTL = """#!/bin/bash
case "$*" in
    daemon-reload) ;;
    "enable --now chiso"|"start chiso")
        unit=@etc@/systemd/system/chiso.service
        set -a
        eval "$(sed -n 's/^Environment=//p' $unit)"
        . @etc@/chiso/environment
        set +a
        command=$(sed -n 's/^ExecStart=//p' $unit)
        setsid $command --port @port@ >>@log@/chiso.log 2>&1 &
        echo $! >@log@/chiso.pid;;
    "stop chiso")
        kill -TERM "$(cat @log@/chiso.pid)"
        tail --pid="$(cat @log@/chiso.pid)" -f /dev/null
        rm @log@/chiso.pid;;
    "reload nginx")
        nginx -s reload 2>/dev/null || nginx;;
    *) echo "unknown: $*" >&2; exit 1;;
esac
"""
NGINX = """#!/bin/sh
exec /usr/sbin/nginx -p @etc@/nginx -c @etc@/nginx/nginx.conf -e @log@/error.log "$@"
"""
MAIN = """@user@pid @log@/nginx.pid;
error_log @log@/error.log;
events {}
http {
    client_body_temp_path @log@/body; proxy_temp_path @log@/proxy; fastcgi_temp_path @log@/fastcgi;
    uwsgi_temp_path @log@/uwsgi; scgi_temp_path @log@/scgi;
    include @etc@/nginx/conf.d/*.conf;
}
"""


class Machine:
    """A folder in which the handbook is followed."""

    def __init__(self, place: Path, postgres: Postgres) -> None:
        self.place = place
        self.port, self.plain, self.secure = free_port(), free_port(0), free_port(0)
        self.paths = {
            "/usr/src/chiso": place / "src", "/usr/local/bin": place / "bin", "/opt/chiso": place / "opt",
            "/srv/chiso": place / "srv", "/etc/": f"{place / 'etc'}/", "/backup": place / "backup",
            "/safe": place / "safe", "/var/log/nginx": place / "log", "/var/run/postgresql": postgres.folder,
            "https://chiso.example.vn": f"https://chiso.example.vn:{self.secure}",
            "chiso.example.vn:443:": f"chiso.example.vn:{self.secure}:",
            "127.0.0.1:8766": f"127.0.0.1:{self.port}", "127.0.0.1:8767": f"127.0.0.1:{self.port + 1}",
            "127.0.0.1:8768": f"127.0.0.1:{self.port + 2}",
        }  # fmt: skip
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CHISO_", "PG"))},
            "PATH": f"{place / 'bin'}:{postgres.binaries}:{os.environ['PATH']}",
            "PGHOST": str(postgres.folder), "PGPORT": str(postgres.port), "HOME": str(place),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
        }  # fmt: skip

    def there(self, text: str) -> str:
        """A text of the handbook with this machine's places."""
        for name, path in sorted(self.paths.items(), key=lambda pair: -len(pair[0])):
            # a folder is one only where it begins: not within another one's name
            begins = r"(?<![\w./-])" if name.startswith("/") else ""
            text = re.sub(begins + re.escape(name), str(path), text)
        return text

    def build(self) -> None:
        """What is on a bare machine: programs to call, our source."""
        place = self.place
        for name in ("bin", "log", "etc/systemd/system", "etc/nginx/conf.d", "home"):
            (place / name).mkdir(parents=True)
        names = {"etc": place / "etc", "log": place / "log", "port": self.port,
                 "user": "user root;\n" if os.geteuid() == 0 else ""}  # fmt: skip

        def filled(text: str) -> str:
            return re.sub(r"@(\w+)@", lambda found: str(names[found[1]]), text)

        for name, text in (
            ("sudo", SUDO), ("useradd", NOTHING), ("install", INSTALL), ("systemctl", SYSTEMCTL),
            ("nginx", NGINX),
        ):  # fmt: skip
            path = place / "bin" / name
            path.write_text(filled(text), encoding="utf-8")
            path.chmod(0o755)
        (place / "etc" / "nginx" / "nginx.conf").write_text(filled(MAIN), encoding="utf-8")
        source = place / "src"
        source.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source / name)
        shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "deploy", source / "deploy")
        for path in (source / "deploy").iterdir():
            text = self.there(path.read_text(encoding="utf-8"))
            text = text.replace("listen 80;", f"listen 127.0.0.1:{self.plain};")
            text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.secure} ssl")
            path.write_text(text, encoding="utf-8")

    def run(self, block: str) -> str:
        """Runs a block as a person would type it; every command must succeed."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", self.there(block)], cwd=self.place / "home",
            env=self.environment, capture_output=True, text=True, check=False, timeout=540,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout + done.stderr

    def end(self) -> None:
        for name in ("chiso.pid", "nginx.pid"):
            path = self.place / "log" / name
            if path.is_file():
                with suppress(ProcessLookupError, ValueError):
                    os.killpg(int(path.read_text()), signal.SIGKILL)


@pytest.fixture
def machine(tmp_path: Path, postgres: Postgres) -> Iterator[Machine]:
    for name in ("nginx", "openssl", "curl"):
        if shutil.which(name) is None:
            pytest.skip(f"no {name} is installed")
    found = Machine(tmp_path / "machine", postgres)
    found.build()
    try:
        yield found
    finally:
        found.end()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1200)
def test_the_handbook_is_followed(machine: Machine) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "handbook.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 10
    said = [machine.run(block) for block in blocks]
    whole = "\n".join(said)
    home = machine.place / "home"
    assert json.loads((home / "answer.json").read_text())["error_code"] == "0"
    before, after = (json.loads((home / name).read_text()) for name in ("before.json", "after.json"))
    assert before["indicators"]["2.1"]["d"] == 1
    for told in (before, after):
        told.pop("at")
        told.pop("as_of")
    assert after == before
    assert whole.count("all counts agree") == 4
    assert "running server" in whole
    assert whole.count("ready") >= 4
    assert (machine.place / "safe" / "secret.key").is_file()
    log = (machine.place / "log" / "chiso.log").read_text(encoding="utf-8")
    assert "Nguyễn Văn A" not in log
