"""Mails through a real server."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chiso.folder.settings import SettingError
from chiso.instants import parse_instant
from chiso.steering.alerts.mail import SendError, Server
from tests.support.mailbox import mailbox

AT = parse_instant("2026-10-09T09:00")
SUBJECT = "[Chỉ số 766] Cảnh báo: Phường Long Xuyên — tổng điểm dưới 80"
TEXT = "Tổng điểm 79,50 (ngưỡng dưới 80 điểm).\nXem: https://chiso.example.vn/steering\n"


def test_a_mail_arrives_as_it_was_written() -> None:
    with mailbox() as box:
        Server.of(box.address).send("an@example.vn", SUBJECT, TEXT, AT, "chiso.1.1")
    ((recipients, message),) = box.mails
    assert recipients == ["an@example.vn"]
    assert message["Subject"] == SUBJECT
    assert message["From"] == "Chỉ số 766 <chiso@example.vn>"
    assert message["Message-ID"] == "<chiso.1.1@example.vn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Fri, 09 Oct 2026 09:00:00 +0700"
    assert message.get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_that_asks_for_a_password() -> None:
    with mailbox("chiso@example.vn", "mat khau") as box:
        address = f"smtp://chiso%40example.vn:mat%20khau@127.0.0.1:{box.port}"
        Server.of(address).send("an@example.vn", "x", "y", AT, "1")
        for wrong, why in (("mat", "user or password"), ("m%E1%BA%ADt", "UnicodeEncodeError")):
            with pytest.raises(SendError, match=why):
                Server.of(address.replace("mat%20khau", wrong)).send("an@example.vn", "x", "y", AT, "2")
    assert len(box.mails) == 1


def test_what_a_server_refuses_is_told_without_addresses() -> None:
    with mailbox() as box:
        box.refuse = {"nobody@example.vn"}
        server = Server.of(box.address)
        with pytest.raises(SendError, match="refused the recipient") as refused:
            server.send("nobody@example.vn", "x", "y", AT, "1")
        assert "nobody" not in str(refused.value)
        box.busy = True
        with pytest.raises(SendError, match="answered 451"):
            server.send("an@example.vn", "x", "y", AT, "1")
    with pytest.raises(SendError, match="cannot be reached"):
        server.send("an@example.vn", "x", "y", AT, "1")


def test_tls_is_taken_where_it_is_offered_and_asked_for_where_it_must_be(tmp_path: Path) -> None:
    with mailbox() as box, pytest.raises(SendError):
        Server.of(f"{box.address}&tls=must").send("an@example.vn", "x", "y", AT, "1")
    with mailbox(tls=_context(tmp_path)) as box, pytest.raises(SendError, match="SSLCertVerification"):
        # a certificate that nobody vouches for is not taken
        Server.of(box.address).send("an@example.vn", "x", "y", AT, "1")
    assert box.mails == []


def _context(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("address", "port", "tls"),
    [
        ("smtp://h?from=a@b.vn", 25, "may"),
        ("smtp://u%40b.vn:p@h", 587, "may"),
        ("smtps://u:p@h?from=a@b.vn", 465, "start"),
        ("smtp://h:2525?from=a@b.vn&tls=must", 2525, "must"),
    ],
)
def test_servers_as_the_setting_names_them(address: str, port: int, tls: str) -> None:
    server = Server.of(address)
    assert (server.port, server.tls) == (port, tls)


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.vn",
        "http://h?from=a@b.vn",
        "smtp://h",
        "smtp://h:x?from=a@b",
        "smtp://h?from=a@b&tls=no",
    ],
)
def test_settings_that_name_no_server(address: str) -> None:
    with pytest.raises(SettingError, match="mail"):
        Server.of(address)
