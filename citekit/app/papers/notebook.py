"""Jupyter notebooks: what their cells of Markdown and of raw text cite.

Places are line and column in a cell, and which cell. ``cite2c`` keeps what it cites in the
notebook itself. Source: nbformat 4; cite2c's README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.app.papers.found import Found
from citekit.app.papers.latex import find_in_latex
from citekit.app.papers.markdown_dialects import find_in_markdown
from citekit.errors import InvalidData
from citekit.model.records.json_text import parse_json
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.papers.found import CitedKey

_MOST_SIGNS: Final = 4_000_000


def find_in_notebook(text: str) -> Found:
    """What a notebook cites; raises InvalidData for what is none."""
    notebook = parse_json(text)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise InvalidData("is no notebook of format 4: it has no cells")
    kept = _cite2c(notebook)
    found = list(_found(notebook))
    return Found(
        keys=tuple(_with_data(one, kept) for each in found for one in each.keys),
        bibliographies=tuple(name for each in found for name in each.bibliographies),
        cites_all=any(each.cites_all for each in found),
    )


def cells_of(notebook: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The cells of Markdown and raw text: name, kind, text; raises InvalidData for too much."""
    left = _MOST_SIGNS
    for number, cell in enumerate(notebook["cells"]):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        source = cell.get("source") if isinstance(cell, dict) else None
        lines = source if isinstance(source, list) else [source]
        words = [line for line in lines if isinstance(line, str)]
        if kind not in ("markdown", "raw"):
            continue
        left -= sum(map(len, words))
        if left < 0:
            raise InvalidData(f"its cells have more than {_MOST_SIGNS:,} signs of text")
        yield f"cells[{number}]", kind, "".join(words)


def _found(notebook: Mapping[str, Any]) -> Iterator[Found]:
    for name, kind, text in cells_of(notebook):
        find = find_in_markdown if kind == "markdown" else find_in_latex
        yield _in_cell(find(text), name)


def _in_cell(found: Found, cell: str) -> Found:
    return replace(
        found,
        keys=tuple(
            replace(cited, place=cited.place._replace(json_path=cell)) for cited in found.keys
        ),
    )


def _cite2c(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    """What cite2c keeps of each work, by the id that it cites it by."""
    metadata = notebook.get("metadata")
    own = metadata.get("cite2c") if isinstance(metadata, dict) else None
    kept = own.get("citations") if isinstance(own, dict) else None
    return kept if isinstance(kept, dict) else {}


def _with_data(cited: CitedKey, kept: Mapping[str, Any]) -> CitedKey:
    data = kept.get(cited.key)
    return replace(cited, data=data) if isinstance(data, dict) else cited
