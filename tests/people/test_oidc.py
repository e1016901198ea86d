"""What a provider says counts only when all of it holds: tried against a real one, told to lie."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from chiso.people import oidc
from chiso.people.oidc import Client, Provider, SsoError, back_address, provider_of, safe_address
from tests.support.oidc import ADDRESS, Running, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def started() -> Iterator[Running]:
    with running() as found:
        found.user("u-1", email="an@angiang.gov.vn", email_verified=True, groups=["mot-cua"])
        yield found


@pytest.fixture
def real(started: Running) -> Running:
    started.twist()
    return started


def provider(real: Running, **change: str) -> Provider:
    told = {
        "issuer": real.issuer,
        "client": real.client,
        "secret": real.secret,
        "back": back_address(ADDRESS),
    }
    return Provider(Client(**(told | change)))


def signed_in(real: Running, one: Provider, **change: Any) -> dict[str, Any]:
    now = int(time.time())
    address, asked = one.begin("/", now)
    told = real.agree(address, "u-1")
    assert told["state"] == asked.state
    return one.finish(told["code"], asked, change.get("now", now))


def test_somebody_signs_in_by_code_with_pkce_state_and_nonce(real: Running) -> None:
    one = provider(real)
    claims = signed_in(real, one)
    assert (claims["sub"], claims["email"], claims["groups"]) == ("u-1", "an@angiang.gov.vn", ["mot-cua"])
    sent = real.seen()[-1]
    assert sent == {
        "fields": ["code", "code_verifier", "grant_type", "redirect_uri"], "basic": True, "status": 200,
    }  # fmt: skip
    assert one.begin("/", 0)[1] != one.begin("/", 0)[1]


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"drop": ["nonce"]},
        {"claims": {"iss": "https://evil.example.com"}},
        {"drop": ["iss"]},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["another"]}},
        {"drop": ["aud"]},
        {"claims": {"exp": 1}},
        {"drop": ["exp"]},
        {"claims": {"exp": "soon"}},
        {"claims": {"iat": 99_999_999_999}},
        {"claims": {"azp": "another"}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"drop": ["sub"]},
        {"alg": "none"},
        {"alg": "HS256"},
        {"foreign": True},
        {"userinfo": {"sub": "somebody else", "email": "admin@angiang.gov.vn"}},
    ],
    ids=str,
)
def test_a_token_with_anything_wrong_is_refused(real: Running, lie: dict[str, Any]) -> None:
    real.twist(**lie)
    with pytest.raises(SsoError, match="the id token is refused") as caught:
        signed_in(real, provider(real))
    assert "u-1" not in caught.value.message_en
    assert "đăng nhập lại" in caught.value.message_vi


def test_several_audiences_need_a_named_party(real: Running) -> None:
    real.twist(claims={"aud": [real.client, "another"]})
    with pytest.raises(SsoError, match="names no party"):
        signed_in(real, provider(real))
    real.twist(claims={"aud": [real.client, "another"], "azp": real.client})
    assert signed_in(real, provider(real))["sub"] == "u-1"


def test_a_token_is_good_for_its_time_with_a_minute_between_the_clocks(real: Running) -> None:
    now = int(time.time())
    real.twist(claims={"exp": now + 100})
    assert signed_in(real, provider(real), now=now + 150)["sub"] == "u-1"
    with pytest.raises(SsoError, match="expired_token exp"):
        signed_in(real, provider(real), now=now + 170)


def test_a_code_is_worth_nothing_twice_or_without_its_verifier(real: Running) -> None:
    one, now = provider(real), int(time.time())
    address, asked = one.begin("/", now)
    other = one.begin("/", now)[1]
    told = real.agree(address, "u-1")
    with pytest.raises(SsoError, match="400 invalid_grant"):
        one.finish(told["code"], other, now)
    code = real.agree(address, "u-1")["code"]
    one.finish(code, asked, now)
    with pytest.raises(SsoError, match="400 invalid_grant"):
        one.finish(code, asked, now)


def test_a_wrong_secret_is_refused_and_told_to_nobody(real: Running) -> None:
    one = provider(real, secret="not-the-secret")
    with pytest.raises(SsoError) as caught:
        signed_in(real, one)
    assert "not-the-secret" not in str(caught.value) + repr(one.client) + repr(vars(one))
    assert "invalid_client" in str(caught.value)


def test_new_keys_are_looked_for_when_a_token_asks_for_them(
    real: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = provider(real)
    signed_in(real, one)
    real.rotate()
    with pytest.raises(SsoError, match="no key"):
        signed_in(real, one)  # asked just now: no flood of strange tokens becomes one of requests
    monkeypatch.setattr(oidc, "ASKED_EVERY", 0.0)
    assert signed_in(real, one)["sub"] == "u-1"


def test_a_provider_that_is_not_there_or_is_another_says_so(real: Running) -> None:
    with pytest.raises(SsoError, match="cannot be reached") as caught:
        provider(real, issuer="http://127.0.0.1:9").described()
    assert "thử lại sau ít phút" in caught.value.message_vi
    with pytest.raises(SsoError, match="not that of the issuer"):
        provider(real, issuer=real.issuer.replace("127.0.0.1", "localhost") + "/").described()
    with pytest.raises(SsoError, match="not https"):
        provider(real, issuer="http://sso.example.vn").described()


def test_signing_out_leads_to_the_provider(real: Running) -> None:
    address = provider(real).sign_out_address(f"{ADDRESS}/login")
    assert address is not None
    assert address.startswith(f"{real.issuer}/oauth2/end_session?client_id=")
    assert provider(real, issuer="http://127.0.0.1:9").sign_out_address("/") is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.vn/x", True),
        ("http://localhost:1/x", True),
        ("http://127.0.0.1/x", True),
        ("http://a.vn/x", False),
        ("http://localhost.evil.vn/x", False),
        ("file:///etc/passwd", False),
        ("//a.vn", False),
    ],
)
def test_providers_are_spoken_to_over_tls(url: str, safe: bool) -> None:
    assert safe_address(url) is safe


def test_no_provider_without_settings() -> None:
    from chiso.folder.settings import Settings

    assert provider_of(Settings()) is None
    found = provider_of(Settings(sso_issuer="https://a.vn", sso_client="c", address=ADDRESS + "/"))
    assert found is not None
    assert found.client.back == f"{ADDRESS}/login/sso/back"
