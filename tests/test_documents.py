"""The documents are true: what they name exists, and what exists is named."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from litestar import Litestar
from litestar.testing import TestClient

from chiso.cli import app, run
from chiso.folder import DataFolder, Settings
from chiso.intake.headings import LAYOUTS
from chiso.intake.records import Arrival, Mistake
from chiso.intake.refusals import REASONS
from chiso.law import load
from chiso.law.figures import parse_figures
from chiso.law.loader import law_ids
from chiso.ledger import rows, schema
from chiso.web import messages
from chiso.web.app import create_app
from chiso.web.senders import RECORDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
TODAY = date(2026, 10, 10)


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def table_keys(text: str) -> set[str]:
    """The words in code type that stand in the first column of a table."""
    return {
        word
        for line in text.splitlines()
        if line.startswith("| ")
        for word in re.findall(r"`([^`]+)`", line.split("|")[1])
    }


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of the same rank."""
    rank = heading.split(" ", maxsplit=1)[0]
    _, found, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert found, f"no heading {heading!r}"
    return re.split(rf"\n{rank} ", rest)[0]


# -- commands -----------------------------------------------------------------------------------------------


def commands(part: Any = app, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its path, groups left out."""
    for name in part:
        if name.startswith("-"):
            continue
        child = part[name]
        if any(not one.startswith("-") for one in child):
            yield from commands(child, (*path, name))
        else:
            yield (*path, name), child


def options_of(command: Any) -> set[str]:
    """The names of its options; of a switch and its opposite both."""
    return {
        name
        for argument in command.assemble_argument_collection()
        for name in argument.names
        if name.startswith("--") and not name.startswith("--no-json")
    }


def test_there_are_commands() -> None:
    assert ("score",) in dict(commands())
    assert "--figures" in options_of(dict(commands())["score",])


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_and_option_is_described(path: tuple[str, ...]) -> None:
    text = text_of("commands.md")
    assert f"chiso {' '.join(path)}" in text
    here = section(text, f"## chiso {path[0]}")
    common = text.partition("\n## ")[0]
    for option in sorted(options_of(dict(commands())[path])):
        # A positional's name as an option is said once for all: `UNIT` may be given as `--unit`.
        said = option in here or option in common or f" {option[2:].upper()}" in here
        assert said, f"{option} of {' '.join(path)}"


def test_no_command_is_described_that_is_not_there() -> None:
    known = {" ".join(path) for path, _ in commands()} | {path[0] for path, _ in commands()}
    for page in PAGES:
        for line in re.findall(r"chiso ((?:[a-z]+ ?){1,2})", "\n".join(code_of(page.read_text("utf-8")))):
            words = line.split()
            named = " ".join(words) in known or words[0] in known or words[0] in {"now", "in"}
            assert named, f"{page.name}: chiso {line}"


def code_of(text: str) -> list[str]:
    """Lines of code blocks that call the program, and calls in code type."""
    blocks = re.findall(r"```(?:console|sh)\n(.*?)```", text, re.DOTALL)
    called = [
        line for block in blocks for line in block.splitlines() if line.startswith(("$ chiso", "chiso"))
    ]
    return called + re.findall(r"`(chiso [a-z][^`]*)`", text)


def example(command: str) -> Any:
    """The JSON that the page shows for a command."""
    blocks = re.findall(
        r"```json\n(.*?)```", section(text_of("commands.md"), f"## chiso {command}"), re.DOTALL
    )
    assert len(blocks) == 1
    return json.loads(blocks[0])


FREE = (
    ".groups", ".indicators", ".kinds", ".reasons", ".change", ".points_change", ".gap", ".spread", ".since",
    ".indicators.2.1",
)  # fmt: skip
"""Mappings whose keys differ from answer to answer."""


def alike(shown: Any, told: Any, place: str = "") -> None:
    """Same keys and kinds of values; of free-keyed mappings (groups, indicators) those that are shown."""
    assert type(shown) is type(told), place
    if isinstance(shown, dict):
        free = place.endswith(FREE)
        assert free or set(shown) == set(told), place
        for key in set(shown) & set(told):
            alike(shown[key], told[key], f"{place}.{key}")
    elif isinstance(shown, list) and shown and told:
        alike(shown[0], told[0], f"{place}[]")


BATCH = [
    {"MaHoSo": f"H01.113-261012-0004{end}", "MaTTHC": "2.000815", "TrangThaiHoSo": "2", "NgayTiepNhan": day}
    for end, day in ((5, "20261012080500"), (6, "20261312080500"))
]


def test_commands_print_what_the_page_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHISO_DATA", str(tmp_path / "data"))
    (tmp_path / "batch.json").write_text(json.dumps(BATCH))
    for status, shown, words in (
        (0, "sender", "sender add Một-cửa --unit H01"),
        (1, "load", f"load {tmp_path / 'batch.json'}"),
        (0, "quarantine", "quarantine list"),
        (0, "score", "score H01 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "rank", "rank --among communes --period 2026-Q4"),
        (0, "mistakes", "mistakes"),
        (0, "lost", "lost H01 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "lateness", "lateness H01 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "todo", "todo H01.113 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "plan", "plan H01.113 --target 100 --by 2026-12-31 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "explain", "explain H01 --from 2026-Q3 --to 2026-Q4"),
        (0, "quality", "quality H01 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "procedures", "procedures --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "outlook", "outlook H01 --until 2026-12-31 --period 2026-Q4 --at 2026-10-12T12:00"),
        (0, "recount", "recount --deep"),
        (0, "letter", f"letter urge --period 2026-Q4 --at 2026-10-12T12:00 --anyway -o {tmp_path}/x.docx"),
        (0, "law", "law diff qd766 qd766-document --unit H01 --period 2026-Q4"),
    ):
        assert run([*words.split(), "--json"]) == status, words
        alike(example(shown), json.loads(capsys.readouterr().out), shown)


# -- addresses ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    with DataFolder.open(tmp_path_factory.mktemp("data"), settings=Settings()) as folder:
        yield create_app(folder)


def addresses(served: Litestar) -> set[str]:
    return {re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path) for route in served.routes}


def test_every_address_is_described(served: Litestar) -> None:
    text = text_of("http.md")
    found = {path for path in addresses(served) if path == "/schema/openapi.json" or "/schema" not in path}
    assert "/dvcqg" in found
    missing = [path for path in sorted(found) if not re.search(rf"{re.escape(path)}(?![\w/{{])", text)]
    assert not missing


def test_no_address_is_described_that_is_not_there(served: Litestar) -> None:
    found = addresses(served)
    for method, path in re.findall(r"`(GET|POST) (/[^`?\s]*)", text_of("http.md")):
        assert path in found, f"{method} {path}"


def test_every_kind_of_record_that_can_be_posted_is_named() -> None:
    text = text_of("http.md")
    assert not [kind for kind in RECORDS if f"`{kind}`" not in text]


def calls() -> Iterator[tuple[str, str, str]]:
    """(path, headers, body) of every curl call in the page for engineers of one-stop systems."""
    for block in re.findall(r"```sh\n(.*?)```", text_of("connect.md"), re.DOTALL):
        for call in re.split(r"(?m)^(?=curl )", block):
            if call.startswith("curl "):
                address = re.search(r"http://127\.0\.0\.1:8766(/[^\s']*)", call)
                body = re.search(r"-d '(.*?)'", call, re.DOTALL)
                assert address, call
                assert body, call
                yield address[1], call, body[1]


def test_the_calls_in_the_documents_are_taken(tmp_path: Path) -> None:
    """Every curl line is sent as it stands, with a real sender's user, password, session and key."""
    told = list(calls())
    assert len(told) == 5
    with DataFolder.open(tmp_path / "data", settings=Settings()) as folder:
        made = folder.ledger.senders.add("Một cửa điện tử", "H01", folder.now())
        session = ""
        with TestClient(create_app(folder)) as client:
            for path, call, body in told:
                sent = body.replace("PASSWORD", made.password).replace("USER", made.user)
                headers = {"Content-Type": "application/json"}
                if "Authorization: Bearer KEY" in call:
                    headers["Authorization"] = f"Bearer {made.key}"
                found = client.post(path, content=sent.replace("SESSION", session).encode(), headers=headers)
                assert found.status_code == 200, found.text
                answer = found.json()
                session = session or answer["session"]
                if path.startswith("/api/"):
                    assert (answer["accepted"], answer["refused"]) == (1, [])
                else:
                    assert str(answer["error_code"]) == "0", answer
        assert len(folder.ledger.ids(["H01.113-261012-00045", "H01.113-261012-00046"])) == 2


# -- messages -----------------------------------------------------------------------------------------------


def test_every_reason_of_refusal_is_described_and_no_other() -> None:
    assert table_keys(section(text_of("messages.md"), "## Reasons of refusal")) == set(REASONS)


def test_every_reason_is_told_in_both_languages_with_the_same_places_to_fill() -> None:
    for name, (vi, en) in REASONS.items():
        assert set(re.findall(r"{(\w+)}", vi)) == set(re.findall(r"{(\w+)}", en)), name


def test_every_mistake_of_senders_is_described_and_no_other() -> None:
    known = {bit.name.lower() for bit in Mistake if bit.name}
    assert table_keys(section(text_of("messages.md"), "## Mistakes of senders")) == known


def test_every_kind_is_described() -> None:
    assert set(Arrival.KINDS) <= table_keys(section(text_of("messages.md"), "## Kinds"))


def test_every_column_of_plain_tables_is_named() -> None:
    text = text_of("messages.md")
    for kind in ("procedures", "decisions", "units", "totals", "band_counts", "petitions", "ratings"):
        missing = [name for name in LAYOUTS[kind].columns if not re.search(rf"\b{name}\b", text)]
        assert not missing, kind


# -- the law ------------------------------------------------------------------------------------------------


def indicator_rows() -> dict[str, list[str]]:
    found = {}
    for line in section(text_of("law.md"), "## The indicators of 2026").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"\d\.\d\w?", cells[0]):
            found[cells[0]] = cells[1:]
    return found


def test_every_indicator_is_described_as_the_law_says() -> None:
    law = load("qd766").at(TODAY)
    described = indicator_rows()
    assert list(described) == list(law.indicators)
    for one in law.indicators.values():
        vi, en, most, cap, no_data, _ = described[one.id]
        assert (vi, en) == (one.names.vi, one.names.en)
        assert most == ("shown only" if one.information else str(one.maximum))
        assert cap == ("" if one.cap == 1 else f"{one.cap * 100}%")
        assert no_data == ("–" if one.information else str(one.no_data))


def test_every_rule_is_described_with_its_options() -> None:
    law = load("qd766").at(TODAY)
    lines = section(text_of("law.md"), "## Rules that sources leave open").splitlines()
    described = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    assert set(described) == set(law.rules)
    for rule in law.rules.values():
        line = described[rule.id]
        assert f"**`{rule.chosen}`**" in line
        assert set(re.findall(r"`(\w+)`", line)) == {rule.id, *rule.options}
        assert line.rstrip(" |").endswith(rule.reference.mark)


def test_every_law_and_band_and_group_is_named() -> None:
    text = text_of("law.md")
    assert not [name for name in law_ids() if f"`{name}`" not in text]
    law = load("qd766").at(TODAY)
    assert not [band.names.vi for band in law.bands if band.names.vi not in text]
    words = (ROOT / "GLOSSARY.md").read_text("utf-8")
    for group in law.groups.values():
        assert f"| {group.names.vi} |" in words
        assert f"`{group.id}` | {group.code} | {group.maximum} |" in words


def test_figures_in_the_documents_can_be_scored() -> None:
    for page in (ROOT / "README.md", DOCS / "commands.md"):
        blocks = re.findall(r"```(?:yaml|console)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        found = [block for block in blocks if "figures:" in block]
        assert found, page.name
        for block in found:
            lines = [line for line in block.splitlines() if not line.startswith("$")]
            assert parse_figures("\n".join(lines)).score().total > 0


def test_yaml_in_the_documents_is_yaml() -> None:
    for page in PAGES:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            assert yaml.safe_load(block), page.name


# -- operation ----------------------------------------------------------------------------------------------


def test_every_setting_is_described_with_its_default() -> None:
    text = section(text_of("operate.md"), "## Settings")
    for field in dataclasses.fields(Settings):
        told = str(field.default).lower() if isinstance(field.default, bool) else field.default
        default = f"`{told}`" if told != "" else "empty"
        assert f"| `{field.name}` | `CHISO_{field.name.upper()}` | {default} |" in text


def test_every_variable_of_the_environment_is_described() -> None:
    text = text_of("operate.md")
    named = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"\bCHISO_[A-Z]+\b", node.value))
    assert "CHISO_DATA" in named
    assert not [name for name in sorted(named) if name not in text]


def test_every_table_and_column_of_the_ledger_is_described() -> None:
    lines = text_of("data-model.md").partition("\n## A row")[0].splitlines()
    described = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    for table in schema.metadata.tables.values():
        assert isinstance(table, sa.Table)
        line = described[table.name]
        missing = [column.name for column in table.columns if f"`{column.name}`" not in line]
        assert not missing, table.name


def test_every_field_of_a_row_is_described_with_its_size() -> None:
    text = section(text_of("data-model.md"), "## A row")
    for name, (dtype, *_) in (rows.ROW.fields or {}).items():
        line = next(line for line in text.splitlines() if line.startswith("|") and f"`{name}`" in line)
        assert line.split("|")[2].split()[0] == str(dtype.itemsize), name


# -- words --------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys() -> None:
    folder = Path(messages.__file__).parent
    vi, en = (yaml.safe_load((folder / f"{lang}.yaml").read_text("utf-8")) for lang in ("vi", "en"))
    assert set(vi) == set(en)


# -- the documents themselves -------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """How a heading is addressed on the usual sites."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(found) for found in re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http:", "https:")):
            continue
        path, _, part = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name}: {target}"
        assert not part or part in anchors(found), f"{page.name}: {target}"


def test_the_index_leads_to_every_page() -> None:
    for index in (DOCS / "README.md", DOCS / "decisions" / "README.md"):
        linked = set(re.findall(r"\]\(([^)#\s]+)", index.read_text("utf-8")))
        beside = {page.name for page in index.parent.glob("*.md")} - {"README.md"}
        assert beside <= linked


def test_files_named_in_code_type_exist() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:src|tests|docs|scripts|\.ci)/[\w./-]+)`", page.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_the_image_is_made_from_what_is_there() -> None:
    told = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    taken = [name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", told, re.M) for name in line.split()]
    assert "uv.lock" in taken
    assert all((ROOT / name).exists() for name in taken)
    let_through = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {name[1:] for name in let_through if name.startswith("!")} == set(taken)
