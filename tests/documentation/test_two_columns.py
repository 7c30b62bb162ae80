"""Both columns of the page for who comes from citeproc-py print what their cells say."""

from __future__ import annotations

import io
import json
import re
import textwrap
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "from-citeproc-py.md"
_ROW = re.compile(
    r"^\* - ```python\n(?P<theirs>.*?)^    ```\n  - ```python\n(?P<ours>.*?)^    ```$",
    re.MULTILINE | re.DOTALL,
)


def columns() -> tuple[list[str], list[str]]:
    """The cells of the two columns, each in the order of the page."""
    rows = list(_ROW.finditer(PAGE.read_text("utf-8")))
    return [textwrap.dedent(row["theirs"]) for row in rows], [
        textwrap.dedent(row["ours"]) for row in rows
    ]


def promised(cell: str) -> str:
    """What a cell says it prints: the comments at its end."""
    found = re.search(r"(?:^# .*\n)*\Z", cell, re.MULTILINE)
    return re.sub(r"^# ", "", found[0] if found else "", flags=re.MULTILINE)


def run_column(cells: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the cells of a column as one program; each prints what it says."""
    (items,) = re.findall(
        r"^```json\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (folder / "items.json").write_text(json.dumps(json.loads(items)), "utf-8")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": "column"}
    for cell in cells:
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(cell, PAGE.name, "exec"), names)  # noqa: S102  # the page's own code
        assert out.getvalue() == promised(cell)


def test_the_column_of_citekit_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader is to write works as it stands."""
    run_column(columns()[1], tmp_path, monkeypatch)


def test_the_column_of_citeproc_py_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader is said to have is no caricature."""
    pytest.importorskip("citeproc.frontend", reason="citeproc-py is not whole")
    run_column(columns()[0], tmp_path, monkeypatch)


def test_every_cell_is_run() -> None:
    """No cell escapes for its shape, and most steps print something."""
    theirs, ours = columns()
    assert len(theirs) == len(ours) == PAGE.read_text("utf-8").count("* - ```python") > 8
    assert sum(bool(promised(cell)) for cell in ours) >= 6


def test_no_line_of_code_is_wider_than_a_column() -> None:
    """Side by side, code is read without scrolling; what it prints may be longer."""
    wide = [
        line
        for column in columns()
        for cell in column
        for line in cell.splitlines()
        if len(line) > 45 and not line.startswith("#")
    ]
    assert wide == []
