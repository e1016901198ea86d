"""The house keeps its order: rooms look one way, files stay short, nothing leaves, licences fit."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "chiso"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 600

ROOMS = (
    ("instants",),
    ("text",),
    ("law",),
    ("registry",),
    ("intake",),
    ("ledger",),
    ("people",),
    ("engine",),
    ("folder",),
    ("insight",),
    ("steering",),
    ("administration",),
    ("watch",),
    ("commands",),
    ("web",),
    ("demo",),
    ("bench",),
    ("cli", "__main__"),
)
"""A room may use those before it, and itself."""

SHARED = "chiso.intake.records"
"""What all rooms speak of: any may use it, and it uses nothing but the law's states."""


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(floor for floor, rooms in enumerate(ROOMS) if room in rooms)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every import of this package, also those inside functions."""
    package = ["chiso", *path.relative_to(SOURCE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{stem}.{one.name}" for one in node.names] if stem == "chiso" else [stem]
        for name in names:
            parts = name.split(".")
            if parts[0] == "chiso" and len(parts) > 1 and parts[1] != "__version__":
                yield getattr(node, "lineno", 0), name


def test_every_module_is_in_a_room() -> None:
    rooms = {room for floor in ROOMS for room in floor}
    assert {room_of(path) for path in MODULES} - {"__init__"} <= rooms


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [one for one in MODULES if room_of(one) != "__init__"], ids=shown)
def test_rooms_look_one_way(path: Path) -> None:
    own = floor_of(room_of(path))
    wrong = [
        f"line {line} uses {module}"
        for line, module in imports(path)
        if module != SHARED and floor_of(module.split(".")[1]) > own
    ]
    assert not wrong


def test_what_all_speak_of_leans_on_nothing() -> None:
    path = SOURCE / "intake" / "records.py"
    assert not list(imports(path))


def test_the_check_of_rooms_sees_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    (tmp_path / "law").mkdir()
    probe = tmp_path / "law" / "probe.py"
    probe.write_text(
        "from chiso.web import app\ndef f():\n    import chiso.cli\n"
        "from ..demo import x\nfrom chiso import text\n"
    )
    found = [module for _, module in sorted(imports(probe))]
    assert found == ["chiso.web", "chiso.cli", "chiso.demo", "chiso.text"]


def test_no_module_needs_another_that_needs_it() -> None:
    """No circles among modules, imports inside functions left out: they run later."""
    uses: dict[str, set[str]] = {}
    names = {".".join(("chiso", *path.relative_to(SOURCE).with_suffix("").parts)): path for path in MODULES}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    for name, path in names.items():
        found = set()
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("chiso"):
                inner = {f"{node.module}.{one.name}" for one in node.names} & names.keys()
                found |= inner or ({node.module} & names.keys())
        uses[name] = found - {name}
    waiting = {name: set(found) for name, found in uses.items()}
    ready = deque(name for name, found in waiting.items() if not found)
    while ready:
        done = ready.popleft()
        del waiting[done]
        for name, found in waiting.items():
            if done in found:
                found.discard(done)
                if not found:
                    ready.append(name)
    assert not waiting


def test_no_source_file_is_too_long() -> None:
    kinds = ("*.py", "*.css", "*.js", "*.html", "*.yaml")
    files = [path for kind in kinds for path in SOURCE.rglob(kind)] + list((ROOT / "tests").rglob("*.py"))
    long = {
        shown(path): lines for path in files if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert not long


# -- nothing of the place where it was made, nothing that goes out ----------------------------------------


def kept_files() -> list[Path]:
    """Every text file that belongs to the project."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an archive without its history
        folders = ("src", "tests", "docs", "scripts", ".ci")
        paths = [*ROOT.glob("*.*"), *(path for name in folders for path in (ROOT / name).rglob("*"))]
    texts = {".py", ".md", ".yaml", ".toml", ".html", ".css", ".js", ".csv", ".svg", ""}
    return [
        path for path in paths if path.is_file() and path.suffix in texts and "__pycache__" not in path.parts
    ]


PLACES = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users|tmp/[\w-]*brief)(?:/|\b(?=['\"` ]))")


def test_no_file_names_a_path_of_the_machine_it_was_made_on() -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in kept_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if PLACES.search(line)
    ]
    assert not found


def test_paths_of_machines_are_seen() -> None:
    for path in ("/work/main", "'/root/.cache'", "/home/an/chiso", "/Users/an"):
        assert PLACES.search(path)
    assert not PLACES.search("docs/work/units and a/home/page")


ALLOWED = re.compile(
    r"^https?://(?:127\.0\.0\.1|localhost|host:port|\{|www\.w3\.org/|semver\.org|dvc\.example\.vn|schemas?\.|$)"
    r"|^https?://[\w.-]*example\.(?:vn|org|com)"
)
"""This machine, name spaces, and names that nobody has."""
ADDRESS = re.compile(r"https?://[^\s\"'<>)\]}`]*")


def test_nothing_in_the_sources_names_an_outside_address() -> None:
    found = [
        f"{shown(path)}: {address}"
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".html", ".css", ".js", ".yaml", ".csv", ".svg"}
        for address in ADDRESS.findall(path.read_text("utf-8"))
        if not ALLOWED.search(address)
    ]
    assert not found


SPEAKERS = {"socket", "http", "urllib", "ftplib", "smtplib", "requests", "httpx", "aiohttp", "urllib3"}
MAY_SPEAK = {
    "commands/following.py": "asks the primary that the command names, and says how it is",
    "commands/recounting.py": "asks the folder's own server",
    "demo/show.py": "posts to its own server",
    "people/oidc.py": "asks the provider of single sign-on that the settings name",
    "steering/alerts/mail.py": "sends mail, by the server that the settings name",
    "web/processes.py": "binds the port that its processes share",
    "web/server.py": "binds the port",
    "watch/client.py": "asks the portal that the setting names",
}


def speakers(path: Path) -> set[str]:
    """Modules by which a file could reach another machine."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name for name in names if name.split(".")[0] in SPEAKERS and name != "urllib.parse"}


def test_only_few_modules_speak_over_the_network() -> None:
    speaking = {path.relative_to(SOURCE).as_posix() for path in MODULES if speakers(path)}
    assert {name for name in speaking if not name.startswith("bench/")} <= MAY_SPEAK.keys()


# -- what it is made of --------------------------------------------------------------------------------

PERMISSIVE = re.compile(
    r"\b(?:MIT|BSD|0BSD|ISC|Apache|PSF|Python Software|Zlib|Unlicense|CC0|OFL|HPND)\b",
    re.IGNORECASE,
)
WEAK = re.compile(r"\b(?:MPL|Mozilla Public License|LGPL|EPL)\b", re.IGNORECASE)
STRONG = re.compile(r"(?<!L)\b(?:AGPL|GPL|SSPL|BUSL|Business Source|Commons Clause|Elastic)", re.IGNORECASE)


def licence_of(name: str) -> str:
    """What a distribution says of its licence, the most precise first."""
    told = importlib.metadata.metadata(name)
    classifiers = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return told.get("License-Expression") or "; ".join(classifiers) or (told.get("License") or "")[:200]


def needed_to_run() -> set[str]:
    """The distributions that running takes, with all that these take."""
    found: set[str] = set()
    waiting = ["chiso"]
    while waiting:
        name = waiting.pop()
        if name.lower() in found:
            continue
        found.add(name.lower())
        for line in importlib.metadata.requires(name) or []:
            requirement = Requirement(line)
            extras = {"standard", "binary", ""}
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra})
                for extra in ([""] if name == "chiso" else extras)
            ):
                try:
                    importlib.metadata.distribution(requirement.name)
                except importlib.metadata.PackageNotFoundError:
                    continue  # an extra of a part that is not taken here
                waiting.append(requirement.name)
    return found - {"chiso"}


def test_all_parts_have_licences_that_fit() -> None:
    parts = needed_to_run()
    assert {"numpy", "litestar", "psycopg", "markupsafe"} <= parts
    unfit = {}
    for name in sorted(parts):
        licence = licence_of(name)
        if STRONG.search(licence) or not (PERMISSIVE.search(licence) or WEAK.search(licence)):
            unfit[name] = licence
    assert not unfit


def test_the_bill_of_materials_names_all_parts(tmp_path: Path) -> None:
    path = tmp_path / "bill.json"
    subprocess.run([ROOT / "scripts" / "parts", "bill", path], check=True)
    bill = json.loads(path.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    # a part may stand there in a version for each Python
    named = {(normal(one["name"]), Version(one["version"])) for one in bill["components"]}
    held = {(normal(name), Version(importlib.metadata.version(name))) for name in needed_to_run()}
    assert held <= named
    assert all(one["purl"].startswith("pkg:pypi/") for one in bill["components"])


def test_every_direct_dependency_is_used() -> None:
    imported: set[str] = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    tops = {name.split(".")[0] for name in imported} | imported
    by_module = importlib.metadata.packages_distributions()
    used = {normal(dist) for top in tops for dist in by_module.get(top, [])}
    # Used without an import: drivers by their names in addresses, fonts by their files.
    used |= {"psycopg", "uvloop", "httptools", "fontpkg-be-vietnam-pro", "backports-zstd"}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    direct = {normal(Requirement(line).name) for line in told}
    assert "numpy" in direct
    assert not direct - used


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_figures_are_scored_without_the_heavy_parts(tmp_path: Path) -> None:
    """``score --figures`` starts within half a second: it must not import what it does not need."""
    figures = tmp_path / "figures.yaml"
    figures.write_text("{law: qd766, at: 2026-10-10, level: province, figures: {'2.1': [1, 2]}}")
    program = (
        "import sys\nfrom chiso.cli import run\n"
        f"assert run(['score', '--figures', {str(figures)!r}, '--json']) == 0\n"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"numpy", "sqlalchemy", "duckdb", "litestar", "altair", "alembic", "babel", "rich"}
    assert "chiso.law.figures" in loaded
    assert not heavy & loaded
