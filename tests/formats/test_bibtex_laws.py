"""Laws of the BibTeX writers and readers, on hostile text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citekit import formats
from citekit.formats.bibtex.write import write_bibtex
from citekit.formats.latex.read import read_latex
from citekit.formats.latex.write import LatexWriter, escape, escape_url
from citekit.formats.one_line import fold
from citekit.formats.ris.read import read_ris
from citekit.formats.ris.write import write_ris
from tests.formats.made_items import items, nasty

CALM = settings(deadline=None)  # a busy machine is no failure


@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
@pytest.mark.parametrize("ascii_only", [False, True])
@CALM
@given(item=items())
def test_nothing_in_an_item_leaves_its_entry(
    dialect: Any,  # noqa: ANN401  # pytest gives text where a literal is asked for
    ascii_only: bool,
    item: dict[str, Any],
) -> None:
    """Whatever strings an item holds, its entry reads back as exactly one well-formed entry."""
    written = write_bibtex([item, {"id": "next", "type": "book"}], dialect, ascii=ascii_only)

    library = parse_string(written, parse_stack=[])

    assert [entry.key for entry in library.entries] == ["key2023", "next"]
    assert library.failed_blocks == []
    assert written.encode()


@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
@CALM
@given(item=items())
def test_braces_balance_even_for_bibtex(
    dialect: Any,  # noqa: ANN401  # as above
    item: dict[str, Any],
) -> None:
    """BibTeX counts escaped braces too, so every field balances without a look at backslashes."""
    written = write_bibtex([item], dialect)

    depths = [0]
    for char in written:
        depths.append(depths[-1] + {"{": 1, "}": -1}.get(char, 0))

    assert min(depths) == 0
    assert depths[-1] == 0


@CALM
@example(item={"id": "key2023", "type": "bill", "title": "0A"})  # a typed title, a type of its own
@given(item=items())
def test_biblatex_is_a_fixed_point(item: dict[str, Any]) -> None:
    """What was read once is written and read again without a change."""
    first = formats.read(formats.write([item], "biblatex"), "biblatex").items

    second = formats.read(formats.write(first, "biblatex"), "biblatex").items

    assert second == first


@CALM
@given(item=items())
def test_ris_is_a_fixed_point(item: dict[str, Any]) -> None:
    """What was read once is written and read again without a change."""
    first = read_ris(write_ris([item])).items

    second = read_ris(write_ris(first)).items

    assert second == first
    assert [item["id"] for item in first] == ["key2023"]


@CALM
@example(text="a\u1680b")
@given(text=nasty)
def test_plain_text_comes_back_from_latex(text: str) -> None:
    """Escaping loses only what folding to one line loses."""
    assert read_latex(escape(text)) == fold(text)


@CALM
@given(text=nasty)
def test_titles_come_back_from_latex(text: str) -> None:
    """Braces around capitals leave no trace in a title that is read back."""
    title = LatexWriter("biblatex").title(text)

    assert LatexWriter("biblatex").title(read_latex(title, title=True)) == title


@CALM
@given(text=nasty)
def test_a_verbatim_address_cannot_leave_its_field(text: str) -> None:
    """A URL field holds no brace, backslash, blank or control character."""
    assert not set(escape_url(text)) & {"{", "}", "\\", " ", "\n", "\0", "\r", "\t"}


@CALM
@given(text=nasty, format_name=st.sampled_from(["biblatex", "nbib", "ris"]))
def test_readers_take_any_text(text: str, format_name: str) -> None:
    """A line-based reader answers any text with items and findings, never with a crash."""
    result = formats.read(f"@book{{k, title = {{{text}\nTY  - BOOK\n{text}", format_name)

    assert json.dumps(result.items)
