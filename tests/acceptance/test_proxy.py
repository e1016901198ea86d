"""Behind real nginx and Caddy, with the files of deploy/: TLS, live streams, limits, a killed process."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chiso.demo.world import UNTIL
from chiso.folder import DataFolder
from chiso.instants import DAY
from chiso.ledger.clock import Clock
from tests.support.messages import dossier
from tests.support.serving import Serving, free_port, soon
from tests.web.test_stream import Reader, count

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "chiso.example.vn"


@dataclass
class Proxied:
    serving: Serving
    key: str
    plain: int
    """port without TLS"""
    secure: int
    trust: ssl.SSLContext

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.secure}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, verify=self.trust, timeout=60, trust_env=False)


def certificate(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "fullchain.pem"
    names = f"subjectAltName=DNS:{NAME},DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert),
         "-days", "2", "-subj", f"/CN={NAME}", "-addext", names),
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def nginx(folder: Path, ports: tuple[int, int], upstream: int) -> list[str]:
    """The command of an nginx with our file in its http block."""
    certificate(folder)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{ports[0]};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{ports[1]} ssl"),
        ("/etc/ssl/chiso/", f"{folder}/"),
        ("/var/log/nginx/chiso.log", f"{folder}/access.log"),
        ("127.0.0.1:8767", f"127.0.0.1:{upstream + 1}"),
        ("127.0.0.1:8768", f"127.0.0.1:{upstream + 2}"),
        (f"server_name {NAME};", f"server_name {NAME} 127.0.0.1;"),
    ):
        assert old in text
        text = text.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{places}{text}\n}}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "main.conf"), "-e", str(folder / "error.log")]
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
    return command


def caddy(folder: Path, ports: tuple[int, int], upstream: int) -> list[str]:
    """The command of a Caddy with our file, and a certificate of our own."""
    cert, key = certificate(folder)
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    for old, new in (
        (f"{NAME} {{", f"https://127.0.0.1:{ports[1]}, https://{NAME}:{ports[1]} {{\n\ttls {cert} {key}"),
        ("/var/log/caddy/chiso.log", f"{folder}/access.log"),
        ("127.0.0.1:8767", f"127.0.0.1:{upstream + 1}"),
        ("127.0.0.1:8768", f"127.0.0.1:{upstream + 2}"),
    ):
        assert old in text
        text = text.replace(old, new)
    told = f"{{\n\tadmin off\n\thttp_port {ports[0]}\n\thttps_port {ports[1]}\n}}\n{text}"
    (folder / "Caddyfile").write_text(told, encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture(params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxied]:
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} is installed")
    monkeypatch.setenv("CHISO_HTTPS", "true")
    folder, place = tmp_path / "data", tmp_path / "proxy"
    place.mkdir()
    with DataFolder.open(folder) as opened:
        opened.ledger.clock.set(Clock(UNTIL))
        key = opened.ledger.senders.add("một cửa", "H01", UNTIL).key
    port = free_port()
    ports = (free_port(0), free_port(0))
    make = {"nginx": nginx, "caddy": caddy}[request.param]
    trust = ssl.create_default_context()
    with Serving(folder, tmp_path / "log", "--processes", "2", port=port) as serving:
        command = make(place, ports, port)
        trust.load_verify_locations(place / "fullchain.pem")
        with (place / "log").open("wb") as log:
            proxy = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(place)},
                start_new_session=True,
            )
        try:
            for own in (port + 1, port + 2):
                serving.ready(own)
            found = Proxied(serving, key, *ports, trust)
            with found.client() as client:
                soon(lambda: client.get("/healthz").status_code == 200, "the proxy answers")
            yield found
        finally:
            os.killpg(proxy.pid, signal.SIGKILL)  # in order it would wait for open streams
            proxy.wait(20)


@pytest.mark.slow
def test_a_server_behind_a_proxy(proxied: Proxied, tmp_path: Path) -> None:
    plain = httpx.get(
        f"http://127.0.0.1:{proxied.plain}/units", headers={"Host": NAME}, trust_env=False, timeout=30
    )
    assert plain.status_code in (301, 308)
    assert plain.headers["location"].startswith(f"https://{NAME}")
    with proxied.client() as client:
        page = client.get("/?lang=en")
        assert page.status_code == 200
        assert "max-age" in page.headers["strict-transport-security"]
        for closed in ("/metrics", "/api/v1/standing"):
            assert client.get(closed).status_code == 404

        # a stream is live through the proxy, whichever process takes the message
        address = f"{proxied.address}/api/v1/stream?unit=H01"
        reader = Reader(address, verify=proxied.trust)
        before = count(reader.wait("score", 1))
        headers = {"Authorization": f"Bearer {proxied.key}"}

        def post(*numbers: int, padding: int = 0) -> httpx.Response:
            told = [
                dossier(f"H01.113-261009-{one:05d}", UNTIL - DAY, UNTIL + DAY, GhiChu="x" * padding)
                for one in numbers
            ]
            return client.post("/dvcqg/DongBoHoSoMC", json=told, headers=headers)

        for number in range(1, 9):
            assert post(number).json()["error_code"] == "0"
        reader.until("score", lambda score: count(score) == before + 8)

        # senders may send much, others may not
        assert post(20, padding=2_000_000).json()["error_code"] == "0"
        # (502: what older versions of Caddy make of it)
        assert client.post("/login", content=b"x" * 2_000_000).status_code in (413, 502)

        # whoever comes through the proxy is not "from this machine": forms are closed to them
        assert client.get("/steering").status_code in (200, 303)
        answer = client.post(
            "/steering/documents", data={"number": "1/CT"}, headers={"Origin": proxied.address}
        )
        assert answer.status_code in (401, 403, 404, 405)

        # one process is killed: readers do not notice
        one = proxied.serving.told()[proxied.serving.port + 1]["pid"]
        os.kill(one, signal.SIGKILL)
        for _ in range(40):
            assert client.get("/units").status_code == 200
        proxied.serving.ready(proxied.serving.port + 1)

    log = (tmp_path / "proxy" / "access.log").read_text(encoding="utf-8")
    assert "unit=H01" not in log
    assert proxied.key not in log
