"""The pages of what directs the work in a real browser: a reminder by keyboard, a report with a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.instants import parse_instant
from chiso.steering import now
from chiso.steering.alerts.answers import add_contact
from chiso.steering.alerts.round import look
from chiso.steering.alerts.sending import deliver
from chiso.steering.entering import by_command, enter_document
from chiso.steering.letters.make import make
from chiso.steering.letters.register import entered
from chiso.steering.letters.request import Request
from chiso.steering.walk import walk_of
from chiso.web.server import Served, served
from tests.support.browser import chromium
from tests.support.mailbox import Mailbox, mailbox
from tests.support.messages import tell
from tests.web.test_browser import FLAGS, opened

pytestmark = pytest.mark.browser
KNOWN = parse_instant("2026-09-14T08:00")
TASK = "Xây dựng kế hoạch đẩy mạnh dịch vụ công trực tuyến và thanh toán trực tuyến trên địa bàn"


@dataclass
class Office:
    """A province that is directed, served, with its mails."""

    folder: DataFolder
    house: Served
    box: Mailbox
    document: str
    task: str
    coverage: str

    def pages(self) -> list[str]:
        """Every page of steering with something on it."""
        return [
            "/steering",
            "/steering/documents",
            f"/steering/documents/{self.document}",
            f"/steering/duties/{self.task}",
            f"/steering/duties/{self.coverage}",
            "/steering/reports",
            "/steering/alerts",
            "/steering/letters?made=1",
            "/steering/letters/1",
            "/steering/letters/new?to=communes&deadline=2026-10-25",
            "/units/H01.113/duties",
            f"/units/H01.113/duties/{self.task}",
        ]


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def office(built: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = Path(shutil.copytree(built[0], tmp_path_factory.mktemp("office") / "data"))
    with (
        mailbox() as box,
        DataFolder.open(path, standing=True, settings=Settings(mail=box.address, quiet_hours="")) as folder,
    ):
        folder.year_trail()
        hand = by_command(folder)
        given = {
            "number": "812/UBND-KSTT", "date": "2026-09-14", "issuer": "Ủy ban nhân dân tỉnh An Giang",
            "subject": "Về việc đẩy mạnh số hóa hồ sơ và thanh toán trực tuyến ba tháng cuối năm 2026",
        }  # fmt: skip
        tell(folder, "documents", given, known_at=KNOWN)
        document = enter_document(folder, given, hand, ("812-UBND-KSTT.pdf", b"%PDF-1.7")).id
        communes = [one.code for one in folder.registry.units.league("communes")]
        names = ({"list": "97 đơn vị", "unit": code} for code in communes[:30])
        tell(folder, "unit_lists", *names, known_at=KNOWN)
        ask = {"document": "812/UBND-KSTT", "by": "2026-10-17"}
        tell(
            folder,
            "targets",
            {**ask, "what": "digitisation", "threshold": "50%", "among": "communes"},
            {**ask, "what": "certified_copies", "threshold": 1, "list": "97 đơn vị", "at_least": "100%"},
            known_at=KNOWN,
        )
        row = {"document": "812/UBND-KSTT", "task": TASK, "due": "2026-10-13", "report": "Kế hoạch"}
        asked = ({**row, "unit": code} for code in ("H01.113", "H01.101", "H01.102", "H01.06"))
        tell(folder, "tasks", *asked, known_at=KNOWN)
        add_contact(folder, "H01.113", "Chị An", "an@example.vn", hand)
        look(folder)
        walk_of(folder).advance()
        request = Request("urge", "H01", to=("departments", "communes"), deadline="2026-10-26")
        entered(folder, make(folder, request, anyway=True))
        duties = now.register(folder).duties.values()
        task = next(one.id for one in duties if one.record.unit == "H01.113")
        coverage = next(one.id for one in duties if one.together)
        with served(folder) as house:
            yield Office(folder, house, box, document, task, coverage)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_no_page_scrolls_sideways(started: Browser, office: Office, width: int, lang: str) -> None:
    scheme = "dark" if lang == "en" else "light"
    page = opened(
        started, office.house.address, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    for address in office.pages():
        mark = "&" if "?" in address else "?"
        answer = page.goto(f"{office.house.address}{address}{mark}lang={lang}")
        assert answer is not None
        assert answer.status == 200, address
        page.evaluate("document.fonts.ready")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, address
        assert page.locator("html").get_attribute("lang") == lang
        wide = page.evaluate(
            """[...document.querySelectorAll("main *")]
               .filter(one => one.offsetWidth && one.getBoundingClientRect().right > innerWidth + 1)
               .filter(one => !one.closest(".scroll, .papers, .sr, .field, svg, details:not([open])"))
               .map(one => one.outerHTML.slice(0, 80))"""
        )
        assert wide == [], address
    page.context.close()


def test_who_has_not_answered_is_reminded_by_keyboard_and_gets_a_mail(
    started: Browser, office: Office
) -> None:
    page = opened(started, office.house.address, viewport={"width": 1280, "height": 900})
    page.goto(office.house.address + "/steering")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Nhắc 4 báo cáo":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi 4 lời nhắc, báo tới 1 người nhận.")
    deliver(office.folder)
    mails = [message for to, message in office.box.mails if to == ["an@example.vn"]]
    assert any("đến hạn báo cáo 13/10/2026" in message.get_content() for message in mails)
    assert any(TASK in message.get_content() for message in mails)
    page.context.close()


def test_a_unit_reports_with_a_file_and_a_disputed_figure_without_script(
    started: Browser, office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "ke-hoach <1>.txt"
    file.write_text("kế hoạch")
    page = opened(started, office.house.address, java_script_enabled=False)
    page.goto(f"{office.house.address}/units/H01.113/duties")
    page.get_by_role("link", name="Gửi báo cáo").first.click()
    page.fill("textarea[name=text]", "Đã ban hành kế hoạch <b>số 5</b>.")
    page.set_input_files("input[name=files]", str(file))
    page.fill("input[name='claim:digitisation']", "12,5")
    page.fill("input[name='why:digitisation']", "hồ sơ đồng bộ chậm")
    page.get_by_role("button", name="Gửi báo cáo").click()
    held = page.locator("section", has=page.locator("#held-title"))
    expect(held).to_contain_text("Đã ban hành kế hoạch <b>số 5</b>.")
    expect(held).to_contain_text("hồ sơ đồng bộ chậm")
    with page.expect_download() as download:
        held.get_by_role("link", name="ke-hoach <1>.txt").click()
    assert Path(download.value.path()).read_text() == "kế hoạch"
    page.goto(office.house.address + "/steering/reports?report=in_time")
    expect(page.locator("table.duties")).to_contain_text("phản hồi 1 số liệu")
    page.context.close()


def test_what_was_withdrawn_comes_back_by_one_button(started: Browser, office: Office) -> None:
    page = opened(started, office.house.address)
    page.goto(f"{office.house.address}/steering/duties/{office.coverage}")
    page.get_by_role("button", name="Thu hồi").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Đã thu hồi")
    status.get_by_role("button", name="Khôi phục").click()
    page.goto(f"{office.house.address}/steering/duties/{office.coverage}")
    expect(page.locator("h1")).to_contain_text("Chứng thực bản sao điện tử")
    page.context.close()
