"""A small library, and the commands as a user types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

ITEMS = [
    {"id": "lund2020", "type": "article-journal", "title": "The old harbour and its <i>boats</i>",
     "author": [{"family": "Lund", "given": "Ida"}, {"family": "Díaz", "given": "Rosa"}],
     "issued": {"date-parts": [[2020, 6]]}, "keyword": "boats, Harbour Walls",
     "container-title": "Coast", "URL": "https://coast.example/1"},
    {"id": "marsh2019", "type": "book", "title": "Salt and walls", "publisher": "Quay",
     "author": [{"family": "Marsh", "given": "Bo"}, {"family": "Quill", "given": "Ada"},
                {"family": "Roe", "given": "Cy"}],
     "issued": {"date-parts": [[2019]]}, "keyword": "walls"},
    {"id": "office", "type": "report", "title": "Numbers of the year", "DOI": "10.1000/quay",
     "author": [{"literal": "Harbour Office"}], "issued": {"date-parts": [[2021, 1, 2]]}},
    {"id": "undated", "type": "webpage", "title": "=1+1 was on the wall"},
]  # fmt: skip


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in the archive ``a``; exit code, stdout and stderr."""

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    assert do("init")[0] == 0
    return do


@pytest.fixture
def library(call: Call, tmp_path: Path) -> Call:
    """The same, with four records in the archive."""
    file = tmp_path / "items.json"
    file.write_text(json.dumps(ITEMS), "utf-8")
    assert call("import", str(file))[0] == 0
    return call
