"""Everybody can use it: WCAG 2.2 AA by axe on every page, keys alone, 200% zoom, a phone, nothing cut."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.instants import DAY, utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.steering import now
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from chiso.web.server import Served, served
from tests.support.axe import breaches
from tests.support.browser import chromium
from tests.support.messages import tell
from tests.support.people import with_factor
from tests.web.test_browser import FLAGS, opened
from tests.web.test_rights import addresses

pytestmark = pytest.mark.browser
PASSWORD = "lúa vàng đồng xa"
DEVICES: dict[str, pyotp.TOTP] = {}
"""What makes the codes of people's second factors."""
ADDRESSES = (
    "/",
    "/login",
    "/account",
    "/help",
    "/units",
    "/units?q=zzz",
    "/units/H01",
    "/units/H01.113?period=2026-09",
    "/units/H44",
    "/units/H01/indicators/2.1",
    "/units/H01/dossiers?indicator=2.1&part=missed",
    "/units/H01/lost",
    "/units/H01/lost?by=row",
    "/units/H01/why?a=2026-08&b=2026-09",
    "/why",
    "/todo",
    "/units/H01.113/todo",
    "/units/H01/lateness",
    "/units/H01/lateness/dossiers?class=late_work",
    "/units/H01/outlook?until=end",
    "/units/H01/plan?target=65&by=2026-12-31",
    "/units/H01/duties",
    "/units/H01.113/duties/{task}",
    "/units/H20/history",
    "/units/H01/reconcile",
    "/units/H01/reconcile/unexplained",
    "/units/H01/quality",
    "/units/H01/quality/dossiers?what=no_due",
    "/units/H01/brief",
    "/units/H01/message",
    "/dossiers/{dossier}",
    "/rank",
    "/rank?among=communes&q=phu",
    "/rank/race?among=communes",
    "/rank/map",
    "/compare?unit=H01.113&unit=H01.101",
    "/story/2023",
    "/procedures",
    "/procedures?what=fee",
    "/data",
    "/audit",
    "/steering",
    "/steering/documents",
    "/steering/documents/{document}",
    "/steering/duties/{target}",
    "/steering/duties/{task}",
    "/steering/reports",
    "/steering/alerts",
    "/steering/letters",
    "/steering/letters/new?to=departments",
    "/steering/letters/{letter}",
    "/admin",
    "/admin/accounts",
    "/admin/accounts/binh",
    "/admin/senders",
    "/admin/senders/{sender}",
    "/admin/units?q=long",
    "/admin/units/change?what=merge",
    "/admin/procedures",
    "/admin/procedures/2.000815",
    "/admin/days?year=2026",
    "/admin/laws",
    "/admin/refused",
    "/admin/refused/alike?{alike}",
    "/admin/refused/1",
    "/admin/settings",
    "/public",
    "/public?q=zzz",
    "/public?among=provinces",
    "/public/units/H01.113",
    "/public/how",
    "/public/data",
    "/public/embed?rows=5",
    "/public/units/H99",
    "/nowhere",
    "/units/H01?period=never",
)
NO_PAGES = ("/api/", "/static/", "/schema", "/dvcqg", "/healthz", "/readyz", "/metrics")
FILES = (
    ".csv",
    ".jsonl",
    ".xlsx",
    ".parquet",
    ".pdf",
    ".docx",
    ".zip",
    "/file",
    "{digest}",
    "/data/{name}",
    "/preview",
)


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def standing(built: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A folder with accounts, a document with a target and a task, and a year of dossiers."""
    path = Path(shutil.copytree(built[0], tmp_path_factory.mktemp("everyone") / "data"))
    with DataFolder.open(path, standing=True, settings=Settings(steering_writes="on")) as folder:
        known = folder.now() - 20 * DAY
        paper = {"number": "308/UBND-TH", "date": "2026-09-01", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
        tell(folder, "documents", paper, known_at=known)
        ask = {"document": "308/UBND-TH", "by": "2026-10-17"}
        tell(
            folder, "targets", {**ask, "among": "communes", "what": "2.1", "threshold": "95%"}, known_at=known
        )
        task = {"document": "308/UBND-TH", "task": "Báo cáo", "unit": "H01.113", "due": "2026-10-13"}
        tell(folder, "tasks", task, known_at=known)
        folder.year_trail()
        people = People(folder.ledger)
        people.accounts.add(
            "binh",
            "Trần Văn Bình",
            [Grant(Role.CONTROLLER, "H01"), Grant(Role.ADMINISTRATOR, "H01")],
            utc_now(),
            PASSWORD,
        )
        DEVICES["binh"] = with_factor(people, "binh")
        with served(folder) as house:
            make_letter(house)
            yield house


def session_of(standing: Served) -> str:
    people: People = standing.house.people
    return people.sessions.open(people.accounts.by_login("binh"), utc_now())


def make_letter(standing: Served) -> None:
    """A letter, through the address for programs."""
    with httpx.Client(base_url=standing.address, timeout=120) as client:
        client.cookies.set(COOKIE, session_of(standing))
        client.get("/steering/letters/new").raise_for_status()
        headers = {"x-csrftoken": client.cookies["chiso_form"]}
        told = {"to": "departments", "anyway": True}
        client.post("/api/v1/letters/new", json=told, headers=headers).raise_for_status()


def signed_in(started: Browser, standing: Served, **options: object) -> Page:
    context = started.new_context(reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": session_of(standing), "url": standing.address}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def alike(folder: DataFolder) -> str:
    """The query of the refused pieces that are like the first one."""
    one = folder.quarantine(1, 0)["rows"][0]
    return urlencode({name: one[name] for name in ("reason", "field", "sender", "kind")})


def filled(standing: Served, address: str) -> str:
    """The address with the ids that this folder gave."""
    register = now.register(standing.folder)
    ids = {
        "{dossier}": str(standing.folder.dossiers("H01.113")["rows"][0]["code"]),
        "{document}": next(iter(register.documents)),
        "{target}": next(id for id, one in register.duties.items() if one.kind == "target"),
        "{task}": next(id for id, one in register.duties.items() if one.kind == "task"),
        "{letter}": "1",
        "{sender}": quote("một cửa"),
        "{alike}": alike(standing.folder),
    }
    for name, value in ids.items():
        address = address.replace(name, value)
    return address


def test_every_page_is_looked_at(folder: DataFolder) -> None:
    """What has an address of its own and is a page stands in the list above."""
    pages = {
        template
        for template, method in addresses(create_app(folder))
        if method == "GET" and not template.startswith(NO_PAGES) and not template.endswith(FILES)
    }
    held = [address.partition("?")[0].split("/") for address in ADDRESSES]

    def alike(one: str, other: str) -> bool:
        return one == other or one.startswith("{")

    def stands(template: str) -> bool:
        parts = template.split("/")
        return any(len(parts) == len(one) and all(map(alike, parts, one)) for one in held)

    assert {one for one in pages if not stands(one)} == {"/login/sso", "/login/sso/back"}, "those lead away"


@pytest.fixture(scope="module")
def reader(started: Browser, standing: Served) -> Iterator[Page]:
    """Somebody who has signed in, on an office screen."""
    page = signed_in(started, standing, viewport={"width": 1280, "height": 900})
    yield page
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_breaks_the_guidelines(
    started: Browser, reader: Page, standing: Served, address: str, lang: str
) -> None:
    address = filled(standing, address)
    if address == "/login":  # who has signed in is led on from here
        reader = started.new_page()
    reader.goto(f"{standing.address}{address}{'&' if '?' in address else '?'}lang={lang}")
    assert reader.evaluate("document.documentElement.lang") == lang
    assert not breaches(reader)


CUT = """() => [...document.querySelectorAll(".top-in *, .bar-in > *, .nav a")].filter(one => {
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  if (!box.width || one.closest(".sr, .panel, svg")) return false;
  for (let up = one; up; up = up.parentElement) if (getComputedStyle(up).clipPath !== "none") return false;
  return one.scrollWidth > one.clientWidth + 1 && style.display !== "inline"
    || box.right > innerWidth || box.left < 0;
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [390, 901, 1024, 1280])
def test_nothing_in_the_head_is_cut(started: Browser, standing: Served, width: int, lang: str) -> None:
    page = signed_in(started, standing, viewport={"width": width, "height": 800})
    for address in ("/", "/units/H01?period=2026-H1"):
        page.goto(f"{standing.address}{address}{'&' if '?' in address else '?'}lang={lang}")
        page.evaluate("document.fonts.ready")
        assert page.evaluate(CUT) == []
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scale"), [(640, 2), (390, 2)])
def test_pages_are_whole_at_twice_the_size_and_on_a_phone(
    started: Browser, standing: Served, width: int, scale: int
) -> None:
    page = signed_in(started, standing, viewport={"width": width, "height": 450}, device_scale_factor=scale)
    for address in ADDRESSES:
        page.goto(standing.address + filled(standing, address))
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
    page.context.close()


def test_on_a_phone_all_pages_are_two_touches_away(started: Browser, standing: Served) -> None:
    page = signed_in(started, standing, viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.goto(standing.address)
    dock = page.locator(".dock")
    dock.locator("summary").click()
    links = dock.locator("a")
    assert links.count() == page.locator(".nav a").count()
    for number in range(links.count()):
        box = links.nth(number).bounding_box()
        assert box is not None
        assert box["height"] >= 24
        assert box["width"] >= 24
    page.context.close()


def at_focus(page: Page) -> str:
    found: str = page.evaluate("(document.activeElement || {}).outerHTML || ''")
    return found


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Goes there by the Tab key alone; every stop on the way can be seen to be one."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        seen = page.evaluate(
            """() => { const one = document.activeElement, style = getComputedStyle(one);
            // the parts of a date's field show by themselves which of them has the focus
            return one === document.body || one.type === "date" || style.outlineStyle !== "none"
              || style.boxShadow !== "none"; }"""
        )
        assert seen, at_focus(page)[:200]
    raise AssertionError(f"{selector} is not reached by the keyboard: {at_focus(page)[:200]}")


def enter(page: Page) -> None:
    """Follows a link or sends a form by the Enter key, and waits for the page it leads to."""
    with page.expect_navigation(timeout=60_000):
        page.keyboard.press("Enter")


@pytest.mark.slow
def test_keys_alone_are_enough(started: Browser, standing: Served) -> None:
    """Sign in, open today's work, make a letter, take a table along, sign out: no pointer."""
    page = opened(started, standing.address + "/login?next=%2F", viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "input[name=login]")
    page.keyboard.type("binh")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    enter(page)
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    tab_to(page, "input[name=code]")
    page.keyboard.type(DEVICES["binh"].now())
    enter(page)
    expect(page.locator(".total b")).to_be_visible(timeout=60_000)

    page.keyboard.press("Tab")
    assert "skip" in at_focus(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()

    tab_to(page, '.nav a[href^="/todo"]')
    enter(page)
    expect(page.locator("h1")).to_be_visible(timeout=60_000)
    tab_to(page, "[data-item]")
    page.keyboard.press("Enter")
    expect(page.locator('[data-part="detail"]')).to_be_visible(timeout=60_000)

    page.goto(standing.address + "/steering/letters")
    tab_to(page, 'a[href^="/steering/letters/new"]')
    enter(page)
    tab_to(page, "[data-letter-form] input[name=signer]")
    page.keyboard.type("Lê Thị Hoa")
    draft = page.locator("[data-letter-inner]")
    expect(draft).to_contain_text("Lê Thị Hoa", timeout=60_000)
    tab_to(page, "[data-letter-inner] button[type=submit]")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/steering/letters/\d+"), timeout=60_000)

    page.goto(standing.address + "/rank?among=communes")
    tab_to(page, ".files > summary")
    page.keyboard.press("Enter")
    tab_to(page, '.files a[href*="format=xlsx"]')
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.files > summary')")

    page.goto(standing.address + "/account")
    tab_to(page, 'form[action="/logout"] button')
    enter(page)
    expect(page.locator("input[name=login]")).to_be_visible(timeout=60_000)
    page.context.close()


def test_on_paper_there_is_no_navigation(reader: Page, standing: Served) -> None:
    reader.goto(standing.address + "/units/H01")
    reader.emulate_media(media="print")
    for selector in (".top", ".bar-of-pages", ".dock", ".files", ".skip"):
        assert not reader.locator(selector).first.is_visible(), selector
    assert reader.locator("h1").is_visible()
    reader.emulate_media(media="screen")
