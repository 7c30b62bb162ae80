"""What the reference promises is what the program does: codes, variables, drivers, findings."""

from __future__ import annotations

import os
import re
from pathlib import Path
from pkgutil import iter_modules

from citekit.app.verifying.rules import rules
from citekit.cli.call import INTERNAL_ERROR, STOPPED
from citekit.errors import CitekitError
from citekit.sphinx.cite import ROLES
from citekit.sphinx.config import _OPTIONS
from citekit.sphinx.directives import DIRECTIVES
from citekit.testing import drivers

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
FINDINGS = REFERENCE / "findings.md"
FINDINGS_HEAD = """\
# Findings of `verify` and `check-proof`

<!-- Made from citekit/app/verifying/rules.toml: CITEKIT_UPDATE=1 nox -s tests -- tests/documentation -->

Each finding has a code that means the same in every version, and is never used for anything else. `CK-E…` are errors, `CK-W…` warnings, `CK-I…` notes.
What the classes mean stands in {doc}`archive-format`, what follows for scripts in {doc}`exit-codes`.

| code | class | rule | what to do |
|---|---|---|---|
"""  # noqa: E501  # lines of a page


def read(name: str) -> str:
    """A page of the reference."""
    return (REFERENCE / name).read_text("utf-8")


def rows(page: str) -> list[list[str]]:
    """The rows of a page's tables: their cells."""
    lines = re.findall(r"^\| (.+) \|$", page, re.MULTILINE)
    return [line.split(" | ") for line in lines]


def all_errors(kind: type[CitekitError] = CitekitError) -> set[type[CitekitError]]:
    """The tree of errors."""
    return {kind}.union(*(all_errors(below) for below in kind.__subclasses__()))


def test_every_exit_code_has_its_row() -> None:
    """The one table of exit codes has each error's code with its word, and no other."""
    table = read("exit-codes.md").partition("## ")[0]
    said = {int(row[0]): set(re.findall(r"`([a-z-]+)`", row[2])) for row in rows(table)[1:]}

    words: dict[int, set[str]] = {0: set(), INTERNAL_ERROR: {"error"}, STOPPED: set()}
    for error in all_errors():
        if error.__module__ == "citekit.errors":
            words.setdefault(error.exit_code, set()).add(error.code)
    assert said == words


def test_exit_codes_have_one_table() -> None:
    """No other page lists the exit codes."""
    pages = [p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts]
    listed = [p.name for p in pages if re.search(r"^\| 70 \| ", p.read_text("utf-8"), re.MULTILINE)]
    assert listed == ["exit-codes.md"]


def test_every_variable_of_the_environment_is_told() -> None:
    """Each variable that the program reads has a row that names the modules which read it."""
    asked = re.compile(r"environ(?:\.get\(|\[)\"(\w+)\"")
    found: dict[str, set[str]] = {}
    for path in (ROOT / "citekit").rglob("*.py"):
        for name in asked.findall(path.read_text("utf-8")):
            module = path.relative_to(ROOT / "citekit").as_posix()
            found.setdefault(name, set()).add(module)
    found.pop("_CITEKIT_COMPLETE")  # how shells ask citekit; set by the scripts it installs

    said = {
        name: set(re.findall(r"`([\w/]+\.py)`", row[2]))
        for row in rows(read("environment.md"))[1:]
        for name in re.findall(r"`(\w+)(?:=\w+)?`", row[0])
    }
    assert said == found


def test_every_driver_has_its_row() -> None:
    """The drivers that exist are those of the page."""
    modules = {module.name for module in iter_modules(drivers.__path__)} - {"__main__"}
    assert {row[0].strip("`") for row in rows(read("drivers.md"))[1:]} == modules


def test_every_role_directive_and_setting_is_told() -> None:
    """The page about Sphinx names all that the extension adds."""
    page = read("sphinx.md")
    names = [f"cite:{mode}" for mode in ROLES] + [f"ck:{name}" for name in DIRECTIVES] + [*_OPTIONS]
    assert [name for name in names if name not in page] == []


def findings_page() -> str:
    """The page of findings."""
    table = [f"| {code} | {r.kind} | {r.rule} | {r.hint} |\n" for code, r in rules().items()]
    return FINDINGS_HEAD + "".join(table)


def test_the_page_of_findings_is_the_table_of_rules() -> None:
    """Every code with its class, rule and hint; CITEKIT_UPDATE=1 writes it anew."""
    if os.environ.get("CITEKIT_UPDATE"):
        FINDINGS.write_text(findings_page(), "utf-8", newline="\n")
    assert FINDINGS.read_text("utf-8") == findings_page()
